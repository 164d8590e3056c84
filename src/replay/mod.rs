//! Replay: real request logs, priced exactly, request by request.
//!
//! A log is cut into chunks that threads take in turn; `read` makes requests of bytes, `program` says what a strategy
//! is on a log, `way` sends each request through it, `till` finds its price key, `tally` adds up tokens by key, and `bill`
//! multiplies once, in rationals. What depends on order (caches, bursts, rows) is put back in order by `merge`. Files are
//! read by streams that [`crate::input`] opened.

mod advice;
mod bill;
mod build;
mod cache;
mod chunk;
mod clerk;
mod columns;
mod compile;
mod demand;
mod estimate;
mod fit;
mod histogram;
mod job;
mod layout;
mod lexicon;
mod merge;
mod open;
mod part;
mod prefix;
mod preset;
mod program;
mod prompt;
mod read;
mod recent;
mod repeat;
mod report;
mod request;
mod rows;
mod run;
mod scan;
mod sql;
mod tally;
mod tariff;
mod till;
mod trouble;
mod way;

pub use columns::{Uses, Wanted, route_columns};
pub use demand::{Burst, Shape};
pub use fit::Fit;
pub use job::{Failure, Job, Options, USUAL_CHUNK};
pub use prefix::Limit;
pub use report::*;
pub use scan::demand_of;
pub use sql::{Dialect, Query};
