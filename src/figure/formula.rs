//! A figure as text: its formula with the numbers put in, in one line or as a tree.

use std::sync::Arc;

use super::{Origin, Step, Unit};
use crate::units::{Exact, display};

/// Levels of nesting after which a formula stops and shows the value instead.
const DEEPEST: usize = 12;

/// How tightly a formula binds, so that brackets stand only where they are needed.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Sum,
    Product,
    Atom,
}

impl Step {
    /// The formula in one line, numbers put in: `requests 1,000,000/day x share 10% x user 500 x input $2.5/1M`.
    /// Named steps stand with their name and value; [`Step::parts`] leads on to their own formulae.
    pub fn formula(&self) -> String {
        self.expression(DEEPEST).0
    }

    /// The formula by its terms: several where it is a sum.
    pub fn terms(&self) -> Vec<String> {
        match &self.origin {
            Origin::Sum(steps) if steps.len() > 1 => steps.iter().map(|step| step.as_term()).collect(),
            _ => vec![self.formula()],
        }
    }

    fn as_term(&self) -> String {
        if self.name.is_some() { self.mention() } else { self.formula() }
    }

    /// The value with its unit, exactly: `1,000,000/day`, `$2.5/1M`, `30%`.
    pub fn amount(&self) -> String {
        amount(&self.value, self.unit)
    }

    /// The named figures that the formula mentions, in order, each once.
    pub fn parts(&self) -> Vec<Arc<Self>> {
        let mut found: Vec<Arc<Self>> = Vec::new();
        for input in self.inputs() {
            let mentioned = if input.name.is_some() { vec![Arc::clone(input)] } else { input.parts() };
            for part in mentioned {
                if !found.iter().any(|known| Arc::ptr_eq(known, &part) || same_leaf(known, &part)) {
                    found.push(part);
                }
            }
        }
        found
    }

    /// Whether this step was computed from others.
    pub fn is_computed(&self) -> bool {
        !self.inputs().is_empty()
    }

    /// Where a value that was not computed comes from: a place, a price card, a reason.
    pub fn provenance(&self) -> Option<String> {
        match &self.origin {
            Origin::Stated(place) => Some(place.to_string()),
            Origin::Uncertain(place, _) => Some(format!("median of the range at {place}")),
            Origin::Default(reason) => Some(format!("default: {reason}")),
            Origin::Listed(source) => Some(source.to_string()),
            _ => None,
        }
    }

    /// The figures that this one is computed from.
    pub fn inputs(&self) -> Vec<&Arc<Self>> {
        self.origin.inputs()
    }

    /// The value had each of `gone` been 0; `None` where it rests on none of them by sums and products.
    pub fn without(self: &Arc<Self>, gone: &[&Arc<Self>]) -> Option<Exact> {
        if gone.iter().any(|step| Arc::ptr_eq(step, self)) {
            return Some(Exact::ZERO);
        }
        if !matches!(self.origin, Origin::Sum(_) | Origin::Product(_) | Origin::Difference(..)) {
            return None;
        }
        let mut rests_on_them = false;
        let mut kept = |step: &Arc<Self>| {
            let without = step.without(gone);
            rests_on_them |= without.is_some();
            without.unwrap_or_else(|| step.value.clone())
        };
        let value = match &self.origin {
            Origin::Sum(steps) => steps.iter().map(&mut kept).sum(),
            Origin::Difference(a, b) => &kept(a) - &kept(b),
            _ => self.inputs().into_iter().map(&mut kept).fold(Exact::ONE, |all, one| &all * &one),
        };
        rests_on_them.then_some(value)
    }

