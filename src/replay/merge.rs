//! Chunks put back in order: whatever depends on it happens here, the same for any number of threads.

use std::io::Write;

use super::chunk::{Chunk, Remark};
use super::clerk::{Clerk, Unpaid};
use super::demand::{Demand, Pace};
use super::part::Part;
use super::read::Bad;
use super::repeat::Repeats;
use super::request::Request;
use crate::diag::Diagnostic;
use crate::plan::log::Counter;

/// A place in the logs: file number and line, from 1.
pub type At = (usize, u64);

/// What there is to say of the logs beside their costs.
#[derive(Debug, Default)]
pub struct Findings {
    /// Rows that cannot be read: the first of each kind with its place, and how many.
    pub bad: Vec<(At, Bad, u64)>,
    /// How many cannot be read.
    pub bad_rows: u64,
    /// Records that are no requests.
    pub others: u64,
    /// Records that say again what another one said.
    pub repeats: u64,
    /// Calls without a price: the first of each kind with its place, and how many.
    pub unpaid: Vec<(Unpaid, At, u64)>,
    /// Files whose last row has no line end, or was still being written.
    pub remarks: Vec<(usize, Remark)>,
}

/// Why reading stopped.
#[derive(Debug)]
pub enum Stop {
    /// A file cannot be read any further.
    Failed(Box<Diagnostic>),
    /// A row cannot be read.
    Bad(At, Box<Bad>),
    /// The rows of costs cannot be written.
    Write(std::io::Error),
}

/// Takes parts in the order of their chunks.
pub struct Merger<'a, 'w> {
    lines: u64,
    file: usize,
    /// When requests came; `None` where that is not known.
    pub demand: Option<Demand>,
    /// What there is to say of the logs.
    pub findings: Findings,
    /// Takes requests, where they are to be taken in order.
    pub clerk: Option<Clerk<'a>>,
    /// Where the rows of costs go.
    rows: Option<&'w mut (dyn Write + Send)>,
    repeats: Option<Repeats>,
    skip_bad: bool,
    text: Vec<u8>,
}

impl<'a, 'w> Merger<'a, 'w> {
    /// Nothing taken yet. `clerk` takes requests in order, where that is asked for.
    pub fn new(
        clerk: Option<Clerk<'a>>,
        rows: Option<&'w mut (dyn Write + Send)>,
        repeats: bool,
        timed: bool,
        skip_bad: bool,
    ) -> Self {
        Self {
            lines: 0,
            file: 0,
            demand: timed.then(Demand::default),
            findings: Findings::default(),
            clerk,
            rows,
            repeats: repeats.then(Repeats::default),
            skip_bad,
            text: Vec::new(),
        }
    }

    /// Takes the next part, made of `chunk`, which had so many `lines`.
    ///
    /// # Errors
    /// Why reading stops here.
    pub fn take(&mut self, chunk: &Chunk, part: Part, lines: u64) -> Result<(), Stop> {
        if chunk.file != self.file {
            (self.file, self.lines) = (chunk.file, 0);
        }
        self.lines += chunk.lines_before;
        let before = self.lines;
        self.lines += lines;
        let at = |line: u64| (chunk.file, before + line + 1);
        self.findings.others += part.others;
        self.findings.bad_rows += part.bad_rows;
        for (bad, count) in part.bad {
            let at = at(bad.line);
            if !self.skip_bad {
                return Err(Stop::Bad(at, Box::new(bad)));
            }
            self.note_bad(at, bad, count);
        }
        for (unpaid, line, requests) in part.unpaid {
            note_unpaid(&mut self.findings.unpaid, unpaid, at(line), requests);
        }
        self.findings.remarks.extend(chunk.remark.map(|remark| (chunk.file, remark)));
        let mut pace = part.pace;
        if let Some(clerk) = &mut self.clerk {
            clerk.settle();
            self.in_order(&part.requests, &part.blocks, at, pace.as_mut());
        }
        if let (Some(demand), Some(pace)) = (&mut self.demand, &pace) {
            demand.add(pace, chunk.file, before + 1);
        }
        self.write(&part.text)?;
        let text = std::mem::take(&mut self.text);
        self.write(&text)
    }

    fn in_order(
        &mut self,
        requests: &[(Request, u64)],
        blocks: &[u64],
        at: impl Fn(u64) -> At,
        mut pace: Option<&mut Pace>,
    ) {
        for (request, line) in requests {
            let place = at(*line);
            match &mut self.repeats {
                None => self.take_one(request, blocks, place),
                Some(repeats) => {
                    if let Some((request, place)) = repeats.push(*request, place) {
                        if let Some(pace) = pace.as_deref_mut() {
                            pace.add(request.time, request.count(Counter::Output), *line);
                        }
                        self.take_one(&request, blocks, place);
                    }
                }
            }
        }
    }

    fn take_one(&mut self, request: &Request, blocks: &[u64], at: At) {
        let Some(clerk) = &mut self.clerk else { return };
        let (first, count) = request.blocks;
        let own = blocks.get(first as usize..(first as usize).saturating_add(count as usize)).unwrap_or_default();
        let unpaid = &mut self.findings.unpaid;
        clerk.take(request, own, &mut self.text, &mut |found| {
            note_unpaid(unpaid, found, at, request.count(Counter::Requests));
        });
    }

    /// Takes what is still held back.
    ///
    /// # Errors
    /// As [`Merger::take`].
    pub fn finish(&mut self) -> Result<(), Stop> {
        if let Some(mut repeats) = self.repeats.take() {
            let mut pace = self.demand.as_ref().map(|demand| Pace::new(demand.origin().unwrap_or(0)));
            while let Some((request, place)) = repeats.pop() {
                if let Some(pace) = &mut pace {
                    pace.add(request.time, request.count(Counter::Output), 0);
                }
                self.take_one(&request, &[], place);
            }
            if let (Some(demand), Some(pace)) = (&mut self.demand, &pace) {
                demand.add(pace, self.file, self.lines);
            }
            self.findings.repeats = repeats.repeated();
        }
        let text = std::mem::take(&mut self.text);
        self.write(&text)
    }

    /// Writes rows of costs.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&mut self, text: &[u8]) -> Result<(), Stop> {
        match &mut self.rows {
            Some(rows) => rows.write_all(text).map_err(Stop::Write),
            None => Ok(()),
        }
    }

    fn note_bad(&mut self, at: At, bad: Bad, count: u64) {
        let same = |known: &Bad| (known.why.kind(), &known.column) == (bad.why.kind(), &bad.column);
        match self.findings.bad.iter_mut().find(|(_, known, _)| same(known)) {
            Some((.., sum)) => *sum += count,
            None => self.findings.bad.push((at, bad, count)),
        }
    }
}

/// Counts calls without a price by what is missing.
pub fn note_unpaid(all: &mut Vec<(Unpaid, At, u64)>, found: Unpaid, at: At, requests: u64) {
    match all.iter_mut().find(|(known, ..)| known.is_like(&found)) {
        Some((.., count)) => *count += requests,
        None => all.push((found, at, requests)),
    }
}
