//! Right-sizing: which cards carry a model, how fast, and for how much per million output tokens.
//!
//! A [`Request`] says what is to be served (a model, or a stated need of memory), on which cards, with which traffic, and
//! how cards are bought. [`Request::size`] tries every card, precision and number of cards, and ranks what it finds
//! ([`Sizing`]). Memory and money are exact; throughput is an estimate ([`Speed`]), rounded to three digits and exact from
//! there on. A deployment that states no throughput asks [`Job::capacity`]; a table of configurations asks
//! [`case::answer`].

pub mod case;
mod choice;
mod flag;
mod job;
mod price;
mod rank;
mod request;

pub use choice::{Choice, NeedParts, Needs};
pub use flag::Flag;
pub use job::{Job, NoCapacity, Placed, Prepared, Slo, Speed};
pub use price::{Package, Terms};
pub use rank::Sizing;
pub use request::{Request, Served};

/// The most requests in flight that a capacity supposes where nobody states how many: the most that was ever measured.
pub const MOST_IN_FLIGHT: u32 = 256;
/// The most cards of one replica that anybody may ask for.
pub const MOST_GPUS: u32 = 1_024;
/// Digits of an estimate that are kept.
pub const DIGITS: usize = 3;
