//! Random scenarios.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy as _, any, prop, prop_oneof};

use super::scenario::*;

/// Models of every scenario; levers name them by index.
const MODELS: usize = 5;
const TASKS: [&str; 4] = ["extraction", "qa", "reasoning", "chat"];

/// Parts of a thousand up to `most`, the bounds more often than by chance.
fn share(most: u64) -> BoxedStrategy<Dec> {
    prop_oneof![1 => Just(0), 1 => Just(most), 3 => (0..=most / 50).prop_map(|n| n * 50), 5 => 0..=most]
        .prop_map(|units| Dec { units, places: 3 })
        .boxed()
}

fn money(most: u64) -> BoxedStrategy<Dec> {
    (0..=most).prop_map(|units| Dec { units, places: 6 }).boxed()
}

/// Round numbers meet the thresholds of tiers exactly now and then.
fn tokens() -> BoxedStrategy<u64> {
    prop_oneof![2 => Just(0), 5 => (0..=40_u64).prop_map(|n| n * 50), 3 => 0..=3000_u64].boxed()
}

fn usd() -> BoxedStrategy<Dec> {
    (1..=30_000_u64, 2..=3_u32).prop_map(|(units, places)| Dec { units, places }).boxed()
}

fn rate() -> BoxedStrategy<Rate> {
    let tier = ((1..=60_u64).prop_map(|n| n * 50), option::of(any::<bool>()), usd());
    (usd(), prop_oneof![2 => Just(Vec::new()), 1 => vec(tier, 1..=3)])
        .prop_map(|(usd, mut tiers)| {
            tiers.sort_by_key(|(above, ..)| *above);
            tiers.dedup_by_key(|(above, ..)| *above);
            let tiers = tiers.into_iter().map(|(above, ge, usd)| Tier { above, ge, usd }).collect();
            Rate { usd, tiers }
        })
        .boxed()
}

fn discount() -> BoxedStrategy<Discount> {
    let component = || prop_oneof![Just(Component::Input), Just(Component::Output), Just(Component::Reasoning)];
    (share(1000), prop_oneof![2 => Just(Vec::new()), 1 => vec(component(), 1..=2)])
        .prop_map(|(share, mut applies_to)| {
            if applies_to.len() == 2 && applies_to[0] == applies_to[1] {
                applies_to.pop();
            }
            Discount { share, applies_to }
        })
        .boxed()
}

fn model() -> BoxedStrategy<Model> {
    let card =
        (option::of(rate()), option::of(rate()), option::weighted(0.3, rate()), option::weighted(0.3, money(3000)));
    let batch = prop_oneof![
        card.prop_map(|(input, output, reasoning, request)| ModelBatch::Card { input, output, reasoning, request }),
        discount().prop_map(ModelBatch::Fallback),
    ];
    let rules = (option::of(tokens()), option::of((1..=4_u64).prop_map(|n| n * 64)));
    let cached = (rate(), option::of(rate()), rules);
    let cached = cached.prop_map(|(read, write, (minimum, step))| Cached { read, write, minimum, step });
    let prices = (rate(), rate(), option::weighted(0.3, rate()), option::weighted(0.5, cached));
    let prices = prices.prop_map(|(input, output, reasoning, cached)| TokenPrices { input, output, reasoning, cached });
    (
        0..2_usize,
        option::weighted(0.25, money(5000)),
        option::weighted(0.85, prices),
        option::weighted(0.8, batch),
        option::weighted(0.2, share(500)),
    )
        .prop_map(|(provider, mut request, tokens, mut batch, discount)| {
            if tokens.is_none() {
                request = Some(request.filter(|r| r.units > 0).unwrap_or(Dec { units: 3000, places: 6 }));
                // Such a model charges nothing for tokens, in a batch neither.
                if let Some(ModelBatch::Card { input, output, reasoning, .. }) = &mut batch {
                    (*input, *output, *reasoning) = (None, None, None);
                }
            }
            if let Some(ModelBatch::Card { input: None, output: None, reasoning: None, request: in_batch }) = &mut batch
            {
                *in_batch = Some(in_batch.unwrap_or(Dec { units: 1500, places: 6 }));
            }
            Model { provider, request, tokens, batch, discount }
        })
        .boxed()
}

