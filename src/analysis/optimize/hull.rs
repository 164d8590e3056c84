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

/// The least cost of any random mix of these ways that is right at least so often; `None` where none is.
pub fn random_mix(of: &[Spot], quality: &Exact) -> Option<Exact> {
    let single = of.iter().filter(|spot| spot.quality >= *quality).map(|spot| spot.cost.clone());
    // An optimum with one constraint mixes two ways.
    let pairs = of.iter().filter(|low| low.quality < *quality).flat_map(|low| {
        of.iter().filter(|high| high.quality > *quality).filter_map(|high| {
            let part = (quality - &low.quality).checked_div(&(&high.quality - &low.quality))?;
            Some(&low.cost + &(&part * &(&high.cost - &low.cost)))
        })
    });
    single.chain(pairs).min()
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
