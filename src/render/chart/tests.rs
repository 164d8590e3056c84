//! A chart is sound XML, the same every time, harmless and of the asked size, whatever is drawn.

use proptest::prelude::*;

use super::*;

fn spec(name: &str, points: Vec<Xy>, scale: Scale) -> ChartSpec {
    ChartSpec {
        title: name.to_owned(),
        x: Axis { label: name.to_owned(), scale, ..Axis::default() },
        series: vec![
            Series::Line { name: name.to_owned(), points: points.clone() },
            Series::Step { name: name.to_owned(), points: points.clone() },
            Series::Mark { at: points.first().copied().unwrap_or((1.0, 1.0)), label: name.to_owned() },
            Series::Span { from: 1.0, to: f64::INFINITY, label: name.to_owned() },
        ],
        ..ChartSpec::default()
    }
}

fn parsed(svg: &str) -> roxmltree::Document<'_> {
    roxmltree::Document::parse(svg).unwrap()
}

#[test]
fn hostile_names_stay_text() {
    let svg = svg(&spec("<script>&\"'", vec![(0.0, 0.0), (1.0, 2.0)], Scale::Linear), Canvas::default());
    let document = parsed(&svg);
    assert!(document.descendants().all(|node| node.tag_name().name() != "script"));
    assert!(document.descendants().any(|node| node.text().is_some_and(|text| text.contains("<script>"))));
}

#[cfg(feature = "png")]
#[test]
fn a_png_has_the_asked_size() {
    let bytes =
        png(&spec("size", vec![(1.0, 1.0), (9.0, 4.0)], Scale::Linear), Canvas { width: 640, height: 400 }).unwrap();
    assert_eq!(&bytes[1..4], b"PNG");
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 640);
    assert_eq!(u32::from_be_bytes(bytes[20..24].try_into().unwrap()), 400);
}

proptest! {
    #[test]
    fn any_finite_data_makes_a_sound_picture(
        points in prop::collection::vec((-1e12..1e12_f64, -1e12..1e12_f64), 0..12),
        log in any::<bool>(),
    ) {
        let scale = if log { Scale::Log } else { Scale::Linear };
        let spec = spec("any", points, scale);
        let picture = svg(&spec, Canvas::default());
        let drawn = parsed(&picture);
        let numbers = |name: &str| drawn.descendants().filter_map(|node| node.attribute(name)).collect::<Vec<_>>();
        for name in ["d", "x", "y", "cx", "cy", "width", "height", "points"] {
            for value in numbers(name) {
                prop_assert!(!value.contains("NaN") && !value.contains("inf"), "{name}={value}");
            }
        }
        prop_assert_eq!(&picture, &svg(&spec, Canvas::default()));
    }
}
