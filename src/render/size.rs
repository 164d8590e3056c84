//! A sizing as text: the options, the one to take and why, what it needs, what to look out for.

use super::sheet::{Column, Sheet};
use super::style::{Look, harmless};
use crate::report::{Estimated, NeedsReport, OptionReport, SizeReport};
use crate::units::{Exact, display};

/// The whole report.
pub fn sizes(report: &SizeReport, look: Look) -> String {
    let mut out = head(report, look);
    out.push_str(&options(report, look));
    out.push('\n');
    let reason = look.paragraph("", &harmless(&report.reason));
    let painted =
        if report.recommended.is_some() { look.good(reason.trim_end()) } else { look.careful(reason.trim_end()) };
    out.push_str(&painted);
    out.push('\n');
    if look.quiet {
        return out;
    }
    out.push_str(&needs(report, look));
    out.push_str(&warnings(report, look));
    for (title, texts) in [("Notes", &report.notes), ("Assumptions", &report.assumptions)] {
        if !texts.is_empty() {
            out.push_str(&section(title, look));
            out.extend(texts.iter().map(|text| look.paragraph("- ", &harmless(text))));
        }
    }
    out
}

fn section(title: &str, look: Look) -> String {
    format!("\n{}\n", look.bold(title))
}

fn head(report: &SizeReport, look: Look) -> String {
    let (title, facts) = head_in_words(report);
    let facts = look.paragraph("", &facts);
    format!("{}\n{}\n", look.bold(&harmless(&title)), look.dim(facts.trim_end()))
}

/// What is sized, and for which traffic and prices.
pub(super) fn head_in_words(report: &SizeReport) -> (String, String) {
    let request = &report.request;
    let mut facts = Vec::new();
    if let (Some(input), Some(output)) = (&request.input, &request.output) {
        facts.push(format!("{} tokens in, {} out", display::count(input), display::count(output)));
        facts.push(match request.concurrency {
            Some(1) => "1 request in flight".to_owned(),
            Some(requests) => format!("{} requests in flight", display::count(&u64::from(requests).into())),
            None => "as many requests in flight as fit".to_owned(),
        });
    }
    for (name, limit) in [("TTFT", &request.ttft_ms), ("TPOT", &request.tpot_ms)] {
        facts.extend(limit.as_ref().map(|limit| format!("{name} at most {}", milliseconds(limit))));
    }
    facts.push(match (&request.usd_per_gpu_hour, request.purchase) {
        (Some(usd), _) => format!("{} per GPU and hour as stated", display::money(usd, "USD")),
        (None, purchase) => format!("{} prices of {}", purchase.replace('_', " "), report.prices.as_of),
    });
    let title = match (&report.model, &request.memory_bytes) {
        (Some(model), Some(bytes)) => format!("{model}, {} GB as stated", gb(bytes)),
        (Some(model), None) => model.clone(),
        (None, Some(bytes)) => format!("{} GB as stated", gb(bytes)),
        (None, None) => String::new(),
    };
    (title, facts.join(" · "))
}

