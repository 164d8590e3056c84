//! Two bills compared line by line, where no plan says why they differ.
//!
//! What a line costs is a product, and each factor is a cause:
//!
//! ```text
//! a model that answers   requests x calls per request x tokens per call x share of them cached x share in batch x unit price
//!                        volume     mix                 tokens            prefix_cache           batch            price
//! another lever          requests x quantity per request x share cached x share in batch x unit price
//!                        volume     the lever's own name   prefix_cache   batch            price
//! a fixed cost, hosting  quantity x unit price; of commitments the whole amount is theirs
//! ```
//!
//! A factor that one bill does not have (the price of a model that is not asked) is the other bill's. With two causes the
//! Shapley values of a product are the midpoint formula: mean quantity x change of price + mean price x change of quantity.
//! What a response cache or retries do to the calls that remain is in `mix`, what a shorter prompt does is in `tokens`:
//! a bill does not say why there are fewer of them.

use super::{COMMITMENT, HOSTING, MIX, Method, PRICE, Split, TOKENS, VOLUME, split};
use crate::analysis::attribution::{self, MOST_PLAYERS};
use crate::units::Exact;

/// What a month costs, whoever computed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// Requests.
    pub requests: Exact,
    /// Calls by model.
    pub calls: Vec<(String, Exact)>,
    /// What is paid.
    pub lines: Vec<BillLine>,
}

/// A line of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillLine {
    /// The lever that causes it.
    pub lever: String,
    /// The model, or the part of a lever.
    pub item: String,
    /// What is priced.
    pub component: String,
    /// `standard`, `batch`.
    pub mode: String,
    /// The tier of long prompts.
    pub tier: Option<String>,
    /// What is counted.
    pub unit: String,
    /// How much, per month.
    pub quantity: Exact,
    /// USD per month.
    pub cost: Exact,
}

/// Levers that are only another way to say who answers.
const ANSWERS: [&str; 3] = ["model", "route", "cascade"];
/// Causes in the order in which they are told; levers follow.
const ORDER: [&str; 5] = [PRICE, VOLUME, TOKENS, MIX, HOSTING];
const PREFIX_CACHE: &str = "prefix_cache";
/// Modes that the lever `batch` chooses between; others belong to the lever `mode`.
const BATCH: (&str, [&str; 2]) = ("batch", ["standard", "batch"]);
const MODE: &str = "mode";

/// A factor before and after, and the cause that it belongs to.
type Factor = (String, [Exact; 2]);

/// Lines that are one thing at several prices: in batch and not, cached and not.
#[derive(PartialEq, Eq, Clone)]
struct Key<'a> {
    lever: &'a str,
    item: &'a str,
    /// A component, or `prompt` for input tokens of every kind.
    component: &'a str,
    tier: Option<&'a str>,
    unit: &'a str,
}

/// The change from one bill to another, shared among its causes; `whole` is what they change by.
pub fn compare(base: &Bill, head: &Bill, whole: &Exact) -> Split {
    let terms = terms(base, head);
    let mut players: Vec<String> = Vec::new();
    for (cause, [before, after]) in terms.iter().flatten() {
        if before != after && !players.contains(cause) {
            players.push(cause.clone());
        }
    }
    let place = |cause: &String| ORDER.iter().position(|known| known == cause).unwrap_or(ORDER.len());
    players.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
    let cost = |set: u32| {
        let value = |(cause, [before, after]): &Factor| {
            let at = players.iter().position(|player| player == cause);
            if at.is_some_and(|index| set & (1 << index) != 0) { after.clone() } else { before.clone() }
        };
        let product =
            |factors: &Vec<Factor>| factors.iter().map(value).fold(Exact::ONE, |product, one| &product * &one);
        Ok::<Exact, std::convert::Infallible>(terms.iter().map(product).sum())
    };
    let found = if players.len() <= MOST_PLAYERS {
        attribution::attribute(players.len(), cost).map(|found| found.shapley.unwrap_or(found.waterfall))
    } else {
        attribution::in_both_orders(players.len(), cost)
    };
    let Ok(changes) = found;
    split(players.into_iter().zip(changes), whole, Method::Lines)
}

