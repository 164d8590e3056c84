//! Exact, offline, explainable cost models of LLM systems.
//!
//! A *scenario* says what comes in (requests, prompts, answers) and which *strategies* could serve it (models, routes,
//! caches, batches, cascades). The library computes what each strategy costs, to the last digit, and can say of every
//! figure how it came about.
//!
//! # A scenario's way through the house
//!
//! ```text
//! bytes -> input -> check -> plan -> levers -> report -> render -> bytes
//! ```
//!
//! Nothing flows back. Each arrow is a room of its own:
//!
//! | room | what happens there | where to go to ... |
//! | --- | --- | --- |
//! | [`input`] | files become trees of text that remember their places; `include` and `--set` are laid over them | read another file format |
//! | [`check`] | trees become a plan; every problem of a file becomes a [`diag::Diagnostic`] | add a key to the scenario |
//! | [`plan`] | the scenario fully resolved: nothing left to look up | see what a lever knows |
//! | [`levers`] | pure computation, one file per lever: what requests, prompts, calls and prices become | change a formula |
//! | [`hosting`] | self-hosting: catalogues and their lint, memory, throughput, right-sizing, break-even; pure like the levers | change how GPUs are sized |
//! | [`analysis`] | plans computed more than once: who saved what, what ranges may come to | compare, vary or attribute |
//! | [`report`] | the one result that every format shows; warnings, assumptions, explanations | add a figure or a warning |
//! | [`render`] | one file per format, from the report to text; formats, never computes | add a format |
//!
//! Around them: [`units`] (exact numbers and the one grammar of quantities), [`figure`] (values that know their
//! formula; the type parameter is the dimension), [`pricing`] (dated price cards, lists, names), [`diag`] (errors with
//! a place), [`schema`] (what editors know of our files), [`manual`] (longer texts: how things are computed and how good
//! they are), [`cli`] (the command line; with [`input`] the only room that touches files, environment and terminal).
//!
//! A new lever is: a struct in [`plan`], a reader in `check/levers.rs`, a file in [`levers`], a scenario under
//! `scenarios/`, and its line in the README.
//!
//! # What is exact
//!
//! Money never passes through a float. Numbers are rationals of arbitrary precision ([`units::Exact`]) from the text
//! of the file to the digits that are printed, so nothing is rounded inside, nothing overflows, and a total is exactly
//! the sum of its lines. Bounds are checked where numbers enter.
//!
//! # Example
//!
//! ```
//! use llmcost::{check, input::Input, report::{Evaluation, Report}};
//!
//! let text = "
//! llmcost: 1
//! workload: {requests: 1M/day, input: 500, output: 200}
//! strategies:
//!   all-gpt-4o: {model: gpt-4o}
//! ";
//! let input = Input::Text { name: "example.yaml".into(), text: text.into() };
//! let plan = check::load(&input, &check::Options::default()).expect("a sound scenario");
//! let report = Report::of(&Evaluation::of(plan).expect("all prices known"));
//! assert_eq!(report.strategies[0].cost.per_month.to_string(), "97500");
//! ```

pub mod analysis;
pub mod check;
pub mod cli;
pub mod diag;
pub mod figure;
pub mod hosting;
pub mod input;
pub mod levers;
pub mod manual;
mod parallel;
pub mod plan;
pub mod pricing;
pub mod render;
pub mod report;
pub mod schema;
pub mod units;
