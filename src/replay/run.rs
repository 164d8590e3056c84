//! Reading with several threads: each takes the next chunk, reads it, and hands what depends on order to the merger.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::advice::Study;
use super::chunk::{Buffer, Chunk, Source, Work};
use super::clerk::{Clerk, Grouping, Sample};
use super::demand::Demand;
use super::merge::{Findings, Merger, Stop};
#[cfg(feature = "parquet")]
use super::open::Reader;
use super::part::Part;
use super::program::Programs;
use super::read::desk::{Desk, Lexicons};
use super::read::{Bad, Take};
use super::request::Request;
use super::rows::Rows;
use super::till::Prices;
#[cfg(feature = "parquet")]
use crate::diag::{Code, Diagnostic};
use crate::plan::log::Counter;

/// How a log is read.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Threads that read.
    pub threads: usize,
    /// Bytes of a chunk.
    pub chunk: usize,
}

/// What all threads know.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    /// The strategies.
    pub programs: &'a Programs,
    /// The prices.
    pub prices: &'a Prices<'a>,
    /// The names.
    pub lexicons: &'a Lexicons,
    /// What costs are shown by.
    pub groupings: &'a [Grouping],
    /// When the first request came; `None` without times.
    pub origin: Option<i64>,
    /// Whether times have dates; `None` without times.
    pub timed: Option<bool>,
    /// Whether requests are to be taken in order.
    pub ordered: bool,
    /// Whether one request stands in several records.
    pub repeats: bool,
    /// Whether each request gets a row.
    pub rows: bool,
    /// Requests of a sample.
    pub sample: Option<usize>,
    /// Prefix caches that are looked at; requests are then taken in order.
    pub study: Option<&'a Study>,
    /// Whether rows that cannot be read are counted and passed over.
    pub skip_bad: bool,
}

/// What a log comes to.
pub struct Done<'a> {
    /// The books of all threads.
    pub clerk: Clerk<'a>,
    /// When requests came.
    pub demand: Option<Demand>,
    /// What there is to say of the logs.
    pub findings: Findings,
    /// The sample, where only that was paid.
    pub sample: Option<Sample>,
}

/// Parts that wait for their turn.
struct Queue<'a, 'w> {
    next: u64,
    waiting: BTreeMap<u64, (Chunk, Part, u64)>,
    merger: Merger<'a, 'w>,
    stop: Option<Stop>,
}

impl<'a> Shared<'a> {
    fn clerk(&self) -> Clerk<'a> {
        let rows = self.rows.then(|| Rows::new(self.lexicons, self.prices, self.programs, self.timed));
        Clerk::new(self.programs, self.prices, self.groupings, rows, self.sample, self.study)
    }

    /// Reads all of `source`.
    ///
    /// # Errors
    /// Why it stopped before the end.
    pub fn read<'w>(
        &self,
        source: Source<'_>,
        pace: Pace,
        rows: Option<&'w mut (dyn Write + Send)>,
    ) -> Result<Done<'a>, Stop> {
        let clerk = self.ordered.then(|| self.clerk());
        let merger = Merger::new(clerk, rows, self.repeats, self.origin.is_some(), self.skip_bad);
        let queue = Mutex::new(Queue { next: 0, waiting: BTreeMap::new(), merger, stop: None });
        let (source, turn, over) = (Mutex::new(source), Condvar::new(), AtomicBool::new(false));
        let threads = pace.threads.max(1);
        let clerks: Vec<Option<Clerk<'a>>> = std::thread::scope(|scope| {
            let work =
                || Worker { shared: self, source: &source, queue: &queue, turn: &turn, over: &over, pace }.work();
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            let joined = others.into_iter().map(|thread| match thread.join() {
                Ok(clerk) => clerk,
                // A fault of ours goes on as one.
                Err(fault) => std::panic::resume_unwind(fault),
            });
            std::iter::once(own).chain(joined).collect()
        });
        let mut queue = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(stop) = queue.stop {
            return Err(stop);
        }
        queue.merger.finish()?;
        let mut all = clerks.into_iter().flatten();
        let first = queue.merger.clerk.take().or_else(|| all.next());
        let mut clerk = first.unwrap_or_else(|| self.clerk());
        all.for_each(|other| clerk.merge(other));
        clerk.settle();
        let mut text = Vec::new();
        let unpaid = &mut queue.merger.findings.unpaid;
        let sample = clerk.pay_sample(&mut text, &mut |found| super::merge::note_unpaid(unpaid, found, (0, 0), 1));
        queue.merger.write(&text)?;
        let Merger { demand, findings, .. } = queue.merger;
        Ok(Done { clerk, demand, findings, sample })
    }
}

/// A thread at work.
struct Worker<'s, 'a, 'w, 'p> {
    shared: &'s Shared<'a>,
    source: &'s Mutex<Source<'p>>,
    queue: &'s Mutex<Queue<'a, 'w>>,
    turn: &'s Condvar,
    over: &'s AtomicBool,
    pace: Pace,
}

