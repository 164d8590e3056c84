//! The prices of a scenario, also of models that it does not name, and what was agreed with sellers about them.

use std::sync::Arc;

use super::{Model, Whose};
use crate::figure::{Dimension, Factor, Figure, Share, Step, Times};
use crate::pricing::{self, Book, Component, Date, Lookup, within};
use crate::units::Exact;

/// What a scenario would pay for any model.
#[derive(Clone, Debug)]
pub struct PriceBook {
    /// The lists.
    pub book: Arc<Book>,
    /// The date.
    pub as_of: Date,
    /// What was agreed about any of them.
    pub negotiated: Negotiated,
}

/// Discounts off list prices and mark-ups on them.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Negotiated {
    /// Off.
    pub discounts: Vec<Agreed>,
    /// On top, after discounts.
    pub markups: Vec<Agreed>,
    /// What list prices are multiplied by in a month that is forecast: everybody's, or those of a seller or model. All that
    /// concern a model apply.
    pub changes: Vec<(Option<Whose>, Figure<Factor>)>,
}

/// A share of list prices that was agreed on.
#[derive(Clone, PartialEq, Debug)]
pub struct Agreed {
    /// For whom.
    pub whose: Whose,
    /// In this mode only: `standard`, `batch`, ...
    pub mode: Option<String>,
    /// For this component only; writes of any lifetime as one.
    pub component: Option<Component>,
    /// How much.
    pub share: Figure<Share>,
}

impl PriceBook {
    /// A model that another scenario names, at the prices of this one; `None` where it has none.
    pub fn model(&self, wanted: &pricing::Model) -> Option<Arc<Model>> {
        let named = |name: &str| match self.book.find(name, self.as_of) {
            Lookup::Found(model) => Some(model),
            Lookup::Ambiguous(_) | Lookup::OtherTime(_) | Lookup::Unknown => None,
        };
        let is_it = |model: &Arc<pricing::Model>| (&model.provider, &model.id) == (&wanted.provider, &wanted.id);
        let listed = named(&wanted.id).filter(is_it).or_else(|| named(&wanted.qualified()).filter(is_it))?;
        listed.card(None, self.as_of)?;
        let negotiated = self.negotiated.about(&listed.provider, &listed.id);
        Some(Arc::new(Model { listed, as_of: self.as_of, negotiated }))
    }
}

impl Agreed {
    fn holds(&self, component: &Component, mode: &str) -> bool {
        self.mode.as_deref().is_none_or(|own| own == mode)
            && self.component.as_ref().is_none_or(|own| within(std::slice::from_ref(own), component))
    }

    /// What is said of a model is narrower than what is said of its seller, then a mode, then a component.
    fn narrowness(&self) -> (bool, bool, bool) {
        (matches!(self.whose, Whose::Model { .. }), self.mode.is_some(), self.component.is_some())
    }
}

/// The narrowest of those that hold.
fn narrowest<'a>(all: &'a [Agreed], component: &Component, mode: &str) -> Option<&'a Figure<Share>> {
    let holding = all.iter().filter(|one| one.holds(component, mode));
    holding.max_by_key(|one| one.narrowness()).map(|one| &one.share)
}

impl Negotiated {
    /// What of it concerns a model.
    #[must_use]
    pub fn about(&self, provider: &str, id: &str) -> Self {
        let own = |all: &[Agreed]| all.iter().filter(|one| one.whose.is_of(provider, id)).cloned().collect();
        let concerns = |whose: &Option<Whose>| whose.as_ref().is_none_or(|whose| whose.is_of(provider, id));
        let changes = self.changes.iter().filter(|(whose, _)| concerns(whose)).cloned().collect();
        Self { discounts: own(&self.discounts), markups: own(&self.markups), changes }
    }

    /// The discount on a component in a mode: the narrowest one.
    pub fn discount(&self, component: &Component, mode: &str) -> Option<&Figure<Share>> {
        narrowest(&self.discounts, component, mode)
    }

    /// The mark-up likewise.
    pub fn markup(&self, component: &Component, mode: &str) -> Option<&Figure<Share>> {
        narrowest(&self.markups, component, mode)
    }

    /// A list price as it is paid.
    pub fn paid<D>(&self, price: Figure<D>, component: &Component, mode: &str) -> Figure<D>
    where
        D: Dimension + Times<Share, Product = D> + Times<Factor, Product = D>,
    {
        let stated = |share: Option<&'_ Figure<Share>>| share.filter(|share| !share.is_zero()).cloned();
        let price = self.changes.iter().fold(price, |price, (_, change)| price.times(change));
        let price = match stated(self.discount(component, mode)) {
            Some(share) => price.times(&share.rest()),
            None => price,
        };
        match stated(self.markup(component, mode)) {
            Some(share) => price.times(&Figure::<Factor>::one().plus(&share.cast())),
            None => price,
        }
    }

    /// What a list price is multiplied by.
    pub fn factor(&self, component: &Component, mode: &str) -> Exact {
        let share = |found: Option<&Figure<Share>>| found.map_or(Exact::ZERO, |share| share.value().clone());
        let off = &Exact::ONE - &share(self.discount(component, mode));
        let paid = &off * &(&Exact::ONE + &share(self.markup(component, mode)));
        self.changes.iter().fold(paid, |paid, (_, change)| &paid * change.value())
    }

    /// The list price in a price that was paid; `None` where nothing in it was negotiated.
    pub fn list_price(&self, paid: &Arc<Step>) -> Option<Exact> {
        let agreed: Vec<&Arc<Step>> =
            self.discounts.iter().chain(&self.markups).map(|agreed| agreed.share.step()).collect();
        paid.without(&agreed)
    }
}
