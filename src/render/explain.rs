//! Explanations as text.

use textwrap::core::display_width;

use super::style::{Look, harmless};
use crate::report::explain::{Explanation, Input};

/// Where fewer columns are left for the origin of a number, it stands below it.
const LEAST_ORIGIN: usize = 28;

/// All explanations of one strategy.
pub fn explanations(strategy: &str, all: &[Explanation], look: Look) -> String {
    let mut out = format!("{}\n", look.bold(&harmless(strategy)));
    for each in all {
        out.push('\n');
        out.push_str(&format!("{} = {}\n", look.bold(&harmless(&each.title)), look.good(&each.value)));
        for (index, term) in each.terms.iter().enumerate() {
            out.push_str(&look.paragraph(if index == 0 { "  = " } else { "  + " }, &harmless(term)));
        }
        out.push_str(&inputs(&each.inputs, look));
    }
    out
}

/// The numbers of a formula in columns: name, value, origin; the formula of a computed one stands below it.
fn inputs(all: &[Input], look: Look) -> String {
    let indent = |input: &Input| "  ".repeat(input.depth.saturating_add(1));
    let name = |input: &Input| format!("{}{}", indent(input), harmless(&input.name));
    let names = all.iter().map(|input| display_width(&name(input))).max().unwrap_or(0);
    let values = all.iter().map(|input| display_width(&input.value)).max().unwrap_or(0);
    let mut out = String::new();
    for input in all {
        let head = format!("{:<names$}  {:>values$}", name(input), input.value);
        match &input.formula {
            Some(formula) => {
                out.push_str(&format!("{head}\n"));
                out.push_str(&look.paragraph(&format!("{}    = ", indent(input)), &harmless(formula)));
            }
            None if input.from.is_empty() => out.push_str(&format!("{head}\n")),
            None if look.width.saturating_sub(display_width(&head)) < LEAST_ORIGIN => {
                out.push_str(&format!("{head}\n"));
                out.push_str(&look.paragraph(&format!("{}    ", indent(input)), &harmless(&input.from)));
            }
            None => out.push_str(&look.paragraph(&format!("{head}  "), &harmless(&input.from))),
        }
    }
    out
}
