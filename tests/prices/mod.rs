//! Prices of single requests: cards, tiers, caches, modes, hours, regions; lists and what is made of them.

mod cli;
mod compiled;
mod coverage;
mod forms;
mod import;
mod lint;
mod oracle_genai;
mod oracle_litellm;
mod own;
mod quotes;
mod raw;

use std::sync::Arc;

use llmcost::diag::{Sink, Source, terminal};
use llmcost::input;
use llmcost::pricing::import::{Upstream, import};
use llmcost::pricing::write::{Head, written};
use llmcost::pricing::{self, Book, List, Lookup, Model, Moment, Problem, Usage};

/// A price list that must be sound.
pub fn list(text: &str) -> List {
    let source = Arc::new(Source { name: "list.yaml".into(), text: text.to_owned(), first_line: 1 });
    let mut sink = Sink::default();
    let list = input::parse(&source, &mut sink).and_then(|root| pricing::read_list(&source, &root, &mut sink));
    sink.finish(list).unwrap_or_else(|errors| panic!("{}\n{text}", terminal::render(&errors, false)))
}

/// The one model of a list; `body` is what stands below its id.
pub fn model(body: &str) -> Arc<Model> {
    let text = format!("schema: 1\nprovider: house\nmodels:\n  - id: m\n{body}");
    Arc::clone(&list(&text).all()[0])
}

/// The model that a name means in a list.
pub fn found(list: List, name: &str, date: &str) -> Arc<Model> {
    match Book::new(vec![list]).find(name, date.parse().unwrap()) {
        Lookup::Found(model) => model,
        other => panic!("{name}: {other:?}"),
    }
}

/// What a request costs, or what is wrong, in words for tests.
pub fn cost(model: &Model, usage: &Usage, mode: Option<&str>, at: &str) -> Result<String, Problem> {
    let charges = model.charges(usage, mode, Moment::parse(at).unwrap())?;
    Ok(charges.iter().map(|charge| &charge.usd).sum::<llmcost::units::Exact>().to_string())
}

/// What a file of another project becomes: imported, written as a list and read again.
pub fn imported(upstream: Upstream, text: &str) -> Vec<Arc<Model>> {
    let source = Arc::new(Source { name: "upstream.json".into(), text: text.to_owned(), first_line: 1 });
    let found = import(upstream, &source, "upstream").unwrap_or_else(|problem| panic!("{problem:?}"));
    list(&written(&Head::default(), &found.models)).all()
}
