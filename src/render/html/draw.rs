//! Draws sections as HTML.

use std::fmt::{Result, Write};

use super::super::block::{Block, Cell, Column, Item, Mark, Named, Row, Run, Section, Table, Text, Tone};
use super::super::style::marked_up;
use crate::units::Exact;

/// A section below a heading of this level.
pub(super) fn section(out: &mut String, section: &Section, level: usize) -> Result {
    writeln!(out, "<section>")?;
    if !section.title.is_empty() {
        writeln!(out, "<h{level}>{}</h{level}>", marked_up(&section.title))?;
    }
    section.blocks.iter().try_for_each(|each| block(out, each))?;
    writeln!(out, "</section>")
}

pub(super) fn block(out: &mut String, block: &Block) -> Result {
    match block {
        Block::Paragraph(tone, words) => writeln!(out, "<p class=\"{}\">{}</p>", class(*tone), text(words)),
        Block::Figures(all) => figures(out, all),
        Block::Table(table) => self::table(out, table),
        Block::Marks(marks) => {
            writeln!(out, "<ul class=\"marks\">")?;
            marks.iter().try_for_each(|each| mark(out, each))?;
            writeln!(out, "</ul>")
        }
        Block::Items(items) => {
            writeln!(out, "<ul>")?;
            items.iter().try_for_each(|each| item(out, each))?;
            writeln!(out, "</ul>")
        }
    }
}

pub(super) fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Careful => "careful",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
        Tone::Quiet => "quiet",
    }
}

/// Words; what stands between backticks is code.
pub(super) fn text(text: &Text) -> String {
    text.0
        .iter()
        .map(|run| match run {
            Run::Plain(words) => coded(words),
            Run::Strong(words) => format!("<strong>{}</strong>", marked_up(words)),
        })
        .collect()
}

fn coded(words: &str) -> String {
    let parts: Vec<String> = words.split('`').map(marked_up).collect();
    if parts.len().is_multiple_of(2) {
        return marked_up(words);
    }
    let part =
        |(index, part): (usize, &String)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part.clone() };
    parts.iter().enumerate().map(part).collect()
}

fn figures(out: &mut String, all: &[Named]) -> Result {
    writeln!(out, "<dl class=\"figures\">")?;
    for each in all {
        let [name, amount, meaning] = [&each.name, &each.amount, &each.meaning].map(|text| marked_up(text));
        writeln!(
            out,
            "<div><dt>{name}</dt><dd class=\"number\">{amount}</dd><dd class=\"meaning\">{meaning}</dd></div>"
        )?;
    }
    writeln!(out, "</dl>")
}

/// The sign is seen, its meaning is read aloud.
fn mark(out: &mut String, mark: &Mark) -> Result {
    let (sign, meaning) = match mark.tone {
        Tone::Good => ("✓", "met"),
        Tone::Careful => ("!", "not met, as a warning"),
        Tone::Bad => ("✗", "not met"),
        Tone::Plain | Tone::Quiet => ("·", ""),
    };
    let place = match mark.place.as_str() {
        "" => String::new(),
        place => format!(" <span class=\"place\">{}</span>", marked_up(place)),
    };
    let class = class(mark.tone);
    let words = text(&mark.text);
    writeln!(
        out,
        "<li><span class=\"sign {class}\" role=\"img\" aria-label=\"{meaning}\">{sign}</span>{words}{place}</li>"
    )
}

fn item(out: &mut String, item: &Item) -> Result {
    let words = text(&item.text);
    match item.tone {
        Tone::Careful | Tone::Bad => writeln!(out, "<li class=\"{}\">{words}</li>", class(item.tone)),
        Tone::Good | Tone::Plain | Tone::Quiet => writeln!(out, "<li>{words}</li>"),
    }
}

/// A table that can be sorted, unless its rows stand in groups under one name: such a name gets a row of its own.
/// Columns that a narrow page has no room for come last.
fn table(out: &mut String, table: &Table) -> Result {
    let is_grouped = table.rows.iter().any(|row| row.cells.first().is_some_and(|cell| cell.text.is_empty()));
    open(out, &table.caption, if is_grouped { "grouped" } else { "sortable" })?;
    let mut order: Vec<(usize, &Column)> = table.columns.iter().enumerate().skip(usize::from(is_grouped)).collect();
    order.sort_by_key(|(_, column)| column.spare > 0);
    write!(out, "<thead><tr>")?;
    for (_, column) in &order {
        let class = if column.is_number { " class=\"number\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", marked_up(&column.title))?;
    }
    let with_bar = table.bars.is_some();
    writeln!(out, "{}</tr></thead>", if with_bar { "<td></td>" } else { "" })?;
    let groups: Vec<&[Row]> = if is_grouped { groups(&table.rows).collect() } else { vec![&table.rows] };
    for group in groups {
        writeln!(out, "<tbody>")?;
        if let (true, Some(name)) = (is_grouped, group.first().and_then(|row| row.cells.first())) {
            let columns = order.len().saturating_add(usize::from(with_bar));
            let name = marked_up(&name.text);
            writeln!(out, "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns}\">{name}</th></tr>")?;
        }
        for row in group {
            write!(out, "<tr{}>", if row.strong { " class=\"strong\"" } else { "" })?;
            let cells = order.iter().filter_map(|(at, column)| Some((row.cells.get(*at)?, column)));
            for (index, (each, column)) in cells.enumerate() {
                match index {
                    0 => write!(out, "<th scope=\"row\">{}</th>", marked_up(&each.text))?,
                    _ => cell(out, each, column.is_number)?,
                }
            }
            if with_bar {
                let share = row.share.as_ref().map_or_else(|| "0".to_owned(), percent);
                write!(out, "<td class=\"bar\"><span style=\"--share:{share}%\"></span></td>")?;
            }
            writeln!(out, "</tr>")?;
        }
        writeln!(out, "</tbody>")?;
    }
    close(out)
}

/// Begins a table that scrolls where it has no room.
pub(super) fn open(out: &mut String, caption: &str, class: &str) -> Result {
    let caption = marked_up(caption);
    writeln!(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">")?;
    writeln!(out, "<table class=\"{class}\"><caption>{caption}</caption>")
}

pub(super) fn close(out: &mut String) -> Result {
    writeln!(out, "</table></div>")
}

/// Rows that share the name of the first of them.
fn groups(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    rows.chunk_by(|_, next| next.cells.first().is_some_and(|cell| cell.text.is_empty()))
}

fn cell(out: &mut String, cell: &Cell, is_number: bool) -> Result {
    let class = if is_number { " class=\"number\"" } else { "" };
    let value = cell.value.as_ref().map_or_else(String::new, |value| format!(" data-value=\"{value}\""));
    write!(out, "<td{class}{value}>{}</td>", marked_up(&cell.text))
}

/// A share as the length of its bar; one above zero is always seen.
pub(super) fn percent(share: &Exact) -> String {
    let percent = (share * &Exact::from(100)).round(1);
    if percent.is_zero() && !share.is_zero() { "0.4".to_owned() } else { percent.to_fixed(1) }
}
