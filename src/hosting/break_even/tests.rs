use num_rational::Ratio;
use proptest::prelude::*;

use super::*;
use crate::hosting::fleet::{Buying, Way};

/// The rationals of another library, for the independent evaluation.
type Q = Ratio<i128>;

fn exact(text: &str) -> Exact {
    Exact::from_decimal(text).unwrap()
}

fn from(q: Q) -> Exact {
    Exact::ratio(i64::try_from(*q.numer()).unwrap(), u64::try_from(*q.denom()).unwrap()).unwrap()
}

/// F, c, m, K as text.
fn stairs(fixed: &str, per_replica: &str, least: &str, capacity: &str) -> Staircase {
    Staircase {
        fixed: exact(fixed),
        per_replica: exact(per_replica),
        min_replicas: exact(least),
        capacity: exact(capacity),
    }
}

fn simple(per_million: &str, capacity: &str, per_replica: &str, fixed: &str) -> BreakEven {
    let price = &exact(per_million) * &exact("0.000001");
    BreakEven::of(stairs(fixed, per_replica, "1", capacity), price).unwrap()
}

fn shown(found: &BreakEven, decimals: usize) -> Vec<String> {
    let to = |to: &Option<Exact>| to.as_ref().map_or("inf".into(), |to| to.round(decimals).to_string());
    found.cheaper.iter().map(|i| format!("{}..{}", i.from.round(decimals), to(&i.to))).collect()
}

fn regrets(found: &BreakEven) -> Vec<String> {
    let regret = |c: &Crossover| match &c.kind {
        Kind::Jump { regret } => Some(regret.to_string()),
        _ => None,
    };
    found.crossovers.iter().filter_map(regret).collect()
}

#[test]
fn the_guide_breaks_even_at_two_and_a_half_million() {
    let found = simple("0.60", "10800000", "1.50", "0");
    assert_eq!(shown(&found, 0), ["2500000..inf"]);
    assert_eq!(found.permanent_from, Some(exact("2500000")));
    assert_eq!(found.crossovers.len(), 1);
    assert_eq!(found.crossovers[0].kind, Kind::Equal);
    assert_eq!((&found.crossovers[0].utilisation * &exact("100")).to_fixed(5), "23.14815");
    let per_million = &found.stairs.full_load().unwrap() * &exact("1000000");
    assert_eq!(per_million.to_fixed(9), "0.138888889");
    // 18M, the guide's figure, is more than a replica can do.
    let verdict = found.verdict(&exact("18000000"));
    assert_eq!((verdict.cheaper, verdict.replicas), (Side::SelfHosted, exact("2")));
    assert_eq!((verdict.self_hosted, verdict.api, verdict.saved), (exact("3"), exact("10.8"), exact("7.8")));
}

#[test]
fn the_sides_alternate_before_self_hosting_wins_for_good() {
    let found = simple("0.40", "9000000", "2.69", "2");
    assert_eq!(shown(&found, 0), ["25175000..27000000", "31900000..36000000", "38625000..45000000", "45350000..inf"]);
    assert_eq!(found.permanent_from, Some(exact("45350000")));
    assert_eq!(regrets(&found), ["1.96", "1.05", "0.14"]);
    assert_eq!(found.steps(), Some((exact("3"), exact("7"))));
    assert_eq!(found.crossovers.len(), 7);
    assert_eq!(found.crossovers[0].replicas, exact("3"));
    assert_eq!(found.verdict(&exact("25175000")).cheaper, Side::Equal);

    let found = simple("0.975", "2020000", "1.006", "0");
    assert_eq!(shown(&found, 0), ["1031795..2020000", "2063590..inf"]);
}

#[test]
fn a_dear_replica_never_pays() {
    for (price, capacity, per_replica, fixed) in [
        ("0.10", "9000000", "2.69", "0"),
        ("0.5", "2000000", "1", "0"),
        ("0.5", "2000000", "1", "7"),
        ("0", "1", "1", "0"),
    ] {
        let found = simple(price, capacity, per_replica, fixed);
        assert!(found.cheaper.is_empty() && found.crossovers.is_empty() && found.permanent_from.is_none());
        assert_eq!(found.steps(), None);
    }
}