fn shape() -> BoxedStrategy<Shape> {
    let prompt =
        prop_oneof![4 => prop::array::uniform6(tokens()), 1 => tokens().prop_map(|user| [0, 0, 0, 0, 0, user])];
    let agent = (1..=4_u64, option::of(tokens()));
    let calls = (option::weighted(0.3, 1..=5_u64), option::weighted(0.25, agent));
    (prompt, tokens(), prop_oneof![2 => Just(0), 1 => tokens()], calls)
        .prop_map(|(prompt, output, reasoning, (turns, agent))| Shape { prompt, output, reasoning, turns, agent })
        .boxed()
}

/// Weights as shares that add up to 100%, the last of them perhaps as `rest`.
fn shares(weights: &[u64], by_rest: bool) -> Vec<Share> {
    let sum = weights.iter().sum::<u64>().max(1);
    let mut left = 1000;
    let last = weights.len() - 1;
    let mut found = Vec::new();
    for (index, weight) in weights.iter().enumerate() {
        let units = if index == last { left } else { weight * 1000 / sum };
        left -= units;
        let share = Dec { units, places: 3 };
        found.push(if index == last && by_rest { Share::Rest(share) } else { Share::Stated(share) });
    }
    found
}

fn tasks() -> BoxedStrategy<Vec<Task>> {
    let own = || option::weighted(0.25, tokens());
    let complexity = option::weighted(0.3, prop_oneof![Just("low"), Just("medium"), Just("high")]);
    let task = (0..100_u64, complexity, prop::array::uniform6(own()), own(), own());
    (prop_oneof![1 => Just(Vec::new()), 3 => vec(task, 1..=4)], any::<bool>())
        .prop_map(|(tasks, by_rest)| {
            if tasks.is_empty() {
                return Vec::new();
            }
            let weights: Vec<u64> = tasks.iter().map(|(weight, ..)| *weight).collect();
            let all = tasks.into_iter().zip(shares(&weights, by_rest)).zip(TASKS);
            all.map(|(((_, complexity, prompt, output, reasoning), share), name)| Task {
                name,
                share,
                complexity,
                prompt,
                output,
                reasoning,
            })
            .collect()
        })
        .boxed()
}

fn layer(most: u64) -> BoxedStrategy<Layer> {
    let cost = |most| option::weighted(0.5, money(most));
    let wrong = (share(300), option::of(money(20_000)), any::<bool>()).prop_map(|(share, cost, rerun)| FalseHits {
        share,
        rerun: rerun || cost.is_none(),
        cost,
    });
    let monthly = option::weighted(0.2, (0..100_000_u64).prop_map(|units| Dec { units, places: 2 }));
    (share(most), cost(500), cost(200), option::weighted(0.2, money(200)), monthly, option::weighted(0.4, wrong))
        .prop_map(|(hit_rate, per_hit, per_lookup, per_store, per_month, false_hits)| Layer {
            hit_rate,
            per_hit,
            per_lookup,
            per_store,
            per_month,
            false_hits,
        })
        .boxed()
}

fn cache() -> BoxedStrategy<Cache> {
    let monthly = option::weighted(0.3, (0..100_000_u64).prop_map(|units| Dec { units, places: 2 }));
    (1..=3_u8, layer(600), layer(400), any::<bool>(), option::weighted(0.3, money(200)), monthly)
        .prop_map(|(which, exact, semantic, of_misses, per_store, per_month)| Cache {
            exact: (which & 1 > 0).then_some(exact),
            semantic: (which & 2 > 0).then_some(semantic),
            of_misses,
            per_store,
            per_month,
        })
        .boxed()
}

