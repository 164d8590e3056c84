//! The SVG as a PNG: the same picture, with the embedded font and no other.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use super::font::Weight;
use super::svg::document;
use super::{Canvas, ChartSpec};

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PngError {
    /// A side of zero pixels, or more pixels than fit into memory.
    Size(Canvas),
    /// The drawing itself could not be read or written: a defect of this library.
    Drawing(String),
}

impl std::fmt::Display for PngError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PngError::Size(canvas) => write!(f, "no picture can have {} x {} pixels", canvas.width, canvas.height),
            PngError::Drawing(why) => write!(f, "the chart could not be drawn: {why}"),
        }
    }
}

impl std::error::Error for PngError {}

/// Longest side of a picture.
const LONGEST: u32 = 16_384;

/// The chart as a PNG of exactly this size.
///
/// # Errors
/// A size that no picture can have.
pub fn png(spec: &ChartSpec, canvas: Canvas) -> Result<Vec<u8>, PngError> {
    if canvas.width > LONGEST || canvas.height > LONGEST {
        return Err(PngError::Size(canvas));
    }
    let mut pixels = tiny_skia::Pixmap::new(canvas.width, canvas.height).ok_or(PngError::Size(canvas))?;
    let mut options = usvg::Options::default();
    for weight in Weight::ALL {
        options.fontdb_mut().load_font_source(usvg::fontdb::Source::Binary(Arc::new(weight.bytes())));
    }
    let tree = usvg::Tree::from_str(&document(spec, canvas, "chart", ""), &options)
        .map_err(|error| PngError::Drawing(error.to_string()))?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PngError::Drawing(error.to_string()))
}
