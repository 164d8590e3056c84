//! Tokens per price key become money: one multiplication per key and counter, in rationals.

use std::collections::{BTreeMap, HashMap};

use super::program::{Leaf, Prefix, Prefixed, Programs, Ratio, There};
use super::tally::{Group, Sums, Tally, Trace};
use super::tariff::{Key, PRICED};
use super::till::Prices;
use crate::units::Exact;

/// What a strategy costs on a log.
#[derive(Clone, Debug)]
pub struct Bill {
    /// USD.
    pub total: Exact,
    /// What was called, dearest first.
    pub lines: Vec<Line>,
    /// Fees and fixed costs, in the order of the strategy.
    pub fees: Vec<FeeLine>,
}

/// Calls that pay the same prices.
#[derive(Clone, Debug)]
pub struct Line {
    /// The prices.
    pub key: Key,
    /// Calls.
    pub calls: Exact,
    /// Tokens by priced counter.
    pub tokens: [Exact; PRICED],
    /// USD by priced counter.
    pub costs: [Exact; PRICED],
    /// USD for the price per request.
    pub by_request: Exact,
    /// USD.
    pub cost: Exact,
    /// The prompt cache, where stated shares say what it holds.
    pub prefix: Option<Prefix>,
}

/// A fee and what it comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeeLine {
    /// What it is called.
    pub label: String,
    /// How often it was paid.
    pub events: Exact,
    /// USD.
    pub cost: Exact,
}

/// USD of one part of a token, by priced counter, and last of a call; weights included.
type Rates = [Exact; PRICED + 1];

/// Rates of a call of `leaf` that pays `key`. A counter without a price was never used.
fn rates(leaf: &Leaf, key: &Key) -> Rates {
    let one = Exact::ONE;
    std::array::from_fn(|index| {
        let weight = leaf.weights.get(index).unwrap_or(&one);
        let price = match key.prices.get(index) {
            Some(price) => price.as_ref().map_or(Exact::ZERO, Clone::clone),
            None => key.request.clone(),
        };
        (&price * weight).checked_div(&Exact::from(parts(leaf, index))).unwrap_or(Exact::ZERO)
    })
}

/// Parts of a token that the counter at `index` is counted in.
fn parts(leaf: &Leaf, index: usize) -> u64 {
    let Ratio { of, .. } = match index {
        0..=3 => leaf.input,
        4 => leaf.output,
        5 => Ratio { times: 1, of: leaf.reasoning },
        _ => Ratio::ONE,
    };
    of.max(1)
}

/// The bill of each program; `span` scales what is fixed per month.
pub fn bills(programs: &Programs, keys: &[Key], tally: &Tally, months: &Exact) -> Vec<Bill> {
    let mut all = Vec::new();
    for (index, program) in programs.programs.iter().enumerate() {
        let mut lines: Vec<Line> = Vec::new();
        for (leaf, at) in programs.leaves.iter().zip(0..).filter(|(leaf, _)| leaf.program == index) {
            for (key, sums) in tally.of_leaf(at).filter_map(|(key, sums)| Some((keys.get(key)?, sums))) {
                lines.push(line(leaf, key, sums));
            }
        }
        let lines = together(lines);
        let mut fees: Vec<FeeLine> = Vec::new();
        for (fee, at) in programs.fees.iter().zip(0..).filter(|(fee, _)| fee.program == index) {
            let events = Exact::from(tally.of_fee(at));
            fees.push(FeeLine { label: fee.label.clone(), cost: &fee.price * &events, events });
        }
        for (label, per_month) in &program.fixed {
            fees.push(FeeLine { label: format!("{label}, fixed"), events: Exact::ONE, cost: per_month * months });
        }
        let total = &lines.iter().map(|line| &line.cost).sum::<Exact>() + &fees.iter().map(|fee| &fee.cost).sum();
        all.push(Bill { total, lines, fees });
    }
    all
}