fn model_index() -> std::ops::Range<usize> {
    0..MODELS
}

fn compress() -> BoxedStrategy<Compress> {
    // `To` holds a percentage here; `finish` makes tokens of it.
    let cut = prop_oneof![share(1000).prop_map(Cut::Removed), (0..100_u64).prop_map(Cut::To)];
    let by = prop_oneof![model_index().prop_map(Compressor::Model), money(500).prop_map(Compressor::PerRequest)];
    (prop::array::uniform6(option::weighted(0.35, cut)), option::of(by))
        .prop_map(|(cuts, by)| Compress { cuts, by })
        .boxed()
}

fn billed() -> BoxedStrategy<Option<Billed>> {
    option::of(prop_oneof![Just(Billed::All), Just(Billed::Input), Just(Billed::None)]).boxed()
}

pub fn over(likely: f64) -> BoxedStrategy<Over> {
    let output = prop_oneof![
        share(1000).prop_map(Output::Scale),
        tokens().prop_map(Output::Max),
        (share(1000), tokens()).prop_map(|(scale, max)| Output::Both(scale, max)),
    ];
    let retries =
        (share(500), billed(), option::of(0..=4_u32)).prop_map(|(rate, billed, max)| Retries { rate, billed, max });
    let batch = (share(1000), option::of(discount())).prop_map(|(share, discount)| Batch { share, discount });
    let cacheable = prop_oneof![tokens().prop_map(Cacheable::Tokens), share(1000).prop_map(Cacheable::Share)];
    let prefix = (share(1000), option::of(cacheable)).prop_map(|(hit_rate, tokens)| Prefix { hit_rate, tokens });
    let of = |lever| option::weighted(likely, lever);
    (
        of(output.boxed()),
        option::weighted(likely, retries),
        option::weighted(likely, prefix),
        option::weighted(likely, batch),
    )
        .prop_map(|(output, retries, prefix, batch)| Over { output, retries, prefix, batch })
        .boxed()
}

fn span() -> BoxedStrategy<Span> {
    prop_oneof![
        3 => (1..=36_u64).prop_map(Span::Months),
        1 => (1..=3_u64).prop_map(Span::Years),
        1 => (1..=700_u64).prop_map(Span::Days),
    ]
    .boxed()
}

fn fine_tune() -> BoxedStrategy<FineTune> {
    let training = (model_index(), 0..=20_000_000_u64, option::of(0..=5_u64), usd(), option::of(span()));
    (training, option::weighted(0.3, money(1_000_000)), option::weighted(0.4, tokens()), any::<bool>())
        .prop_map(|((model, training_tokens, epochs, price, amortise), hosting_per_hour, examples, alone)| FineTune {
            model,
            training_tokens,
            epochs,
            price,
            amortise,
            hosting_per_hour,
            examples,
            alone,
        })
        .boxed()
}

fn retrieval() -> BoxedStrategy<Retrieval> {
    let rent = prop_oneof![
        money(100_000_000).prop_map(Rent::PerMonth),
        (money(1_000_000), 1..=3072_u64, option::of(1..=8_u64), option::of(0..=10_000_u64))
            .prop_map(|(price, dimensions, bytes, text)| Rent::PerGb { price, dimensions, bytes, text }),
    ];
    let store = (rent, option::weighted(0.3, money(500))).prop_map(|(rent, per_search)| Store { rent, per_search });
    let rerank = prop_oneof![
        money(3000).prop_map(Rerank::PerSearch),
        (model_index(), 20..=100_u64).prop_map(|(model, candidates)| Rerank::Model { model, candidates }),
    ];
    let corpus = (100_000..=50_000_000_u64, 50..=1000_u64, option::of(0..=100_u64), 1..=20_u64);
    let paid = (option::of(span()), option::weighted(0.5, share(1000)), option::of(store), option::of(rerank));
    (corpus, model_index(), any::<bool>(), option::weighted(0.3, tokens()), paid)
        .prop_map(|((corpus, chunk, overlap, top), embed, batch, query, (amortise, reindex, store, rerank))| {
            Retrieval {
                corpus,
                chunk,
                // In percent of a chunk, all of it excluded.
                overlap: overlap.map(|percent| chunk * percent / 101),
                top,
                embed,
                batch,
                query,
                amortise,
                reindex,
                store,
                rerank,
            }
        })
        .boxed()
}

