//! The embedded font: Inter, regular and semi-bold, cut down to Latin-1 and a few signs.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use ttf_parser::Face;

/// A weight of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    pub(super) const ALL: [Weight; 2] = [Weight::Regular, Weight::SemiBold];

    /// The font as a file.
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Weight::Regular => include_bytes!("font/Inter-Regular.otf"),
            Weight::SemiBold => include_bytes!("font/Inter-SemiBold.otf"),
        }
    }

    pub(super) fn css(self) -> u16 {
        match self {
            Weight::Regular => 400,
            Weight::SemiBold => 600,
        }
    }
}

/// How wide a text is. A sign that the font lacks is taken to be as wide as it is high: whatever stands in for it is
/// hardly wider. The fonts have no kerning, so widths add up.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Ok(face) = Face::parse(weight.bytes(), 0) else { return 0.0 };
    let em = f64::from(face.units_per_em().max(1));
    let advance = |c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).map_or(em, f64::from);
    text.chars().map(advance).sum::<f64>() * size / em
}

/// A text in lines no wider than `room`; what is beyond the last of them becomes an ellipsis.
pub(super) fn wrap(text: &str, room: f64, lines: usize, size: f64, weight: Weight) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = out.len() >= lines;
        match out.last_mut() {
            // The last line takes all that is left, and is shortened in the end.
            Some(line) if full || width(&format!("{line} {word}"), size, weight) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    out.into_iter().map(|line| shorten(&line, room, size, weight)).collect()
}

/// A text with an ellipsis in place of what does not fit.
pub(super) fn shorten(text: &str, room: f64, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size, weight);
    let mut kept = String::new();
    let mut used = 0.0;
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}
