//! A replay as text: what each strategy costs, where the money goes, what means would have said, what caches would do.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::replay::{Advice, CacheOption, ReplayReport, StrategyReplay};
use crate::units::{Exact, display};

/// Rows of a breakdown that are shown; the rest is in the other formats.
const MOST_VALUES: usize = 20;
/// Models of a strategy that are shown by name.
const MOST_MODELS: usize = 8;

/// A whole replay.
pub fn replay(report: &ReplayReport, look: Look) -> String {
    let mut out = head(report, look);
    out.push_str(&strategies(report, look));
    if look.quiet {
        return out;
    }
    out.push_str(&spending(report, look));
    out.push_str(&breakdowns(report, look));
    out.push_str(&served(report, look));
    out.push_str(&advice(report, look));
    out.push_str(&demand(report, look));
    out.push_str(&notes(report, look));
    out
}

fn section(title: &str, look: Look) -> String {
    format!("\n{}\n", look.bold(title))
}

fn head(report: &ReplayReport, look: Look) -> String {
    let title = report.scenario.as_ref().map_or("What the log costs", |scenario| scenario.name.as_str());
    let lists: Vec<&str> = report.prices.lists.iter().map(|list| list.name.as_str()).collect();
    let mut facts = vec![
        format!("{} requests", display::count(&report.requests)),
        format!("{} input tokens", display::count(&report.tokens.input)),
    ];
    let cached = report.tokens.cached.checked_div(&report.tokens.input).filter(|share| !share.is_zero());
    facts.extend(cached.map(|share| format!("{} of them cached", display::percent(&share, 1))));
    facts.push(format!("{} output tokens", display::count(&report.tokens.output)));
    if let (Some(from), Some(to)) = (&report.log.from, &report.log.to) {
        let minute = |at: &str| at.chars().take(16).collect::<String>().replace('T', " ");
        facts.push(format!("{} to {} UTC", minute(from), minute(to)));
    }
    facts.push(format!("prices of {} at {}", lists.join(" over "), report.prices.as_of));
    let facts = look.paragraph("", &harmless(&facts.join(" · ")));
    format!("{}\n{}\n", look.bold(&harmless(title)), look.dim(facts.trim_end()))
}

fn money(report: &ReplayReport, amount: &Exact) -> String {
    display::money(amount, &report.currency)
}

/// A number of percent with its sign.
fn signed(percent: &Exact) -> String {
    let sign = if percent.is_negative() || percent.is_zero() { "" } else { "+" };
    let share = percent.checked_div(&Exact::from(100)).unwrap_or(Exact::ZERO);
    if percent.is_zero() { "0%".to_owned() } else { format!("{sign}{}", display::percent(&share, 1)) }
}

fn strategies(report: &ReplayReport, look: Look) -> String {
    let several = report.strategies.len() > 1;
    let means = report.strategies.iter().any(|strategy| strategy.estimate.is_some());
    let stated = report.strategies.iter().any(|strategy| strategy.of_scenario.is_some());
    let mut columns = vec![Column::text("Strategy"), Column::number("total")];
    if several {
        columns.push(Column::number("saves").spare(4));
    }
    if means {
        columns.push(Column::number("by means").spare(3));
    }
    if stated {
        columns.push(Column::number("as stated").spare(2));
    }
    let row = |strategy: &StrategyReplay| {
        let least = if strategy.at_least { "at least " } else { "" };
        let mut cells = vec![harmless(&strategy.name), format!("{least}{}", money(report, &strategy.total))];
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        if several {
            cells.push(or_dash(strategy.savings_percent.as_ref().map(|saves| {
                let share = saves.checked_div(&Exact::from(100)).unwrap_or(Exact::ZERO);
                if saves.is_zero() { "0%".to_owned() } else { display::percent(&share, 1) }
            })));
        }
        if means {
            cells.push(or_dash(strategy.estimate.as_ref().and_then(|of| of.error_percent.as_ref()).map(signed)));
        }
        if stated {
            cells.push(or_dash(strategy.of_scenario.as_ref().and_then(|of| of.error_percent.as_ref()).map(signed)));
        }
        (cells, strategy.relative_cost.clone())
    };
    let rows = report.strategies.iter().map(row).collect();
    let mut out = format!("\n{}", Sheet { columns, rows, least_bar: 8, widest_bar: 40 }.draw(look));
    for strategy in &report.strategies {
        if let Some(sample) = &strategy.sample {
            let text = format!(
                "{}: estimated from {} of {} requests; 95 times of 100 the total lies from {} to {}.",
                harmless(&strategy.name),
                display::count(&sample.requests),
                display::count(&sample.of),
                money(report, &sample.low),
                money(report, &sample.high),
            );
            out.push_str(&look.paragraph("  ", &text));
        }
    }
    let mut legend = Vec::new();
    if means {
        legend.push("by means: how far off the total is where every call of a model has its mean length");
    }
    if stated {
        legend.push("as stated: where the scenario's own workload is multiplied by the number of requests");
    }
    if !look.quiet && !legend.is_empty() {
        out.push_str(&look.dim(look.paragraph("  ", &format!("{}.", legend.join("; "))).trim_end()));
        out.push('\n');
    }
    out
}

