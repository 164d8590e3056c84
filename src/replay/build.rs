//! From sums to the report: money, names, what was assumed.

use std::collections::BTreeMap;

use super::advice::Advisor;
use super::bill::{self, Bill, Line};
use super::chunk::{First, Remark};
use super::clerk::{Counts, Grouping, Sample, Unpaid};
use super::demand::Shape;
use super::histogram::Histogram;
use super::job::{Failure, Job};
use super::merge::{At, Findings};
use super::prefix::{RATIO, Seen};
use super::read::time::SECOND;
use super::report::{
    Advice, BadRows, Breakdown, BurstReport, CacheOption, DemandReport, Distribution, DurationPoint, FeeCost, Lengths,
    LogFacts, ModelCost, PrefixReport, PriceLine, ReplayReport, SCHEMA, SampleInterval, ServedCache, StrategyReplay,
    TokenSums, Unpriced, ValueCost,
};
use super::run::{Done, Shared};
use super::tariff::components;
use super::trouble;
use crate::diag::Diagnostic;
use crate::report::{ListUsed, PricesUsed, ScenarioName, Warning};
use crate::units::{Exact, display};

/// The report of a replay that is done.
///
/// # Errors
/// Requests without a price, unless they are allowed.
pub fn report(
    job: &Job,
    shared: &Shared<'_>,
    first: &First,
    done: Done<'_>,
    assumptions: Vec<String>,
) -> Result<ReplayReport, Failure> {
    let Done { clerk, demand, findings, sample } = done;
    if !job.options.allow_unpriced && !findings.unpaid.is_empty() {
        let problems: Vec<Diagnostic> =
            findings.unpaid.iter().map(|found| trouble::diagnostic(job, shared, found)).collect();
        return Err(Failure::Input(problems));
    }
    let keys = shared.prices.keys();
    let backwards = demand.as_ref().and_then(|demand| demand.first_backwards.map(|at| (at, demand.backwards)));
    let span = demand.as_ref().and_then(|demand| Some((demand.origin()?, demand.last())));
    let shape = demand.and_then(|demand| demand.finish(shared.timed == Some(true)));
    let per_usd = job.plan.as_ref().map_or(Exact::ONE, |plan| plan.currency.per_usd.clone());
    let days = job.plan.as_ref().map_or(Exact::from(30), |plan| plan.days_per_month.value().clone());
    let months = span.and_then(|(from, to)| {
        let seconds = Exact::ratio(to.saturating_sub(from), SECOND.unsigned_abs())?;
        seconds.checked_div(&(&days * &Exact::from(86_400)))
    });
    let mut bills = bill::bills(shared.programs, &keys, &clerk.tally, &months.unwrap_or(Exact::ZERO));
    if let Some(sample) = &sample {
        let all = Exact::from(clerk.counts.rows);
        let factor = all.checked_div(&Exact::from(sample.requests)).unwrap_or(Exact::ONE);
        let fixed = |index: usize| shared.programs.programs.get(index).map_or(0, |program| program.fixed.len());
        bills = bills.into_iter().enumerate().map(|(index, bill)| bill.scaled(&factor, fixed(index))).collect();
    }
    let mut report = ReplayReport {
        schema: SCHEMA,
        scenario: job.plan.as_ref().map(|plan| ScenarioName {
            name: plan.name.clone(),
            file: plan.file.clone(),
            set: Vec::new(),
        }),
        log: facts(job, shared, first, &clerk.counts, &findings, span),
        prices: prices(job),
        currency: job.plan.as_ref().map_or_else(|| "USD".to_owned(), |plan| plan.currency.code.clone()),
        requests: Exact::from(clerk.counts.requests),
        tokens: tokens(&clerk.counts),
        lengths: Lengths { input: distribution(&clerk.counts.input), output: distribution(&clerk.counts.output) },
        strategies: strategies(job, shared, &bills, &per_usd, &findings, sample.as_ref(), clerk.counts.rows),
        unpriced: findings.unpaid.iter().map(|found| unpriced(job, shared, found)).collect(),
        by: Vec::new(),
        demand: shape.as_ref().map(demand_report),
        prefix_cache: clerk.advisor.as_ref().and_then(|advisor| prefixes(shared, advisor, &per_usd)),
        assumptions,
        warnings: Vec::new(),
    };
    for ((grouping, groups), name) in shared.groupings.iter().zip(&clerk.groups).zip(&job.wanted.by) {
        let values = groups.iter().map(|(value, group)| {
            let costs = bill::of_group(shared.programs, &keys, group);
            let costs: Vec<Exact> = costs.iter().map(|cost| cost * &per_usd).collect();
            (
                *value,
                ValueCost { value: shown(shared, *grouping, *value), requests: Exact::from(group.requests), costs },
            )
        });
        let mut values: Vec<(i64, ValueCost)> = values.collect();
        match grouping {
            Grouping::Column(_) => {
                values.sort_by(|(_, a), (_, b)| b.costs.cmp(&a.costs).then_with(|| a.value.cmp(&b.value)))
            }
            Grouping::Hour | Grouping::Day => values.sort_by_key(|(value, _)| *value),
        }
        report.by.push(Breakdown { by: name.clone(), values: values.into_iter().map(|(_, value)| value).collect() });
    }
    remarks(job, shared, &findings, backwards, &mut report);
    Ok(report)
}

