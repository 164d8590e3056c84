// Requests a second that the npm package llm-pricing prices on one core, from its bundled list, one call each.
//
//     mkdir /tmp/peers && cd /tmp/peers && npm install llm-pricing
//     cp .../tests/bench/peers.mjs . && node peers.mjs
import { PricingCatalog } from "llm-pricing";

const catalog = new PricingCatalog({ sources: [] });
const ROUNDS = 5;
const CALLS = 100_000;
const requests = {
  "llm-pricing, plain": { model: "gpt-4o-mini", inputTokens: 1200, cachedInputTokens: 0, outputTokens: 180 },
  "llm-pricing, cached": { model: "gpt-4o-mini", inputTokens: 1200, cachedInputTokens: 800, outputTokens: 180 },
};
for (const [name, request] of Object.entries(requests)) {
  const call = () => catalog.estimate(request);
  let result = call();
  if (!(result?.cost > 0)) throw new Error(`${name}: ${JSON.stringify(result)}`);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    for (let n = 0; n < CALLS; n += 1) result = call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
  }
  console.log(`${name}: ${Math.round(CALLS / best).toLocaleString("en")} requests/s`);
}