#[test]
fn requests_are_a_unit_too() {
    let found = BreakEven::of(stairs("0", "1.50", "1", "54000"), exact("0.000195")).unwrap();
    assert_eq!(found.permanent_from.unwrap().to_fixed(1), "7692.3");
}

#[test]
fn scaled_to_zero_an_idle_hour_costs_the_fixed_part_alone() {
    let found = BreakEven::of(stairs("0", "2", "0", "10"), exact("1")).unwrap();
    assert_eq!(found.verdict(&Exact::ZERO).cheaper, Side::Equal);
    assert_eq!(found.verdict(&Exact::ZERO).utilisation, None);
    assert_eq!(found.verdict(&exact("0.1")).replicas, Exact::ONE);
    assert_eq!(shown(&found, 0), ["2..inf"]);
    let found = BreakEven::of(stairs("0", "2", "3", "10"), exact("0.1")).unwrap();
    assert_eq!(found.cheaper, []);
    let found = BreakEven::of(stairs("0", "2", "3", "10"), exact("0.25")).unwrap();
    // At 40 the curves meet from above, and the next replica is won whole.
    assert_eq!(shown(&found, 0), ["24..30", "32..inf"]);
}

#[test]
fn a_free_replica_wins_from_nought() {
    let found = BreakEven::of(stairs("0", "0", "1", "10"), exact("1")).unwrap();
    assert_eq!(shown(&found, 0), ["0..inf"]);
    assert!(found.crossovers.is_empty());
    let found = BreakEven::of(stairs("20", "0", "1", "10"), exact("1")).unwrap();
    assert_eq!(shown(&found, 0), ["20..inf"]);
}

#[test]
fn a_million_steps_are_cut_short_but_the_end_is_exact() {
    // gain 0.000001 a step against a debt of 1: a million steps until the first is won, a million more alternate.
    let found = BreakEven::of(stairs("1", "1", "1", "1.000001"), exact("1")).unwrap();
    assert!(found.truncated());
    assert_eq!(found.steps(), Some((exact("1000001"), exact("2000001"))));
    // v_N-1 = 1 + 2 000 000 is the edge of step 1 999 999 exactly... and of no other.
    let permanent = found.permanent_from.clone().unwrap();
    assert_eq!(permanent, exact("2000001"));
    assert!(found.cheaper.len() > 9_000 && found.cheaper.len() < 11_000);
    assert_eq!(found.unlisted.len(), 1);
    assert!(found.unlisted[0].to.as_ref().unwrap() < &permanent);
    // Far beyond every counter of a machine.
    let huge = BreakEven::of(stairs("1", "1", "1", "1.000000000000000000000000001"), exact("1")).unwrap();
    assert!(huge.truncated() && huge.permanent_from.is_some());
}

#[test]
fn alternating_without_end_has_no_permanent_volume() {
    // A commitment of 1 more than covers half a step: every step alternates.
    let api = Curve::of(vec![Piece { from: Exact::ZERO, fixed: exact("0.5"), per_unit: Exact::ONE }]).unwrap();
    let found = BreakEven::against(stairs("0", "10", "1", "10"), api).unwrap();
    assert_eq!(found.permanent_from, None);
    assert_eq!(found.unlisted[0].to, None);
    assert_eq!(shown(&found, 1)[0], "9.5..10");
}

