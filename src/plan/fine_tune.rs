//! A model tuned on examples, which answers in place of another.

use super::{Server, Serving};
use crate::diag::Place;
use crate::figure::{Count, Days, Figure, Money, TokenPrice, Tokens};

/// A tuned model that answers every call in place of whom the strategy states.
#[derive(Clone, Debug)]
pub struct FineTune {
    /// The tuned model; a single server.
    pub serving: Serving,
    /// Tokens that it is trained on, once.
    pub training_tokens: Figure<Tokens>,
    /// How often it reads them.
    pub epochs: Figure<Count>,
    /// USD per trained token; the price of the list when `None`.
    pub price: Option<Figure<TokenPrice>>,
    /// How long the training serves.
    pub amortise: Span,
    /// What the provider asks for keeping it ready.
    pub hosting_per_hour: Option<Figure<Money>>,
    /// Tokens of examples that its prompts still carry.
    pub examples: Figure<Tokens>,
    /// Whom it spares.
    pub base: Base,
    /// Where it is stated.
    pub place: Place,
}

/// Who would answer without a tuned model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// The strategy's own serving, with all its levers.
    Strategy,
    /// The baseline strategy.
    Baseline,
    /// Nobody says.
    Unknown,
}

/// How long something serves or is valid, counted as it is stated: months stay months when the calendar changes.
#[derive(Clone, PartialEq, Debug)]
pub enum Span {
    /// Months of the calendar.
    Months(Figure<Count>),
    /// Days.
    Days(Figure<Days>),
}

impl Span {
    /// The same in months of so many days.
    pub fn months(&self, month: &Figure<Days>) -> Option<Figure<Count>> {
        match self {
            Self::Months(months) => Some(months.clone()),
            Self::Days(days) => Some(days.ratio::<Count>(month)?.named("months that it lasts")),
        }
    }
}

impl FineTune {
    /// The tuned model.
    pub fn server(&self) -> Option<&Server> {
        match &self.serving {
            Serving::Single(server) => Some(server),
            Serving::Route(_) | Serving::Cascade(_) => None,
        }
    }
}

/// Tunings are the same wherever they are stated and whomever they spare.
impl PartialEq for FineTune {
    fn eq(&self, other: &Self) -> bool {
        (&self.serving, &self.training_tokens, &self.epochs, &self.price)
            == (&other.serving, &other.training_tokens, &other.epochs, &other.price)
            && (&self.amortise, &self.hosting_per_hour, &self.examples)
                == (&other.amortise, &other.hosting_per_hour, &other.examples)
    }
}
