#!/usr/bin/env python3
"""Random requests priced by llmcost and by the installed litellm and genai-prices, each on that library's own list,
imported by llmcost; prints every disagreement by its cause.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install litellm genai-prices
    /tmp/peers/bin/python tests/bench/compare_prices.py target/release/llmcost [--requests 10000] [--seed 20261123]

A cause is proved, not guessed: the other library's figure must come out of the raw list by the rule that is named.
Amounts of litellm are floats and agree when they are within one part in 10^12."""
import argparse
import collections
import csv
import dataclasses
import datetime
import decimal
import itertools
import json
import os
import pathlib
import random
import subprocess
import tempfile
from fractions import Fraction as F

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
WHEN = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.timezone.utc)
COLUMNS = ["id", "model", "input", "cached", "cache_write", "cache_write_1h", "output", "mode", "at"]


def ours(llmcost, project, raw, cases, folder):
    """Cost or error of every case, on the list that `raw` becomes."""
    source, listed = folder / f"{project}.json", folder / f"{project}.yaml"
    source.write_text(raw)
    run = [llmcost, "prices", "import", "--from", project, source, "-o", listed, "--quiet"]
    print(subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip())
    table, result = folder / "cases.csv", folder / "result.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(cases)
    subprocess.run([llmcost, "price", "--prices", listed, "--cases", table, "-o", result, "--quiet"], check=True)
    with result.open(newline="") as file:
        return [F(row["cost_usd"]) if row["cost_usd"] else row["error"] for row in csv.DictReader(file)]


def lengths(rng, thresholds):
    """A prompt length: around a threshold, or anything up to a million."""
    if thresholds and rng.random() < 0.5:
        return max(0, rng.choice(thresholds) + rng.choice([-1, 0, 1, 1000]))
    return int(10 ** rng.uniform(0, 6))


