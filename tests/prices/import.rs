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
