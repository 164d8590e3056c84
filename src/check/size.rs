//! What is to be sized: from the words of the command line to a request with everything looked up.

use super::flags::{amount, flag, node, whole};
use super::measurements;
use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::hosting::memory::{KvPrecision, WindowMode};
use crate::hosting::size::{MOST_GPUS, MOST_IN_FLIGHT, Request, Served, Sizing, Slo, Terms};
use crate::hosting::throughput::{Compute, Measurements};
use crate::hosting::{Format, Gpu, OpenModel, Purchase, catalogue, spelling};
use crate::input::{self, Input, Node, choice};
use crate::pricing::{self, embedded_list};
use crate::units::{Exact, Kind, display};

/// What the command line says of a sizing, each flag as it was written.
#[derive(Clone, Default, Debug)]
pub struct SizeFlags {
    /// `--model`
    pub model: Option<String>,
    /// `--memory`
    pub memory: Option<String>,
    /// `--precision`
    pub precision: Option<String>,
    /// `--kv-precision`
    pub kv_precision: Option<String>,
    /// `--window`
    pub window: Option<String>,
    /// `--input`
    pub input: Option<String>,
    /// `--output`
    pub output: Option<String>,
    /// `--concurrency`
    pub concurrency: Option<String>,
    /// `--gpu`, in order
    pub gpu: Vec<String>,
    /// `--gpus`
    pub gpus: Option<String>,
    /// `--ttft`
    pub ttft: Option<String>,
    /// `--tpot`
    pub tpot: Option<String>,
    /// `--purchase`
    pub purchase: Option<String>,
    /// `--usd-per-gpu-hour`
    pub usd_per_gpu_hour: Option<String>,
    /// `--throughput`
    pub throughput: Option<String>,
    /// `--engine`
    pub engine: Option<String>,
    /// `--measured`
    pub measured: Option<Input>,
    /// `--as-of`
    pub as_of: Option<String>,
}

/// A request and what it takes for granted.
#[derive(Clone, Debug)]
pub struct SizeQuestion {
    /// The request.
    pub request: Request<'static>,
    /// Defaults, and what was stated without having a part in the answer.
    pub assumptions: Vec<String>,
    /// Where the model or the need stands.
    place: Place,
}

/// The most requests in flight that anybody may ask for.
const MOST_REQUESTS: u64 = 1_000_000;
/// Tokens of a request where nobody states them.
const USUAL_LENGTHS: (u64, u64) = (1_024, 256);

/// Looks everything up and checks it.
///
/// # Errors
/// All problems of the flags and of the table of measurements.
pub fn size_question(flags: &SizeFlags) -> Result<SizeQuestion, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let question = question(flags, &mut sink);
    sink.finish(question)
}

