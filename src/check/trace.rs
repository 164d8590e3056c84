//! `lengths: {trace: file}`: the lengths of single requests, as a log or a public trace lists them.
//!
//! A table with a header (CSV) or a JSON object a line; either may be compressed (`.gz`). Requests of the same lengths are
//! one kind, so that the cost of a trace is exact whatever its size.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::context::Context;
use crate::diag::{Code, Diagnostic, Place, Sink, Source, suggest};
use crate::input::{self, Input, Node, Table, word};
use crate::plan::Case;
use crate::units::Exact;

/// Names of the columns, ours first; of the input it is the whole prompt that counts.
const INPUT: [&str; 5] = ["input", "input_tokens", "input_length", "ContextTokens", "prompt_tokens"];
const OUTPUT: [&str; 5] = ["output", "output_tokens", "output_length", "GeneratedTokens", "completion_tokens"];

/// Kinds of requests of a trace, and how many requests it has.
pub(super) type Trace = (Arc<Vec<Case>>, u64);

/// The traces of a scenario: files are read once, however often the scenario is resolved.
#[derive(Default)]
pub(super) struct Traces(Mutex<Vec<(Input, Trace)>>);

/// Requests by the tokens of their prompt and answer.
type Counts = BTreeMap<(u64, u64), u64>;

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<Trace> {
    let file = context.from.beside(word(node, context.sink)?);
    let traces = Arc::clone(&context.traces);
    let mut known = traces.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, trace)) = known.iter().find(|(known, _)| *known == file) {
        return Some(trace.clone());
    }
    let source = match input::read_lengths(&file) {
        Ok(source) => source,
        Err(mut problem) => {
            if problem.place.is_none() {
                problem.place = Some(node.place.clone());
                "named here".clone_into(&mut problem.label);
            }
            return context.sink.refuse(*problem);
        }
    };
    let is_json = source.text.trim_start().starts_with('{');
    let counts = if is_json { of_objects(&source, context.sink) } else { of_table(&source, context.sink) }?;
    let rows: u64 = counts.values().sum();
    if rows == 0 {
        let message = format!("{} lists no request", source.name);
        return context.sink.refuse(Diagnostic::at(Code::Empty, &node.place, message, "named here"));
    }
    let case = |((user, output), count): (&(u64, u64), &u64)| Case {
        share: Exact::from(*count).checked_div(&Exact::from(rows)).unwrap_or(Exact::ZERO),
        user: Some(Exact::from(*user)),
        output: Some(Exact::from(*output)),
    };
    let trace: Trace = (Arc::new(counts.iter().map(case).collect()), rows);
    known.push((file, trace.clone()));
    Some(trace)
}

fn of_table(source: &Arc<Source>, sink: &mut Sink) -> Option<Counts> {
    let table = Table::read(source, sink)?;
    let (input, output) = (table.require(&INPUT, sink), table.require(&OUTPUT, sink));
    let (Some(input), Some(output)) = (input, output) else { return None };
    let before = sink.failures();
    let mut counts = Counts::new();
    for row in &table.rows {
        let mut tokens = |column, what| match row.cell(Some(column)) {
            Some(node) => node.scalar().and_then(|text| whole(text, || node.place.clone(), sink)),
            None => sink.refuse(missing(what, &row.place)),
        };
        if let (Some(input), Some(output)) = (tokens(input, "input"), tokens(output, "output")) {
            count(&mut counts, input, output);
        }
    }
    (sink.failures() == before).then_some(counts)
}

fn of_objects(source: &Arc<Source>, sink: &mut Sink) -> Option<Counts> {
    let before = sink.failures();
    let mut counts = Counts::new();
    let mut start = 0usize;
    for line in source.text.split_inclusive('\n') {
        let place = || Place::new(source, start, start.saturating_add(line.trim_end().len()));
        if !line.trim().is_empty() {
            match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) {
                Err(error) => {
                    let message = format!("this line is no JSON object: {error}");
                    return sink.refuse(Diagnostic::at(Code::Syntax, &place(), message, "cannot be read"));
                }
                Ok(object) => {
                    let mut tokens = |names: &[&str], what| match names.iter().find_map(|name| object.get(*name)) {
                        Some(value) => whole(&value.to_string(), place, sink),
                        None => {
                            let near = suggest::nearest(what, object.keys().map(String::as_str));
                            sink.refuse(missing(what, &place()).help_if(near.map(|near| format!("is `{near}` meant?"))))
                        }
                    };
                    if let (Some(input), Some(output)) = (tokens(&INPUT, "input"), tokens(&OUTPUT, "output")) {
                        count(&mut counts, input, output);
                    }
                }
            }
        }
        start = start.saturating_add(line.len());
    }
    (sink.failures() == before).then_some(counts)
}

fn count(counts: &mut Counts, input: u64, output: u64) {
    let known = counts.entry((input, output)).or_default();
    *known = known.saturating_add(1);
}

fn whole(text: &str, place: impl FnOnce() -> Place, sink: &mut Sink) -> Option<u64> {
    let found = text.trim().parse().ok();
    if found.is_none() {
        let message = format!("`{text}` is no number of tokens of one request");
        sink.add(Diagnostic::at(Code::BadQuantity, &place(), message, "a whole number is expected"));
    }
    found
}

fn missing(what: &str, place: &Place) -> Diagnostic {
    let names = if what == "input" { INPUT } else { OUTPUT };
    let message = format!("the tokens of the {what} are missing");
    Diagnostic::at(Code::MissingKey, place, message, "of this request")
        .help(format!("they are called {}", suggest::listed(names.iter().copied(), "or")))
}
