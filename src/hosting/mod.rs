//! Self-hosting: what fits on which GPU, how fast it runs, what a fleet of it costs, and from which volume that beats
//! an API. Pure computation; memory, money and break-even are exact, throughput is an estimate with an interval.

pub mod break_even;
pub mod catalogue;
pub mod fleet;
pub mod lint;
pub mod memory;
pub mod provisioned;
mod read;
mod read_model;
pub mod serverless;
pub mod size;
pub mod spelling;
pub mod throughput;
mod types;

pub use types::{Attention, Experts, Format, Gpu, Offer, OpenModel, Purchase, Quality};