/// A value of a grouping as people know it.
fn shown(shared: &Shared<'_>, grouping: Grouping, value: i64) -> String {
    let at = |seconds: i64| {
        jiff::Timestamp::from_second(value.saturating_mul(seconds)).map(|at| at.to_string()).unwrap_or_default()
    };
    match grouping {
        Grouping::Hour => at(3600),
        Grouping::Day => at(86_400).chars().take(10).collect(),
        Grouping::Column(index) => {
            let handle = u32::try_from(value).unwrap_or(u32::MAX);
            shared.lexicons.by.get(index).and_then(|names| names.name(handle)).unwrap_or_default()
        }
    }
}

fn prices(job: &Job) -> PricesUsed {
    let lists = job.names.lists();
    let lists = lists.iter().map(|list| ListUsed {
        name: list.name.clone(),
        listed: list.listed.map(|date| date.to_string()),
        sha256: list.sha256.clone(),
    });
    PricesUsed { as_of: job.names.as_of().to_string(), lists: lists.collect() }
}

fn facts(
    job: &Job,
    shared: &Shared<'_>,
    first: &First,
    counts: &Counts,
    findings: &Findings,
    span: Option<(i64, i64)>,
) -> LogFacts {
    let dated = span.filter(|_| shared.timed == Some(true));
    let at = |nanos: i64| jiff::Timestamp::from_nanosecond(i128::from(nanos)).map(|at| at.to_string()).ok();
    LogFacts {
        files: job.files.iter().map(|file| file.name.clone()).collect(),
        form: first.preset,
        rows: Exact::from(counts.rows),
        other_records: Exact::from(findings.others),
        repeated_records: Exact::from(findings.repeats),
        bad_rows: findings
            .bad
            .iter()
            .map(|((file, line), bad, rows)| BadRows {
                reason: bad.why.to_string(),
                column: bad.column.clone(),
                first: format!("{}:{line}", job.name_of(*file)),
                rows: Exact::from(*rows),
            })
            .collect(),
        from: dated.and_then(|(from, _)| at(from)),
        to: dated.and_then(|(_, to)| at(to)),
        seconds: span.and_then(|(from, to)| Exact::ratio(to.saturating_sub(from), SECOND.unsigned_abs())),
    }
}

fn tokens(counts: &Counts) -> TokenSums {
    let [input, cached, written, written_1h, output, reasoning] = counts.tokens.map(Exact::whole);
    TokenSums {
        input,
        cached,
        cache_write: &written + &written_1h,
        cache_write_1h: written_1h,
        output: &output + &reasoning,
        reasoning,
    }
}

