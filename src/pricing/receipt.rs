//! The price of one request as a result: lines, total, what was assumed, which lists said so.

use serde::Serialize;

use super::{Book, Charge, Component, Model, Moment, Problem, Quote, Usage};
use crate::units::{Exact, display};

/// What a request costs and why.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// The form of this value.
    pub schema: &'static str,
    /// The model.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// The day or instant.
    pub at: String,
    /// `standard`, `batch`, ...
    pub mode: String,
    /// The region asked for.
    pub region: Option<String>,
    /// How many such requests.
    pub requests: Exact,
    /// USD for all of them.
    pub total: Exact,
    /// USD for one.
    pub per_request: Exact,
    /// Always USD.
    pub currency: &'static str,
    /// What the total is made of.
    pub lines: Vec<ReceiptLine>,
    /// Defaults and fallbacks that touched a figure.
    pub assumptions: Vec<String>,
    /// What a reader should look at.
    pub warnings: Vec<ReceiptWarning>,
    /// The price lists, the one that wins first.
    pub lists: Vec<ListUsed>,
}

/// A quantity at a price.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptLine {
    /// What it is for; written cache with its lifetime.
    pub component: String,
    /// How many units, of all requests.
    pub quantity: Exact,
    /// What it is counted in.
    pub unit: &'static str,
    /// USD for `per` units, factors applied.
    pub unit_price: Exact,
    /// How many units the price is for.
    pub per: String,
    /// The tier of long prompts, such as `>200000`.
    pub tier: Option<String>,
    /// USD.
    pub amount: Exact,
    /// The computation in one line.
    pub formula: String,
    /// The card.
    pub source: String,
}

/// Something to look at.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptWarning {
    /// Its stable name.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

/// A price list that was used.
#[derive(Clone, Debug, Serialize)]
pub struct ListUsed {
    /// Its name.
    pub name: String,
    /// SHA-256 of its text.
    pub sha256: String,
}

impl Receipt {
    /// The price of `requests` requests of `usage` each.
    ///
    /// # Errors
    /// Impossible counters; a component that is used and has no price.
    pub fn of(
        model: &Model,
        usage: &Usage,
        requests: u64,
        mode: Option<&str>,
        at: Moment,
        book: &Book,
    ) -> Result<Self, Problem> {
        let charges = model.charges(usage, mode, at)?;
        let times = Exact::from(requests);
        let per_request: Exact = charges.iter().map(|charge| &charge.usd).sum();
        let mut assumptions: Vec<String> = Vec::new();
        for note in charges.iter().flat_map(notes) {
            if !assumptions.contains(&note) {
                assumptions.push(note);
            }
        }
        let lists = book.lists().iter().map(|list| list.info());
        Ok(Self {
            schema: "llmcost.price/1",
            model: model.id.clone(),
            provider: model.provider.clone(),
            at: at.to_string(),
            mode: mode.unwrap_or("standard").to_owned(),
            region: model.region.clone(),
            total: &per_request * &times,
            per_request,
            currency: "USD",
            lines: charges.iter().map(|charge| line(model, charge, requests)).collect(),
            requests: times,
            assumptions,
            warnings: warnings(model, usage, at),
            lists: lists.map(|info| ListUsed { name: info.name.clone(), sha256: info.sha256.clone() }).collect(),
        })
    }
}

/// What has to be said of a price: notes of the card, fallbacks, declared factors.
fn notes(charge: &Charge<'_>) -> Vec<String> {
    let factors =
        charge.quote.factors.iter().map(|factor| format!("{} is {}: {}", factor.name, factor.value, factor.reason));
    charge.quote.notes.iter().cloned().chain(factors).collect()
}

fn line(model: &Model, charge: &Charge<'_>, requests: u64) -> ReceiptLine {
    let quote = &charge.quote;
    let per = charge.component.usual_per();
    let quantity = &charge.quantity * &Exact::from(requests);
    let unit_price = &quote.price() * &Exact::from(per);
    let counted = display::count(&charge.quantity);
    let mut formula = match requests {
        1 => format!("{counted} x {}", listed_price(quote, per)),
        _ => format!("{} requests x {counted} x {}", display::count(&Exact::from(requests)), listed_price(quote, per)),
    };
    for factor in &quote.factors {
        formula.push_str(&format!(" x {}", factor.value));
    }
    let source = match (quote.listed, quote.unpaid) {
        (Some(listed), _) => model.cited(listed.card),
        (None, why) => why.unwrap_or_default().to_owned(),
    };
    let component = match (&charge.component, &quote.component) {
        (Component::CacheWrite(asked), Component::CacheWrite(priced)) if asked.is_empty() => {
            Component::CacheWrite(priced.clone()).to_string()
        }
        (asked, _) => asked.to_string(),
    };
    ReceiptLine {
        component,
        quantity,
        unit: charge.component.unit(),
        unit_price,
        per: per.to_string(),
        tier: quote.listed.and_then(|listed| listed.tier).map(ToString::to_string),
        amount: &charge.usd * &Exact::from(requests),
        formula,
        source,
    }
}

/// `$2.5/1M`, `$0.01`
fn listed_price(quote: &Quote<'_>, per: u64) -> String {
    let usd = &quote.usd * &Exact::from(per);
    if per == 1_000_000 { format!("${usd}/1M") } else { format!("${usd}") }
}

fn warnings(model: &Model, usage: &Usage, at: Moment) -> Vec<ReceiptWarning> {
    let mut found = Vec::new();
    let mut warn = |code: &'static str, message: String| found.push(ReceiptWarning { code, message });
    let count = |n: u64| display::grouped(&n.to_string());
    let answer = usage.output.saturating_add(usage.reasoning);
    let all = usage.input.saturating_add(answer);
    for (tokens, limit, what) in [(all, model.context, "context"), (answer, model.max_output, "output")] {
        if let Some(limit) = limit.filter(|limit| tokens > *limit) {
            let message = format!("{} tokens pass the {what} limit of {}, {}", count(tokens), model.id, count(limit));
            warn("exceeds-context", message);
        }
    }
    if let Some(retires) = model.retires.filter(|retires| *retires <= at.date) {
        warn("retired-model", format!("{} is retired since {retires}", model.id));
    }
    found
}