fn spending(report: &ReplayReport, look: Look) -> String {
    let mut rows = Vec::new();
    for strategy in &report.strategies {
        let mut name = Some(harmless(&strategy.name));
        let mut put = |item: String, events: &Exact, cost: &Exact| {
            let share = cost.checked_div(&strategy.total).unwrap_or(Exact::ZERO);
            let of = if share.is_zero() { "0%".to_owned() } else { display::percent(&share, 1) };
            let first = name.take().unwrap_or_default();
            rows.push((vec![first, item, display::count(events), money(report, cost), of], share));
        };
        for model in strategy.by_model.iter().take(MOST_MODELS) {
            put(harmless(&model.model), &model.requests, &model.cost);
        }
        let rest = strategy.by_model.get(MOST_MODELS..).unwrap_or_default();
        if !rest.is_empty() {
            let sum = |of: fn(&crate::replay::ModelCost) -> &Exact| rest.iter().map(of).sum::<Exact>();
            put(format!("{} other models", rest.len()), &sum(|model| &model.requests), &sum(|model| &model.cost));
        }
        for fee in &strategy.fees {
            put(harmless(&fee.fee), &fee.events, &fee.cost);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let columns = vec![
        Column::text("Strategy"),
        Column::text("Item"),
        Column::number("calls").spare(2),
        Column::number("cost"),
        Column::number("share").spare(3),
    ];
    let sheet = Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look);
    format!("{}{sheet}", section("Where the money goes", look))
}

fn breakdowns(report: &ReplayReport, look: Look) -> String {
    let mut out = String::new();
    for breakdown in &report.by {
        let mut columns = vec![Column::text(harmless(&breakdown.by)), Column::number("requests").spare(1)];
        columns.extend(report.strategies.iter().map(|strategy| Column::number(harmless(&strategy.name))));
        let most = breakdown.values.iter().filter_map(|value| value.costs.first()).max().cloned();
        let most = most.filter(|most| !most.is_zero()).unwrap_or(Exact::ONE);
        let row = |value: &crate::replay::ValueCost| {
            let shown = if value.value.is_empty() { "(empty)".to_owned() } else { harmless(&value.value) };
            let mut cells = vec![shown, display::count(&value.requests)];
            cells.extend(value.costs.iter().map(|cost| money(report, cost)));
            let share = value.costs.first().and_then(|cost| cost.checked_div(&most));
            (cells, share.unwrap_or(Exact::ZERO))
        };
        let rows = breakdown.values.iter().take(MOST_VALUES).map(row).collect();
        out.push_str(&section(&format!("By {}", harmless(&breakdown.by)), look));
        out.push_str(&Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look));
        let more = breakdown.values.len().saturating_sub(MOST_VALUES);
        if more > 0 {
            let text = format!("{more} more are in `--format json` and `--format csv`.");
            out.push_str(&look.dim(look.paragraph("  ", &text).trim_end()));
            out.push('\n');
        }
    }
    out
}

fn served(report: &ReplayReport, look: Look) -> String {
    let Some(prefix) = report.prefix_cache.as_ref().filter(|prefix| !prefix.served.is_empty()) else {
        return String::new();
    };
    let share = |share: &Exact| if share.is_zero() { "0%".to_owned() } else { display::percent(share, 2) };
    let rows = prefix.served.iter().map(|cache| {
        let cells = vec![
            if cache.limit.ends_with(|sign: char| sign.is_ascii_digit() || "kMB".contains(sign)) {
                format!("{} blocks", cache.limit)
            } else {
                cache.limit.clone()
            },
            share(&cache.by_token),
            share(&cache.by_block),
            share(&cache.by_request),
            share(&cache.mean_of_ratios),
        ];
        (cells, cache.by_token.clone())
    });
    let columns = vec![
        Column::text("Cache of"),
        Column::number("tokens"),
        Column::number("blocks").spare(3),
        Column::number("requests").spare(2),
        Column::number("mean ratio").spare(1),
    ];
    let title = match &prefix.block {
        Some(block) => format!("Prefix caches: what is hit, in blocks of {} tokens", display::count(block)),
        None => "Prefix caches: what is hit, by session".to_owned(),
    };
    let sheet = Sheet { columns, rows: rows.collect(), least_bar: 4, widest_bar: 24 }.draw(look);
    let text = "Only the share of tokens prices money; the others are those that papers and dashboards quote.";
    format!("{}{sheet}{}\n", section(&title, look), look.dim(look.paragraph("  ", text).trim_end()))
}

