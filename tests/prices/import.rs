//! Importing other projects' files: small ones that use every form, with what becomes of each part.

/// LiteLLM's forms in a few invented models.
pub const LITELLM: &str = r#"{
  "sample_spec": {"input_cost_per_token": 0.0, "litellm_provider": "one of many"},
  "fallback_generalizations": {"rules": []},
  "tiny": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 2E-7, "output_cost_per_token": 8e-07,
    "cache_read_input_token_cost": 2.0000000000000002e-08, "input_cost_per_token_batches": 1e-07, "max_input_tokens": 128000, "max_output_tokens": 4096},
  "tall": {"litellm_provider": "acme", "mode": "chat", "deprecation_date": "2027-01-31",
    "input_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 4e-06, "input_cost_per_token_batches": 1e-06, "input_cost_per_token_above_200k_tokens_batches": 2e-06,
    "output_cost_per_token": 1e-05, "output_cost_per_token_above_200k_tokens": 1.5e-05, "output_cost_per_token_batches": 5e-06,
    "cache_read_input_token_cost": 2e-07, "cache_creation_input_token_cost": 2.5e-06, "cache_creation_input_token_cost_above_1hr": 4e-06,
    "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 8e-06, "cache_read_input_token_cost_above_200k_tokens_flex": 1e-07,
    "provider_specific_entry": {"us": 1.1, "fast": 2}, "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_high": 0.01}},
  "xai/grand": {"litellm_provider": "xai", "mode": "chat", "input_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 4e-06,
    "output_cost_per_token": 6e-06, "output_cost_per_token_above_200k_tokens": 1.2e-05},
  "ranged": {"litellm_provider": "acme", "mode": "chat", "tiered_pricing": [
    {"range": [0, 32000.0], "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06, "output_cost_per_reasoning_token": 8e-06},
    {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "output_cost_per_reasoning_token": 1.6e-05}]},
  "nightly": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 8e-06, "cache_creation_input_token_cost": 0.0,
    "off_peak_pricing": {"input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06, "weekday_timezone": "Asia/Shanghai",
      "windows": [{"hours_utc": ["10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]}, {"hours_utc": "00:00-00:00", "weekdays": [6, 7]}]}},
  "embed": {"litellm_provider": "acme", "mode": "embedding", "input_cost_per_token": 1e-07, "output_cost_per_token": 0.0},
  "rank": {"litellm_provider": "acme", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
  "committed/1-month-commitment/x": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_second": 0.011, "output_cost_per_second": 0.011},
  "paint": {"litellm_provider": "acme", "mode": "image_generation", "output_cost_per_image": 0.04, "output_cost_per_image_4K": 0.1, "input_cost_per_pixel": 1e-9},
  "free?": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
  "nothing": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": null}
}"#;

/// The forms of genai-prices in a few invented models.
pub const GENAI: &str = r#"[
  {"id": "acme", "models": [
    {"id": "tiny", "match": {"or": [{"equals": "tiny"}, {"equals": "tiny-2026-01-01"}, {"starts_with": "tiny-"}]}, "context_window": 128000,
     "prices": {"input_mtok": "0.2", "output_mtok": "0.8", "cache_read_mtok": "0.02", "web_searches_kcount": "10"},
     "price_variants": [{"when": {"processing": "batch"}, "prices": {"input_mtok": "0.1", "output_mtok": "0.4"}, "constraint": {"start_date": "2026-10-14"}},
       {"when": {"service_tier": "default"}, "prices": {}}, {"when": {"search_type": "fast"}, "prices": {"web_searches_kcount": "1"}}]},
    {"id": "tall", "match": {"equals": "tall"}, "prices": [
      {"prices": {"input_mtok": {"base": "2", "tiers": [{"start": 199999, "price": "4"}]}, "output_mtok": "8", "cache_write_mtok": "2.5"}},
      {"constraint": {"start_date": "2026-12-01"}, "prices": {"input_mtok": {"base": "4", "tiers": [{"start": 200000, "price": "8"}]}, "output_mtok": "16", "cache_write_1h_mtok": "8"}}],
     "price_variants": [
      {"when": {"processing": "batch"}, "constraint": {"start_date": "2026-12-01"}, "prices": {"input_mtok": "2"}},
      {"when": {"processing": "batch"}, "constraint": {"start_date": "2026-10-14"}, "prices": {"input_mtok": "1", "output_mtok": "4"}}]},
    {"id": "nightly", "match": {"equals": "nightly"}, "prices": [
      {"prices": {"input_mtok": "1", "output_mtok": "2"}}, {"constraint": {"start_date": "2026-08-17"}, "prices": {"input_mtok": "1.5", "output_mtok": "3"}},
      {"constraint": {"start_time": "01:00:00+00:00", "end_time": "04:00:00+00:00"}, "prices": {"input_mtok": "3", "output_mtok": "6"}},
      {"constraint": {"start_time": "06:00:00+00:00", "end_time": "10:00:00+00:00"}, "prices": {"input_mtok": "3", "output_mtok": "6"}}]},
    {"id": "gift:free", "match": {"equals": "gift:free"}, "prices": {}},
    {"id": "unknown", "match": {"equals": "unknown"}, "prices": {}}]},
  {"id": "router", "models": [
    {"id": "acme/tiny", "match": {"equals": "acme/tiny"}, "prices": {"input_mtok": "0.25", "output_mtok": "1"}},
    {"id": "tiny", "match": {"equals": "tiny"}, "prices": {"input_mtok": "0.3", "output_mtok": "1.2", "output_citation_mtok": "2"}}]}
]"#;

use std::fs;

use llmcost::pricing::Model;
use llmcost::pricing::import::{Imported, Kind, Upstream, import as read, updated};
use llmcost::pricing::write::{Head, written};

use crate::support::{run, text};

fn parsed(upstream: Upstream, text: &str) -> Imported {
    let source = llmcost::diag::Source { name: "file.json".into(), text: text.to_owned(), first_line: 1 };
    read(upstream, &std::sync::Arc::new(source), "upstream").unwrap()
}

/// What became of a model or field, in words.
fn remark(imported: &Imported, model: &str, field: &str) -> (Kind, String) {
    let found = imported.remarks.iter().find(|remark| remark.model == model && remark.field.starts_with(field));
    let found = found.unwrap_or_else(|| panic!("{model} {field}: {:#?}", imported.remarks));
    (found.kind, found.reason.clone())
}

#[test]
fn what_litellm_says_otherwise_is_listed_with_its_reason() {
    let imported = parsed(Upstream::Litellm, LITELLM);
    let ids: Vec<&str> = imported.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(
        ids,
        ["tiny", "tall", "xai/grand", "ranged", "nightly", "embed", "rank", "committed/1-month-commitment/x", "paint"]
    );
    for (model, field, kind, reason) in [
        ("tiny", "cache_read_input_token_cost", Kind::Cleaned, "float noise; read as 0.00000002"),
        ("tall", "cache_read_input_token_cost_above_200k_tokens_flex", Kind::LeftOut, "without the price below it"),
        ("tall", "output in batch", Kind::ReadAs, "the same price for prompts of every length"),
        ("nightly", "cache_write", Kind::ReadAs, "no premium"),
        ("committed/1-month-commitment/x", "input_cost_per_second", Kind::ReadAs, "39.6 an hour"),
        ("paint", "output_cost_per_image_4K", Kind::LeftOut, "as resolution or duration"),
        ("paint", "input_cost_per_pixel", Kind::LeftOut, "no component"),
        ("free?", "", Kind::Skipped, "only zeros"),
        ("nothing", "", Kind::Skipped, "no price"),
    ] {
        let (found, why) = remark(&imported, model, field);
        assert!(found == kind && why.contains(reason), "{model} {field}: {found:?} {why}");
    }
}

#[test]
fn what_genai_prices_says_otherwise_is_listed_with_its_reason() {
    let imported = parsed(Upstream::GenaiPrices, GENAI);
    let ids: Vec<&str> = imported.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["acme/tiny", "acme/tall", "acme/nightly", "acme/gift:free", "router/acme/tiny", "router/tiny"]);
    assert_eq!(remark(&imported, "acme/tiny", "match").1, "a rule about parts of a name; only whole names are read");
    assert!(remark(&imported, "acme/tiny", "price_variants").1.contains("not a mode"));
    assert_eq!(remark(&imported, "router/tiny", "output_citation_mtok").0, Kind::LeftOut);
    assert_eq!(remark(&imported, "acme/unknown", "").0, Kind::Skipped);
    let of = |id: &str| imported.models.iter().find(|model| model.id == id).unwrap();
    // Seen on a day on which no price began: as old as the price beside it.
    let batch = of("acme/tiny").cards.iter().find(|card| card.when.mode.is_some()).unwrap();
    assert_eq!((batch.from, batch.verified.unwrap().to_string()), (None, "2026-10-14".to_owned()));
    let begun: Vec<Option<String>> = of("acme/tall")
        .cards
        .iter()
        .filter(|card| card.when.mode.is_some())
        .map(|card| card.from.map(|from| from.to_string()))
        .collect();
    assert_eq!(begun, [None, Some("2026-12-01".to_owned())]);
    assert!(of("acme/gift:free").free);
}

#[test]
fn names_mean_what_they_mean_upstream_or_are_ambiguous() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("g.json"), GENAI).unwrap();
    let output = run(&["prices", "import", "--from", "genai-prices", &path("g.json"), "-o", &path("g.yaml")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("6 models of 7 in the file"), "{}", text(&output.stdout));
    let price = |name: &str| {
        let output = run(&["price", name, "--input", "1M", "--prices", &path("g.yaml"), "--format", "json"]);
        let json = serde_json::from_slice::<serde_json::Value>(&output.stdout);
        json.map_or_else(|_| text(&output.stderr), |json| json["total"].as_str().unwrap().to_owned())
    };
    assert_eq!(price("acme/tiny"), "0.2");
    assert_eq!(price("router/acme/tiny"), "0.25");
    assert_eq!(price("router/tiny"), "0.3");
    assert_eq!(price("tiny-2026-01-01"), "0.2");
    assert_eq!(price("acme/tiny-2026-01-01"), "0.2");
    let ambiguous = price("tiny");
    assert!(ambiguous.contains("write `acme/tiny` or `router/tiny`"), "{ambiguous}");
    assert!(price("tiny-2026").contains("error[unknown-model]"));
    assert_eq!(price("acme/gift:free"), "0");
}

/// A list that was imported, a newer file, and the list after it.
fn twice(old: &str, new: &str, date: &str) -> (Vec<Model>, Vec<Model>) {
    let old = parsed(Upstream::Litellm, old).models;
    let (after, _) = updated(&old, &parsed(Upstream::Litellm, new).models, date.parse().unwrap(), "upstream");
    (old, after)
}

#[test]
fn a_newer_file_appends_and_forgets_nothing() {
    let newer = LITELLM
        .replace("\"input_cost_per_token\": 2E-7", "\"input_cost_per_token\": 3e-7")
        .replace("\"embed\"", "\"embed-2\"")
        .replace("\"input_cost_per_token_batches\": 1e-07, ", "");
    let (old, after) = twice(LITELLM, &newer, "2026-12-01");
    let of = |models: &[Model], id: &str| models.iter().find(|model| model.id == id).unwrap().clone();
    let tiny = of(&after, "tiny");
    let standard: Vec<(Option<String>, String)> = tiny
        .cards
        .iter()
        .filter(|card| card.when.is_empty())
        .map(|card| (card.from.map(|from| from.to_string()), card.rates[0].1.usd.to_string()))
        .collect();
    assert_eq!(standard, [(None, "0.0000002".into()), (Some("2026-12-01".into()), "0.0000003".into())]);
    // A batch price that is no longer stated has an end.
    let batch = tiny.cards.iter().find(|card| card.when.mode.is_some()).unwrap();
    assert_eq!(batch.until.unwrap().to_string(), "2026-12-01");
    // A model that is gone stays, retired; a new one begins on the day of the file.
    let gone = of(&after, "embed");
    assert_eq!(gone.retires.unwrap().to_string(), "2026-12-01");
    assert_eq!(gone.cards.len(), of(&old, "embed").cards.len());
    assert_eq!(of(&after, "embed-2").cards[0].from.unwrap().to_string(), "2026-12-01");
    // Everything that was there is there still.
    for model in &old {
        for card in &model.cards {
            let kept =
                of(&after, &model.id).cards.iter().any(|other| other.rates == card.rates && other.from == card.from);
            assert!(kept, "{} {:?}", model.id, card.when);
        }
    }
    // The same file again changes nothing.
    let text = written(&Head::default(), &after);
    let (again, changes) =
        updated(&after, &parsed(Upstream::Litellm, &newer).models, "2026-12-02".parse().unwrap(), "upstream");
    assert_eq!(written(&Head::default(), &again), text);
    assert_eq!((changes.added.len(), changes.changed.len()), (0, 0));
}

#[test]
fn announced_prices_of_a_newer_file_are_added_once() {
    let old = parsed(Upstream::GenaiPrices, &GENAI.replace("2026-12-01", "2027-12-01")).models;
    let new = parsed(Upstream::GenaiPrices, GENAI).models;
    let (after, _) = updated(&old, &new, "2026-11-23".parse().unwrap(), "upstream");
    let tall = after.iter().find(|model| model.id == "acme/tall").unwrap();
    let from: Vec<String> = tall.cards.iter().filter_map(|card| card.from).map(|from| from.to_string()).collect();
    assert!(from.contains(&"2026-12-01".to_owned()), "{from:?}");
    let (again, changes) = updated(&after, &new, "2026-11-24".parse().unwrap(), "upstream");
    assert_eq!(changes.changed, Vec::<String>::new());
    assert_eq!(again.len(), after.len());
}

#[test]
fn the_command_updates_a_list_in_place_and_asks_for_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("l.json"), LITELLM).unwrap();
    fs::write(path("n.json"), LITELLM.replace("2E-7", "3e-7")).unwrap();
    let import = |file: &str, more: &[&str]| {
        run(&[
            &["prices", "import", "--from", "litellm", &path(file), "-o", &path("l.yaml"), "--report", &path("r.csv")],
            more,
        ]
        .concat())
    };
    assert_eq!(import("l.json", &["--listed", "2026-11-01"]).status.code(), Some(0));
    let first = fs::read_to_string(path("l.yaml")).unwrap();
    assert!(
        fs::read_to_string(path("r.csv"))
            .unwrap()
            .contains("tiny,cleaned,cache_read_input_token_cost,2.0000000000000002e-08,")
    );
    assert_eq!(import("l.json", &[]).status.code(), Some(0));
    let undated = import("n.json", &[]);
    assert_eq!(undated.status.code(), Some(2));
    assert!(text(&undated.stderr).contains("add `--listed DATE`"), "{}", text(&undated.stderr));
    assert_eq!(fs::read_to_string(path("l.yaml")).unwrap(), first);
    assert_eq!(import("n.json", &["--listed", "2026-12-01"]).status.code(), Some(0));
    let price = |at: &str| {
        let output =
            run(&["price", "tiny", "--input", "1M", "--prices", &path("l.yaml"), "--at", at, "--format", "json"]);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["total"].as_str().unwrap().to_owned()
    };
    assert_eq!((price("2026-11-30"), price("2026-12-01")), ("0.2".into(), "0.3".into()));
    // Something else than a list is not written over.
    fs::write(path("l.yaml"), "llmcost: 1\n").unwrap();
    assert_eq!(import("l.json", &[]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(path("l.yaml")).unwrap(), "llmcost: 1\n");
    let wrong = run(&["prices", "import", "--from", "genai-prices", &path("l.json")]);
    assert_eq!(wrong.status.code(), Some(2));
    fs::write(path("bad.json"), "{\"a\": 1,}").unwrap();
    let bad = run(&["prices", "import", "--from", "litellm", &path("bad.json")]);
    assert!(text(&bad.stderr).contains("error[syntax]: this is not valid JSON"), "{}", text(&bad.stderr));
}
