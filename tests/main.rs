//! One integration binary: what the program promises, seen from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod advice;
mod catalogue;
#[cfg(unix)]
mod ci;
mod cli;
mod compare;
mod deployments;
mod errors;
mod exact;
mod formats;
mod golden;
mod guide;
mod hostile;
mod hosting;
mod levers;
mod oracle;
mod planning;
mod prices;
mod properties;
mod readme;
mod replay;
mod risk;
mod schema;
mod size;
mod support;
mod throughput;
mod worked;
