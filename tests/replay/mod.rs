//! `replay`: logs of every form, good and bad, against what is computed here by other means.
#![allow(clippy::float_arithmetic, reason = "figures of others are compared with a tolerance")]

mod bad;
mod caches;
mod demand;
mod exact;
mod fits;
mod lengths;
mod readers;
mod shapes;
mod sql;
mod strategies;
mod traces;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::support::{program, root, text};

/// The columns of our own log.
pub const HEADER: &str = "ts,model,team,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,batch\n";

/// Prices that any arithmetic can follow: USD per 1M tokens, a tier, a batch discount.
pub const PRICES: &str = r#"llmcost: 1
prices:
  add:
    small: {input: 0.15, output: 0.6, cached_read: 0.075, cache_write: 0.15, batch: {discount: 50%}}
    large:
      input: {usd: "3", tiers: [{above: 2000, usd: "6"}]}
      output: {usd: "15", tiers: [{above: 2000, usd: "22.5"}]}
      cached_read: {usd: "0.3", tiers: [{above: 2000, usd: "0.6"}]}
      cache_write: {5m: {usd: "3.75", tiers: [{above: 2000, usd: "7.5"}]}}
      batch: {discount: 50%}
"#;

/// A folder with files that is gone after the test.
pub struct Room(tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        program(self.path()).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// The report of a replay that must work.
    pub fn replay(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["replay", "--format", "json"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}\n{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What is said where the input is wrong: exit 2 and no result.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["replay"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}\n{}", text(&output.stdout));
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        text(&output.stderr)
    }
}

pub fn total(report: &Value, strategy: usize) -> &str {
    report["strategies"][strategy]["total"].as_str().unwrap()
}

/// A trace of public data, if it is there.
pub fn trace(name: &str) -> Option<String> {
    let path = root().join("../shared/data/traces").join(name);
    if path.exists() {
        return Some(path.to_str().unwrap().to_owned());
    }
    crate::support::skipped(&format!("there is no {}", path.display()));
    None
}

/// A small generator of the same numbers everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// One request of a generated log.
#[derive(Clone, Copy)]
pub struct Row {
    pub ts: u64,
    pub large: bool,
    pub team: u64,
    pub input: u64,
    pub cached: u64,
    pub written: u64,
    pub output: u64,
    pub batch: bool,
}

impl Row {
    pub fn model(&self) -> &'static str {
        if self.large { "large" } else { "small" }
    }

    /// Its cost in units of 10^-12 USD, by the prices above, in plain integers.
    pub fn pico(&self) -> u128 {
        self.pico_as(self.large, self.batch)
    }

    /// The same for a model and mode.
    pub fn pico_as(&self, large: bool, batch: bool) -> u128 {
        let [fresh, read, write, out] = match (large, self.input > 2000) {
            (false, _) => [150_000, 75_000, 150_000, 600_000],
            (true, false) => [3_000_000, 300_000, 3_750_000, 15_000_000],
            (true, true) => [6_000_000, 600_000, 7_500_000, 22_500_000],
        };
        let plain = u128::from(self.input - self.cached - self.written) * fresh
            + u128::from(self.cached) * read
            + u128::from(self.written) * write
            + u128::from(self.output) * out;
        if batch { plain / 2 } else { plain }
    }

    pub fn csv(&self) -> String {
        let Self { ts, team, input, cached, written, output, .. } = self;
        format!("{ts},{},team-{team},{input},{cached},{written},{output},{}\n", self.model(), u8::from(self.batch))
    }

    pub fn json(&self) -> String {
        let Self { ts, team, input, cached, written, output, .. } = self;
        format!(
            "{{\"ts\":{ts},\"model\":\"{}\",\"team\":\"team-{team}\",\"input_tokens\":{input},\"cache_read_tokens\":{cached},\"cache_write_tokens\":{written},\"output_tokens\":{output},\"batch\":{}}}\n",
            self.model(),
            self.batch
        )
    }
}

/// Requests of two models, a few minutes apart, on both sides of the tier.
pub fn rows(count: usize, seed: u64) -> Vec<Row> {
    let mut random = Random::new(seed);
    let mut ts = 1_760_000_000_000;
    let row = |_| {
        ts += random.below(500_000);
        let input = 1 + random.below(4000);
        let cached = random.below(input + 1) / 2;
        Row {
            ts,
            large: random.below(3) == 0,
            team: random.below(7),
            input,
            cached,
            written: random.below(input - cached + 1) / 2,
            output: random.below(900),
            batch: random.below(5) == 0,
        }
    };
    (0..count).map(row).collect()
}

pub fn csv(rows: &[Row]) -> String {
    HEADER.to_owned() + &rows.iter().map(Row::csv).collect::<String>()
}

/// 10^-12 USD as a decimal string without zeros at its end.
pub fn usd(pico: u128) -> String {
    let text = format!("{}.{:012}", pico / 1_000_000_000_000, pico % 1_000_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The scenario of the prices above with these strategies.
pub fn scenario(strategies: &str) -> String {
    format!("{PRICES}strategies:\n{strategies}")
}
