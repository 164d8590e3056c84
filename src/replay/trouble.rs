//! Requests without a price, in words.

use super::clerk::Unpaid;
use super::job::Job;
use super::merge::At;
use super::read::time::SECOND;
use super::run::Shared;
use super::tariff::components;
use super::till::Trouble;
use crate::diag::{Code, Diagnostic, suggest};
use crate::pricing::Missing;
use crate::units::display;

/// The model as log or scenario name it.
pub fn model_of(shared: &Shared<'_>, unpaid: &Unpaid) -> String {
    let leaf = shared.programs.leaves.get(unpaid.leaf);
    let payee = leaf.and_then(|leaf| shared.prices.payees().get(leaf.payee));
    match payee.and_then(|payee| payee.model.as_ref()) {
        Some(model) => model.listed.id.clone(),
        None => shared.lexicons.models.name(unpaid.model).unwrap_or_else(|| "(no model)".to_owned()),
    }
}

/// The strategy that needs the price.
pub fn strategy_of(shared: &Shared<'_>, unpaid: &Unpaid) -> String {
    let program = shared.programs.leaves.get(unpaid.leaf).and_then(|leaf| shared.programs.programs.get(leaf.program));
    program.map(|program| program.name.clone()).unwrap_or_default()
}

/// Why there is no price, in a few words.
pub fn reason(shared: &Shared<'_>, unpaid: &Unpaid) -> String {
    let mode = shared.lexicons.modes.name(unpaid.mode).unwrap_or_else(|| "standard".to_owned());
    let day = jiff::Timestamp::from_second(unpaid.time / SECOND).map(|at| at.to_string()).unwrap_or_default();
    let day: String = day.chars().take(10).collect();
    match &unpaid.trouble {
        Trouble::Unknown => "no price list knows it".to_owned(),
        Trouble::Ambiguous(names) => {
            format!("several models are called that: {}", suggest::listed(names.iter().map(String::as_str), "and"))
        }
        Trouble::OtherTime(_) => format!("the name meant no model on {day}"),
        Trouble::Missing(Missing::AtDate(Some(first))) => format!("no price on {day}; the first one is of {first}"),
        Trouble::Missing(Missing::AtDate(None)) => "no price is in force".to_owned(),
        Trouble::Missing(Missing::Mode(..)) => format!("no price for {mode} calls"),
        Trouble::Missing(Missing::Component(_) | Missing::Lifetime(_)) => "no price".to_owned(),
        Trouble::Unpriced(index, Missing::Lifetime(known)) => {
            format!(
                "no price for {}; there are {}",
                component(*index),
                suggest::listed(known.iter().map(String::as_str), "and")
            )
        }
        Trouble::Unpriced(index, _) => format!("no price for {} tokens", component(*index)),
    }
}

fn component(index: usize) -> String {
    components("").get(index).map(ToString::to_string).unwrap_or_default()
}

/// The same as a diagnostic.
pub fn diagnostic(job: &Job, shared: &Shared<'_>, (unpaid, (file, line), requests): &(Unpaid, At, u64)) -> Diagnostic {
    let name = model_of(shared, unpaid);
    let count = display::grouped(&requests.to_string());
    let requests = if count == "1" { "1 request".to_owned() } else { format!("{count} requests") };
    let message =
        format!("`{name}`: {} ({requests}, the first at {}:{line})", reason(shared, unpaid), job.name_of(*file));
    let code = match &unpaid.trouble {
        Trouble::Unknown => Code::UnknownModel,
        Trouble::Ambiguous(_) => Code::AmbiguousModel,
        Trouble::OtherTime(_) | Trouble::Missing(Missing::AtDate(_)) => Code::NoPriceAtDate,
        Trouble::Missing(Missing::Mode(..)) => Code::NoBatchPrice,
        Trouble::Missing(_) | Trouble::Unpriced(..) => Code::NoPrice,
    };
    let found = Diagnostic::without_place(code, message);
    match &unpaid.trouble {
        Trouble::Unknown => found
            .help_if(job.names.did_you_mean(&name))
            .help("state its price in a list (`--prices FILE`), or count such requests and leave them out: `--allow-unpriced`"),
        Trouble::Ambiguous(names) => {
            found.help(format!("the log should say {}", suggest::listed(names.iter().map(String::as_str), "or")))
        }
        Trouble::OtherTime(names) => {
            found.help(format!("at other times it meant {}", suggest::listed(names.iter().map(String::as_str), "and")))
        }
        Trouble::Missing(Missing::AtDate(_)) => found.help("`--as-of DATE` prices the whole log at one date"),
        Trouble::Missing(Missing::Mode(known, _)) => {
            let known = suggest::listed(known.iter().map(String::as_str), "and");
            let known = if known.is_empty() { "it has standard prices only".to_owned() } else { format!("it has {known}") };
            found.help(known).help("a strategy may state what the provider grants: `batch: {discount: 50%}`")
        }
        Trouble::Missing(_) | Trouble::Unpriced(..) => found.help("nothing is ever priced at zero in silence"),
    }
}
