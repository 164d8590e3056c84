//! One look at every request of a log, in order: for whoever wants the requests themselves and no prices.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::chunk::{Buffer, First, Source, Work};
use super::columns::{Uses, Wanted};
use super::demand::{Demand, Pace, Shape};
use super::job::{USUAL_CHUNK, bad_row};
#[cfg(feature = "parquet")]
use super::open::Reader;
use super::read::desk::{Desk, Lexicons};
use super::read::{Bad, Take};
use super::repeat::Repeats;
use super::request::Request;
use crate::diag::{Code, Diagnostic};
use crate::input::LogFile;
use crate::plan::log::{Counter, Log};

/// When the requests of a log came; `None` where they did not come in the order of time, or there are fewer than two.
///
/// # Errors
/// Everything that is wrong with the log; no times at all.
pub fn demand_of(files: &[LogFile], log: &Log) -> Result<Option<Shape>, Vec<Diagnostic>> {
    let (wanted, lexicons) = (Wanted { log: log.clone(), ..Wanted::default() }, Lexicons::new(&[]));
    let mut demand = Demand::default();
    let mut pace: Option<(Pace, u64)> = None;
    let first = scan(files, &wanted, Uses::default(), &lexicons, &mut |request| {
        let (here, count) = pace.get_or_insert_with(|| (Pace::new(demand.origin().unwrap_or(request.time)), 0));
        here.add(request.time, request.count(Counter::Output), 0);
        *count += 1;
        if *count >= MOST_AT_ONCE {
            demand.add(here, 0, 0);
            pace = None;
        }
    })?;
    let Some(form) = first.time else {
        let name = files.first().map(|file| file.name.clone()).unwrap_or_default();
        let found = Diagnostic::without_place(Code::LogColumns, format!("{name} does not say when requests came"));
        return Err(vec![found.help("name the column: `--columns time=COLUMN`")]);
    };
    if let Some((pace, _)) = &pace {
        demand.add(pace, 0, 0);
    }
    Ok(demand.finish(form.is_dated()))
}

/// Requests whose times are kept before they are added up.
const MOST_AT_ONCE: u64 = 1 << 16;

/// Gives every request of a log to `take`; what the first file offers.
///
/// # Errors
/// Everything that is wrong with the log.
pub fn scan(
    files: &[LogFile],
    wanted: &Wanted,
    uses: Uses,
    lexicons: &Lexicons,
    take: &mut dyn FnMut(&Request),
) -> Result<First, Vec<Diagnostic>> {
    let one = |problem: Box<Diagnostic>| vec![*problem];
    let mut source = Source::new(files, USUAL_CHUNK, wanted, lexicons, &Arc::new(AtomicU64::new(0)));
    let first = source.start().map_err(one)?;
    let uses = Uses { identity: uses.identity || first.repeats, ..uses };
    source.narrow(uses).map_err(one)?;
    let mut buffer = Buffer::new(USUAL_CHUNK);
    let mut desk = Desk::new(lexicons);
    let mut taker = Taker { take, repeats: first.repeats.then(Repeats::default), bad: None };
    let (mut file, mut lines) = (0, 0);
    while let Some(chunk) = source.next(&mut buffer).map_err(|(_, problem)| one(problem))? {
        if chunk.file != file {
            (file, lines) = (chunk.file, 0);
        }
        lines += chunk.lines_before;
        let read = match (&chunk.work, chunk.reader.as_deref()) {
            (Work::Bytes, Some(reader)) => reader.read(buffer.filled(), &mut desk, &mut taker),
            #[cfg(feature = "parquet")]
            (Work::Group(group), Some(Reader::Parquet(parquet))) => {
                parquet.read(*group, &mut desk, &mut taker, |_, _| ControlFlow::Continue(())).map_err(|said| {
                    let path = parquet.path().display();
                    vec![Diagnostic::without_place(Code::Unreadable, format!("{path} {said}"))]
                })?
            }
            _ => 0,
        };
        if let Some(bad) = taker.bad {
            let name = files.get(file).map(|file| file.name.clone()).unwrap_or_default();
            return Err(vec![bad_row(&name, lines + bad.line + 1, &bad)]);
        }
        lines += read;
    }
    taker.finish();
    Ok(first)
}

struct Taker<'t> {
    take: &'t mut dyn FnMut(&Request),
    repeats: Option<Repeats>,
    bad: Option<Bad>,
}

impl Taker<'_> {
    /// Gives what was held back.
    fn finish(&mut self) {
        if let Some(mut repeats) = self.repeats.take() {
            while let Some((request, _)) = repeats.pop() {
                (self.take)(&request);
            }
        }
    }
}

impl Take for Taker<'_> {
    fn request(&mut self, request: &Request, _: &[u64], _: u64) -> ControlFlow<()> {
        match &mut self.repeats {
            None => (self.take)(request),
            Some(repeats) => {
                if let Some((request, _)) = repeats.push(*request, (0, 0)) {
                    (self.take)(&request);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn other(&mut self) {}

    fn bad(&mut self, bad: Bad) -> ControlFlow<()> {
        self.bad = Some(bad);
        ControlFlow::Break(())
    }
}
