//! Tables as CSV: a header, rows below it, every cell with its place.

use std::sync::Arc;

use super::node::{Node, Value};
use crate::diag::{Code, Diagnostic, Place, Sink, Source, suggest};

/// A table that was read whole.
#[derive(Debug)]
pub struct Table {
    /// Names of the columns.
    header: Vec<Node>,
    /// Rows as long as the header.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// The whole row.
    pub place: Place,
    cells: Vec<Node>,
}

/// Texts that say that nothing is known.
const BLANK: [&str; 9] = ["", "-", "nan", "null", "none", "na", "n/a", "~", "?"];

impl Table {
    /// Reads comma-separated text (RFC 4180) with a header; lines that start with `#` are remarks. A row that is shorter
    /// than the header has blank cells at its end.
    pub fn read(source: &Arc<Source>, sink: &mut Sink) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .has_headers(false)
            .flexible(true)
            .from_reader(source.text.as_bytes());
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let at = error.position().map_or(0, |position| to_usize(position.byte()));
                    let place = Place::new(source, at, at.saturating_add(1));
                    let message = format!("this is no row of a table: {error}");
                    return sink.refuse(Diagnostic::at(Code::Syntax, &place, message, "cannot be read"));
                }
            }
            let start = record.position().map_or((0, 1), |at| (to_usize(at.byte()), to_usize(at.line())));
            rows.push(row(source, start, to_usize(reader.position().byte()), &record));
        }
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            return sink.refuse(Diagnostic::without_place(Code::Empty, format!("{} has no header", source.name)));
        };
        let table = Self { header: header.cells, rows: rows.collect() };
        table.check(sink).then_some(table)
    }

    fn check(&self, sink: &mut Sink) -> bool {
        let before = sink.failures();
        for (index, column) in self.header.iter().enumerate() {
            let earlier = self.header.iter().take(index).find(|other| other.scalar() == column.scalar());
            if let Some(earlier) = earlier.filter(|_| !column.scalar().unwrap_or_default().is_empty()) {
                let message = format!("the column `{}` stands twice", column.scalar().unwrap_or_default());
                let found = Diagnostic::at(Code::DuplicateKey, &column.place, message, "second here");
                sink.add(found.also(&earlier.place, "first here"));
            }
        }
        for row in self.rows.iter().filter(|row| row.cells.len() > self.header.len()) {
            let message = format!("a row of {} cells under a header of {}", row.cells.len(), self.header.len());
            sink.add(Diagnostic::at(Code::WrongShape, &row.place, message, "too long"));
        }
        sink.failures() == before
    }

    /// The position of the column that bears one of `names`.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.header.iter().position(|cell| cell.scalar().is_some_and(|text| names.contains(&text.trim())))
    }

    /// The same, where the table is of no use without it.
    pub fn require(&self, names: &[&str], sink: &mut Sink) -> Option<usize> {
        let found = self.column(names);
        if found.is_none() {
            let near = names.iter().find_map(|name| {
                suggest::nearest(name, self.header.iter().filter_map(Node::scalar))
                    .map(|near| format!("is `{near}` meant?"))
            });
            let message = format!("the table has no column {}", suggest::listed(names.iter().copied(), "or"));
            match self.header.first() {
                Some(first) => {
                    sink.add(Diagnostic::at(Code::MissingKey, &first.place, message, "this header").help_if(near))
                }
                None => sink.add(Diagnostic::without_place(Code::MissingKey, message)),
            }
        }
        found
    }
}

impl Row {
    /// The cell of a column; `None` where it is blank or says that nothing is known (`nan`, `-`).
    pub fn cell(&self, column: Option<usize>) -> Option<&Node> {
        let node = self.cells.get(column?)?;
        let text = node.scalar()?.trim();
        (!BLANK.contains(&text.to_ascii_lowercase().as_str())).then_some(node)
    }

    /// The text of a cell, blank ones too.
    pub fn text(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.cells.get(column)).and_then(Node::scalar).unwrap_or_default()
    }
}

fn row(source: &Arc<Source>, (start, line): (usize, usize), end: usize, record: &csv::StringRecord) -> Row {
    let (start, line) = without_remarks(&source.text, start, line);
    let place = Place::counted(source, start..end, line, 1);
    let raw = place.text();
    let mut from = 0_usize;
    let cells = record.iter().map(|text| {
        // A quoted cell with quotes in it does not stand there as it is: then the row is its place.
        let found = raw.get(from..).and_then(|rest| rest.find(text)).map(|at| at.saturating_add(from));
        let range = found.map(|at| (at, at.saturating_add(text.len())));
        if let Some((_, after)) = range {
            from = raw
                .get(after..)
                .and_then(|rest| rest.find(','))
                .map_or(after, |at| after.saturating_add(at).saturating_add(1));
        }
        let (at, after) = range.unwrap_or((0, raw.len()));
        let columns = raw.get(..at).unwrap_or_default().chars().count();
        let range = place.start.saturating_add(at)..place.start.saturating_add(after);
        let line = place.line.saturating_sub(source.first_line).saturating_add(1);
        let place = Place::counted(source, range, line, place.column.saturating_add(columns));
        Node { place, value: Value::Scalar(Arc::from(text)) }
    });
    let cells = cells.collect();
    Row { place, cells }
}

/// Where a row begins of which the reader says where it began to look for it.
fn without_remarks(text: &str, mut start: usize, mut line: usize) -> (usize, usize) {
    loop {
        let rest = text.get(start..).unwrap_or_default();
        match rest.find('\n') {
            Some(end) if rest.starts_with(['#', '\n', '\r']) => {
                start = start.saturating_add(end).saturating_add(1);
                line = line.saturating_add(1);
            }
            _ => return (start, line),
        }
    }
}

fn to_usize(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, Vec<Diagnostic>> {
        let source = Arc::new(Source { name: "t.csv".into(), text: text.into(), first_line: 1 });
        let mut sink = Sink::default();
        let table = Table::read(&source, &mut sink);
        sink.finish(table)
    }

    #[test]
    fn cells_know_their_places() {
        let table = table("a,b,c\n# a remark\n1,\"x, y\",nan\n2\n").unwrap();
        let b = table.column(&["b"]);
        let cell = table.rows[0].cell(b).unwrap();
        assert_eq!((cell.scalar(), cell.place.to_string()), (Some("x, y"), "t.csv:3:4".to_owned()));
        assert_eq!(cell.place.text(), "x, y");
        assert!(table.rows[0].cell(table.column(&["c"])).is_none());
        assert!(table.rows[1].cell(b).is_none() && table.rows[1].cell(table.column(&["a"])).is_some());
        assert_eq!(table.column(&["other", "b"]), b);
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_place() {
        for (text, code, place) in [
            ("", Code::Empty, ""),
            ("a,b,a\n", Code::DuplicateKey, "t.csv:1:5"),
            ("a,b\n1,2,3\n", Code::WrongShape, "t.csv:2:1"),
        ] {
            let found = table(text).unwrap_err();
            assert_eq!(found[0].code, code);
            assert_eq!(found[0].place.as_ref().map(ToString::to_string).unwrap_or_default(), place);
        }
    }
}
