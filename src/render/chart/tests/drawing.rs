//! Reading a picture back.

use roxmltree::{Document, Node};

use super::super::font::{Weight, width};
use super::super::place::Rect;

/// Where a text stands, from the top of its capitals to the bottom of its tails.
#[derive(Clone, Debug)]
pub struct Text {
    pub words: String,
    pub area: Rect,
}

/// A picture, read back.
pub struct Drawing {
    pub page: Rect,
    pub texts: Vec<Text>,
    /// What parts are cut to: where lines are drawn.
    pub plots: Vec<Rect>,
    /// Everything that is filled or stroked and not cut, but paper and patterns, as its corners.
    pub shapes: Vec<(String, Rect)>,
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).map_or(0.0, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

fn rect(node: Node<'_, '_>) -> Rect {
    Rect { x: number(node, "x"), y: number(node, "y"), w: number(node, "width"), h: number(node, "height") }
}

impl Drawing {
    /// Reads what the drawer wrote; panics where it is not sound.
    pub fn of(svg: &str) -> Drawing {
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        let size: Vec<f64> = root.attribute("viewBox").unwrap().split(' ').map(|part| part.parse().unwrap()).collect();
        let page = Rect { x: 0.0, y: 0.0, w: size[2], h: size[3] };
        let clips = root.descendants().filter(|node| node.tag_name().name() == "clipPath");
        let plots = clips.filter_map(|clip| clip.first_element_child()).map(rect).collect();
        let mut out = Drawing { page, texts: Vec::new(), plots, shapes: Vec::new() };
        for node in root.descendants().filter(Node::is_element) {
            let hidden = node.ancestors().any(|parent| matches!(parent.tag_name().name(), "defs" | "style"));
            if hidden {
                continue;
            }
            for attribute in node.attributes() {
                let value = attribute.value();
                let words = ["NaN", "inf", "-0 ", "e+"];
                assert!(!words.iter().any(|word| value.contains(word)), "{}={value}", attribute.name());
            }
            let group = node.ancestors().find(|parent| parent.tag_name().name() == "g");
            let class = group.and_then(|group| group.attribute("class")).unwrap_or("").to_owned();
            let is_cut = group.is_some_and(|group| group.attribute("clip-path").is_some());
            match node.tag_name().name() {
                "text" => out.texts.push(text(node)),
                _ if is_cut => {}
                "rect" if node.parent() != Some(root) => out.shapes.push((class, rect(node))),
                "circle" => {
                    let r = number(node, "r");
                    out.shapes.push((class, Rect::around((number(node, "cx"), number(node, "cy")), r)));
                }
                "line" => out.shapes.push((
                    class,
                    corners(&[number(node, "x1"), number(node, "y1"), number(node, "x2"), number(node, "y2")]),
                )),
                "path" => out.shapes.push((class, corners(&numbers(node.attribute("d").unwrap())))),
                _ => {}
            }
        }
        out
    }
}

fn numbers(path: &str) -> Vec<f64> {
    let parts = path.split(|c: char| c.is_ascii_alphabetic() || c == ' ').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap()).collect()
}

fn corners(places: &[f64]) -> Rect {
    let across = || places.iter().step_by(2).copied();
    let down = || places.iter().skip(1).step_by(2).copied();
    let (x, y) = (across().fold(f64::INFINITY, f64::min), down().fold(f64::INFINITY, f64::min));
    Rect { x, y, w: across().fold(f64::NEG_INFINITY, f64::max) - x, h: down().fold(f64::NEG_INFINITY, f64::max) - y }
}

fn text(node: Node<'_, '_>) -> Text {
    let words = node.text().unwrap_or("").to_owned();
    let size = number(node, "font-size");
    let weight = if node.attribute("font-weight") == Some("600") { Weight::SemiBold } else { Weight::Regular };
    let w = width(&words, size, weight);
    let before = match node.attribute("text-anchor") {
        Some("middle") => w / 2.0,
        Some("end") => w,
        _ => 0.0,
    };
    // Inter's capitals are 0.73 high, its tails 0.2 deep.
    let area = Rect { x: number(node, "x") - before, y: number(node, "y") - size * 0.73, w, h: size * 0.93 };
    Text { words, area }
}