#[test]
fn tiers_and_commitments_split_the_comparison() {
    // 1 per unit up to 30, then 0.5 per unit of the whole volume.
    let piece =
        |from: &str, fixed: &str, unit: &str| Piece { from: exact(from), fixed: exact(fixed), per_unit: exact(unit) };
    let api = Curve::of(vec![piece("0", "0", "1"), piece("25", "0", "0.2")]).unwrap();
    let found = BreakEven::against(stairs("0", "4", "1", "10"), api).unwrap();
    assert_eq!(shown(&found, 0), ["4..25"]);
    assert_eq!(found.crossovers[1].kind, Kind::Tier { regret: Some(exact("7")) });
    // A commitment: 12 per hour for the first 10, then 2 per unit beyond.
    let api = Curve::of(vec![piece("0", "12", "0"), piece("10", "-8", "2")]).unwrap();
    let found = BreakEven::against(stairs("0", "10", "1", "10"), api).unwrap();
    assert_eq!(shown(&found, 0), ["0..10", "14..inf"]);
}

#[test]
fn nonsense_is_refused() {
    for (fixed, per_replica, least, capacity) in [
        ("0", "1", "1", "0"),
        ("0", "1", "1", "-1"),
        ("-1", "1", "1", "1"),
        ("0", "-1", "1", "1"),
        ("0", "1", "0.5", "1"),
    ] {
        assert!(BreakEven::of(stairs(fixed, per_replica, least, capacity), Exact::ONE).is_none());
    }
    assert!(Curve::linear(exact("-1")).is_none() && Curve::of(vec![]).is_none());
}

/// F, c, m, K and pieces (from, f, p) as rationals.
#[derive(Clone, Debug)]
struct Case {
    fixed: Q,
    per_replica: Q,
    least: i128,
    capacity: Q,
    pieces: Vec<(Q, Q, Q)>,
}

impl Case {
    fn found(&self) -> BreakEven {
        let stairs = Staircase {
            fixed: from(self.fixed),
            per_replica: from(self.per_replica),
            min_replicas: from(Q::from(self.least)),
            capacity: from(self.capacity),
        };
        let piece =
            |(start, fixed, unit): &(Q, Q, Q)| Piece { from: from(*start), fixed: from(*fixed), per_unit: from(*unit) };
        BreakEven::against(stairs, Curve::of(self.pieces.iter().map(piece).collect()).unwrap()).unwrap()
    }

    fn self_hosted(&self, v: Q) -> Q {
        // Counted up, not divided.
        let mut replicas = self.least;
        while self.capacity * Q::from(replicas) < v {
            replicas += 1;
        }
        self.fixed + self.per_replica * Q::from(replicas)
    }

    fn api(&self, v: Q) -> Q {
        let mut cost = self.pieces[0].1 + self.pieces[0].2 * v;
        for (start, fixed, unit) in &self.pieces {
            if v > *start {
                cost = *fixed + *unit * v;
            }
        }
        cost
    }

    /// Edges, meeting points, starts of pieces, and a little beside each.
    fn probes(&self, random: &[i128]) -> Vec<Q> {
        let mut all: Vec<Q> = random.iter().map(|v| Q::new(*v, 7)).collect();
        for n in 0..8i128 {
            let step = Q::from(n.max(self.least));
            all.push(self.capacity * Q::from(n));
            for (start, fixed, unit) in &self.pieces {
                all.push(*start);
                if *unit > Q::from(0) {
                    all.push((self.fixed + self.per_replica * step - *fixed) / *unit);
                }
            }
        }
        let little = Q::new(1, 100_000);
        all.iter().flat_map(|v| [*v - little, *v, *v + little]).filter(|v| *v >= Q::from(0)).collect()
    }
}

fn amount(most: i128) -> impl Strategy<Value = Q> {
    (0..=most, 1..=6i128).prop_map(|(n, d)| Q::new(n, d))
}

