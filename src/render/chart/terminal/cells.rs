//! A field of character cells.

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;

use crate::render::style::{Look, harmless};

/// What a cell is about; a colour where colours are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    #[default]
    Plain,
    Dim,
    Bold,
    Series(usize),
    /// Where self-hosting wins.
    Shade,
    Rise,
    Fall,
    /// White or black on a mixed colour.
    On((u8, u8, u8)),
}

/// Colours that stand out on dark and light terminals alike.
const SERIES: [AnsiColor; 6] =
    [AnsiColor::Blue, AnsiColor::Yellow, AnsiColor::Green, AnsiColor::Magenta, AnsiColor::Cyan, AnsiColor::Red];

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Dim => Style::new().dimmed(),
            Tone::Bold => Style::new().bold(),
            Tone::Series(index) => SERIES.get(index % SERIES.len()).copied().unwrap_or(AnsiColor::White).on_default(),
            Tone::Shade => AnsiColor::Green.on_default(),
            Tone::Rise => AnsiColor::Yellow.on_default(),
            Tone::Fall => AnsiColor::Blue.on_default(),
            Tone::On((r, g, b)) => {
                let ink = if super::super::theme::luminance((r, g, b)) > 0.179 { (0, 0, 0) } else { (255, 255, 255) };
                let colour = |(r, g, b)| Some(anstyle::RgbColor(r, g, b).into());
                Style::new().fg_color(colour(ink)).bg_color(colour((r, g, b)))
            }
        }
    }

    /// A text of this tone.
    pub(super) fn paint(self, text: &str, look: Look) -> String {
        if self == Tone::Plain { text.to_owned() } else { look.paint(text, self.style()) }
    }
}

/// Fills the second cell of a sign that is two columns wide.
const SECOND: char = '\0';

/// Rows of cells, blank at first.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    width: usize,
    rows: Vec<Vec<(char, Tone)>>,
}

impl Cells {
    pub(super) fn new(width: usize, height: usize) -> Cells {
        Cells { width, rows: vec![vec![(' ', Tone::Plain); width]; height] }
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn put(&mut self, column: usize, row: usize, sign: char, tone: Tone) {
        if let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell = (sign, tone);
        }
    }

    pub(super) fn is_blank(&self, column: usize, row: usize) -> bool {
        self.rows.get(row).and_then(|row| row.get(column)).is_some_and(|(sign, _)| *sign == ' ')
    }

    /// A text from a column on; what is beyond the edge is cut. Control characters become visible.
    pub(super) fn write(&mut self, column: usize, row: usize, text: &str, tone: Tone) {
        let mut at = column;
        for sign in harmless(text).chars() {
            let wide = display_width(sign.encode_utf8(&mut [0; 4]));
            if wide == 0 {
                continue;
            }
            if at.saturating_add(wide) > self.width {
                return;
            }
            self.put(at, row, sign, tone);
            if wide == 2 {
                self.put(at.saturating_add(1), row, SECOND, tone);
            }
            at = at.saturating_add(wide);
        }
    }

    /// The same, with its end before a column.
    pub(super) fn write_before(&mut self, column: usize, row: usize, text: &str, tone: Tone) {
        self.write(column.saturating_sub(columns(text)), row, text, tone);
    }

    /// Whether a text of this width would stand on blank cells only, with one more to either side.
    pub(super) fn has_room(&self, column: usize, row: usize, width: usize) -> bool {
        let last = column.saturating_add(width);
        let beside = [column.checked_sub(1), Some(last).filter(|last| *last < self.width)];
        last <= self.width
            && (column..last).chain(beside.into_iter().flatten()).all(|column| self.is_blank(column, row))
    }

    /// The rows as lines without blanks at their ends.
    pub(super) fn draw(&self, look: Look) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let last = row.iter().rposition(|(sign, tone)| *sign != ' ' || matches!(tone, Tone::On(_)));
            let mut run = String::new();
            let mut tone = Tone::Plain;
            for (sign, own) in row.iter().take(last.map_or(0, |last| last.saturating_add(1))) {
                if *own != tone && !run.is_empty() {
                    out.push_str(&tone.paint(&run, look));
                    run.clear();
                }
                tone = *own;
                if *sign != SECOND {
                    run.push(*sign);
                }
            }
            if !run.is_empty() {
                out.push_str(&tone.paint(&run, look));
            }
            out.push('\n');
        }
        out
    }
}

/// Columns of a text as it is shown.
pub(super) fn columns(text: &str) -> usize {
    display_width(&harmless(text))
}

/// A text with an ellipsis in place of what does not fit.
pub(super) fn fitted(text: &str, room: usize) -> String {
    let text = harmless(text);
    if display_width(&text) <= room {
        return text;
    }
    let mut kept = String::new();
    let mut used = 1;
    for sign in text.chars() {
        used += display_width(sign.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        kept.push(sign);
    }
    format!("{}…", kept.trim_end())
}
