//! The lists that come with the program: the files of `pricing/`, as text in the binary.
//!
//! Reading all of them takes longer than most runs of the program, so a model is read only when it is asked for: the
//! files are cut at the lines that begin a model (`  - id: `, the house form), and only the blocks in which the name
//! occurs are parsed. A test proves that the cut agrees with a whole reading.

use std::sync::Arc;

use memchr::memmem;
use sha2::{Digest, Sha256};

use super::read::{hex, read_block};
use super::{Date, List, ListInfo, Model};
use crate::diag::{Sink, Source};
use crate::input;

/// A list in the binary.
#[derive(Debug)]
pub struct EmbeddedList {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../../pricing/", $path)))),*] };
}

/// The list that is always there, under all others.
pub const DEFAULT_LIST: &str = "embedded";

static LISTS: &[EmbeddedList] = &[
    EmbeddedList {
        name: DEFAULT_LIST,
        files: files![
            "models/alibaba.yaml",
            "models/anthropic.yaml",
            "models/bedrock.yaml",
            "models/cohere.yaml",
            "models/deepseek.yaml",
            "models/fireworks.yaml",
            "models/google.yaml",
            "models/groq.yaml",
            "models/mistral.yaml",
            "models/openai.yaml",
            "models/together.yaml",
            "models/xai.yaml",
        ],
    },
    EmbeddedList { name: "guide-2025", files: files!["lists/guide-2025.yaml"] },
];

/// The names of the lists in the binary.
pub fn embedded_names() -> impl Iterator<Item = &'static str> {
    LISTS.iter().map(|list| list.name)
}

/// The list of that name, if the binary has it.
pub fn embedded_list(name: &str) -> Option<List> {
    let list = LISTS.iter().find(|list| list.name == name)?;
    let mut hash = Sha256::new();
    for (_, text) in list.files {
        hash.update(text.as_bytes());
    }
    let listed = list
        .files
        .iter()
        .filter_map(|(_, text)| head_value(text, "listed"))
        .filter_map(|t| t.parse::<Date>().ok())
        .max();
    let info = ListInfo { name: list.name.to_owned(), listed, sha256: hex(&hash.finalize()) };
    Some(List::embedded(Arc::new(info), list))
}

const MODEL_START: &str = "\n  - id: ";

impl EmbeddedList {
    /// All models.
    pub fn all(&self, info: &Arc<ListInfo>) -> Vec<Arc<Model>> {
        self.files.iter().flat_map(|file| models_of(file, info, |_| true)).collect()
    }

    /// The models in whose block `name` stands as a word of its own.
    pub fn mentioning(&self, name: &str, info: &Arc<ListInfo>) -> Vec<Arc<Model>> {
        let finder = memmem::Finder::new(name.as_bytes());
        let mentioned = |file: &&(&str, &str)| finder.find(file.1.as_bytes()).is_some();
        self.files
            .iter()
            .filter(mentioned)
            .flat_map(|file| models_of(file, info, |block| has_word(block, name, &finder)))
            .collect()
    }

    /// Whether a file or a model of the list says `provider: NAME`.
    pub fn states_provider(&self, name: &str) -> bool {
        let states = |line: &str| line.trim_start().strip_prefix("provider: ").map(str::trim) == Some(name);
        self.files.iter().any(|(_, text)| text.lines().any(states))
    }
}

/// Characters that may stand in a name.
fn in_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:/@+~*".contains(&byte)
}

/// Whether `name` stands in `block` with nothing of a name before or after it.
fn has_word(block: &str, name: &str, finder: &memmem::Finder<'_>) -> bool {
    let bytes = block.as_bytes();
    let free = |at: Option<usize>| !at.and_then(|at| bytes.get(at)).is_some_and(|byte| in_a_name(*byte));
    finder.find_iter(bytes).any(|at| (at == 0 || free(at.checked_sub(1))) && free(at.checked_add(name.len())))
}

fn models_of(file: &(&str, &str), info: &Arc<ListInfo>, wanted: impl Fn(&str) -> bool) -> Vec<Arc<Model>> {
    let (path, text) = *file;
    let ge = head_value(text, "defaults").is_some_and(|defaults| defaults.contains("tier_test: ge"));
    let provider = head_value(text, "provider").unwrap_or_default();
    let mut found = Vec::new();
    let mut at = text.find(MODEL_START);
    while let Some(start) = at {
        let body = start.saturating_add(1);
        let next = text.get(body..).and_then(|rest| rest.find(MODEL_START)).map(|n| n.saturating_add(body));
        let block = text.get(body..next.unwrap_or(text.len())).unwrap_or_default();
        if wanted(block) {
            let lines = text.get(..body).unwrap_or_default().bytes().filter(|b| *b == b'\n').count();
            let source =
                Source { name: format!("pricing/{path}"), text: block.to_owned(), first_line: lines.saturating_add(1) };
            found.extend(read(&Arc::new(source), info, provider, ge));
        }
        at = next;
    }
    found
}

/// The embedded files are checked by tests: a block that cannot be read does not exist in a released program.
fn read(source: &Arc<Source>, info: &Arc<ListInfo>, provider: &str, ge: bool) -> Vec<Arc<Model>> {
    let mut sink = Sink::default();
    let models = input::parse(source, &mut sink).and_then(|node| read_block(&node, info, provider, ge, &mut sink));
    models.unwrap_or_default()
}

/// The value of a key of the file's head, as it stands there.
fn head_value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let head = text.get(..text.find(MODEL_START)?)?;
    head.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::terminal;

    /// Every embedded file read whole, strictly, has the same models as the blocks it is cut into.
    #[test]
    fn the_cut_into_blocks_agrees_with_a_whole_reading() {
        for list in LISTS {
            let cut = embedded_list(list.name).unwrap();
            let mut names = Vec::new();
            for (path, text) in list.files {
                let source = Arc::new(Source { name: (*path).to_owned(), text: (*text).to_owned(), first_line: 1 });
                let mut sink = Sink::default();
                let root = input::parse(&source, &mut sink);
                let whole = root.and_then(|root| crate::pricing::read_list(&source, &root, &mut sink));
                let whole = sink.finish(whole).unwrap_or_else(|errors| panic!("{}", terminal::render(&errors, false)));
                for model in whole.all() {
                    let key = (
                        model.provider.clone(),
                        model.id.clone(),
                        model.place.line,
                        format!("{:?}", model.cards.iter().map(|c| &c.rates).collect::<Vec<_>>()),
                    );
                    names.push(key);
                }
            }
            let mut blocks: Vec<_> = cut
                .all()
                .iter()
                .map(|m| {
                    (
                        m.provider.clone(),
                        m.id.clone(),
                        m.place.line,
                        format!("{:?}", m.cards.iter().map(|c| &c.rates).collect::<Vec<_>>()),
                    )
                })
                .collect();
            names.sort();
            blocks.sort();
            assert_eq!(names, blocks);
            assert!(!names.is_empty());
        }
    }
}