fn commitments() -> BoxedStrategy<Vec<Commitment>> {
    let amount = || (0..100_000_000_u64).prop_map(|units| Dec { units, places: 2 });
    let terms = prop_oneof![
        amount().prop_map(Terms::Minimum),
        (amount(), span(), option::of(share(500))).prop_map(|(amount, valid, bonus)| Terms::Prepaid {
            amount,
            valid,
            bonus
        }),
    ];
    // For each provider: nothing, itself, or one or two of its models.
    let of_provider = (0..4_usize, vec(terms, 2));
    vec(of_provider, PROVIDERS.len())
        .prop_map(|all| {
            let of = |(provider, (which, terms)): (usize, (usize, Vec<Terms>))| {
                let count = if which == 3 { 2 } else { usize::from(which > 0) };
                let whose = move |at: usize| match which {
                    1 => Whose::Provider(provider),
                    // The model at this position among those of the provider, once they are known.
                    _ => Whose::Model(provider * MODELS + at),
                };
                terms.into_iter().take(count).enumerate().map(move |(at, terms)| Commitment { whose: whose(at), terms })
            };
            all.into_iter().enumerate().flat_map(of).collect()
        })
        .boxed()
}

/// How often models are right; where one was wrong, another is as often as both their qualities allow.
fn quality() -> BoxedStrategy<Quality> {
    let wrong = (model_index(), model_index(), 0..=1000_u64);
    (vec(share(1000), MODELS), vec(wrong, 0..=6))
        .prop_map(|(of, wrong)| {
            let mut given_wrong: Vec<(usize, usize, Dec)> = Vec::new();
            for (first, then, at) in wrong {
                let (q1, q2) = (of[first].units, of[then].units);
                let missed = 1000 - q1;
                let known = given_wrong.iter().any(|(a, b, _)| (*a, *b) == (first, then));
                if known || missed == 0 || q1 == 0 {
                    continue;
                }
                // In parts of a million: of those that the first one misses the other gets at least and at most so many.
                let least = (q2.saturating_sub(q1) * 1_000_000).div_ceil(missed);
                let most = (q2 * 1_000_000 / missed).min(1_000_000);
                let share = Dec { units: least + (most - least) * at / 1000, places: 6 };
                given_wrong.push((first, then, share));
            }
            Quality { of, given_wrong }
        })
        .boxed()
}

fn factors() -> BoxedStrategy<Vec<(usize, Dec, Dec)>> {
    let factor = || (50..=200_u64).prop_map(|units| Dec { units, places: 2 });
    let models = prop::sample::subsequence((0..MODELS).collect::<Vec<_>>(), 0..=2);
    let some = (models, vec((factor(), factor()), MODELS));
    let some = some.prop_map(|(models, factors)| {
        models.into_iter().zip(factors).map(|(model, (input, output))| (model, input, output)).collect()
    });
    prop_oneof![2 => Just(Vec::new()), 1 => some].boxed()
}

fn side() -> BoxedStrategy<Side> {
    let by_model =
        (model_index(), tokens(), 0..100_u64).prop_map(|(model, input, output)| Side::Model { model, input, output });
    prop_oneof![by_model, money(500).prop_map(Side::PerRequest)].boxed()
}

