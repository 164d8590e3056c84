//! Pictures of known data.

use super::super::*;
use super::drawing::Drawing;
use crate::render::Look;
use crate::units::Exact;

fn usd(cents: i64) -> Amount {
    Amount::usd(&Exact::ratio(cents, 100).unwrap())
}

fn drawing(body: Body) -> Drawing {
    let spec = ChartSpec { title: "Known".into(), body, ..ChartSpec::default() };
    Drawing::of(&svg(&spec, Canvas::default()))
}

#[test]
fn hostile_names_stay_text() {
    let name = "<script>alert(1)</script>&\"']]>";
    let spec = ChartSpec {
        title: name.into(),
        body: Body::Plane(Plane {
            series: vec![Series::Line { name: name.into(), points: vec![(0.0, 0.0), (1.0, 2.0)] }],
            ..Plane::default()
        }),
        ..ChartSpec::default()
    };
    let svg = svg(&spec, Canvas::default());
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert!(document.descendants().all(|node| node.tag_name().name() != "script"));
    assert!(document.descendants().any(|node| node.text().is_some_and(|text| text.contains("<script>"))));
    let bell = ChartSpec { title: "\u{7}\u{1b}[31m\u{202e}".into(), ..spec };
    assert!(!terminal(&bell, Look { width: 80, colour: false, quiet: false }).chars().any(|c| c == '\u{1b}'));
}

#[test]
fn a_picture_has_a_title_a_description_and_ids_of_its_own() {
    let bars = Bars { rows: vec![Bar::new("lean", usd(1_234_500))], ..Bars::default() };
    let spec = ChartSpec { title: "Cost".into(), body: Body::Bars(bars), ..ChartSpec::default() };
    let page = svg_in_page(&spec, Canvas::default(), "a b");
    let document = roxmltree::Document::parse(&page).unwrap();
    let text =
        |id: &str| document.descendants().find(|node| node.attribute("id") == Some(id)).and_then(|node| node.text());
    assert_eq!(text("ca-b-title"), Some("Cost"));
    assert!(text("ca-b-desc").unwrap().contains("lean $12.3k"));
    assert_eq!(document.root_element().attribute("role"), Some("img"));
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert!(ids.iter().all(|id| id.starts_with("ca-b-")), "{ids:?}");
    assert!(!page.contains("@font-face"));
    assert_eq!(font_style_sheet().matches("@font-face").count(), 2);
}

#[test]
fn bars_are_as_long_as_their_amounts() {
    let rows = [100, 50, 25, 0].map(|cents| Bar::new("row", usd(cents))).to_vec();
    let drawing = drawing(Body::Bars(Bars { rows, ..Bars::default() }));
    let bars: Vec<f64> = drawing.shapes.iter().filter(|(class, _)| class == "bars").map(|(_, bar)| bar.w).collect();
    assert_eq!(bars.len(), 3, "nothing is drawn for zero");
    assert!((bars[0] / bars[1] - 2.0).abs() < 0.01 && (bars[1] / bars[2] - 2.0).abs() < 0.01, "{bars:?}");
}

