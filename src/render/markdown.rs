//! Draws sections as Markdown of GitHub's flavour, which GitLab and Azure DevOps read too.

use super::block::{Block, Item, Mark, Row, Run, Section, Table, Text, Tone};
use super::fit::{Part, fit};
use super::sections::{self, Face, View};
use super::style::{bar, harmless, marked_up};
use crate::report::{Report, StrategyReport};

/// Columns of a bar.
const BAR: u64 = 10;

/// All sections of reports, as a document within `limit` bytes.
pub fn markdown(reports: &[Report], view: &View, face: Face, limit: Option<usize>) -> String {
    let mut parts: Vec<Part> = Vec::new();
    for each in reports.iter().flat_map(|report| sections_of(report, view, face)) {
        let gap = if parts.is_empty() { "" } else { "\n" };
        let title = if each.title.is_empty() { each.name } else { &each.title };
        parts.push(Part { title: title.to_owned(), spare: each.spare, text: format!("{gap}{}", section(&each, 1)) });
    }
    fit(parts, limit)
}

fn sections_of(report: &Report, view: &View, face: Face) -> Vec<Section> {
    let mut all = vec![sections::head(report)];
    match face {
        Face::Whole => {
            all.extend(sections::verdict(report, view));
            all.push(sections::strategies(report, view));
            if view.quiet {
                return all;
            }
            let every: Vec<&StrategyReport> = report.strategies.iter().collect();
            all.extend(sections::advice(report, view));
            all.push(sections::spending(report, &every, view));
            all.extend(sections::savings(report, &every, view));
            all.extend(sections::details(report, view));
            all.extend(sections::break_evens(report));
            all.extend(sections::budgets(report, false));
            all.extend(sections::expectations(report, false));
            all.extend(sections::warnings(report));
            all.extend(sections::assumptions(report));
            all.push(sections::prices(report));
        }
        Face::Checks => {
            all.push(sections::verdict_on_file(report));
            all.extend(sections::budgets(report, view.quiet));
            all.extend(sections::expectations(report, view.quiet));
        }
        Face::BreakEven => all.extend(sections::break_evens(report)),
    }
    all
}

/// A section below a heading of this level; its first one is one level above.
pub(super) fn section(section: &Section, level: usize) -> String {
    let level = if section.name == "head" { level } else { level.saturating_add(1) };
    match section.title.as_str() {
        "" => blocks(&section.blocks),
        title => format!("{} {}\n\n{}", "#".repeat(level), escaped(title), blocks(&section.blocks)),
    }
}

/// A section that is opened with a click.
pub(super) fn folded(title: &str, section: &Section) -> String {
    let title = marked_up(title);
    format!("<details><summary>{title}</summary>\n\n{}\n</details>\n", blocks(&section.blocks))
}

/// Blocks with a blank line between two.
pub(super) fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(tone, words) => {
            let sign = match tone {
                Tone::Careful => "⚠️ ",
                Tone::Bad => "❌ ",
                Tone::Good | Tone::Plain | Tone::Quiet => "",
            };
            format!("{sign}{}\n", text(words))
        }
        Block::Figures(all) => {
            let row = |name: &str, amount: &str, meaning: &str| format!("| {name} | {amount} | {meaning} |\n");
            let rows = all.iter().map(|each| row(&cell(&each.name), &cell(&each.amount), &cell(&each.meaning)));
            format!("{}| --- | ---: | --- |\n{}", row("", "", ""), rows.collect::<String>())
        }
        Block::Table(table) => self::table(table),
        Block::Marks(marks) => marks.iter().map(mark).collect(),
        Block::Items(items) => items.iter().map(item).collect(),
    }
}

pub(super) fn mark(mark: &Mark) -> String {
    let sign = match mark.tone {
        Tone::Good => "✅",
        Tone::Careful => "⚠️",
        Tone::Bad => "❌",
        Tone::Plain | Tone::Quiet => "•",
    };
    let place = if mark.place.is_empty() { String::new() } else { format!(" (`{}`)", code(&mark.place)) };
    format!("- {sign} {}{place}\n", text(&mark.text))
}

fn item(item: &Item) -> String {
    let sign = match item.tone {
        Tone::Careful | Tone::Bad => "⚠️ ",
        Tone::Good | Tone::Plain | Tone::Quiet => "",
    };
    format!("- {sign}{}\n", text(&item.text))
}

