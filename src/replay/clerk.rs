//! What is done with each request: counted, sent through every strategy, added to whatever it is shown by.

use std::collections::{BinaryHeap, HashMap};
use std::hash::BuildHasherDefault;

use super::advice::{Advisor, Study};
use super::bill::Tariffs;
use super::histogram::Histogram;
use super::lexicon::Quick;
use super::program::Programs;
use super::read::time::SECOND;
use super::request::{Request, drawn};
use super::rows::Rows;
use super::tally::{Group, Tally};
use super::till::{Prices, Till, Trouble};
use super::way::{Memories, as_logged};
use crate::plan::log::Counter;
use crate::units::Exact;

/// How costs can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    /// By the column of this position.
    Column(usize),
    /// By the hour in UTC.
    Hour,
    /// By the day in UTC.
    Day,
}

/// Counts of a log that every run has.
#[derive(Clone, Default, Debug)]
pub struct Counts {
    /// Requests.
    pub requests: u64,
    /// Rows, fewer where some stand for several requests.
    pub rows: u64,
    /// Tokens by counter: input, cached, written, written for an hour, output, reasoning.
    pub tokens: [u128; 6],
    /// Lengths of whole prompts.
    pub input: Histogram,
    /// Lengths of answers, reasoning included.
    pub output: Histogram,
}

/// A request of a sample: its place in the order of hashes, and itself.
#[derive(Clone, Copy, Debug)]
pub struct Sampled {
    hash: u64,
    request: Request,
}

impl PartialEq for Sampled {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Sampled {}

impl PartialOrd for Sampled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sampled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.hash.cmp(&other.hash)
    }
}

/// A sample that was paid.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its requests.
    pub requests: u64,
    /// For each strategy, the sum of their costs and of the squares of those, USD.
    pub sums: Vec<(Exact, Exact)>,
}

impl Sample {
    /// What one of `all` requests costs in the mean, and half the width of the interval that holds it 95 times of 100, by
    /// the normal distribution, without replacement.
    pub fn mean_of(&self, program: usize, all: u64) -> Option<(Exact, Exact)> {
        // The 97.5th percentile of the normal distribution.
        let z = Exact::ratio(1_959_964, 1_000_000)?;
        let (sum, squares) = self.sums.get(program)?;
        let count = Exact::from(self.requests);
        let mean = sum.checked_div(&count)?;
        let spread = squares - &(&mean * sum);
        let variance = spread.checked_div(&(&count - &Exact::ONE)).unwrap_or(Exact::ZERO);
        let left = (&Exact::from(all) - &count).checked_div(&Exact::from(all))?;
        let of_mean = (&variance * &left).checked_div(&count)?;
        Some((mean, &of_mean.sqrt()? * &z))
    }
}

/// A request without a price: which leaf, mode and model, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unpaid {
    /// The leaf of the program.
    pub leaf: usize,
    /// The model that the log names.
    pub model: u32,
    /// The mode that the log names.
    pub mode: u32,
    /// Why.
    pub trouble: Trouble,
    /// The time of the first one.
    pub time: i64,
}

impl Unpaid {
    fn of((leaf, trouble): (usize, Trouble), request: &Request) -> Self {
        Self { leaf, model: request.model, mode: request.mode, trouble, time: request.time }
    }

    /// Whether the same price is missing for the same reason.
    pub fn is_like(&self, other: &Self) -> bool {
        // Whom nobody knows has no price in any mode.
        let by_mode = matches!(self.trouble, Trouble::Missing(_) | Trouble::Unpriced(..));
        let of = |unpaid: &Self| (unpaid.leaf, unpaid.model, if by_mode { unpaid.mode } else { 0 });
        of(self) == of(other) && self.trouble == other.trouble
    }
}

/// What one thread does with requests.
pub struct Clerk<'a> {
    programs: &'a Programs,
    prices: &'a Prices<'a>,
    groupings: &'a [Grouping],
    till: Till<'a>,
    /// What the strategies come to.
    pub tally: Tally,
    /// What the log holds.
    pub counts: Counts,
    /// Tokens since the counts were last brought up to date.
    lately: [u64; 6],
    /// By grouping and value.
    pub groups: Vec<HashMap<i64, Group, BuildHasherDefault<Quick>>>,
    memories: Memories,
    /// The only strategy, where requests are what the log says and nothing else is asked.
    alone: Option<(usize, usize, bool)>,
    /// Prefix caches, where they are looked at.
    pub advisor: Option<Advisor<'a>>,
    /// Rows of costs, where somebody wants them.
    rows: Option<Rows<'a>>,
    /// The requests with the least hashes, so many of them.
    sample: Option<(usize, BinaryHeap<Sampled>)>,
}

impl<'a> Clerk<'a> {
    /// A clerk with empty books.
    pub fn new(
        programs: &'a Programs,
        prices: &'a Prices<'a>,
        groupings: &'a [Grouping],
        rows: Option<Rows<'a>>,
        sample: Option<usize>,
        study: Option<&'a Study>,
    ) -> Self {
        let alone = match programs.programs.as_slice() {
            [only] if groupings.is_empty() && rows.is_none() && sample.is_none() && study.is_none() => only.plain,
            _ => None,
        };
        let traced = !groupings.is_empty() || rows.is_some() || sample.is_some();
        Self {
            programs,
            prices,
            groupings,
            till: Till::new(prices),
            tally: Tally::new(traced),
            counts: Counts::default(),
            lately: [0; 6],
            groups: groupings.iter().map(|_| HashMap::default()).collect(),
            memories: Memories::of(programs),
            alone,
            advisor: study.map(|study| Advisor::new(study, prices)),
            rows,
            sample: sample.map(|most| (most, BinaryHeap::new())),
        }
    }

