//! Judges, cascades whose models err together, and the accept rates that pay for them.

use super::*;

/// The price list of the 2025 guide, 500 tokens in and 200 out: 0.00325, 0.000195, 0.00055 and 0.0045 a call.
fn guide(strategies: &str, quality: &str) -> Value {
    report(&format!(
        "llmcost: 1\nprices: {{as_of: 2025-01-01, catalog: guide-2025}}\nworkload: {{requests: 1M/day, input: 500, output: 200}}\n{quality}\
         strategies:\n{strategies}"
    ))
}

/// RouteLLM's outcomes on MMLU, 14,042 questions: both right 8,818, weak only 742, strong only 2,497, neither 1,985.
const BOTH: i64 = 8818;
const WEAK: i64 = 742;
const STRONG: i64 = 2497;
const NEITHER: i64 = 1985;

/// A share with as many decimals as the comparison needs.
fn decimals(share: &Q) -> String {
    let scale = num_traits::pow(q(10, 1), 20);
    format!("0.{:020}", (share * scale).floor().to_integer())
}

/// Accept 70.8%, quality 0.8000 with the correlation of the table and 0.8476 without, at 0.394 of the strong model's cost.
#[test]
fn judges_of_models_that_err_together() {
    let all = q(BOTH + WEAK + STRONG + NEITHER, 1);
    let (weak, strong) = (q(BOTH + WEAK, 1) / &all, q(BOTH + STRONG, 1) / &all);
    published(&weak, "0.680815");
    published(&strong, "0.805797");
    let given_wrong = q(STRONG, STRONG + NEITHER);
    published(&given_wrong, "0.557117");
    let quality = |correlated: bool| {
        let given = format!(", given_wrong: {{gpt-4o-mini: {{gpt-4o: {}}}}}", decimals(&given_wrong));
        let given = if correlated { given } else { String::new() };
        format!("quality: {{gpt-4o-mini: {}, gpt-4o: {}{given}}}\n", decimals(&weak), decimals(&strong))
    };
    for (s, t, accept, correlated, independent, relative) in [
        ("100%", "100%", "0.680815", "0.858638", "0.938013", "0.422108"),
        ("0.9", "0.7", "0.708489", "0.800007", "0.847632", "0.394434"),
        ("0.8", "0.5", "0.704244", "0.759158", "0.782971", "0.398679"),
        ("0.5", "0.5", "0.5", "0.743306", "0.743306", "0.602923"),
    ] {
        let strategies = format!(
            "  strong: {{model: gpt-4o}}\n  judged: {{cascade: [{{model: gpt-4o-mini}}, {{model: gpt-4o}}], judge: {{model: gpt-4o-mini, \
             input: 850, output: 20, sensitivity: {s}, specificity: {t}}}}}\n"
        );
        let found = guide(&strategies, &quality(true));
        let judged = strategy(&found, "judged");
        published(&number(&judged["cascade_steps"][0]["accept_rate"]), accept);
        published(&number(&judged["quality"]), correlated);
        published(&(cost(&found, "judged", "per_day") / cost(&found, "strong", "per_day")), relative);
        let right = number(&judged["quality"]);
        let paid = number(&judged["cost"]["per_accepted_answer"]) * right;
        assert!(super::super::exact::all_but(&paid, &cost(&found, "judged", "per_request")));
        assert!(!codes(&found, "judged").contains(&"independence-assumed"));

        let found = guide(&strategies, &quality(false));
        published(&number(&strategy(&found, "judged")["quality"]), independent);
    }
}

/// Two steps beat the strong model alone iff accept > (c1 + judge)/c2: 10.29%, 21.22% and 75.32% for the guide's models.
#[test]
fn the_accept_rate_that_pays() {
    for (first, then, needed) in [
        ("gpt-4o-mini", "gpt-4o", "10.29"),
        ("gpt-3.5-turbo", "gpt-4o", "21.22"),
        ("gpt-4o", "claude-3.5-sonnet", "75.32"),
    ] {
        let strategies = |accept: &str| {
            format!(
                "  alone: {{model: {then}}}\n  both: {{cascade: [{{model: {first}, accept: {accept}}}, {{model: {then}}}], judge: \
                 {{model: gpt-4o-mini, input: 850, output: 20}}}}\n"
            )
        };
        let found = guide(&strategies("50%"), "");
        let step = &strategy(&found, "both")["cascade_steps"][0];
        let share = number(&step["break_even_accept_rate"]) * q(100, 1);
        published(&share, needed);
        let needed = super::super::exact::decimal(needed).unwrap();
        for (offset, pays) in [(q(-1, 100), false), (q(1, 100), true)] {
            let accept = (&needed + offset) / q(100, 1);
            let found = guide(&strategies(&decimals(&accept)), "");
            let is_cheaper = cost(&found, "both", "per_day") < cost(&found, "alone", "per_day");
            assert_eq!(is_cheaper, pays, "{first}");
            assert_eq!(codes(&found, "both").contains(&"cascade-below-break-even"), !pays);
            let saves = number(&strategy(&found, "both")["cascade_steps"][0]["saves_per_month"]);
            assert_eq!(
                saves,
                number(&strategy(&found, "both")["savings"]["per_month"]),
                "what the step saves is what is saved"
            );
        }
    }
}

/// A route has the quality of its parts by their shares; a task may have its own.
#[test]
fn a_route_is_right_as_often_as_its_parts() {
    let quality = "quality: {gpt-4o-mini: 0.72, gpt-4o: 0.86}\n";
    let found = guide("  a: {route: {gpt-4o-mini: 75%, gpt-4o: 25%}}\n", quality);
    assert_eq!(number(&strategy(&found, "a")["quality"]), q(755, 1000));
    let paid = number(&strategy(&found, "a")["cost"]["per_accepted_answer"]) * q(755, 1000);
    assert!(super::super::exact::all_but(&paid, &cost(&found, "a", "per_request")));
}
