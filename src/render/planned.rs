//! Results of planning (sweep, forecast, optimize) in the forms that people read: each gives sections and charts, and every
//! form is drawn from them here.

use super::block::Section;
use super::chart::{self, ChartSpec};
use super::html::html_of_sections;
use super::report_charts::Named;
use super::style::Look;
use super::{markdown, terminal};

/// A result that can be read as sections and seen as charts.
pub trait Planned {
    /// What the scenario is called.
    fn name(&self) -> &str;
    /// What it says; `quiet`: only the main result.
    fn sections(&self, quiet: bool) -> Vec<Section>;
    /// Its charts, the main one first.
    fn charts(&self) -> Vec<Named>;
}

/// As tables for a terminal.
pub fn planned_table(results: &[impl Planned], look: Look) -> String {
    joined(results, |result| terminal::draw(&result.sections(look.quiet), look))
}

/// As drawings for a terminal.
pub fn planned_chart(results: &[impl Planned], look: Look) -> String {
    joined(results, |result| {
        let all: Vec<String> = result.charts().iter().map(|(_, spec)| chart::terminal(spec, look)).collect();
        format!("{}\n", all.join("\n").trim_end())
    })
}

/// As Markdown.
pub fn planned_markdown(results: &[impl Planned], quiet: bool) -> String {
    joined(results, |result| {
        let sections = result.sections(quiet);
        sections.iter().map(|each| markdown::section(each, 1)).collect::<Vec<_>>().join("\n")
    })
}

/// As one page of HTML.
pub fn planned_html(results: &[impl Planned], quiet: bool) -> String {
    let of = |result: &_| {
        let result: &dyn Planned = result;
        // The name is the title of the page already.
        let sections = result.sections(quiet).into_iter().map(untitled).collect();
        let charts: Vec<ChartSpec> = result.charts().into_iter().map(|(_, spec)| spec).collect();
        (result.name().to_owned(), sections, charts)
    };
    html_of_sections(results.iter().map(|result| of(result)).collect())
}

fn untitled(section: Section) -> Section {
    if section.name == "head" { Section { title: String::new(), ..section } } else { section }
}

fn joined<T>(results: &[T], show: impl Fn(&T) -> String) -> String {
    results.iter().map(show).collect::<Vec<_>>().join("\n")
}
