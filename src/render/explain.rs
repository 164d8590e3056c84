//! Explanations as text.

use super::style::{Look, harmless};
use crate::report::explain::Explanation;

/// All explanations of one strategy.
pub fn explanations(strategy: &str, all: &[Explanation], look: Look) -> String {
    let mut out = format!("{}\n", look.bold(&harmless(strategy)));
    for each in all {
        out.push('\n');
        out.push_str(&format!("{} = {}\n", look.bold(&harmless(&each.title)), look.good(&each.value)));
        out.push_str(&look.paragraph("  = ", &harmless(&each.formula)));
        let width = each
            .inputs
            .iter()
            .map(|input| input.name.chars().count().saturating_add(input.depth.saturating_mul(2)))
            .max()
            .unwrap_or(0);
        let values = each.inputs.iter().map(|input| input.value.chars().count()).max().unwrap_or(0);
        for input in &each.inputs {
            let indent = "  ".repeat(input.depth.saturating_add(1));
            let name = format!("{indent}{}", harmless(&input.name));
            let head = format!("{name:<column$}  {:>values$}  ", input.value, column = width.saturating_add(2));
            if input.from.is_empty() {
                out.push_str(head.trim_end());
                out.push('\n');
            } else {
                out.push_str(&look.paragraph(&head, &harmless(&input.from)));
            }
        }
    }
    out
}
