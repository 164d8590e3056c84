//! `lengths: {trace: file}`: the lengths of single requests, of any log that `replay` reads. Requests of the same lengths are one
//! kind, so that the cost of a trace is exact whatever its size.

use std::sync::{Arc, Mutex, PoisonError};

use super::context::Context;
use crate::diag::{Code, Diagnostic};
use crate::input::{Input, LogFile, Node, word};
use crate::plan::Case;
use crate::replay::length_pairs;
use crate::units::Exact;

/// Kinds of requests of a trace, and how many requests it has.
pub(super) type Trace = (Arc<Vec<Case>>, u64);

/// The traces of a scenario: files are read once, however often the scenario is resolved.
#[derive(Default)]
pub(super) struct Traces(Mutex<Vec<(Input, Trace)>>);

pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<Trace> {
    let file = context.from.beside(word(node, context.sink)?);
    let traces = Arc::clone(&context.traces);
    let mut known = traces.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, trace)) = known.iter().find(|(known, _)| *known == file) {
        return Some(trace.clone());
    }
    let Input::File(path) = &file else {
        let message = "a trace is read from the disk, not from a commit";
        return context.sink.refuse(Diagnostic::at(Code::NotSupported, &node.place, message, "this file"));
    };
    // Brackets and stars in the name of a file mean themselves.
    let pairs = LogFile::at(path).map_err(|problem| vec![*problem]).and_then(|file| length_pairs(&[file]));
    let pairs = match pairs {
        Ok(pairs) => pairs,
        Err(problems) => {
            for mut problem in problems {
                if problem.place.is_none() {
                    problem.place = Some(node.place.clone());
                    "lengths are read from it".clone_into(&mut problem.label);
                }
                context.sink.add(problem);
            }
            return None;
        }
    };
    let rows: u64 = pairs.values().sum();
    let case = |((user, output), count): (&(u64, u64), &u64)| Case {
        share: Exact::from(*count).checked_div(&Exact::from(rows)).unwrap_or(Exact::ZERO),
        user: Some(Exact::from(*user)),
        output: Some(Exact::from(*output)),
    };
    let trace: Trace = (Arc::new(pairs.iter().map(case).collect()), rows);
    known.push((file, trace.clone()));
    Some(trace)
}
