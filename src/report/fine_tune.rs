//! When a tuned model has paid for its training: what a call costs with it and without it, behind response cache and prompt
//! levers, training and hosting left out (SPEC section 4.2).

use serde::{Deserialize, Serialize};

use crate::levers::{self, Outcome, Quantity, Training, Variant};
use crate::plan::{Base, FineTune, Plan, Strategy};
use crate::units::Exact;

/// A tuned model against whom it spares.
#[derive(Clone, Debug)]
pub struct Tuned {
    /// What its training costs, USD.
    pub training: Training,
    /// What keeping it ready costs, USD per day.
    pub hosting_per_day: Exact,
    /// Calls per day that it answers.
    pub calls_per_day: Exact,
    /// USD per call of the tuned model.
    pub own: Exact,
    /// USD per call of whom it spares; `None` where that is nobody, or cannot be computed.
    pub base: Option<Exact>,
    /// Why there is no base.
    pub note: Option<String>,
}

impl Tuned {
    /// USD that a call saves; negative where it costs more.
    pub fn saves(&self) -> Option<Exact> {
        self.base.as_ref().map(|base| base - &self.own)
    }

    /// Calls after which the training is paid; `None` where no number of them pays it.
    pub fn break_even(&self) -> Option<Exact> {
        let saves = self.saves().filter(|saves| *saves > Exact::ZERO)?;
        self.training.cost.value().checked_div(&saves)
    }
}

/// A tuned model of a strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FineTuneReport {
    /// The tuned model.
    pub model: String,
    /// Whom it is compared with: `strategy` (who would answer in the same strategy) or `baseline`.
    pub against: Option<String>,
    /// What its training costs.
    pub training: Exact,
    /// The part of that which a month bears.
    pub per_month: Exact,
    /// What keeping it ready costs a month.
    pub hosting_per_month: Exact,
    /// Calls per day that go on to be answered.
    pub calls_per_day: Exact,
    /// Cost of a call without it, with the examples in its prompt.
    pub base_per_call: Option<Exact>,
    /// Cost of a call of the tuned model; training and hosting left out.
    pub tuned_per_call: Exact,
    /// The difference; negative where the tuned call is dearer.
    pub saves_per_call: Option<Exact>,
    /// Calls after which the training is paid; `None` where it never is.
    pub break_even_calls: Option<Exact>,
    /// Days that so many calls take.
    pub break_even_days: Option<Exact>,
}

/// What a tuned strategy is compared with.
pub(super) fn tuned(plan: &Plan, strategy: &Strategy, outcome: &Outcome) -> Option<Tuned> {
    let lever = strategy.fine_tune.as_ref()?;
    let (base, note) = base(plan, strategy, lever);
    let hosting = outcome
        .lines
        .iter()
        .filter(|line| line.lever == levers::Lever::FineTune && matches!(line.quantity, Quantity::Uptime(..)));
    Some(Tuned {
        training: outcome.training.clone()?,
        hosting_per_day: hosting.map(|line| line.cost.value()).sum(),
        calls_per_day: outcome.reached.value().clone(),
        own: per_call(outcome)?,
        base,
        note,
    })
}

fn base(plan: &Plan, strategy: &Strategy, lever: &FineTune) -> (Option<Exact>, Option<String>) {
    let spared = match lever.base {
        Base::Strategy => Some(Strategy { fine_tune: None, ..strategy.clone() }),
        Base::Baseline => plan.strategies.get(plan.baseline).cloned(),
        Base::Unknown => None,
    };
    match spared.map(|spared| levers::evaluate(plan, &spared, Variant::default())) {
        None => (None, Some("whom the tuned model spares is not stated, so that it has no break-even".to_owned())),
        Some(Ok(outcome)) => (per_call(&outcome), None),
        Some(Err(problems)) => {
            let why = problems.first().map_or("", |problem| problem.message.as_str());
            (None, Some(format!("the break-even of the tuned model is not computed: without it, {why}")))
        }
    }
}

/// What answering a call costs, USD.
fn per_call(outcome: &Outcome) -> Option<Exact> {
    let lines = outcome.lines.iter().filter(|line| line.lever.answers());
    lines.map(|line| line.cost.value()).sum::<Exact>().checked_div(outcome.reached.value())
}
