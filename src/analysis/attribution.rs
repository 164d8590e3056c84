//! Who did what: a difference between two costs, shared among the things that differ. Exact.
//!
//! Each of n players (levers of a strategy, causes of a change) is in its old or its new state; v(A) is the cost when the
//! players of A are in the new one. The *waterfall* switches them in a fixed order; what a player changes depends on who
//! came before. The *Shapley value* (L. S. Shapley, A Value for n-Person Games, 1953) is the mean of its change over all
//! orders:
//!
//! ```text
//! phi_i = sum over A without i of |A|! (n-|A|-1)!/n! [v(A+i) - v(A)]
//! ```
//!
//! Both add up to v(all) - v(none). All 2^n costs are computed: 12 players are 4,096, each more doubles them.

use crate::parallel;
use crate::units::Exact;

/// Most players for which all subsets are computed.
pub const MOST_PLAYERS: usize = 12;

/// What each player changes; positive where the cost rises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribution {
    /// In the fixed order, one after the other.
    pub waterfall: Vec<Exact>,
    /// On average over all orders; `None` with more than [`MOST_PLAYERS`].
    pub shapley: Option<Vec<Exact>>,
    /// What two players change together beyond what each changes alone, by their positions; none where nothing.
    pub interactions: Vec<(usize, usize, Exact)>,
}

/// Shares a difference among `players`. `cost` computes v of the players whose bits are set, the first player's lowest.
///
/// # Errors
/// What `cost` could not compute.
pub fn attribute<E>(players: usize, mut cost: impl FnMut(u32) -> Result<Exact, E>) -> Result<Attribution, E> {
    if players > MOST_PLAYERS {
        return in_order(players, cost);
    }
    let values: Vec<Exact> = (0..=first(players)).map(&mut cost).collect::<Result<_, E>>()?;
    Ok(of_values(players, &values))
}

/// The same with the costs computed on all cores.
///
/// # Errors
/// What `cost` could not compute: the first of them in the order of the sets.
pub fn attribute_on_all_cores<E: Send>(
    players: usize,
    cost: impl Fn(u32) -> Result<Exact, E> + Sync,
) -> Result<Attribution, E> {
    if players > MOST_PLAYERS {
        return in_order(players, cost);
    }
    let of = |set: usize| cost(u32::try_from(set).unwrap_or(u32::MAX));
    let values: Vec<Exact> = parallel::each(1 << players, of).into_iter().collect::<Result<_, E>>()?;
    Ok(of_values(players, &values))
}

/// What follows from the costs of all sets.
fn of_values(players: usize, values: &[Exact]) -> Attribution {
    let value = |set: u32| values.get(set as usize).unwrap_or(&ZERO);
    let steps: Vec<Exact> = (0..=players).map(|count| value(first(count)).clone()).collect();
    let weights = weights(players);
    let shapley = (0..players).map(|player| {
        // One sum for each size of A, so that each weight is applied once.
        let mut sums = vec![Exact::ZERO; players];
        for set in (0..=first(players)).filter(|set| set & (1 << player) == 0) {
            if let Some(sum) = sums.get_mut(set.count_ones() as usize) {
                *sum = &*sum + &(value(set | (1 << player)) - value(set));
            }
        }
        sums.iter().zip(&weights).map(|(sum, weight)| sum * weight).sum::<Exact>()
    });
    let shapley: Vec<Exact> = shapley.collect();
    let mut interactions = Vec::new();
    for second in 0..players {
        for other in 0..second {
            let (a, b) = (1 << other, 1 << second);
            let together = &(value(a | b) - value(a)) - &(value(b) - value(0));
            if !together.is_zero() {
                interactions.push((other, second, together));
            }
        }
    }
    Attribution { waterfall: differences(&steps), shapley: Some(shapley), interactions }
}

/// The waterfall alone: n + 1 costs.
///
/// # Errors
/// What `cost` could not compute.
pub fn in_order<E>(players: usize, cost: impl FnMut(u32) -> Result<Exact, E>) -> Result<Attribution, E> {
    let steps = (0..=players).map(first).map(cost).collect::<Result<Vec<Exact>, E>>()?;
    Ok(Attribution { waterfall: differences(&steps), shapley: None, interactions: Vec::new() })
}

/// What each of up to 32 players changes on average over the fixed order and its reverse: 2n costs. The values add up to
/// v(all) - v(none), and the other way round they change their sign, as Shapley values do; they are those of two orders
/// out of n!.
///
/// # Errors
/// What `cost` could not compute.
pub fn in_both_orders<E>(players: usize, mut cost: impl FnMut(u32) -> Result<Exact, E>) -> Result<Vec<Exact>, E> {
    let forth = in_order(players, &mut cost)?.waterfall;
    // The first k bits mirrored are the last k players.
    let mirrored = |set: u32| set.reverse_bits() >> 32usize.saturating_sub(players).min(31);
    let back = in_order(players, |set| cost(mirrored(set)))?.waterfall;
    let half = |sum: Exact| sum.checked_div(&Exact::from(2)).unwrap_or(sum);
    Ok(forth.iter().zip(back.iter().rev()).map(|(forth, back)| half(forth + back)).collect())
}

