//! Commitments: what was promised to providers or paid in advance, settled when everything else is billed.
//!
//! ```text
//! minimum M a month   max(M, spend) - spend                          the shortfall is paid too
//! prepaid A for n months, bonus b
//!                     P = A / n,  A/n - min(spend, P (1 + b))        unused credit expires, what is above is paid as usual
//! ```
//!
//! spend: what the lines of the models that it covers come to in a month. The second line is negative where a bonus is used.

use super::Engine;
use super::bill::{Lever, Settled};
use crate::figure::{Figure, Money};
use crate::plan::{Commitment, Terms};

impl Engine<'_> {
    /// Bills what commitments add to what was used.
    pub(super) fn settle_commitments(&mut self) {
        for commitment in &self.plan.commitments {
            self.settle(commitment);
        }
    }

    fn settle(&mut self, commitment: &Commitment) {
        let days = &self.plan.days_per_month;
        let name = commitment.whose.name();
        let spend = self.ledger.spend(|model| commitment.whose.covers(model));
        let spend: Figure<Money> = spend.times(days).named(format!("spend with {name} a month"));
        let (component, committed, credit) = match &commitment.terms {
            Terms::Minimum(minimum) => ("shortfall", minimum.clone(), None),
            Terms::Prepaid { amount, valid, bonus } => {
                let Some(paid) = valid.months(days).and_then(|months| amount.over(&months)) else { return };
                let paid = paid.named(format!("prepaid to {name} a month"));
                let credit = if bonus.is_zero() { paid.clone() } else { paid.plus(&paid.times(bonus)) };
                ("prepaid", paid, Some(credit.named(format!("usage prepaid to {name} a month"))))
            }
        };
        let adds = match &credit {
            Some(credit) => committed.minus(&spend.at_most(credit)),
            None if spend.is_zero() => committed.clone(),
            None => committed.at_least(&spend).minus(&spend),
        };
        if !adds.is_zero() {
            self.ledger.per_month(Lever::Commitment, name, component, &adds, days);
        }
        let commitment = commitment.clone();
        self.ledger.settled.push(Settled { commitment, spend, committed, credit, adds });
    }
}
