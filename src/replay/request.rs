//! One request of a log, as numbers.

use crate::plan::log::{COUNTERS, Counter};

/// Columns that costs can be shown by, in one run.
pub const MOST_GROUPINGS: usize = 4;
/// No model, task or other name.
pub const NOTHING: u32 = u32::MAX;

/// One request. Names and texts are numbers here: handles of a lexicon, or hashes where only equality matters.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Nanoseconds since 1970, or since the log began; 0 without times.
    pub time: i64,
    /// By [`Counter`].
    pub counts: [u64; COUNTERS],
    /// The model that the log names.
    pub model: u32,
    /// `batch`, `flex`, ...: a handle of the log's modes; [`NOTHING`] is standard.
    pub mode: u32,
    /// The task, where a column names it.
    pub task: u32,
    /// The values of the columns that costs are shown by.
    pub by: [u32; MOST_GROUPINGS],
    /// Hash of what tells this request from others; choices by share depend on it.
    pub id: u64,
    /// Hash of its session; 0 without one.
    pub session: u64,
    /// Hash of its prompt; 0 where none is known.
    pub prompt: u64,
    /// Recorded outcomes, a bit each: 1 where the answer of that model was accepted.
    pub outcomes: u32,
    /// Whether it may wait, where a column says so.
    pub batchable: Option<bool>,
    /// The first of its prompt's blocks, and how many there are.
    pub blocks: (u32, u32),
}

impl Request {
    /// A request of nothing.
    pub const EMPTY: Self = Self {
        time: 0,
        counts: [0; COUNTERS],
        model: NOTHING,
        mode: NOTHING,
        task: NOTHING,
        by: [NOTHING; MOST_GROUPINGS],
        id: 0,
        session: 0,
        prompt: 0,
        outcomes: 0,
        batchable: None,
        blocks: (0, 0),
    };

    /// A counter.
    #[inline]
    pub fn count(&self, counter: Counter) -> u64 {
        self.counts.get(counter as usize).copied().unwrap_or(0)
    }

    /// Whether cached and written tokens fit into the prompt.
    #[inline(always)]
    pub fn has_parts_that_fit(&self) -> bool {
        let [whole, cached, written, written_1h, ..] = self.counts;
        cached.wrapping_add(written).wrapping_add(written_1h) <= whole
    }

    /// Sets a counter.
    #[inline]
    pub fn set(&mut self, counter: Counter, value: u64) {
        if let Some(slot) = self.counts.get_mut(counter as usize) {
            *slot = value;
        }
    }
}

/// A hash that is the same everywhere and always (XXH3, 64 bits).
pub fn hash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// An independent choice from a hash: the same request meets another number for each `purpose` (the finaliser of
/// SplitMix64).
#[inline]
pub fn drawn(id: u64, purpose: u64) -> u64 {
    let mut z = id.wrapping_add(purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
