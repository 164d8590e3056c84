//! A scenario made from a log: volume, lengths, kinds of requests, who answers them, cache shares and the shape of a week.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::columns::{Uses, Wanted};
use super::histogram::Histogram;
use super::read::desk::Lexicons;
use super::report::ReplayReport;
use super::request::{NOTHING, Request};
use super::scan::scan;
use super::tariff::PRICED;
use crate::check::Names;
use crate::diag::{Code, Diagnostic};
use crate::input::LogFile;
use crate::plan::log::{Counter, Role};
use crate::units::Exact;

/// Where the bins of lengths end, in percent of the requests.
const QUANTILES: [u64; 12] = [1, 5, 10, 25, 50, 75, 90, 95, 98, 99, 100, 100];
/// Values of a column that are tasks; more are no kinds of requests.
const MOST_TASKS: usize = 50;
/// Significant digits of rates and means.
const DIGITS: usize = 6;

/// Requests of one kind that one model answered.
#[derive(Clone, Default, Debug)]
struct Calls {
    requests: u64,
    /// By priced counter; fresh tokens first.
    tokens: [u128; PRICED],
    batched: u64,
}

/// Requests of one kind.
#[derive(Default, Debug)]
struct Kind {
    input: Histogram,
    output: Histogram,
    reasoning: u128,
    requests: u64,
    /// By provider and id.
    models: BTreeMap<String, Calls>,
}

/// What a log looks like.
#[derive(Debug)]
pub struct Fit {
    kinds: BTreeMap<String, Kind>,
    /// Lengths at which prices change.
    edges: BTreeSet<u64>,
    requests: u64,
}

impl Fit {
    /// Looks at every request of a log; `task` is the column of its kinds.
    ///
    /// # Errors
    /// Everything that is wrong with the log, models without a price, more values than kinds.
    pub fn of(files: &[LogFile], wanted: &Wanted, names: &Names, task: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let lexicons = Lexicons::new(&[]);
        let wanted = Wanted { by: task.iter().map(|name| (*name).to_owned()).collect(), ..wanted.clone() };
        let uses = Uses { model: true, ..Uses::default() };
        let mut raw: BTreeMap<(u32, u32), (Kind, Calls)> = BTreeMap::new();
        let batch = lexicons.modes.handle(b"batch").unwrap_or(NOTHING);
        let (mut several, mut modes) = (false, BTreeSet::new());
        let first = scan(files, &wanted, uses, &lexicons, &mut |request: &Request| {
            several |= request.count(Counter::Requests) != 1;
            if request.mode != NOTHING && request.mode != batch {
                modes.insert(request.mode);
            }
            let by = request.by.first().copied().unwrap_or(NOTHING);
            let (kind, calls) = raw.entry((by, request.model)).or_default();
            take(kind, calls, request, request.mode == batch);
        })?;
        if several {
            let message = "rows of this log stand for several requests, whose lengths are not known";
            return Err(vec![Diagnostic::without_place(Code::NotSupported, message)]);
        }
        if let Some(mode) = modes.first().and_then(|mode| lexicons.modes.name(*mode)) {
            let message = format!("calls of this log are in the mode `{mode}`; a fit knows standard and batch");
            return Err(vec![Diagnostic::without_place(Code::NotSupported, message)]);
        }
        if !first.roles.contains(&Role::Model) {
            let found =
                Diagnostic::without_place(Code::LogColumns, "which model answered? no column of the log says it");
            return Err(vec![found.help("`--columns model=COLUMN`, or one for all: `--constant model=gpt-4o`")]);
        }
        if raw.is_empty() {
            return Err(vec![Diagnostic::without_place(Code::Empty, "this log has no requests")]);
        }
        let mut fit = Self { kinds: BTreeMap::new(), edges: BTreeSet::new(), requests: 0 };
        let mut problems = Vec::new();
        for ((by, model), (kind, calls)) in raw {
            let value = lexicons.by.first().and_then(|values| values.name(by)).unwrap_or_default();
            let name = lexicons.models.name(model).unwrap_or_default();
            match names.find(&name, names.as_of()) {
                Ok(model) => fit.add(value, &model.listed, kind, calls),
                Err(_) => {
                    let found =
                        Diagnostic::without_place(Code::UnknownModel, format!("`{name}`: no price list knows it"));
                    let found = match names.did_you_mean(&name) {
                        Some(near) => found.help(near),
                        None => found,
                    };
                    if !problems.contains(&found) {
                        problems.push(found);
                    }
                }
            }
        }
        if fit.kinds.len() > MOST_TASKS {
            let message =
                format!("the column of tasks has {} values; up to {MOST_TASKS} can be tasks", fit.kinds.len());
            problems.push(Diagnostic::without_place(Code::NotSupported, message));
        }
        if problems.is_empty() { Ok(fit) } else { Err(problems) }
    }

