//! Break-evens as the program draws them, computed by the library.

use llmcost::hosting::break_even::{BreakEven, Staircase};
use llmcost::render::chart::ChartSpec;
use llmcost::render::{Comparison, Stairs, Today};
use llmcost::units::Exact;

pub fn all() -> Vec<(&'static str, ChartSpec)> {
    let several = || comparison("2", "2.69", "9000000", "0.4", "33000000");
    let uncertain = Comparison { capacities: Some((exact("8000000"), exact("10000000"))), ..several() };
    let forty = comparison("1", "0.98", "1000000", "1", "53300000");
    let small = comparison("0", "1.5", "10800000", "0.6", "42000");
    let nothing = comparison("0", "1.5", "10800000", "0.6", "0");
    let large = comparison("0", "1.5", "10800000", "0.6", "90000000000");
    let free = comparison("0", "1.5", "10800000", "0", "5000000");
    let loss = comparison("3", "4.5", "5000000", "0.6", "40000000");
    vec![
        ("breakeven-volume", several().by_volume()),
        ("breakeven-load", several().by_load().unwrap()),
        ("breakeven-uncertain-volume", uncertain.by_volume()),
        ("breakeven-uncertain-load", uncertain.by_load().unwrap()),
        ("breakeven-forty-volume", forty.by_volume()),
        ("breakeven-forty-load", forty.by_load().unwrap()),
        ("breakeven-small-volume", small.by_volume()),
        ("breakeven-small-load", small.by_load().unwrap()),
        ("breakeven-nothing-volume", nothing.by_volume()),
        ("breakeven-nothing-load", nothing.by_load().unwrap()),
        ("breakeven-large-volume", large.by_volume()),
        ("breakeven-large-load", large.by_load().unwrap()),
        ("breakeven-free-volume", free.by_volume()),
        ("breakeven-free-load", free.by_load().unwrap()),
        ("breakeven-loss-volume", loss.by_volume()),
        ("breakeven-loss-load", loss.by_load().unwrap()),
    ]
}

fn exact(text: &str) -> Exact {
    Exact::from_decimal(text).unwrap()
}

/// USD per hour fixed, USD per hour of a replica, its capacity per hour, USD per million of the API, today's volume.
fn comparison(fixed: &str, replica: &str, capacity: &str, per_million: &str, volume: &str) -> Comparison {
    let price = exact(per_million).checked_div(&exact("1000000")).unwrap();
    let stairs = Staircase {
        fixed: exact(fixed),
        per_replica: exact(replica),
        min_replicas: Exact::ONE,
        capacity: exact(capacity),
    };
    let answer = BreakEven::of(stairs, price.clone()).unwrap();
    let verdict = answer.verdict(&exact(volume));
    Comparison {
        api: "gpt-4o-mini".into(),
        deployment: "llama-a10g".into(),
        unit: "output tokens".into(),
        step: "replica".into(),
        api_price: price,
        stairs: Stairs {
            fixed: exact(fixed),
            per_replica: exact(replica),
            least: Exact::ONE,
            capacity: exact(capacity),
        },
        against_deployment: false,
        curves: None,
        band: None,
        capacities: None,
        crossovers: answer.crossovers.iter().map(|crossover| crossover.at.clone()).collect(),
        cheaper: answer.cheaper.iter().map(|win| (win.from.clone(), win.to.clone())).collect(),
        permanent_from: answer.permanent_from.clone(),
        truncated: answer.truncated(),
        today: Today {
            volume: exact(volume),
            replicas: verdict.replicas,
            self_hosted: verdict.self_hosted,
            api: verdict.api,
        },
        source: "Prices of 2025-01-15.".into(),
    }
}
