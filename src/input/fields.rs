//! A map read key by key: what was never asked for is an unknown key.

use super::node::{Key, Node, Value};
use crate::diag::{Code, Diagnostic, Sink, suggest};

/// What maps look like that people write as something else.
const EXAMPLES: &[(&str, &str)] = &[
    ("`response_cache`", "`response_cache: {exact: {hit_rate: 30%}}`"),
    ("the exact layer", "`exact: {hit_rate: 30%, cost_per_lookup: $0.0001}`"),
    ("the semantic layer", "`semantic: {hit_rate: 20%, of: misses}`"),
    ("`compress`", "`compress: {context: 50%}`; 50% is removed"),
    ("`examples`", "`examples: {keep: 2, of: 5}`"),
    ("`context`", "`context: {max: 2000}`"),
    ("`fine_tune`", "`fine_tune: {model: team-model, training_tokens: 5M, price: 3.00}`"),
    ("`retrieval`", "`retrieval: {corpus: 200M, chunk: 512, top: 5, embed: text-embedding-3-small}`"),
    ("`store`", "`store: {per_month: $70}`"),
    ("`rerank`", "`rerank: {per_search: $0.002}`"),
    ("a rate limit", "`{requests: 10k/min, tokens: 2M/min}`"),
    ("a commitment", "`{minimum_per_month: $50k}`"),
    ("`pack`", "`pack: {items: 10}`"),
    ("`retries`", "`retries: {rate: 2%}`"),
    ("`router`", "`router: {model: gpt-4o-mini, input: 300, output: 5}`"),
    ("`judge`", "`judge: {model: gpt-4o-mini, input: 600, output: 5}`"),
    ("`workload`", "`workload: {requests: 1M/day, input: 500, output: 200}`"),
    ("`calendar`", "`calendar: {days_per_month: 30}`"),
    ("`prompt`", "`prompt: {system: 150, user: 350}`, or `input: 500`"),
    ("a task", "`{name: extraction, share: 60%}`"),
    ("a budget", "`{strategy: smart-routing, per_month: $15k}`"),
    ("an expectation", "`{strategy: smart-routing, metric: per_month, equals: $21405}`"),
];

/// The keys of one map, with a record of those that were asked for.
#[derive(Debug)]
pub struct Fields<'a> {
    node: &'a Node,
    entries: &'a [(Key, Node)],
    what: String,
    asked: Vec<&'static str>,
    later: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts to read `node` as a map; `what` names it in messages ("a task").
    pub fn of(node: &'a Node, what: impl Into<String>, sink: &mut Sink) -> Option<Self> {
        let what = what.into();
        match &node.value {
            Value::Map(entries) => Some(Self { node, entries, what, asked: Vec::new(), later: Vec::new() }),
            _ => {
                let example =
                    EXAMPLES.iter().find(|(known, _)| *known == what).map(|(_, example)| format!("write {example}"));
                sink.refuse(wrong_shape(node, &format!("{what} is a map of keys and values")).help_if(example))
            }
        }
    }

    /// The map itself.
    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// The value of `key`; a key without a value is an error.
    pub fn get(&mut self, key: &'static str, sink: &mut Sink) -> Option<&'a Node> {
        let (name, node) = self.entry(key)?;
        if node.value == Value::Null {
            // A value taken away by `--set` is missing there, not in the file.
            let from_outside = node.place.source != name.place.source;
            return sink.refuse(Diagnostic::at(
                Code::MissingKey,
                if from_outside { &node.place } else { &name.place },
                format!("`{key}` has no value"),
                "state a value or leave the key out",
            ));
        }
        Some(node)
    }

    /// The value of a key that must be there.
    pub fn require(&mut self, key: &'static str, example: &str, sink: &mut Sink) -> Option<&'a Node> {
        if self.entry(key).is_none() {
            let message = format!("{} needs `{key}`", self.what);
            return sink.refuse(
                Diagnostic::at(Code::MissingKey, &self.node.place, message, format!("`{key}` is missing here"))
                    .help(format!("for instance `{key}: {example}`")),
            );
        }
        self.get(key, sink)
    }

    /// The key and value of an entry; counts as asked for.
    pub fn entry(&mut self, key: &'static str) -> Option<(&'a Key, &'a Node)> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.iter().find(|(name, _)| &*name.text == key).map(|(name, node)| (name, node))
    }

    /// Keys that belong here, whether or not anybody comes to ask for them.
    pub fn knows(&mut self, keys: &[&'static str]) {
        for key in keys {
            if !self.asked.contains(key) {
                self.asked.push(key);
            }
        }
    }

    /// Keys that belong to the format and cannot be computed yet.
    pub fn later(&mut self, keys: &[&'static str], sink: &mut Sink) {
        self.later.extend(keys);
        for (name, _) in self.entries.iter().filter(|(name, _)| keys.contains(&&*name.text)) {
            sink.add(not_supported(name));
        }
    }

    /// Two keys of which at most one may stand.
    pub fn exclusive(&mut self, first: &'static str, second: &'static str, sink: &mut Sink) {
        if let (Some((a, _)), Some((b, _))) = (self.entry(first), self.entry(second)) {
            sink.add(
                Diagnostic::at(
                    Code::Conflict,
                    &b.place,
                    format!("`{first}` and `{second}` exclude each other"),
                    "second here",
                )
                .also(&a.place, "first here")
                .help("keep one of the two"),
            );
        }
    }

    /// Whether a key stands here that is one of `keys`, misspelt.
    pub fn misspells(&self, keys: &[&str]) -> bool {
        let known = |name: &str| self.asked.contains(&name) || self.later.contains(&name);
        self.entries
            .iter()
            .any(|(name, _)| !known(&name.text) && suggest::nearest(&name.text, keys.iter().copied()).is_some())
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, sink: &mut Sink) {
        for (name, _) in self.entries {
            let known = |key: &&&'static str| **key == &*name.text;
            if self.asked.iter().any(|key| known(&key)) || self.later.iter().any(|key| known(&key)) {
                continue;
            }
            let near = suggest::did_you_mean(&name.text, self.asked.iter().copied())
                .or_else(|| suggest::did_you_mean(&name.text, self.later.iter().copied()));
            let comma = || {
                let is_number = name.text.starts_with(|c: char| c.is_ascii_digit());
                is_number.then(|| "a comma separates entries here: write numbers without one".to_owned())
            };
            let near = comma().or(near);
            let all = || format!("{} knows {}", self.what, suggest::listed(self.asked.iter().copied(), "and"));
            sink.add(
                Diagnostic::at(
                    Code::UnknownKey,
                    &name.place,
                    format!("{} has no key `{}`", self.what, name.text),
                    "unknown key",
                )
                .help(near.unwrap_or_else(all)),
            );
        }
    }
}

/// A key whose computation does not exist yet.
pub fn not_supported(name: &Key) -> Diagnostic {
    Diagnostic::at(
        Code::NotSupported,
        &name.place,
        format!("`{}` is not supported yet", name.text),
        "part of the format, but nothing computes it in this version",
    )
    .help("leave it out; it is never ignored in silence")
}

/// A value of the wrong shape.
pub fn wrong_shape(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::at(Code::WrongShape, &node.place, expected.to_owned(), format!("this is {}", node.noun()))
}
