//! A user's own measurements: a table with a row per run, by the names of `pricing/throughput.csv` or those that public
//! tables use.

use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::hosting::throughput::measured::Measured;
use crate::hosting::{Quality, catalogue, spelling};
use crate::input::{self, Input, Node, Row, Table};

/// Names of a column, ours first.
pub(super) struct Columns;

impl Columns {
    pub const MODEL: [&'static str; 2] = ["model", "model_id"];
    pub const FORMAT: [&'static str; 3] = ["format", "weight_format", "precision"];
    pub const GPU: [&'static str; 1] = ["gpu"];
    pub const GPUS: [&'static str; 2] = ["gpus", "n_gpus"];
    pub const ENGINE: [&'static str; 1] = ["engine"];
    pub const PROMPT: [&'static str; 3] = ["prompt", "input_len", "input"];
    pub const ANSWER: [&'static str; 3] = ["answer", "output_len", "output"];
    pub const FACTOR: [&'static str; 1] = ["length_factor"];
    pub const CONCURRENCY: [&'static str; 1] = ["concurrency"];
    pub const TTFT: [&'static str; 1] = ["ttft_ms"];
    pub const TPOT: [&'static str; 1] = ["tpot_ms"];
    pub const RATE: [&'static str; 2] = ["rate", "output_tok_s_per_gpu"];
}

/// The largest number that a table may hold, and the most cards.
const MOST: f64 = 1e12;
const MOST_CARDS: u32 = 10_000;

/// Reads a table of measurements, which is named `at` a place of a scenario; every row must be sound.
pub(super) fn read(input: &Input, at: Option<&Place>, sink: &mut Sink) -> Option<Vec<Measured>> {
    let source = match input::read_input(input) {
        Ok(source) => source,
        Err(mut problem) => {
            if let Some(place) = at.filter(|_| problem.place.is_none()) {
                problem.place = Some(place.clone());
                problem.label = "named here".to_owned();
            }
            return sink.refuse(*problem);
        }
    };
    let table = Table::read(&source, sink)?;
    let before = sink.failures();
    let needed = [Columns::MODEL.as_slice(), &Columns::GPU, &Columns::PROMPT, &Columns::ANSWER, &Columns::CONCURRENCY];
    let [model, gpu, prompt, answer, concurrency] = needed.map(|names| table.require(names, sink));
    let [format, rate] = [Columns::FORMAT.as_slice(), &Columns::RATE].map(|names| table.require(names, sink));
    let optional = [Columns::GPUS.as_slice(), &Columns::ENGINE, &Columns::FACTOR, &Columns::TTFT, &Columns::TPOT];
    let [gpus, engine, factor, ttft, tpot] = optional.map(|names| table.column(names));
    let as_of = table.column(&["as_of"]);
    if sink.failures() > before {
        return None;
    }
    let measured = |row: &Row, sink: &mut Sink| -> Option<Measured> {
        let model = needed_cell(row, model, "the model", sink).and_then(|node| model_of(node, sink));
        let format = needed_cell(row, format, "the format of the weights", sink).and_then(|node| format_of(node, sink));
        let gpu = needed_cell(row, gpu, "the GPU", sink).and_then(|node| gpu_of(node, sink));
        let gpus = row.cell(gpus).map_or(Some(1), |node| count(node, sink));
        let mut number = |column, what| needed_cell(row, column, what, sink).and_then(|node| positive(node, sink));
        let (prompt, answer) = (number(prompt, "the length of prompts"), number(answer, "the length of answers"));
        let (concurrency, rate) = (number(concurrency, "the concurrency"), number(rate, "the measured rate"));
        let mut optional = |column| row.cell(column).map(|node| positive(node, sink));
        let (factor, ttft, tpot) = (optional(factor), optional(ttft), optional(tpot));
        let factor = factor.unwrap_or(Some(1.0));
        Some(Measured {
            model: model?,
            format: format?,
            gpu: gpu?,
            gpus: gpus?,
            engine: row.cell(engine).and_then(Node::scalar).map(spelling::engine).unwrap_or_default(),
            prompt: times(prompt?, factor?),
            answer: times(answer?, factor?),
            concurrency: concurrency?,
            ttft_ms: ttft.flatten(),
            tpot_ms: tpot.flatten(),
            rate: rate?,
            derived: "no".to_owned(),
            quality: Quality::A,
            as_of: row.cell(as_of).and_then(Node::scalar).map(str::to_owned),
            source: source.name.clone(),
        })
    };
    let rows: Vec<Measured> = table.rows.iter().filter_map(|row| measured(row, sink)).collect();
    (sink.failures() == before).then_some(rows)
}

#[allow(clippy::float_arithmetic, reason = "lengths of measurements, for estimates")]
pub(super) fn times(length: f64, factor: f64) -> f64 {
    length * factor
}

fn needed_cell<'r>(row: &'r Row, column: Option<usize>, what: &str, sink: &mut Sink) -> Option<&'r Node> {
    let cell = row.cell(column);
    if cell.is_none() {
        sink.add(Diagnostic::at(Code::MissingKey, &row.place, format!("{what} is missing"), "this row"));
    }
    cell
}

/// The model of a spelling, by its id.
pub(super) fn model_of(node: &Node, sink: &mut Sink) -> Option<String> {
    let text = node.scalar().unwrap_or_default();
    if let Some(model) = spelling::open_model(text) {
        return Some(model.id.clone());
    }
    let near = suggest::did_you_mean(text, catalogue::open_model_names());
    let message = format!("no open model is called `{text}`");
    sink.refuse(Diagnostic::at(Code::UnknownModel, &node.place, message, "unknown").help_if(near))
}

/// The GPU of a spelling, by its id.
pub(super) fn gpu_of(node: &Node, sink: &mut Sink) -> Option<String> {
    let text = node.scalar().unwrap_or_default();
    if let Some(gpu) = spelling::gpu(text) {
        return Some(gpu.id.clone());
    }
    // A name that is only the beginning of others, `a100`, means one of these.
    let begins: Vec<&str> = catalogue::gpus()
        .iter()
        .map(|gpu| gpu.id.as_str())
        .filter(|id| text.len() >= 2 && id.starts_with(&text.to_lowercase()))
        .collect();
    let near = match begins.len() {
        0 => suggest::did_you_mean(text, catalogue::gpu_names()),
        _ => Some(format!("did you mean {}?", suggest::listed(begins, "or"))),
    };
    let message = format!("no GPU is called `{text}`");
    sink.refuse(Diagnostic::at(Code::UnknownGpu, &node.place, message, "unknown").help_if(near))
}

/// The format of a spelling, by its word.
fn format_of(node: &Node, sink: &mut Sink) -> Option<String> {
    let text = node.scalar().unwrap_or_default();
    if let Some(format) = spelling::format(text) {
        return Some(format.name().to_owned());
    }
    let message = format!("`{text}` is no format of weights");
    let help = "fp16, bf16, fp8, int8, int4, mxfp4 and nvfp4 are known";
    sink.refuse(Diagnostic::at(Code::UnknownWord, &node.place, message, "unknown").help(help))
}

/// A number above 0, of a measurement.
pub(super) fn positive(node: &Node, sink: &mut Sink) -> Option<f64> {
    let text = node.scalar().unwrap_or_default().trim();
    match text.parse::<f64>() {
        Ok(number) if number > MOST => {
            let message = format!("`{text}` is more than anybody measures");
            sink.refuse(Diagnostic::at(Code::TooLarge, &node.place, message, "too large"))
        }
        Ok(number) if number > 0.0 => Some(number),
        _ => {
            let message = format!("`{text}` is no number above 0");
            sink.refuse(Diagnostic::at(Code::BadQuantity, &node.place, message, "cannot be used"))
        }
    }
}

/// A whole number of cards, 1 or more; tables that went through a spreadsheet write `8.0`.
pub(super) fn count(node: &Node, sink: &mut Sink) -> Option<u32> {
    let text = node.scalar().unwrap_or_default().trim();
    let whole = text.strip_suffix(".0").unwrap_or(text);
    match whole.parse::<u32>() {
        Ok(number) if number > MOST_CARDS => {
            let message = format!("{number} GPUs are more than anybody measures");
            sink.refuse(Diagnostic::at(Code::TooLarge, &node.place, message, "too large"))
        }
        Ok(number) if number > 0 => Some(number),
        _ => {
            let message = format!("`{text}` is no number of GPUs");
            sink.refuse(Diagnostic::at(Code::BadQuantity, &node.place, message, "a whole number above 0 is expected"))
        }
    }
}
