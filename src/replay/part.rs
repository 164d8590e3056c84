//! What a chunk says that depends on the order of chunks.

use super::clerk::Unpaid;
use super::demand::Pace;
use super::merge::Stop;
use super::read::Bad;
use super::request::Request;

/// The notes of one chunk.
#[derive(Debug)]
pub struct Part {
    /// Rows that cannot be read: the first of each kind, and how many.
    pub bad: Vec<(Bad, u64)>,
    /// How many there are.
    pub bad_rows: u64,
    /// How many rows can be read.
    pub rows: u64,
    /// Records that are no requests.
    pub others: u64,
    /// When its requests came; `None` where that is not known.
    pub pace: Option<Pace>,
    /// Calls without a price: the first of each kind with its line, and how many.
    pub unpaid: Vec<(Unpaid, u64, u64)>,
    /// Its rows of costs.
    pub text: Vec<u8>,
    /// Its requests with their lines, where they are to be taken in order.
    pub requests: Vec<(Request, u64)>,
    /// The blocks of their prompts.
    pub blocks: Vec<u64>,
    /// Why reading stopped behind it.
    pub failed: Option<Stop>,
}

impl Part {
    /// Nothing yet; `origin` is when the first request of the log came.
    pub fn new(origin: Option<i64>) -> Self {
        Self {
            bad: Vec::new(),
            bad_rows: 0,
            rows: 0,
            others: 0,
            pace: origin.map(Pace::new),
            unpaid: Vec::new(),
            text: Vec::new(),
            requests: Vec::new(),
            blocks: Vec::new(),
            failed: None,
        }
    }

    /// The same, with the reason why reading stopped behind it.
    pub fn failing(self, failed: Option<Stop>) -> Self {
        Self { failed, ..self }
    }

    /// Takes note of a row that cannot be read.
    pub fn note_bad(&mut self, bad: Bad) {
        self.bad_rows += 1;
        let same = |known: &Bad| (known.why.kind(), &known.column) == (bad.why.kind(), &bad.column);
        match self.bad.iter_mut().find(|(known, _)| same(known)) {
            Some((_, count)) => *count += 1,
            None => self.bad.push((bad, 1)),
        }
    }

    /// Keeps a request to be taken in order.
    pub fn keep(&mut self, request: &Request, blocks: &[u64], line: u64) {
        let mut request = *request;
        let first = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        request.blocks = (first, u32::try_from(blocks.len()).unwrap_or(0));
        self.blocks.extend_from_slice(blocks);
        self.requests.push((request, line));
    }
}

/// Takes note of calls without a price, on `line`.
pub fn note_unpaid(all: &mut Vec<(Unpaid, u64, u64)>, found: Unpaid, line: u64, requests: u64) {
    match all.iter_mut().find(|(known, ..)| known.is_like(&found)) {
        Some((.., count)) => *count += requests,
        None => all.push((found, line, requests)),
    }
}