/// What was refused is absent here: the sink knows, and no question comes of it.
fn question(flags: &SizeFlags, sink: &mut Sink) -> Option<SizeQuestion> {
    let Some(subject) = node("--model", &flags.model).or_else(|| node("--memory", &flags.memory)) else {
        let help = "name a model (`--model llama-3-8b`) or state a need (`--memory 15GB`)";
        return sink.refuse(Diagnostic::without_place(Code::MissingKey, "what is to be sized?").help(help));
    };
    let mut assumptions = Vec::new();
    let memory = amount("--memory", &flags.memory, Kind::Memory, sink);
    let prompt = amount("--input", &flags.input, Kind::Tokens, sink);
    let answer = amount("--output", &flags.output, Kind::Tokens, sink);
    let concurrency = whole("--concurrency", &flags.concurrency, "requests in flight", MOST_REQUESTS, sink);
    let per_replica = whole("--gpus", &flags.gpus, "GPUs of a replica", MOST_GPUS.into(), sink);
    let ttft = amount("--ttft", &flags.ttft, Kind::Duration, sink);
    let tpot = amount("--tpot", &flags.tpot, Kind::Duration, sink);
    let throughput = amount("--throughput", &flags.throughput, Kind::Throughput, sink);
    let served = served(flags, &mut assumptions, sink);
    let terms = terms(flags, sink);
    let gpus = gpus(&flags.gpu, terms.as_ref(), sink);
    let own = flags.measured.as_ref().and_then(|input| measurements::read(input, None, sink)).unwrap_or_default();
    let measurements = Measurements::new(&own);
    if measurements.unused() > 0 {
        let text = "of your measurements are not used: by the computation their configuration does not fit or run";
        assumptions.push(format!("{} {text}", measurements.unused()));
    }
    match &served {
        Some(served) => {
            let usual = |tokens: u64, what: &str| format!("{} {what} tokens", display::count(&Exact::from(tokens)));
            if flags.input.is_none() {
                assumptions.push(usual(USUAL_LENGTHS.0, "input"));
            }
            if flags.output.is_none() {
                assumptions.push(usual(USUAL_LENGTHS.1, "output"));
            }
            if flags.concurrency.is_none() {
                let text = "as many requests in flight as fit and keep the latencies, at most";
                assumptions.push(format!("{text} {MOST_IN_FLIGHT}: more was never measured"));
            }
            check_formats(served, &gpus, flags, sink);
        }
        None if flags.model.is_none() => assumptions.extend(without_part(flags)),
        None => {}
    }
    let prompt = prompt.unwrap_or(Exact::from(USUAL_LENGTHS.0));
    let answer = answer.unwrap_or(Exact::from(USUAL_LENGTHS.1));
    if let Some(served) = &served {
        check_context(served.model, &(&prompt + &answer), flags, sink);
    }
    Some(SizeQuestion {
        request: Request {
            model: served,
            memory,
            gpus,
            per_replica: per_replica.and_then(|count| u32::try_from(count).ok()),
            prompt,
            answer,
            concurrency: concurrency.and_then(|count| u32::try_from(count).ok()),
            slo: Slo { ttft, tpot },
            terms: terms?,
            throughput,
            engine: flags.engine.as_deref().map(spelling::engine),
            measurements,
        },
        assumptions,
        place: subject.place,
    })
}

/// The error that nothing fits anywhere: by how much the nearest choice fails. `None` where something does.
pub fn fits_nowhere(question: &SizeQuestion, sizing: &Sizing<'_>) -> Option<Diagnostic> {
    use crate::hosting::size::Flag;
    if !sizing.choices.iter().all(|choice| choice.flags.contains(&Flag::DoesNotFit)) {
        return None;
    }
    let gb = |bytes: &Exact| gigabytes(bytes);
    let Some(nearest) = sizing.choices.first() else {
        let message = "nobody sells any of these cards this way";
        return Some(Diagnostic::at(Code::NoPrice, &question.place, message, "nothing to compare"));
    };
    // One sequence is the least that must fit, however many were asked for.
    let computed = nearest.needs.computed.as_ref().filter(|_| !nearest.needs.is_stated);
    let least = computed.map_or(nearest.needs.total.clone(), |parts| {
        let one = parts.kv.checked_div(&Exact::from(u64::from(parts.sequences))).unwrap_or(Exact::ZERO);
        [&parts.weights, &one, &parts.reserve].into_iter().sum()
    });
    let format = nearest.format.map_or_else(String::new, |format| format!(" in {}", format.name()));
    let place = format!("{} x {}", nearest.gpus, nearest.gpu.name);
    let message = match computed {
        Some(_) => format!("this fits nowhere: weights and one request need {} GB{format} on {place}", gb(&least)),
        None => format!("this fits nowhere: it needs {} GB", gb(&least)),
    };
    let label =
        format!("{} GB too large for {place}, which gives {} GB", gb(&(&least - &nearest.usable)), gb(&nearest.usable));
    let help = match (question.request.per_replica, question.request.gpus.len()) {
        (Some(_), _) => "leave `--gpus` out to try 1, 2, 4 and 8 GPUs, or name more of them",
        (None, _) if computed.is_some() => {
            "try a smaller precision (`--precision int4`), larger cards, or more of them (`--gpus 16`)"
        }
        (None, _) => "try larger cards, or more of them (`--gpus 16`)",
    };
    Some(Diagnostic::at(Code::DoesNotFit, &question.place, message, label).help(help))
}

