//! A row for each request with its exact cost.

use super::bill::Tariffs;
use super::lexicon::Lexicon;
use super::program::Programs;
use super::read::desk::Lexicons;
use super::read::time::SECOND;
use super::request::{NOTHING, Request};
use super::tally::Trace;
use super::till::Prices;
use crate::plan::log::Counter;

/// Writes rows.
pub struct Rows<'a> {
    lexicons: &'a Lexicons,
    tariffs: Tariffs<'a>,
    /// Whether the log has times, and dates.
    timed: Option<bool>,
}

impl<'a> Rows<'a> {
    /// A writer of rows; the time stands in them where the log has one.
    pub fn new(lexicons: &'a Lexicons, prices: &'a Prices<'a>, programs: &'a Programs, timed: Option<bool>) -> Self {
        Self { lexicons, tariffs: Tariffs::new(prices, programs), timed }
    }

    /// The names of the columns.
    pub fn header(programs: &Programs) -> String {
        let mut header = "time,model,mode".to_owned();
        for counter in COUNTERS {
            header.push(',');
            header.push_str(counter.name());
        }
        match programs.programs.as_slice() {
            [_] => header.push_str(",cost_usd"),
            several => {
                for (index, program) in several.iter().enumerate() {
                    // The first strategy keeps the name that every file of rows has.
                    let name = if index == 0 { "cost_usd".to_owned() } else { format!("cost_usd {}", program.name) };
                    header.push_str(&format!(",\"{}\"", name.replace('"', "\"\"")));
                }
            }
        }
        header.push_str("\r\n");
        header
    }

    /// Adds the row of a request.
    pub fn write(&mut self, request: &Request, trace: &Trace, text: &mut Vec<u8>) {
        if let Some(dated) = self.timed {
            push_time(request.time, dated, text);
        }
        text.push(b',');
        push_name(&self.lexicons.models, request.model, text);
        text.push(b',');
        push_name(&self.lexicons.modes, request.mode, text);
        for counter in COUNTERS {
            text.push(b',');
            text.extend_from_slice(request.count(counter).to_string().as_bytes());
        }
        for cost in self.tariffs.costs(trace) {
            text.push(b',');
            text.extend_from_slice(cost.as_bytes());
        }
        text.extend_from_slice(b"\r\n");
    }
}

fn push_time(time: i64, dated: bool, text: &mut Vec<u8>) {
    match jiff::Timestamp::from_nanosecond(i128::from(time)) {
        Ok(at) if dated => text.extend_from_slice(at.to_string().as_bytes()),
        _ => {
            text.extend_from_slice((time / SECOND).to_string().as_bytes());
            if time % SECOND != 0 {
                let fraction = format!(".{:09}", time % SECOND);
                text.extend_from_slice(fraction.trim_end_matches('0').as_bytes());
            }
        }
    }
}

/// A name as a cell: quoted where it must be, and never a formula.
fn push_name(lexicon: &Lexicon, handle: u32, text: &mut Vec<u8>) {
    if handle == NOTHING {
        return;
    }
    let name = lexicon.name(handle).unwrap_or_default();
    let name = if name.starts_with(['=', '+', '-', '@', '\t']) { format!("'{name}") } else { name };
    if name.contains(['"', ',', '\n', '\r']) {
        text.extend_from_slice(format!("\"{}\"", name.replace('"', "\"\"")).as_bytes());
    } else {
        text.extend_from_slice(name.as_bytes());
    }
}

/// Counters that a row shows.
const COUNTERS: [Counter; 6] =
    [Counter::Input, Counter::Cached, Counter::Written, Counter::Written1h, Counter::Output, Counter::Reasoning];
