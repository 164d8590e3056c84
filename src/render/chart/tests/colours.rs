//! Colours stand out, and are told apart by people who see fewer of them.

use super::super::Theme;
use super::super::theme::{colours, luminance};

type Rgb = (u8, u8, u8);

fn rgb(colour: &str) -> Rgb {
    let part = |at: usize| u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
    (part(1), part(3), part(5))
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2).
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What people without one kind of cones see, as a matrix over linear RGB: Machado, Oliveira and Fernandes, "A
/// Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.
const SIGHTS: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

fn linear(part: u8) -> f64 {
    let share = f64::from(part) / 255.0;
    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// CIE Lab (D65) of a colour as it is seen.
fn lab((r, g, b): Rgb, sight: [[f64; 3]; 3]) -> [f64; 3] {
    let rgb = [linear(r), linear(g), linear(b)];
    let seen = sight.map(|row| row.iter().zip(rgb).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0));
    let to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
    let white = [0.95047, 1.0, 1.08883];
    let xyz = to_xyz.map(|row| row.iter().zip(seen).map(|(a, b)| a * b).sum::<f64>());
    let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = [f(xyz[0] / white[0]), f(xyz[1] / white[1]), f(xyz[2] / white[2])];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn series_are_told_apart_whatever_the_eyes() {
    for theme in [Theme::Light, Theme::Dark] {
        let series = colours(theme).series;
        for sight in SIGHTS {
            for (index, a) in series.iter().enumerate() {
                for b in &series[index + 1..] {
                    let distance: f64 =
                        lab(rgb(a), sight).iter().zip(lab(rgb(b), sight)).map(|(a, b)| (a - b).powi(2)).sum();
                    assert!(distance.sqrt() > 13.0, "{a} and {b} are {} apart", distance.sqrt());
                }
            }
        }
    }
}

#[test]
fn all_colours_stand_out_from_their_page() {
    for theme in [Theme::Light, Theme::Dark] {
        let colours = colours(theme);
        let page = rgb(colours.page);
        for colour in colours.series.iter().chain([&colours.shade, &colours.rise, &colours.fall, &colours.total]) {
            assert!(contrast(rgb(colour), page) >= 3.0, "{colour}: {}", contrast(rgb(colour), page));
        }
        for text in [colours.ink, colours.quiet] {
            assert!(contrast(rgb(text), page) >= 4.5, "{text}");
        }
    }
}

#[test]
fn greater_values_of_a_heat_map_are_ever_darker_or_ever_lighter() {
    for (theme, darker) in [(Theme::Light, true), (Theme::Dark, false)] {
        for pair in colours(theme).heat.windows(2) {
            assert_eq!(luminance(pair[1]) < luminance(pair[0]), darker);
        }
    }
}