fn cascade() -> BoxedStrategy<Cascade> {
    let error = option::weighted(0.3, (share(300), billed()));
    let step = (model_index(), over(0.15), share(1000), 0..100_u64, error);
    let billing = option::of(prop_oneof![Just(Billing::EveryAttempt), Just(Billing::FinalOnly)]);
    let skill = option::weighted(0.4, (share(1000), share(1000)));
    let about =
        (any::<bool>(), option::of(side()), skill, option::of(any::<bool>()), billing, any::<bool>(), any::<bool>());
    (vec(step, 1..=3), about)
        .prop_map(|(steps, (by_handles, judge, skill, judge_last, billing, inside, last_says))| {
            let skill = skill.filter(|_| !by_handles);
            let weights: Vec<u64> = steps.iter().map(|(.., weight, _)| *weight).collect();
            let handled = shares(&weights, false);
            let count = steps.len();
            // Parts of a thousand that reach the step, when shares of all requests are stated.
            let mut reach = 1000;
            let mut found = Vec::new();
            for (index, ((model, over, accept, _, error), handles)) in steps.into_iter().zip(handled).enumerate() {
                let last = index + 1 == count;
                let Share::Stated(handles) = handles else { unreachable!() };
                let stop = if by_handles { Some(handles) } else { (!last || last_says).then_some(accept) };
                let possible = |error: &(Dec, _)| !by_handles || handles.units * 1000 <= reach * (1000 - error.0.units);
                found.push(Step { model, over, stop, error: error.filter(possible) });
                reach -= handles.units;
            }
            Cascade { steps: found, by_handles, judge, skill, judge_last, billing, inside }
        })
        .boxed()
}

fn arms() -> BoxedStrategy<Vec<(Arm, Share)>> {
    let serving =
        prop_oneof![3 => model_index().prop_map(ArmServing::Model), 1 => cascade().prop_map(ArmServing::Cascade)];
    (vec((serving, over(0.25), 0..100_u64), 1..=3), any::<bool>())
        .prop_map(|(arms, by_rest)| {
            let weights: Vec<u64> = arms.iter().map(|(.., weight)| *weight).collect();
            let shares = shares(&weights, by_rest);
            arms.into_iter().zip(shares).map(|((serving, over, _), share)| (Arm { serving, over }, share)).collect()
        })
        .boxed()
}

pub fn route_by_shares() -> BoxedStrategy<How> {
    (prop::sample::subsequence((0..MODELS).collect::<Vec<_>>(), 1..=4), vec(0..100_u64, MODELS), any::<bool>())
        .prop_map(|(models, weights, by_rest)| {
            let shares = shares(&weights[..models.len()], by_rest);
            How::Shares(models.into_iter().zip(shares).collect())
        })
        .boxed()
}

fn how() -> BoxedStrategy<How> {
    prop_oneof![
        2 => route_by_shares(),
        1 => prop::array::uniform3(model_index()).prop_map(How::Complexity),
        1 => (vec(option::of(model_index()), 4), model_index()).prop_map(|(models, default)| How::Tasks(models, default)),
        3 => (arms(), prop_oneof![2 => Just(Vec::new()), 1 => arms()]).prop_map(|(general, first)| How::Entries(general, first)),
    ]
    .boxed()
}

pub fn serving() -> BoxedStrategy<Serving> {
    let route = (how(), option::weighted(0.3, side()), option::weighted(0.3, share(300)))
        .prop_map(|(how, router, misroute)| Serving::Route(Route { how, router, misroute }));
    prop_oneof![2 => model_index().prop_map(Serving::Model), 4 => route, 3 => cascade().prop_map(Serving::Cascade)]
        .boxed()
}

