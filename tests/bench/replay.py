#!/usr/bin/env python3
"""The cost of a request log by model: this program, polars and duckdb in turn, on a log that is made here.

Every engine prices the same rows with the same rules (tier of the whole prompt, cached and written tokens, batch) and every total is
compared with that of plain integers. What counts is the ratio of medians of the same sitting. Needs numpy, pyarrow, polars, duckdb.
usage: cargo build --release && python3 tests/bench/replay.py [--rows 10000000] [--folder DIR] [--rounds 5]
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Share of the requests; prices of fresh input, output, cached and written tokens in 10^-12 USD per token; those above 200,000 tokens.
MODELS = {
    "gpt-4o": (10, (2_500_000, 10_000_000, 1_250_000, 2_500_000), None),
    "gpt-4o-mini": (25, (150_000, 600_000, 75_000, 150_000), None),
    "gpt-4.1": (10, (2_000_000, 8_000_000, 500_000, 2_000_000), None),
    "gpt-5-mini": (15, (250_000, 2_000_000, 25_000, 250_000), None),
    "claude-sonnet-4-5": (15, (3_000_000, 15_000_000, 300_000, 3_750_000), (6_000_000, 22_500_000, 600_000, 7_500_000)),
    "claude-haiku-4-5": (10, (1_000_000, 5_000_000, 100_000, 1_250_000), None),
    "gemini-2.5-pro": (10, (1_250_000, 10_000_000, 125_000, 1_250_000), (2_500_000, 15_000_000, 250_000, 2_500_000)),
    "gemini-2.5-flash": (5, (300_000, 2_500_000, 30_000, 300_000), None),
}
TIER = 200_000
COLUMNS = ["ts", "model", "tenant", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "batch"]


def made(rows, folder):
    """Writes log.csv and log.parquet; the total in 10^-12 USD."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    rng = np.random.default_rng(7)
    names = list(MODELS)
    weights = np.array([share for share, _, _ in MODELS.values()], float)
    low = np.array([low for _, low, _ in MODELS.values()])
    high = np.array([high or low for _, low, high in MODELS.values()])
    tenants = np.array([f"tenant-{at}" for at in range(150)])
    total, now, left = 0, 1_765_000_000_000, rows
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none")
    with open(os.path.join(folder, "log.csv"), "wb") as table:
        table.write((",".join(COLUMNS) + "\n").encode())
        parquet = None
        while left:
            count = min(left, 500_000)
            left -= count
            model = rng.choice(len(names), count, p=weights / weights.sum())
            whole = np.clip(rng.lognormal(7.1, 1.6, count).astype(np.int64), 1, 1_000_000)
            output = np.clip(rng.lognormal(5.2, 1.1, count).astype(np.int64), 1, 60_000)
            cached = np.where((whole >= 1024) & (rng.random(count) < .6), (whole * rng.random(count)).astype(np.int64) // 128 * 128, 0)
            written = np.where((cached > 0) & (rng.random(count) < .3), (whole - cached) // 2, 0)
            batch = (rng.random(count) < .15).astype(np.int64)
            times = now + np.cumsum(rng.integers(0, 500, count))
            now = int(times[-1])
            price = np.where((whole > TIER)[:, None], high[model], low[model])
            cost = (whole - cached - written) * price[:, 0] + output * price[:, 1] + cached * price[:, 2] + written * price[:, 3]
            total += int(np.where(batch == 1, cost // 2, cost).sum())
            named, by = pa.array(np.array(names)[model]), pa.array(tenants[rng.integers(0, 150, count)])
            part = pa.table([times, named, by, whole, cached, written, output, batch], names=COLUMNS)
            pa.csv.write_csv(part, table, options)
            parquet = parquet or pa.parquet.ParquetWriter(os.path.join(folder, "log.parquet"), part.schema, compression="zstd")
            parquet.write_table(part)
        parquet.close()
    return total


def polars(path):
    import polars as pl

    prices = pl.DataFrame([
        {"model": name, **{f"low{at}": price for at, price in enumerate(low)}, **{f"high{at}": price for at, price in enumerate(high or low)}}
        for name, (_, low, high) in MODELS.items()
    ])
    log = pl.scan_csv(path) if path.endswith(".csv") else pl.scan_parquet(path)
    column = pl.col
    price = lambda at: pl.when(column("input_tokens") > TIER).then(column(f"high{at}")).otherwise(column(f"low{at}"))
    fresh = column("input_tokens") - column("cache_read_tokens") - column("cache_write_tokens")
    cost = fresh * price(0) + column("output_tokens") * price(1) + column("cache_read_tokens") * price(2) + column("cache_write_tokens") * price(3)
    found = log.join(prices.lazy(), on="model").group_by("model").agg((cost // (1 + column("batch"))).sum().alias("cost"))
    return sum(found.collect(engine="streaming")["cost"].to_list())


def duckdb(path):
    import duckdb as db

    rows = [(name, tier, *prices) for name, (_, low, high) in MODELS.items() for tier, prices in ((0, low), (1, high or low))]
    connection = db.connect()
    connection.execute("create table prices(model varchar, tier int, fresh bigint, output bigint, cached bigint, written bigint)")
    connection.executemany("insert into prices values (?, ?, ?, ?, ?, ?)", rows)
    log = f"read_csv('{path}')" if path.endswith(".csv") else f"read_parquet('{path}')"
    found = connection.execute(f"""
        select l.model, sum((((input_tokens - cache_read_tokens - cache_write_tokens) * fresh + output_tokens * output
          + cache_read_tokens * cached + cache_write_tokens * written) // (1 + batch))::hugeint)
        from {log} l join prices p on p.model = l.model and p.tier = (l.input_tokens > {TIER})::int group by 1""").fetchall()
    return sum(int(cost) for _, cost in found)


def llmcost(path):
    from decimal import Decimal

    command = [os.path.join(ROOT, "target/release/llmcost"), "replay", os.path.join(ROOT, "tests/bench/replay.yaml")]
    output = subprocess.run([*command, "--log", path, "--format", "json"], check=True, capture_output=True, text=True).stdout
    return int(Decimal(json.loads(output)["strategies"][0]["total"]) * 10**12)


ENGINES = {"llmcost": llmcost, "polars": polars, "duckdb": duckdb}


def timed(engine, path):
    """Seconds that an engine takes, its imports apart, and its total; in a process of its own."""
    if engine != "llmcost":
        __import__(engine)
    started = time.perf_counter()
    total = ENGINES[engine](path)
    print(json.dumps({"seconds": time.perf_counter() - started, "total": total}))


def run(engine, path):
    child = subprocess.Popen([sys.executable, __file__, "--engine", engine, "--log", path], stdout=subprocess.PIPE, text=True)
    answer = json.loads(child.stdout.read())
    child.wait()
    return answer


def peak(path):
    """Prints the peak memory of one replay, in MB; from a small process, whose own memory a child would count as its."""
    command = [os.path.join(ROOT, "target/release/llmcost"), "replay", os.path.join(ROOT, "tests/bench/replay.yaml"), "--log", path, "-q"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(child.pid, 0)
    print(used.ru_maxrss // 1024)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--log", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine == "peak":
        return peak(arguments.log)
    if arguments.engine:
        return timed(arguments.engine, arguments.log)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        total = made(arguments.rows, folder)
        facts = {"rows": arguments.rows, "cores": os.cpu_count(), "machine": platform.machine(), "load": os.getloadavg()[0]}
        print(json.dumps(facts))
        for form in ("csv", "parquet"):
            path = os.path.join(folder, f"log.{form}")
            seconds = {engine: [] for engine in ENGINES}
            for turn in range(arguments.rounds + 1):
                for engine in ENGINES:
                    answer = run(engine, path)
                    assert answer["total"] == total, (engine, answer, total)
                    # The first turn warms the disk.
                    if turn:
                        seconds[engine].append(answer["seconds"])
            medians = {engine: statistics.median(all) for engine, all in seconds.items()}
            ratios = {f"{engine}/llmcost": round(medians[engine] / medians["llmcost"], 2) for engine in medians if engine != "llmcost"}
            medians = {engine: round(median, 3) for engine, median in medians.items()}
            print(json.dumps({"form": form, "seconds": medians, "ratios": ratios, "llmcost_peak_mb": run("peak", path)}))


main()