fn options(report: &SizeReport, look: Look) -> String {
    let has = |of: fn(&OptionReport) -> bool| report.options.iter().any(of);
    let precisions = report.request.precisions.len() > 1;
    let rates = has(|option| option.output_tokens_per_second.is_some());
    let latencies = has(|option| option.tpot_ms.is_some());
    let flags = report.shown.iter().filter_map(|shown| report.options.get(shown.option)).any(|o| !o.flags.is_empty());
    let mut columns = vec![Column::text("GPUs")];
    let when = |is: bool, column: Column, columns: &mut Vec<Column>| {
        if is {
            columns.push(column);
        }
    };
    when(precisions, Column::number("weights"), &mut columns);
    columns.push(Column::number("per hour"));
    when(rates, Column::number("tok/s"), &mut columns);
    when(rates, Column::number("80% interval").spare(3), &mut columns);
    when(latencies, Column::number("TPOT").spare(6), &mut columns);
    when(latencies, Column::number("TTFT").spare(4), &mut columns);
    when(latencies, Column::number("in flight").spare(2), &mut columns);
    when(rates, Column::number("per 1M out"), &mut columns);
    columns.push(if rates { Column::number("waste").spare(5) } else { Column::number("waste") });
    when(latencies, Column::number("binds").spare(4), &mut columns);
    when(flags, Column::text("look out for").spare(1), &mut columns);
    let row = |option: &OptionReport, taken: bool| {
        let mark = if taken { "✓" } else { " " };
        let mut cells = vec![format!("{mark} {} x {}", option.gpus, option.name)];
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let rounded = |value: &Option<Estimated>| or_dash(value.as_ref().map(|value| estimate(&value.0)));
        let ms = |value: &Option<Estimated>| or_dash(value.as_ref().map(|value| milliseconds(&value.0)));
        let usd = |value: &Option<Exact>| or_dash(value.as_ref().map(|value| display::money(value, "USD")));
        let mut put = |is: bool, text: String| {
            if is {
                cells.push(text);
            }
        };
        put(precisions, or_dash(option.precision.map(str::to_owned)));
        put(true, usd(&option.usd_per_hour));
        put(rates, rounded(&option.output_tokens_per_second));
        put(rates, or_dash(interval(option)));
        put(latencies, ms(&option.tpot_ms));
        put(latencies, ms(&option.ttft_ms));
        put(latencies, or_dash(option.concurrency.map(|requests| display::count(&u64::from(requests).into()))));
        put(rates, or_dash(option.usd_per_million_output_tokens.as_ref().map(display::rough_money)));
        put(true, format!("{}%", display::precise(&option.waste_percent, 2.min(decimals(&option.waste_percent)))));
        put(latencies, or_dash(option.binding.map(str::to_owned)));
        put(flags, option.flags.join(", "));
        cells
    };
    let taken = report.recommended.as_ref().map(|taken| taken.option);
    let shown = report.shown.iter().filter_map(|shown| Some((shown, report.options.get(shown.option)?)));
    let rows =
        shown.map(|(shown, option)| (row(option, taken == Some(shown.option)), shown.relative_cost.clone())).collect();
    let mut out = format!("\n{}", Sheet { columns, rows, least_bar: 6, widest_bar: 24 }.draw(look));
    let hidden = report
        .options
        .iter()
        .filter(|option| option.missing_bytes.is_none() || !option.flags.contains(&"does-not-fit"));
    let hidden = hidden.count().saturating_sub(report.shown.len());
    if hidden > 0 {
        let text = format!("{hidden} more options are in `--format json` and `--format csv`.");
        out.push_str(&look.dim(look.paragraph("  ", &text).trim_end()));
        out.push('\n');
    }
    if !report.too_small.is_empty() {
        let text = format!("Nothing fits on {}.", report.too_small.join(", "));
        out.push_str(&look.dim(look.paragraph("  ", &text).trim_end()));
        out.push('\n');
    }
    out
}

/// The interval of the rate of a replica, unless it was stated.
fn interval(option: &OptionReport) -> Option<String> {
    let interval = option.interval.as_ref().filter(|interval| interval.low != interval.high)?;
    let gpus = Exact::from(u64::from(option.gpus));
    let end = |rate: &Estimated| estimate(&(&rate.0 * &gpus));
    Some(format!("{} - {}", end(&interval.low), end(&interval.high)))
}

/// Memory and money of the recommended option, else of the first.
fn needs(report: &SizeReport, look: Look) -> String {
    let index = report.recommended.as_ref().map_or(0, |taken| taken.option);
    let (Some(option), Some(needs)) = (report.options.get(index), &report.needs) else { return String::new() };
    let format = option.precision.map_or_else(String::new, |format| format!(" in {format}"));
    let mut out = section(&format!("What {} x {}{format} takes", option.gpus, option.name), look);
    let mut row = |name: &str, amount: &str, what: &str| {
        let line = look.paragraph(&format!("  {name:<10}{amount:>12}  "), &harmless(what));
        out.push_str(&format!("{}\n", line.trim_end()));
    };
    for (name, bytes, what) in parts(needs, option.precision) {
        row(name, &format!("{} GB", gb(bytes)), &what);
    }
    let free = display::precise(&option.waste_percent, 2);
    row(
        "in all",
        &format!("{} GB", gb(&needs.total_bytes)),
        &format!(
            "of {} GB {}; waste {free}% of the nominal {} GB",
            gb(&option.usable_bytes),
            if needs.weights_bytes.is_some() {
                "that engines may use (90% of what the cards report)"
            } else {
                "that the cards report"
            },
            gb(&option.nominal_bytes),
        ),
    );
    if let Some(usd) = &option.usd_per_hour {
        row("an hour", &display::money(usd, "USD"), &bought(option));
    }
    if let Some(usd) = &option.usd_per_month {
        row("a month", &display::money(usd, "USD"), "of 30 days, always on");
    }
    out
}