/// What calls of a leaf come to that pay one key.
pub fn line(leaf: &Leaf, key: &Key, sums: &Sums) -> Line {
    let rates = rates(leaf, key);
    let counted = |index: usize| sums.tokens.get(index).map_or(Exact::ZERO, |sum| Exact::whole(*sum));
    let costs: [Exact; PRICED] =
        std::array::from_fn(|index| &counted(index) * rates.get(index).unwrap_or(&Exact::ZERO));
    let tokens = std::array::from_fn(|index| {
        counted(index).checked_div(&Exact::from(parts(leaf, index))).unwrap_or(Exact::ZERO)
    });
    let by_request = &Exact::from(sums.calls) * rates.last().unwrap_or(&Exact::ZERO);
    let cost = &costs.iter().sum::<Exact>() + &by_request;
    let stated = |prefix: &Prefix| {
        matches!(prefix.there, There::Share(..)) && matches!(prefix.length, Prefixed::Share(..) | Prefixed::Tokens(_))
    };
    let prefix = leaf.prefix.filter(stated);
    Line { key: key.clone(), calls: Exact::from(sums.calls), tokens, costs, by_request, cost, prefix }
}

/// One line for each kind of price, whichever leaf paid it; the dearest first.
fn together(lines: Vec<Line>) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for line in lines {
        match found.iter_mut().find(|known| known.key.is_like(&line.key) && known.prefix == line.prefix) {
            None => found.push(line),
            Some(known) => {
                known.calls = &known.calls + &line.calls;
                let add = |sums: &mut [Exact; PRICED], more: &[Exact; PRICED]| {
                    for (sum, more) in sums.iter_mut().zip(more) {
                        *sum = &*sum + more;
                    }
                };
                add(&mut known.tokens, &line.tokens);
                add(&mut known.costs, &line.costs);
                known.by_request = &known.by_request + &line.by_request;
                known.cost = &known.cost + &line.cost;
            }
        }
    }
    found.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.key.name().cmp(&b.key.name())));
    found
}

/// USD of a group, by program.
pub fn of_group(programs: &Programs, keys: &[Key], group: &Group) -> Vec<Exact> {
    let mut costs = vec![Exact::ZERO; programs.programs.len()];
    for ((leaf, key), sums) in &group.calls {
        let (Some(leaf), Some(key)) = (programs.leaves.get(*leaf), keys.get(*key as usize)) else { continue };
        if let Some(cost) = costs.get_mut(leaf.program) {
            *cost = &*cost + &line(leaf, key, sums).cost;
        }
    }
    for (fee, events) in &group.fees {
        let Some(fee) = programs.fees.get(*fee) else { continue };
        if let Some(cost) = costs.get_mut(fee.program) {
            *cost = &*cost + &(&fee.price * &Exact::from(*events));
        }
    }
    costs
}

/// Decimals of the grid on which costs of single requests are added as whole numbers.
const GRID: usize = 18;
const GRID_UNIT: u128 = 1_000_000_000_000_000_000;

/// Costs of single requests.
#[derive(Debug)]
pub struct Tariffs<'a> {
    prices: &'a Prices<'a>,
    programs: &'a Programs,
    keys: Vec<Key>,
    known: HashMap<(usize, u32), Known>,
}

/// Rates of a leaf and key.
#[derive(Debug)]
struct Known {
    rates: Rates,
    /// The same on the grid, where it holds them.
    units: Option<[u128; PRICED + 1]>,
}

/// An amount that is added up on the grid as long as it can be.
#[derive(Clone, Debug)]
struct Amount {
    units: u128,
    rest: Exact,
}

impl<'a> Tariffs<'a> {
    /// Knows no rates yet.
    pub fn new(prices: &'a Prices<'a>, programs: &'a Programs) -> Self {
        Self { prices, programs, keys: Vec::new(), known: HashMap::new() }
    }

    /// What the calls and fees of a request cost, by program, as decimals.
    pub fn costs(&mut self, trace: &Trace) -> Vec<String> {
        self.added(trace).iter().map(Amount::shown).collect()
    }

    /// The same as numbers.
    pub fn amounts(&mut self, trace: &Trace) -> Vec<Exact> {
        self.added(trace).iter().map(Amount::usd).collect()
    }

