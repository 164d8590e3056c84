//! A table of configurations, as benchmarks state them: each row is answered or says why not.

use super::measurements::{self, Columns, count, positive, times};
use crate::diag::{Diagnostic, Sink};
use crate::hosting::size::case::{self, Answer, Case};
use crate::hosting::throughput::Measurements;
use crate::hosting::{Format, spelling};
use crate::input::{self, Input, Node, Row, Table};

/// Answers every row of a table. The rows that come with the program never answer for themselves; a user's own rows do.
///
/// # Errors
/// What is wrong with the table as a whole, or with the user's own measurements; what is wrong with a row is its answer.
#[allow(clippy::type_complexity, reason = "a name and an answer or the reason why there is none")]
pub fn size_cases(
    table: &Input,
    own: Option<&Input>,
) -> Result<Vec<(String, Result<Answer, String>)>, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let own = own.and_then(|input| measurements::read(input, None, &mut sink)).unwrap_or_default();
    let table = match input::read_input(table) {
        Ok(source) => Table::read(&source, &mut sink),
        Err(problem) => sink.refuse(*problem),
    };
    let known = table.as_ref().and_then(|table| Known::of(table, &mut sink));
    let both = table.zip(known);
    let (table, columns) = sink.finish(both)?;
    let measurements = Measurements::new(&own).without_lookup();
    let named = |row: &Row| row.text(columns.row_id).to_owned();
    Ok(table.rows.iter().map(|row| (named(row), columns.answer(row, &measurements))).collect())
}

/// Where the columns are.
struct Known {
    row_id: Option<usize>,
    model: Option<usize>,
    format: Option<usize>,
    gpu: Option<usize>,
    gpus: Option<usize>,
    tensor: Option<usize>,
    attention: Option<usize>,
    expert: Option<usize>,
    engine: Option<usize>,
    prompt: Option<usize>,
    answer: Option<usize>,
    factor: Option<usize>,
    concurrency: Option<usize>,
}

impl Known {
    fn of(table: &Table, sink: &mut Sink) -> Option<Self> {
        let before = sink.failures();
        let mut require = |names: &[&str]| table.require(names, sink);
        let found = Self {
            row_id: require(&["row_id"]),
            model: require(&Columns::MODEL),
            gpu: require(&Columns::GPU),
            prompt: require(&Columns::PROMPT),
            answer: require(&Columns::ANSWER),
            concurrency: require(&Columns::CONCURRENCY),
            format: table.column(&Columns::FORMAT),
            gpus: table.column(&Columns::GPUS),
            tensor: table.column(&["tp"]),
            attention: table.column(&["attention_dp"]),
            expert: table.column(&["expert_parallel"]),
            engine: table.column(&Columns::ENGINE),
            factor: table.column(&Columns::FACTOR),
        };
        (sink.failures() == before).then_some(found)
    }

    fn answer(&self, row: &Row, measurements: &Measurements) -> Result<Answer, String> {
        let model = needed(row, self.model, "the model")?;
        let model = spelling::open_model(text(model)).ok_or_else(|| first_problem(model, measurements::model_of))?;
        let gpu = needed(row, self.gpu, "the GPU")?;
        let gpu = spelling::gpu(text(gpu)).ok_or_else(|| first_problem(gpu, measurements::gpu_of))?;
        let mut assumed = Vec::new();
        let format = match row.cell(self.format) {
            Some(node) => {
                spelling::format(text(node)).ok_or_else(|| format!("`{}` is no format of weights", text(node)))?
            }
            None => {
                assumed.push("assumed-native-format");
                Format::named(&model.native).unwrap_or(Format::Bf16)
            }
        };
        let tensor = cards(row, self.tensor)?;
        let attention = data_parallel(row, self.attention, tensor)?;
        let expert = data_parallel(row, self.expert, tensor)?;
        let gpus = match cards(row, self.gpus)? {
            Some(gpus) => gpus,
            None => {
                assumed.push("assumed-gpus");
                tensor.unwrap_or(1)
            }
        };
        let number = |column, what| needed(row, column, what).and_then(|node| value(node, positive));
        let factor = row.cell(self.factor).map_or(Ok(1.0), |node| value(node, positive))?;
        let engine = row.cell(self.engine).map(|node| spelling::engine(text(node)));
        let case = Case {
            model,
            format,
            gpu,
            gpus,
            tensor,
            attention_data: attention,
            expert,
            engine: engine.as_deref(),
            prompt: times(number(self.prompt, "the length of prompts")?, factor),
            answer: times(number(self.answer, "the length of answers")?, factor),
            concurrency: number(self.concurrency, "the concurrency")?,
        };
        let mut answer = case::answer(&case, measurements)?;
        answer.flags.extend(assumed);
        Ok(answer)
    }
}

fn text(node: &Node) -> &str {
    node.scalar().unwrap_or_default().trim()
}

fn needed<'r>(row: &'r Row, column: Option<usize>, what: &str) -> Result<&'r Node, String> {
    row.cell(column).ok_or_else(|| format!("{what} is missing"))
}

/// A value, or what is wrong with it in one line.
fn value<T>(node: &Node, read: fn(&Node, &mut Sink) -> Option<T>) -> Result<T, String> {
    let mut sink = Sink::default();
    let found = read(node, &mut sink);
    sink.finish(found).map_err(|problems| problems.first().map(one_line).unwrap_or_default())
}

fn first_problem(node: &Node, read: fn(&Node, &mut Sink) -> Option<String>) -> String {
    value(node, read).err().unwrap_or_default()
}

fn one_line(problem: &Diagnostic) -> String {
    match problem.help.first() {
        Some(help) => format!("{}; {help}", problem.message),
        None => problem.message.clone(),
    }
}

fn cards(row: &Row, column: Option<usize>) -> Result<Option<u32>, String> {
    row.cell(column).map(|node| value(node, count)).transpose()
}

/// A degree of parallelism; some tables only say whether.
fn data_parallel(row: &Row, column: Option<usize>, tensor: Option<u32>) -> Result<u32, String> {
    match row.cell(column) {
        None => Ok(1),
        Some(node) => match text(node).to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Ok(tensor.unwrap_or(1)),
            "false" | "no" | "off" | "0" => Ok(1),
            _ => value(node, count),
        },
    }
}
