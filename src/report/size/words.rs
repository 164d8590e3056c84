//! All wording of a sizing: why an option is taken, what its flags mean, what the figures leave out.

use crate::hosting::memory::{USABLE_PERCENT, weights};
use crate::hosting::size::{Choice, Flag, Request, Sizing};
use crate::hosting::throughput::{Confidence, Origin};
use crate::hosting::{Format, catalogue};
use crate::report::Warning;
use crate::units::{Exact, display};

/// What to take and why, or why nothing.
pub(super) fn reason(request: &Request<'_>, sizing: &Sizing<'_>) -> String {
    let Some(choice) = sizing.recommended.and_then(|index| sizing.choices.get(index)) else {
        return nothing(request, sizing);
    };
    let hourly = choice.package.as_ref().map_or_else(String::new, |package| money(&package.usd_per_hour));
    let Some((rate, usd)) = choice.tokens_per_second().zip(choice.usd_per_million.as_ref()) else {
        let mut text = format!(
            "Take {}: of what holds {} GB with room to grow it costs least, {hourly} an hour.",
            named(choice),
            gb(&choice.needs.total, 2)
        );
        if let Some(tight) = cheaper_but_tight(choice, sizing) {
            text.push(' ');
            text.push_str(&tight);
        }
        return text;
    };
    let among = if request.slo.is_empty() { "fits" } else { "fits and keeps the latencies" };
    let in_flight = choice.speed.as_ref().map_or_else(String::new, |speed| {
        let requests = if speed.concurrency == 1 { "request" } else { "requests" };
        format!(" with {} {requests} in flight", display::count(&u64::from(speed.concurrency).into()))
    });
    let mut text = format!(
        "Take {}: of what {among} it costs least per output token. {hourly} an hour buys {}{in_flight}: {} per 1M{}.",
        named(choice),
        rates(choice, rate),
        display::rough_money(usd),
        range_of_money(choice, usd, rate),
    );
    if choice.flags.contains(&Flag::AboveHardware) {
        text.push_str(" That rate is more than the hardware can do.");
    }
    if choice.confidence() == Some(Confidence::Extrapolated) {
        text.push_str(&format!(" No {} was measured, so this is extrapolated", choice.gpu.name));
        let measured = sizing.measured.and_then(|index| sizing.choices.get(index));
        match measured.and_then(|other| Some((other, other.usd_per_million.as_ref()?))) {
            Some((other, usd)) => {
                text.push_str(&format!(
                    "; the best option with measurements behind it is {} at {} per 1M.",
                    named(other),
                    display::rough_money(usd)
                ));
            }
            None => text.push_str(", as is every other option here."),
        }
    }
    text
}

/// Why nothing is recommended.
fn nothing(request: &Request<'_>, sizing: &Sizing<'_>) -> String {
    let Some(first) = sizing.choices.first() else {
        return "Nothing is recommended: nobody sells any of these cards this way.".to_owned();
    };
    if first.flags.contains(&Flag::KvCliff) && request.memory.is_some() {
        return format!("Nothing is recommended: what holds {} GB holds it only just.", gb(&first.needs.total, 2));
    }
    if !first.fits {
        let (wanted, fit) = (request.concurrency.unwrap_or(1), first.sequences.unwrap_or(0));
        return format!(
            "Nothing is recommended: no option holds {wanted} requests at once. {} holds {fit}; the others would wait.",
            named(first)
        );
    }
    if first.flags.contains(&Flag::MissesSlo) {
        let reached = first.speed.as_ref().map_or_else(String::new, |speed| {
            let (tpot, ttft) = (display::count(&speed.tpot_ms), display::count(&speed.ttft_ms));
            let single = if request.concurrency.is_none() { " for a single request" } else { "" };
            format!("; {} has TPOT {tpot} ms and TTFT {ttft} ms{single}", named(first))
        });
        return format!("Nothing is recommended: every option that fits misses the latencies{reached}.");
    }
    let name = named(first);
    format!("Nothing is recommended: nobody sells what fits this way. {name} would do; state `--usd-per-gpu-hour`.")
}

/// A cheaper option that holds a stated need only just.
fn cheaper_but_tight(taken: &Choice<'_>, sizing: &Sizing<'_>) -> Option<String> {
    let per_hour = |choice: &Choice<'_>| choice.package.as_ref().map(|package| package.usd_per_hour.clone());
    let tight = sizing.choices.iter().find(|choice| choice.fits && choice.flags.contains(&Flag::KvCliff))?;
    let price = per_hour(tight).filter(|price| per_hour(taken).is_some_and(|taken| *price < taken))?;
    let share = tight.needs.total.checked_div(&tight.usable)?;
    let of = display::percent(&share, 0);
    Some(format!(
        "{} is cheaper ({} an hour) and fits on paper, but {of} of what it reports is in use.",
        named(tight),
        money(&price)
    ))
}

