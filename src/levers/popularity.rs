//! How often an answer is found again, derived from how popular questions are: Poisson arrivals, Zipf popularity, and what
//! ends an entry's life (SPEC section 4.2).
//!
//! ```text
//! p_i = i^-s / sum of j^-s;  l_i = p_i x rate;  hit rate = sum of p_i h_i
//! nothing ends an entry                h = 1
//! lifetime T from insertion            h = m/(1+m), m = l T
//! lifetime T refreshed on use          h = 1 - exp(-l T)
//! room for K entries, LRU              h = 1 - exp(-l t), t solves: sum of h_i = K       (Che, Tung and Wang 2002)
//! LRU, lifetime refreshed              h = 1 - exp(-l min(t, T))
//! LRU, lifetime from insertion         h = m/(1+m), m = requests before a gap above t or the end of the lifetime
//! flushes at rate u                    m = l (1 - exp(-u T))/u;   timer t: h = l/(l+u) (1 - exp(-(l+u) t))
//! ```
//!
//! An estimate: arrivals are not quite Poisson, popularity is not quite Zipf. Tests hold it against a simulated cache.
#![allow(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    reason = "a hit rate is an estimate, labelled as such"
)]

/// Questions and how often they are asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Questions {
    /// Different ones, 1 or more.
    pub distinct: f64,
    /// Exponent of their popularity, 0 or more; 0: all alike.
    pub zipf: f64,
    /// Questions per second, above 0.
    pub rate: f64,
}

/// What ends the life of an entry.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Life {
    /// Seconds that it lives.
    pub ttl: Option<f64>,
    /// Whether each use begins its life anew.
    pub refresh: bool,
    /// Entries there is room for.
    pub capacity: Option<f64>,
    /// Flushes of everything per second.
    pub flushes: f64,
    /// The most popular entries that are always kept up to date.
    pub warm: f64,
}

/// Ranks that are added up one by one; those behind them in groups.
const SINGLE: u32 = 300;
/// How much wider each group of ranks is than the one before.
const WIDER: f64 = 1.02;

/// Ranks of nearly the same popularity.
#[derive(Clone, Copy)]
struct Group {
    /// How many.
    count: f64,
    /// The share of the questions that is each of them.
    share: f64,
    /// Whether they are kept up to date.
    warm: bool,
}

/// The share of the questions that find their answer, 0 to 1.
pub fn hit_rate(questions: &Questions, life: &Life) -> f64 {
    let groups = groups(questions, life.warm);
    let timer = life.capacity.and_then(|capacity| characteristic_time(&groups, questions.rate, life, capacity));
    let hits: f64 =
        groups.iter().map(|group| group.count * group.share * hit(group, questions.rate, life, timer)).sum();
    hits.clamp(0.0, 1.0)
}

/// The share of the questions of one popularity that find their answer; `timer`: seconds until an unused entry is
/// displaced.
fn hit(group: &Group, rate: f64, life: &Life, timer: Option<f64>) -> f64 {
    if group.warm {
        return 1.0;
    }
    let l = group.share * rate;
    let u = life.flushes;
    // A timer that each use sets back.
    let refreshed = |t: f64| l / (l + u) * -libm::expm1(-(l + u) * t);
    // A lifetime that ends at the next flush at the latest.
    let lived = |ttl: f64| if u > 0.0 { -libm::expm1(-u * ttl) / u } else { ttl };
    let inserted = |m: f64| m / (1.0 + m);
    match (life.ttl, life.refresh, timer) {
        (None, _, None) => {
            if u > 0.0 {
                l / (l + u)
            } else {
                1.0
            }
        }
        (None, _, Some(t)) => refreshed(t),
        (Some(ttl), true, timer) => refreshed(timer.map_or(ttl, |t| t.min(ttl))),
        (Some(ttl), false, None) => inserted(l * lived(ttl)),
        (Some(ttl), false, Some(t)) => inserted(before_a_gap(l, lived(ttl), t)),
    }
}

/// Requests at rate `l` within `ttl` before a gap above `t`: M(T) = l T up to t, then M'(T) = l (1 - exp(-l t)(1 + M(T-t))),
/// which tends to L = exp(l t) - 1. The rest D = L - M follows D'(T) = -l exp(-l t) D(T-t): window by window of length t,
/// until it shrinks by the same factor each time.
fn before_a_gap(l: f64, ttl: f64, t: f64) -> f64 {
    const STEPS: usize = 32;
    const WINDOWS: usize = 60;
    let gap = libm::exp(-l * t);
    if t <= 0.0 {
        return 0.0;
    }
    // Until t no gap can end it; and none does where one is rarer than a lifetime by far.
    if ttl <= t || gap * l * ttl < 1e-7 {
        return l * ttl;
    }
    let limit = libm::expm1(l * t);
    let step = t / STEPS as f64;
    let mut last: Vec<f64> = (0..=STEPS).map(|index| limit - l * step * index as f64).collect();
    let mut rest = limit - l * t;
    let (mut at, mut shrank) = (t, 0.0);
    for _ in 0..WINDOWS {
        let before = rest;
        let mut next = Vec::with_capacity(STEPS + 1);
        next.push(rest);
        for (a, b) in last.iter().zip(last.iter().skip(1)) {
            let left = (ttl - at).clamp(0.0, step);
            rest -= left * l * gap * f64::midpoint(*a, *b);
            at += left;
            next.push(rest);
        }
        let shrinks = rest / before;
        if at >= ttl || rest <= 0.0 || (shrinks - shrank).abs() < 1e-10 {
            shrank = shrinks;
            break;
        }
        shrank = shrinks;
        last = next;
    }
    let windows = ((ttl - at) / t).max(0.0);
    limit - rest.max(0.0) * libm::pow(shrank.clamp(0.0, 1.0), windows)
}

