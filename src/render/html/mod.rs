//! Reports as one page of HTML: nothing is loaded, everything works without the few lines of script, which sort tables.

mod draw;
mod figures;
mod lines;
mod summary;

use std::fmt::{Result, Write};

use super::block::Section;
use super::break_even_chart;
use super::chart::{ChartSpec, font_style_sheet};
use super::names;
use super::report_charts::{cost_chart, savings_chart};
use super::sections::{self, Face, View};
use super::style::marked_up;
use crate::report::{Report, StrategyReport};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("sort.js");
/// The only script that the page may run, by its SHA-256 (a test holds it against the script).
const SCRIPT_HASH: &str = "sha256-4LceiDPw6FkVohdct+zB1LMeUT8wPXGO55D++KvHfxE=";

/// Strategies whose spending is shown whole; of more, the best and the baseline.
const MOST_SPENDING: usize = 12;

/// One page for all reports.
pub fn html(reports: &[Report], view: &View, face: Face) -> String {
    let mut out = String::new();
    // A text takes whatever is written to it.
    let _ = page(&mut out, reports, view, face);
    out
}

fn page(out: &mut String, reports: &[Report], view: &View, face: Face) -> Result {
    let names = names::unique(reports);
    frame(out, &names, |out, index| match reports.get(index).zip(names.get(index)) {
        Some((report, name)) => article(out, report, (name, &format!("scenario-{index}")), view, face),
        None => Ok(()),
    })
}

/// One page for results that consist of sections and charts: what each is called, and what it shows.
pub fn html_of_sections(results: Vec<(String, Vec<Section>, Vec<ChartSpec>)>) -> String {
    let names: Vec<String> = results.iter().map(|(name, ..)| name.clone()).collect();
    let mut results = results;
    let mut out = String::new();
    let _ = frame(&mut out, &names, |out, index| {
        let Some((name, sections, charts)) = results.get_mut(index) else { return Ok(()) };
        writeln!(out, "<header><h1>{}</h1></header>", marked_up(name))?;
        for (at, spec) in std::mem::take(charts).into_iter().enumerate() {
            figures::figure(out, spec, &format!("scenario-{index}-{at}"))?;
        }
        sections.iter().try_for_each(|each| draw::section(out, each, 2))?;
        writeln!(out, "<footer>Computed offline by llmcost; <code>--format json</code> has every digit.</footer>")
    });
    out
}

/// The page around articles, one per name.
fn frame(out: &mut String, names: &[String], mut article: impl FnMut(&mut String, usize) -> Result) -> Result {
    let title = match names {
        [only] => only.clone(),
        all => format!("{} scenarios", all.len()),
    };
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         font-src data:; img-src data:; script-src '{SCRIPT_HASH}'\">\n\
         <title>{} · llmcost</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n<main>",
        marked_up(&title),
        font_style_sheet(),
    )?;
    if let [_, _, ..] = names {
        writeln!(out, "<nav aria-label=\"Scenarios\"><ul>")?;
        for (index, name) in names.iter().enumerate() {
            writeln!(out, "<li><a href=\"#scenario-{index}\">{}</a></li>", marked_up(name))?;
        }
        writeln!(out, "</ul></nav>")?;
    }
    for index in 0..names.len() {
        writeln!(out, "<article id=\"scenario-{index}\">")?;
        article(out, index)?;
        writeln!(out, "</article>")?;
    }
    writeln!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

fn article(out: &mut String, report: &Report, (name, id): (&str, &str), view: &View, face: Face) -> Result {
    writeln!(out, "<header><h1>{}</h1>", marked_up(name))?;
    writeln!(out, "<p class=\"quiet\">{}</p></header>", marked_up(&sections::facts(report)))?;
    match face {
        Face::Whole => {
            summary::summary(out, report, view)?;
            costs(out, report, view, id)?;
            if !view.quiet {
                break_evens(out, report, id)?;
                rest(report, view).iter().try_for_each(|each| draw::section(out, each, 2))?;
                lines::lines(out, report, view)?;
            }
        }
        Face::Checks => {
            draw::section(out, &sections::verdict_on_file(report), 2)?;
            for each in sections::budgets(report, false).iter().chain(&sections::expectations(report, false)) {
                draw::section(out, each, 2)?;
            }
        }
        Face::BreakEven => break_evens(out, report, id)?,
    }
    footer(out, report)
}

/// A chart beside whose page its circumstances need not be said again.
fn bare(spec: ChartSpec, title: String) -> ChartSpec {
    ChartSpec { title, subtitle: String::new(), note: String::new(), ..spec }
}

/// Each comparison in words and as a picture.
fn break_evens(out: &mut String, report: &Report, id: &str) -> Result {
    let all = sections::break_evens(report).into_iter().zip(&report.break_even);
    for (index, (section, case)) in all.enumerate() {
        draw::section(out, &section, 2)?;
        figures::figure(out, break_even_chart(report, case), &format!("{id}-volume-{index}"))?;
    }
    Ok(())
}

/// What each strategy costs, where the money goes and who saved what, with their pictures.
fn costs(out: &mut String, report: &Report, view: &View, id: &str) -> Result {
    let strategies = Section { title: "Strategies".to_owned(), ..sections::strategies(report, view) };
    draw::section(out, &strategies, 2)?;
    let title = format!("Cost per {} by what is paid for", view.period.name());
    figures::figure(out, bare(cost_chart(report, view), title), &format!("{id}-cost"))?;
    if view.quiet {
        return Ok(());
    }
    let every: Vec<&StrategyReport> = report.strategies.iter().collect();
    let main = if every.len() > MOST_SPENDING { sections::main_strategies(report) } else { every };
    draw::section(out, &sections::spending(report, &main, view), 2)?;
    if let Some(savings) = sections::savings(report, &main, view) {
        draw::section(out, &savings, 2)?;
    }
    if let Some(spec) = savings_chart(report, view) {
        let title = spec.title.clone();
        figures::figure(out, bare(spec, title), &format!("{id}-savings"))?;
    }
    Ok(())
}

/// What all of it rests on, and what to look at.
fn rest(report: &Report, view: &View) -> Vec<Section> {
    let mut all: Vec<Section> = sections::advice(report, view).into_iter().collect();
    all.extend(sections::details(report, view));
    all.extend(sections::budgets(report, false));
    all.extend(sections::expectations(report, false));
    all.extend(sections::warnings(report));
    all.extend(sections::assumptions(report));
    all.push(sections::prices(report));
    all
}

fn footer(out: &mut String, report: &Report) -> Result {
    writeln!(
        out,
        "<footer>Computed offline by llmcost from <code>{}</code> with the prices of {}. Amounts are exact and rounded \
         only here, half to even; <code>--format json</code> has every digit.</footer>",
        marked_up(&report.scenario.file),
        marked_up(&report.prices.as_of),
    )
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// The text of a script element, as a browser hashes it.
    #[test]
    fn the_page_allows_its_own_script_and_no_other() {
        let digest = Sha256::digest(format!("\n{SCRIPT}"));
        assert_eq!(SCRIPT_HASH, format!("sha256-{}", base64(&digest)));
    }

    fn base64(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for index in 0..4 {
                let letter = ALPHABET[(word >> (18 - 6 * index) & 63) as usize] as char;
                out.push(if index > chunk.len() { '=' } else { letter });
            }
        }
        out
    }
}