pub fn strategy_of(serving: BoxedStrategy<Serving>) -> BoxedStrategy<Strategy> {
    let examples = (0..=5_u64, 1..=5_u64).prop_map(|(keep, of)| (keep.min(of), of));
    let items = prop_oneof![
        (1..=12_u64).prop_map(|n| Dec { units: n, places: 0 }),
        (10..60_u64).prop_map(|n| Dec { units: n, places: 1 })
    ];
    let pack = (items, option::of(0..100_u64)).prop_map(|(items, overhead)| Pack { items, overhead });
    let context = prop_oneof![
        share(1000).prop_map(Context::Relevance),
        tokens().prop_map(Context::Max),
        (share(1000), tokens()).prop_map(|(share, max)| Context::Both(share, max)),
    ];
    let history = prop_oneof![
        tokens().prop_map(History::Max),
        (1..=3_u64, tokens(), model_index()).prop_map(|(every, to, model)| History::Summarise { every, to, model }),
    ];
    let levers = (
        option::weighted(0.4, cache()),
        option::weighted(0.4, compress()),
        option::weighted(0.3, examples),
        option::weighted(0.4, context),
        option::weighted(0.3, history),
        option::weighted(0.3, pack),
        option::weighted(0.15, retrieval()),
        option::weighted(0.25, fine_tune()),
    );
    (levers, serving, over(0.35))
        .prop_map(|((cache, compress, examples, context, history, pack, retrieval, fine_tune), serving, over)| {
            Strategy { cache, compress, examples, retrieval, context, history, pack, fine_tune, serving, over }
        })
        .boxed()
}

/// Scenarios with strategies of `serving`.
pub fn scenario_of(
    serving: fn() -> BoxedStrategy<Serving>,
    strategies: std::ops::RangeInclusive<usize>,
) -> BoxedStrategy<Scenario> {
    let per = prop_oneof![1 => Just(Per::Second), 1 => Just(Per::Hour), 3 => Just(Per::Day), 1 => Just(Per::Week), 1 => Just(Per::Month)];
    let requests = prop_oneof![1..1000_u64, (1..1000_u64).prop_map(|n| n * 1000)];
    let workload = (requests, per, prop_oneof![Just(30_u64), 28..=31_u64], shape(), tasks());
    let discounts = prop::array::uniform2(option::weighted(0.3, share(500)));
    (
        workload,
        vec(model(), MODELS),
        discounts,
        vec(strategy_of(serving()), strategies),
        option::of(0..3_usize),
        (option::weighted(0.3, commitments()), option::weighted(0.5, quality()), factors()),
    )
        .prop_map(
            |(
                (requests, per, days_per_month, shape, tasks),
                models,
                provider_discounts,
                strategies,
                baseline,
                (commitments, quality, factors),
            )| {
                let baseline = baseline.map(|index| index % strategies.len());
                let scenario = Scenario {
                    requests,
                    per,
                    days_per_month,
                    models,
                    provider_discounts,
                    shape,
                    tasks,
                    baseline,
                    quality,
                    factors,
                    commitments: commitments.unwrap_or_default(),
                    strategies,
                };
                finish(scenario)
            },
        )
        .boxed()
}

pub fn scenario() -> BoxedStrategy<Scenario> {
    scenario_of(serving, 1..=2)
}