fn case() -> impl Strategy<Value = Case> {
    let piece = (amount(20), -10..40i128, amount(12));
    let pieces = prop::collection::vec(piece, 1..4).prop_map(|pieces| {
        let mut start = Q::from(0);
        let mut all = Vec::new();
        for (width, fixed, unit) in pieces {
            let fixed = if all.is_empty() { Q::from(0) } else { Q::new(fixed, 4) };
            all.push((start, fixed, unit / Q::from(6)));
            start += width + Q::new(1, 3);
        }
        all
    });
    (amount(20), amount(20), 0..4i128, amount(30), pieces).prop_map(|(fixed, per_replica, least, capacity, pieces)| {
        Case { fixed, per_replica, least, capacity: capacity + Q::new(1, 2), pieces }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2500, ..ProptestConfig::default() })]

    /// At least 2500 x 3 x (12 + 8) = 150 000 probes.
    #[test]
    fn every_volume_lies_in_an_interval_exactly_when_self_hosting_is_cheaper_there(
        case in case(),
        random in prop::collection::vec(0..2_000i128, 12),
    ) {
        let found = case.found();
        prop_assert!(found.cheaper.windows(2).all(|w| w[0].to.as_ref().unwrap() < &w[1].from));
        prop_assert!(found.crossovers.windows(2).all(|w| w[0].at < w[1].at));
        for v in case.probes(&random) {
            let (s, a, volume) = (case.self_hosted(v), case.api(v), from(v));
            let verdict = found.verdict(&volume);
            prop_assert_eq!(&verdict.self_hosted, &from(s));
            prop_assert_eq!(&verdict.api, &from(a));
            prop_assert_eq!(verdict.cheaper == Side::SelfHosted, s < a);
            if v > Q::from(0) && !found.unlisted.iter().any(|gap| gap.contains(&volume)) {
                let within = found.cheaper.iter().any(|interval| interval.contains(&volume));
                prop_assert_eq!(within, s < a, "volume {} of {:?}", v, found);
            }
            if found.permanent_from.as_ref().is_some_and(|from| volume > *from) {
                prop_assert!(s < a);
            }
        }
        let boundaries = found.cheaper.iter().flat_map(|i| [Some(&i.from), i.to.as_ref()]).flatten();
        let inner: Vec<_> = boundaries.filter(|v| !v.is_zero()).collect();
        if !found.truncated() {
            prop_assert_eq!(inner, found.crossovers.iter().map(|c| &c.at).collect::<Vec<_>>());
        }
        for crossover in &found.crossovers {
            let verdict = found.verdict(&crossover.at);
            match &crossover.kind {
                Kind::Equal => prop_assert!(verdict.cheaper != Side::SelfHosted),
                Kind::Jump { regret } => {
                    prop_assert!(verdict.cheaper == Side::SelfHosted && !regret.is_negative());
                }
                Kind::Tier { regret } => prop_assert_eq!(regret.is_some(), verdict.cheaper == Side::SelfHosted),
            }
        }
    }
}

/// One way to buy, at `price` an hour.
fn by_the_hour(price: Exact) -> Way<()> {
    Way { term: (), price, always: false, unsafe_base: false }
}

fn scaled(hours: &[Q], capacity: Q, least: i128, fixed: Q, price: Q) -> Scaled<()> {
    Scaled {
        hours: hours.iter().map(|hour| from(*hour)).collect(),
        capacity: from(capacity),
        least: from(Q::from(least)),
        fixed: from(fixed),
        ways: vec![by_the_hour(from(price))],
        buying: Buying::One(()),
        coming: Exact::ZERO,
    }
}