/// Che's characteristic time: how long an unused entry stays, so that all that are there fill the room. `None` where there
/// is room for all.
fn characteristic_time(groups: &[Group], rate: f64, life: &Life, capacity: f64) -> Option<f64> {
    let there = |t: f64| groups.iter().map(|group| group.count * hit(group, rate, life, Some(t))).sum::<f64>();
    let most = groups.iter().map(|group| group.count * hit(group, rate, life, None)).sum::<f64>();
    if most <= capacity {
        return None;
    }
    // Those that are kept up to date take their room first.
    if there(0.0) >= capacity {
        return Some(0.0);
    }
    let (mut low, mut high) = (0.0, capacity / rate);
    while there(high) < capacity && high < f64::MAX / 2.0 {
        low = high;
        high *= 2.0;
    }
    // Between two ends of opposite sign, along the line between them; an end that stays counts half (Illinois).
    let (mut below, mut above) = (there(low) - capacity, there(high) - capacity);
    let mut last = 0.0;
    for _ in 0..60 {
        let middle = (high - above * (high - low) / (above - below)).clamp(low, high);
        let off = there(middle) - capacity;
        if off.abs() <= 1e-9 * capacity {
            return Some(middle);
        }
        let stays = if off * last > 0.0 { 0.5 } else { 1.0 };
        if off > 0.0 {
            (high, above, below) = (middle, off, below * stays);
        } else {
            (low, below, above) = (middle, off, above * stays);
        }
        last = off;
    }
    Some(f64::midpoint(low, high))
}

