//! Single values of a price list.

use super::card::Test;
use crate::diag::{Code, Diagnostic, Place, Sink};
use crate::input::{Node, plain, wrong_shape};
use crate::units::{Exact, Kind, Settings};

pub(super) fn word(node: &Node, sink: &mut Sink) -> Option<(String, Place)> {
    match node.scalar() {
        Some(text) if !text.trim().is_empty() => Some((text.to_owned(), node.place.clone())),
        _ => sink.refuse(wrong_shape(node, "a single word or text is expected")),
    }
}

pub(super) fn share(node: &Node, sink: &mut Sink) -> Option<Exact> {
    plain(node, Kind::Share, &Settings::default(), sink)
}

/// A whole number of tokens; written out or with a suffix.
pub(super) fn whole(node: &Node, sink: &mut Sink) -> Option<u64> {
    let value = plain(node, Kind::Count, &Settings::default(), sink)?;
    if value.is_whole() {
        return value.to_u64();
    }
    sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, "a whole number is expected", "this has a fraction"))
}

pub(super) fn tier_test(node: &Node, sink: &mut Sink) -> Option<Test> {
    match node.scalar() {
        Some("gt") => Some(Test::Gt),
        Some("ge") => Some(Test::Ge),
        _ => sink.refuse(
            Diagnostic::at(Code::UnknownWord, &node.place, "a tier's test is `gt` or `ge`", "neither")
                .help("`gt`: more tokens than the threshold; `ge`: as many or more"),
        ),
    }
}
