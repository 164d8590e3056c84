//! Figures: values that know how they were computed.
//!
//! A figure is a node of a graph: a number that somebody stated (with its place), a listed price (with its card), a
//! default (with its reason), or an operation on other figures. The value is computed when the node is made, so the
//! formula that `explain` and the reports print is the computation itself and cannot differ from it.
//!
//! The type parameter is the dimension. [`Times`] lists the products that make sense; anything else does not compile.
#![deny(clippy::arithmetic_side_effects)]

mod decision;
mod dimension;
mod formula;

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

pub use decision::{Decision, Decisions};
pub use dimension::{
    Calls, Cost, Count, Days, Dimension, Factor, Hours, Money, Rank, Runtime, Seconds, Share, Speed, Times, TokenPrice,
    Tokens, Unit, Uptime, Volume,
};

use crate::diag::Place;
use crate::units::{Distribution, Exact};

/// A value of dimension `D` and how it came about. Cloning is cheap.
#[derive(Debug)]
pub struct Figure<D> {
    node: Arc<Step>,
    dimension: PhantomData<fn() -> D>,
}

impl<D> Clone for Figure<D> {
    fn clone(&self) -> Self {
        Self { node: Arc::clone(&self.node), dimension: PhantomData }
    }
}

/// Figures are the same when their values are, however they came about.
impl<D> PartialEq for Figure<D> {
    fn eq(&self, other: &Self) -> bool {
        self.node.value == other.node.value
    }
}