fn groups(questions: &Questions, warm: f64) -> Vec<Group> {
    let Questions { distinct, zipf, .. } = *questions;
    let weight = |rank: f64| libm::pow(rank, -zipf);
    let mut found: Vec<(f64, f64, bool)> = Vec::new();
    let mut rank = 0.0;
    while rank < distinct && rank < f64::from(SINGLE) {
        rank += 1.0;
        let count = (distinct - rank + 1.0).min(1.0);
        found.push((count, weight(rank), rank <= warm));
    }
    // Ranks a to b: as many of the mean weight, which the integral over a - 1/2 to b + 1/2 gives.
    while rank < distinct {
        let mut end = libm::floor(rank * WIDER).max(rank + 1.0).min(distinct);
        if rank < warm && warm < end {
            end = warm;
        }
        let count = end - rank;
        let (from, to) = (rank + 0.5, end + 0.5);
        let sum = if (zipf - 1.0).abs() < 1e-9 {
            libm::log(to / from)
        } else {
            (libm::pow(to, 1.0 - zipf) - libm::pow(from, 1.0 - zipf)) / (1.0 - zipf)
        };
        found.push((count, sum / count, end <= warm));
        rank = end;
    }
    let all: f64 = found.iter().map(|(count, weight, _)| count * weight).sum();
    found.into_iter().map(|(count, weight, warm)| Group { count, share: weight / all, warm }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: Questions = Questions { distinct: 1000.0, zipf: 1.0, rate: 1.0 / 3.6 };

    fn rate(life: Life) -> f64 {
        hit_rate(&QUESTIONS, &life)
    }

    /// Published figures: D 1,000, s 1, 1,000 requests an hour.
    #[test]
    fn worked_examples() {
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 5e-6, "{found} {expected}");
        let hour = Some(3600.0);
        close(rate(Life { ttl: hour, ..Life::default() }), 0.714_773);
        close(rate(Life { ttl: hour, refresh: true, ..Life::default() }), 0.790_869);
        close(rate(Life { ttl: hour, flushes: 4.0 / 86_400.0, ..Life::default() }), 0.705_085);
        let capacity = Life { capacity: Some(100.0), ..Life::default() };
        close(hit_rate(&Questions { rate: 1.0, ..QUESTIONS }, &capacity), 0.576_52);
        let groups = groups(&Questions { rate: 1.0, ..QUESTIONS }, 0.0);
        let time = characteristic_time(&groups, 1.0, &capacity, 100.0).unwrap();
        assert!((time - 180.93).abs() < 0.005, "{time}");
        close(rate(Life::default()), 1.0);
    }

    #[test]
    fn limits_that_do_not_bind_change_nothing() {
        let hour = Life { ttl: Some(3600.0), ..Life::default() };
        let roomy = Life { capacity: Some(1000.0), ..hour };
        assert!((rate(hour) - rate(roomy)).abs() < 1e-12);
        let all_warm = Life { warm: 1000.0, capacity: Some(1.0), ..hour };
        assert!((rate(all_warm) - 1.0).abs() < 1e-12);
        let forever = Life { ttl: Some(1e12), capacity: Some(100.0), ..Life::default() };
        let displaced = Life { capacity: Some(100.0), ..Life::default() };
        assert!((rate(forever) - rate(displaced)).abs() < 1e-6);
    }

    #[test]
    fn groups_of_ranks_agree_with_single_ones() {
        for zipf in [0.0, 0.7, 1.0, 1.4] {
            let questions = Questions { distinct: 200_000.0, zipf, rate: 10.0 };
            let life = Life { ttl: Some(3600.0), ..Life::default() };
            let mut all = 0.0;
            let mut hits = 0.0;
            for rank in 1..=200_000 {
                all += libm::pow(f64::from(rank), -zipf);
            }
            for rank in 1..=200_000 {
                let share = libm::pow(f64::from(rank), -zipf) / all;
                let m = share * 10.0 * 3600.0;
                hits += share * m / (1.0 + m);
            }
            let grouped = hit_rate(&questions, &life);
            assert!((grouped - hits).abs() < 5e-6, "zipf {zipf}: {grouped} {hits}");
        }
    }

    /// A cache with real entries, arrivals from a fixed sequence of pseudo-random numbers.
    fn simulated(questions: &Questions, life: &Life, requests: u32) -> f64 {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let distinct = questions.distinct as usize;
        let mut cumulated = Vec::new();
        let mut all = 0.0;
        for rank in 1..=distinct {
            all += libm::pow(rank as f64, -questions.zipf);
            cumulated.push(all);
        }
        let mut now = 0.0;
        let mut next_flush = if life.flushes > 0.0 { -libm::log(1.0 - random()) / life.flushes } else { f64::INFINITY };
        // When an entry was stored and last used.
        let mut entries: std::collections::HashMap<usize, (f64, f64)> = std::collections::HashMap::new();
        let (mut hits, mut counted) = (0u32, 0u32);
        for request in 0..requests {
            now -= libm::log(1.0 - random()) / questions.rate;
            while now > next_flush {
                entries.clear();
                next_flush -= libm::log(1.0 - random()) / life.flushes;
            }
            let at = random() * all;
            let question = cumulated.partition_point(|sum| *sum < at);
            let alive = |(stored, used): &(f64, f64)| {
                life.ttl.is_none_or(|ttl| now - if life.refresh { *used } else { *stored } <= ttl)
            };
            let hit = (question as f64) < life.warm || entries.get(&question).is_some_and(alive);
            if request > requests / 4 {
                counted += 1;
                hits += u32::from(hit);
            }
            if (question as f64) < life.warm {
                continue;
            }
            if hit {
                if let Some(entry) = entries.get_mut(&question) {
                    entry.1 = now;
                }
            } else {
                entries.insert(question, (now, now));
                // What has ended leaves its room.
                entries.retain(|_, entry| alive(entry));
                if life.capacity.is_some_and(|capacity| entries.len() as f64 > capacity) {
                    let oldest = entries.iter().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map(|(question, _)| *question);
                    entries.remove(&oldest.unwrap());
                }
            }
        }
        f64::from(hits) / f64::from(counted)
    }

    #[test]
    fn a_simulated_cache_agrees_within_a_point() {
        let questions = Questions { distinct: 400.0, zipf: 0.9, rate: 1.0 };
        for life in [
            Life { ttl: Some(300.0), ..Life::default() },
            Life { ttl: Some(300.0), refresh: true, ..Life::default() },
            Life { capacity: Some(60.0), ..Life::default() },
            Life { capacity: Some(60.0), ttl: Some(900.0), ..Life::default() },
            Life { capacity: Some(60.0), ttl: Some(120.0), ..Life::default() },
            Life { capacity: Some(60.0), ttl: Some(5_000.0), ..Life::default() },
            Life { capacity: Some(60.0), ttl: Some(200.0), refresh: true, ..Life::default() },
            Life { flushes: 0.01, ..Life::default() },
            Life { flushes: 0.01, ttl: Some(600.0), ..Life::default() },
            Life { flushes: 0.01, capacity: Some(80.0), ..Life::default() },
            Life { ttl: Some(200.0), warm: 20.0, ..Life::default() },
        ] {
            let (model, cache) = (hit_rate(&questions, &life), simulated(&questions, &life, 120_000));
            // After a flush there is room for a while, which one characteristic time does not know.
            let tolerance = if life.flushes > 0.0 && life.capacity.is_some() { 0.02 } else { 0.01 };
            assert!((model - cache).abs() < tolerance, "{life:?}: model {model}, simulated {cache}");
        }
    }
}
