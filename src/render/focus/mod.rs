//! Reports in the columns of FOCUS, the FinOps Open Cost and Usage Specification.
//!
//! `manual/focus.md` says what stands in which column and why.

mod columns;
mod words;

use std::fmt;

use columns::{COLUMNS, Row};

use super::csv::{defused, finished};
use crate::report::Report;

/// A version of the specification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FocusVersion {
    /// 1.0 of June 2024.
    V1_0,
    /// 1.1 of November 2024.
    V1_1,
    /// 1.2 of May 2025.
    V1_2,
}

impl FocusVersion {
    /// Every version that can be written, the newest last.
    pub const ALL: [Self; 3] = [Self::V1_0, Self::V1_1, Self::V1_2];
}

impl fmt::Display for FocusVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
        })
    }
}

/// One row per line of every strategy, for the calendar month of the prices.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn focus(reports: &[Report], version: FocusVersion) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let columns: Vec<_> = COLUMNS.iter().filter(|column| column.since <= version).collect();
    writer.write_record(columns.iter().map(|column| column.name))?;
    for report in reports {
        let Some((start, end)) = report.billing_month() else { continue };
        let (start, end) = (format!("{start}T00:00:00Z"), format!("{end}T00:00:00Z"));
        for charge in report.charges() {
            let row = Row { report, charge: &charge, start: &start, end: &end };
            for column in &columns {
                let value = column.value(&row);
                writer.write_field(if column.is_text { defused(&value).into() } else { value }.as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
    }
    finished(writer)
}
