//! Colours, dashes, hatchings and shapes: what tells series apart, in colour, in grey and without either.
//!
//! The colours of the series stand out from their page (contrast of 3:1 and more) and from each other, for people who
//! see no red, green or blue too (a test simulates them); dashes, hatchings and shapes do the same in grey.

#![allow(clippy::float_arithmetic, reason = "colours are measured in floats")]

use super::Theme;

/// The colours of a theme.
#[derive(Debug)]
pub(super) struct Colours {
    pub(super) page: &'static str,
    /// Text and axes.
    pub(super) ink: &'static str,
    /// Text of lesser weight.
    pub(super) quiet: &'static str,
    /// Lines of the grid.
    pub(super) grid: &'static str,
    pub(super) series: [&'static str; 7],
    /// Shaded intervals.
    pub(super) shade: &'static str,
    /// What costs more.
    pub(super) rise: &'static str,
    /// What costs less.
    pub(super) fall: &'static str,
    /// Totals of a waterfall.
    pub(super) total: &'static str,
    /// Bars beside the one to look at.
    pub(super) muted: &'static str,
    /// Colours of a heat map from the least to the greatest value, evenly.
    pub(super) heat: [(u8, u8, u8); 5],
    /// The same for values below zero, from the least to zero, and above, from zero on.
    pub(super) below: [(u8, u8, u8); 3],
    pub(super) above: [(u8, u8, u8); 3],
}

const LIGHT: Colours = Colours {
    page: "#ffffff",
    ink: "#1a1c20",
    quiet: "#5a5f68",
    grid: "#e2e4e8",
    series: ["#3c75d0", "#e7711b", "#1c614f", "#ce6195", "#179fd5", "#9f6825", "#1c1f25"],
    shade: "#1f9d76",
    rise: "#e7711b",
    fall: "#3c75d0",
    total: "#5d6470",
    muted: "#a9b4c5",
    heat: [(240, 246, 252), (199, 221, 243), (142, 187, 229), (62, 122, 189), (14, 50, 105)],
    below: [(38, 98, 171), (148, 189, 229), (246, 246, 246)],
    above: [(246, 246, 246), (247, 178, 117), (191, 84, 9)],
};

const DARK: Colours = Colours {
    page: "#16181d",
    ink: "#eceef1",
    quiet: "#a7adb8",
    grid: "#2f333b",
    series: ["#6da4db", "#fe7a35", "#64e39f", "#d18ba8", "#5576c1", "#ede47a", "#f7f7f9"],
    shade: "#3fc796",
    rise: "#fe7a35",
    fall: "#6da4db",
    total: "#8b93a1",
    muted: "#566072",
    heat: [(28, 38, 56), (33, 71, 118), (52, 112, 176), (113, 166, 220), (205, 228, 250)],
    below: [(122, 178, 234), (56, 94, 140), (41, 44, 51)],
    above: [(41, 44, 51), (150, 82, 36), (254, 140, 72)],
};

/// The colours of a theme.
pub(super) fn colours(theme: Theme) -> &'static Colours {
    match theme {
        Theme::Light => &LIGHT,
        Theme::Dark => &DARK,
    }
}

/// Dashes tell lines apart in grey. There are as many as have no factor in common with the colours.
const DASHES: [&str; 5] = ["", "11 5", "3 4", "14 4 3 4", "7 3"];

/// A line's look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pen {
    pub(super) colour: &'static str,
    pub(super) width: f64,
    /// Lengths of dashes and gaps; empty: solid.
    pub(super) dash: &'static str,
}

impl Pen {
    pub(super) const fn solid(colour: &'static str, width: f64) -> Pen {
        Pen { colour, width, dash: "" }
    }
}

/// An area's look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fill {
    pub(super) colour: &'static str,
    pub(super) opacity: f64,
    pub(super) hatch: Hatch,
}

impl Fill {
    pub(super) const fn solid(colour: &'static str) -> Fill {
        Fill { colour, opacity: 1.0, hatch: Hatch::None }
    }

    pub(super) const fn pale(colour: &'static str, opacity: f64) -> Fill {
        Fill { colour, opacity, hatch: Hatch::None }
    }

    pub(super) const fn hatched(colour: &'static str, hatch: Hatch) -> Fill {
        Fill { colour, opacity: 1.0, hatch }
    }
}

/// What is drawn into an area to tell it apart in grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hatch {
    None,
    Rising,
    Dots,
    Falling,
    Rows,
}

/// The shape of a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Ring,
    /// Without a rim: one of many.
    Speck,
}

const HATCHES: [Hatch; 5] = [Hatch::None, Hatch::Rising, Hatch::Dots, Hatch::Falling, Hatch::Rows];
const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Ring];

impl Colours {
    /// The colour of the series with this number.
    pub(super) fn of(&self, index: usize) -> &'static str {
        self.series.get(index % self.series.len()).copied().unwrap_or(self.ink)
    }

    /// The line of the series with this number.
    pub(super) fn pen(&self, index: usize, width: f64) -> Pen {
        Pen { colour: self.of(index), width, dash: DASHES.get(index % DASHES.len()).copied().unwrap_or("") }
    }

    /// The area of the component with this number.
    pub(super) fn fill(&self, index: usize) -> Fill {
        Fill::hatched(self.of(index), HATCHES.get(index % HATCHES.len()).copied().unwrap_or(Hatch::None))
    }
}

/// The dots of the series with this number.
pub(super) fn shape(index: usize) -> Shape {
    SHAPES.get(index % SHAPES.len()).copied().unwrap_or(Shape::Circle)
}

/// Black or white, whichever is easier to read on a colour.
pub(super) fn contrasting(colour: &str) -> &'static str {
    let part = |at: usize| colour.get(at..at.saturating_add(2)).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    contrasting_rgb((part(1).unwrap_or(0), part(3).unwrap_or(0), part(5).unwrap_or(0)))
}

/// The same for a colour in numbers.
pub(super) fn contrasting_rgb(rgb: (u8, u8, u8)) -> &'static str {
    // The luminance at which black and white stand out alike: (L + 0.05)^2 = 1.05 x 0.05.
    if luminance(rgb) > 0.179 { "#14161a" } else { "#ffffff" }
}

/// Relative luminance, 0 to 1 (WCAG 2.2).
pub(super) fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |part: u8| {
        let share = f64::from(part) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}