fn distribution(lengths: &Histogram) -> Option<Distribution> {
    let at = |percent| lengths.percentile(percent).map(Exact::from);
    Some(Distribution {
        mean: Exact::whole(lengths.sum()).checked_div(&Exact::from(lengths.count()))?,
        p50: at(50)?,
        p90: at(90)?,
        p95: at(95)?,
        p99: at(99)?,
        max: lengths.max().map(Exact::from)?,
    })
}

#[allow(clippy::too_many_arguments, reason = "what a strategy's part of the report is made of")]
fn strategies(
    job: &Job,
    shared: &Shared<'_>,
    bills: &[Bill],
    per_usd: &Exact,
    findings: &Findings,
    sample: Option<&Sample>,
    rows: u64,
) -> Vec<StrategyReplay> {
    let dearest = bills.iter().map(|bill| &bill.total).max().cloned().unwrap_or(Exact::ZERO);
    let first = bills.first().map(|bill| bill.total.clone()).unwrap_or(Exact::ZERO);
    let mut all = Vec::new();
    for (index, (program, bill)) in shared.programs.programs.iter().zip(bills).enumerate() {
        let of_program = |found: &(Unpaid, At, u64)| {
            shared.programs.leaves.get(found.0.leaf).is_some_and(|leaf| leaf.program == index)
        };
        let shown = |amount: &Exact| amount * per_usd;
        let mut assumptions = program.assumptions.clone();
        assumptions.extend(notes(bill));
        all.push(StrategyReplay {
            name: program.name.clone(),
            total: shown(&bill.total),
            at_least: findings.unpaid.iter().any(of_program),
            savings_percent: (&(&first - &bill.total) * &Exact::from(100)).checked_div(&first),
            relative_cost: bill.total.checked_div(&dearest).unwrap_or(Exact::ZERO),
            by_model: bill
                .by_model()
                .into_iter()
                .map(|of| ModelCost {
                    model: of.model,
                    provider: of.provider,
                    requests: of.calls,
                    cost: shown(&of.cost),
                })
                .collect(),
            lines: bill.lines.iter().flat_map(|line| price_lines(line, per_usd)).collect(),
            fees: bill
                .fees
                .iter()
                .map(|fee| FeeCost { fee: fee.label.clone(), events: fee.events.clone(), cost: shown(&fee.cost) })
                .collect(),
            estimate: super::estimate::of(bill, per_usd),
            of_scenario: super::estimate::of_scenario(job, index, bill, &Exact::from(rows), per_usd),
            sample: sample.and_then(|sample| interval(sample, index, rows, per_usd)),
            assumptions,
        });
    }
    all
}

/// What a sample says of the whole log.
fn interval(sample: &Sample, index: usize, rows: u64, per_usd: &Exact) -> Option<SampleInterval> {
    let (mean, half) = sample.mean_of(index, rows)?;
    let all = &Exact::from(rows) * per_usd;
    Some(SampleInterval {
        requests: Exact::from(sample.requests),
        of: Exact::from(rows),
        low: &(&mean - &half) * &all,
        high: &(&mean + &half) * &all,
    })
}

