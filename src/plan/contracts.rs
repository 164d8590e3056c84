//! What was agreed with providers beside prices: rate limits and committed spend.

use super::{Model, Span};
use crate::diag::Place;
use crate::figure::{Calls, Factor, Figure, Money, Share, Volume};

/// A model, or all models of a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Every model of this provider.
    Provider(String),
    /// One model.
    Model {
        /// Who sells it.
        provider: String,
        /// Its id.
        id: String,
    },
}

impl Whose {
    /// What reports call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Provider(provider) => provider,
            Self::Model { id, .. } => id,
        }
    }

    /// Whether `model` is one of them.
    pub fn covers(&self, model: &Model) -> bool {
        self.is_of(&model.listed.provider, &model.listed.id)
    }

    /// Whether the model `id` of `seller` is one of them.
    pub fn is_of(&self, seller: &str, model: &str) -> bool {
        match self {
            Self::Provider(provider) => seller == provider,
            Self::Model { provider, id } => seller == provider && model == id,
        }
    }

    /// Whose seller it is.
    pub fn provider(&self) -> &str {
        match self {
            Self::Provider(provider) | Self::Model { provider, .. } => provider,
        }
    }
}

/// Rate limits of a scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct RateLimits {
    /// Load of the busiest minute over the mean load of its hour.
    pub peak_to_mean: Figure<Factor>,
    /// The limits; a model's own win over those of its provider.
    pub of: Vec<RateLimit>,
}

/// What a provider answers at most, for each model by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct RateLimit {
    /// Whose.
    pub whose: Whose,
    /// Calls.
    pub requests: Option<Figure<Calls>>,
    /// Tokens read and written.
    pub tokens: Option<Figure<Volume>>,
    /// Tokens read.
    pub input_tokens: Option<Figure<Volume>>,
    /// Tokens written.
    pub output_tokens: Option<Figure<Volume>>,
    /// Whether tokens read from a prompt cache count.
    pub counts_cached: bool,
}

impl RateLimits {
    /// The limits of a model.
    pub fn of(&self, model: &Model) -> Option<&RateLimit> {
        let covering = |limit: &&RateLimit| limit.whose.covers(model);
        let own = self.of.iter().filter(covering).find(|limit| matches!(limit.whose, Whose::Model { .. }));
        own.or_else(|| self.of.iter().find(covering))
    }
}

/// Spend that was promised or paid in advance.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// On whose models.
    pub whose: Whose,
    /// What was agreed.
    pub terms: Terms,
    /// Where it is stated.
    pub place: Place,
}

/// Commitments are the same wherever they are stated.
impl PartialEq for Commitment {
    fn eq(&self, other: &Self) -> bool {
        (&self.whose, &self.terms) == (&other.whose, &other.terms)
    }
}

/// What was agreed of spend.
#[derive(Clone, PartialEq, Debug)]
pub enum Terms {
    /// At least so much is paid every month.
    Minimum(Figure<Money>),
    /// Usage paid in advance.
    Prepaid {
        /// What is paid, in all.
        amount: Figure<Money>,
        /// For how long; what is not used by then expires.
        valid: Span,
        /// Usage that is granted on top.
        bonus: Figure<Share>,
    },
}
