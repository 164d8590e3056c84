//! YAML text to a tree of nodes.
//!
//! The parser's events are used, not a typed deserialiser: scalars keep their text (2.50 never becomes a float), every
//! node keeps its place, duplicate keys are seen, and one run finds all that is wrong with a file. Nesting is limited
//! by the parser, the number of nodes (aliases expanded) here.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, Span};

use super::merge::merged;
use super::node::{Key, Node, Value};
use crate::diag::{Code, Diagnostic, Place, Sink, Source};

/// Levels of lists and maps in one another; a scenario needs about ten.
const DEEPEST: usize = 100;
/// Nodes of one file, each alias counted as a copy of what it stands for.
const MOST_NODES: usize = 500_000;

/// Reads the one document of `source`. Problems go to `sink`; `None` when there is no tree at all.
pub fn parse(source: &Arc<Source>, sink: &mut Sink) -> Option<Node> {
    let mut builder = Builder { source, sink, open: Vec::new(), root: None, anchors: HashMap::new(), nodes: 0 };
    for event in Parser::new_from_str(&source.text) {
        match event {
            Ok((event, span)) => builder.take(&event, span)?,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(source.text.len());
                let place = Place::new(source, at, at.saturating_add(1));
                let problem = match error.kind() {
                    ErrorKind::RecursionLimitExceeded => too_deep(&place),
                    _ => Diagnostic::at(Code::Syntax, &place, "this is not valid YAML", error.info())
                        .help_if(tab_advice(&place)),
                };
                return builder.sink.refuse(problem);
            }
        }
    }
    match builder.root {
        Some(root) if root.value != Value::Null => Some(root),
        _ => {
            let place = Place::new(source, 0, 0);
            sink.refuse(
                Diagnostic::at(Code::Empty, &place, format!("{} is empty", source.name), "nothing is stated here")
                    .help("a scenario starts with `llmcost: 1`"),
            )
        }
    }
}

/// Reads a value as it may stand behind `--set path=`: YAML of one line, `{share: 40%}` included.
pub fn parse_flow(source: &Arc<Source>, from: usize, sink: &mut Sink) -> Option<Node> {
    let text = source.text.get(from..).unwrap_or_default();
    let before = sink.failures();
    let value = Arc::new(Source { name: source.name.clone(), text: text.to_owned(), first_line: 1 });
    let node = parse(&value, sink);
    if sink.failures() > before { None } else { node }
}

fn too_deep(place: &Place) -> Diagnostic {
    let message = format!("lists and maps stand more than {DEEPEST} deep in one another");
    Diagnostic::at(Code::TooComplex, place, message, "one level too many")
}

fn tab_advice(place: &Place) -> Option<&'static str> {
    let text = &place.source.text;
    let line_start = text.get(..place.start)?.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let indent: String = text.get(line_start..)?.chars().take_while(|c| c.is_whitespace()).collect();
    indent.contains('\t').then_some("YAML is indented with spaces, never with tabs")
}

/// A collection whose end has not come yet.
struct Open {
    start: Marker,
    anchor: usize,
    nodes_before: usize,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, positions: HashMap<Arc<str>, usize>, key: Option<Key> },
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    sink: &'a mut Sink,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

impl Builder<'_> {
    fn place(&self, span: Span) -> Place {
        self.between(span.start, span.end)
    }

    fn between(&self, start: Marker, end: Marker) -> Place {
        let first = start.byte_offset().unwrap_or(0);
        let range = first..end.byte_offset().unwrap_or(first);
        Place::counted(self.source, range, start.line(), start.col().saturating_add(1))
    }

    fn take(&mut self, event: &Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let node = Node { place: self.place(span), value: scalar(text, *style) };
                self.count(1, &node.place)?;
                self.remember(*anchor, &node, 1);
                self.push(node)
            }
            Event::SequenceStart(_, anchor, _) => self.start(span, *anchor, OpenKind::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                self.start(span, *anchor, OpenKind::Map { entries: Vec::new(), positions: HashMap::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(id) => {
                let place = self.place(span);
                let Some((node, size)) = self.anchors.get(id).cloned() else {
                    return self.sink.refuse(Diagnostic::at(
                        Code::Syntax,
                        &place,
                        "this alias stands inside of what it names",
                        "refers to itself",
                    ));
                };
                self.count(size, &place)?;
                self.push(node)
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let place = self.place(span);
                self.sink.refuse(Diagnostic::at(
                    Code::Syntax,
                    &place,
                    "a file holds one document",
                    "a second one starts here",
                ))
            }
            _ => Some(()),
        }
    }

    fn start(&mut self, span: Span, anchor: usize, kind: OpenKind) -> Option<()> {
        let place = self.place(span);
        self.count(1, &place)?;
        if self.open.len() >= DEEPEST {
            return self.sink.refuse(too_deep(&place));
        }
        self.open.push(Open { start: span.start, anchor, nodes_before: self.nodes, kind });
        Some(())
    }

    fn end(&mut self, span: Span) -> Option<()> {
        let Some(open) = self.open.pop() else { return Some(()) };
        let place = self.between(open.start, span.end);
        let value = match open.kind {
            OpenKind::List(items) => Value::List(items),
            OpenKind::Map { entries, .. } => Value::Map(merged(entries, self.sink)),
        };
        let node = Node { place, value };
        let size = self.nodes.saturating_sub(open.nodes_before).saturating_add(1);
        self.remember(open.anchor, &node, size);
        self.push(node)
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn count(&mut self, more: usize, place: &Place) -> Option<()> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes <= MOST_NODES {
            return Some(());
        }
        self.sink.refuse(
            Diagnostic::at(
                Code::TooComplex,
                place,
                format!("more than {MOST_NODES} values, aliases included"),
                "the limit is passed here",
            )
            .help("aliases of aliases multiply; state shared parts once and use `extends` or `include`"),
        )
    }

    fn push(&mut self, node: Node) -> Option<()> {
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(OpenKind::List(items)) => items.push(node),
            Some(OpenKind::Map { entries, positions, key }) => match key.take() {
                Some(name) => {
                    if let Some((first, _)) = positions.get(&name.text).and_then(|at| entries.get(*at)) {
                        self.sink.add(
                            Diagnostic::at(
                                Code::DuplicateKey,
                                &name.place,
                                format!("`{}` stands twice in one map", name.text),
                                "again here",
                            )
                            .also(&first.place, "first here")
                            .help("keep one of the two"),
                        );
                    } else {
                        positions.insert(Arc::clone(&name.text), entries.len());
                        entries.push((name, node));
                    }
                }
                None => match node.value {
                    Value::Scalar(text) => *key = Some(Key { text, place: node.place }),
                    _ => {
                        return self.sink.refuse(Diagnostic::at(
                            Code::WrongShape,
                            &node.place,
                            "a key is a single word or number",
                            format!("this is {}", Node { place: node.place.clone(), value: node.value }.noun()),
                        ));
                    }
                },
            },
        }
        Some(())
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        Value::Null
    } else {
        Value::Scalar(text.into())
    }
}