/// 10^9 bytes, with as many decimals as it takes to be seen.
fn gigabytes(bytes: &Exact) -> String {
    display::number(&(bytes * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), 1)
}

fn served(flags: &SizeFlags, assumptions: &mut Vec<String>, sink: &mut Sink) -> Option<Served<'static>> {
    let windows = [("ideal", WindowMode::Ideal), ("engine-full", WindowMode::EngineFull)];
    let window = node("--window", &flags.window).and_then(|node| choice(&node, "`--window`", &windows, sink));
    let kv = node("--kv-precision", &flags.kv_precision).and_then(|node| kv_precision(&node, sink));
    let stated = node("--precision", &flags.precision).and_then(|node| precision(&node, sink));
    let model = open_model(&node("--model", &flags.model)?, sink)?;
    let formats = match stated {
        Some(Some(format)) => vec![format],
        Some(None) => Request::usual_formats(model),
        None if flags.memory.is_some() => {
            assumptions.push("fp16 weights".to_owned());
            vec![Format::Fp16]
        }
        None => Request::usual_formats(model),
    };
    if flags.kv_precision.is_none() {
        assumptions.push("KV cache in 16 bit".to_owned());
    }
    if model.window.is_some() && window.is_none() {
        let text = "layers with a window keep the whole length, as many engines reserve it (else `--window ideal`)";
        assumptions.push(text.to_owned());
    }
    Some(Served { model, formats, kv: kv.unwrap_or_default(), window: window.unwrap_or_default() })
}

pub(super) fn open_model(node: &Node, sink: &mut Sink) -> Option<&'static OpenModel> {
    let id = measurements::model_of(node, sink)?;
    catalogue::open_model(&id)
}

/// A format, or all of them.
pub(super) fn precision(node: &Node, sink: &mut Sink) -> Option<Option<Format>> {
    let mut known = vec![("all", None)];
    known.extend(Format::WORDS.map(|(word, format)| (word, Some(format))));
    choice(node, "`--precision`", &known, sink)
}

pub(super) fn kv_precision(node: &Node, sink: &mut Sink) -> Option<KvPrecision> {
    let of_cache = |(word, format)| Some((word, KvPrecision::of(format)?));
    let known: Vec<(&'static str, KvPrecision)> = Format::WORDS.into_iter().filter_map(of_cache).collect();
    choice(node, "`--kv-precision`", &known, sink)
}

fn terms(flags: &SizeFlags, sink: &mut Sink) -> Option<Terms> {
    let usd_per_gpu_hour = amount("--usd-per-gpu-hour", &flags.usd_per_gpu_hour, Kind::Money, sink);
    let purchase = node("--purchase", &flags.purchase).and_then(|node| {
        let purchase = choice(&node, "`--purchase`", &Purchase::WORDS, sink)?;
        if purchase.buys_a_replica() {
            return Some(purchase);
        }
        let message =
            "this is no way to buy a replica: serverless is paid by use, and owned hardware is a cost estimate";
        let buys = Purchase::WORDS.into_iter().filter(|(_, purchase)| purchase.buys_a_replica()).map(|(word, _)| word);
        let help = format!("{} are", suggest::listed(buys, "and"));
        sink.refuse(Diagnostic::at(Code::UnknownWord, &node.place, message, "buys no replica").help(help))
    });
    let listed = || embedded_list(pricing::DEFAULT_LIST).and_then(|list| list.info().listed);
    let as_of = match node("--as-of", &flags.as_of) {
        Some(node) => input::date(&node, sink),
        None => listed(),
    };
    Some(Terms { purchase: purchase.unwrap_or(Purchase::OnDemand), usd_per_gpu_hour, as_of: as_of? })
}

/// The GPUs that are named, or all that somebody sells.
fn gpus(named: &[String], terms: Option<&Terms>, sink: &mut Sink) -> Vec<&'static Gpu> {
    let nodes: Vec<Node> = named.iter().map(|text| flag("--gpu", text)).collect();
    if nodes.is_empty() || nodes.iter().any(|node| node.scalar() == Some("auto")) {
        if let [only, other, ..] = nodes.as_slice() {
            let message = "`auto` tries every GPU that is sold; no other need be named";
            sink.add(Diagnostic::at(Code::Conflict, &only.place, message, "one").also(&other.place, "another"));
        }
        return catalogue::gpus().iter().filter(|gpu| terms.is_none_or(|terms| terms.sells(gpu))).collect();
    }
    let mut found: Vec<&'static Gpu> = Vec::new();
    for node in &nodes {
        let Some(gpu) = measurements::gpu_of(node, sink).and_then(|id| catalogue::gpu(&id)) else { continue };
        if found.iter().any(|known| known.id == gpu.id) {
            sink.add(Diagnostic::at(Code::DuplicateName, &node.place, format!("{} is named twice", gpu.name), "again"));
        } else {
            found.push(gpu);
        }
    }
    found
}