/// Makes parts that were drawn apart fit each other.
fn finish(mut scenario: Scenario) -> Scenario {
    let providers: Vec<usize> = scenario.models.iter().map(|model| model.provider).collect();
    scenario.commitments.retain_mut(|commitment| match &mut commitment.whose {
        Whose::Provider(provider) => providers.contains(provider),
        Whose::Model(at) => {
            let own = providers.iter().enumerate().filter(|(_, provider)| **provider == *at / MODELS);
            let found = own.map(|(model, _)| model).nth(*at % MODELS);
            found.map(|model| *at = model).is_some()
        }
    });
    if scenario.strategies.iter().any(|strategy| strategy.retrieval.is_some()) {
        // A context that is stated is not retrieved.
        scenario.shape.prompt[CONTEXT] = 0;
        scenario.tasks.iter_mut().for_each(|task| task.prompt[CONTEXT] = None);
    }
    for strategy in &mut scenario.strategies {
        if let Some(retrieval) = &mut strategy.retrieval {
            retrieval.batch &= scenario.models[retrieval.embed].batch.is_some();
        }
        if strategy.fine_tune.as_ref().is_some_and(|tuned| tuned.alone) {
            // Nobody states what belongs to a serving that nobody states.
            strategy.serving = Serving::Model(0);
        }
    }
    let (follows, judged) = (scenario.shape.follows(), scenario.quality.is_some());
    for strategy in &mut scenario.strategies {
        if follows {
            // Requests in one call cannot wait for one another.
            strategy.pack = None;
        }
        if !judged {
            each_cascade(strategy, &mut |cascade| cascade.skill = None);
        }
    }
    let shapes: Vec<Shape> = scenario.tasks_with_shapes().into_iter().map(|(_, shape, _)| shape).collect();
    let needs_discount = scenario.models.iter().any(|model| model.batch.is_none());
    let tasks = scenario.tasks.len();
    for strategy in &mut scenario.strategies {
        if let Some(compress) = &mut strategy.compress {
            for (part, cut) in compress.cuts.iter_mut().enumerate() {
                let Some(Cut::To(percent)) = cut else { continue };
                let stated = shapes.iter().map(|shape| shape.prompt[part]).max().unwrap_or(0);
                let longest = match &strategy.retrieval {
                    Some(retrieval) if part == CONTEXT => retrieval.top * retrieval.chunk,
                    _ => stated,
                };
                *cut = Some(if longest == 0 {
                    Cut::Removed(Dec { units: *percent, places: 2 })
                } else {
                    Cut::To(longest * *percent / 100)
                });
            }
            if compress.cuts.iter().all(Option::is_none) {
                strategy.compress = None;
            }
        }
        if let Serving::Route(route) = &mut strategy.serving {
            match &mut route.how {
                How::Complexity(models) if tasks == 0 => {
                    route.how = How::Shares(vec![(models[0], Share::Stated(Dec { units: 1, places: 0 }))])
                }
                How::Tasks(models, _) => models.truncate(tasks),
                How::Entries(_, first) if tasks < 2 => first.clear(),
                _ => {}
            }
        }
        if needs_discount {
            each_over(strategy, &mut |over| {
                if let Some(batch) = &mut over.batch {
                    batch
                        .discount
                        .get_or_insert(Discount { share: Dec { units: 250, places: 3 }, applies_to: Vec::new() });
                }
            });
        }
    }
    scenario
}

/// The cascades wherever a strategy states them.
pub fn each_cascade(strategy: &mut Strategy, change: &mut impl FnMut(&mut Cascade)) {
    match &mut strategy.serving {
        Serving::Cascade(cascade) => change(cascade),
        Serving::Route(Route { how: How::Entries(general, first), .. }) => {
            for (arm, _) in general.iter_mut().chain(first) {
                if let ArmServing::Cascade(cascade) = &mut arm.serving {
                    change(cascade);
                }
            }
        }
        Serving::Model(_) | Serving::Route(_) => {}
    }
}

/// The levers of attempts wherever a strategy states them.
pub fn each_over(strategy: &mut Strategy, change: &mut impl FnMut(&mut Over)) {
    fn cascade(cascade: &mut Cascade, change: &mut impl FnMut(&mut Over)) {
        cascade.steps.iter_mut().for_each(|step| change(&mut step.over));
    }
    change(&mut strategy.over);
    match &mut strategy.serving {
        Serving::Model(_) => {}
        Serving::Cascade(found) => cascade(found, change),
        Serving::Route(route) => {
            if let How::Entries(general, first) = &mut route.how {
                for (arm, _) in general.iter_mut().chain(first) {
                    change(&mut arm.over);
                    if let ArmServing::Cascade(found) = &mut arm.serving {
                        cascade(found, change);
                    }
                }
            }
        }
    }
}
