//! The prices of a scenario, also of models that it does not name.

use std::sync::Arc;

use super::{Model, Whose};
use crate::figure::{Figure, Share};
use crate::pricing::{self, Book, Date, Lookup};

/// What a scenario would pay for any model.
#[derive(Clone, Debug)]
pub struct PriceBook {
    /// The lists.
    pub book: Arc<Book>,
    /// The date.
    pub as_of: Date,
    /// Negotiated discounts.
    pub discounts: Vec<(Whose, Figure<Share>)>,
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
        let discount = discount_on(&self.discounts, &listed.provider, &listed.id);
        Some(Arc::new(Model { listed, as_of: self.as_of, discount }))
    }
}

/// The discount on a model: its own, else its seller's.
pub fn discount_on(discounts: &[(Whose, Figure<Share>)], provider: &str, id: &str) -> Option<Figure<Share>> {
    let of = |wanted: &dyn Fn(&Whose) -> bool| {
        discounts.iter().find(|(whose, _)| wanted(whose)).map(|(_, share)| share.clone())
    };
    of(&|whose| matches!(whose, Whose::Model { provider: p, id: i } if p == provider && i == id))
        .or_else(|| of(&|whose| matches!(whose, Whose::Provider(p) if p == provider)))
}
