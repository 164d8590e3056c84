//! The lists that come with the program: the files of `pricing/`, as text in the binary.
//!
//! Reading all of them takes longer than most runs of the program, so a model is read only when it is asked for: the
//! files are cut at the lines that begin a model (`  - id: `, the house form), and only the blocks in which the name
//! stands are parsed. A test proves that the cut agrees with a whole reading.

use std::sync::{Arc, OnceLock};

use memchr::memmem;
use sha2::{Digest, Sha256};

use super::read::{hex, read_block};
use super::{Date, List, ListInfo, Model};
use crate::diag::{Sink, Source};
use crate::input::{self, Node, Value};

/// A list in the binary.
#[derive(Debug)]
pub struct EmbeddedList {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    cut: OnceLock<Vec<Cut>>,
    names: OnceLock<Vec<String>>,
}

macro_rules! files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../../pricing/", $path)))),*] };
}

/// The list that is always there, under all others.
pub const DEFAULT_LIST: &str = "embedded";

static LISTS: [EmbeddedList; 2] = [
    EmbeddedList {
        name: DEFAULT_LIST,
        files: files![
            "models/ai21.yaml",
            "models/alibaba.yaml",
            "models/anthropic.yaml",
            "models/arcee.yaml",
            "models/azure.yaml",
            "models/baseten.yaml",
            "models/bedrock.yaml",
            "models/cerebras.yaml",
            "models/cloudflare.yaml",
            "models/cognition.yaml",
            "models/cohere.yaml",
            "models/crusoe.yaml",
            "models/databricks.yaml",
            "models/deepinfra.yaml",
            "models/deepseek.yaml",
            "models/fireworks.yaml",
            "models/friendliai.yaml",
            "models/gmi.yaml",
            "models/google.yaml",
            "models/gradient_ai.yaml",
            "models/groq.yaml",
            "models/hyperbolic.yaml",
            "models/inception.yaml",
            "models/jina_ai.yaml",
            "models/lambda_ai.yaml",
            "models/meta.yaml",
            "models/minimax.yaml",
            "models/mistral.yaml",
            "models/moonshot.yaml",
            "models/morph.yaml",
            "models/nebius.yaml",
            "models/novita.yaml",
            "models/nscale.yaml",
            "models/oci.yaml",
            "models/openai.yaml",
            "models/openrouter.yaml",
            "models/ovhcloud.yaml",
            "models/perplexity.yaml",
            "models/sambanova.yaml",
            "models/scaleway.yaml",
            "models/snowflake.yaml",
            "models/tencent.yaml",
            "models/together.yaml",
            "models/v0.yaml",
            "models/vercel.yaml",
            "models/vertex.yaml",
            "models/volcengine.yaml",
            "models/voyage.yaml",
            "models/wandb.yaml",
            "models/watsonx.yaml",
            "models/xai.yaml",
            "models/xiaomi_mimo.yaml",
            "models/zai.yaml",
            "models/zhipuai.yaml",
        ],
        cut: OnceLock::new(),
        names: OnceLock::new(),
    },
    EmbeddedList {
        name: "guide-2025",
        files: files!["lists/guide-2025.yaml"],
        cut: OnceLock::new(),
        names: OnceLock::new(),
    },
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

/// Every file of the lists in the binary, with the name of its list.
pub fn embedded_sources() -> Vec<(&'static str, Arc<Source>)> {
    let of = |list: &'static EmbeddedList| {
        list.files.iter().map(|(path, text)| {
            let (name, text) = (format!("pricing/{path}"), (*text).to_owned());
            (list.name, Arc::new(Source { name, text, first_line: 1 }))
        })
    };
    LISTS.iter().flat_map(of).collect()
}

/// What a model's block begins with, in the house form.
const MODEL_START: &str = "\n  - id: ";
/// What ends the part of a block that says what the model is called.
const CARDS_START: &str = "\n    prices:";

/// A file cut into the blocks of its models.
#[derive(Debug)]
struct Cut {
    path: &'static str,
    text: &'static str,
    provider: &'static str,
    ge: bool,
    blocks: Vec<Block>,
}

