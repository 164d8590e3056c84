//! Throughput units of a provider (PTU, GSU, model units), paid by the hour whether used or not.
//!
//! ```text
//! weighted = fresh input + cached_weight x cached input + output_ratio x output       tokens per minute, at peak
//! units    = max(minimum, weighted / tokens per minute of a unit, rounded up to the step)
//! ```
//!
//! Source: the sizing formulae that Azure (tokens per minute, cached tokens count nothing) and Google (tokens per second
//! with a burn-down weight) publish; SPEC section 4.2.

use crate::units::Exact;

/// Units that take `weighted` tokens a minute at `per_unit` tokens a minute each: whole steps, at least `minimum`. Rates and
/// step are above zero.
pub fn units(weighted: &Exact, per_unit: &Exact, minimum: &Exact, step: &Exact) -> Exact {
    let needed = weighted.checked_div(per_unit).unwrap_or(Exact::ZERO);
    let steps = needed.checked_div(step).unwrap_or(Exact::ZERO).ceil();
    (&steps * step).max(minimum.clone())
}

/// The share of a load that units with a capacity of `capacity` leave over, when the load of each hour is one of `hours`
/// (in the unit of the capacity).
pub fn overflow(hours: &[Exact], capacity: &Exact) -> Exact {
    let total: Exact = hours.iter().sum();
    let over: Exact = hours.iter().map(|load| (load - capacity).max(Exact::ZERO)).sum();
    over.checked_div(&total).unwrap_or(Exact::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    /// 600 requests a minute, 1,000 in (30% cached and exempt), 150 out that weigh 4.
    #[test]
    fn a_published_sizing() {
        let weighted = exact("780000");
        assert_eq!(units(&weighted, &exact("2500"), &exact("25"), &exact("25")), exact("325"));
        assert_eq!(units(&exact("1"), &exact("2500"), &exact("25"), &exact("5")), exact("25"));
        assert_eq!(units(&exact("75000"), &exact("2500"), &exact("25"), &exact("5")), exact("30"));
    }

    #[test]
    fn what_is_left_over() {
        assert_eq!(overflow(&[exact("10"), exact("30")], &exact("20")), exact("0.25"));
        assert_eq!(overflow(&[], &exact("20")), Exact::ZERO);
        assert_eq!(overflow(&[exact("10")], &Exact::ZERO), Exact::ONE);
    }
}