/// What has to be said of the prices that were paid.
fn notes(bill: &Bill) -> Vec<String> {
    let used = |line: &Line, at: usize| line.tokens.get(at).is_none_or(|tokens| !tokens.is_zero());
    let of_line = |line: &Line| -> Vec<String> {
        line.key.notes.iter().filter(|(at, _)| used(line, *at)).map(|(_, note)| note.clone()).collect()
    };
    let mut notes: Vec<String> = bill.lines.iter().flat_map(of_line).collect();
    let mut early: BTreeMap<&str, (Exact, String)> = BTreeMap::new();
    for line in bill.lines.iter().filter(|line| line.key.before_first) {
        let listed = &line.key.model.listed;
        let first = listed.first_day().map_or_else(String::new, |day| format!(" ({day})"));
        let (calls, _) = early.entry(&listed.id).or_insert((Exact::ZERO, first));
        *calls = &*calls + &line.calls;
    }
    for line in bill.lines.iter().filter(|line| line.key.before_first) {
        if let Some((calls, first)) = early.remove(line.key.model.listed.id.as_str()) {
            notes.push(format!(
                "{} requests came before the first price of {}{first}; they pay that of {}",
                display::count(&calls),
                line.key.model.listed.id,
                line.key.model.as_of,
            ));
        }
    }
    notes.sort();
    notes.dedup();
    notes
}

fn price_lines(line: &Line, per_usd: &Exact) -> Vec<PriceLine> {
    let million = Exact::from(1_000_000);
    let key = &line.key;
    let source = |component: &crate::pricing::Component| {
        let card = key.model.listed.cards.iter().find(|card| card.rate(component).is_some());
        card.map_or_else(|| format!("list {}", key.model.listed.list.name), |card| key.model.listed.cited(card))
    };
    let mut found = Vec::new();
    let mut add = |component: String, quantity: &Exact, unit: Exact, per: &Exact, cost: &Exact, source: String| {
        if quantity.is_zero() {
            return;
        }
        found.push(PriceLine {
            model: key.model.listed.id.clone(),
            mode: key.mode.clone().unwrap_or_else(|| "standard".to_owned()),
            tier: key.tier.clone(),
            since: key.since.map(|day| day.to_string()),
            hours: key.hours.clone(),
            component,
            quantity: quantity.clone(),
            unit_price_usd: unit,
            per: per.clone(),
            cost: cost * per_usd,
            source,
        });
    };
    for (((component, price), quantity), cost) in
        components(&key.lifetime).iter().zip(&key.prices).zip(&line.tokens).zip(&line.costs)
    {
        let unit = price.as_ref().map_or(Exact::ZERO, |price| price * &million);
        add(component.to_string(), quantity, unit, &million, cost, source(component));
    }
    if !key.request.is_zero() {
        let request = crate::pricing::Component::Request;
        add("request".to_owned(), &line.calls, key.request.clone(), &Exact::ONE, &line.by_request, source(&request));
    }
    found
}

fn unpriced(job: &Job, shared: &Shared<'_>, found: &(Unpaid, At, u64)) -> Unpriced {
    let (unpaid, (file, line), requests) = found;
    Unpriced {
        model: trouble::model_of(shared, unpaid),
        strategy: trouble::strategy_of(shared, unpaid),
        reason: trouble::reason(shared, unpaid),
        first: format!("{}:{line}", job.name_of(*file)),
        requests: Exact::from(*requests),
    }
}

fn prefixes(shared: &Shared<'_>, advisor: &Advisor<'_>, per_usd: &Exact) -> Option<PrefixReport> {
    let study = shared.study?;
    let served = study.limits.iter().zip(&advisor.served).map(|((name, _), cache)| served(name, &cache.seen));
    let costs = advisor.costs(shared.prices);
    let mut advice: Vec<Advice> = Vec::new();
    for (index, program) in shared.programs.programs.iter().enumerate() {
        let own = || study.candidates.iter().zip(&costs).filter(|(candidate, _)| candidate.program == index);
        let Some((_, off)) = own().find(|(candidate, _)| candidate.policy.is_none()) else { continue };
        let mut options: Vec<CacheOption> = own()
            .map(|(candidate, cost)| CacheOption {
                ttl: candidate.lifetime.clone().unwrap_or_else(|| "off".to_owned()),
                breakpoint_blocks: candidate.blocks.map(Exact::from),
                cost: cost * per_usd,
                saves_percent: (&(off - cost) * &Exact::from(100)).checked_div(off),
            })
            .collect();
        options.sort_by(|a, b| a.cost.cmp(&b.cost));
        advice.push(Advice { strategy: program.name.clone(), options });
    }
    let block = (study.block > 0).then(|| Exact::from(study.block));
    Some(PrefixReport { block, served: served.collect(), advice })
}