fn table(table: &Table) -> String {
    let with_bar = table.bars.is_some();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let bar_title = with_bar.then(String::new);
    let titles = table.columns.iter().map(|column| cell(&column.title)).chain(bar_title);
    let rules = table.columns.iter().map(|column| if column.is_number { "---:" } else { "---" });
    let rules = rules.chain(with_bar.then_some("---")).map(str::to_owned);
    let row = |row: &Row| {
        let shown =
            |text: &str| if row.strong && !text.is_empty() { format!("**{}**", cell(text)) } else { cell(text) };
        // Only the name of the row to look at is set off.
        let first = row.cells.iter().take(1).map(|each| shown(&each.text));
        let rest = row.cells.iter().skip(1).map(|each| cell(&each.text));
        let bar = with_bar.then(|| row.share.as_ref().map_or_else(String::new, |share| bar(share, BAR)));
        line(first.chain(rest).chain(bar).collect())
    };
    let rows: String = table.rows.iter().map(row).collect();
    format!("{}{}{rows}", line(titles.collect()), line(rules.collect()))
}

fn text(text: &Text) -> String {
    text.0
        .iter()
        .enumerate()
        .map(|(index, run)| match run {
            Run::Plain(words) if index > 0 => escaped_inside(words),
            Run::Plain(words) => escaped(words),
            Run::Strong(words) => format!("**{}**", escaped_inside(words.trim())),
        })
        .collect()
}

/// A text as it stands in a cell.
pub(super) fn cell(text: &str) -> String {
    escaped_inside(text).replace('|', "\\|")
}

/// A text as it stands between backticks.
fn code(text: &str) -> String {
    harmless(text).replace('`', "'")
}

/// A text at the beginning of a line: no list, heading, quotation or workflow command.
pub(super) fn escaped(text: &str) -> String {
    let inside = escaped_inside(text.trim_start());
    let is_mark = |c: char| matches!(c, '-' | '+' | '=' | '>' | ':' | '#' | '~');
    let digits = inside.chars().take_while(char::is_ascii_digit).count();
    let after_digits = inside.chars().nth(digits);
    if inside.starts_with(is_mark) {
        format!("\\{inside}")
    } else if digits > 0 && matches!(after_digits, Some('.' | ')')) {
        let (number, rest) = inside.split_at(digits);
        format!("{number}\\{rest}")
    } else {
        inside
    }
}

/// A text inside a line: what could be markup, a tag, a mention or a reference is only text. What stands between
/// backticks is code.
fn escaped_inside(text: &str) -> String {
    let text = harmless(text);
    let parts: Vec<&str> = text.split('`').collect();
    let is_balanced =
        !parts.len().is_multiple_of(2) && parts.iter().skip(1).step_by(2).all(|part| !part.trim().is_empty());
    if !is_balanced {
        return plain(&text);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 1 { format!("`{part}`") } else { plain(part) };
    parts.iter().enumerate().map(part).collect()
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(8));
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '\\' | '*' | '[' | ']' | '`' | '~' => out.extend(['\\', c]),
            // Inside a word it is no emphasis.
            '_' if !(is_word(before) && is_word(next)) => out.push_str("\\_"),
            '<' => out.push_str("&lt;"),
            '&' if next.is_some_and(|next| next == '#' || next.is_ascii_alphabetic()) => out.push_str("&amp;"),
            // An empty comment keeps a mention or reference from being one.
            '@' | '#' if !is_word(before) && is_word(next) => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            // `##[command]` is an old form of workflow command.
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_is_text() {
        assert_eq!(escaped("a*b_c _d_ <b> [x](y) a|b"), "a\\*b_c \\_d\\_ &lt;b> \\[x\\](y) a|b");
        assert_eq!(escaped("::error::x"), "\\::error::x");
        assert_eq!(escaped("##[add-mask]x"), "\\##\\[add-mask\\]x");
        assert_eq!(escaped("1. one"), "1\\. one");
        assert_eq!(escaped("@team sees #12"), "@<!-- -->team sees #<!-- -->12");
        assert_eq!(escaped("claude@2024"), "claude@2024");
        assert_eq!(cell("a|b"), "a\\|b");
    }

    #[test]
    fn code_stays_code_and_a_lone_backtick_is_text() {
        assert_eq!(escaped("unless `a_b*c` says"), "unless `a_b*c` says");
        assert_eq!(escaped("a`b"), "a\\`b");
    }
}
