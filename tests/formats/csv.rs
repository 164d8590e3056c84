//! CSV as RFC 4180 has it, read by a reader that is stricter than any.

use llmcost::render::{self, CsvColumns};

use super::{hostile, reports};
use crate::support::{run, text};

/// Records of fields; anything that RFC 4180 does not allow is an error.
pub fn parse(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut record = Vec::new();
        loop {
            let (field, after) = field(rest)?;
            record.push(field);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => {
                    rest =
                        after.strip_prefix("\r\n").ok_or_else(|| format!("no end of a record before {after:.20}"))?;
                    break;
                }
            }
        }
        records.push(record);
    }
    match records.iter().find(|record| record.len() != records[0].len()) {
        Some(record) => Err(format!("{} fields, not {}: {record:?}", record.len(), records[0].len())),
        None => Ok(records),
    }
}

fn field(text: &str) -> Result<(String, &str), String> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n', '"']).unwrap_or(text.len());
        let (field, after) = text.split_at(end);
        return if after.starts_with(['"', '\n']) {
            Err(format!("unquoted {after:.20}"))
        } else {
            Ok((field.into(), after))
        };
    };
    let mut out = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"').ok_or("an open quote")?;
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                out.push('"');
                rest = next;
            }
            None => return Ok((out, rest)),
        }
    }
}

#[test]
fn lines_are_records_of_rfc_4180_and_no_cell_runs() {
    for report in reports() {
        let text = render::csv(std::slice::from_ref(&report), &CsvColumns::named(&[], None).unwrap()).unwrap();
        let records = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let lines: usize = report.strategies.iter().map(|strategy| strategy.lines.len()).sum();
        assert_eq!(records.len(), lines + 1);
        let header = &records[0];
        for record in &records[1..] {
            for (name, cell) in header.iter().zip(record) {
                let is_number = ["quantity", "unit_price_usd", "per", "per_day"].contains(&name.as_str());
                let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!runs || is_number && cell.parse::<f64>().is_ok(), "{name}: {cell}");
            }
        }
    }
}

#[test]
fn the_lines_add_up_to_the_day() {
    use crate::exact::{Q, decimal};
    for report in reports() {
        let text = render::csv(std::slice::from_ref(&report), &CsvColumns::named(&[], None).unwrap()).unwrap();
        let records = parse(&text).unwrap();
        for strategy in &report.strategies {
            let name = strategy.lines.first().map(|_| records.iter().map(|record| record[1].clone()));
            let names: Vec<String> = name.into_iter().flatten().collect();
            let defused = names.iter().find(|name| name.trim_start_matches('\'') == strategy.name).cloned();
            let own = records.iter().filter(|record| Some(&record[1]) == defused.as_ref());
            let sum: Q = own.map(|record| decimal(&record[11]).unwrap()).sum();
            assert_eq!(sum, decimal(&strategy.cost.per_day.to_string()).unwrap(), "{}", strategy.name);
        }
    }
}

#[test]
fn columns_and_period_are_chosen() {
    let chosen = run(&["simulate", "scenarios/guide/routing.yaml", "-f", "csv", "--fields", "strategy,item,per_month"]);
    let records = parse(&text(&chosen.stdout)).unwrap();
    assert_eq!(records[0], ["strategy", "item", "per_month"]);
    // 1M requests x 500 tokens x $2.50/1M x 30 days
    assert_eq!(records[1], ["all-gpt-4o", "gpt-4o", "37500"]);
    let yearly = run(&["simulate", "scenarios/guide/routing.yaml", "-f", "csv", "--period", "year"]);
    let records = parse(&text(&yearly.stdout)).unwrap();
    assert_eq!((records[0][11].as_str(), records[1][11].as_str()), ("per_year", "456250"));
    let wrong = run(&["simulate", "scenarios/guide/routing.yaml", "-f", "csv", "--fields", "per_mont"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("`per_month`"), "{}", text(&wrong.stderr));
}

#[test]
fn names_that_a_spreadsheet_would_run_are_defused() {
    let text = render::csv(&[hostile()], &CsvColumns::named(&[], None).unwrap()).unwrap();
    let records = parse(&text).unwrap();
    assert!(records[1..].iter().all(|record| record[0].starts_with("'=cmd()")));
    assert!(records[1..].iter().any(|record| record[1].starts_with("'@team")));
    assert!(records[1..].iter().any(|record| record[1] == "a|b, \"c\"\nd"));
}