fn terms(base: &Bill, head: &Bill) -> Vec<Vec<Factor>> {
    let bills = [base, head];
    let mut keys: Vec<Key<'_>> = Vec::new();
    for key in bills.into_iter().flat_map(|bill| bill.lines.iter().map(key_of)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let requests = bills.map(|bill| Some(bill.requests.clone()));
    let mut found = Vec::new();
    for key in keys {
        let lines = bills.map(|bill| bill.lines.iter().filter(|line| key_of(line) == key).collect::<Vec<_>>());
        let all = sums(&lines, |line| &line.quantity);
        let mut shared: Vec<Factor> = Vec::new();
        let is_fixed = key.unit.ends_with("month")
            || ["deployment", "fine_tune"].contains(&key.lever)
            || key.component == "reindex";
        if is_fixed {
            shared.push((cause_of(&key), all.clone()));
        } else {
            shared.push((VOLUME.to_owned(), both(requests.clone())));
            let calls = bills.map(|bill| bill.calls.iter().find(|(name, _)| name == key.item).map(|(_, calls)| calls));
            let is_model = key.lever == "answers" && calls.iter().any(Option::is_some);
            if is_model {
                let calls = calls.map(|calls| calls.cloned().unwrap_or(Exact::ZERO));
                shared.push((MIX.to_owned(), both(ratios(&calls, &bills.map(|bill| bill.requests.clone())))));
                shared.push((TOKENS.to_owned(), both(ratios(&all, &calls))));
            } else {
                shared.push((cause_of(&key), both(ratios(&all, &bills.map(|bill| bill.requests.clone())))));
            }
        }
        let kinds = ordered(lines.iter().flatten().map(|line| line.component.as_str()));
        for kind in kinds {
            let of_kind = lines.each_ref().map(|lines| lines.iter().filter(|line| line.component == kind).copied());
            let of_kind = of_kind.map(|lines| lines.collect::<Vec<&BillLine>>());
            let all_of_kind = sums(&of_kind, |line| &line.quantity);
            let modes = ordered(of_kind.iter().flatten().map(|line| line.mode.as_str()));
            let (batch, known) = BATCH;
            let chooses = if modes.iter().all(|mode| known.contains(mode)) { batch } else { MODE };
            for mode in modes {
                let of_mode = of_kind.each_ref().map(|lines| lines.iter().filter(|line| line.mode == mode).copied());
                let of_mode = of_mode.map(|lines| lines.collect::<Vec<&BillLine>>());
                let quantity = sums(&of_mode, |line| &line.quantity);
                let mut factors = shared.clone();
                factors.push((PREFIX_CACHE.to_owned(), both(ratios(&all_of_kind, &all))));
                factors.push((chooses.to_owned(), both(ratios(&quantity, &all_of_kind))));
                let price = if key.lever == COMMITMENT { COMMITMENT } else { PRICE };
                factors.push((price.to_owned(), both(ratios(&sums(&of_mode, |line| &line.cost), &quantity))));
                found.push(factors);
            }
        }
    }
    found
}

/// Words, each once.
fn ordered<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<&str> = words.collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn sums(lines: &[Vec<&BillLine>; 2], of: fn(&BillLine) -> &Exact) -> [Exact; 2] {
    lines.each_ref().map(|lines| lines.iter().map(|line| of(line)).sum())
}

fn key_of(line: &BillLine) -> Key<'_> {
    let lever = if ANSWERS.contains(&line.lever.as_str()) { "answers" } else { &line.lever };
    let is_prompt =
        line.component == "input" || line.component == "cache_read" || line.component.starts_with("cache_write");
    let component = if is_prompt { "prompt" } else { &line.component };
    Key { lever, item: &line.item, component, tier: line.tier.as_deref(), unit: &line.unit }
}

/// The cause of a quantity that is neither requests nor tokens of calls.
fn cause_of(key: &Key<'_>) -> String {
    match key.lever {
        "answers" => MIX,
        "deployment" => HOSTING,
        lever => lever,
    }
    .to_owned()
}

/// Quotients of each side; `None` where a side has none.
fn ratios(dividends: &[Exact; 2], divisors: &[Exact; 2]) -> [Option<Exact>; 2] {
    let [before, after] = dividends;
    let [per_before, per_after] = divisors;
    [before.checked_div(per_before), after.checked_div(per_after)]
}

