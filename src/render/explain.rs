//! Explanations as text.

use textwrap::core::display_width;

use super::markdown::{cell, escaped};
use super::style::{Look, harmless};
use crate::report::explain::{Explanations, Input, OfStrategy};

/// Where fewer columns are left for the origin of a number, it stands below it.
const LEAST_ORIGIN: usize = 28;

/// All explanations, strategy by strategy.
pub fn explanations(all: &[Explanations], look: Look) -> String {
    let strategies = all.iter().flat_map(|each| &each.strategies);
    strategies.map(|strategy| of_strategy(strategy, look)).collect::<Vec<_>>().join("\n")
}

/// The same as Markdown.
pub fn explanations_in_markdown(all: &[Explanations]) -> String {
    let mut out = String::new();
    for strategy in all.iter().flat_map(|each| &each.strategies) {
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}## {}\n", escaped(&strategy.name)));
        for each in &strategy.figures {
            out.push_str(&format!("\n### {} = {}\n\n", escaped(&each.title), escaped(&each.value)));
            let terms: String = each.terms.iter().map(|term| format!("- {}\n", escaped(term))).collect();
            out.push_str(&terms);
            if !each.inputs.is_empty() {
                out.push_str("\n| number | value | comes from |\n| --- | ---: | --- |\n");
            }
            for input in &each.inputs {
                let indent = "&emsp;".repeat(input.depth.saturating_sub(1));
                let from = input.formula.as_ref().map_or_else(|| input.from.clone(), |formula| format!("= {formula}"));
                out.push_str(&format!(
                    "| {indent}{} | {} | {} |\n",
                    cell(&input.name),
                    cell(&input.value),
                    cell(&from)
                ));
            }
        }
    }
    out
}

fn of_strategy(strategy: &OfStrategy, look: Look) -> String {
    let mut out = format!("{}\n", look.bold(&harmless(&strategy.name)));
    for each in &strategy.figures {
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
