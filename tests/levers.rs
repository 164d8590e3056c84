//! Fine-tuning, retrieval, rate limits and commitments, against figures worked by hand from what providers bill.

use num_rational::Ratio;
use serde_json::Value;

use super::exact::{Q, agrees, all_but, number, q, report, strategy};

const PRICES: &str = "prices:
  add:
    base: {provider: acme, input: 2.50, output: 10, batch: {discount: 50%}}
    small: {provider: acme, input: 0.15, output: 0.60}
    tuned: {provider: acme, input: 3.75, output: 15, training: 3.00, batch: {discount: 50%}}
    vectors: {provider: zenith, input: 0.02, batch: {input: 0.01}}
    by-text: {provider: zenith, request: 0.0001}
    searcher: {provider: zenith, file_search: 0.0025}
";

fn computed(workload: &str, rest: &str) -> Value {
    report(&format!("llmcost: 1\n{PRICES}workload: {workload}\n{rest}"))
}

fn cost(report: &Value, name: &str, metric: &str) -> Q {
    number(&strategy(report, name)["cost"][metric])
}

fn warns(report: &Value, name: &str, code: &str) -> Option<String> {
    let warnings = strategy(report, name)["warnings"].as_array().unwrap();
    warnings.iter().find(|warning| warning["code"] == code).map(|found| found["message"].as_str().unwrap().to_owned())
}

fn line<'a>(report: &'a Value, name: &str, lever: &str, component: &str) -> &'a Value {
    let lines = strategy(report, name)["lines"].as_array().unwrap();
    let found = lines.iter().find(|line| line["lever"] == lever && line["component"] == component);
    found.unwrap_or_else(|| panic!("no {lever} {component} in {lines:#?}"))
}

fn few_shot(examples: u32) -> String {
    format!("{{requests: 10k/day, prompt: {{system: 300, examples: {examples}, user: 100}}, output: 200}}")
}

const TUNED: &str = "{model: tuned, training_tokens: 5M, epochs: 3, price: 3.00, amortise: 6 months}";

/// Base 2.50/10, tuned 3.75/15, 400 + E input, 200 output: with 800 tokens of examples a call costs 0.005 and 0.0045; with
/// 500 it costs 0.00425 and the training of 45 dollars is never paid.
#[test]
fn a_training_pays_after_so_many_calls_or_never() {
    let strategies = format!("strategies:\n  base: {{model: base}}\n  tuned: {{model: base, fine_tune: {TUNED}}}\n");
    let found = computed(&few_shot(800), &strategies);
    let tuned = &strategy(&found, "tuned")["fine_tune"];
    for (key, value) in [
        ("model", "tuned"),
        ("against", "strategy"),
        ("training", "45"),
        ("per_month", "7.5"),
        ("hosting_per_month", "0"),
        ("base_per_call", "0.005"),
        ("tuned_per_call", "0.0045"),
        ("saves_per_call", "0.0005"),
        ("break_even_calls", "90000"),
        ("calls_per_day", "10000"),
        ("break_even_days", "9"),
    ] {
        assert_eq!(tuned[key], value, "{key}");
    }
    assert_eq!(cost(&found, "tuned", "per_month"), q(1_357_500, 1000));
    assert_eq!(warns(&found, "tuned", "fine-tune-never-pays"), None);

    let found = computed(&few_shot(500), &strategies);
    let tuned = &strategy(&found, "tuned")["fine_tune"];
    assert_eq!((&tuned["saves_per_call"], &tuned["break_even_calls"]), (&"-0.00025".into(), &Value::Null));
    assert!(warns(&found, "tuned", "fine-tune-never-pays").unwrap().contains("no number of calls"));
}