def request(rng, name, thresholds, writes, at=""):
    n = lengths(rng, thresholds)
    cached = rng.randrange(n // 2 + 1) if rng.random() < 0.5 else 0
    written = rng.randrange(n // 4 + 1) if writes and rng.random() < 0.3 else 0
    output = rng.randrange(5000) if rng.random() < 0.9 else 0
    return dict(model=name, input=n, cached=cached, cache_write=written, cache_write_1h=0, output=output, mode="", at=at)


def report(title, outcomes, examples):
    print(f"\n{title}")
    for cause, count in sorted(outcomes.items(), key=lambda item: -item[1]):
        print(f"  {count:6}  {cause}")
        for example in examples.get(cause, [])[:2]:
            print(f"          {example}")


# ---------------------------------------------------------------- litellm


def litellm_thresholds(entry):
    found = [int(float(row["range"][0])) for row in entry.get("tiered_pricing", []) if "range" in row]
    for name in entry:
        parts = name.split("_above_")[1:]
        found += [int(part.split("k_tokens")[0]) * 1000 for part in parts if "k_tokens" in part]
    return sorted({above for above in found if above > 0})


def compare_litellm(llmcost, count, rng, folder):
    import litellm

    litellm.suppress_debug_info = True
    path = pathlib.Path(litellm.__file__).with_name("model_prices_and_context_window_backup.json")
    raw = path.read_text()
    entries = json.loads(raw, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    names = [name for name, entry in entries.items() if entry.get("mode") in ("chat", "completion", "responses")]
    names = [name for name in names if entries[name].get("input_cost_per_token") or "tiered_pricing" in entries[name]]
    cases, theirs = [], []
    while len(cases) < count:
        name = rng.choice(names)
        entry = entries[name]
        case = request(rng, name, litellm_thresholds(entry), bool(entry.get("cache_creation_input_token_cost")))
        usage = litellm.Usage(
            prompt_tokens=case["input"],
            completion_tokens=case["output"],
            cache_read_input_tokens=case["cached"],
            cache_creation_input_tokens=case["cache_write"],
        )
        try:
            prompt, completion = litellm.cost_per_token(
                model=name, custom_llm_provider=entry["litellm_provider"], usage_object=usage
            )
            theirs.append(F(decimal.Decimal(prompt + completion)))
        except Exception as error:  # the library raises bare exceptions of many kinds
            theirs.append(f"{type(error).__name__}: {str(error).splitlines()[0][:120]}")
        cases.append(dict(case, id=len(cases)))
    results = ours(llmcost, "litellm", raw, cases, folder)
    outcomes, examples = collections.Counter(), collections.defaultdict(list)
    for case, mine, other in zip(cases, results, theirs):
        cause = litellm_cause(entries, case, mine, other)
        outcomes[cause] += 1
        shown = other if isinstance(other, str) else float(other)
        examples[cause].append(f"{case}: ours {mine if isinstance(mine, str) else float(mine)}, theirs {shown}")
    examples = {cause: found for cause, found in examples.items() if not cause.startswith("agree")}
    report(f"litellm {version('litellm')}, {count} requests", outcomes, examples)


def near(a, b):
    return abs(a - b) <= max(abs(a), abs(b)) / 10**12


def litellm_cost(entry, case, rules):
    """What litellm charges if it works by `rules`."""
    n = case["input"]
    ge = entry["litellm_provider"] == "xai"

    def price(name):
        rows = [row for row in entry.get("tiered_pricing", []) if "range" in row]
        if any(name in row for row in rows):
            reached = [row for row in rows if n > row["range"][0] or row["range"][0] == 0]
            return F(max(reached, key=lambda row: row["range"][0]).get(name, 0))
        found = entry.get(name)
        for above in litellm_thresholds(entry) if UNTIERED not in rules else []:
            dearer = entry.get(f"{name}_above_{above // 1000}k_tokens")
            if dearer is not None and (n >= above if ge else n > above):
                found = dearer
        return None if found is None else F(found)

    fresh, output = price("input_cost_per_token") or F(0), price("output_cost_per_token") or F(0)
    read, write = price("cache_read_input_token_cost"), price("cache_creation_input_token_cost")
    if OFF_PEAK in rules and (off_peak := entry.get("off_peak_pricing")):
        fresh, output = F(off_peak["input_cost_per_token"]), F(off_peak["output_cost_per_token"])
        read = F(off_peak["cache_read_input_token_cost"])
    if HALF in rules and entry["litellm_provider"] == "fireworks_ai" and read is None:
        read = fresh / 2
    if WRITTEN in rules and entry["litellm_provider"] == "perplexity":
        write = fresh
    absent = F(0) if FREE in rules else fresh
    read, write = [absent if price is None or (price == 0 and ZERO in rules) else price for price in (read, write)]
    uncached = n - case["cached"] - case["cache_write"]
    return uncached * fresh + case["cached"] * read + case["cache_write"] * write + case["output"] * output


HALF = "litellm halves the input price for cached tokens of Fireworks models that state none; here they pay input"
OFF_PEAK = "litellm applies the price of this hour; a case without an hour has the one outside of windows here"
FREE = "cached or written tokens without a price are free to litellm; here they pay input"
UNTIERED = "litellm does not apply the tiers of this provider's models"
ZERO = "a cached price of 0 counts as none to litellm; here it is 0"
WRITTEN = "litellm prices written tokens of this provider as input"
NAMESAKE = "litellm takes the entry of another name, with or without the provider, which has other prices"
RULES = [HALF, OFF_PEAK, FREE, UNTIERED, ZERO, WRITTEN]


def litellm_cause(entries, case, mine, other):
    if isinstance(other, str):
        return f"litellm fails: {other.split(':')[0]}" + ("" if isinstance(mine, str) else ", where a price is known")
    if isinstance(mine, str):
        return f"refused here: {mine.split(':')[0]}; litellm names an amount"
    if mine == other:
        return "agree to the last digit"
    if near(mine, other):
        return "agree but for float noise of litellm (within 10^-12)"
    entry = entries[case["model"]]
    for size in range(1, 3):
        for rules in itertools.combinations(RULES, size):
            if near(litellm_cost(entry, case, rules), other):
                return "; and ".join(rules)
    provider = entry["litellm_provider"] + "/"
    namesakes = [entries.get(provider + case["model"]), entries.get(case["model"].removeprefix(provider))]
    if any(near(litellm_cost(namesake, case, ()), other) for namesake in namesakes if namesake):
        return NAMESAKE
    return "not explained"


# ---------------------------------------------------------------- genai-prices


def plain(value):
    """A value of the library as the JSON that its data is published as."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if dataclasses.is_dataclass(value):
        fields = {field.name.rstrip("_"): getattr(value, field.name) for field in dataclasses.fields(value)}
        return {key: plain(item) for key, item in fields.items() if item is not None and not key.startswith("_")}
    if hasattr(value, "__dict__"):
        return {key.rstrip("_"): plain(item) for key, item in vars(value).items() if item is not None and not key.startswith("_")}
    return value


def genai_data():
    from genai_prices import data

    keep = ("id", "match", "context_window", "prices", "price_variants", "deprecated")
    providers = []
    for provider in data.providers:
        models = [{key: value for key, value in plain(model).items() if key in keep} for model in provider.models]
        providers.append({"id": provider.id, "models": models})
    return providers


def starts(value):
    if isinstance(value, dict):
        own = [int(value["start"])] if "start" in value else []
        return own + [start for item in value.values() for start in starts(item)]
    if isinstance(value, list):
        return [start for item in value for start in starts(item)]
    return []


def compare_genai(llmcost, count, rng, folder):
    from genai_prices import Usage, calc_price

    providers = genai_data()
    all_models = [(p["id"], m) for p in providers for m in p["models"] if "input_mtok" in json.dumps(m["prices"])]
    cases, theirs = [], []
    while len(cases) < count:
        provider, model = rng.choice(all_models)
        batch = "batch" in json.dumps(model.get("price_variants", "")) and rng.random() < 0.4
        case = request(rng, f"{provider}/{model['id']}", starts(model["prices"]), True, WHEN.isoformat().replace("+00:00", "Z"))
        case["mode"] = "batch" if batch else ""
        usage = Usage(
            input_tokens=case["input"],
            cache_read_tokens=case["cached"],
            cache_write_tokens=case["cache_write"],
            output_tokens=case["output"],
        )
        try:
            found = calc_price(
                usage,
                model["id"],
                provider_id=provider,
                genai_request_timestamp=WHEN,
                price_context={"processing": "batch"} if batch else None,
            )
            theirs.append((F(found.total_price), found.model.id))
        except Exception as error:
            theirs.append((f"{type(error).__name__}: {str(error).splitlines()[0][:120]}", ""))
        cases.append(dict(case, id=len(cases)))
    results = ours(llmcost, "genai-prices", json.dumps(providers), cases, folder)
    models = {f"{provider}/{model['id']}": model for provider, model in all_models}
    outcomes, examples = collections.Counter(), collections.defaultdict(list)
    for case, mine, (other, chosen) in zip(cases, results, theirs):
        cause = genai_cause(models[case["model"]], case, mine, other, chosen)
        outcomes[cause] += 1
        examples[cause].append(f"{case}: ours {mine}, theirs {other} ({chosen})")
    examples = {cause: found for cause, found in examples.items() if not cause.startswith("agree")}
    report(f"genai-prices {version('genai-prices')}, {count} requests", outcomes, examples)


def genai_cause(model, case, mine, other, chosen):
    if isinstance(other, str):
        return f"genai-prices fails: {other.split(':')[0]}" + ("" if isinstance(mine, str) else ", where a price is known")
    if isinstance(mine, str):
        return f"refused here: {mine.split(':')[0]}; genai-prices names an amount"
    if mine == other:
        return "agree to the last digit"
    if near(mine, other):
        return "float noise in the data of genai-prices (as 0.12999999999999998), cleaned by the importer"
    if chosen != model["id"]:
        return "genai-prices finds another model by its rules about parts of names"
    if case["mode"] == "batch" and mine < other:
        cheaper = "cached tokens in a batch without a batch price: here at most the batch input price"
        return cheaper if case["cached"] else "not explained"
    return "not explained"


def version(package):
    from importlib.metadata import version as installed

    return installed(package)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("llmcost")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261123)
    arguments = parser.parse_args()
    llmcost = str(pathlib.Path(arguments.llmcost).resolve())
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        compare_litellm(llmcost, arguments.requests, rng, pathlib.Path(folder))
        compare_genai(llmcost, arguments.requests, rng, pathlib.Path(folder))


if __name__ == "__main__":
    main()
