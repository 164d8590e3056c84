//! The embedded font: Inter, regular and semi-bold, cut down to Latin-1 and a few signs.
#![allow(clippy::float_arithmetic, reason = "a picture is measured in pixels; the numbers beside it are exact")]

use std::sync::OnceLock;

use ttf_parser::Face;

use crate::render::style::harmless;

/// The name under which the embedded font is known, and what stands in where a sign is missing.
pub(super) const FAMILY: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

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

    fn face(self) -> Option<&'static Face<'static>> {
        static FACES: [OnceLock<Option<Face<'static>>>; 2] = [OnceLock::new(), OnceLock::new()];
        let [regular, bold] = &FACES;
        let cell = if self == Weight::Regular { regular } else { bold };
        cell.get_or_init(|| Face::parse(self.bytes(), 0).ok()).as_ref()
    }
}

/// The embedded font as a style sheet.
pub(super) fn style_sheet() -> String {
    let mut out = String::new();
    for weight in Weight::ALL {
        let (css, data) = (weight.css(), base64(weight.bytes()));
        out.push_str(&format!(
            "@font-face{{font-family:Inter;font-weight:{css};src:url(data:font/otf;base64,{data}) format(\"opentype\")}}\n"
        ));
    }
    out
}

/// How wide a text is. A sign that the font lacks is taken to be as wide as it is high: whatever stands in for it is
/// hardly wider. The fonts have no kerning, so widths add up.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Some(face) = weight.face() else { return 0.0 };
    let em = f64::from(face.units_per_em().max(1));
    let advance = |c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).map_or(em, f64::from);
    text.chars().map(advance).sum::<f64>() * size / em
}

/// A text in lines no wider than `room`; what is beyond the last of them becomes an ellipsis. A no-break space keeps
/// what it joins.
pub(super) fn wrap(text: &str, room: f64, lines: usize, size: f64, weight: Weight) -> Vec<String> {
    let text = harmless(text);
    let fits = |line: &str| width(line, size, weight) <= room;
    let mut out: Vec<String> = Vec::new();
    for word in text.split_ascii_whitespace().flat_map(|word| pieces(word, fits)) {
        let full = out.len() >= lines;
        match out.last_mut() {
            // The last line takes all that is left, and is shortened in the end.
            Some(line) if full || fits(&format!("{line}{}", word.with_gap())) => line.push_str(&word.with_gap()),
            _ => out.push(word.text.to_owned()),
        }
    }
    out.into_iter().map(|line| shorten(&line, room, size, weight)).collect()
}

/// The same with lines of about one length.
pub(super) fn wrap_evenly(text: &str, room: f64, lines: usize, size: f64, weight: Weight) -> Vec<String> {
    let mut best = wrap(text, room, lines, size, weight);
    let mut narrow = room;
    let is_cut = |lines: &[String]| lines.last().is_some_and(|line| line.ends_with('…'));
    while best.len() > 1 && narrow > room * 0.4 && !is_cut(&best) {
        narrow -= room * 0.04;
        let tried = wrap(text, narrow, lines, size, weight);
        if tried.len() > best.len() || is_cut(&tried) {
            break;
        }
        best = tried;
    }
    best
}

/// A part of a text that is not broken.
struct Piece<'a> {
    text: &'a str,
    /// Whether a space separates it from what is before it.
    spaced: bool,
}

impl Piece<'_> {
    fn with_gap(&self) -> String {
        format!("{}{}", if self.spaced { " " } else { "" }, self.text)
    }
}

/// A word, or its parts where it is too long for a line: names break after their hyphens and slashes.
fn pieces(word: &str, fits: impl Fn(&str) -> bool) -> Vec<Piece<'_>> {
    if fits(word) {
        return vec![Piece { text: word, spaced: true }];
    }
    let parts = word.split_inclusive(['-', '/', '_', ':', '.', ',']);
    parts.enumerate().map(|(index, text)| Piece { text, spaced: index == 0 }).collect()
}

/// A text with an ellipsis in place of what does not fit.
pub(super) fn shorten(text: &str, room: f64, size: f64, weight: Weight) -> String {
    let text = harmless(text);
    if width(&text, size, weight) <= room {
        return text;
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

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let sign = usize::try_from(bits >> (18 - 6 * place) & 63).ok().and_then(|index| SIGNS.get(index));
            out.push(if place > three.len() { '=' } else { char::from(sign.copied().unwrap_or(b'=')) });
        }
    }
    out
}