/// 45 dollars over a year of 365 days, over 90 days, over the 12 months that nobody states.
#[test]
fn a_training_is_spread_over_the_time_that_it_serves() {
    let of = |amortise: &str| {
        let lever = format!("{{model: tuned, training_tokens: 5M, epochs: 3, price: 3.00{amortise}}}");
        computed(&few_shot(800), &format!("strategies: {{tuned: {{model: base, fine_tune: {lever}}}}}\n"))
    };
    let per_month = |found: &Value| number(&strategy(found, "tuned")["fine_tune"]["per_month"]);
    assert!(agrees(&per_month(&of(", amortise: 1 year")), &(q(45 * 30, 365))));
    assert_eq!(per_month(&of(", amortise: 90 days")), q(15, 1));
    let found = of("");
    assert_eq!(per_month(&found), q(375, 100));
    let said = strategy(&found, "tuned")["assumptions"].to_string();
    assert!(said.contains("12 months unless `amortise` says otherwise"), "{said}");
    assert!(said.contains("carry no examples"), "{said}");
}

/// The list's price of a trained token, once over the tokens; an endpoint at 0.50 an hour eats what calls save.
#[test]
fn training_at_the_list_price_and_a_model_that_is_kept_ready() {
    let lever = "{model: tuned, training_tokens: 5M, hosting_per_hour: 0.50}";
    let found = computed(&few_shot(800), &format!("strategies: {{tuned: {{model: base, fine_tune: {lever}}}}}\n"));
    let tuned = &strategy(&found, "tuned")["fine_tune"];
    assert_eq!((&tuned["training"], &tuned["hosting_per_month"]), (&"15".into(), &"360".into()));
    assert_eq!(line(&found, "tuned", "fine_tune", "hosting")["per_day"], "12");
    // 10k calls a day save 150 a month, so that no month pays for its hosting.
    assert_eq!(tuned["break_even_calls"], "30000");
    assert!(warns(&found, "tuned", "fine-tune-never-pays").unwrap().contains("kept ready"));
}

/// The levers of the strategy hold for the tuned model: half of the calls wait at half the price, half of all calls fail once
/// and are billed. A cache in front makes days of calls longer and changes no call.
#[test]
fn a_tuned_model_meets_the_levers_of_its_strategy() {
    let strategies = format!(
        "strategies:
  plain: {{model: base, fine_tune: {TUNED}}}
  with-levers: {{model: base, batch: 50%, retries: {{rate: 50%}}, fine_tune: {TUNED}}}
  cached: {{extends: plain, response_cache: {{exact: {{hit_rate: 50%}}}}}}
  kept: {{extends: plain, fine_tune: {{model: tuned, training_tokens: 5M, epochs: 3, price: 3.00, examples: 80}}}}
"
    );
    let found = computed(&few_shot(800), &strategies);
    // 0.0045 a call, x 0.75 in two modes, x 2 with repetitions
    assert_eq!(strategy(&found, "with-levers")["fine_tune"]["tuned_per_call"], "0.00675");
    assert_eq!(strategy(&found, "with-levers")["fine_tune"]["base_per_call"], "0.0075");
    assert_eq!(strategy(&found, "with-levers")["fine_tune"]["break_even_calls"], "60000");
    let cached = &strategy(&found, "cached")["fine_tune"];
    assert_eq!((&cached["break_even_calls"], &cached["break_even_days"]), (&"90000".into(), &"18".into()));
    assert_eq!(cost(&found, "cached", "per_day"), q(2275, 100));
    // 80 tokens of examples are left: 80 x 3.75/1M = 0.0003
    assert_eq!(strategy(&found, "kept")["fine_tune"]["tuned_per_call"], "0.0048");
    assert_eq!(strategy(&found, "kept")["fine_tune"]["break_even_calls"], "225000");
}

