//! The schema of scenarios knows what the reader accepts: each map is asked for its keys, by a key that it does not know.

use std::collections::BTreeSet;

use llmcost::input::{self, Node, Value};
use llmcost::schema;
use serde_json::json;

use crate::support::{root, run, scenarios, text, try_report};

/// A key that is near none, so that the reader answers with all it knows.
const UNKNOWN: &str = "zzzzzzzzzzzz";

const WORKLOAD: &str = "workload: {requests: 1/day, input: 1, output: 1}\n";
const STRATEGY: &str = "strategies:\n  a: {model: gpt-4o}\n";

/// A scenario with an unknown key in the map of this name; `HERE` stands for it.
fn scenarios_with(map: &str) -> Vec<String> {
    let whole = |body: &str| format!("llmcost: 1\n{body}");
    let root = |keys: &str| vec![whole(&format!("{keys}\n{WORKLOAD}{STRATEGY}"))];
    let workload = |keys: &str| vec![whole(&format!("workload: {{requests: 1/day, {keys}}}\n{STRATEGY}"))];
    let lever = |keys: &str| whole(&format!("{WORKLOAD}strategies:\n  a: {{model: gpt-4o, {keys}}}\n"));
    let levers = |keys: &str| vec![lever(keys)];
    let serving = |keys: &str| whole(&format!("{WORKLOAD}strategies:\n  a: {{{keys}}}\n"));
    let hosting =
        |keys: &str| whole(&format!("{WORKLOAD}deployments:\n  d: {{{keys}}}\nstrategies:\n  a: {{deployment: d}}\n"));
    let own = "gpus: 1, usd_per_gpu_hour: 1, throughput: 3000 tok/s";
    let corpus = "corpus: 1k, chunk: 100, top: 1, embed: gpt-4o";
    let hours = format!("hours: [{}]", ["1"; 24].join(", "));
    match map {
        "scenario" => root("HERE"),
        "optimize" => root("optimize: {HERE}"),
        "forecast" => root("forecast: {HERE}"),
        "ramp" => root("forecast: {ramp: {from: 10%, months: 3, HERE}}"),
        "event" => root("forecast: {start: 2027-01, events: [{month: 2027-03, requests: x2, HERE}]}"),
        "range" => levers("misroute: {low: 1%, high: 2%, HERE}, route: {gpt-4o: 100%}"),
        "correlation" => root("correlate: [{between: [workload.input, workload.output], rho: 0.5, HERE}]"),
        "currency" => root("currency: {code: EUR, per_usd: 0.9, HERE}"),
        "calendar" => root("calendar: {HERE}"),
        "log" => root("log: {HERE}"),
        "prices" => root("prices: {HERE}"),
        "workload" => workload("input: 1, output: 1, HERE"),
        "prompt" => workload("prompt: {user: 1, HERE}, output: 1"),
        "task" => workload("input: 1, output: 1, tasks: [{name: x, share: 100%, HERE}]"),
        "profile" => workload(&format!("input: 1, output: 1, profile: {{{hours}, HERE}}")),
        "turns" => workload("input: 1, output: 1, turns: {count: 3, HERE}"),
        "agent" => workload("input: 1, output: 1, agent: {steps: 3, HERE}"),
        "lengths" => workload("lengths: {input: {p50: 10, p95: 20}, output: {p50: 10, p95: 20}, HERE}"),
        "spread" => workload("lengths: {input: {p50: 10, p95: 20, HERE}, output: {p50: 10, p95: 20}}"),
        "bin" => workload("lengths: {input: {histogram: [{upto: 10, share: 100%, HERE}]}, output: {p50: 10, p95: 20}}"),
        "metered" => workload("input: 1, output: 1, metered: [{name: x, quantity: 1, price: 1, HERE}]"),
        "tokenizer" => workload("input: 1, output: 1, tokenizer: {factors: {gpt-4o: 1.1}, HERE}"),
        "factors" => workload("input: 1, output: 1, tokenizer: {factors: {gpt-4o: {input: 1.1, HERE}}}"),
        "strategy" => levers("HERE"),
        "response_cache" => levers("response_cache: {exact: {hit_rate: 1%, cost_per_hit: 0}, HERE}"),
        "exact" => levers("response_cache: {exact: {hit_rate: 1%, cost_per_hit: 0, HERE}}"),
        "semantic" => levers("response_cache: {semantic: {hit_rate: 1%, cost_per_hit: 0, HERE}}"),
        "popularity" => levers("response_cache: {exact: {popularity: {distinct: 100, zipf: 1, HERE}, ttl: 1h}}"),
        "compress" => levers("compress: {system: 10%, HERE}"),
        "compressed" => levers("compress: {system: {to: 1, HERE}}"),
        "examples" => levers("examples: {keep: 1, of: 2, HERE}"),
        "context" => levers("context: {max: 1, HERE}"),
        "fine_tune" => levers("fine_tune: {model: gpt-4o, training_tokens: 1, price: 1, HERE}"),
        "retrieval" => levers(&format!("retrieval: {{{corpus}, HERE}}")),
        "embed" => levers("retrieval: {corpus: 1k, chunk: 100, top: 1, embed: {model: gpt-4o, HERE}}"),
        // Only what is paid by size has one.
        "store" => levers(&format!("retrieval: {{{corpus}, store: {{per_gb_month: 1, dimensions: 8, HERE}}}}")),
        "rerank" => levers(&format!("retrieval: {{{corpus}, rerank: {{per_search: 1, HERE}}}}")),
        "commitment" => root("commitments: {openai: {prepaid: 1, valid: 1 year, HERE}}"),
        "history" => levers("history: {max: 1, HERE}"),
        "summarise" => levers("summarise: {every: 2, to: 10, model: gpt-4o, HERE}"),
        "output" => levers("output: {max: 1, HERE}"),
        "pack" => levers("pack: {items: 2, HERE}"),
        "retries" => levers("retries: {rate: 2%, HERE}"),
        "prefix_cache" => levers("prefix_cache: {hit_rate: 2%, HERE}"),
        "explicit" => levers("prefix_cache: {hit_rate: 2%, explicit: {held: 1h, HERE}}"),
        "batch" => levers("batch: {share: 2%, HERE}"),
        // What a model needs and what a price needs.
        "call_cost" => vec![
            serving("route: {gpt-4o: 100%}, router: {model: gpt-4o, input: 1, output: 1, HERE}"),
            serving("route: {gpt-4o: 100%}, router: {cost_per_request: 1, HERE}"),
        ],
        "judge" => vec![serving(
            "cascade: [{model: gpt-4o-mini, accept: 50%}, {model: gpt-4o}], judge: {model: gpt-4o, input: 1, output: 1, HERE}",
        )],
        "route_entry" => vec![serving("route: [{share: 100%, model: gpt-4o, HERE}]")],
        "cascade" => vec![serving("cascade: {steps: [{model: gpt-4o-mini, accept: 50%}, {model: gpt-4o}], HERE}")],
        "step" => vec![serving("cascade: [{model: gpt-4o-mini, accept: 50%, HERE}, {model: gpt-4o}]")],
        // Each kind of capacity knows its own keys.
        "deployment" => vec![
            hosting(&format!("{own}, HERE")),
            hosting("model: llama-3-8b, gpu: a10g, HERE"),
            hosting("throughput: 3000 tok/s, serverless: {usd_per_second: 0.1}, HERE"),
            hosting("provisioned: {tpm_per_unit: 2500, output_ratio: 4, usd_per_unit_hour: 1}, HERE"),
        ],
        "spot" => vec![hosting(&format!("{own}, purchase: spot, spot: {{discount: 50%, HERE}}"))],
        "reserved" => ["reserved_1y", "reserved_3y"]
            .map(|term| hosting(&format!("{own}, purchase: {term}, {term}: {{discount: 50%, HERE}}")))
            .to_vec(),
        "slo" => vec![hosting("model: llama-3-8b, gpu: a10g, slo: {ttft: 2s, HERE}")],
        "replicas" => vec![hosting(&format!("{own}, replicas: {{min: 1, HERE}}"))],
        "autoscale" => vec![hosting(&format!("{own}, replicas: {{min: 1, autoscale: {{warm_up: 5m, HERE}}}}"))],
        "serverless" => vec![hosting("throughput: 3000 tok/s, serverless: {usd_per_second: 0.1, HERE}")],
        "provisioned" => {
            vec![hosting("provisioned: {tpm_per_unit: 2500, output_ratio: 4, usd_per_unit_hour: 1, HERE}")]
        }
        "break_even" => vec![whole(&format!(
            "{WORKLOAD}deployments:\n  d: {{{own}}}\n{STRATEGY}break_even: [{{api: gpt-4o, deployment: d, HERE}}]\n"
        ))],
        "budget" => vec![whole(&format!("{WORKLOAD}{STRATEGY}budgets: [{{strategy: a, per_day: 1, HERE}}]\n"))],
        "expectation" => {
            vec![whole(&format!("{WORKLOAD}{STRATEGY}expect: [{{strategy: a, metric: per_day, equals: 1, HERE}}]\n"))]
        }
        other => panic!("how is the map `{other}` asked for its keys?"),
    }
}