/// One node of the graph.
#[derive(Debug)]
pub struct Step {
    /// The value in the base unit of `unit`.
    pub value: Exact,
    /// What it measures.
    pub unit: Unit,
    /// What people call it; an unnamed step is only an intermediate one.
    pub name: Option<Cow<'static, str>>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether an uncertain quantity is in it, so that another draw of that would give another value.
    pub is_uncertain: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Stated in a file or on the command line.
    Stated(Place),
    /// An uncertain quantity stated at this place: its median, or the draw that is computed.
    Uncertain(Place, Arc<Distribution>),
    /// Not stated: the value used instead, and why.
    Default(Cow<'static, str>),
    /// A price of a list: which card, since when, and who says so.
    Listed(Cow<'static, str>),
    /// A number of the formula itself.
    Constant,
    /// The terms added.
    Sum(Vec<Arc<Step>>),
    /// The first less the second.
    Difference(Arc<Step>, Arc<Step>),
    /// The factors multiplied.
    Product(Vec<Arc<Step>>),
    /// The first divided by the second.
    Quotient(Arc<Step>, Arc<Step>),
    /// The least of these.
    Least(Vec<Arc<Step>>),
    /// The greatest of these.
    Greatest(Vec<Arc<Step>>),
    /// The least whole number that is not below this one.
    Ceil(Arc<Step>),
    /// This to a power.
    Power(Arc<Step>, u32),
    /// What a procedure that is no single formula makes of other figures: what it does, in words.
    Computed(Cow<'static, str>, Vec<Arc<Step>>),
    /// An estimate from other figures, with the interval that four of five true values lie in.
    Estimated {
        /// How it was made, in words.
        how: Cow<'static, str>,
        /// The tenth percentile.
        low: Exact,
        /// The ninetieth percentile.
        high: Exact,
        /// What it was made from.
        of: Vec<Arc<Step>>,
    },
}

impl<D: Dimension> Figure<D> {
    fn new(value: Exact, name: Option<Cow<'static, str>>, origin: Origin) -> Self {
        let is_uncertain = origin.is_uncertain();
        Self { node: Arc::new(Step { value, unit: D::UNIT, name, origin, is_uncertain }), dimension: PhantomData }
    }

    /// A value stated at `place`.
    pub fn stated(name: impl Into<Cow<'static, str>>, value: Exact, place: &Place) -> Self {
        Self::new(value, Some(name.into()), Origin::Stated(place.clone()))
    }

    /// The median, or a draw, of an uncertain quantity stated at `place`.
    pub fn uncertain(
        name: impl Into<Cow<'static, str>>,
        value: Exact,
        place: &Place,
        distribution: &Arc<Distribution>,
    ) -> Self {
        Self::new(value, Some(name.into()), Origin::Uncertain(place.clone(), Arc::clone(distribution)))
    }

    /// A value that nobody stated, and why it is what it is.
    pub fn default(name: impl Into<Cow<'static, str>>, value: Exact, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(value, Some(name.into()), Origin::Default(reason.into()))
    }

    /// A price of a list.
    pub fn listed(name: impl Into<Cow<'static, str>>, value: Exact, source: impl Into<Cow<'static, str>>) -> Self {
        Self::new(value, Some(name.into()), Origin::Listed(source.into()))
    }

    /// What a procedure makes of `inputs`: what it does, in words, for what is no single formula.
    pub fn computed(how: impl Into<Cow<'static, str>>, value: Exact, inputs: Vec<Arc<Step>>) -> Self {
        Self::new(value, None, Origin::Computed(how.into(), inputs))
    }

    /// An estimate with its 80% interval.
    pub fn estimated(
        how: impl Into<Cow<'static, str>>,
        value: Exact,
        (low, high): (Exact, Exact),
        of: Vec<Arc<Step>>,
    ) -> Self {
        Self::new(value, None, Origin::Estimated { how: how.into(), low, high, of })
    }

    /// A number of the formula itself.
    pub fn constant(value: Exact) -> Self {
        Self::new(value, None, Origin::Constant)
    }

    /// Nothing.
    pub fn zero() -> Self {
        Self::constant(Exact::ZERO)
    }

    /// The value.
    pub fn value(&self) -> &Exact {
        &self.node.value
    }

    /// Whether this is 0 for certain: an uncertain quantity that happens to be 0 is not left out of a formula, since
    /// another draw of it would not be 0.
    pub fn is_zero(&self) -> bool {
        self.node.value.is_zero() && !self.node.is_uncertain
    }

    /// Whether an uncertain quantity is in it.
    pub fn is_uncertain(&self) -> bool {
        self.node.is_uncertain
    }

    /// Where it is stated, if it is.
    pub fn place(&self) -> Option<&Place> {
        match &self.node.origin {
            Origin::Stated(place) | Origin::Uncertain(place, _) => Some(place),
            _ => None,
        }
    }

    /// The node, whatever its dimension.
    pub fn step(&self) -> &Arc<Step> {
        &self.node
    }

    /// The same value under a name, as a step worth showing.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(self.node.value.clone(), Some(name.into()), self.node.origin.clone())
    }

    /// The product.
    pub fn times<E: Dimension>(&self, other: &Figure<E>) -> Figure<D::Product>
    where
        D: Times<E>,
        D::Product: Dimension,
    {
        Figure::new(
            &self.node.value * &other.node.value,
            None,
            Origin::Product(vec![Arc::clone(&self.node), Arc::clone(&other.node)]),
        )
    }

    /// The part that `share` is of this; all of it where the share is 1 by construction.
    pub fn scaled(&self, share: &Figure<Share>) -> Self
    where
        D: Times<Share, Product = D>,
    {
        let is_whole = share.node.value == Exact::ONE && matches!(share.node.origin, Origin::Constant);
        if is_whole { self.clone() } else { self.times(share) }
    }

    /// The sum of all `terms`; 0 of none.
    pub fn total(terms: impl IntoIterator<Item = Self>) -> Self {
        let mut terms: Vec<_> = terms.into_iter().collect();
        if terms.len() > 1 {
            terms.retain(|term| !term.is_zero());
        }
        match (terms.pop(), terms.is_empty()) {
            (None, _) => Self::zero(),
            (Some(only), true) => only,
            (Some(last), false) => {
                terms.push(last);
                let value = terms.iter().map(Self::value).sum();
                Self::new(value, None, Origin::Sum(terms.into_iter().map(|term| term.node).collect()))
            }
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        Self::total([self.clone(), other.clone()])
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_zero() {
            return self.clone();
        }
        let origin = Origin::Difference(Arc::clone(&self.node), Arc::clone(&other.node));
        Self::new(&self.node.value - &other.node.value, None, origin)
    }

    /// The quotient by a plain number; `None` when it is zero.
    pub fn over<E: Rank>(&self, divisor: &Figure<E>) -> Option<Self> {
        let value = self.node.value.checked_div(&divisor.node.value)?;
        Some(Self::new(value, None, Origin::Quotient(Arc::clone(&self.node), Arc::clone(&divisor.node))))
    }

    /// How many times `other` goes into this; `None` when `other` is zero.
    pub fn ratio<E: Rank>(&self, other: &Self) -> Option<Figure<E>> {
        let value = self.node.value.checked_div(&other.node.value)?;
        Some(Figure::new(value, None, Origin::Quotient(Arc::clone(&self.node), Arc::clone(&other.node))))
    }

    /// The lesser of both.
    pub fn at_most(&self, other: &Self) -> Self {
        let value = self.node.value.clone().min(other.node.value.clone());
        Self::new(value, None, Origin::Least(vec![Arc::clone(&self.node), Arc::clone(&other.node)]))
    }
}

impl<D: Dimension> Figure<D> {
    /// The greater of both.
    pub fn at_least(&self, other: &Self) -> Self {
        let value = self.node.value.clone().max(other.node.value.clone());
        Self::new(value, None, Origin::Greatest(vec![Arc::clone(&self.node), Arc::clone(&other.node)]))
    }

    /// The least whole number that is not below this one.
    pub fn ceil(&self) -> Self {
        Self::new(self.node.value.ceil(), None, Origin::Ceil(Arc::clone(&self.node)))
    }
}

impl<D: Rank> Figure<D> {
    /// 1, as a plain number.
    pub fn one() -> Self {
        Self::constant(Exact::ONE)
    }

    /// What is left of the whole: `1 - self`.
    pub fn rest(&self) -> Self {
        Self::one().minus(self)
    }

    /// `self` to a power.
    pub fn to_the(&self, power: u32) -> Self {
        Self::new(self.node.value.pow(power), None, Origin::Power(Arc::clone(&self.node), power))
    }

    /// The same plain number as another kind of plain number.
    pub fn cast<E: Rank>(&self) -> Figure<E> {
        Figure { node: Arc::clone(&self.node), dimension: PhantomData }
    }
}