fn served(limit: &str, seen: &Seen) -> ServedCache {
    let over = |part: Exact, all: Exact| part.checked_div(&all).unwrap_or(Exact::ZERO);
    let requests = || Exact::from(seen.requests);
    ServedCache {
        limit: limit.to_owned(),
        hit_tokens: Exact::whole(seen.hit_tokens),
        by_token: over(Exact::whole(seen.hit_tokens), Exact::whole(seen.tokens)),
        by_block: over(Exact::from(seen.hit_blocks), Exact::from(seen.blocks)),
        by_request: over(Exact::from(seen.with_hit), requests()),
        mean_of_ratios: over(Exact::whole(seen.ratios), &Exact::from(seen.with_prompt) * &Exact::from(RATIO)),
    }
}

fn demand_report(shape: &Shape) -> DemandReport {
    DemandReport {
        per_second: Exact::from(shape.requests).checked_div(&shape.seconds()).unwrap_or(Exact::ZERO),
        gap_variation: shape.variation.clone(),
        bursts: shape
            .bursts
            .iter()
            .map(|burst| BurstReport {
                seconds: Exact::from(burst.seconds),
                most_requests: Exact::from(burst.most_requests),
                peak_to_mean: burst.requests.clone(),
                output_peak_to_mean: burst.output.clone(),
                replicas_where_mean_needs_10: burst.replicas(10),
            })
            .collect(),
        load_duration: shape
            .duration
            .iter()
            .map(|(share, rate)| DurationPoint { share_of_minutes: share.clone(), per_second: rate.clone() })
            .collect(),
        week: shape.week.clone(),
    }
}

/// Warnings on the log.
fn remarks(
    job: &Job,
    shared: &Shared<'_>,
    findings: &Findings,
    backwards: Option<(At, u64)>,
    report: &mut ReplayReport,
) {
    let requests = report.requests.clone();
    let mut warn = |code: &'static str, message: String| report.warnings.push(Warning { code: code.into(), message });
    for (file, remark) in &findings.remarks {
        let name = job.name_of(*file);
        match remark {
            Remark::NoLineEnd => warn(
                "no-line-end",
                format!(
                    "the last row of {name} has no line end; if the file was cut there, its last number may be incomplete"
                ),
            ),
            Remark::StillWritten => warn(
                "still-written",
                format!("{name} grew while it was read; the unfinished row at its end was left out"),
            ),
        }
    }
    if requests.is_zero() {
        warn("no-requests", "the log has a header and no requests; every total is that of nothing".to_owned());
    }
    if findings.bad_rows > 0 {
        let rows = display::grouped(&findings.bad_rows.to_string());
        warn("bad-rows", format!("{rows} rows cannot be read and were passed over"));
    }
    if let Some(((file, line), count)) = backwards {
        warn(
            "out-of-order",
            format!(
                "{} requests came before the one above them, the first at {}:{line}; costs do not depend on order, bursts do and are left out",
                display::grouped(&count.to_string()),
                job.name_of(file)
            ),
        );
    }
    let ranges: Vec<&str> =
        job.plan.iter().flat_map(|plan| &plan.uncertain.inputs).map(|input| input.path.as_str()).collect();
    if !ranges.is_empty() {
        report.assumptions.push(format!("ranges are taken at their medians: {}", ranges.join(", ")));
    }
    if job.plan.as_ref().is_some_and(|plan| !plan.commitments.is_empty()) {
        report
            .assumptions
            .push("commitments are of months, not of a log: totals are what is used, at its prices".to_owned());
    }
    if shared.timed == Some(true) && job.names.stated_date().is_none() {
        report.assumptions.push("each request pays the prices of its own time".to_owned());
    }
}
