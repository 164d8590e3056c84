//! Integer prices against the bill in rationals: random lists, random requests, every day and hour.

use std::fmt::Write;

use llmcost::pricing::{Compiled, Cost, Missing, Moment, NoCost, Problem, Tokens};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::model;

/// A price on or off the grid of 10^-15 USD per token, with up to two tiers.
fn rate() -> impl Strategy<Value = String> {
    let amount = prop_oneof![
        4 => (0u32..3_000_000, 0u32..=6).prop_map(|(n, places)| format!("{}e-{places}", n)),
        1 => (1u32..1000).prop_map(|n| format!("{n}e-11")),
    ];
    let tier = (amount.clone(), prop_oneof![Just(1000u32), Just(5000)], prop::bool::ANY);
    (amount, prop::collection::vec(tier, 0..=2), prop::bool::weighted(0.1)).prop_map(|(usd, mut tiers, third)| {
        tiers.sort_by_key(|tier| tier.1);
        tiers.dedup_by_key(|tier| tier.1);
        let per = if third { ", per: 3000000" } else { "" };
        let tiers: Vec<String> = tiers
            .iter()
            .map(|(usd, above, ge)| {
                format!("{{above: {above}, usd: '{usd}', test: {}}}", if *ge { "ge" } else { "gt" })
            })
            .collect();
        format!("{{usd: '{usd}'{per}, tiers: [{}]}}", tiers.join(", "))
    })
}

fn card() -> impl Strategy<Value = String> {
    let optional = || prop::option::weighted(0.5, rate());
    (rate(), optional(), optional(), optional(), optional(), optional(), prop::option::weighted(0.2, 1u32..900))
        .prop_map(|(input, output, read, write, hour, reasoning, request)| {
            let mut text = format!("        input: {input}\n");
            for (key, value) in [("output", output), ("cache_read", read), ("reasoning", reasoning)] {
                if let Some(value) = value {
                    writeln!(text, "        {key}: {value}").unwrap();
                }
            }
            let writes: Vec<String> = [("5m", write), ("1h", hour)]
                .into_iter()
                .filter_map(|(key, v)| Some(format!("          {key}: {}", v?)))
                .collect();
            if !writes.is_empty() {
                writeln!(text, "        cache_write:\n{}", writes.join("\n")).unwrap();
            }
            if let Some(units) = request {
                writeln!(text, "        request: '0.{units:03}'").unwrap();
            }
            text
        })
}

const SELECTORS: [&str; 5] = [
    "{}",
    "{mode: batch}",
    "{window: {hours: ['22:00-06:00'], days: [mon, sun]}}",
    "{window: {hours: ['01:30-04:00', '10:00-00:00'], tz: '+08:00', days_tz: Asia/Shanghai, days: [wed]}}",
    "{mode: batch, window: {hours: ['02:00-03:00'], tz: Europe/Berlin}}",
];

fn body() -> impl Strategy<Value = String> {
    let dated = (0usize..SELECTORS.len(), prop::option::of(0u32..3), card());
    (card(), prop::collection::vec(dated, 0..5)).prop_map(|(first, cards)| {
        let mut text = format!("    prices:\n      - when: {{}}\n{first}");
        let mut seen = vec![(0, None)];
        for (selector, from, card) in cards {
            if seen.contains(&(selector, from)) {
                continue;
            }
            seen.push((selector, from));
            writeln!(text, "      - when: {}", SELECTORS[selector]).unwrap();
            if let Some(month) = from {
                writeln!(text, "        from: 2026-0{}-15", month + 3).unwrap();
            }
            text.push_str(&card);
        }
        text
    })
}

fn tokens() -> impl Strategy<Value = Tokens> {
    let count = || prop_oneof![Just(0u64), 1u64..20_000, Just(1_000_000_000_000_000u64)];
    let input = prop_oneof![count(), 995u64..1005, 4995u64..5005];
    (input, count(), count(), count(), count(), count()).prop_map(
        |(input, cached, written, written_1h, output, reasoning)| {
            // Mostly possible ones.
            let cached = if cached % 7 == 0 { cached } else { cached.min(input / 2) };
            let written = written.min(input.saturating_sub(cached) / 2);
            let written_1h = written_1h.min(input.saturating_sub(cached + written));
            Tokens { input, cached, written, written_1h, output, reasoning }
        },
    )
}

proptest! {
    #![proptest_config(Config { cases: super::super::oracle::cases() / 4, failure_persistence: None, ..Config::default() })]

    #[test]
    fn integers_and_rationals_agree(
        body in body(),
        requests in prop::collection::vec((tokens(), 0i64..400 * 86_400, prop::bool::ANY, prop::bool::ANY), 20),
    ) {
        let model = model(&body);
        let [standard, batch] = [None, Some("batch")].map(|mode| Compiled::of(&model, mode));
        for (tokens, offset, in_batch, by_day) in requests {
            let second = 1_767_225_600 + offset;
            let instant = jiff::Timestamp::from_second(second).unwrap();
            let at = if by_day { Moment::day(Moment::at(instant).date) } else { Moment::at(instant) };
            let (compiled, mode) = if in_batch { (&batch, Some("batch")) } else { (&standard, None) };
            let cost = if by_day { compiled.cost_on(&tokens, at.date) } else { compiled.cost(&tokens, second) };
            let expected = match model.charges(&tokens.usage(), mode, at) {
                Ok(charges) => Ok(charges.iter().map(|charge| &charge.usd).sum()),
                Err(Problem::Impossible(_)) => Err(NoCost::Impossible),
                Err(Problem::Unpriced(_, Missing::AtDate(_) | Missing::Mode(..))) => Err(NoCost::AtDate),
                Err(Problem::Unpriced(..)) => Err(NoCost::Unpriced),
            };
            // A request that is impossible and unpriced may be refused for either.
            match (cost.map(Cost::usd), expected) {
                (Err(_), Err(_)) => {}
                (cost, expected) => prop_assert_eq!(cost, expected, "{:?} {:?} at {}\n{}", tokens, mode, at, body),
            }
        }
    }
}

#[test]
fn a_price_off_the_grid_is_exact_too() {
    let third = model("    input: {usd: '1', per: 3000000}\n    output: '2'\n");
    let compiled = Compiled::of(&third, None);
    let tokens = Tokens { input: 3, output: 1_000_000, ..Tokens::default() };
    let Ok(cost @ Cost::Exact(_)) = compiled.cost(&tokens, 0) else { panic!() };
    assert_eq!(cost.usd().to_string(), "2.000001");
    let on_grid = model("    input: '0.000000001'\n    output: '2'\n");
    assert_eq!(Compiled::of(&on_grid, None).cost(&tokens, 0), Ok(Cost::Units(3 + 2_000_000_000_000_000)));
}
