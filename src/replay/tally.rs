//! What a log comes to: tokens by price key, events by fee, and what has no price.

use std::collections::BTreeMap;

use super::tariff::PRICED;

/// Tokens of calls that pay the same prices.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sums {
    /// Calls.
    pub calls: u64,
    /// Tokens by priced counter, in parts that the leaf of the program knows.
    pub tokens: [u128; PRICED],
}

impl Sums {
    /// Adds `calls` calls with these tokens together.
    #[inline]
    pub fn add(&mut self, calls: u64, tokens: &[u64; PRICED]) {
        self.calls = self.calls.wrapping_add(calls);
        for (sum, tokens) in self.tokens.iter_mut().zip(tokens) {
            // 2^60 parts in each of 2^64 rows stay below 2^128.
            *sum = sum.wrapping_add(u128::from(*tokens));
        }
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Self) {
        self.calls = self.calls.wrapping_add(other.calls);
        for (sum, tokens) in self.tokens.iter_mut().zip(&other.tokens) {
            *sum = sum.wrapping_add(*tokens);
        }
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.calls == 0 && self.tokens == [0; PRICED]
    }
}

/// Tokens of a few million calls.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Lately {
    calls: u64,
    tokens: [u64; PRICED],
}

/// One call of a request.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which leaf of which program.
    pub leaf: usize,
    /// What it pays.
    pub key: u32,
    /// How many calls.
    pub calls: u64,
    /// Its tokens.
    pub tokens: [u64; PRICED],
}

/// What adds up over requests, whatever their order.
#[derive(Default, Debug)]
pub struct Tally {
    /// By leaf, then key.
    leaves: Vec<Vec<Sums>>,
    /// The same since it was last brought up to date, in 64 bits, of calls as the log has them.
    lately: Vec<Vec<Lately>>,
    /// By fee.
    fees: Vec<u64>,
    /// Calls and fees of the request at hand, where somebody asks for single requests.
    pub trace: Option<Trace>,
}

/// The calls and fees of one request.
#[derive(Default, Debug)]
pub struct Trace {
    /// Calls.
    pub calls: Vec<Entry>,
    /// Fees, by number.
    pub fees: Vec<usize>,
}

impl Tally {
    /// One that keeps the calls of each request at hand where `traced`.
    pub fn new(traced: bool) -> Self {
        Self { trace: traced.then(Trace::default), ..Self::default() }
    }

    /// Adds calls.
    #[inline]
    pub fn call(&mut self, leaf: usize, key: u32, calls: u64, tokens: &[u64; PRICED]) {
        let slot = self.leaves.get_mut(leaf).and_then(|keys| keys.get_mut(key as usize));
        match slot {
            Some(sums) => sums.add(calls, tokens),
            None => self.first_call(leaf, key, calls, tokens),
        }
        if let Some(trace) = &mut self.trace {
            trace.calls.push(Entry { leaf, key, calls, tokens: *tokens });
        }
    }

    /// Adds calls as the log has them: each count is below 2^40, and [`Tally::settle`] comes every 2^23 of them.
    #[inline(always)]
    pub fn plain_call(&mut self, leaf: usize, key: u32, calls: u64, tokens: &[u64; PRICED]) {
        match self.lately.get_mut(leaf).and_then(|keys| keys.get_mut(key as usize)) {
            Some(sums) => {
                sums.calls = sums.calls.wrapping_add(calls);
                for (sum, tokens) in sums.tokens.iter_mut().zip(tokens) {
                    *sum = sum.wrapping_add(*tokens);
                }
                if let Some(trace) = &mut self.trace {
                    trace.calls.push(Entry { leaf, key, calls, tokens: *tokens });
                }
            }
            None => self.first_plain_call(leaf, key, calls, tokens),
        }
    }

    #[cold]
    fn first_plain_call(&mut self, leaf: usize, key: u32, calls: u64, tokens: &[u64; PRICED]) {
        self.call(leaf, key, calls, tokens);
        if self.lately.len() <= leaf {
            self.lately.resize(leaf + 1, Vec::new());
        }
        if let Some(keys) = self.lately.get_mut(leaf) {
            keys.resize(keys.len().max(key as usize + 1), Lately::default());
        }
    }

