//! Logs that are wrong: each gets its error, or its stated handling, and never a wrong total.

use std::io::Write;

use super::{HEADER, Room, Row, csv, rows, scenario, total, usd};

/// A hundred rows, of which the one on line 52 is changed.
fn log_with(change: impl Fn(&str) -> String) -> String {
    let rows = rows(100, 11);
    let row = |(at, row): (usize, &Row)| if at == 50 { change(row.csv().trim_end()) + "\n" } else { row.csv() };
    HEADER.to_owned() + &rows.iter().enumerate().map(row).collect::<String>()
}

fn cell(row: &str, at: usize, value: &str) -> String {
    let mut cells: Vec<&str> = row.split(',').collect();
    cells[at] = value;
    cells.join(",")
}

/// What is said of a row, where, and what the rest costs when it is passed over.
fn row_is_refused(log: &str, said: &str, at: &str) {
    let room = Room::new();
    room.put("log.csv", log);
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    let error = room.refused(&["s.yaml", "--log", "log.csv"]);
    assert!(error.contains(said) && error.contains(&format!("log.csv:{at}")), "{error}");
    for threads in ["1", "3"] {
        let report = room.replay(&["s.yaml", "--log", "log.csv", "--skip-bad", "--threads", threads]);
        let others = rows(100, 11).iter().enumerate().filter(|(at, _)| *at != 50).map(|(_, row)| row.pico()).sum();
        assert_eq!(total(&report, 0), usd(others), "{said}");
        assert_eq!(report["log"]["bad_rows"][0]["rows"], "1");
        assert_eq!(report["log"]["rows"], "99");
        assert!(report["log"]["bad_rows"][0]["first"].as_str().unwrap().starts_with("log.csv:52"));
    }
}

#[test]
fn rows_that_cannot_be_read_are_refused_with_their_place() {
    row_is_refused(&log_with(|row| cell(row, 3, "-5")), "a count is never negative", "52:");
    row_is_refused(&log_with(|row| cell(row, 3, "12.5")), "of this row", "52:");
    row_is_refused(&log_with(|row| cell(row, 6, "many")), "not a number of tokens", "52:");
    row_is_refused(&log_with(|row| cell(row, 3, "")), "nothing stands here", "52:");
    row_is_refused(&log_with(|row| cell(row, 4, "999999")), "tokens cached and written, of a prompt of", "52:");
    row_is_refused(&log_with(|row| cell(row, 1, "la\0rge")), "a zero byte", "52:");
    row_is_refused(&log_with(|row| cell(row, 3, "99999999999999999999999")), "of this row", "52:");
    row_is_refused(&log_with(|row| cell(row, 0, "yesterday")), "of this row", "52:");
    row_is_refused(&log_with(|row| cell(row, 7, "perhaps")), "of this row", "52:");
    row_is_refused(&log_with(|_| "a,b".to_owned()), "2 cells where the header has 8", "52:");
    row_is_refused(&log_with(|row| format!("{row},more")), "9 cells where the header has 8", "52:");
}

#[test]
fn a_column_may_change_its_type_in_the_last_row() {
    let room = Room::new();
    let rows = rows(200_000, 12);
    let mut log = csv(&rows);
    log.push_str("1770000000000,small,team-1,1e3,0,0,x,0\n");
    room.put("log.csv", log);
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    let error = room.refused(&["s.yaml", "--log", "log.csv"]);
    assert!(error.contains("log.csv:200002:"), "{error}");
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--skip-bad"]);
    assert_eq!(total(&report, 0), usd(rows.iter().map(Row::pico).sum()));
}

#[test]
fn cut_files_are_refused() {
    let room = Room::new();
    let whole = csv(&rows(2_000, 13));
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    // In the middle of a row.
    room.put("cut.csv", &whole[..whole.len() - 6]);
    assert!(room.refused(&["s.yaml", "--log", "cut.csv"]).contains("cut.csv:2001:"));
    // In the middle of packed data.
    for (name, packed) in [("cut.csv.gz", gzip(whole.as_bytes())), ("cut.csv.zst", zstd(whole.as_bytes()))] {
        room.put(name, &packed[..packed.len() / 2]);
        assert!(room.refused(&["s.yaml", "--log", name]).contains("it was cut"), "{name}");
        let mut damaged = packed.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x55;
        room.put(name, damaged);
        room.refused(&["s.yaml", "--log", name]);
    }
    // In the middle of a JSON record.
    let json: String = rows(50, 13).iter().map(Row::json).collect();
    room.put("cut.jsonl", &json[..json.len() - 8]);
    assert!(room.refused(&["s.yaml", "--log", "cut.jsonl"]).contains("cut.jsonl:50:"));
    // A last row without a line end may have lost digits: that is said.
    room.put("end.csv", whole.trim_end());
    let report = room.replay(&["s.yaml", "--log", "end.csv"]);
    assert_eq!(report["warnings"][0]["code"], "no-line-end");
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    let room = Room::new();
    let mut log = csv(&rows(10, 14)).into_bytes();
    log.resize(log.len() + (40 << 20), b'7');
    room.put("log.csv", log);
    let error = room.refused(&["--log", "log.csv"]);
    assert!(error.contains("is longer than 16 MiB"), "{error}");
    let mut log = b"{\"input\":1,\"output\":2}\n{\"input\":1,\"output\":2,\"x\":\"".to_vec();
    log.resize(40 << 20, b'7');
    room.put("log.jsonl", log);
    assert!(room.refused(&["--log", "log.jsonl", "--constant", "model=gpt-4o"]).contains("is longer than 16 MiB"));
}