    fn add(&mut self, value: String, listed: &crate::pricing::Model, kind: Kind, calls: Calls) {
        self.requests += kind.requests;
        let tiers = listed.cards.iter().flat_map(|card| &card.rates).flat_map(|(_, rate)| &rate.tiers);
        // The last length below each tier.
        self.edges.extend(tiers.map(|tier| tier.first().saturating_sub(1)));
        let known = self.kinds.entry(value).or_default();
        known.input.merge(&kind.input);
        known.output.merge(&kind.output);
        known.reasoning += kind.reasoning;
        known.requests += kind.requests;
        let of = known.models.entry(listed.qualified()).or_default();
        of.requests += calls.requests;
        of.batched += calls.batched;
        for (sum, more) in of.tokens.iter_mut().zip(calls.tokens) {
            *sum += more;
        }
    }

    /// The scenario. `report` is the replay of the same log; `catalog` are the price lists of the command line.
    pub fn scenario(&self, name: &str, report: &ReplayReport, as_of: &str, catalog: &[String]) -> String {
        let mut text = format!("llmcost: 1\nname: {}\nprices:\n  as_of: {as_of}\n", quoted(name));
        if !catalog.is_empty() {
            let lists: Vec<String> = catalog.iter().map(|list| quoted(list)).collect();
            let _ = writeln!(text, "  catalog: [{}]", lists.join(", "));
        }
        let _ = writeln!(text, "workload:\n  requests: {}", self.rate(report));
        if let Some(profile) = profile(report) {
            let _ = writeln!(text, "  profile: {profile}");
        }
        match self.kinds.iter().collect::<Vec<_>>().as_slice() {
            [(_, kind)] => {
                let _ = writeln!(text, "  {}", self.shape(kind, "\n  "));
            }
            kinds => {
                text.push_str("  tasks:\n");
                for (at, (value, kind)) in kinds.iter().enumerate() {
                    let last = at + 1 == kinds.len();
                    let share =
                        if last { "rest".to_owned() } else { percent(kind.requests.into(), self.requests.into()) };
                    let shape = self.shape(kind, "\n      ");
                    let _ = writeln!(text, "    - name: {}\n      share: {share}\n      {shape}", task_name(value));
                }
            }
        }
        text.push_str("strategies:\n  as-logged:\n    route:\n");
        let single = self.kinds.len() == 1;
        for (value, kind) in &self.kinds {
            for (at, (model, calls)) in kind.models.iter().enumerate() {
                let last = at + 1 == kind.models.len();
                let share = match (last, kind.models.len()) {
                    (_, 1) => "100%".to_owned(),
                    (true, _) => "rest".to_owned(),
                    (false, _) => percent(calls.requests.into(), kind.requests.into()),
                };
                let task = if single { String::new() } else { format!("task: {}, ", task_name(value)) };
                let _ = writeln!(text, "      - {{{task}share: {share}, model: {}{}}}", quoted(model), levers(calls));
            }
        }
        text
    }

    /// Requests per day.
    fn rate(&self, report: &ReplayReport) -> String {
        let day = Exact::from(86_400);
        let rate = report.log.seconds.as_ref().filter(|seconds| !seconds.is_zero());
        let rate = rate.and_then(|seconds| (&Exact::from(self.requests) * &day).checked_div(seconds));
        match rate {
            Some(rate) => format!("{}/day", rounded(&rate)),
            // Without times, the log is taken for a day.
            None => format!("{}/day  # the log has no times: all of it is taken for one day", self.requests),
        }
    }

    fn shape(&self, kind: &Kind, new_line: &str) -> String {
        let mut parts = vec![format!("lengths:{new_line}  input: {}", bins(&kind.input, &self.edges))];
        parts.push(format!("  output: {}", bins(&kind.output, &BTreeSet::new())));
        if kind.reasoning > 0 {
            let mean = Exact::whole(kind.reasoning).checked_div(&Exact::from(kind.requests)).unwrap_or(Exact::ZERO);
            parts.push(format!("reasoning: {}", rounded(&mean)));
        }
        parts.join(new_line)
    }
}

