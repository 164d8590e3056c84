//! Every form of log says the same.

use super::bad::{gzip, zstd};
use super::{Room, Row, csv, rows, scenario, total, usd};
use crate::support::{program, text};

fn room_with(rows: &[Row]) -> (Room, String) {
    let room = Room::new();
    room.put("s.yaml", scenario("  logged: {model: as-logged}\n"));
    (room, usd(rows.iter().map(Row::pico).sum()))
}

#[test]
fn csv_json_packed_and_split_logs_cost_the_same() {
    let rows = rows(3_000, 21);
    let (room, wanted) = room_with(&rows);
    let json: String = rows.iter().map(Row::json).collect();
    let table = csv(&rows);
    room.put("log.csv", &table);
    room.put("log.tsv", table.replace(',', "\t"));
    room.put("log.csv.gz", gzip(table.as_bytes()));
    room.put("log.csv.zst", zstd(table.as_bytes()));
    room.put("log.jsonl", &json);
    room.put("log.jsonl.gz", gzip(json.as_bytes()));
    room.put("mark.csv", format!("\u{feff}{table}"));
    // Two packed members one after the other are one file.
    let (first, second) = json.split_at(json.find("}\n").unwrap() + 2);
    room.put("members.jsonl.gz", [gzip(first.as_bytes()), gzip(second.as_bytes())].concat());
    for name in
        ["log.csv", "log.tsv", "log.csv.gz", "log.csv.zst", "log.jsonl", "log.jsonl.gz", "mark.csv", "members.jsonl.gz"]
    {
        let report = room.replay(&["s.yaml", "--log", name]);
        assert_eq!((total(&report, 0), &report["requests"]), (wanted.as_str(), &"3000".into()), "{name}");
    }
    let parts: Vec<String> = rows.chunks(1_000).map(csv).collect();
    for (at, part) in parts.iter().enumerate() {
        room.put(&format!("part-{at}.csv"), part);
    }
    let report = room.replay(&["s.yaml", "--log", "part-*.csv"]);
    assert_eq!(total(&report, 0), wanted);
    assert_eq!(report["log"]["files"], serde_json::json!(["part-0.csv", "part-1.csv", "part-2.csv"]));
    // Files of several forms make one log.
    let tail: String = rows[1_000..].iter().map(Row::json).collect();
    room.put("tail.jsonl", tail);
    let report = room.replay(&["s.yaml", "--log", "part-0.csv", "--log", "tail.jsonl"]);
    assert_eq!(total(&report, 0), wanted);
}

