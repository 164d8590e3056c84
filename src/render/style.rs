//! What a text looks like: width, colour, bars, wrapped paragraphs, harmless names.

use anstyle::{AnsiColor, Style};

use crate::units::Exact;

/// Where a text is shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: bool,
    /// Only the main result.
    pub quiet: bool,
}

impl Look {
    pub(super) fn paint(self, text: &str, style: Style) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint(text, Style::new().dimmed())
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint(text, AnsiColor::Green.on_default().bold())
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint(text, AnsiColor::Red.on_default().bold())
    }

    pub(super) fn careful(self, text: &str) -> String {
        self.paint(text, AnsiColor::Yellow.on_default())
    }

    /// A paragraph that begins with `first` and goes on below it.
    pub(super) fn paragraph(self, first: &str, text: &str) -> String {
        let indent = " ".repeat(textwrap::core::display_width(first));
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut out = textwrap::fill(text, options);
        out.push('\n');
        out
    }
}

/// Eighths of a block, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar of `width` columns that is full at a share of 1; a share above zero is always seen.
pub(super) fn bar(share: &Exact, width: u64) -> String {
    let Some(cells) = width.checked_mul(8) else { return String::new() };
    let exact = share * &Exact::from(cells);
    let eighths = exact.round(0).to_u64().unwrap_or(0).min(cells);
    let eighths = if eighths == 0 && !share.is_zero() { 1 } else { eighths };
    let full = usize::try_from(eighths / 8).unwrap_or(0);
    let part = usize::try_from(eighths % 8).unwrap_or(0);
    format!("{}{}", "█".repeat(full), EIGHTHS.get(part).copied().unwrap_or(""))
}

/// A name from a file as it may be shown on a terminal: control characters, escape sequences among them, become
/// visible.
pub(super) fn harmless(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// A text as it stands in HTML and XML, between tags and in attributes.
pub(super) fn marked_up(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No character of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_every_share_above_zero() {
        let share = |n| Exact::ratio(n, 1000).unwrap();
        assert_eq!(bar(&share(1000), 4), "████");
        assert_eq!(bar(&share(500), 4), "██");
        assert_eq!(bar(&share(1), 4), "▏");
        assert_eq!(bar(&Exact::ZERO, 4), "");
    }

    #[test]
    fn escape_sequences_become_text() {
        assert_eq!(harmless("a\u{1b}[31mb"), "a\\u{1b}[31mb");
    }
}