    /// Brings the sums up to date.
    pub fn settle(&mut self) {
        let mut lately = std::mem::take(&mut self.lately);
        for (leaf, keys) in lately.iter_mut().enumerate() {
            for (key, sums) in keys.iter_mut().enumerate().filter(|(_, sums)| **sums != Lately::default()) {
                let Lately { calls, tokens } = std::mem::take(sums);
                self.merge_call(leaf, key, &Sums { calls, tokens: tokens.map(u128::from) });
            }
        }
        self.lately = lately;
    }

    #[cold]
    fn first_call(&mut self, leaf: usize, key: u32, calls: u64, tokens: &[u64; PRICED]) {
        let mut sums = Sums::default();
        sums.add(calls, tokens);
        self.merge_call(leaf, key as usize, &sums);
    }

    fn merge_call(&mut self, leaf: usize, key: usize, sums: &Sums) {
        if self.leaves.len() <= leaf {
            self.leaves.resize(leaf + 1, Vec::new());
        }
        if let Some(keys) = self.leaves.get_mut(leaf) {
            if keys.len() <= key {
                keys.resize(key + 1, Sums::default());
            }
            if let Some(slot) = keys.get_mut(key) {
                slot.merge(sums);
            }
        }
    }

    /// Adds an event that is paid by itself.
    pub fn fee(&mut self, fee: usize) {
        self.add_fees(fee, 1);
        if let Some(trace) = &mut self.trace {
            trace.fees.push(fee);
        }
    }

    fn add_fees(&mut self, fee: usize, events: u64) {
        if self.fees.len() <= fee {
            self.fees.resize(fee + 1, 0);
        }
        if let Some(slot) = self.fees.get_mut(fee) {
            *slot = slot.wrapping_add(events);
        }
    }

    /// Forgets the request at hand.
    pub fn clear_trace(&mut self) {
        if let Some(trace) = &mut self.trace {
            trace.calls.clear();
            trace.fees.clear();
        }
    }

    /// Adds what another thread has.
    pub fn merge(&mut self, other: &Self) {
        for (leaf, keys) in other.leaves.iter().enumerate() {
            for (key, sums) in keys.iter().enumerate().filter(|(_, sums)| !sums.is_empty()) {
                self.merge_call(leaf, key, sums);
            }
        }
        for (fee, events) in other.fees.iter().enumerate() {
            self.add_fees(fee, *events);
        }
    }

    /// The sums of a leaf, by key.
    pub fn of_leaf(&self, leaf: usize) -> impl Iterator<Item = (usize, &Sums)> {
        self.leaves.get(leaf).into_iter().flatten().enumerate().filter(|(_, sums)| !sums.is_empty())
    }

    /// Events of a fee.
    pub fn of_fee(&self, fee: usize) -> u64 {
        self.fees.get(fee).copied().unwrap_or(0)
    }
}

/// Sums of the requests that share a value, few keys each.
#[derive(Clone, Default, Debug)]
pub struct Group {
    /// Requests.
    pub requests: u64,
    /// By leaf and key.
    pub calls: BTreeMap<(usize, u32), Sums>,
    /// By fee.
    pub fees: BTreeMap<usize, u64>,
}

impl Group {
    /// Adds the request at hand.
    pub fn add(&mut self, requests: u64, trace: &Trace) {
        self.requests = self.requests.wrapping_add(requests);
        for entry in &trace.calls {
            self.calls.entry((entry.leaf, entry.key)).or_default().add(entry.calls, &entry.tokens);
        }
        for fee in &trace.fees {
            let events = self.fees.entry(*fee).or_default();
            *events = events.wrapping_add(1);
        }
    }

    /// Adds what another thread has.
    pub fn merge(&mut self, other: &Self) {
        self.requests = self.requests.wrapping_add(other.requests);
        for (at, sums) in &other.calls {
            self.calls.entry(*at).or_default().merge(sums);
        }
        for (fee, events) in &other.fees {
            let slot = self.fees.entry(*fee).or_default();
            *slot = slot.wrapping_add(*events);
        }
    }
}
