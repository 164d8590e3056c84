//! Mixing without looking at requests: the line that every router must beat.

use crate::units::Exact;

/// What serving all requests in one way costs, and how many of them are right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot {
    /// Cost.
    pub cost: Exact,
    /// Share of right answers.
    pub quality: Exact,
}

/// The cheapest random mix of these ways that is right at least so often, as shares of one or two of them; `None` where none is.
pub fn random_shares(of: &[Spot], quality: &Exact) -> Option<Vec<(usize, Exact)>> {
    let all = || of.iter().enumerate();
    let single = all().filter(|(_, spot)| spot.quality >= *quality);
    let single = single.map(|(at, spot)| (spot.cost.clone(), vec![(at, Exact::ONE)]));
    // An optimum with one constraint mixes two ways.
    let pairs = all().filter(|(_, low)| low.quality < *quality).flat_map(|(first, low)| {
        all().filter(|(_, high)| high.quality > *quality).filter_map(move |(then, high)| {
            let part = (quality - &low.quality).checked_div(&(&high.quality - &low.quality))?;
            let cost = &low.cost + &(&part * &(&high.cost - &low.cost));
            Some((cost, vec![(first, &Exact::ONE - &part), (then, part)]))
        })
    });
    single.chain(pairs).min_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, shares)| shares)
}

/// What that mix costs, where the cost of a way is in proportion to its share.
pub fn random_mix(of: &[Spot], quality: &Exact) -> Option<Exact> {
    let shares = random_shares(of, quality)?;
    Some(shares.iter().filter_map(|(at, share)| Some(&of.get(*at)?.cost * share)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(cost: &str, quality: &str) -> Spot {
        let exact = |text: &str| Exact::from_decimal(text).unwrap();
        Spot { cost: exact(cost), quality: exact(quality) }
    }

    /// Costs 0.2 and 3.2 with 0.68 and 0.88 right: 60% of the strong one for 0.8, at 2.00.
    #[test]
    fn two_ways_are_a_line() {
        let of = [spot("0.2", "0.68"), spot("3.2", "0.88")];
        let at = |quality: &str| random_mix(&of, &Exact::from_decimal(quality).unwrap()).map(|cost| cost.to_string());
        assert_eq!(at("0.8").as_deref(), Some("2"));
        assert_eq!(at("0.5").as_deref(), Some("0.2"));
        assert_eq!(at("0.88").as_deref(), Some("3.2"));
        assert_eq!(at("0.89"), None);
    }
}