/// What the flags of the options mean, each once.
pub(super) fn warnings(request: &Request<'_>, sizing: &Sizing<'_>) -> Vec<Warning> {
    let raised = Flag::ALL.into_iter().filter_map(|flag| {
        let choice = sizing.choices.iter().find(|choice| choice.flags.contains(&flag))?;
        Some(Warning { code: flag.name().into(), message: meaning(flag, choice, request) })
    });
    raised.collect()
}

fn meaning(flag: Flag, choice: &Choice<'_>, request: &Request<'_>) -> String {
    let stated_need = request.memory.is_some();
    match flag {
        Flag::DoesNotFit if stated_need => "the need is more than the cards report".to_owned(),
        Flag::DoesNotFit => "weights and one request are more than the cards may use".to_owned(),
        Flag::KvCliff if stated_need => format!(
            "{} reports {} GB, of which engines take {USABLE_PERCENT}%: a need above that fits on paper, with nothing left for caches that grow",
            named(choice),
            gb(&choice.usable, 1),
        ),
        Flag::KvCliff => {
            "weights take more than 75% of the usable memory, or requests more than 80% of the room for caches: a few longer requests and others wait"
                .to_owned()
        }
        Flag::BelowComputed => format!(
            "the stated need is below the computed one ({} GB on {})",
            choice.needs.computed.as_ref().map_or_else(String::new, |parts| gb(&parts.total(), 1)),
            named(choice),
        ),
        Flag::Queues => "not all requests in flight fit at once; the others wait, which TTFT shows".to_owned(),
        Flag::MissesSlo => "a latency is missed".to_owned(),
        Flag::PrefillBound => "reading prompts takes more than half of the time; such estimates are off by more".to_owned(),
        Flag::Extrapolated => "no card of this kind was measured: wider interval, and the order may be wrong too".to_owned(),
        Flag::AboveEstimate => "the stated throughput is above the interval of the estimate".to_owned(),
        Flag::AboveHardware => above_hardware(choice),
        Flag::Unpacked => "the card does not compute this format: weights are unpacked and run at 16-bit speed".to_owned(),
        Flag::IdleGpus => "sold in larger packages only: the replica pays for cards that it does not use".to_owned(),
        Flag::SeveralInstances => {
            "nobody sells that many in one instance; the network between instances is not modelled".to_owned()
        }
        Flag::BeyondNode => "more cards than a node has; links between nodes are not modelled".to_owned(),
        Flag::UnevenSplit => "the model's heads do not divide by the number of cards; most engines refuse that".to_owned(),
        Flag::NoPrice => "nobody in the catalogue sells it this way; `--usd-per-gpu-hour` states a price".to_owned(),
        Flag::WeakPrice => "the price is recalled or at third hand (quality C): ask before you count on it".to_owned(),
    }
}

/// Why a stated throughput cannot be had.
fn above_hardware(choice: &Choice<'_>) -> String {
    let computed = choice.needs.computed.as_ref();
    let bandwidth = Exact::estimate(choice.gpu.bandwidth, 15).map(|one| &one * &Exact::from(u64::from(choice.gpus)));
    let stream = computed.zip(bandwidth.as_ref()).and_then(|(parts, bandwidth)| bandwidth.checked_div(&parts.weights));
    let number = |value: Option<&Exact>| value.map_or_else(|| "-".to_owned(), |value| display::count(&value.round(0)));
    let speed = choice.speed.as_ref();
    format!(
        "{} tok/s is beyond {}: every step reads {} GB of weights at {} GB/s, so one stream makes at most {} tok/s; {} sequences fit at once, together at most {} tok/s at the full rates of the data sheet. The estimate is {} ({} to {})",
        number(choice.stated.as_ref()),
        named(choice),
        computed.map_or_else(String::new, |parts| gb(&parts.weights, 2)),
        bandwidth.map_or_else(String::new, |bandwidth| gb(&bandwidth, 0)),
        number(stream.as_ref()),
        choice.sequences.map_or_else(String::new, |sequences| display::count(&sequences.into())),
        number(choice.ceiling.as_ref()),
        number(speed.map(|speed| &speed.tokens_per_second)),
        number(speed.map(|speed| &speed.interval.0)),
        number(speed.map(|speed| &speed.interval.1)),
    )
}