/// The keys that the reader says a map knows.
fn known(scenario: &str) -> BTreeSet<String> {
    let here = scenario.replace("HERE}", &format!("{UNKNOWN}: 1}}")).replace("HERE\n", &format!("{UNKNOWN}: 1\n"));
    let problems = try_report(&here).expect_err("an unknown key");
    let of_key = |problem: &&llmcost::diag::Diagnostic| problem.message.contains(&format!("no key `{UNKNOWN}`"));
    let problem = problems.iter().find(of_key).unwrap_or_else(|| panic!("{problems:#?}\n{here}"));
    let help = problem.help.first().unwrap_or_else(|| panic!("{problem:?}"));
    let (_, names) = help.split_once(" knows ").unwrap_or_else(|| panic!("{help}\n{here}"));
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_map_has_the_keys_that_the_reader_accepts() {
    for section in schema::sections() {
        let listed: BTreeSet<String> = section.keys.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(listed.len(), section.keys.len(), "a key of `{}` stands twice", section.name);
        let mut accepted: BTreeSet<String> = scenarios_with(section.name).iter().flat_map(|text| known(text)).collect();
        if section.name == "scenario" {
            // Files are joined before the keys are read.
            accepted.insert("include".to_owned());
        }
        assert_eq!(listed, accepted, "{}", section.name);
    }
}

/// A tree of YAML as JSON; scalars stay text, which is what most editors make of them.
fn as_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Scalar(text) => json!(&**text),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Map(entries) => serde_json::Value::Object(
            entries.iter().map(|(key, value)| (key.text.to_string(), as_json(value))).collect(),
        ),
    }
}