    fn expression(&self, depth: usize) -> (String, Binding) {
        if depth == 0 {
            return (self.mention(), Binding::Atom);
        }
        let at = |step: &Arc<Self>, least: Binding| {
            let (text, binding) = if step.name.is_some() {
                (step.mention(), Binding::Atom)
            } else {
                step.expression(depth.saturating_sub(1))
            };
            if binding < least { format!("({text})") } else { text }
        };
        let joined = |steps: &[Arc<Self>], sign: &str, least: Binding| {
            steps.iter().map(|step| at(step, least)).collect::<Vec<_>>().join(sign)
        };
        match &self.origin {
            Origin::Sum(steps) => match steps.as_slice() {
                [only] => (at(only, Binding::Sum), Binding::Sum),
                _ => (joined(steps, " + ", Binding::Sum), Binding::Sum),
            },
            Origin::Difference(a, b) => {
                (format!("{} - {}", at(a, Binding::Sum), at(b, Binding::Product)), Binding::Sum)
            }
            Origin::Product(steps) => (joined(steps, " x ", Binding::Product), Binding::Product),
            Origin::Quotient(a, b) => {
                (format!("{} / {}", at(a, Binding::Product), at(b, Binding::Atom)), Binding::Product)
            }
            Origin::Least(steps) => (format!("min({})", joined(steps, ", ", Binding::Sum)), Binding::Atom),
            Origin::Greatest(steps) => (format!("max({})", joined(steps, ", ", Binding::Sum)), Binding::Atom),
            Origin::Ceil(step) => (format!("ceil({})", at(step, Binding::Sum)), Binding::Atom),
            Origin::Computed(how, _) | Origin::Estimated { how, .. } => (how.to_string(), Binding::Product),
            Origin::Power(base, power) => (format!("{}^{power}", at(base, Binding::Atom)), Binding::Atom),
            _ => (self.mention(), Binding::Atom),
        }
    }

    fn mention(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} {}", self.amount()),
            None => self.amount(),
        }
    }
}

impl Origin {
    /// The figures that a value is computed from.
    pub(super) fn inputs(&self) -> Vec<&Arc<Step>> {
        match self {
            Self::Sum(steps)
            | Self::Product(steps)
            | Self::Least(steps)
            | Self::Greatest(steps)
            | Self::Computed(_, steps)
            | Self::Estimated { of: steps, .. } => steps.iter().collect(),
            Self::Difference(a, b) | Self::Quotient(a, b) => vec![a, b],
            Self::Power(base, _) | Self::Ceil(base) => vec![base],
            Self::Stated(_) | Self::Uncertain(..) | Self::Default(_) | Self::Listed(_) | Self::Constant => Vec::new(),
        }
    }

    /// Whether an uncertain quantity is in it.
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Uncertain(..)) || self.inputs().iter().any(|input| input.is_uncertain)
    }
}

/// Two mentions of one stated value, such as a share that several lines use.
fn same_leaf(a: &Step, b: &Step) -> bool {
    !a.is_computed() && !b.is_computed() && a.name == b.name && a.value == b.value && a.provenance() == b.provenance()
}

fn amount(value: &Exact, unit: Unit) -> String {
    let plain = || {
        let decimals = value.decimals().map_or(12, |d| d.min(12));
        let text = value.to_fixed(decimals.max(if value.decimals().is_none() {
            value.leading_zeros().saturating_add(6)
        } else {
            0
        }));
        display::grouped(&text)
    };
    match unit {
        Unit::Share => display::plain_percent(value),
        Unit::Factor | Unit::Count | Unit::Tokens | Unit::Days => plain(),
        Unit::Calls | Unit::Volume => format!("{}/day", plain()),
        Unit::Speed => format!("{} tok/s", plain()),
        Unit::Seconds => format!("{} s", plain()),
        Unit::Hours => format!("{} h", plain()),
        Unit::Uptime => format!("{} h/day", plain()),
        Unit::Runtime => format!("{} s/day", plain()),
        Unit::Money => format!("${}", plain()),
        Unit::Cost => format!("${}/day", plain()),
        Unit::TokenPrice => format!("${}/1M", (value * &Exact::from(1_000_000))),
    }
}
