//! Draws one chart of each kind, and the hard cases, into a folder: `cargo run --example chart_gallery -- FOLDER`.
#![allow(
    clippy::float_arithmetic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "pictures of made-up figures"
)]

#[path = "chart_gallery/break_even.rs"]
mod break_even;
#[path = "chart_gallery/hard.rs"]
mod hard;
#[path = "chart_gallery/kinds.rs"]
mod kinds;

use std::path::Path;

use llmcost::render::Look;
use llmcost::render::chart::{self, Canvas, ChartSpec, Theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder to draw into")?;
    std::fs::create_dir_all(&folder)?;
    for (name, spec) in kinds::all().into_iter().chain(hard::all()).chain(break_even::all()) {
        draw(Path::new(&folder), name, &spec)?;
    }
    Ok(())
}

fn draw(folder: &Path, name: &str, spec: &ChartSpec) -> Result<(), Box<dyn std::error::Error>> {
    let canvas = Canvas::of(spec);
    let dark = ChartSpec { theme: Theme::Dark, ..spec.clone() };
    std::fs::write(folder.join(format!("{name}.svg")), chart::svg(spec, canvas))?;
    std::fs::write(folder.join(format!("{name}-dark.svg")), chart::svg(&dark, canvas))?;
    for width in [80, 120] {
        for colour in [false, true] {
            let look = Look { width, colour, quiet: false };
            let ending = if colour { "ansi" } else { "txt" };
            std::fs::write(folder.join(format!("{name}-{width}.{ending}")), chart::terminal(spec, look))?;
        }
    }
    #[cfg(feature = "png")]
    {
        std::fs::write(folder.join(format!("{name}.png")), chart::png(spec, canvas)?)?;
        std::fs::write(folder.join(format!("{name}-dark.png")), chart::png(&dark, canvas)?)?;
        let half = Canvas { width: canvas.width / 2, height: canvas.height / 2 };
        std::fs::write(folder.join(format!("{name}-half.png")), chart::png(spec, half)?)?;
    }
    Ok(())
}