fn tree(text: &str) -> serde_json::Value {
    let source = llmcost::diag::Source { name: "x.yaml".into(), text: text.into(), first_line: 1 };
    as_json(&input::parse(&std::sync::Arc::new(source), &mut llmcost::diag::Sink::default()).unwrap())
}

#[test]
fn every_shipped_scenario_follows_the_schema() {
    let validator = jsonschema::validator_for(&schema::scenario()).unwrap();
    let templates = ["assistant", "rag", "agent", "batch", "self-host"];
    let templates = templates.map(|template| text(&run(&["init", "-", "--template", template]).stdout));
    let shipped = scenarios().into_iter().map(|path| std::fs::read_to_string(root().join(path)).unwrap());
    for scenario in shipped.chain(templates) {
        let errors: Vec<String> = validator
            .iter_errors(&tree(&scenario))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{scenario}");
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let validator = jsonschema::validator_for(&schema::scenario()).unwrap();
    let sound = format!("llmcost: 1\n{WORKLOAD}{STRATEGY}");
    assert!(validator.is_valid(&tree(&sound)));
    for (from, to) in [
        ("llmcost: 1", "llmcost: 2"),
        ("requests", "request"),
        ("{model: gpt-4o}", "{modle: gpt-4o}"),
        ("{model: gpt-4o}", "{model: [gpt-4o]}"),
        ("{model: gpt-4o}", "{model: gpt-4o, batch: {shar: 3%}}"),
        ("{model: gpt-4o}", "{model: gpt-4o, retries: {billed: all}}"),
        ("{model: gpt-4o}", "{model: gpt-4o, billing: sometimes}"),
    ] {
        assert!(!validator.is_valid(&tree(&sound.replace(from, to))), "{to}");
        assert!(try_report(&sound.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn schemas_are_printed() {
    for (arguments, title) in
        [(vec!["schema"], "A scenario of llmcost"), (vec!["schema", "report"], "A report of llmcost")]
    {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0));
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(schema["title"], title);
        assert!(jsonschema::meta::is_valid(&schema));
    }
}
