//! Whatever stands in a file: an answer or an error with a place, never a panic.

use std::fs;

use llmcost::diag::terminal;
use proptest::prelude::*;

use crate::support::{forms, root, scenarios, try_report};

/// Texts that have broken parsers before.
const SHARDS: [&str; 34] = [
    "\t", "\0", "\u{feff}", "\r\n", "  ", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!str ", "<<: ", "%", "'",
    "\"", "|\n", "# ", "~", "null", "rest", "0", "-1", "1e400", "1e-400", "99.9%", "100%", ".nan", "5 to 3", "$",
    "日本", "\u{202e}",
];

fn edits() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..1000usize, 0..30usize, 0..SHARDS.len()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn damaged_scenarios_end_in_a_report_or_in_diagnostics(which in 0..100usize, edits in edits()) {
        let all = scenarios();
        let mut text = fs::read_to_string(root().join(&all[which % all.len()])).unwrap();
        for (at, cut, shard) in edits {
            let mut start = at * text.len() / 1000;
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + cut).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, SHARDS[shard]);
        }
        match try_report(&text) {
            Ok(report) => {
                for (form, text) in forms(std::slice::from_ref(&report)) {
                    prop_assert!(!text.is_empty(), "{form}");
                }
            }
            Err(found) => {
                prop_assert!(!found.is_empty());
                let shown = terminal::render(&found, false);
                prop_assert!(!shown.contains('\x1b'), "an escape sequence reached the terminal");
            }
        }
    }

    #[test]
    fn a_tree_that_is_no_price_list_is_refused_in_words(argument in "[a-z.]{0,12}=?[ -~]{0,20}") {
        let mut sink = llmcost::diag::Sink::default();
        let text = format!("a: {{b: [1, {{name: c}}]}}\nm: {argument}");
        let source = std::sync::Arc::new(llmcost::diag::Source { name: "x".into(), text, first_line: 1 });
        if let Some(mut tree) = llmcost::input::parse(&source, &mut sink) {
            llmcost::input::apply_set(&mut tree, &argument, &mut sink);
            prop_assert!(llmcost::pricing::read_list(&source, &tree, &mut sink).is_none());
        }
        prop_assert!(sink.failures() > 0);
    }
}
