#!/usr/bin/env python3
"""Requests a second that litellm and genai-prices price on one core, one call for each request.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install litellm genai-prices
    /tmp/peers/bin/python tests/bench/peers.py

The best of five rounds of each library, for a plain request and for one with cached tokens."""
import os
import time

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
CALLS = 3000
ROUNDS = 5


def speed(call):
    call()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, time.perf_counter() - start)
    return CALLS / best


def main():
    import litellm
    from genai_prices import Usage, calc_price

    plain = Usage(input_tokens=1200, output_tokens=180)
    cached = Usage(input_tokens=1200, cache_read_tokens=800, output_tokens=180)
    calls = {
        "litellm, plain": lambda: litellm.cost_per_token(model="gpt-4o-mini", prompt_tokens=1200, completion_tokens=180),
        "litellm, cached": lambda: litellm.cost_per_token(
            model="gpt-4o-mini", prompt_tokens=1200, completion_tokens=180, cache_read_input_tokens=800
        ),
        "genai-prices, plain": lambda: calc_price(plain, "gpt-4o-mini", provider_id="openai"),
        "genai-prices, cached": lambda: calc_price(cached, "gpt-4o-mini", provider_id="openai"),
    }
    for name, call in calls.items():
        print(f"{name}: {speed(call):,.0f} requests/s")


if __name__ == "__main__":
    main()