/// Without a serving of its own the tuned model stands in for the baseline; the baseline itself for nobody.
#[test]
fn a_tuned_model_alone_is_compared_with_the_baseline() {
    let strategies = format!(
        "baseline: base
strategies:
  tuned: {{fine_tune: {TUNED}}}
  base: {{route: {{base: 90%, small: rest}}, retries: {{rate: 50%}}}}
  other: {{model: small, fine_tune: {TUNED}}}
"
    );
    let found = computed(&few_shot(800), &strategies);
    let tuned = &strategy(&found, "tuned")["fine_tune"];
    // 2 x (0.9 x 0.005 + 0.1 x (1,200 x 0.15 + 200 x 0.60)/1M) = 0.00906
    assert_eq!((&tuned["against"], &tuned["base_per_call"]), (&"baseline".into(), &"0.00906".into()));
    let levers = |name: &str| -> Vec<String> {
        let bars = strategy(&found, name)["waterfall"].as_array().unwrap();
        bars.iter().map(|bar| bar["lever"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(levers("tuned"), ["fine_tune", "retries"], "who would answer is the same");
    assert_eq!(levers("other"), ["fine_tune", "model", "retries"], "who would answer is another one");
    for kind in ["waterfall", "shapley"] {
        let bars = strategy(&found, "other")[kind].as_array().unwrap();
        let sum: Q = bars.iter().map(|bar| number(&bar["saves_per_month"])).sum();
        assert_eq!(sum, number(&strategy(&found, "other")["savings"]["per_month"]), "{kind}");
    }
    let alone = computed(&few_shot(800), &format!("strategies: {{tuned: {{fine_tune: {TUNED}}}}}\n"));
    let tuned = &strategy(&alone, "tuned")["fine_tune"];
    assert!(tuned["against"].is_null() && tuned["saves_per_call"].is_null() && tuned["break_even_calls"].is_null());
    assert_eq!(cost(&alone, "tuned", "per_month"), q(1_357_500, 1000));
}

/// A tuned model on GPUs of one's own, in place of a cascade: the cascade's deployment is not paid any more.
#[test]
fn a_tuned_model_may_run_on_a_deployment() {
    let found = computed(
        &few_shot(800),
        "deployments:
  own: {usd_per_gpu_hour: 1.50, throughput: 3000 tok/s}
  first: {usd_per_gpu_hour: 1.00, throughput: 3000 tok/s}
strategies:
  tuned:
    cascade: [{deployment: first, accept: 70%}, {model: base}]
    fine_tune: {model: own, training_tokens: 5M, price: 3.00, amortise: 10 months}
",
    );
    assert_eq!(cost(&found, "tuned", "per_day"), q(3605, 100), "a replica all day and 0.05 of the training");
    // A replica at 24 a day and 30% of 10k calls at 0.005, over 10k calls, against 36 a day.
    let tuned = &strategy(&found, "tuned")["fine_tune"];
    assert_eq!((&tuned["base_per_call"], &tuned["tuned_per_call"]), (&"0.0039".into(), &"0.0036".into()));
}

/// The quality of a tuned strategy is that of the tuned model.
#[test]
fn a_tuned_model_has_its_own_quality() {
    let found = computed(
        &few_shot(800),
        &format!("quality: {{base: 80%, tuned: 85%}}\nstrategies: {{a: {{model: base, fine_tune: {TUNED}}}}}\n"),
    );
    assert_eq!(strategy(&found, "a")["quality"], "0.85");
}

const CORPUS: &str = "corpus: 200M, chunk: 500, top: 4, amortise: 10 months";

fn rag(workload: &str, levers: &str) -> Value {
    computed(workload, &format!("strategies:\n  a: {{model: small, {levers}}}\n"))
}

/// 1k requests a day of 200 + 100 tokens and 2,000 of context.
const ASKED: &str = "{requests: 1k/day, prompt: {system: 200, user: 100}, output: 100}";

/// 200M tokens x 0.02/1M = 4 dollars, 0.40 a month; chunks that overlap by 100 of 500 tokens are read 1.25 times.
#[test]
fn an_index_is_paid_once_and_kept_up() {
    let found = rag(ASKED, &format!("retrieval: {{{CORPUS}, embed: vectors}}"));
    let index = &strategy(&found, "a")["retrieval"];
    for (key, value) in [
        ("chunks", "400000"),
        ("index_tokens", "200000000"),
        ("index_cost", "4"),
        ("index_per_month", "0.4"),
        ("context_tokens", "2000"),
        ("per_month", "0.46"),
    ] {
        assert_eq!(index[key], value, "{key}");
    }
    // answers 1k x (2,300 x 0.15 + 100 x 0.60)/1M = 0.405 a day; queries 1k x 100 x 0.02/1M = 0.002
    assert_eq!(cost(&found, "a", "per_month"), q(1221 + 40, 100));
    let said = strategy(&found, "a")["assumptions"].to_string();
    for default in ["retrieval.reindex", "retrieval.store"] {
        assert!(said.contains(default), "{said}");
    }

    let overlapping =
        format!("retrieval: {{{CORPUS}, overlap: 100, embed: {{model: vectors, mode: batch}}, reindex: 20%}}");
    let found = rag(ASKED, &overlapping);
    let index = &strategy(&found, "a")["retrieval"];
    assert_eq!((&index["chunks"], &index["index_cost"]), (&"500000".into(), &"2.5".into()));
    let again = number(&line(&found, "a", "retrieval", "reindex")["quantity"]);
    assert!(agrees(&again, &q(5_000_000, 3)), "{again}");
    assert_eq!(line(&found, "a", "retrieval", "index")["mode"], "batch");
    // 0.25 for the index, 20% of 2.50 for its upkeep, 0.06 for queries
    assert_eq!(number(&index["per_month"]), q(81, 100));
}

/// 400,000 vectors of 1,536 floats are 2.4576 GB; of bytes, with 1.5 kB of text, 1.2144 GB.
#[test]
fn a_store_is_paid_by_size_by_month_or_by_search() {
    let monthly = |store: &str| {
        let found = rag(ASKED, &format!("retrieval: {{{CORPUS}, embed: vectors, store: {store}}}"));
        number(&strategy(&found, "a")["retrieval"]["per_month"]) - q(46, 100)
    };
    assert_eq!(monthly("{per_gb_month: 0.25, dimensions: 1536}"), q(24_576, 40_000));
    assert_eq!(monthly("{per_gb_month: 0.25, dimensions: 1536, bytes: 1, text: 1.5kB}"), q(12_144, 40_000));
    assert_eq!(monthly("{per_month: $70}"), q(70, 1));
    // 30k searches a month
    assert_eq!(monthly("{per_month: $70, per_search: 0.0001}"), q(73, 1));
}

/// A search costs 2 dollars a thousand; 50 chunks of 500 tokens with a query of 100 are 30,000 tokens at 0.02/1M.
#[test]
fn found_chunks_are_put_in_order_at_a_price() {
    let monthly = |rerank: &str| {
        let found = rag(ASKED, &format!("retrieval: {{{CORPUS}, embed: vectors, rerank: {rerank}}}"));
        number(&strategy(&found, "a")["retrieval"]["per_month"]) - q(46, 100)
    };
    assert_eq!(monthly("{per_search: 0.002}"), q(60, 1));
    assert_eq!(monthly("{model: vectors, candidates: 50}"), q(18, 1));
    assert_eq!(monthly("{model: by-text}"), q(3, 1), "a request each");
    assert_eq!(monthly("{model: searcher}"), q(75, 1), "a search each");
}

/// What reaches retrieval is embedded: behind the response cache, before packing, the user part of each turn in the tokens of
/// the embedding model, or as many tokens as are stated.
#[test]
fn queries_are_embedded_behind_the_cache_and_before_the_pack() {
    let queries = |workload: &str, levers: &str, query: &str| {
        let found = rag(workload, &format!("{levers}retrieval: {{{CORPUS}, embed: vectors{query}}}"));
        number(&line(&found, "a", "retrieval", "input")["quantity"])
    };
    assert_eq!(queries(ASKED, "", ""), q(100_000, 1));
    assert_eq!(queries(ASKED, "response_cache: {semantic: {hit_rate: 25%}}, ", ""), q(75_000, 1));
    assert_eq!(queries(ASKED, "pack: {items: 10}, ", ""), q(100_000, 1));
    assert_eq!(queries(ASKED, "compress: {user: 50%}, ", ""), q(100_000, 1), "the question as it was asked");
    assert_eq!(queries(ASKED, "", ", query: 30"), q(30_000, 1));
    let turns = "{requests: 1k/day, prompt: {user: 100}, output: 100, turns: 10}";
    assert_eq!(queries(turns, "", ""), q(100_000, 1), "each turn asks its own");
    let factor = "{requests: 1k/day, prompt: {user: 100}, output: 100, tokenizer: {factors: {vectors: 1.2}}}";
    assert_eq!(queries(factor, "", ""), q(120_000, 1));
    let steps = "{requests: 1k/day, prompt: {user: 100}, output: 100, agent: {steps: 3}}";
    let found = rag(steps, &format!("retrieval: {{{CORPUS}, embed: vectors}}"));
    assert_eq!(number(&line(&found, "a", "retrieval", "input")["quantity"]), q(100_000, 1));
    // Every step sends the context again: 3 x (100 + 2,000) + 3 x 100 of what was answered before
    assert_eq!(number(&line(&found, "a", "model", "input")["quantity"]), q(6_600_000, 1));
}

/// A model that is paid by the text: 400,000 chunks and a query for each request, 0.0001 each.
#[test]
fn texts_may_be_paid_by_the_piece() {
    let found = rag(ASKED, &format!("retrieval: {{{CORPUS}, embed: by-text, reindex: 1%}}"));
    let index = &strategy(&found, "a")["retrieval"];
    assert_eq!(index["index_cost"], "40");
    assert_eq!(number(&index["per_month"]), q(4, 1) + q(4, 10) + q(3, 1));
}

/// 60% of 2,000 tokens are relevant: 1,200, and no more than 1,000 where that is the cap; half of them after compression.
#[test]
fn relevance_comes_before_the_cap_and_after_compression() {
    let context = |levers: &str| {
        let found = rag(ASKED, &format!("{levers}, retrieval: {{{CORPUS}, embed: vectors}}"));
        number(&line(&found, "a", "model", "input")["quantity"]) / q(1000, 1) - q(300, 1)
    };
    assert_eq!(context("context: {relevance: 60%}"), q(1200, 1));
    assert_eq!(context("context: {relevance: 60%, max: 1000}"), q(1000, 1));
    assert_eq!(context("compress: {context: 50%}, context: {relevance: 60%, max: 1000}"), q(600, 1));
    assert_eq!(context("compress: {context: {to: 1500}}, context: {relevance: 60%}"), q(900, 1));
    let stated = "{requests: 1k/day, prompt: {context: 3000, user: 100}, output: 100}";
    let found = rag(stated, "context: {relevance: 40%}");
    assert_eq!(line(&found, "a", "model", "input")["quantity"], "1300000");
}

/// Twelve hours at twice the load of the other twelve: 4/3 and 2/3 of the mean.
const HOURS: &str = "profile: {hours: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]}";

fn rate(found: &Value, name: &str, what: &str) -> (Q, Q, bool) {
    let rates = strategy(found, name)["limits"][0]["rates"].as_array().unwrap();
    let rate = rates.iter().find(|rate| rate["what"] == what).unwrap();
    (number(&rate["mean_per_minute"]), number(&rate["peak_per_minute"]), rate["fits"].as_bool().unwrap())
}

fn overflow(found: &Value, name: &str) -> Q {
    number(&strategy(found, name)["limits"][0]["overflow_share"])
}

/// 1,000 requests of 600 tokens a minute.
#[test]
fn a_peak_fits_a_limit_or_so_much_comes_above_it() {
    let limited = |more: &str, limits: &str| {
        let workload = format!("{{requests: 1_440_000/day, input: 500, output: 100{more}}}");
        computed(
            &workload,
            &format!("limits: {{{limits}}}\nstrategies:\n  a: {{model: base}}\n  half: {{model: base, batch: 50%}}\n"),
        )
    };
    let profile = format!(", {HOURS}");
    let found = limited(&profile, "base: {requests: 1200/min, tokens: 600k/min, output_tokens: 133334/min}");
    let (mean, peak, fits) = rate(&found, "a", "requests");
    assert_eq!(mean, q(1000, 1));
    assert!(all_but(&peak, &q(4000, 3)) && !fits);
    assert!(rate(&found, "a", "output_tokens").2 && !rate(&found, "a", "tokens").2);
    // Tokens are what is reached first: in busy hours 800k meet 600k, in quiet ones 400k do: 200 of 1,200.
    assert!(all_but(&overflow(&found, "a"), &q(1, 6)));
    let said = warns(&found, "a", "rate-limit-exceeded").unwrap();
    assert!(said.contains("16.7% of a week's requests") && said.contains("1,333.3 requests a minute"), "{said}");
    // What waits has limits of its own.
    assert_eq!(rate(&found, "half", "requests").0, q(500, 1));
    assert_eq!(overflow(&found, "half"), q(0, 1));
    assert_eq!(warns(&found, "half", "rate-limit-exceeded"), None);

    let found = limited("", "acme: {requests: 1500/min}, peak_to_mean: 1.5");
    assert_eq!(rate(&found, "a", "requests"), (q(1000, 1), q(1500, 1), true), "a peak at its limit fits");
    assert_eq!(overflow(&found, "a"), q(0, 1));
    let found = limited("", "acme: {requests: 1/min}, base: {requests: 1500/min}, peak_to_mean: 2");
    assert_eq!(rate(&found, "a", "requests").1, q(2000, 1), "a model's own limit wins over that of its provider");
    assert_eq!(overflow(&found, "a"), q(1, 4));
    let found = limited("", "small: {requests: 1/min}");
    assert!(strategy(&found, "a")["limits"].is_null(), "nobody asks that model");
}

/// Failed calls are calls; tokens that a cache reads count unless the provider says otherwise.
#[test]
fn repeated_calls_and_cached_tokens_count_against_limits() {
    let found = report(
        "llmcost: 1
prices: {add: {m: {input: 1, output: 4, cached_read: 0.1}}}
workload: {requests: 1_440_000/day, prompt: {system: 400, user: 100}, output: 100}
limits: {m: {requests: 2k/min, input_tokens: 1M/min, count_cached: false}}
strategies:
  a: {model: m, retries: {rate: 50%}, prefix_cache: {hit_rate: 75%}}
",
    );
    assert_eq!(rate(&found, "a", "requests"), (q(2000, 1), q(2000, 1), true));
    // 2,000 x (500 - 300) a minute
    assert_eq!(rate(&found, "a", "input_tokens").0, q(400_000, 1));
}

fn committed(commitments: &str, strategies: &str) -> Value {
    let workload = "{requests: 1M/day, input: 500, output: 200}";
    computed(workload, &format!("commitments: {{{commitments}}}\nstrategies: {{{strategies}}}\n"))
}

fn adds(report: &Value, name: &str) -> Q {
    number(&strategy(report, name)["commitments"][0]["adds_per_month"])
}

/// acme bills 97,500 a month for base and 5,850 for small.
#[test]
fn what_was_promised_and_not_used_is_paid() {
    let found =
        committed("acme: {minimum_per_month: $50k}", "a: {model: base}, b: {model: small}, c: {model: by-text}");
    assert_eq!(cost(&found, "a", "per_month"), q(97_500, 1));
    assert_eq!(cost(&found, "b", "per_month"), q(50_000, 1));
    assert_eq!(cost(&found, "c", "per_month"), q(53_000, 1), "nothing is used of it");
    assert_eq!((adds(&found, "a"), adds(&found, "b"), adds(&found, "c")), (q(0, 1), q(44_150, 1), q(50_000, 1)));
    let lines = strategy(&found, "a")["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["lever"] != "commitment"), "nothing to pay is no line");
    let settled = &strategy(&found, "b")["commitments"][0];
    assert_eq!((&settled["spend_per_month"], &settled["unused_per_month"]), (&"5850".into(), &"44150".into()));
    let found = committed("base: {minimum_per_month: $50k}", "a: {model: small}");
    assert_eq!(cost(&found, "a", "per_month"), q(55_850, 1), "only that model counts");
}

/// 120,000 for a year with 10% on top: 10,000 a month buy 11,000 of usage.
#[test]
fn prepaid_usage_expires_is_used_or_is_exceeded() {
    let of = |share: &str| {
        committed(
            "acme: {prepaid: $120k, valid: 12 months, bonus: 10%}",
            &format!("a: {{route: {{base: {share}, by-text: rest}}}}"),
        )
    };
    let line = |found: &Value| number(&line(found, "a", "commitment", "prepaid")["unit_price"]);
    // 4,875 used; 10,725 used, all but 275 of what was bought; 48,750 used.
    let cases = [("5%", q(5125, 1)), ("11%", q(-725, 1)), ("50%", q(-1000, 1))];
    for (share, expected) in cases {
        let found = of(share);
        assert_eq!((line(&found), adds(&found, "a")), (expected.clone(), expected), "{share}");
    }
    let unused = |share: &str| strategy(&of(share), "a")["commitments"][0]["unused_per_month"].clone();
    assert_eq!((unused("5%"), unused("11%"), unused("50%")), ("6125".into(), "275".into(), "0".into()));
    let exact = committed("acme: {prepaid: $97.5k, valid: 30 days}", "a: {model: base}");
    assert_eq!(cost(&exact, "a", "per_month"), q(97_500, 1));
}

/// Savings below the minimum are none, and attribution knows it: the route saves 47,500 of 97,500, the cache nothing more.
#[test]
fn who_saved_what_knows_what_was_promised() {
    let found = committed(
        "acme: {minimum_per_month: $50k}",
        "a: {model: base}, b: {model: small, response_cache: {exact: {hit_rate: 60%}}}",
    );
    let of = |kind: &str| -> Vec<(String, Q)> {
        let bars = strategy(&found, "b")[kind].as_array().unwrap();
        bars.iter().map(|bar| (bar["lever"].as_str().unwrap().to_owned(), number(&bar["saves_per_month"]))).collect()
    };
    // The cache alone leaves 39,000, which is below the minimum as well.
    assert_eq!(of("waterfall"), [("response_cache".to_owned(), q(47_500, 1)), ("model".to_owned(), q(0, 1))]);
    assert_eq!(of("shapley"), [("response_cache".to_owned(), q(23_750, 1)), ("model".to_owned(), q(23_750, 1))]);
}

/// What provisioned units do not take is spent with the provider that takes it; a comparison of prices leaves promises out.
#[test]
fn overflow_is_spend_and_break_evens_know_no_promises() {
    let text = |commitment: &str| {
        format!(
            "{commitment}deployments:
  units: {{provisioned: {{tpm_per_unit: 100k, units: 1, usd_per_unit_hour: 1, overflow: base}}}}
  own: {{usd_per_gpu_hour: 1.50, throughput: 3000 tok/s}}
break_even: [{{api: base, deployment: own}}]
strategies: {{a: {{deployment: units}}}}
"
        )
    };
    let workload = "{requests: 1_440_000/day, input: 150, output: 50}";
    let without = computed(workload, &text(""));
    let with = computed(workload, &text("commitments: {acme: {minimum_per_month: $30k}}\n"));
    // 200k tokens a minute, of which a unit takes half: 720k calls x (150 x 2.50 + 50 x 10)/1M = 630 a day
    assert_eq!(cost(&without, "a", "per_day"), q(24 + 630, 1));
    assert_eq!(number(&strategy(&with, "a")["commitments"][0]["spend_per_month"]), q(18_900, 1));
    assert_eq!(cost(&with, "a", "per_month"), q(24 * 30 + 30_000, 1));
    assert_eq!(with["break_even"], without["break_even"]);
}

/// Amounts are shown in the currency of the scenario, and a stated one is converted once.
#[test]
fn other_currencies_are_promised_and_shown() {
    let found = report(&format!(
        "llmcost: 1\ncurrency: {{code: EUR, per_usd: 0.8}}\n{PRICES}workload: {{requests: 1M/day, input: 500, output: 200}}
commitments: {{acme: {{minimum_per_month: 8000 EUR}}}}
strategies: {{a: {{model: small}}}}
"
    ));
    let settled = &strategy(&found, "a")["commitments"][0];
    assert_eq!((&settled["committed_per_month"], &settled["spend_per_month"]), (&"8000".into(), &"4680".into()));
    assert_eq!(cost(&found, "a", "per_month"), Ratio::from_integer(8000.into()));
}