/// Where a model stands in a file.
#[derive(Debug)]
struct Block {
    start: usize,
    end: usize,
    line: usize,
}

impl Cut {
    fn of(path: &'static str, text: &'static str) -> Self {
        let starts: Vec<usize> =
            memmem::find_iter(text.as_bytes(), MODEL_START).map(|newline| newline.saturating_add(1)).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let mut blocks = Vec::with_capacity(starts.len());
        let (mut line, mut counted) = (1usize, 0usize);
        for (start, end) in starts.iter().copied().zip(ends) {
            let between = text.as_bytes().get(counted..start).unwrap_or_default();
            line = line.saturating_add(memchr::memchr_iter(b'\n', between).count());
            counted = start;
            blocks.push(Block { start, end, line });
        }
        let ge = head_value(text, "defaults").is_some_and(|defaults| defaults.contains("tier_test: ge"));
        Self { path, text, provider: head_value(text, "provider").unwrap_or_default(), ge, blocks }
    }

    fn read(&self, block: &Block, info: &Arc<ListInfo>) -> Vec<Arc<Model>> {
        let text = self.text.get(block.start..block.end).unwrap_or_default().to_owned();
        let source = Source { name: format!("pricing/{}", self.path), text, first_line: block.line };
        read(&Arc::new(source), info, self.provider, self.ge)
    }
}

impl EmbeddedList {
    fn cut(&self) -> &[Cut] {
        self.cut.get_or_init(|| self.files.iter().map(|(path, text)| Cut::of(path, text)).collect())
    }

    /// All models.
    pub fn all(&self, info: &Arc<ListInfo>) -> Vec<Arc<Model>> {
        let of = |file: &Cut| file.blocks.iter().flat_map(|block| file.read(block, info)).collect::<Vec<_>>();
        self.cut().iter().flat_map(of).collect()
    }

    /// The models in whose block `name` stands as a word of its own.
    pub fn mentioning(&self, name: &str, info: &Arc<ListInfo>) -> Vec<Arc<Model>> {
        let mut found = Vec::new();
        let finder = memmem::Finder::new(name.as_bytes());
        for file in self.cut() {
            let bytes = file.text.as_bytes();
            let mut last = None;
            for at in finder.find_iter(bytes).filter(|at| is_word(bytes, *at, name.len())) {
                let index = file.blocks.partition_point(|block| block.start <= at).checked_sub(1);
                if index.is_some() && index != last {
                    last = index;
                    let block = index.and_then(|index| file.blocks.get(index));
                    found.extend(block.map(|block| file.read(block, info)).unwrap_or_default());
                }
            }
        }
        found
    }

    /// Every id and alias; the cards, most of the text, are not read for it.
    pub fn names(&self) -> Vec<String> {
        self.names.get_or_init(|| self.read_names()).clone()
    }

    fn read_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for file in self.cut() {
            for block in &file.blocks {
                let whole = file.text.get(block.start..block.end).unwrap_or_default();
                let head = whole.get(..whole.find(CARDS_START).unwrap_or(whole.len())).unwrap_or_default();
                let source =
                    Arc::new(Source { name: file.path.to_owned(), text: head.to_owned(), first_line: block.line });
                let root = input::parse(&source, &mut Sink::default());
                let Some(Value::List(models)) = root.map(|root| root.value) else { continue };
                for model in &models {
                    names.extend(model.get("id").and_then(Node::scalar).map(str::to_owned));
                    let Some(Value::List(aliases)) = model.get("aliases").map(|node| &node.value) else { continue };
                    let name = |alias: &Node| alias.scalar().or_else(|| alias.get("name")?.scalar()).map(str::to_owned);
                    names.extend(aliases.iter().filter_map(name));
                }
            }
        }
        names
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

/// Whether the text at `at` has nothing of a name before or after it.
fn is_word(bytes: &[u8], at: usize, length: usize) -> bool {
    let free = |at: Option<usize>| !at.and_then(|at| bytes.get(at)).is_some_and(|byte| in_a_name(*byte));
    free(at.checked_sub(1)) && free(at.checked_add(length))
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
        for list in &LISTS {
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
