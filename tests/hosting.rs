//! Self-hosting: published break-evens through the whole program.

use crate::support::{report, run, text};

fn scenario(deployment: &str, case: &str) -> String {
    format!(
        "llmcost: 1\nprices: {{as_of: 2026-11-23, add: {{api: {{input: 0, output: 0.40}}}}}}\n\
         workload: {{requests: 90k/hour, input: 500, output: 200}}\nstrategies:\n  a: {{model: gpt-4o-mini}}\n\
         deployments:\n  d: {deployment}\nbreak_even: [{case}]\n"
    )
}

#[test]
fn the_guide_breaks_even_at_two_and_a_half_million_tokens_an_hour() {
    let text = scenario(
        "{usd_per_gpu_hour: 1.50, throughput: 3000 tok/s}",
        "{api: gpt-4o-mini, deployment: d, count: output}",
    );
    let case = &report(&text).break_even[0];
    assert_eq!(case.unit, "output_token");
    assert_eq!(case.api_per_million.to_string(), "0.6");
    assert_eq!(case.capacity_per_replica_per_hour.to_string(), "10800000");
    assert!(case.self_hosted_full_load_per_million.to_string().starts_with("0.138888888888"));
    assert_eq!(case.crossovers_per_hour.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2500000"]);
    assert_eq!(case.self_hosted_cheaper.len(), 1);
    assert!(case.self_hosted_cheaper[0].to_per_hour.is_none());
    assert_eq!(case.permanent_from_per_hour.as_ref().unwrap().to_string(), "2500000");
    // The guide's 18M tokens an hour are more than the GPU is said to make.
    assert_eq!(case.verdict.replicas.to_string(), "2");
    assert_eq!(case.warnings[0].code, "capacity-exceeded");
}

#[test]
fn whole_requests_count_the_prompt_too() {
    let text = scenario("{usd_per_gpu_hour: 1.50, throughput: 3000 tok/s}", "{api: gpt-4o-mini, deployment: d}");
    let case = &report(&text).break_even[0];
    assert_eq!(case.unit, "request");
    assert_eq!(case.api_per_million.to_string(), "195");
    assert_eq!(case.capacity_per_replica_per_hour.to_string(), "54000");
    assert!(case.crossovers_per_hour[0].to_string().starts_with("7692.307692"));
}

#[test]
fn the_api_wins_back_at_each_added_replica() {
    // p 0.40 per 1M, K 9M and c 2.69 an hour, F 2 an hour: 1,440 a month of 30 days.
    let text = scenario(
        "{usd_per_gpu_hour: 2.69, throughput: 2500 tok/s, ops_per_month: 1440}",
        "{api: api, deployment: d, count: output}",
    );
    let case = &report(&text).break_even[0];
    let wins: Vec<(String, Option<String>)> = case
        .self_hosted_cheaper
        .iter()
        .map(|win| (win.from_per_hour.to_string(), win.to_per_hour.as_ref().map(ToString::to_string)))
        .collect();
    let expected = [
        ("25175000", Some("27000000")),
        ("31900000", Some("36000000")),
        ("38625000", Some("45000000")),
        ("45350000", None),
    ];
    assert_eq!(wins, expected.map(|(from, to)| (from.to_owned(), to.map(str::to_owned))));
    let kinds: Vec<_> = case.crossovers.iter().map(|crossover| &*crossover.kind).collect();
    assert_eq!(kinds, ["equal", "jump", "equal", "jump", "equal", "jump", "equal"]);
}

#[test]
fn peaks_spot_and_ranges_reach_the_break_even() {
    let base = "{api: gpt-4o-mini, deployment: d, count: output}";
    let text = scenario("{usd_per_gpu_hour: 1.50, throughput: 3000 tok/s, replicas: {peak_to_mean: 2}}", base);
    assert_eq!(report(&text).break_even[0].capacity_per_replica_per_hour.to_string(), "5400000");
    let text = scenario(
        "{usd_per_gpu_hour: 1.50, throughput: 3000 tok/s, purchase: spot, spot: {discount: 65%, interrupted: 5%}}",
        base,
    );
    assert_eq!(report(&text).break_even[0].replica_per_hour.to_string(), "0.6");
    let text = scenario("{usd_per_gpu_hour: 1.50, throughput: 1000 tok/s to 4000 tok/s}", base);
    let case = &report(&text).break_even[0];
    assert_eq!(case.capacity_per_replica_per_hour.to_string(), "7200000");
    assert!(case.assumptions.iter().any(|text| text.contains("the median of the range")), "{:?}", case.assumptions);
}

#[test]
fn a_scenario_without_break_even_is_told_how_to_state_one() {
    let output = run(&["breakeven", "scenarios/guide/routing.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("states no `break_even`"), "{}", text(&output.stderr));
}

#[test]
fn charts_are_drawn_per_comparison_and_only_in_known_forms() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let scenario = "scenarios/guide/self-hosted-vs-api.yaml";
    let output = run(&["breakeven", scenario, "--chart", &path("a.svg")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let says = |name: &str, words: &str| {
        let svg = std::fs::read_to_string(path(name)).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        document.descendants().any(|node| node.text().is_some_and(|text| text.contains(words)))
    };
    for name in ["a.svg", "a-2.svg"] {
        assert!(says(name, "self-hosting saves"), "{name}");
    }
    assert!(says("a-load.svg", "From 23.1% load on"));
    assert!(says("a-2-load.svg", "USD per 1M requests"));
    let unknown = run(&["breakeven", scenario, "--chart", &path("a.gif")]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("neither"), "{}", text(&unknown.stderr));
    assert!(!folder.path().join("a.gif").exists());
}

#[test]
fn pictures_are_outputs_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let scenario = "scenarios/published/s5-rented-gpu.yaml";
    let (svg, csv) = (format!("svg={}", path("a.picture")), path("a.csv"));
    let output = run(&["breakeven", scenario, "-o", &svg, "-o", &csv]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "", "all of it goes into files");
    for name in ["a.picture", "a-load.picture", "a-2.picture", "a-2-load.picture", "a.csv"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    let twice = run(&["breakeven", scenario, "-o", &path("c.svg"), "--chart", &path("c.svg")]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(text(&twice.stderr).contains("is named twice") && !folder.path().join("c.svg").exists());
    let piped = run(&["breakeven", scenario, "-o", "svg=-"]);
    assert!(text(&piped.stdout).starts_with("<svg") && text(&piped.stdout).ends_with("</svg>\n"));
}

#[cfg(feature = "png")]
#[test]
fn a_png_is_an_output_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = run(&["breakeven", "scenarios/published/s5-rented-gpu.yaml", "-o", &path("b.png")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for name in ["b.png", "b-load.png", "b-2.png", "b-2-load.png"] {
        assert_eq!(&std::fs::read(path(name)).unwrap()[1..4], b"PNG", "{name}");
    }
}

#[test]
fn a_table_has_its_drawing_below_unless_it_is_quiet() {
    let scenario = "scenarios/published/s5-rented-gpu.yaml";
    let drawn = text(&run(&["breakeven", scenario]).stdout);
    assert!(drawn.contains("break-even: 500k"), "{drawn}");
    let widest = drawn.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}");
    assert!(!drawn.contains('\u{1b}'));
    let coloured = text(&run(&["breakeven", scenario, "--color", "always"]).stdout);
    assert!(coloured.contains('\u{1b}'));
    let quiet = text(&run(&["breakeven", scenario, "--quiet"]).stdout);
    assert!(!quiet.contains("break-even: 500k"), "{quiet}");
}
