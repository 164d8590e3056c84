//! A table of text columns for a terminal: it fits the width, drops what is least needed, and ends in bars.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use textwrap::core::display_width;

pub(super) use super::block::Column;
use super::block::{Bars, Cell, Row, Table};
use super::style::{Look, bar, harmless};
use crate::units::Exact;

/// Columns around the text of a cell.
const PADDING: usize = 2;
/// Columns between two cells.
const GAP: usize = 1;
/// A text column may be broken to this width, not further, while others can be dropped.
const LEAST_TEXT: usize = 20;

/// Rows of cells, each with the share that its bar shows: what is only ever a table of a terminal.
pub(super) struct Sheet {
    pub columns: Vec<Column>,
    pub rows: Vec<(Vec<String>, Exact)>,
    /// Columns of a bar that is worth a spare column.
    pub least_bar: usize,
    pub widest_bar: usize,
}

impl Sheet {
    pub fn draw(self, look: Look) -> String {
        let row = |(cells, share): (Vec<String>, Exact)| Row {
            cells: cells.into_iter().map(Cell::from).collect(),
            share: Some(share),
            strong: false,
        };
        let rows = self.rows.into_iter().map(row).collect();
        let bars = Some(Bars { least: self.least_bar, widest: self.widest_bar });
        draw(&Table { caption: String::new(), columns: self.columns, rows, bars }, look)
    }
}

/// Draws a table; names in it are made harmless.
pub(super) fn draw(table: &Table, look: Look) -> String {
    Drawn::of(table).draw(look)
}

/// A table with its texts as they are shown.
struct Drawn<'a> {
    columns: &'a [Column],
    rows: Vec<(Vec<String>, Option<&'a Exact>)>,
    bars: Option<Bars>,
    /// The width of each column's contents.
    content: Vec<usize>,
}

impl<'a> Drawn<'a> {
    fn of(table: &'a Table) -> Self {
        let harmless =
            |row: &'a Row| (row.cells.iter().map(|cell| harmless(&cell.text)).collect::<Vec<_>>(), row.share.as_ref());
        let rows: Vec<_> = table.rows.iter().map(harmless).collect();
        let content = table.columns.iter().enumerate().map(|(index, column)| {
            let cells = rows.iter().filter_map(|(cells, _)| cells.get(index));
            cells.map(|text| display_width(text)).chain([display_width(&column.title)]).max().unwrap_or(0)
        });
        Self { columns: &table.columns, content: content.collect(), bars: table.bars, rows }
    }

    fn draw(&self, look: Look) -> String {
        let shown = self.shown(look.width);
        let widths = self.widths(&shown, look.width);
        let used: usize = widths.iter().map(|width| width.saturating_add(PADDING).saturating_add(GAP)).sum();
        let room = look.width.saturating_sub(used).saturating_sub(PADDING);
        let bar_width = self.bars.map_or(0, |bars| room.min(bars.widest));
        let with_bar = self.bars.is_some_and(|bars| bar_width >= bars.least.min(4));
        let mut table = comfy_table::Table::new();
        let mut style = presets::NOTHING;
        style.header_separator = presets::UTF8_HORIZONTAL_ONLY.header_separator;
        table.load_style(style);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(look.width.saturating_add(1)).unwrap_or(u16::MAX));
        let titles = shown.iter().map(|column| column.1.title.as_str()).chain(with_bar.then_some(""));
        table.set_header(titles.map(comfy_table::Cell::new));
        for (cells, share) in &self.rows {
            let bar = with_bar.then(|| share.map_or_else(String::new, |share| bar(share, width_of(bar_width))));
            table.add_row(shown.iter().filter_map(|(index, _)| cells.get(*index).cloned()).chain(bar));
        }
        let all =
            shown.iter().map(|(_, column)| column.is_number).zip(widths).chain(with_bar.then_some((false, bar_width)));
        for (index, (is_number, width)) in all.enumerate() {
            let Some(column) = table.column_mut(index) else { continue };
            if is_number {
                column.set_cell_alignment(CellAlignment::Right);
            }
            let width = u16::try_from(width.saturating_add(PADDING)).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
        let mut out = String::new();
        for line in table.lines() {
            let line = line.strip_prefix(' ').unwrap_or(&line);
            let line: String = line.chars().take(if line.starts_with('═') { look.width } else { usize::MAX }).collect();
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The columns that have room, with their positions.
    fn shown(&self, width: usize) -> Vec<(usize, &'a Column)> {
        let mut shown: Vec<(usize, &Column)> = self.columns.iter().enumerate().collect();
        loop {
            let needed: usize = shown.iter().map(|(index, column)| self.least(*index, column)).sum();
            let bar = self.bars.map_or(0, |bars| bars.least.saturating_add(PADDING));
            let first = shown.iter().filter(|(_, column)| column.spare > 0).min_by_key(|(_, column)| column.spare);
            // The last spare columns are worth more than a bar.
            let wanted =
                if first.is_some_and(|(_, column)| column.spare == 1) { needed.saturating_add(bar) } else { needed };
            match first.map(|(index, _)| *index) {
                Some(index) if wanted > width => shown.retain(|(known, _)| *known != index),
                _ => return shown,
            }
        }
    }

    fn least(&self, index: usize, column: &Column) -> usize {
        let content = self.content_width(index);
        let text = if column.is_number { content } else { content.min(LEAST_TEXT) };
        text.saturating_add(PADDING).saturating_add(GAP)
    }

    /// Widths of the contents: numbers whole, words in what is left.
    fn widths(&self, shown: &[(usize, &Column)], width: usize) -> Vec<usize> {
        let mut left = width;
        for (index, column) in shown {
            left = left.saturating_sub(self.least(*index, column));
        }
        let mut widths = Vec::new();
        for (index, column) in shown {
            let content = self.content_width(*index);
            let least = if column.is_number { content } else { content.min(LEAST_TEXT) };
            let more = content.saturating_sub(least).min(left);
            left = left.saturating_sub(more);
            widths.push(least.saturating_add(more).max(1));
        }
        widths
    }

    fn content_width(&self, column: usize) -> usize {
        self.content.get(column).copied().unwrap_or(0)
    }
}

fn width_of(columns: usize) -> u64 {
    u64::try_from(columns).unwrap_or(0)
}
