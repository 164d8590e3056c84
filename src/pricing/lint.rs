//! What a price list says that is hardly meant: each rule with its name, each finding with its place.
//!
//! A list may accept a finding beside the data, with the reason: `accept: [{rule: output-under-input, reason: ...}]`.

mod dates;
mod form;
mod names;
mod rates;

use std::sync::Arc;

pub use form::form;

use super::{Date, Model};
use crate::diag::Place;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal),* $(,)?) => {
        /// A rule of the lint.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Rule { $($(#[$doc])* $variant),* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as it is printed and accepted.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }
        }
    };
}

rules! {
    /// A card that does not say since when.
    MissingFrom = "missing-from",
    /// A card that does not say who says so.
    MissingSource = "missing-source",
    /// Cards of one use that do not stand in the order of their days.
    DatesOutOfOrder = "dates-out-of-order",
    /// A card that ends after the next one of the same use begins.
    CardsOverlap = "cards-overlap",
    /// A price announced for later without one for now.
    FutureWithoutCurrent = "future-without-current",
    /// An announced standard price, and a mode that goes on at its old one.
    ModeWithoutAnnounced = "mode-without-announced",
    /// A model whose prices have ended and that is not said to be retired.
    EndedNotRetired = "ended-not-retired",
    /// Hours priced by an older card than the rest of the day.
    WindowOlderThanPrice = "window-older-than-price",
    /// Two sources that disagree, and not a word about what the other says.
    DisagreementUntold = "disagreement-untold",
    /// Two models of a list with one name at one time.
    NameTwice = "name-twice",
    /// An alias that another model has as its id, so that it never points here.
    AliasHidden = "alias-hidden",
    /// An alias that is the model's own id.
    AliasOfItself = "alias-of-itself",
    /// A name for a region that the model has no price for.
    RegionWithoutPrice = "region-without-price",
    /// A pointer or copy that costs more than twice what its model does, or less than half.
    SiblingMismatch = "sibling-mismatch",
    /// Writing for less than reading.
    OutputUnderInput = "output-under-input",
    /// A cached token that costs no less than a fresh one.
    CachedNotUnderInput = "cached-not-under-input",
    /// A token written to the cache for less than a fresh one.
    WriteUnderInput = "write-under-input",
    /// A longer life in the cache that does not cost more than a shorter one.
    LifetimeNotDearer = "lifetime-not-dearer",
    /// A batch price above the standard one.
    BatchAboveStandard = "batch-above-standard",
    /// A cached token that costs more in a batch than outside of it.
    BatchCachedAboveStandard = "batch-cached-above-standard",
    /// A tier that no prompt reaches.
    TierUnreachable = "tier-unreachable",
    /// A tier on fresh tokens and none on cached ones.
    TierWithoutCached = "tier-without-cached",
    /// A price of nothing in a model that is not called free.
    ZeroPrice = "zero-price",
    /// A new price that is the old one with its point moved.
    DecimalShift = "decimal-shift",
    /// An amount that is not quoted, so that another reader may take it for a float.
    UnquotedAmount = "unquoted-amount",
    /// A threshold with a suffix: 512k is 512,000 to some and 524,288 to others.
    SuffixedThreshold = "suffixed-threshold",
}

/// One thing that is hardly meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which rule it breaks.
    pub rule: Rule,
    /// The model.
    pub model: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Why it is right as it is, where the list says so.
    pub accepted: Option<String>,
}

/// Collects what is found of one model.
struct Findings<'a> {
    model: &'a Model,
    found: &'a mut Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, rule: Rule, place: &Place, message: impl Into<String>) {
        let reason = self.model.accepted.iter().find(|accepted| accepted.rule == rule.slug());
        self.found.push(Finding {
            rule,
            model: self.model.id.clone(),
            message: message.into(),
            place: place.clone(),
            accepted: reason.map(|accepted| accepted.reason.clone()),
        });
    }
}

/// Everything that the models of one list say and hardly mean, in the order of their places. `listed` is the list's
/// date, which tells announced prices from those in force.
pub fn lint(models: &[Arc<Model>], listed: Option<Date>) -> Vec<Finding> {
    let mut found = Vec::new();
    for model in models {
        let mut findings = Findings { model, found: &mut found };
        dates::check(model, listed, &mut findings);
        rates::check(model, &mut findings);
    }
    names::check(models, &mut found);
    found.sort_by(|a, b| (&a.place, a.rule).cmp(&(&b.place, b.rule)));
    found
}

/// Rules that a model accepts and that do not exist, or that it does not break.
pub fn idle_acceptances(models: &[Arc<Model>], found: &[Finding]) -> Vec<(String, Place)> {
    let mut idle = Vec::new();
    for model in models {
        for accepted in &model.accepted {
            let breaks = |finding: &&Finding| finding.model == model.id && finding.rule.slug() == accepted.rule;
            if !found.iter().any(|finding| breaks(&finding)) {
                idle.push((
                    format!("`{}` accepts `{}`, which it does not break", model.id, accepted.rule),
                    accepted.place.clone(),
                ));
            }
        }
    }
    idle
}