/// A format that was asked for by name must run on the cards that were asked for by name.
fn check_formats(served: &Served<'_>, gpus: &[&Gpu], flags: &SizeFlags, sink: &mut Sink) {
    let ([format], Some(node)) = (served.formats.as_slice(), node("--precision", &flags.precision)) else { return };
    if flags.gpu.iter().any(|name| name == "auto") {
        return;
    }
    for gpu in gpus.iter().filter(|_| !flags.gpu.is_empty()) {
        if gpu.compute(*format) == Compute::No {
            let runs = Format::WORDS.into_iter().filter(|(_, format)| gpu.compute(*format) != Compute::No);
            let help = format!("it computes {}", suggest::listed(runs.map(|(word, _)| word), "and"));
            let message = format!("{} cannot compute {}", gpu.name, format.name());
            sink.add(Diagnostic::at(Code::CannotCompute, &node.place, message, "not on this card").help(help));
        }
    }
}

fn check_context(model: &OpenModel, tokens: &Exact, flags: &SizeFlags, sink: &mut Sink) {
    let most = Exact::from(model.max_context);
    if *tokens <= most {
        return;
    }
    let nodes = [node("--input", &flags.input), node("--output", &flags.output)];
    let message = format!(
        "{} tokens of input and output are more than the context of {} ({})",
        display::count(tokens),
        model.id,
        display::count(&most)
    );
    let mut places = nodes.into_iter().flatten().map(|node| node.place);
    let Some(first) = places.next() else {
        return sink.add(Diagnostic::without_place(Code::OutOfRange, message));
    };
    let found = Diagnostic::at(Code::OutOfRange, &first, message, "too long");
    sink.add(places.fold(found, |found, other| found.also(&other, "and this")));
}

/// Flags that say nothing of a need without a model.
fn without_part(flags: &SizeFlags) -> Option<String> {
    let stated = [
        ("--precision", flags.precision.is_some()),
        ("--kv-precision", flags.kv_precision.is_some()),
        ("--window", flags.window.is_some()),
        ("--input", flags.input.is_some()),
        ("--output", flags.output.is_some()),
        ("--concurrency", flags.concurrency.is_some()),
        ("--ttft", flags.ttft.is_some()),
        ("--tpot", flags.tpot.is_some()),
        ("--engine", flags.engine.is_some()),
        ("--measured", flags.measured.is_some()),
    ];
    let names: Vec<&str> = stated.into_iter().filter(|(_, stated)| *stated).map(|(name, _)| name).collect();
    let text = || {
        let names = suggest::listed(names.iter().copied(), "and");
        format!("nothing depends on {names}: a stated need is the whole need, and only a `--model` has a speed")
    };
    (!names.is_empty()).then(text)
}