fn take(kind: &mut Kind, calls: &mut Calls, request: &Request, batched: bool) {
    let [input, cached, written, written_1h, output, reasoning, ..] = request.counts;
    kind.requests += 1;
    kind.input.count_one(input);
    kind.output.count_one(output);
    kind.reasoning += u128::from(reasoning);
    calls.requests += 1;
    calls.batched += u64::from(batched);
    let fresh = input.saturating_sub(cached).saturating_sub(written).saturating_sub(written_1h);
    for (sum, count) in calls.tokens.iter_mut().zip([fresh, cached, written, written_1h, output, reasoning]) {
        *sum += u128::from(count);
    }
}

/// Cache and batch of an entry of the route.
fn levers(calls: &Calls) -> String {
    let mut text = String::new();
    let [fresh, cached, written, written_1h, ..] = calls.tokens;
    let cacheable = cached + written + written_1h;
    if cacheable > 0 {
        let ttl = if written_1h > written { "1h" } else { "5m" };
        let tokens = percent(cacheable, fresh + cacheable);
        let hits = percent(cached, cacheable);
        let _ = write!(text, ", prefix_cache: {{tokens: {tokens}, hit_rate: {hits}, ttl: {ttl}}}");
    }
    if calls.batched > 0 {
        let _ = write!(text, ", batch: {{share: {}}}", percent(calls.batched.into(), calls.requests.into()));
    }
    text
}

/// Bins that end at quantiles and at `edges`, each with its exact mean.
fn bins(lengths: &Histogram, edges: &BTreeSet<u64>) -> String {
    let mut ends: BTreeSet<u64> = QUANTILES.iter().filter_map(|percent| lengths.percentile(*percent)).collect();
    let longest = lengths.max().unwrap_or(0);
    ends.extend(edges.iter().filter(|edge| **edge < longest));
    let all = lengths.count();
    let mut found: Vec<(u64, u64, u128)> = ends.iter().map(|end| (*end, 0, 0)).collect();
    for (length, times) in lengths.numbers() {
        let at = found.partition_point(|(end, ..)| *end < length);
        if let Some((_, count, sum)) = found.get_mut(at) {
            *count += times;
            *sum += u128::from(length) * u128::from(times);
        }
    }
    found.retain(|(_, count, _)| *count > 0);
    let last = found.len().saturating_sub(1);
    let bin = |(at, (end, count, sum)): (usize, &(u64, u64, u128))| {
        let share = if at == last { "rest".to_owned() } else { percent((*count).into(), all.into()) };
        let mean = Exact::whole(*sum).checked_div(&Exact::from(*count)).unwrap_or(Exact::ZERO);
        format!("{{upto: {end}, share: {share}, mean: {}}}", mean.to_fixed(4))
    };
    let bins: Vec<String> = found.iter().enumerate().map(bin).collect();
    format!("{{histogram: [{}]}}", bins.join(", "))
}

/// Hours of a day and the weekend, where the log has a week.
fn profile(report: &ReplayReport) -> Option<String> {
    let week = report.demand.as_ref()?.week.as_ref()?;
    let seconds = report.log.seconds.as_ref()?;
    if *seconds < Exact::from(7 * 86_400) {
        return None;
    }
    let mean = |hours: Vec<&Exact>| {
        let count = Exact::from(hours.len() as u64);
        hours.into_iter().sum::<Exact>().checked_div(&count)
    };
    let workdays = mean(week.iter().take(120).collect())?;
    let weekend = mean(week.iter().skip(120).collect())?;
    let hour = |hour: usize| mean(week.iter().take(120).skip(hour).step_by(24).collect());
    let hours: Option<Vec<String>> = (0..24).map(|at| Some(hour(at)?.to_fixed(4))).collect();
    let ratio = (&weekend * &Exact::from(100)).checked_div(&workdays)?;
    Some(format!("{{hours: [{}], weekend: {}%, zone: UTC}}", hours?.join(", "), ratio.to_fixed(2)))
}

/// A share with enough digits that its rounding does not matter.
fn percent(part: u128, all: u128) -> String {
    let share = (&Exact::whole(part) * &Exact::from(100)).checked_div(&Exact::whole(all)).unwrap_or(Exact::ZERO);
    let decimals = if all > 1_000_000 { 10 } else { 8 };
    if part == all { "100%".to_owned() } else { format!("{}%", share.to_fixed(decimals)) }
}

fn rounded(value: &Exact) -> String {
    let whole = value.floor().to_string().trim_start_matches('0').len();
    value.to_fixed(DIGITS.saturating_sub(whole).max(usize::from(whole < DIGITS)))
}

fn task_name(value: &str) -> String {
    quoted(if value.is_empty() { "other" } else { value })
}

/// A text that YAML takes for a text.
fn quoted(text: &str) -> String {
    let plain = text.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_./ ".contains(sign))
        && text.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "rest", "default"].contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
