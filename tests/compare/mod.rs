//! `compare`: causes against a second reading of the formulae, the gate, git, saved reports, side by side.

mod causes;
mod gate;
mod git;
mod saved;
mod views;

use llmcost::check::{Options, load_with_text};
use llmcost::input::Input;
use llmcost::report::Evaluation;
use llmcost::report::comparison::{Computed, Pairs, Side, compare};
use serde_json::Value;

/// A scenario as one side of a comparison.
pub fn side(label: &str, text: &str) -> Side {
    let input = Input::Text { name: label.to_owned(), text: text.to_owned() };
    let (plan, stated) =
        load_with_text(&input, &Options::default()).unwrap_or_else(|all| panic!("{text}\nrefused: {all:#?}"));
    let evaluation = Evaluation::of(plan).unwrap_or_else(|all| panic!("{text}\nrefused: {all:#?}"));
    Side::Computed(Box::new(Computed { label: label.to_owned(), evaluation, stated, set: Vec::new(), commit: None }))
}

/// The comparison of two scenarios as JSON.
pub fn compared(base: &str, head: &str) -> Value {
    let found = compare(&side("base.yaml", base), &side("head.yaml", head), &Pairs::ByName, &[], None);
    serde_json::to_value(found).unwrap()
}

/// The strategy called `name` in a comparison.
pub fn strategy<'a>(comparison: &'a Value, name: &str) -> &'a Value {
    comparison["strategies"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

/// `cause change, cause change` of a strategy.
pub fn told(comparison: &Value, name: &str) -> String {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let causes = strategy(comparison, name)["causes"].as_array().unwrap();
    let one = |cause: &Value| format!("{} {}", word(&cause["cause"]), word(&cause["change_per_month"]));
    causes.iter().map(one).collect::<Vec<_>>().join(", ")
}
