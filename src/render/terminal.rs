//! Draws sections for a terminal.

use super::block::{Block, Item, Mark, Named, Section, Text, Tone};
use super::sheet;
use super::style::{Look, harmless};

/// All sections, a blank line between two.
pub(super) fn draw(sections: &[Section], look: Look) -> String {
    let mut out = String::new();
    for section in sections {
        if !out.is_empty() {
            out.push('\n');
        }
        if !section.title.is_empty() {
            out.push_str(&format!("{}\n", look.bold(&harmless(&section.title))));
        }
        let mut before: Option<&Block> = None;
        for each in &section.blocks {
            // A sentence stands apart from numbers and lists above it.
            if matches!(before, Some(Block::Figures(_) | Block::Items(_))) && matches!(each, Block::Paragraph(..)) {
                out.push('\n');
            }
            out.push_str(&block(each, look));
            before = Some(each);
        }
    }
    out
}

fn block(block: &Block, look: Look) -> String {
    match block {
        Block::Paragraph(tone, text) => {
            format!("{}\n", toned(look.paragraph("", &words(text)).trim_end(), *tone, look))
        }
        Block::Figures(all) => all.iter().map(|each| figure(each, look)).collect(),
        Block::Table(table) => sheet::draw(table, look),
        Block::Marks(marks) => marks.iter().map(|each| mark(each, look)).collect(),
        Block::Items(items) => items.iter().map(|each| item(each, look)).collect(),
    }
}

fn words(text: &Text) -> String {
    text.words(harmless)
}

fn toned(text: &str, tone: Tone, look: Look) -> String {
    match tone {
        Tone::Good => look.good(text),
        Tone::Careful => look.careful(text),
        Tone::Bad => look.bad(text),
        Tone::Quiet => look.dim(text),
        Tone::Plain => text.to_owned(),
    }
}

fn figure(each: &Named, look: Look) -> String {
    look.paragraph(&format!("  {:<24}{:>12}  ", harmless(&each.name), each.amount), &harmless(&each.meaning))
}

fn mark(mark: &Mark, look: Look) -> String {
    let sign = match mark.tone {
        Tone::Good => "✓",
        Tone::Careful => "!",
        Tone::Bad => "✗",
        Tone::Plain | Tone::Quiet => "·",
    };
    let sign = toned(sign, mark.tone, look);
    let place = match mark.place.as_str() {
        "" => String::new(),
        place => format!("    {}\n", look.dim(&harmless(place))),
    };
    format!("{sign} {}\n{place}", words(&mark.text))
}

fn item(item: &Item, look: Look) -> String {
    match item.tone {
        Tone::Good | Tone::Plain | Tone::Quiet => look.paragraph("- ", &words(&item.text)),
        tone @ (Tone::Careful | Tone::Bad) => {
            format!("{}\n", toned(look.paragraph("! ", &words(&item.text)).trim_end(), tone, look))
        }
    }
}
