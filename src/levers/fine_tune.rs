//! Fine-tuning: a model trained on examples answers in place of whom the strategy states, without the examples in its prompt
//! (SPEC section 4.2).
//!
//! training = training tokens x epochs x price, spread over the months that it serves; hosting = 24 hours a day. Its break-even
//! number of calls is training / (c_base - c_tuned), computed where both strategies are known (`report`).

use super::bill::{Lever, Mode, Quantity, Training};
use super::{Engine, price};
use crate::figure::{Count, Days, Figure, Hours, Money, Origin, TokenPrice};
use crate::plan::{FineTune, ModelUse, Part, Server, Span};
use crate::pricing::Component;
use crate::units::Exact;

impl Engine<'_> {
    /// Bills what a tuned model costs whether it is asked or not.
    pub(super) fn tuning(&mut self, tuned: &FineTune) {
        let Some(server) = tuned.server() else { return };
        let stated = tuned.price.clone();
        let price = match server {
            Server::Model(used) => stated.or_else(|| self.training_price(used)),
            Server::Deployment(_) => stated,
        };
        let model = match server {
            Server::Model(used) => Some(&used.model),
            Server::Deployment(_) => None,
        };
        let days = &self.plan.days_per_month;
        if let Some(price) = price
            && let tokens = tuned.training_tokens.times(&tuned.epochs)
            && let cost = tokens.times(&price).named("training")
            && let Some(per_month) = per_month(&cost, &tuned.amortise, days)
        {
            let what = ("training", Mode::Standard);
            self.ledger.monthly(Lever::FineTune, server.name(), what, model, &per_month, days);
            self.ledger.training = Some(Training { cost, per_month });
        }
        if let Some(price) = &tuned.hosting_per_hour {
            let hours = Figure::<Count>::one().times(&Figure::<Hours>::constant(Exact::from(24)));
            let ready = Quantity::Uptime(hours, "hour");
            self.ledger.uptime(Lever::FineTune, server.name(), "hosting", model, ready, price);
        }
        let assumed = matches!(tuned.examples.step().origin, Origin::Default(_));
        let mut tasks = self.plan.workload.tasks.iter();
        if assumed && tasks.any(|task| !task.prompt.part(Part::Examples).is_zero()) {
            self.ledger
                .note(format!("prompts of {} carry no examples; `fine_tune.examples` says otherwise", server.name()));
        }
    }

    /// The list's price of a trained token.
    fn training_price(&mut self, used: &ModelUse) -> Option<Figure<TokenPrice>> {
        let (mode, load) = (Mode::Standard, self.load_by_hour());
        match price::token_price(used, &Component::Training, &mode, &Exact::ZERO, None, &load) {
            Ok(priced) => Some(priced.price),
            Err(problem) => {
                self.ledger.problem(*problem);
                None
            }
        }
    }
}

/// The part of a cost that is paid once which a month bears.
pub(super) fn per_month(cost: &Figure<Money>, serves: &Span, month: &Figure<Days>) -> Option<Figure<Money>> {
    let named = cost.step().name.as_deref().unwrap_or("cost");
    let name = format!("{named} per month");
    Some(cost.over(&serves.months(month)?)?.named(name))
}
