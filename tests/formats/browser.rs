//! The page in a real browser: it renders, sorts, prints, says nothing on its console and fits a telephone. Skipped with a
//! reason where Chromium and its driver are not installed.

mod driver;

use std::path::Path;

use llmcost::render::{self, Face, View};
use llmcost::report::Report;
use serde_json::{Value, json};

use super::{hostile, reports};
use crate::support::{report, skipped};
use driver::Browser;

fn browser() -> Option<Browser> {
    match Browser::start() {
        Ok(browser) => Some(browser),
        Err(reason) => {
            skipped(&format!("tests of the page in a browser: {reason}"));
            None
        }
    }
}

fn page(folder: &Path, reports: &[Report], face: Face) -> String {
    let file = folder.join("report.html");
    std::fs::write(&file, render::html(reports, &View::default(), face)).unwrap();
    format!("file://{}", file.display())
}

/// What a page says of itself: things that a browser mends in silence and people stumble over.
const FAULTS: &str = r#"
const faults = [];
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0) faults.push(`${wide} px too wide at ${innerWidth}`);
const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
if (new Set(ids).size < ids.length) faults.push("an id stands twice");
for (const table of document.querySelectorAll("table")) {
  if (!table.caption?.textContent) faults.push("a table without caption");
  if ([...table.tHead.rows[0].cells].some(cell => cell.tagName === "TH" && cell.scope !== "col")) faults.push("a head without scope");
  for (const row of table.querySelectorAll("tbody tr")) if (!row.querySelector("th[scope]")) faults.push("a row without name");
  const width = row => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
  const widths = new Set([...table.rows].map(width));
  if (widths.size > 1) faults.push(`rows of ${[...widths]} cells`);
}
const levels = [...document.querySelectorAll("h1,h2,h3,h4")].map(node => Number(node.tagName[1]));
levels.forEach((level, index) => { if (level > (levels[index - 1] ?? 0) + 1) faults.push(`h${level} after h${levels[index - 1]}`); });
if (document.documentElement.lang !== "en") faults.push("no language");
for (const svg of document.querySelectorAll("svg")) {
  const named = (svg.getAttribute("aria-labelledby") ?? "").split(" ").every(id => document.getElementById(id)?.textContent);
  if (svg.getAttribute("role") !== "img" || !named) faults.push("a picture without words");
}
const light = color => {
  const [r, g, b] = color.match(/[\d.]+/g).map(Number).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = node => {
  for (; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if (!/, 0\)$/.test(color)) return color;
  }
  return "rgb(255, 255, 255)";
};
for (const node of document.querySelectorAll("main *:not(svg *, style)")) {
  if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
  if (!node.checkVisibility()) continue;
  const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${node.textContent.slice(0, 30)}`);
}
return faults;
"#;

#[test]
fn pages_are_sound_at_every_width_in_light_and_dark() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut all = reports();
    all.push(hostile());
    let pages = all.iter().map(|report| (std::slice::from_ref(report), Face::Whole)).chain([
        (all.as_slice(), Face::Whole),
        (all.as_slice(), Face::Checks),
        (all.as_slice(), Face::BreakEven),
    ]);
    for (reports, face) in pages {
        let url = page(folder.path(), reports, face);
        for (width, scheme) in [(360, "light"), (360, "dark"), (768, "light"), (1280, "dark"), (1280, "light")] {
            browser.look(width, scheme);
            browser.open(&url);
            // Everything that a click opens is open.
            browser.run("document.querySelectorAll('details').forEach(each => each.open = true)");
            let name = &reports[0].scenario.name;
            assert_eq!(browser.run(FAULTS), json!([]), "{name} at {width} px, {scheme}");
        }
    }
    assert_eq!(browser.console(), Vec::<String>::new());
}

fn column(browser: &Browser, index: usize) -> Value {
    browser.run(&format!("return [...document.querySelectorAll('table.sortable')[0].tBodies[0].rows].map(row => row.cells[{index}].textContent)"))
}

#[test]
fn a_click_on_a_head_puts_the_rows_in_order() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let report = report(
        "llmcost: 1\nworkload: {requests: 1M/day, input: 500, output: 200}\nstrategies:\n  b-dear: {model: gpt-4o}\n  c-cheap: {model: gpt-4.1-nano}\n  a-middle: {model: gpt-4o-mini}\n",
    );
    browser.look(1280, "light");
    browser.open(&page(folder.path(), &[report], Face::Whole));
    assert_eq!(column(&browser, 0), json!(["b-dear", "c-cheap", "a-middle"]));
    browser.click("table.sortable th:nth-child(2) button");
    assert_eq!(column(&browser, 0), json!(["c-cheap", "a-middle", "b-dear"]));
    assert_eq!(browser.run("return document.querySelector('th[aria-sort]').ariaSort"), "ascending");
    browser.click("table.sortable th:nth-child(2) button");
    assert_eq!(column(&browser, 0), json!(["b-dear", "a-middle", "c-cheap"]));
    browser.click("table.sortable th:nth-child(1) button");
    assert_eq!(column(&browser, 0), json!(["a-middle", "b-dear", "c-cheap"]));
    assert_eq!(browser.run("return document.querySelectorAll('th[aria-sort]').length"), 1);
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn names_stay_text_and_nothing_is_loaded() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.look(1280, "light");
    browser.open(&page(folder.path(), &[hostile()], Face::Whole));
    assert_eq!(
        browser.run("return [document.images.length, document.scripts.length, document.links.length]"),
        json!([0, 1, 0])
    );
    assert_eq!(
        browser.run("return document.querySelector('h1').textContent.includes('<script>alert(1)</script>')"),
        true
    );
    assert_eq!(
        browser.run(
            "return performance.getEntriesByType('resource').filter(each => !each.name.startsWith('data:')).length"
        ),
        0
    );
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn a_page_prints_with_its_summary_on_the_first_sheet() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let report = reports().into_iter().find(|report| report.scenario.name == "Support assistant").unwrap();
    browser.look(1280, "dark");
    browser.open(&page(folder.path(), &[report], Face::Whole));
    let pdf = browser.print();
    assert!(pdf.starts_with(b"%PDF-"));
    let pages = String::from_utf8_lossy(&pdf).matches("/Type /Page\n").count();
    assert!((2..=6).contains(&pages), "{pages} pages");
    assert_eq!(browser.console(), Vec::<String>::new());
}
