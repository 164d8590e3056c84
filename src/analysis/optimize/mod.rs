//! The cheapest mix of models that is good enough.
//!
//! ```text
//! minimise   sum of cost(task, option) x share(task, option)
//! with       sum over options of share(task, option) = 1 for every task
//!            quality over all requests, and of single tasks, at least ...
//!            share of a provider at most ..., cost at most ...
//! ```
//!
//! An option is a model, a model's batch, or a cascade of two models under a judge. What an option costs at a task is the
//! difference that the exact engine finds between giving that task to it and to the first option; then all of it is a linear
//! programme, solved in exact numbers. Its answer is a route, rounded so that it can be written down, and what is promised is what the engine says of
//! that route.

mod envelope;
mod hull;
mod mix;
mod options;
mod report;
mod simplex;

pub use hull::{Spot, random_mix, random_shares};
pub use mix::optimize;
pub use report::{Best, Candidate, FrontierPoint, OptimizeReport, SCHEMA, TaskMix};
pub use simplex::{Optimum, Row, Sense, minimise};