#[test]
fn standard_input_is_a_log() {
    use std::io::Write;
    let rows = rows(2_000, 22);
    let (room, wanted) = room_with(&rows);
    for bytes in [csv(&rows).into_bytes(), gzip(csv(&rows).as_bytes())] {
        let mut child = program(room.path())
            .args(["replay", "s.yaml", "--log", "-", "--format", "json"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(total(&report, 0), wanted);
    }
}

#[test]
fn columns_are_mapped_by_flags_and_by_the_scenario() {
    let room = Room::new();
    let strategies = "  small: {model: small}\n";
    let log = "when;prompt;answer;hits\n2026-01-02T03:04:05Z;1000;10;400\n2026-01-02T03:04:06Z;2000;20;0\n";
    room.put("log.csv", log);
    room.put("s.yaml", scenario(strategies));
    let error = room.refused(&["s.yaml", "--log", "log.csv"]);
    assert!(error.contains("`when`") || error.contains("when"), "{error}");
    // 600 fresh, 400 cached, then 2,000; and 30 answers.
    let pico = 600 * 150_000 + 400 * 75_000 + 2000 * 150_000 + 30 * 600_000;
    let mapped = "input=prompt,output=answer,time=when,cached=hits";
    // Whether cached tokens are part of the prompt column is not guessed.
    let unclear = room.refused(&["s.yaml", "--log", "log.csv", "--columns", mapped]);
    assert!(unclear.contains("does the input count include cached tokens?"), "{unclear}");
    let whole = ["s.yaml", "--log", "log.csv", "--columns", mapped, "--input-includes", "cached,cache_write"];
    let report = room.replay(&whole);
    assert_eq!(total(&report, 0), usd(pico));
    // Where the prompt column counts fresh tokens only, the cached ones come on top.
    let more = room.replay(&["s.yaml", "--log", "log.csv", "--columns", mapped, "--input-includes", "nothing"]);
    assert_eq!(total(&more, 0), usd(pico + 400 * 150_000));
    let section = "log: {columns: {input: prompt, output: answer, time: when, cached: hits}, input_includes: [cached, cache_write]}\n";
    room.put("mapped.yaml", scenario(strategies) + section);
    let stated = room.replay(&["mapped.yaml", "--log", "log.csv"]);
    assert_eq!((total(&stated, 0), &stated["tokens"]), (total(&report, 0), &report["tokens"]));
    let wrong = room.refused(&["s.yaml", "--log", "log.csv", "--columns", "inptu=prompt"]);
    assert!(wrong.contains("did you mean `input`"), "{wrong}");
}

#[test]
fn logs_that_people_have_are_recognised() {
    let room = Room::new();
    room.put("s.yaml", scenario("  small: {model: small}\n"));
    let cases = [
        // Cached tokens are part of the prompt.
        (
            "litellm",
            r#"{"request_id":"a","call_type":"acompletion","model":"gpt-4o","prompt_tokens":1000,"completion_tokens":10,"startTime":"2026-01-02T03:04:05Z","metadata":{"usage_object":{"prompt_tokens_details":{"cached_tokens":400}}}}"#,
            600 * 150_000 + 400 * 75_000 + 10 * 600_000,
        ),
        // Cached tokens come on top.
        (
            "langfuse",
            r#"{"id":"a","traceId":"t","type":"GENERATION","startTime":"2026-01-02T03:04:05Z","model":"gpt-4o","usageDetails":{"input":600,"output":10,"input_cached_tokens":400}}"#,
            600 * 150_000 + 400 * 75_000 + 10 * 600_000,
        ),
        (
            "claude-code",
            r#"{"type":"assistant","sessionId":"s","timestamp":"2026-01-02T03:04:05Z","message":{"id":"m","model":"claude-sonnet-4-5","usage":{"input_tokens":600,"cache_read_input_tokens":400,"cache_creation_input_tokens":100,"output_tokens":10}}}"#,
            600 * 150_000 + 400 * 75_000 + 100 * 150_000 + 10 * 600_000,
        ),
        (
            "opentelemetry",
            r#"{"spanId":"a","start_time":"2026-01-02T03:04:05Z","gen_ai.request.model":"gpt-4o","gen_ai.usage.input_tokens":1000,"gen_ai.usage.output_tokens":10}"#,
            1000 * 150_000 + 10 * 600_000,
        ),
        (
            "openai-usage",
            r#"{"start_time":1767322800,"model":"gpt-4o","num_model_requests":4,"input_tokens":1000,"input_cached_tokens":400,"output_tokens":10}"#,
            600 * 150_000 + 400 * 75_000 + 10 * 600_000,
        ),
        (
            "anthropic-usage",
            r#"{"starting_at":"2026-01-02T00:00:00Z","model":"claude-sonnet-4-5","uncached_input_tokens":600,"cache_read_input_tokens":400,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":0},"output_tokens":10}"#,
            600 * 150_000 + 400 * 75_000 + 100 * 150_000 + 10 * 600_000,
        ),
        (
            "mooncake",
            r#"{"timestamp":0,"input_length":600,"output_length":10,"hash_ids":[1,2]}"#,
            600 * 150_000 + 10 * 600_000,
        ),
    ];
    for (preset, line, pico) in cases {
        room.put("log.jsonl", format!("{line}\n"));
        let found = room.replay(&["s.yaml", "--log", "log.jsonl"]);
        assert_eq!(total(&found, 0), usd(pico), "{preset}");
        let stated = room.replay(&["s.yaml", "--log", "log.jsonl", "--preset", preset]);
        assert_eq!(stated["log"]["form"], found["log"]["form"], "{preset}");
    }
    room.put("azure.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,600,10\n");
    let report = room.replay(&["s.yaml", "--log", "azure.csv"]);
    assert_eq!(total(&report, 0), usd(600 * 150_000 + 10 * 600_000));
    assert_eq!(report["log"]["form"], "a trace of Azure");
}

/// A transcript says each answer again while it grows; the last one counts.
#[test]
fn repeated_records_of_a_transcript_count_once() {
    let room = Room::new();
    room.put("s.yaml", scenario("  small: {model: small}\n"));
    let line = |id: &str, output: u64| {
        format!(
            "{{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"2026-01-02T03:04:05Z\",\"message\":{{\"id\":\"{id}\",\"model\":\"claude-sonnet-4-5\",\"usage\":{{\"input_tokens\":600,\"output_tokens\":{output}}}}}}}\n"
        )
    };
    let user = "{\"type\":\"user\",\"sessionId\":\"s\",\"timestamp\":\"2026-01-02T03:04:04Z\"}\n";
    room.put("log.jsonl", line("m", 1) + user + &line("m", 10) + &line("n", 5));
    let report = room.replay(&["s.yaml", "--log", "log.jsonl"]);
    assert_eq!(total(&report, 0), usd(1200 * 150_000 + 15 * 600_000));
    assert_eq!(report["log"]["repeated_records"], "1");
    assert_eq!(report["log"]["other_records"], "1");
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_says_the_same() {
    let rows = rows(5_000, 23);
    let (room, wanted) = room_with(&rows);
    for packed in [parquet::basic::Compression::UNCOMPRESSED, parquet::basic::Compression::SNAPPY] {
        room.put("log.parquet", parquet_of(&rows, packed));
        for threads in ["1", "2", "7"] {
            let report = room.replay(&["s.yaml", "--log", "log.parquet", "--threads", threads]);
            assert_eq!(total(&report, 0), wanted);
        }
    }
    let whole = parquet_of(&rows, parquet::basic::Compression::SNAPPY);
    room.put("cut.parquet", &whole[..whole.len() - 100]);
    assert!(room.refused(&["s.yaml", "--log", "cut.parquet"]).contains("cut.parquet"));
    let output = program(room.path())
        .args(["replay", "--log", "-"])
        .stdin(std::fs::File::open(room.path().join("log.parquet")).unwrap())
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("a Parquet file in a pipe"));
}

#[cfg(feature = "parquet")]
fn parquet_of(rows: &[Row], packed: parquet::basic::Compression) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use std::sync::Arc;

    let schema = "message log { required int64 ts; required binary model (UTF8); required int64 input_tokens; \
                  required int64 cache_read_tokens; required int64 cache_write_tokens; required int64 output_tokens; \
                  required int64 batch; }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(packed).build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let numbers: [fn(&Row) -> u64; 6] = [
        |row| row.ts,
        |row| row.input,
        |row| row.cached,
        |row| row.written,
        |row| row.output,
        |row| u64::from(row.batch),
    ];
    for part in rows.chunks(1_700) {
        let mut group = file.next_row_group().unwrap();
        let mut numbers = numbers.iter();
        for at in 0..7 {
            let mut column = group.next_column().unwrap().unwrap();
            if at == 1 {
                let models: Vec<ByteArray> = part.iter().map(|row| ByteArray::from(row.model())).collect();
                column.typed::<ByteArrayType>().write_batch(&models, None, None).unwrap();
            } else {
                let of = numbers.next().unwrap();
                let values: Vec<i64> = part.iter().map(|row| i64::try_from(of(row)).unwrap()).collect();
                column.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
            }
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}
