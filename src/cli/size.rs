//! `size`: which GPUs carry a model, how fast, and for how much.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use super::settings::Settings;
use super::{Destination, Ending, Format, output, pictures};
use crate::check::{self, Options, SizeFlags};
use crate::diag::Diagnostic;
use crate::input::Input;
use crate::render;
use crate::report::{CaseReport, SizeReport};

/// A table says all this row by row.
const NOT_WITH_CASES: [&str; 17] = [
    "model",
    "memory",
    "precision",
    "kv_precision",
    "input",
    "answer",
    "concurrency",
    "gpu",
    "gpus",
    "ttft",
    "tpot",
    "purchase",
    "usd_per_gpu_hour",
    "throughput",
    "window",
    "engine",
    "as_of",
];

/// Headings of the help text.
const SERVED: &str = "What is served";
const TRAFFIC: &str = "Traffic";
const GPUS: &str = "GPUs and prices";
const MEASURED: &str = "Measurements";

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenario whose deployments are sized, in place of the flags; - reads standard input
    #[arg(value_name = "FILE", conflicts_with_all = NOT_WITH_CASES, conflicts_with_all = ["cases", "measured"])]
    file: Option<String>,
    /// Open model of the catalogue: llama-3-8b, deepseek-v3
    #[arg(long, value_name = "MODEL", help_heading = SERVED)]
    model: Option<String>,
    /// The whole memory it needs, as stated (15GB, 15GiB); nothing is added
    #[arg(long, value_name = "MEMORY", help_heading = SERVED)]
    memory: Option<String>,
    /// Format of the weights: fp16, bf16, fp8, int8, int4, mxfp4, nvfp4, or all (compares fp16, fp8 and int4)
    #[arg(long, value_name = "FORMAT", help_heading = SERVED)]
    precision: Option<String>,
    /// Format of the KV cache: fp16 (default) or fp8
    #[arg(long, value_name = "FORMAT", help_heading = SERVED)]
    kv_precision: Option<String>,
    /// What is kept of layers with a window: engine-full (default) or ideal
    #[arg(long, value_name = "MODE", help_heading = SERVED)]
    window: Option<String>,
    /// Tokens of a prompt, mean [default: 1024]
    #[arg(long, value_name = "TOKENS", help_heading = TRAFFIC)]
    input: Option<String>,
    /// Tokens of an answer, mean [default: 256]
    #[arg(long = "output", value_name = "TOKENS", help_heading = TRAFFIC)]
    answer: Option<String>,
    /// Requests in flight on a replica; left out, as many as each option holds within the latencies
    #[arg(long, value_name = "N", help_heading = TRAFFIC)]
    concurrency: Option<String>,
    /// Longest time to the first token: 2s
    #[arg(long, value_name = "TIME", help_heading = TRAFFIC)]
    ttft: Option<String>,
    /// Longest time per output token: 50ms
    #[arg(long, value_name = "TIME", help_heading = TRAFFIC)]
    tpot: Option<String>,
    /// GPU to try (repeatable); left out or auto, every one that somebody sells
    #[arg(long, value_name = "GPU", help_heading = GPUS)]
    gpu: Vec<String>,
    /// GPUs of a replica; left out, 1, 2, 4 and 8 are tried
    #[arg(long, value_name = "N", help_heading = GPUS)]
    gpus: Option<String>,
    /// How GPUs are bought: on_demand (default), spot, reserved_1y, reserved_3y, capacity_block
    #[arg(long, value_name = "WAY", help_heading = GPUS)]
    purchase: Option<String>,
    /// Price per GPU and hour in place of the catalogue's offers
    #[arg(long, value_name = "USD", help_heading = GPUS)]
    usd_per_gpu_hour: Option<String>,
    /// Use the offers known at this date
    #[arg(long, value_name = "DATE", help_heading = GPUS)]
    as_of: Option<String>,
    /// Output tokens a second of a replica in place of the estimate: '3000 tok/s'
    #[arg(long, value_name = "RATE", help_heading = MEASURED)]
    throughput: Option<String>,
    /// Serving program whose measurements count: vllm, sglang, trtllm; left out, all
    #[arg(long, value_name = "NAME", help_heading = MEASURED)]
    engine: Option<String>,
    /// Your own measurements as CSV: they replace the estimate of their configuration and recalibrate their GPU
    #[arg(long, value_name = "FILE", help_heading = MEASURED)]
    measured: Option<String>,
    /// Answer every row of a table of configurations instead: a CSV with the columns row_id, model_id, weight_format, gpu,
    /// n_gpus, tp, attention_dp, expert_parallel, engine, input_len, output_len, length_factor, concurrency
    #[arg(long, value_name = "FILE", conflicts_with_all = NOT_WITH_CASES, help_heading = MEASURED)]
    cases: Option<String>,
    #[command(flatten)]
    destination: Destination,
    /// Draw what a million output tokens costs on each card into FILE (.svg or .png)
    #[arg(long, value_name = "FILE", conflicts_with = "cases")]
    chart: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let own = arguments.measured.as_deref().map(Input::from_argument);
    if let Some(cases) = &arguments.cases {
        return answer(&Input::from_argument(cases), own.as_ref(), arguments, settings);
    }
    if let Some(file) = &arguments.file {
        return of_scenario(file, arguments, settings);
    }
    let question = match check::size_question(&flags(arguments, own)) {
        Ok(question) => question,
        Err(problems) => return Ok(refused(&problems, settings)),
    };
    let sizing = question.request.size();
    if let Some(problem) = check::fits_nowhere(&question, &sizing) {
        return Ok(refused(&[problem], settings));
    }
    let report = SizeReport::of(&question.request, &sizing, &question.assumptions);
    shown(std::slice::from_ref(&report), arguments, settings)
}

