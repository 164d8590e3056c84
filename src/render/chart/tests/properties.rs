//! What holds for any chart.

use proptest::prelude::*;

use super::super::*;
use super::any::{canvas, chart, exact};
use super::drawing::Drawing;
use crate::render::Look;
use crate::units::Exact;

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_touches_another_or_leaves_the_page(spec in chart(), size in any::<u8>()) {
        let picture = svg_in_page(&spec, canvas(&spec, size), "x");
        let drawing = Drawing::of(&picture);
        for text in &drawing.texts {
            prop_assert!(drawing.page.grown(0.5).holds(&text.area), "{text:?} leaves {:?}", drawing.page);
        }
        for (index, text) in drawing.texts.iter().enumerate() {
            for other in &drawing.texts[index + 1..] {
                prop_assert!(!text.area.grown(-0.5).overlaps(&other.area.grown(-0.5)), "{text:?}\n{other:?}");
            }
        }
    }

    #[test]
    fn nothing_is_drawn_outside_of_the_page(spec in chart(), size in any::<u8>()) {
        let drawing = Drawing::of(&svg_in_page(&spec, canvas(&spec, size), "x"));
        for (class, shape) in &drawing.shapes {
            prop_assert!(drawing.page.grown(1.0).holds(shape), "{class}: {shape:?} leaves {:?}", drawing.page);
            if let ("marks", [plot]) = (class.as_str(), drawing.plots.as_slice()) {
                prop_assert!(plot.grown(12.0).holds(shape), "{shape:?} leaves {plot:?}");
            }
        }
    }

    #[test]
    fn the_same_chart_is_the_same_picture(spec in chart()) {
        let canvas = Canvas::of(&spec);
        prop_assert_eq!(svg(&spec, canvas), svg(&spec, canvas));
    }

    #[test]
    fn text_fits_any_terminal(spec in chart(), width in 40_usize..160, colour in any::<bool>()) {
        let look = Look { width, colour, quiet: false };
        let body = ChartSpec { title: String::new(), subtitle: String::new(), note: String::new(), ..spec };
        let drawn = terminal(&body, look);
        prop_assert_eq!(&drawn, &terminal(&body, look));
        for line in drawn.lines() {
            let plain = without_colours(line);
            prop_assert!(textwrap::core::display_width(&plain) <= width, "{width} < {plain:?}");
            prop_assert!(colour || plain == line);
            prop_assert!(!plain.chars().any(char::is_control), "{plain:?}");
        }
    }

    #[test]
    fn a_waterfall_must_add_up(begin in exact(), change in exact(), off in exact()) {
        let amount = |value: &Exact| Amount::usd(value);
        let end = &(&begin + &change) + &off;
        let changes = vec![("a".to_owned(), amount(&change))];
        let made = Waterfall::of(Axis::default(), ("", amount(&begin)), changes, ("", amount(&end)), 5, words::compact);
        match made {
            Ok(_) => prop_assert!(off.is_zero()),
            Err(Unbalanced { gap }) => prop_assert_eq!(gap, off),
        }
    }
}

/// A line without escape sequences of colours.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        out.push_str(part.split_once('m').map_or("", |(_, text)| text));
    }
    out
}