/// Of each lifetime the cheapest option, cheapest first.
fn best(advice: &Advice) -> Vec<&CacheOption> {
    let mut found: Vec<&CacheOption> = Vec::new();
    for option in &advice.options {
        if !found.iter().any(|known| known.ttl == option.ttl) {
            found.push(option);
        }
    }
    found
}

fn advice(report: &ReplayReport, look: Look) -> String {
    let Some(prefix) = report.prefix_cache.as_ref().filter(|prefix| !prefix.advice.is_empty()) else {
        return String::new();
    };
    let mut rows = Vec::new();
    for advice in &prefix.advice {
        let best = best(advice);
        let most = best.iter().map(|option| &option.cost).max().cloned().unwrap_or(Exact::ONE);
        for (index, option) in best.into_iter().enumerate() {
            let place = match (&option.breakpoint_blocks, option.ttl.as_str()) {
                (_, "off") => "-".to_owned(),
                (Some(blocks), _) => format!("after {} blocks", display::count(blocks)),
                (None, _) => "at the end".to_owned(),
            };
            let saves = option.saves_percent.as_ref().map_or_else(
                || "-".to_owned(),
                |saves| {
                    let share = saves.checked_div(&Exact::from(100)).unwrap_or(Exact::ZERO);
                    if saves.is_zero() { "0%".to_owned() } else { display::percent(&share, 2) }
                },
            );
            let name = if index == 0 { harmless(&advice.strategy) } else { String::new() };
            let cells = vec![name, option.ttl.clone(), place, money(report, &option.cost), saves];
            rows.push((cells, option.cost.checked_div(&most).unwrap_or(Exact::ZERO)));
        }
    }
    let columns = vec![
        Column::text("Strategy"),
        Column::text("cache"),
        Column::text("breakpoint"),
        Column::number("total"),
        Column::number("saves").spare(1),
    ];
    let sheet = Sheet { columns, rows, least_bar: 4, widest_bar: 24 }.draw(look);
    format!("{}{sheet}", section("The provider's prompt cache, cheapest first", look))
}

fn demand(report: &ReplayReport, look: Look) -> String {
    let Some(demand) = &report.demand else { return String::new() };
    let rows = demand.bursts.iter().map(|burst| {
        let times = |factor: &Exact| format!("{} x", display::precise(factor, 2));
        let cells = vec![
            format!("{} s", display::count(&burst.seconds)),
            display::count(&burst.most_requests),
            times(&burst.peak_to_mean),
            burst.output_peak_to_mean.as_ref().map_or_else(|| "-".to_owned(), times),
            burst.replicas_where_mean_needs_10.as_ref().map_or_else(|| "-".to_owned(), display::count),
        ];
        (cells, Exact::ZERO)
    });
    let columns = vec![
        Column::text("Window"),
        Column::number("most requests"),
        Column::number("over mean"),
        Column::number("output over mean").spare(2),
        Column::number("GPUs, 10 for the mean").spare(1),
    ];
    let sheet = Sheet { columns, rows: rows.collect(), least_bar: 99, widest_bar: 0 }.draw(look);
    let mean = format!("Demand: {} requests a second in the mean", display::count(&demand.per_second));
    format!("{}{sheet}", section(&mean, look))
}

fn notes(report: &ReplayReport, look: Look) -> String {
    let mut out = String::new();
    let mut put = |title: &str, texts: Vec<String>| {
        if !texts.is_empty() {
            out.push_str(&section(title, look));
            out.extend(texts.iter().map(|text| look.paragraph("- ", &harmless(text))));
        }
    };
    let mut gaps = Vec::new();
    for strategy in &report.strategies {
        for estimate in [&strategy.estimate, &strategy.of_scenario].into_iter().flatten() {
            if estimate.error_percent.as_ref().is_none_or(Exact::is_zero) {
                continue;
            }
            gaps.extend(estimate.because.iter().map(|text| format!("{}: {text}", strategy.name)));
        }
    }
    put("Why means are off", gaps);
    let unpriced = report.unpriced.iter().map(|of| {
        format!(
            "{}: {} requests of {} have no price and are in no total: {} (first: {})",
            of.strategy,
            display::count(&of.requests),
            of.model,
            of.reason,
            of.first
        )
    });
    put("Not priced", unpriced.collect());
    let bad = report.log.bad_rows.iter().map(|bad| {
        let column = bad.column.as_ref().map_or_else(String::new, |column| format!("`{column}`: "));
        format!("{} rows: {column}{} (first: {})", display::count(&bad.rows), bad.reason, bad.first)
    });
    put("Passed over", bad.collect());
    put("Warnings", report.warnings.iter().map(|warning| format!("[{}] {}", warning.code, warning.message)).collect());
    let mut assumptions = report.assumptions.clone();
    for strategy in &report.strategies {
        for text in &strategy.assumptions {
            let text = if report.strategies.len() > 1 { format!("{}: {text}", strategy.name) } else { text.clone() };
            if !assumptions.contains(&text) {
                assumptions.push(text);
            }
        }
    }
    put("Assumptions", assumptions);
    out
}
