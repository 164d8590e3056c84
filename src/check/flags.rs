//! Values of flags, with a place to point at: the flag itself.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place, Sink, Source};
use crate::input::{Node, Value, plain};
use crate::units::{Exact, Kind, Settings, display};

/// A flag's value with a place.
pub(super) fn node(name: &str, text: &Option<String>) -> Option<Node> {
    text.as_ref().map(|text| flag(name, text))
}

pub(super) fn flag(name: &str, text: &str) -> Node {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned(), first_line: 1 });
    Node { place: Place::new(&source, 0, text.len()), value: Value::Scalar(Arc::from(text)) }
}

/// A quantity above 0.
pub(super) fn amount(name: &str, text: &Option<String>, kind: Kind, sink: &mut Sink) -> Option<Exact> {
    let node = node(name, text)?;
    let value = plain(&node, kind, &Settings::default(), sink)?;
    if value.is_zero() {
        let message = format!("`{name}` of 0 leaves nothing to size");
        return sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
    }
    Some(value)
}

/// A whole number of things, 1 to `most`.
pub(super) fn whole(name: &str, text: &Option<String>, what: &str, most: u64, sink: &mut Sink) -> Option<u64> {
    let node = node(name, text)?;
    let value = plain(&node, Kind::Count, &Settings::default(), sink)?;
    let refused = |code, message: String| Some(Diagnostic::at(code, &node.place, message, "cannot be"));
    let problem = match value.to_u64() {
        Some(_) if !value.is_whole() => refused(Code::OutOfRange, format!("{what} are whole")),
        Some(0) => refused(Code::OutOfRange, format!("{what} are at least 1")),
        Some(number) if number <= most => None,
        _ => refused(Code::TooLarge, format!("{what} are at most {}", display::count(&Exact::from(most)))),
    };
    match problem {
        Some(problem) => sink.refuse(problem),
        None => value.to_u64(),
    }
}