impl<'a> Worker<'_, 'a, '_, '_> {
    fn work(&self) -> Option<Clerk<'a>> {
        let mut buffer = Buffer::new(self.pace.chunk);
        let mut desk = Desk::new(self.shared.lexicons);
        let mut clerk = (!self.shared.ordered).then(|| self.shared.clerk());
        while !self.over.load(Ordering::Relaxed) {
            let next = self.source.lock().unwrap_or_else(PoisonError::into_inner).next(&mut buffer);
            let (chunk, failed) = match next {
                Ok(None) => break,
                Ok(Some(chunk)) => (chunk, None),
                Err((chunk, problem)) => (chunk, Some(problem)),
            };
            let mut reading = Reading {
                shared: self.shared,
                clerk: clerk.as_mut(),
                part: Part::new(self.shared.origin),
                failed: None,
            };
            let lines = match (&chunk.work, failed) {
                (_, Some(problem)) => {
                    reading.failed = Some(Stop::Failed(problem));
                    0
                }
                (Work::Bytes, None) => {
                    chunk.reader.as_ref().map_or(0, |reader| reader.read(buffer.filled(), &mut desk, &mut reading))
                }
                (Work::Group(group), None) => self.group(&chunk, *group, &mut desk, &mut reading),
            };
            let Reading { part, failed, clerk: reader, .. } = reading;
            if let Some(clerk) = reader {
                clerk.settle();
            }
            self.hand_in(chunk, part, lines, failed);
        }
        clerk
    }

    /// Reads a group of rows; the lines that are not handed in yet.
    #[cfg(feature = "parquet")]
    fn group(&self, chunk: &Chunk, group: usize, desk: &mut Desk<'_>, reading: &mut Reading<'_, 'a, '_>) -> u64 {
        let Some(Reader::Parquet(parquet)) = chunk.reader.as_deref() else { return 0 };
        let mut handed_in = 0;
        let found = parquet.read(group, desk, reading, |reading, done| {
            if let Some(clerk) = &mut reading.clerk {
                clerk.settle();
            }
            if reading.is_full() {
                let part = std::mem::replace(&mut reading.part, Part::new(self.shared.origin));
                self.hand_in_piece(chunk, part, done - handed_in);
                handed_in = done;
            }
            if self.over.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match found {
            Ok(rows) => rows.saturating_sub(handed_in),
            Err(said) => {
                let path = parquet.path().display();
                let problem = Diagnostic::without_place(Code::Unreadable, format!("{path} {said}"));
                reading.failed = Some(Stop::Failed(Box::new(problem)));
                0
            }
        }
    }

    #[cfg(not(feature = "parquet"))]
    fn group(&self, _: &Chunk, _: usize, _: &mut Desk<'_>, _: &mut Reading<'_, 'a, '_>) -> u64 {
        0
    }

    /// Merges a piece of a chunk that is too large to be kept, when it is its turn.
    #[cfg(feature = "parquet")]
    fn hand_in_piece(&self, chunk: &Chunk, part: Part, lines: u64) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while queue.next != chunk.sequence && queue.stop.is_none() {
            queue = self.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.stop.is_none()
            && let Err(found) = queue.merger.take(chunk, part, lines)
        {
            queue.stop = Some(found);
            self.over.store(true, Ordering::Relaxed);
        }
        drop(queue);
        self.turn.notify_all();
    }

    /// Puts a part into the queue, and merges those whose turn it is.
    fn hand_in(&self, chunk: Chunk, part: Part, lines: u64, failed: Option<Stop>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // A slow thread must not let the others run ahead without bound.
        let most = self.pace.threads.saturating_mul(4);
        while queue.waiting.len() >= most && queue.next != chunk.sequence && queue.stop.is_none() {
            queue = self.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let Queue { next, waiting, merger, stop } = &mut *queue;
        waiting.insert(chunk.sequence, (chunk, part.failing(failed), lines));
        while let Some((chunk, mut part, lines)) = waiting.remove(next).filter(|_| stop.is_none()) {
            *next += 1;
            let failed = part.failed.take();
            if let Err(found) = merger.take(&chunk, part, lines).and(failed.map_or(Ok(()), Err)) {
                *stop = Some(found);
                self.over.store(true, Ordering::Relaxed);
            }
        }
        drop(queue);
        self.turn.notify_all();
    }
}

/// A chunk being read.
struct Reading<'s, 'a, 'c> {
    shared: &'s Shared<'a>,
    clerk: Option<&'c mut Clerk<'a>>,
    part: Part,
    failed: Option<Stop>,
}

/// Requests and bytes of rows that a part may hold.
#[cfg(feature = "parquet")]
const MOST_REQUESTS: usize = 1 << 14;
#[cfg(feature = "parquet")]
const MOST_TEXT: usize = 1 << 20;

#[cfg(feature = "parquet")]
impl Reading<'_, '_, '_> {
    /// Whether its part should be handed in.
    fn is_full(&self) -> bool {
        self.part.requests.len() >= MOST_REQUESTS || self.part.text.len() >= MOST_TEXT
    }
}

impl Take for Reading<'_, '_, '_> {
    #[inline]
    fn request(&mut self, request: &Request, blocks: &[u64], line: u64) -> ControlFlow<()> {
        let part = &mut self.part;
        part.rows += 1;
        if let Some(pace) = part.pace.as_mut().filter(|_| !self.shared.repeats) {
            pace.add(request.time, request.count(Counter::Output), line);
        }
        match &mut self.clerk {
            Some(clerk) => {
                let Part { text, unpaid, .. } = part;
                clerk.take(request, blocks, text, &mut |found| {
                    super::part::note_unpaid(unpaid, found, line, request.count(Counter::Requests));
                });
            }
            None => part.keep(request, blocks, line),
        }
        ControlFlow::Continue(())
    }

    fn other(&mut self) {
        self.part.others += 1;
    }

    fn bad(&mut self, bad: Bad) -> ControlFlow<()> {
        self.part.note_bad(bad);
        if self.shared.skip_bad { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