/// Both sides of a factor; what one side does not have is the other's.
fn both(values: [Option<Exact>; 2]) -> [Exact; 2] {
    match values {
        [Some(before), Some(after)] => [before, after],
        [Some(one), None] | [None, Some(one)] => [one.clone(), one],
        [None, None] => [Exact::ZERO, Exact::ZERO],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(lever: &str, item: &str, mode: &str, quantity: u64, price: u64) -> BillLine {
        BillLine {
            lever: lever.into(),
            item: item.into(),
            component: "input".into(),
            mode: mode.into(),
            tier: None,
            unit: "token".into(),
            quantity: quantity.into(),
            cost: &Exact::from(quantity) * &Exact::from(price),
        }
    }

    fn bill(requests: u64, calls: &[(&str, u64)], lines: Vec<BillLine>) -> Bill {
        let calls = calls.iter().map(|(name, calls)| ((*name).to_owned(), (*calls).into())).collect();
        Bill { requests: requests.into(), calls, lines }
    }

    fn total(bill: &Bill) -> Exact {
        bill.lines.iter().map(|line| &line.cost).sum()
    }

    fn parts(base: &Bill, head: &Bill) -> Vec<(String, String)> {
        let found = compare(base, head, &(&total(head) - &total(base)));
        found.parts.into_iter().map(|(cause, change)| (cause, change.to_string())).collect()
    }

    /// 100 requests of 10 tokens at 2 become 100 at 3: the price, and nothing else. 50 more requests of 10 tokens at 2:
    /// the volume.
    #[test]
    fn one_cause_takes_all() {
        let before = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 1000, 2)]);
        let dearer = bill(100, &[("m", 100)], vec![line("route", "m", "standard", 1000, 3)]);
        let more = bill(150, &[("m", 150)], vec![line("model", "m", "standard", 1500, 2)]);
        let longer = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 1200, 2)]);
        let one = |cause: &str, change: &str| vec![(cause.to_owned(), change.to_owned())];
        assert_eq!(parts(&before, &dearer), one("price", "1000"));
        assert_eq!(parts(&before, &more), one("volume", "1000"));
        assert_eq!(parts(&before, &longer), one("tokens", "400"));
        assert_eq!(parts(&before, &before), []);
    }

    /// Half of the tokens move to a model that costs half; half of the rest into a batch at half the price.
    #[test]
    fn who_answers_and_how_are_told_apart() {
        let before = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 1000, 4)]);
        let moved = bill(
            100,
            &[("m", 50), ("n", 50)],
            vec![line("route", "m", "standard", 500, 4), line("route", "n", "standard", 500, 2)],
        );
        assert_eq!(parts(&before, &moved), [("mix".to_owned(), "-1000".to_owned())]);
        let lines = vec![line("model", "m", "standard", 500, 4), line("model", "m", "batch", 500, 2)];
        assert_eq!(parts(&before, &bill(100, &[("m", 100)], lines)), [("batch".to_owned(), "-1000".to_owned())]);
    }

    /// Nine of ten tokens are read from the prompt cache at a tenth of the price: 1000 x 4 becomes 100 x 4 + 900 x 0.4.
    #[test]
    fn tokens_that_are_cached_are_no_fewer_tokens() {
        let before = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 1000, 40)]);
        let read = BillLine { component: "cache_read".into(), ..line("model", "m", "standard", 900, 4) };
        let after = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 100, 40), read]);
        assert_eq!(parts(&before, &after), [("prefix_cache".to_owned(), "-32400".to_owned())]);
    }

    /// 100 x 10 x 2 = 2000 becomes 200 x 10 x 3 = 6000: 100 more requests at the mean price of 25, a price that is 1
    /// higher for the mean of 1500 tokens.
    #[test]
    fn two_causes_meet_at_the_midpoint() {
        let before = bill(100, &[("m", 100)], vec![line("model", "m", "standard", 1000, 2)]);
        let after = bill(200, &[("m", 200)], vec![line("model", "m", "standard", 2000, 3)]);
        let expected = [("price".to_owned(), "1500".to_owned()), ("volume".to_owned(), "2500".to_owned())];
        assert_eq!(parts(&before, &after), expected);
    }

    fn bills() -> impl Strategy<Value = Bill> {
        let drawn = (0..5usize, 0..3usize, any::<bool>(), 0..50u64, 0..9u64);
        (1..50u64, prop::collection::vec(0..40u64, 3), prop::collection::vec(drawn, 0..8)).prop_map(
            |(requests, calls, lines)| {
                let levers = ["model", "route", "retries", "response_cache", "deployment"];
                let models = ["a", "b", "c"];
                let lines = lines.into_iter().map(|(lever, item, batch, quantity, price)| {
                    line(levers[lever], models[item], if batch { "batch" } else { "standard" }, quantity, price)
                });
                let calls: Vec<(&str, u64)> = models.into_iter().zip(calls).collect();
                bill(requests, &calls, lines.collect())
            },
        )
    }

    proptest! {
        #[test]
        fn parts_add_up_and_change_their_sign(base in bills(), head in bills()) {
            let whole = &total(&head) - &total(&base);
            let there = compare(&base, &head, &whole);
            prop_assert_eq!(there.parts.iter().map(|(_, change)| change).sum::<Exact>(), whole.clone());
            let back = compare(&head, &base, &-&whole);
            prop_assert_eq!(there.parts.len(), back.parts.len());
            for ((cause, there), (known, back)) in there.parts.iter().zip(&back.parts) {
                prop_assert_eq!((cause, there), (known, &-back));
            }
        }
    }
}