fn parts<'a>(needs: &'a NeedsReport, precision: Option<&str>) -> Vec<(&'static str, &'a Exact, String)> {
    let mut found = Vec::new();
    let weights = match precision {
        Some("fp16" | "bf16") | None => "16 bit",
        Some(_) => "embeddings and output head in 16 bit",
    };
    if let Some(bytes) = &needs.weights_bytes {
        found.push(("weights", bytes, weights.to_owned()));
    }
    if let (Some(bytes), Some(sequences), Some(tokens), Some(per_token)) =
        (&needs.kv_bytes, needs.sequences, &needs.tokens_per_sequence, &needs.kv_bytes_per_token)
    {
        let requests = if sequences == 1 { "request" } else { "requests" };
        let mut text = format!(
            "{} {requests} of {} tokens at {} bytes",
            display::count(&u64::from(sequences).into()),
            display::count(tokens),
            display::count(per_token),
        );
        if let Some(windowed) = needs.kv_bytes_per_token_in_window.as_ref().filter(|bytes| !bytes.is_zero()) {
            text.push_str(&format!(" + {} in layers with a window", display::count(windowed)));
        }
        if let Some(copies) = needs.kv_copies.as_ref().filter(|copies| **copies != Exact::ONE) {
            text.push_str(&format!(", held {} times", display::count(copies)));
        }
        found.push(("KV cache", bytes, text));
    }
    if let Some(bytes) = &needs.overhead_bytes {
        found.push(("reserve", bytes, "3 GB a card for activations, graphs and communication".to_owned()));
    }
    found
}

fn bought(option: &OptionReport) -> String {
    let Some(offer) = &option.offer else { return "as stated".to_owned() };
    let instance = offer.instance.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    let times = if offer.count == 1 { String::new() } else { format!("{} x ", offer.count) };
    let cards = option.gpus_bought.as_ref().map_or_else(String::new, display::count);
    format!(
        "{times}{}{instance}, {}: {cards} GPU{} for {} used; price of {}, quality {} ({})",
        offer.provider,
        offer.purchase.replace('_', " "),
        if cards == "1" { "" } else { "s" },
        option.gpus,
        offer.as_of,
        offer.quality,
        offer.source,
    )
}

/// Warnings of the options that are shown, each with the options that raise it.
fn warnings(report: &SizeReport, look: Look) -> String {
    let shown: Vec<&OptionReport> = report.shown.iter().filter_map(|shown| report.options.get(shown.option)).collect();
    let mut out = String::new();
    for warning in &report.warnings {
        let raised: Vec<&&OptionReport> =
            shown.iter().filter(|option| option.flags.contains(&&*warning.code)).collect();
        if raised.is_empty() {
            continue;
        }
        let mut names: Vec<&str> = Vec::new();
        for option in &raised {
            if !names.contains(&option.name.as_str()) {
                names.push(&option.name);
            }
        }
        let who = if raised.len() == shown.len() { "all".to_owned() } else { names.join(", ") };
        let text = harmless(&format!("[{}] {who}: {}", warning.code, warning.message));
        out.push_str(&look.careful(look.paragraph("! ", &text).trim_end()));
        out.push('\n');
    }
    if out.is_empty() { out } else { format!("{}{out}", section("Look out for", look)) }
}

fn gb(bytes: &Exact) -> String {
    display::precise(&(bytes * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), 2)
}

/// An estimate of three digits.
fn estimate(value: &Exact) -> String {
    display::precise(value, if *value < Exact::from(100) { 1 } else { 0 })
}

/// `12.3 ms`, `1.25 s`
fn milliseconds(value: &Exact) -> String {
    if *value >= Exact::from(1_000) {
        return format!("{} s", display::precise(&(value * &Exact::ratio(1, 1_000).unwrap_or(Exact::ZERO)), 2));
    }
    format!("{} ms", display::precise(value, if *value < Exact::from(100) { 1 } else { 0 }))
}

/// Decimals worth showing of a percentage: more where it is exact.
fn decimals(percent: &Exact) -> usize {
    percent.decimals().map_or(1, |decimals| if decimals <= 2 { decimals } else { 1 })
}