/// The deployments of a scenario that name a model or a need of memory.
fn of_scenario(file: &str, arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let plan = match check::load(&Input::from_argument(file), &Options::default()) {
        Ok(plan) => plan,
        Err(problems) => return Ok(refused(&problems, settings)),
    };
    let mut reports = Vec::new();
    for deployment in &plan.deployments {
        let Some(request) = &deployment.sizing else { continue };
        let text = format!("as the deployment `{}` of {} states it", deployment.name, plan.file);
        reports.push(SizeReport::of(request, &request.size(), &[text]));
    }
    if reports.is_empty() {
        bail!(
            "no deployment of {} names a `model` or a need of `memory`; for instance `llama: {{model: llama-3-8b, gpu: auto}}`",
            plan.file
        );
    }
    shown(&reports, arguments, settings)
}

/// Sizings in every form that was asked for.
fn shown(reports: &[SizeReport], arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let charts = || pictures::numbered(reports.iter().map(|report| vec![("", render::size_chart(report))]).collect());
    let place = (&arguments.destination, arguments.chart.as_ref());
    pictures::put(place, charts, settings, |format, look| {
        Ok(match format {
            Format::Table => reports.iter().map(|report| render::sizes(report, look)).collect::<Vec<_>>().join("\n"),
            Format::Json => render::json(reports)?,
            Format::Csv => render::csv_of_sizes(reports)?,
        })
    })?;
    Ok(Ending::Done)
}

/// Every row of a table; one that has no answer says why, and the others are answered all the same.
fn answer(cases: &Input, own: Option<&Input>, arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let answers = match check::size_cases(cases, own) {
        Ok(answers) => answers.iter().map(CaseReport::of).collect::<Vec<_>>(),
        Err(problems) => return Ok(refused(&problems, settings)),
    };
    let destination = Destination {
        format: arguments.destination.format.or(Some(Format::Csv)),
        output: arguments.destination.output.clone(),
    };
    let text = render::csv_of_cases(&answers)?;
    output::deliver(&destination, settings, &answers, |_| text.clone(), render::csv_of_cases)?;
    Ok(Ending::Done)
}

fn refused(problems: &[Diagnostic], settings: &Settings) -> Ending {
    settings.report(problems);
    Ending::BadInput
}

fn flags(arguments: &Arguments, measured: Option<Input>) -> SizeFlags {
    SizeFlags {
        model: arguments.model.clone(),
        memory: arguments.memory.clone(),
        precision: arguments.precision.clone(),
        kv_precision: arguments.kv_precision.clone(),
        window: arguments.window.clone(),
        input: arguments.input.clone(),
        output: arguments.answer.clone(),
        concurrency: arguments.concurrency.clone(),
        gpu: arguments.gpu.clone(),
        gpus: arguments.gpus.clone(),
        ttft: arguments.ttft.clone(),
        tpot: arguments.tpot.clone(),
        purchase: arguments.purchase.clone(),
        usd_per_gpu_hour: arguments.usd_per_gpu_hour.clone(),
        throughput: arguments.throughput.clone(),
        engine: arguments.engine.clone(),
        measured,
        as_of: arguments.as_of.clone(),
    }
}