    fn added(&mut self, trace: &Trace) -> Vec<Amount> {
        let mut amounts = vec![Amount { units: 0, rest: Exact::ZERO }; self.programs.programs.len()];
        for entry in &trace.calls {
            self.learn(entry.leaf, entry.key);
            let Some(known) = self.known.get(&(entry.leaf, entry.key)) else { continue };
            let Some(leaf) = self.programs.leaves.get(entry.leaf) else { continue };
            let Some(amount) = amounts.get_mut(leaf.program) else { continue };
            let counts = entry.tokens.iter().copied().chain([entry.calls]);
            match &known.units {
                Some(units) => {
                    // 2^60 parts at a price below 10^18 units, seven times: below 2^128.
                    let add = |sum: u128, (count, unit): (u64, &u128)| {
                        sum.wrapping_add(u128::from(count).wrapping_mul(*unit))
                    };
                    amount.units = counts.zip(units).fold(amount.units, add);
                }
                None => {
                    let more: Exact = counts.zip(&known.rates).map(|(count, rate)| &Exact::from(count) * rate).sum();
                    amount.rest = &amount.rest + &more;
                }
            }
        }
        for fee in trace.fees.iter().filter_map(|fee| self.programs.fees.get(*fee)) {
            if let Some(amount) = amounts.get_mut(fee.program) {
                amount.rest = &amount.rest + &fee.price;
            }
        }
        amounts
    }

    fn learn(&mut self, leaf: usize, key: u32) {
        if self.known.contains_key(&(leaf, key)) {
            return;
        }
        if self.keys.len() <= key as usize {
            self.keys = self.prices.keys();
        }
        if let (Some(place), Some(key_of)) = (self.programs.leaves.get(leaf), self.keys.get(key as usize)) {
            let rates = rates(place, key_of);
            let units = on_grid(&rates);
            self.known.insert((leaf, key), Known { rates, units });
        }
    }
}

fn on_grid(rates: &Rates) -> Option<[u128; PRICED + 1]> {
    let mut units = [0; PRICED + 1];
    for (slot, rate) in units.iter_mut().zip(rates) {
        let exact = rate * &Exact::whole(GRID_UNIT);
        *slot = exact.to_u128().filter(|units| exact.is_whole() && *units < GRID_UNIT)?;
    }
    Some(units)
}

impl Amount {
    fn usd(&self) -> Exact {
        let grid = Exact::whole(self.units).checked_div(&Exact::whole(GRID_UNIT)).unwrap_or(Exact::ZERO);
        &self.rest + &grid
    }

    fn shown(&self) -> String {
        if !self.rest.is_zero() {
            return self.usd().to_string();
        }
        let (whole, fraction) = (self.units / GRID_UNIT, self.units % GRID_UNIT);
        if fraction == 0 {
            return whole.to_string();
        }
        let fraction = format!("{fraction:0>GRID$}");
        format!("{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// Calls, tokens and costs by model of a bill, dearest first.
#[derive(Clone, Debug)]
pub struct OfModel {
    /// Its name.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// Calls that it answered.
    pub calls: Exact,
    /// USD.
    pub cost: Exact,
}

impl Bill {
    /// The bill of all requests, where this is that of a sample and `factor` times as many there are. What is fixed stays.
    #[must_use]
    pub fn scaled(mut self, factor: &Exact, fixed: usize) -> Self {
        let times = |value: &mut Exact| *value = &*value * factor;
        for line in &mut self.lines {
            line.tokens.iter_mut().chain(&mut line.costs).for_each(times);
            [&mut line.calls, &mut line.by_request, &mut line.cost].into_iter().for_each(times);
        }
        let events = self.fees.len().saturating_sub(fixed);
        for fee in self.fees.iter_mut().take(events) {
            [&mut fee.events, &mut fee.cost].into_iter().for_each(times);
        }
        self.total =
            &self.lines.iter().map(|line| &line.cost).sum::<Exact>() + &self.fees.iter().map(|fee| &fee.cost).sum();
        self
    }

    /// By model.
    pub fn by_model(&self) -> Vec<OfModel> {
        let mut found: BTreeMap<(&str, &str), (Exact, Exact)> = BTreeMap::new();
        for line in &self.lines {
            let listed = &line.key.model.listed;
            let (calls, cost) = found.entry((&listed.id, &listed.provider)).or_insert((Exact::ZERO, Exact::ZERO));
            *calls = &*calls + &line.calls;
            *cost = &*cost + &line.cost;
        }
        let of = |((model, provider), (calls, cost)): ((&str, &str), (Exact, Exact))| OfModel {
            model: model.to_owned(),
            provider: provider.to_owned(),
            calls,
            cost,
        };
        let mut all: Vec<OfModel> = found.into_iter().map(of).collect();
        all.sort_by(|a, b| b.cost.cmp(&a.cost));
        all
    }
}