#[test]
fn line_ends_may_be_mixed_and_quoted_cells_may_hold_them() {
    let room = Room::new();
    let rows = rows(400, 15);
    let line = |(at, row): (usize, &Row)| {
        let text = row.csv();
        let text = if at % 2 == 0 { text.replace('\n', "\r\n") } else { text };
        // Inside of quotes they are part of the name.
        if at % 3 == 0 { text.replace(&format!("team-{}", row.team), "\"a\nb,\"\"c\"\"\nd\"") } else { text }
    };
    room.put("log.csv", HEADER.to_owned() + &rows.iter().enumerate().map(line).collect::<String>());
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--by", "team"]);
    assert_eq!(total(&report, 0), usd(rows.iter().map(Row::pico).sum()));
    let values = report["by"][0]["values"].as_array().unwrap();
    let quoted = values.iter().find(|value| value["value"] == "a\nb,\"c\"\nd").unwrap();
    assert_eq!(quoted["requests"], "134");
    // A carriage return alone ends no line.
    room.put("cr.csv", csv(&rows).replacen(",0\n", ",0\r", 1));
    assert!(room.refused(&["s.yaml", "--log", "cr.csv"]).contains("a carriage return that ends no line"));
}

#[test]
fn requests_out_of_order_cost_the_same_and_are_reported() {
    let room = Room::new();
    let mut rows = rows(1_000, 16);
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    room.put("log.csv", csv(&rows));
    let ordered = room.replay(&["s.yaml", "--log", "log.csv"]);
    rows.swap(700, 300);
    room.put("log.csv", csv(&rows));
    let report = room.replay(&["s.yaml", "--log", "log.csv"]);
    assert_eq!(total(&report, 0), total(&ordered, 0));
    assert!(!ordered["demand"].is_null() && report["demand"].is_null());
    let warning = report["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "out-of-order");
    assert!(warning.unwrap()["message"].as_str().unwrap().contains("log.csv:"));
}

#[test]
fn unknown_models_stop_or_go_into_a_bucket_of_their_own() {
    let room = Room::new();
    let rows = rows(300, 17);
    let named = |row: &Row| if row.team == 3 { row.csv().replace(row.model(), "lagre") } else { row.csv() };
    room.put("log.csv", HEADER.to_owned() + &rows.iter().map(named).collect::<String>());
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n  small: {model: small}\n"));
    let error = room.refused(&["s.yaml", "--log", "log.csv"]);
    let lost = rows.iter().filter(|row| row.team == 3).count();
    assert!(error.contains("`lagre`") && error.contains("did you mean `large`"), "{error}");
    assert!(error.contains(&format!("{lost} requests")), "{error}");
    let report = room.replay(&["s.yaml", "--log", "log.csv", "--allow-unpriced"]);
    assert_eq!(total(&report, 0), usd(rows.iter().filter(|row| row.team != 3).map(Row::pico).sum()));
    assert_eq!(report["strategies"][0]["at_least"], true);
    assert_eq!(report["unpriced"][0]["model"], "lagre");
    assert_eq!(report["unpriced"][0]["requests"], lost.to_string());
    // The model of the other strategy answers them all.
    assert_eq!(report["strategies"][1]["at_least"], false);
    let table = room.run(&["replay", "s.yaml", "--log", "log.csv", "--allow-unpriced"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("at least $"));
}

#[cfg(unix)]
#[test]
fn a_log_that_grows_is_read_up_to_where_it_was() {
    let room = Room::new();
    let rows = rows(30_000, 18);
    let path = room.put("log.csv", csv(&rows));
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    let path_of_writer = path.clone();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = std::sync::Arc::clone(&stop);
    let writer = std::thread::spawn(move || {
        let mut file = std::fs::OpenOptions::new().append(true).open(path_of_writer).unwrap();
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            file.write_all(b"1760000000000,small,team-1,10,0,0,").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(1));
            file.write_all(b"1,0\n").unwrap();
        }
    });
    for _ in 0..3 {
        let report = room.replay(&["s.yaml", "--log", "log.csv"]);
        // Every further row is whole: ten tokens in, one out, of the small model.
        let more = report["requests"].as_str().unwrap().parse::<u128>().unwrap() - 30_000;
        let base: u128 = rows.iter().map(Row::pico).sum();
        assert_eq!(total(&report, 0), usd(base + more * (10 * 150_000 + 600_000)));
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
}

#[test]
fn what_is_no_log_is_refused() {
    let room = Room::new();
    room.put("a.zip", b"PK\x03\x04rest");
    assert!(room.refused(&["--log", "a.zip"]).contains("is a zip archive"));
    room.put("wide.csv", b"\xFF\xFEt\0s\0");
    assert!(room.refused(&["--log", "wide.csv"]).contains("UTF-16"));
    assert!(room.refused(&["--log", "missing.csv"]).contains("there is no file missing.csv"));
    assert!(room.refused(&["--log", "*.parquet"]).contains("no file matches"));
    room.put("other.csv", "a,b\n1,2\n");
    assert!(room.refused(&["--log", "other.csv"]).contains("--columns"));
    room.put("one.csv", csv(&rows(3, 1)));
    assert!(room.refused(&["--log", "one.csv", "--log", "one.csv"]).contains("named twice"));
}
