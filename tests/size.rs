//! Right-sizing from outside: published figures, prices of packages, errors, tables of configurations.
#![allow(clippy::float_arithmetic, reason = "estimates are compared")]

use std::collections::HashMap;
use std::fs;
use std::time::Instant;

use llmcost::check::{SizeFlags, fits_nowhere, size_question};
use llmcost::hosting::size::{Job, NoCapacity, Placed, Slo};
use llmcost::hosting::throughput::Measurements;
use llmcost::hosting::{Format, catalogue, memory};
use llmcost::units::Exact;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{program, root, run, run_with, skipped, snapshot, text};

fn size(arguments: &[&str]) -> Value {
    let output = run(&[&["size"], arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn options(report: &Value) -> &[Value] {
    report["options"].as_array().unwrap()
}

fn option<'a>(report: &'a Value, gpu: &str) -> &'a Value {
    options(report).iter().find(|option| option["gpu"] == gpu).unwrap_or_else(|| panic!("no {gpu} in {report}"))
}

fn flags(option: &Value) -> Vec<&str> {
    option["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

#[test]
fn the_guide_wastes_what_it_says_but_for_the_a100() {
    let report = size(&["--memory", "15GB", "--gpu", "a100-80", "--gpu", "a10g", "--gpu", "t4"]);
    assert_eq!(report["schema"], "llmcost.size/1");
    assert_eq!(report["needs"]["total_bytes"], "15000000000");
    for part in ["weights_bytes", "kv_bytes", "overhead_bytes"] {
        assert_eq!(report["needs"][part], Value::Null, "nothing is added to a stated need");
    }
    for (gpu, waste) in [("a100-80-sxm", "81.25"), ("a10g", "37.5"), ("t4", "6.25")] {
        let found = option(&report, gpu);
        assert_eq!((&found["waste_percent"], &found["fits"]), (&waste.into(), &true.into()), "{gpu}");
        assert_eq!((&found["waste_of"], &found["gpus"]), (&"nominal memory".into(), &1.into()));
    }
    let quarter = report["needs_if_all_were_weights"].as_array().unwrap();
    assert_eq!((&quarter[1]["precision"], &quarter[1]["total_bytes"]), (&"int4".into(), &"3750000000".into()));
}

/// 15 GB are within the 16.1 GB that a T4 reports and above the 14.5 GB that engines take of them.
#[test]
fn a_t4_with_fifteen_gigabytes_is_at_the_cliff() {
    let report = size(&["--memory", "15GB", "--gpu", "t4", "--gpu", "a10g"]);
    assert!(flags(option(&report, "t4")).contains(&"kv-cliff"));
    assert!(!flags(option(&report, "a10g")).contains(&"kv-cliff"));
    assert_eq!(report["recommended"]["gpu"], "a10g");
    let alone = size(&["--memory", "15GB", "--gpu", "t4"]);
    assert_eq!(alone["recommended"], Value::Null);
    assert!(size(&["--memory", "3.75GB", "--gpu", "t4"])["recommended"]["gpu"] == "t4");
    // One byte more than is reported is too much for one card.
    let bytes = 15_360_u64 << 20;
    assert_eq!(option(&size(&["--memory", &format!("{bytes}B"), "--gpu", "t4"]), "t4")["gpus"], 1);
    assert_eq!(option(&size(&["--memory", &format!("{}B", bytes + 1), "--gpu", "t4"]), "t4")["gpus"], 2);
}

#[test]
fn needs_are_exact() {
    let arguments = ["--model", "llama-3-8b", "--precision", "fp16", "--gpu", "h100", "--gpus", "2"];
    let lengths = ["--input", "1024", "--output", "256", "--concurrency", "32"];
    let report = size(&[&arguments[..], &lengths[..]].concat());
    let needs = &report["needs"];
    // 8.03e9 x 2; 2 x 32 layers x 8 heads x 128 x 2 bytes; x 1,280 tokens x 32; 3 GB a card.
    for (key, bytes) in [
        ("weights_bytes", 16_060_000_000_u64),
        ("kv_bytes_per_token", 131_072),
        ("kv_bytes", 131_072 * 1_280 * 32),
        ("overhead_bytes", 6_000_000_000),
        ("total_bytes", 16_060_000_000 + 131_072 * 1_280 * 32 + 6_000_000_000),
    ] {
        assert_eq!(needs[key], bytes.to_string(), "{key}");
    }
    let usable = 2 * (81_559_u64 << 20);
    assert_eq!(number(&options(&report)[0]["usable_bytes"]), usable as f64 * 0.9);
    let halved = size(&[&arguments[..], &lengths[..], &["--kv-precision", "fp8"]].concat());
    assert_eq!(halved["needs"]["kv_bytes_per_token"], "65536");
    // Every card holds the latent cache of DeepSeek whole.
    let latent = size(&["--model", "deepseek-v3", "--precision", "fp8", "--gpu", "h200", "--gpus", "8"]);
    assert_eq!((&latent["needs"]["kv_bytes_per_token"], &latent["needs"]["kv_copies"]), (&"70272".into(), &"8".into()));
    let window = |mode| {
        size(&[
            "--model",
            "gpt-oss-120b",
            "--gpu",
            "h100",
            "--gpus",
            "2",
            "--window",
            mode,
            "--input",
            "8000",
            "--output",
            "192",
            "--concurrency",
            "1",
        ])
    };
    assert_eq!(window("engine-full")["needs"]["kv_bytes"], (8_192 * 73_728_u64).to_string());
    assert_eq!(window("ideal")["needs"]["kv_bytes"], (8_192 * 36_864 + 128 * 36_864_u64).to_string());
}

/// About 400 output tokens a second, and not the guide's 3,000.
#[test]
fn llama_on_a10g_is_far_from_three_thousand_tokens() {
    let arguments = ["--model", "llama-3-8b", "--precision", "bf16", "--gpu", "a10g", "--gpus", "1"];
    let lengths = ["--input", "500", "--output", "200"];
    let report = size(&[&arguments[..], &lengths[..]].concat());
    let found = &options(&report)[0];
    let rate = number(&found["output_tokens_per_second_per_gpu"]);
    assert!((350.0..480.0).contains(&rate), "{rate}");
    let (low, high) = (number(&found["interval"]["low"]), number(&found["interval"]["high"]));
    assert!(low < 400.0 && 400.0 < high && high < 1_000.0, "{low} {high}");
    assert_eq!((&found["sequences_that_fit"], &found["concurrency"]), (&27.into(), &27.into()));
    let compared = size(&[&arguments[..], &lengths[..], &["--throughput", "3000 tok/s"]].concat());
    let found = &options(&compared)[0];
    assert_eq!((number(&found["output_tokens_per_second_per_gpu"]), &found["confidence"]), (3_000.0, &"stated".into()));
    assert!(flags(found).contains(&"above-hardware") && flags(found).contains(&"above-estimate"));
    let why = compared["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "above-hardware");
    let why = why.unwrap()["message"].as_str().unwrap();
    assert!(why.contains("at most 37 tok/s") && why.contains("27 sequences"), "{why}");
}

/// The price of what must be bought, over what is made of it.
#[test]
fn the_smallest_package_pays_and_money_adds_up() {
    let report = size(&["--model", "llama-3-8b", "--precision", "fp8", "--gpu", "b300", "--gpus", "1"]);
    let found = &options(&report)[0];
    assert_eq!((&found["usd_per_hour"], &found["gpus_bought"]), (&"142.416".into(), &"8".into()));
    assert!(flags(found).contains(&"idle-gpus"));
    let rate = number(&found["output_tokens_per_second"]);
    let expected = 142.416 / (rate * 3_600.0) * 1e6;
    assert!((number(&found["usd_per_million_output_tokens"]) / expected - 1.0).abs() < 1e-12);
    let stated = size(&["--model", "llama-3-8b", "--gpu", "b300", "--gpus", "2", "--usd-per-gpu-hour", "$4.25"]);
    assert!(options(&stated).iter().all(|option| option["usd_per_hour"] == "8.5" && option["offer"] == Value::Null));
    let nobody = size(&["--model", "llama-3-8b", "--gpu", "mi355x"]);
    assert!(options(&nobody).iter().all(|option| option["usd_per_hour"] == Value::Null));
    assert_eq!(nobody["recommended"], Value::Null);
}

/// Options are ranked, the first that may be taken is taken, and all of them keep what was asked.
#[test]
fn the_cheapest_that_fits_and_keeps_the_latencies_is_recommended() {
    let report =
        size(&["--model", "llama-3.1-70b", "--concurrency", "32", "--tpot", "30ms", "--ttft", "1s", "--gpu", "auto"]);
    let good = |option: &Value| {
        option["fits"] == true && option["meets_slo"] == true && option["usd_per_million_output_tokens"].is_string()
    };
    let all = options(&report);
    let cost = |option: &Value| number(&option["usd_per_million_output_tokens"]);
    let best: Vec<f64> = all.iter().filter(|option| good(option)).map(cost).collect();
    assert!(best.len() > 10 && best.is_sorted(), "{best:?}");
    assert!(all.iter().take(best.len()).all(good), "what may be taken comes first");
    let taken = &report["recommended"];
    assert_eq!((&taken["option"], &taken["gpu"]), (&0.into(), &all[0]["gpu"]));
    assert!(
        all.iter()
            .filter(|option| option["meets_slo"] == true)
            .all(|option| { number(&option["tpot_ms"]) <= 30.2 && number(&option["ttft_ms"]) <= 1_005.0 })
    );
    assert!(all.iter().any(|option| flags(option).contains(&"misses-slo")));
    // Without a stated concurrency each option runs at the most that keeps the latencies.
    let free = size(&["--model", "llama-3.1-70b", "--tpot", "30ms", "--gpu", "h200"]);
    let most = options(&free).iter().filter(|option| option["meets_slo"] == true).map(|o| number(&o["concurrency"]));
    assert!(most.clone().count() > 3 && most.clone().any(|most| most > 64.0) && most.clone().all(|most| most <= 256.0));
}

#[test]
fn formats_that_a_card_lacks_run_at_sixteen_bit_or_not_at_all() {
    let report =
        size(&["--model", "llama-3-8b", "--precision", "fp8", "--gpu", "a100-80", "--gpu", "h100", "--gpus", "1"]);
    assert!(flags(option(&report, "a100-80-sxm")).contains(&"unpacked"));
    assert!(!flags(option(&report, "h100-sxm")).contains(&"unpacked"));
    // Left to the program, a T4 is tried in what it computes.
    let t4 = size(&["--model", "qwen3-4b", "--gpu", "t4"]);
    let tried: std::collections::BTreeSet<&str> =
        options(&t4).iter().map(|option| option["precision"].as_str().unwrap()).collect();
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), ["fp16", "int4"]);
    // What is not tried is said.
    let notes = size(&["--model", "qwen2.5-7b", "--precision", "bf16"])["notes"].to_string();
    assert!(notes.contains("cannot compute bf16: T4, V100 16GB"), "{notes}");
    assert!(notes.contains("not tried on 8 cards: 28 heads"), "{notes}");
}

#[test]
fn a_sizing_is_drawn_with_the_one_to_take() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("size.svg");
    let chart = file.display().to_string();
    let flags = ["size", "--model", "llama-3-8b", "--gpu", "a10g", "--gpu", "l4", "--chart", &chart];
    let output = run(&flags);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = fs::read_to_string(file).unwrap();
    for words in ["meta-llama/Meta-Llama-3-8B: take", "USD per 1M output tokens", "x A10G", "x L4"] {
        assert!(page.contains(words), "{words}");
    }
}

fn refused(arguments: &[&str]) -> String {
    let output = run(&[&["size"], arguments].concat());
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

#[test]
fn bad_flags_are_refused_with_place_and_advice() {
    let cases: [&[&str]; 12] = [
        &[],
        &["--model", "lama-3-8b", "--gpu", "a100", "--gpu", "H100", "--gpu", "h100_sxm"],
        &["--model", "llama-3-8b", "--precision", "bf16", "--gpu", "t4", "--gpu", "v100"],
        &["--model", "llama-3-8b", "--precision", "fp9", "--kv-precision", "int4", "--window", "half"],
        &["--model", "llama-3.1-405b", "--precision", "fp16", "--gpu", "a10g"],
        &["--model", "deepseek-v3", "--gpus", "1", "--gpu", "h100"],
        &["--memory", "500GB", "--gpu", "t4"],
        &["--model", "llama-3-8b", "--concurrency", "0", "--gpus", "2.5", "--input", "8000", "--output", "500"],
        &["--model", "llama-3-8b", "--concurrency", "1e7", "--gpus", "100k", "--input", "1e30", "--output", "0"],
        &["--memory", "15", "--ttft", "2", "--tpot", "0ms", "--throughput", "3000", "--usd-per-gpu-hour", "0"],
        &["--memory", "15GB", "--purchase", "serverless", "--as-of", "2026-13-01"],
        &["--memory", "15GB", "--gpu", "auto", "--gpu", "t4"],
    ];
    let all: String = cases
        .iter()
        .map(|arguments| format!("$ llmcost size {}\n{}\n", arguments.join(" "), refused(arguments)))
        .collect();
    for code in ["unknown-model", "unknown-gpu", "cannot-compute", "does-not-fit", "too-large", "out-of-range"] {
        assert!(all.contains(&format!("error[{code}]")), "{code}");
    }
    snapshot("size-errors", &all);
}

#[test]
fn sizings_print_what_their_snapshots_say() {
    let cases: [(&str, &[&str]); 6] = [
        ("guide", &["--memory", "15GB", "--gpu", "a100-80", "--gpu", "a10g", "--gpu", "t4"]),
        ("guide-int4", &["--memory", "3.75GB", "--gpu", "a100-80", "--gpu", "a10g", "--gpu", "t4"]),
        (
            "llama-8b-a10g",
            &["--model", "llama-3-8b", "--precision", "fp16", "--gpu", "a10g", "--input", "500", "--output", "200"],
        ),
        ("llama-70b", &["--model", "llama-3.1-70b", "--concurrency", "32", "--tpot", "50ms"]),
        ("deepseek-v3", &["--model", "deepseek-v3", "--precision", "fp8", "--concurrency", "32", "--purchase", "spot"]),
        (
            "above-hardware",
            &[
                "--model",
                "llama-3-8b",
                "--precision",
                "fp16",
                "--gpu",
                "a10g",
                "--gpus",
                "1",
                "--input",
                "500",
                "--output",
                "200",
                "--throughput",
                "3000 tok/s",
                "--usd-per-gpu-hour",
                "1.50",
            ],
        ),
    ];
    for (name, arguments) in cases {
        for width in ["80", "120"] {
            let mut command = program(root());
            let output = command.arg("size").args(arguments).env("COLUMNS", width).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
            let shown = text(&output.stdout);
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{name} at {width}: {widest} columns");
            snapshot(&format!("size-{name}-{width}"), &shown);
        }
    }
    for (name, format) in [("guide", "json"), ("llama-8b-a10g", "csv"), ("llama-8b-a10g", "json")] {
        let arguments = cases.iter().find(|(known, _)| *known == name).unwrap().1;
        let output = run(&[&["size"], arguments, &["--format", format]].concat());
        snapshot(&format!("size-{name}-{format}"), &text(&output.stdout));
    }
}

const HEADER: &str = "row_id,model_id,weight_format,gpu,n_gpus,tp,attention_dp,expert_parallel,engine,input_len,output_len,length_factor,concurrency,note\n";

fn answers(rows: &str) -> Vec<HashMap<String, String>> {
    let output = run_with(&["size", "--cases", "-"], &format!("{HEADER}{rows}"));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("row_id,output_tok_s_per_gpu,tpot_ms,ttft_ms,low,high,flags,error\r\n"));
    csv::Reader::from_reader(output.stdout.as_slice()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_row_without_an_answer_does_not_stop_the_others() {
    let rows = answers(
        "good,meta-llama/Llama-3.1-8B,fp8,h100_sxm,1,1,1,1,vllm,1024,1024,1.0,32,\n\
         spelt,llama-3.1-8b,FP8,NVIDIA H100 80GB HBM3,1.0,,,,vLLM,1024,1024,,32,\n\
         model,meta-llama/Llama-9-8B,fp8,h100_sxm,1,1,1,1,vllm,1024,1024,1.0,32,\n\
         gpu,meta-llama/Llama-3.1-8B,fp8,h900,1,1,1,1,vllm,1024,1024,1.0,32,\n\
         format,meta-llama/Llama-3.1-8B,fp32,h100_sxm,1,1,1,1,vllm,1024,1024,1.0,32,\n\
         blank,meta-llama/Llama-3.1-8B,fp8,h100_sxm,1,1,1,1,vllm,1024,,1.0,nan,\n\
         word,meta-llama/Llama-3.1-8B,fp8,h100_sxm,1,1,1,1,vllm,many,1024,1.0,32,\n\
         huge,meta-llama/Llama-3.1-8B,fp8,h100_sxm,1,1,1,1,vllm,1e300,1024,1.0,32,\n\
         large,meta-llama/Llama-3.1-405B,bf16,h100_sxm,1,1,1,1,vllm,1024,1024,1.0,32,\n\
         odd,meta-llama/Llama-3.1-8B,fp8,h100_sxm,4,3,1,1,vllm,1024,1024,1.0,32,\n\
         short,meta-llama/Llama-3.1-8B,fp8,h100_sxm\n\
         \"=1+1\",meta-llama/Llama-3.1-8B,fp8,h100_sxm,1,1,1,1,vllm,1024,1024,1.0,32,\n",
    );
    let of = |id: &str| rows.iter().find(|row| row["row_id"] == id).unwrap();
    assert_eq!(rows.len(), 12);
    assert_eq!(of("good")["output_tok_s_per_gpu"], of("spelt")["output_tok_s_per_gpu"]);
    assert_eq!(of("'=1+1")["low"], of("good")["low"]);
    for (id, said) in [
        ("model", "no open model is called `meta-llama/Llama-9-8B`"),
        ("gpu", "no GPU is called `h900`"),
        ("format", "no format of weights"),
        ("blank", "is missing"),
        ("word", "`many` is no number"),
        ("huge", "more than anybody measures"),
        ("large", "does not fit: one sequence needs"),
        ("odd", "4 GPUs cannot be divided into groups of 3"),
        ("short", "is missing"),
    ] {
        let row = of(id);
        assert!(row["error"].contains(said), "{id}: {}", row["error"]);
        assert!(["output_tok_s_per_gpu", "tpot_ms", "ttft_ms", "low", "high"].iter().all(|key| row[*key].is_empty()));
    }
}

/// Lengths are nominal times the factor; independent replicas share the requests; attention data parallelism holds the
/// cache of a latent once.
#[test]
fn layouts_and_factors_mean_what_they_say() {
    let rows = answers(
        "factor,Qwen/Qwen3-32B,fp8,b200_sxm,2,2,1,1,vllm,2048,1024,0.5,32,\n\
         plain,Qwen/Qwen3-32B,fp8,b200_sxm,2,2,1,1,vllm,1024,512,1,32,\n\
         four,Qwen/Qwen3-32B,fp8,b200_sxm,4,1,1,1,vllm,1024,512,1,128,\n\
         one,Qwen/Qwen3-32B,fp8,b200_sxm,1,1,1,1,vllm,1024,512,1,32,\n\
         idle,Qwen/Qwen3-32B,fp8,b200_sxm,4,1,1,1,vllm,1024,512,1,1,\n\
         lone,Qwen/Qwen3-32B,fp8,b200_sxm,1,1,1,1,vllm,1024,512,1,1,\n\
         tp,deepseek-ai/DeepSeek-V3,fp8,b200_sxm,8,8,1,8,sglang,1024,8192,1,1024,\n\
         dp-as-groups,deepseek-ai/DeepSeek-V3,fp8,b200_sxm,8,8,8,8,sglang,1024,8192,1,1024,\n\
         dp-as-product,deepseek-ai/DeepSeek-V3,fp8,b200_sxm,8,1,8,8,sglang,1024,8192,1,1024,\n\
         dp-as-word,deepseek-ai/DeepSeek-V3,fp8,b200_sxm,8,8,true,8,sglang,1024,8192,1,1024,\n\
         ep-only,deepseek-ai/DeepSeek-V3,fp8,b200_sxm,8,1,1,8,sglang,1024,8192,1,1024,\n",
    );
    let rate = |id: &str| rows.iter().find(|row| row["row_id"] == id).unwrap()["output_tok_s_per_gpu"].clone();
    assert_eq!(rate("factor"), rate("plain"));
    let close = |left: &str, right: &str, factor: f64| {
        let (left, right): (f64, f64) = (rate(left).parse().unwrap(), rate(right).parse().unwrap());
        assert!((left / (right * factor) - 1.0).abs() < 1e-3, "{left} {right}");
    };
    close("four", "one", 1.0);
    close("idle", "lone", 0.25);
    for id in ["dp-as-product", "dp-as-word", "ep-only"] {
        assert_eq!(rate(id), rate("dp-as-groups"), "{id}");
    }
    assert!(rate("dp-as-groups").parse::<f64>().unwrap() > 1.5 * rate("tp").parse::<f64>().unwrap());
}

#[test]
fn a_table_that_is_none_is_refused_whole() {
    let without_model = HEADER.replace("model_id", "modell_id");
    for (table, said) in [
        ("", "empty"),
        (without_model.as_str(), "the table has no column `model` or `model_id`"),
        ("row_id,row_id\n", "duplicate-key"),
        (&format!("{HEADER}{}\n", "x,".repeat(20)), "a row of 21 cells under a header of 14"),
    ] {
        let output = run_with(&["size", "--cases", "-"], table);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{table}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    let output = run(&["size", "--cases", "none.csv", "--gpu", "t4"]);
    assert_eq!(output.status.code(), Some(2));
}

/// The targets of the estimate, as somebody outside would check them: on the table of public measurements, no row of
/// which may answer for itself.
#[test]
fn public_measurements_are_met() {
    let path = root().join("../shared/data/gpu/throughput_public.csv");
    if !path.is_file() {
        return skipped("the table of public measurements is not beside the project");
    }
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.csv");
    let output = run(&["size", "--cases", path.to_str().unwrap(), "-o", target.to_str().unwrap()]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), ""), "{}", text(&output.stderr));
    let rows = |path: &std::path::Path| -> Vec<HashMap<String, String>> {
        csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
    };
    let (measured, answered) = (rows(&path), rows(&target));
    assert_eq!(measured.len(), answered.len());
    let both: Vec<[f64; 6]> = measured
        .iter()
        .zip(&answered)
        .inspect(|(row, answer)| assert_eq!(row["row_id"], answer["row_id"]))
        .filter(|(_, answer)| answer["error"].is_empty())
        .map(|(row, answer)| {
            let read = |text: &String| text.parse().unwrap_or(f64::NAN);
            [
                read(&row["output_tok_s_per_gpu"]),
                read(&row["tpot_ms"]),
                read(&answer["output_tok_s_per_gpu"]),
                read(&answer["tpot_ms"]),
                read(&answer["low"]),
                read(&answer["high"]),
            ]
        })
        .collect();
    assert!(both.len() >= 125);
    let median = |mut errors: Vec<f64>| {
        errors.retain(|error| !error.is_nan());
        errors.sort_by(f64::total_cmp);
        errors[errors.len() / 2]
    };
    let rates: Vec<f64> = both.iter().map(|row| (row[2] / row[0] - 1.0).abs()).collect();
    let within = rates.iter().filter(|error| **error <= 0.25).count() as f64 / rates.len() as f64;
    let covered = both.iter().filter(|row| (row[4]..=row[5]).contains(&row[0])).count() as f64 / both.len() as f64;
    let (mut right, mut all) = (0.0, 0.0);
    for (index, left) in both.iter().enumerate() {
        for other in &both[..index] {
            if left[0].max(other[0]) > 1.1 * left[0].min(other[0]) {
                all += 1.0;
                right += f64::from(u8::from((left[0] > other[0]) == (left[2] > other[2])));
            }
        }
    }
    assert!(median(rates.clone()) <= 0.14, "{}", median(rates.clone()));
    assert!(within >= 0.70, "{within}");
    assert!(median(both.iter().map(|row| (row[3] / row[1] - 1.0).abs()).collect()) <= 0.17);
    assert!(right / all >= 0.94, "{}", right / all);
    assert!((0.75..=0.85).contains(&covered), "{covered}");
}

#[test]
fn own_measurements_override_and_recalibrate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.csv");
    let arguments =
        ["--model", "llama-3-8b", "--precision", "fp16", "--gpu", "a10g", "--input", "500", "--output", "200"];
    let at = |more: &[&str]| size(&[&arguments[..], more].concat());
    let before = at(&["--concurrency", "8"]);
    fs::write(&path, "model,format,gpu,gpus,engine,prompt,answer,concurrency,rate,tpot_ms\nllama-3-8b,fp16,A10G,1,vllm,500,200,8,100,70\n").unwrap();
    let file = path.to_str().unwrap();
    let after = at(&["--concurrency", "8", "--measured", file]);
    let of = |report: &Value, gpus: u64| options(report).iter().find(|option| option["gpus"] == gpus).unwrap().clone();
    let measured = of(&after, 1);
    assert_eq!((&measured["confidence"], number(&measured["output_tokens_per_second"])), (&"measured".into(), 100.0));
    assert_eq!(number(&measured["tpot_ms"]), 70.0);
    let factor = 100.0 / number(&of(&before, 1)["output_tokens_per_second"]);
    let (two, recalibrated) = (of(&before, 2), of(&after, 2));
    assert_eq!(recalibrated["confidence"], "recalibrated");
    let ratio = number(&recalibrated["output_tokens_per_second"]) / number(&two["output_tokens_per_second"]);
    assert!((ratio / factor - 1.0).abs() < 0.02, "{ratio} {factor}");
    assert!(after["notes"].to_string().contains("A10G (1 row)"), "{}", after["notes"]);
    let other = at(&["--concurrency", "8", "--measured", file, "--engine", "sglang"]);
    assert_eq!(of(&other, 1)["confidence"], "extrapolated");

    fs::write(&path, "model,format,gpu,prompt,answer,concurrency,rate\ndeepseek-v3,fp8,a10g,500,200,8,10\n").unwrap();
    let unused = at(&["--concurrency", "8", "--measured", file]);
    assert!(
        unused["assumptions"].to_string().contains("1 of your measurements are not used"),
        "{}",
        unused["assumptions"]
    );
    fs::write(&path, "model,format,gpu,prompt,answer,concurrency,rate\nllama-3-9b,fp16,a10g,500,200,8,-1\n").unwrap();
    let stderr = refused(&[&arguments[..], &["--measured", file]].concat());
    assert!(
        stderr.contains("own.csv:2:1") && stderr.contains("own.csv:2:32") && stderr.contains("llama-3-8b"),
        "{stderr}"
    );
}

/// What a deployment that states no throughput is counted with.
#[test]
fn a_replica_sustains_what_it_holds_within_the_latencies() {
    let model = catalogue::open_model("llama-3-8b").unwrap();
    let (prompt, answer) = (Exact::from(500), Exact::from(200));
    let measurements = Measurements::default();
    let job = |gpu: &str, format| {
        let replica = memory::Replica {
            model,
            format,
            kv: memory::KvPrecision::default(),
            mode: memory::WindowMode::default(),
            gpus: 1,
            attention_gpus: 1,
        };
        let placed = Placed { gpu: catalogue::gpu(gpu).unwrap(), replica };
        Job { placed, prompt: &prompt, answer: &answer, engine: None, measurements: &measurements }
    };
    let free = job("a10g", Format::Bf16).capacity(&Slo::default()).unwrap();
    assert_eq!(free.concurrency, 27);
    // Three digits, exact from there on.
    assert!(free.tokens_per_second.is_whole() && free.tokens_per_second.to_string().len() == 3);
    assert!(free.interval.0 < free.tokens_per_second && free.tokens_per_second < free.interval.1);
    let slo = Slo { ttft: None, tpot: Exact::from_decimal("0.04") };
    let slower = job("a10g", Format::Bf16).capacity(&slo).unwrap();
    assert!(slower.concurrency < 27 && slower.tokens_per_second < free.tokens_per_second && slower.keeps_slo);
    let slo = Slo { ttft: None, tpot: Exact::from_decimal("0.001") };
    assert!(matches!(job("a10g", Format::Bf16).capacity(&slo), Err(NoCapacity::MissesSlo(_))));
    assert!(matches!(job("t4", Format::Fp16).capacity(&Slo::default()), Err(NoCapacity::DoesNotFit(_))));
    assert!(matches!(job("t4", Format::Bf16).capacity(&Slo::default()), Err(NoCapacity::Unknown)));
}

/// The quickest of several rounds counts: other work on the machine says nothing of this.
#[test]
fn five_thousand_configurations_take_less_than_two_seconds() {
    let models = ["llama-3-8b", "llama-3.1-70b", "qwen3-235b", "deepseek-v3", "gpt-oss-120b"];
    let round = || {
        let start = Instant::now();
        let sized = models.map(|model| {
            let flags = SizeFlags { model: Some(model.into()), tpot: Some("50ms".into()), ..SizeFlags::default() };
            size_question(&flags).unwrap().request.size().choices.len()
        });
        start.elapsed().as_secs_f64() / sized.iter().sum::<usize>() as f64
    };
    let each = (0..5).map(|_| round()).fold(f64::INFINITY, f64::min);
    assert!(each * 5_000.0 < 2.0, "{} microseconds each", each * 1e6);
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    let words = [
        "llama-3-8b",
        "deepseek-v3",
        "fp8",
        "all",
        "auto",
        "h100",
        "t4",
        "15GB",
        "0",
        "1",
        "8",
        "1024",
        "1e18",
        "2.5",
        "-3",
        "50ms",
        "3000 tok/s",
        "spot",
        "ideal",
        "",
        " ",
        "\u{1b}[31m",
        "ä",
        "nan",
        "$2",
        "9".repeat(50).as_str(),
    ]
    .map(str::to_owned);
    prop_oneof![3 => Just(None), 4 => prop::sample::select(words.to_vec()).prop_map(Some), 1 => ".{0,12}".prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the flags say, the answer is a sizing in which every figure is sound, or an error.
    #[test]
    fn any_flags_are_answered(
        texts in prop::collection::vec(some_text(), 16), gpus in prop::collection::vec(some_text(), 0..3),
    ) {
        let of = |index: usize| texts[index].clone();
        let flags = SizeFlags {
            model: of(0), memory: of(1), precision: of(2), kv_precision: of(3), window: of(4), input: of(5),
            output: of(6), concurrency: of(7), gpu: gpus.into_iter().flatten().collect(), gpus: of(8), ttft: of(9),
            tpot: of(10), purchase: of(11), usd_per_gpu_hour: of(12), throughput: of(13), engine: of(14), measured: None,
            as_of: of(15),
        };
        let Ok(question) = size_question(&flags) else { return Ok(()) };
        let sizing = question.request.size();
        for choice in &sizing.choices {
            prop_assert!(choice.waste <= Exact::ONE && choice.needs.total > Exact::ZERO);
            prop_assert_eq!(choice.fits, choice.needs.total <= choice.usable);
            if let Some(speed) = &choice.speed {
                prop_assert!(speed.tokens_per_second > Exact::ZERO && speed.interval.0 <= speed.tokens_per_second);
            }
            prop_assert!(choice.usd_per_million.as_ref().is_none_or(|usd| *usd > Exact::ZERO));
        }
        let taken = sizing.recommended.map(|index| &sizing.choices[index]);
        prop_assert!(taken.is_none_or(|choice| choice.fits && choice.package.is_some()));
        if fits_nowhere(&question, &sizing).is_some() {
            prop_assert!(taken.is_none());
        }
    }
}