    /// Takes a request; calls without a price are given to `unpaid`.
    #[inline]
    pub fn take(&mut self, request: &Request, blocks: &[u64], text: &mut Vec<u8>, unpaid: &mut impl FnMut(Unpaid)) {
        self.count(request);
        match self.alone {
            Some((leaf, payee, logged)) => {
                let paid = as_logged(leaf, payee, logged, request, &mut self.till, &mut self.tally);
                if let Err(found) = paid {
                    unpaid(Unpaid::of(*found, request));
                }
            }
            None => self.take_with_care(request, blocks, text, unpaid),
        }
    }

    #[inline(never)]
    fn take_with_care(
        &mut self,
        request: &Request,
        blocks: &[u64],
        text: &mut Vec<u8>,
        unpaid: &mut impl FnMut(Unpaid),
    ) {
        if let Some(advisor) = &mut self.advisor {
            advisor.take(request, blocks);
        }
        if self.sample.is_some() {
            self.draw(request);
            return;
        }
        self.pay(request, blocks, text, unpaid);
    }

    #[inline(always)]
    fn count(&mut self, request: &Request) {
        let [input, cached, written, written_1h, output, reasoning, requests, ..] = request.counts;
        let counts = &mut self.counts;
        counts.rows = counts.rows.wrapping_add(1);
        counts.requests = counts.requests.wrapping_add(requests);
        let tokens = [input, cached, written, written_1h, output, reasoning];
        for (sum, count) in self.lately.iter_mut().zip(tokens) {
            *sum = sum.wrapping_add(count);
        }
        if requests == 1 {
            counts.input.count_one(input);
            counts.output.count_one(output.wrapping_add(reasoning));
        }
    }

    /// Sends a request through every strategy.
    #[inline]
    fn pay(&mut self, request: &Request, blocks: &[u64], text: &mut Vec<u8>, unpaid: &mut impl FnMut(Unpaid)) {
        self.tally.clear_trace();
        for index in 0..self.programs.programs.len() {
            let asked = (request, blocks);
            if let Err(found) = self.programs.run(index, asked, &mut self.till, &mut self.tally, &mut self.memories) {
                unpaid(Unpaid::of(*found, request));
            }
        }
        if self.tally.trace.is_some() {
            self.show(request, text);
        }
    }

    /// Adds the request to its groups and rows.
    fn show(&mut self, request: &Request, text: &mut Vec<u8>) {
        let Some(trace) = &self.tally.trace else { return };
        for (grouping, groups) in self.groupings.iter().zip(&mut self.groups) {
            let value = match grouping {
                Grouping::Column(index) => request.by.get(*index).map_or(-1, |handle| i64::from(*handle)),
                Grouping::Hour => request.time.div_euclid(3600 * SECOND),
                Grouping::Day => request.time.div_euclid(86_400 * SECOND),
            };
            groups.entry(value).or_default().add(request.count(Counter::Requests), trace);
        }
        if let Some(rows) = &mut self.rows {
            rows.write(request, trace, text);
        }
    }

    /// Keeps the request if its hash is among the least.
    fn draw(&mut self, request: &Request) {
        let Some((most, kept)) = &mut self.sample else { return };
        let hash = drawn(request.id, SAMPLE);
        if kept.len() < *most {
            kept.push(Sampled { hash, request: *request });
        } else if kept.peek().is_some_and(|greatest| hash < greatest.hash) {
            kept.pop();
            kept.push(Sampled { hash, request: *request });
        }
    }

    /// Brings the counts up to date; at least every 2^23 requests, whose tokens fit into 64 bits.
    pub fn settle(&mut self) {
        self.tally.settle();
        for (sum, count) in self.counts.tokens.iter_mut().zip(&mut self.lately) {
            *sum = sum.wrapping_add(u128::from(std::mem::take(count)));
        }
    }

    /// Adds what another clerk has.
    pub fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.tally.merge(&other.tally);
        self.counts.rows += other.counts.rows;
        self.counts.requests = self.counts.requests.wrapping_add(other.counts.requests);
        for (sum, more) in self.counts.tokens.iter_mut().zip(other.counts.tokens) {
            *sum = sum.wrapping_add(more);
        }
        self.counts.input.merge(&other.counts.input);
        self.counts.output.merge(&other.counts.output);
        for (groups, more) in self.groups.iter_mut().zip(&other.groups) {
            for (value, group) in more {
                groups.entry(*value).or_default().merge(group);
            }
        }
        if let (Some((most, kept)), Some((_, more))) = (&mut self.sample, other.sample) {
            kept.extend(more);
            while kept.len() > *most {
                kept.pop();
            }
        }
    }

    /// Pays the requests of the sample, in the order of their hashes. `None` where there is no sample.
    pub fn pay_sample(&mut self, text: &mut Vec<u8>, unpaid: &mut impl FnMut(Unpaid)) -> Option<Sample> {
        let (_, kept) = self.sample.take()?;
        let mut tariffs = Tariffs::new(self.prices, self.programs);
        let mut sample = Sample { requests: 0, sums: Vec::new() };
        sample.sums.resize(self.programs.programs.len(), (Exact::ZERO, Exact::ZERO));
        for sampled in kept.into_sorted_vec() {
            self.pay(&sampled.request, &[], text, unpaid);
            self.tally.settle();
            sample.requests += 1;
            let Some(trace) = &self.tally.trace else { continue };
            for ((sum, squares), cost) in sample.sums.iter_mut().zip(tariffs.amounts(trace)) {
                *sum = &*sum + &cost;
                *squares = &*squares + &(&cost * &cost);
            }
        }
        Some(sample)
    }
}

/// What a sample is drawn by.
const SAMPLE: u64 = 7;
