//! Prices of one model as they are collected: by use, component and tier.

use std::collections::BTreeMap;

use super::decimal::Decimal;
use super::{Kind, Notes};
use crate::pricing::{Component, Rate, Test, Tier};
use crate::units::Exact;

/// Prices of one use.
#[derive(Clone, Default, Debug)]
pub(super) struct Sheet {
    rates: BTreeMap<Component, Cells>,
}

#[derive(Clone, Default, Debug)]
struct Cells {
    field: String,
    base: Option<Exact>,
    tiers: BTreeMap<u64, (Test, Exact)>,
}

impl Sheet {
    /// Takes a price per unit of `component`; in the tier above `tier`, if any.
    pub fn set(&mut self, component: Component, tier: Option<(u64, Test)>, usd: Exact, field: &str) {
        let cells = self.rates.entry(component).or_default();
        match tier {
            None => {
                cells.base = Some(usd);
                field.clone_into(&mut cells.field);
            }
            Some((above, test)) => {
                cells.tiers.insert(above, (test, usd));
                if cells.field.is_empty() {
                    field.clone_into(&mut cells.field);
                }
            }
        }
    }

    /// Forgets a price.
    pub fn remove(&mut self, component: &Component) {
        self.rates.remove(component);
    }

    /// The price below all tiers.
    pub fn base(&self, component: &Component) -> Option<&Exact> {
        self.rates.get(component)?.base.as_ref()
    }

    /// Whether every price of `component` is zero.
    pub fn is_zero(&self, component: &Component) -> bool {
        self.rates.get(component).is_some_and(|cells| cells.amounts().all(Exact::is_zero))
    }

    /// Whether any price is above zero.
    pub fn has_a_price(&self) -> bool {
        self.rates.values().flat_map(Cells::amounts).any(|usd| !usd.is_zero())
    }

    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }

    /// What is stated, in the order of components.
    pub fn components(&self) -> Vec<Component> {
        self.rates.keys().cloned().collect()
    }

    /// The rates; a tier without a price below it cannot stand. A tier at the price below it says nothing.
    pub fn rates(self, notes: &mut Notes<'_>) -> Vec<(Component, Rate)> {
        let mut rates = Vec::new();
        for (component, cells) in self.rates {
            let Some(usd) = cells.base else {
                notes.add(Kind::LeftOut, cells.field, "", "a price of long prompts without the price below it");
                continue;
            };
            let mut tiers: Vec<Tier> = Vec::new();
            for (above, (test, price)) in cells.tiers {
                if *tiers.last().map_or(&usd, |tier| &tier.usd) != price {
                    tiers.push(Tier { above, test, usd: price });
                }
            }
            rates.push((component, Rate { usd, tiers }));
        }
        rates
    }
}

impl Cells {
    fn amounts(&self) -> impl Iterator<Item = &Exact> {
        self.base.iter().chain(self.tiers.values().map(|(_, usd)| usd))
    }
}

/// Reads a number and remarks on noise.
pub(super) fn noted(number: Option<Decimal>, field: &str, text: &str, notes: &mut Notes<'_>) -> Option<Exact> {
    let Some(Decimal { value, noise }) = number else {
        notes.add(Kind::LeftOut, field, text, "not an amount of zero or more");
        return None;
    };
    if let Some(written) = noise {
        notes.add(Kind::Cleaned, field, written, format!("float noise; read as {value}"));
    }
    Some(value)
}
