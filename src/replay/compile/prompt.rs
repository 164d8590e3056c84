//! The prompt levers on a log: they need its columns for the parts that they shorten.

use super::{Compiler, MOST_PARTS};
use crate::diag::Place;
use crate::plan::log::{Counter, Role};
use crate::plan::{self, Compressor, Part, Strategy};
use crate::replay::program::Side;
use crate::replay::prompt::{Cut, Part as LogPart, PromptLevers};
use crate::units::Exact;

/// Cuts so far, each with the parts of a token that its number needs.
type Cuts = Vec<((LogPart, Cut), u64)>;

impl Compiler<'_> {
    pub(super) fn prompt(&mut self, strategy: &Strategy) -> Option<PromptLevers> {
        let mut cuts: Cuts = Vec::new();
        let place = &strategy.place;
        for (part, cut) in strategy.compress.iter().flat_map(|compress| &compress.cuts) {
            match cut {
                plan::Cut::Removed(share) => self.cut(*part, Ok(share.rest().value()), place, &mut cuts),
                plan::Cut::To(to) => self.cut(*part, Err(to.value()), place, &mut cuts),
            };
        }
        if let Some(examples) = &strategy.examples {
            let kept = examples.keep.value().checked_div(examples.of.value()).unwrap_or(Exact::ONE);
            self.cut(Part::Examples, Ok(&kept), place, &mut cuts);
        }
        if let Some(context) = &strategy.context {
            if let Some(relevance) = &context.relevance {
                self.cut(Part::Context, Ok(relevance.value()), place, &mut cuts);
            }
            if let Some(max) = &context.max {
                self.cut(Part::Context, Err(max.value()), place, &mut cuts);
            }
        }
        match &strategy.history {
            None => {}
            Some(plan::History::Max(max)) => {
                self.cut(Part::History, Err(max.value()), place, &mut cuts);
            }
            Some(plan::History::Summarise { .. }) => {
                self.refuse(
                    place,
                    "which turns would be summarised is not in the log",
                    "`simulate` computes it from means",
                );
            }
        }
        if cuts.is_empty() {
            return None;
        }
        self.uses.parts = true;
        // Shares of shares: a part that is cut twice is counted in parts of parts.
        let of = cuts.iter().fold(1u64, |of, (_, more)| of.saturating_mul(*more));
        if of > MOST_PARTS {
            self.refuse(place, "these shares together cannot be applied to single requests", "use rounder shares");
            return None;
        }
        self.of = of;
        let cuts = cuts.into_iter().map(|((part, cut), parts)| match cut {
            Cut::AtMost(most) => (part, Cut::AtMost(most.saturating_mul(of / parts))),
            kept @ Cut::Kept(..) => (part, kept),
        });
        let cuts = cuts.collect();
        let compressor = match strategy.compress.as_ref().and_then(|compress| compress.compressor.as_ref()) {
            None => None,
            Some(Compressor::PerRequest(price)) => Some(Side::Fee(self.fee("compression", price))),
            Some(Compressor::Model(server)) => {
                let place = server.place().clone();
                let message = "a model that compresses reads a part of each prompt";
                self.refuse(&place, message, "state `cost_per_request` instead");
                None
            }
        };
        self.assume("tokens that a prompt lever removes were fresh, as far as a request has fresh ones");
        Some(PromptLevers { of, cuts, compressor })
    }

    /// A share to be kept, or the most tokens.
    fn cut(&mut self, part: Part, cut: Result<&Exact, &Exact>, place: &Place, cuts: &mut Cuts) -> Option<()> {
        let part = self.part(part, place)?;
        let (value, of) = self.in_parts(cut.unwrap_or_else(|most| most), place)?;
        cuts.push(((part, if cut.is_ok() { Cut::Kept(value, of) } else { Cut::AtMost(value) }), of));
        Some(())
    }

    /// The part as the log counts it.
    fn part(&mut self, part: Part, place: &Place) -> Option<LogPart> {
        let counter = match part {
            Part::System => Counter::System,
            Part::Tools => Counter::Tools,
            Part::Examples => Counter::Examples,
            Part::Context => Counter::Context,
            Part::History => Counter::History,
            Part::User => return Some(LogPart::Rest),
        };
        if self.has(Role::Count(counter)) {
            return Some(LogPart::Counted(counter));
        }
        let name = part.name();
        self.refuse(
            place,
            format!("no column of the log counts the {name} tokens of a prompt"),
            &format!(
                "map one: `--columns {name}=COLUMN`; if they are the same in every request: `--constant {name}=150`"
            ),
        );
        None
    }
}