#[test]
fn a_profile_of_two_levels_breaks_even_where_its_hours_fill() {
    // Hours at 0.4 and 1.6 of the mean, 9M and 2.69 an hour, the API at 0.40 per 1M.
    let fleet = scaled(&[Q::new(2, 5), Q::new(8, 5)], Q::from(9_000_000), 1, Q::from(0), Q::new(269, 100));
    let price = exact("0.0000004");
    assert_eq!(fleet.cost(&exact("12000000")), exact("5.38"));
    let found = fleet.against(&price);
    // Up to 5.625M one replica each; up to 11.25M 1 and 2; up to 16.875M 1 and 3; up to 22.5M 1 and 4 ...
    let first = &found.cheaper[0];
    assert!(fleet.cost(&first.from) == &price * &first.from, "meets at {}", first.from);
    assert!(found.permanent_from.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Every hour the same: the staircase. Else: the cheaper side at random volumes, edges and roots is what is listed.
    #[test]
    fn a_fleet_that_follows_its_profile_is_cheaper_exactly_where_the_intervals_say(
        hours in prop::collection::vec((0..6i128, 1..4i128), 1..4),
        (capacity, fixed, replica, price) in (1..40i128, 0..30i128, 0..30i128, 0..40i128),
        least in 0..3i128,
        random in prop::collection::vec(0..3_000i128, 24),
    ) {
        let mut hours: Vec<Q> = hours.into_iter().map(|(n, d)| Q::new(n, d)).collect();
        hours.push(Q::from(1));
        let (capacity, fixed, price) = (Q::new(capacity, 3), Q::new(fixed, 4), Q::new(price, 9));
        let fleet = scaled(&hours, capacity, least, fixed, Q::from(replica));
        let found = fleet.against(&from(price));
        let cost = |v: Q| {
            let need = |hour: &Q| (*hour * v / capacity).ceil().to_integer().max(least);
            let total: i128 = hours.iter().map(need).sum();
            fixed + Q::from(replica) * Q::new(total, hours.len() as i128)
        };
        let mut probes: Vec<Q> = random.iter().map(|n| Q::new(*n, 11)).collect();
        for n in 1..5i128 {
            probes.extend(hours.iter().filter(|hour| **hour > Q::from(0)).map(|hour| capacity * Q::from(n) / *hour));
        }
        let little = Q::new(1, 1_000_000);
        let probes: Vec<Q> = probes.iter().flat_map(|v| [*v - little, *v, *v + little]).filter(|v| *v > Q::from(0)).collect();
        for v in probes {
            let volume = from(v);
            prop_assert_eq!(fleet.cost(&volume), from(cost(v)));
            if !found.unlisted.iter().any(|gap| gap.contains(&volume)) {
                let within = found.cheaper.iter().any(|interval| interval.contains(&volume));
                prop_assert_eq!(within, cost(v) < price * v, "volume {} of {:?}: {:?}", v, fleet, found);
            }
        }
        if hours.len() == 2 && hours[0] == hours[1] {
            let stairs = Staircase {
                fixed: from(fixed),
                per_replica: from(Q::from(replica)),
                min_replicas: from(Q::from(least)),
                capacity: from(capacity),
            };
            let same = BreakEven::of(stairs, from(price)).unwrap();
            prop_assert_eq!(&same.cheaper, &found.cheaper);
            prop_assert_eq!(&same.permanent_from, &found.permanent_from);
        }
    }
}

/// The published example: workers at 4.176 an hour against a pod at 2.69.
#[test]
fn serverless_loses_to_a_pod_above_thirty_one_requests_an_hour() {
    let workers = workers::Workers {
        worker: crate::hosting::serverless::Worker {
            busy: exact("10"),
            cold_start: exact("30"),
            idle_timeout: exact("60"),
            bills_start: true,
            bills_idle: true,
        },
        utilization: Exact::ONE,
        usd_per_second: exact("0.00116"),
        fixed: Exact::ZERO,
        units_per_request: Exact::ONE,
    };
    let found = workers.against(|_| exact("2.69"), &exact("0.0001"));
    assert_eq!((found.cheaper.len(), found.crossovers.len()), (1, 1));
    assert!(found.cheaper[0].from.is_zero());
    assert_eq!(found.cheaper[0].to.as_ref().unwrap().to_fixed(1), "31.0");
    // Thin traffic pays for starts, thick traffic for full workers: it wins in between.
    let found = workers.against(|volume| volume * &exact("0.03"), &exact("0.03"));
    assert_eq!(found.crossovers.len(), 1);
    let at = &found.crossovers[0].at;
    assert!((&workers.cost(at) - &(at * &exact("0.03"))).abs() < exact("0.0000001"));
    assert_eq!(found.permanent_from.as_ref(), Some(at));
    assert!(workers.against(|volume| volume * &exact("0.011"), &exact("0.011")).cheaper.is_empty());
}