#[test]
fn a_kink_is_where_the_data_has_it() {
    let series = vec![Series::Line { name: String::new(), points: vec![(0.0, 0.0), (30.0, 1.0), (100.0, 2.0)] }];
    let axis = |end: f64| Axis { range: Some((0.0, end)), ..Axis::default() };
    let spec = ChartSpec { body: Body::Plane(Plane { x: axis(100.0), y: axis(2.0), series }), ..ChartSpec::default() };
    let svg = svg(&spec, Canvas::default());
    let document = roxmltree::Document::parse(&svg).unwrap();
    let group = document.descendants().find(|node| node.attribute("class") == Some("series")).unwrap();
    let path = group.descendants().find_map(|node| node.attribute("d")).unwrap();
    let places: Vec<f64> =
        path.split(['M', 'L', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().unwrap()).collect();
    let share = (places[2] - places[0]) / (places[4] - places[0]);
    assert_eq!(places.len(), 6, "three vertices, no more");
    assert!((share - 0.3).abs() < 1e-4, "{share}");
}

#[test]
fn changes_too_small_for_an_axis_from_zero_are_seen_and_the_axis_says_so() {
    let changes = vec![("price".to_owned(), usd(-1_000)), ("volume".to_owned(), usd(3_000))];
    let axis = Axis::usd("Cost");
    let body =
        Waterfall::of(axis, ("a", usd(1_000_000)), changes, ("b", usd(1_002_000)), 9, words::signed_usd).unwrap();
    let drawing = drawing(Body::Waterfall(body));
    assert!(drawing.texts.iter().any(|text| text.words.contains("axis is cut below")));
    let widest = drawing.shapes.iter().filter(|(class, _)| class == "bars").map(|(_, bar)| bar.w).fold(0.0, f64::max);
    let bars: Vec<f64> =
        drawing.shapes.iter().filter(|(class, bar)| class == "bars" && bar.h > 9.0).map(|(_, bar)| bar.w).collect();
    assert!(bars.iter().any(|w| *w > widest * 0.5 && *w < widest * 0.99), "{bars:?}");
}

#[test]
fn more_rows_than_stay_legible_are_counted() {
    let rows: Vec<Bar> = (0..1000).map(|n| Bar::new(format!("row {n}"), usd(n))).collect();
    let drawing = drawing(Body::Bars(Bars { rows, more: 5, ..Bars::default() }));
    let shown = drawing.texts.iter().filter(|text| text.words.starts_with("row ")).count();
    let rest = format!("and {} more", 1005 - shown);
    assert!(shown >= 15 && drawing.texts.iter().any(|text| text.words == rest), "{shown}");
    assert_eq!(capped((0..1000).collect(), 10), ((0..9).collect::<Vec<i32>>(), 991));
    assert_eq!(capped((0..10).collect(), 10), ((0..10).collect::<Vec<i32>>(), 0));
}

#[test]
fn the_greatest_changes_keep_their_names_and_the_rest_its_sum() {
    let changes: Vec<(String, Amount)> = (1..=20).map(|n| (format!("cause {n}"), usd(n * 100))).collect();
    let body =
        Waterfall::of(Axis::default(), ("a", usd(0)), changes, ("b", usd(21_000)), 5, words::signed_usd).unwrap();
    let labels: Vec<&str> = body.rungs.iter().map(|rung| rung.label.as_str()).collect();
    assert_eq!(labels, ["a", "cause 17", "cause 18", "cause 19", "cause 20", "16 other changes", "b"]);
    assert_eq!(body.rungs[5].text, "+$136");
}

#[test]
fn nothing_to_draw_is_said() {
    let bodies = [
        Body::Plane(Plane::default()),
        Body::Bars(Bars::default()),
        Body::Waterfall(Waterfall::default()),
        Body::Tornado(Tornado::default()),
        Body::Heat(Heat::default()),
        Body::Distribution(Distribution::default()),
    ];
    for body in bodies {
        let text = terminal(
            &ChartSpec { body: body.clone(), ..ChartSpec::default() },
            Look { width: 80, colour: false, quiet: false },
        );
        assert_eq!(text, "  No data to draw\n");
        assert!(drawing(body).texts.iter().any(|text| text.words == "No data to draw"));
    }
}

#[test]
fn histograms_have_the_area_of_their_counts() {
    let outline = histogram(&[0.0, 1.0, 3.0], &[2.0, 2.0]);
    assert_eq!(outline, [(0.0, 0.0), (0.0, 2.0), (1.0, 2.0), (1.0, 1.0), (3.0, 1.0), (3.0, 0.0)]);
    assert_eq!(histogram(&[5.0, 5.0], &[9.0]), []);
}

#[test]
fn sparklines_go_from_the_least_to_the_greatest() {
    assert_eq!(sparkline(&[0.0, 1.0, 2.0, 7.0]), "▁▂▃█");
    assert_eq!(sparkline(&[3.0, 3.0]), "▄▄");
    assert_eq!(sparkline(&[1.0, f64::NAN, 2.0]), "▁ █");
    assert_eq!(sparkline(&[f64::MAX, f64::MIN]), "█▁");
    assert_eq!(sparkline(&[]), "");
}

#[cfg(feature = "png")]
#[test]
fn a_png_has_the_asked_size() {
    let spec = ChartSpec { title: "Size".into(), ..ChartSpec::default() };
    let bytes = png(&spec, Canvas { width: 640, height: 400 }).unwrap();
    assert_eq!(&bytes[1..4], b"PNG");
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 640);
    assert_eq!(u32::from_be_bytes(bytes[20..24].try_into().unwrap()), 400);
    assert!(matches!(png(&spec, Canvas { width: 0, height: 1 }), Err(PngError::Size(_))));
    assert!(matches!(png(&spec, Canvas { width: 1_000_000, height: 1 }), Err(PngError::Size(_))));
}