/// The set of the first so many players, up to 32.
fn first(count: usize) -> u32 {
    1u32.checked_shl(u32::try_from(count).unwrap_or(u32::MAX)).unwrap_or(0).wrapping_sub(1)
}

static ZERO: Exact = Exact::ZERO;

fn differences(steps: &[Exact]) -> Vec<Exact> {
    steps.iter().zip(steps.iter().skip(1)).map(|(before, after)| after - before).collect()
}

/// `k! (n-k-1)!/n!` for k below n: 1/n divided by the number of sets of that size.
fn weights(players: usize) -> Vec<Exact> {
    let number = |count: usize| Exact::from(count as u64);
    let mut sets = Exact::ONE;
    let mut found = Vec::new();
    for size in 0..players {
        let of_size = &number(players) * &sets;
        found.push(Exact::ONE.checked_div(&of_size).unwrap_or(Exact::ZERO));
        let left = number(players.saturating_sub(1).saturating_sub(size));
        sets = (&sets * &left).checked_div(&number(size.saturating_add(1))).unwrap_or(Exact::ZERO);
    }
    found
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers of a test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    /// 100 a day; a cache of 30% with free hits, 40% in batch at half price: 100 x 0.7 x 0.8 = 56.
    #[test]
    fn a_cache_and_a_batch_share_what_they_save_together() {
        let cost = |set: u32| {
            let cache = if set & 1 == 1 { exact("0.7") } else { Exact::ONE };
            let batch = if set & 2 == 2 { exact("0.8") } else { Exact::ONE };
            Ok::<_, ()>(&(&exact("100") * &cache) * &batch)
        };
        let found = attribute(2, cost).unwrap();
        assert_eq!(found.waterfall, [exact("-30"), exact("-14")]);
        assert_eq!(found.shapley.unwrap(), [exact("-27"), exact("-17")]);
        // Together they save 44, apart 30 and 20.
        assert_eq!(found.interactions, [(0, 1, exact("6"))]);
    }

    #[test]
    fn nobody_changes_nothing() {
        let found = attribute(0, |_| Ok::<_, ()>(exact("5"))).unwrap();
        assert_eq!(found, Attribution { waterfall: vec![], shapley: Some(vec![]), interactions: vec![] });
        assert_eq!(attribute(3, |set| if set == 5 { Err(set) } else { Ok(Exact::ONE) }), Err(5));
    }

    #[test]
    fn too_many_players_still_get_their_waterfall() {
        let found = attribute(14, |set| Ok::<_, ()>(Exact::from(u64::from(set)))).unwrap();
        assert_eq!(found.shapley, None);
        assert_eq!(found.waterfall.iter().sum::<Exact>(), Exact::from((1 << 14) - 1));
    }

    proptest! {
        /// Two players have two orders, so that their mean is the Shapley value; of more it still adds up and turns round.
        #[test]
        fn both_orders_add_up_and_change_their_sign(values in prop::collection::vec(0..1000u64, 32), players in 0..6usize) {
            let all = first(players);
            let value = |set: u32| Exact::from(values[set as usize]);
            let forth = in_both_orders(players, |set| Ok::<_, ()>(value(set))).unwrap();
            let back = in_both_orders(players, |set| Ok::<_, ()>(value(all ^ set))).unwrap();
            prop_assert_eq!(forth.len(), players);
            prop_assert_eq!(forth.iter().sum::<Exact>(), &value(all) - &value(0));
            for (forth, back) in forth.iter().zip(&back) {
                prop_assert_eq!(forth, &-back);
            }
            if players <= 2 {
                let found = attribute(players, |set| Ok::<_, ()>(value(set))).unwrap();
                prop_assert_eq!(forth, found.shapley.unwrap());
            }
        }

        /// Against all orders counted out.
        #[test]
        fn values_are_the_mean_over_all_orders_and_add_up(values in prop::collection::vec(0..1000u64, 16)) {
            let value = |set: u32| Exact::from(values[set as usize]);
            let found = attribute(4, |set| Ok::<_, ()>(value(set))).unwrap();
            let shapley = found.shapley.unwrap();
            let whole = &value(15) - &value(0);
            prop_assert_eq!(shapley.iter().sum::<Exact>(), whole.clone());
            prop_assert_eq!(found.waterfall.iter().sum::<Exact>(), whole);
            let mut sums = vec![Exact::ZERO; 4];
            let mut orders = 0u64;
            for order in 0..256u32 {
                let order: Vec<u32> = (0..4).map(|position| (order >> (2 * position)) & 3).collect();
                if (0..4).any(|player| !order.contains(&player)) {
                    continue;
                }
                orders += 1;
                let mut set = 0;
                for player in order {
                    sums[player as usize] = &sums[player as usize] + &(&value(set | (1 << player)) - &value(set));
                    set |= 1 << player;
                }
            }
            prop_assert_eq!(orders, 24);
            for (sum, value) in sums.iter().zip(&shapley) {
                prop_assert_eq!(sum, &(value * &Exact::from(orders)));
            }
            // The other way round everything changes its sign.
            let back = attribute(4, |set| Ok::<_, ()>(value(15 ^ set))).unwrap();
            for (there, back) in shapley.iter().zip(back.shapley.unwrap()) {
                prop_assert_eq!(there, &-&back);
            }
        }
    }
}