/// What the figures leave out.
pub(super) fn notes(request: &Request<'_>, sizing: &Sizing<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(stated) = &request.memory {
        found.push(format!(
            "{} GB is the whole need as stated; nothing is added. It is held against what the cards report",
            gb(stated, 2)
        ));
        found.push(
            "waste leaves out that engines take 90% of what a card reports, and that caches grow with every request; spare memory holds caches, hence more requests and cheaper tokens. With `--model` options are ranked by USD per 1M tokens"
                .to_owned(),
        );
        if request.model.is_none() {
            found.push(quantized(stated));
        }
        return found;
    }
    let measured = |choice: &Choice<'_>| choice.confidence() == Some(Confidence::Measured);
    let near = |choice: &Choice<'_>| choice.confidence() == Some(Confidence::Near);
    found.push(
        "rates and latencies are estimates: four of five measured rates lie within the interval. No speculative decoding, no prefix cache"
            .to_owned(),
    );
    if request.model.as_ref().is_some_and(|served| served.formats.len() > 1) {
        found.push(
            "precisions are compared by cost; a smaller one may answer worse, which is not part of this".to_owned(),
        );
    }
    if sizing.choices.iter().any(measured) {
        found.push("measured: a row of the very configuration in place of an estimate".to_owned());
    }
    if sizing.choices.iter().any(near) {
        found.push("near: drawn towards measured rows of the same model, format and card".to_owned());
    }
    found.extend(own_rows(sizing));
    found.extend(left_out(request, sizing));
    if request.slo.ttft.is_some() {
        found.push(
            "TTFT is weak: half of the estimates are off by more than 50%; measure before you promise it".to_owned(),
        );
    }
    found
}

/// Which cards a user's own rows recalibrate.
fn own_rows(sizing: &Sizing<'_>) -> Option<String> {
    let mut cards: Vec<String> = Vec::new();
    for choice in &sizing.choices {
        if let Some(Origin::Own { rows }) = choice.speed.as_ref().map(|speed| speed.origin) {
            let plural = if rows == 1 { "row" } else { "rows" };
            let text = format!("{} ({rows} {plural})", choice.gpu.name);
            if !cards.contains(&text) {
                cards.push(text);
            }
        }
    }
    (!cards.is_empty())
        .then(|| format!("recalibrated: your own measurements put one factor on all estimates of {}", cards.join(", ")))
}

/// Cards and numbers of cards that were not tried.
fn left_out(request: &Request<'_>, sizing: &Sizing<'_>) -> Vec<String> {
    let Some(served) = &request.model else { return Vec::new() };
    let mut found = Vec::new();
    let tried = |id: &str| sizing.choices.iter().any(|choice| choice.gpu.id == id);
    let cards = request.gpus.iter().filter(|gpu| !tried(&gpu.id)).map(|gpu| gpu.name.as_str()).collect::<Vec<_>>();
    if !cards.is_empty() {
        let formats = served.formats.iter().map(|format| format.name()).collect::<Vec<_>>();
        found.push(format!("left out, as they cannot compute {}: {}", formats.join(", "), cards.join(", ")));
    }
    let uneven = |gpus: &u32| request.per_replica.is_none() && !served.model.heads.is_multiple_of(*gpus);
    let counts: Vec<String> = [2_u32, 4, 8].iter().filter(|gpus| uneven(gpus)).map(ToString::to_string).collect();
    if !counts.is_empty() {
        found.push(format!(
            "not tried on {} cards: {} heads do not divide by that",
            counts.join(", "),
            served.model.heads
        ));
    }
    found
}

/// The arithmetic of quantising a stated need, and what it leaves out.
fn quantized(stated: &Exact) -> String {
    let part = |of: u64| stated.checked_div(&Exact::from(of)).map_or_else(String::new, |bytes| gb(&bytes, 2));
    let real = catalogue::open_model("llama-3-8b").map_or_else(String::new, |model| {
        let of = |format| gb(&weights(model, format).total(), 2);
        let (full, packed) = (of(Format::Fp16), of(Format::Int4));
        format!(": the weights of Llama-3-8B go from {full} GB to {packed} GB in int4, not to a quarter")
    });
    format!(
        "if all of it were 16-bit weights, fp8 would take {} GB and int4 {} GB; but caches do not shrink with the weights, and embeddings and scales stay{real}",
        part(2),
        part(4),
    )
}

/// `2 x H100 SXM in fp8`
fn named(choice: &Choice<'_>) -> String {
    let format = choice.format.map_or_else(String::new, |format| format!(" in {}", format.name()));
    format!("{} x {}{format}", choice.gpus, choice.gpu.name)
}

/// A rate with its interval.
fn rates(choice: &Choice<'_>, rate: &Exact) -> String {
    match choice.interval().filter(|(low, high)| low != high) {
        Some((low, high)) => {
            format!("about {} output tok/s ({} to {})", display::count(rate), display::count(low), display::count(high))
        }
        None => format!("{} output tok/s as stated", display::count(rate)),
    }
}

fn range_of_money(choice: &Choice<'_>, usd: &Exact, rate: &Exact) -> String {
    let at = |other: &Exact| (usd * rate).checked_div(other).map(|usd| display::rough_money(&usd));
    let ends = choice.interval().filter(|(low, high)| low != high);
    match ends.and_then(|(low, high)| Some((at(high)?, at(low)?))) {
        Some((cheap, dear)) => format!(" ({cheap} to {dear})"),
        None => String::new(),
    }
}

fn money(usd: &Exact) -> String {
    display::money(usd, "USD")
}

/// 10^9 bytes with up to `most` decimals.
pub(super) fn gb(bytes: &Exact, most: usize) -> String {
    display::precise(&(bytes * &Exact::ratio(1, 1_000_000_000).unwrap_or(Exact::ZERO)), most)
}
