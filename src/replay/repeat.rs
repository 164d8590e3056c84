//! Requests that stand in several records, each a later state of the same answer: the largest counts, once.

use std::collections::VecDeque;

use super::merge::At;
use super::recent::Recent;
use super::request::Request;

/// Requests whose next record may still come.
const OPEN: usize = 1024;
/// Requests that are remembered behind that, so that a late record counts nothing.
const REMEMBERED: usize = 1 << 18;

/// Requests on the way.
#[derive(Debug)]
pub struct Repeats {
    open: VecDeque<(Request, At)>,
    closed: Recent,
    repeated: u64,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { open: VecDeque::new(), closed: Recent::new(Some(REMEMBERED)), repeated: 0 }
    }
}

impl Repeats {
    /// Takes a record; gives the request that is complete by now, if one is.
    pub fn push(&mut self, request: Request, at: At) -> Option<(Request, At)> {
        if let Some((known, _)) = self.open.iter_mut().rev().find(|(known, _)| known.id == request.id) {
            self.repeated += 1;
            for (count, more) in known.counts.iter_mut().zip(request.counts) {
                *count = (*count).max(more);
            }
            return None;
        }
        if self.closed.time_of(request.id).is_some() {
            self.repeated += 1;
            return None;
        }
        self.open.push_back((request, at));
        if self.open.len() > OPEN { self.pop() } else { None }
    }

    /// The request that waited longest.
    pub fn pop(&mut self) -> Option<(Request, At)> {
        let (request, at) = self.open.pop_front()?;
        self.closed.touch(request.id, 0);
        self.closed.shrink();
        Some((request, at))
    }

    /// Records that said again what another one said.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}
