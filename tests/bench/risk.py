#!/usr/bin/env python3
"""Draws of a ten-parameter scenario: this program against numpy's plain Monte Carlo and scipy's scrambled Sobol points.

Both compute tests/bench/ten.yaml, in turn, in one sitting; the ratio of the medians is what counts. Needs numpy and scipy.
usage: cargo build --release --example risk_speed && python3 tests/bench/risk.py
"""
import json
import statistics
import subprocess
import time

import numpy as np
from scipy.stats import beta, norm, qmc

# requests, input, output, exact hits, semantic hits, accepted, judge, retries, batch, cost of a hit: medians and sigmas, or shapes
QUANTITIES = [("lognormal", 1e6, .25), ("lognormal", 500, .3), ("lognormal", 200, .3), ("beta", 30, 70), ("beta", 20, 80),
              ("beta", 70, 30), ("lognormal", 2e-5, .2), ("beta", 2, 98), ("beta", 5, 5), ("lognormal", 1e-4, .1)]


def month(requests, tokens_in, tokens_out, exact, semantic, accepted, judge, retries, batch, hit):
    small = tokens_in * .15e-6 + tokens_out * .6e-6
    large = tokens_in * 2.5e-6 + tokens_out * 10e-6
    calls = requests * 30 * (1 - exact) * (1 - semantic)
    attempts = (1 + retries) * (small + (1 - accepted) * large) * (1 - .5 * batch)
    return calls * (attempts + judge) + requests * 30 * (exact * hit + (1 - exact) * 3e-4)


def drawn(rng, count):
    return [a * np.exp(b * rng.standard_normal(count)) if kind == "lognormal" else rng.beta(a, b, count) for kind, a, b in QUANTITIES]


def inverted(points):
    return [a * np.exp(b * norm.ppf(u)) if kind == "lognormal" else beta.ppf(u, a, b) for u, (kind, a, b) in zip(points, QUANTITIES)]


def numpy_speed(count=1_000_000):
    rng = np.random.Generator(np.random.PCG64(7))
    started = time.perf_counter()
    month(*drawn(rng, count)).mean()
    return count / (time.perf_counter() - started)


def ours(*arguments):
    command = ["target/release/examples/risk_speed", "tests/bench/ten.yaml", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def scrambled(seed, power):
    return month(*inverted(qmc.Sobol(10, scramble=True, seed=seed).random_base2(power).T))


speeds = {"ours": [], "numpy": []}
for _ in range(5):
    speeds["ours"].append(ours("speed")["per_second"])
    speeds["numpy"].append(numpy_speed())
medians = {name: statistics.median(all) for name, all in speeds.items()}
print(json.dumps({"test": "evaluations a second", **{name: int(value) for name, value in medians.items()},
                  "ratio": round(medians["ours"] / medians["numpy"], 2)}))

long = [scrambled(1000 + seed, 15) for seed in range(16)]
mean, p95 = float(np.mean(long)), float(np.quantile(np.concatenate(long), .95))
sets = [scrambled(300 + seed, 10) for seed in range(96)]
root = lambda errors: float(np.sqrt(np.mean(np.square(errors))))
print(json.dumps({"test": "relative error of 1,024 points", "ours": ours("accuracy", mean, p95),
                  "scipy": {"mean": root([s.mean() / mean - 1 for s in sets]), "p95": root([np.quantile(s, .95) / p95 - 1 for s in sets])}}))
print(json.dumps({"test": "true values within two standard errors", **ours("coverage", mean, p95)}))
