//! Quantities that are not known exactly: what was stated of them, and the median that a deterministic run uses.
#![allow(clippy::arithmetic_side_effects, reason = "numbers of arbitrary precision neither overflow nor round")]

use dashu_float::DBig;

use super::exact::Exact;

/// Which distribution a bare interval means, by what kind of quantity it stands for (SPEC section 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Between 0 and 1: logit-normal.
    Share,
    /// Above zero: lognormal.
    Positive,
    /// May change its sign: normal.
    Signed,
}

/// What a file states of an uncertain quantity, in the base unit of its kind.
#[derive(Clone, PartialEq, Debug)]
pub enum Uncertain {
    /// P5 and P95: `20% to 40%`, `{low, high}`.
    Interval {
        /// The fifth percentile.
        low: Exact,
        /// The ninety-fifth percentile.
        high: Exact,
    },
    /// Least, likeliest and greatest value: `{low, mode, high}`, a PERT distribution.
    Pert {
        /// Least value.
        low: Exact,
        /// Likeliest value.
        mode: Exact,
        /// Greatest value.
        high: Exact,
    },
    /// Median and 95th percentile: `{p50, p95}`.
    Quantiles {
        /// The median.
        p50: Exact,
        /// The ninety-fifth percentile.
        p95: Exact,
    },
    /// Mean and coefficient of variation: `{mean, cv}`; lognormal, or beta for a share.
    Moments {
        /// The mean.
        mean: Exact,
        /// Standard deviation over mean.
        cv: Exact,
    },
    /// `{dist: uniform, low, high}`
    Uniform {
        /// Least value.
        low: Exact,
        /// Greatest value.
        high: Exact,
    },
    /// `{dist: triangular, low, mode, high}`
    Triangular {
        /// Least value.
        low: Exact,
        /// Likeliest value.
        mode: Exact,
        /// Greatest value.
        high: Exact,
    },
    /// `{dist: normal, mean, sd}`
    Normal {
        /// The mean.
        mean: Exact,
        /// The standard deviation.
        sd: Exact,
    },
    /// Median and the standard deviation of the logarithm, or for a share of the log-odds: `{dist: lognormal, median, sigma}`,
    /// `{dist: logit_normal, median, sigma}`.
    Spread {
        /// The median.
        median: Exact,
        /// Standard deviation on the scale on which it is normal.
        sigma: Exact,
    },
    /// `{dist: beta, alpha, beta}`, on 0 to 1.
    Beta {
        /// First shape, above zero.
        alpha: Exact,
        /// Second shape, above zero.
        beta: Exact,
    },
}

/// What is known of a quantity: a distribution with its median.
#[derive(Clone, PartialEq, Debug)]
pub struct Distribution {
    /// What was stated.
    pub form: Uncertain,
    /// What kind of quantity it is.
    pub family: Family,
    /// The median, which a deterministic run uses.
    pub median: Exact,
}

impl Distribution {
    /// The distribution; `None` when the parameters describe none, as [`Uncertain::median`] says.
    pub fn of(form: Uncertain, family: Family) -> Option<Self> {
        form.median(family).map(|median| Self { form, family, median })
    }

    /// Whether the quantity can have this value: a share lies between 0 and 1, and only what may change its sign is negative.
    pub fn allows(&self, value: &Exact) -> bool {
        match self.family {
            Family::Share => !value.is_negative() && *value <= Exact::ONE,
            Family::Positive => !value.is_negative(),
            Family::Signed => true,
        }
    }
}

/// Decimal digits carried while a median is searched; far more than are kept.
const WORKING_DIGITS: usize = 34;
/// Significant digits kept of a median that is not a rational number.
const KEPT_DIGITS: usize = 15;

impl Uncertain {
    /// The median, exact where it is rational, else to 15 significant digits. `None` when the parameters describe no
    /// distribution of this family: bounds out of order, an interval of shares that touches 0% or 100%, a shape of zero.
    pub fn median(&self, family: Family) -> Option<Exact> {
        match self {
            Self::Interval { low, high } if low == high => Some(low.clone()),
            Self::Interval { low, high } => interval_median(low, high, family),
            Self::Quantiles { p50, p95 } if p50 == p95 => Some(p50.clone()),
            Self::Quantiles { p50, p95 } => {
                (p50 < p95 && is_inside(p50, family) && is_inside(p95, family)).then(|| p50.clone())
            }
            Self::Spread { median, sigma } => {
                ((is_inside(median, family) || sigma.is_zero()) && !sigma.is_negative()).then(|| median.clone())
            }
            Self::Normal { mean, sd } => (!sd.is_negative()).then(|| mean.clone()),
            Self::Uniform { low, high } => (low <= high).then(|| half(&(low + high))),
            Self::Moments { mean, cv } if family == Family::Share => beta_of_moments(mean, cv),
            Self::Moments { mean, cv } => mean.checked_div(&(&Exact::ONE + &(cv * cv)).sqrt()?),
            Self::Beta { alpha, beta } => beta_median(alpha, beta),
            Self::Pert { low, mode, high } => {
                let width = high - low;
                if width.is_zero() {
                    return (low == mode).then(|| mode.clone());
                }
                (low <= mode && mode <= high).then_some(())?;
                let shape = |distance: Exact| Some(&Exact::ONE + &(&Exact::from(4) * &distance).checked_div(&width)?);
                let median = beta_median(&shape(mode - low)?, &shape(high - mode)?)?;
                Some(low + &(&median * &width))
            }
            Self::Triangular { low, mode, high } => {
                (low <= mode && mode <= high).then_some(())?;
                let width = high - low;
                let (left, right) = (mode - low, high - mode);
                if left >= right {
                    Some(low + &half(&(&width * &left)).sqrt()?)
                } else {
                    Some(high - &half(&(&width * &right)).sqrt()?)
                }
            }
        }
    }
}

/// Whether a value lies where the distribution of an interval has its mass: a share strictly between 0 and 1, others above 0.
fn is_inside(value: &Exact, family: Family) -> bool {
    match family {
        Family::Share => *value > Exact::ZERO && *value < Exact::ONE,
        Family::Positive => *value > Exact::ZERO,
        Family::Signed => true,
    }
}

fn half(value: &Exact) -> Exact {
    value.checked_div(&Exact::from(2)).unwrap_or(Exact::ZERO)
}

fn interval_median(low: &Exact, high: &Exact, family: Family) -> Option<Exact> {
    (low < high).then_some(())?;
    match family {
        Family::Signed => Some(half(&(low + high))),
        Family::Positive => (low > &Exact::ZERO).then(|| (low * high).sqrt())?,
        Family::Share => {
            let odds = |share: &Exact| share.checked_div(&(&Exact::ONE - share));
            (low > &Exact::ZERO && high < &Exact::ONE).then_some(())?;
            let middle = (&odds(low)? * &odds(high)?).sqrt()?;
            middle.checked_div(&(&Exact::ONE + &middle))
        }
    }
}

/// A beta distribution with this mean and coefficient of variation; `None` where no such distribution exists.
fn beta_of_moments(mean: &Exact, cv: &Exact) -> Option<Exact> {
    let variance = &(cv * mean) * &(cv * mean);
    if variance.is_zero() {
        return Some(mean.clone());
    }
    let concentration = &(mean * &(&Exact::ONE - mean)).checked_div(&variance)? - &Exact::ONE;
    (concentration > Exact::ZERO).then_some(())?;
    beta_median(&(mean * &concentration), &(&(&Exact::ONE - mean) * &concentration))
}

/// The median of a beta distribution: the root of `B_x(a, b) = B_(1-x)(b, a)`, each side by its power series, found by
/// the Illinois variant of false position. Decimal arithmetic of fixed precision keeps it the same on every platform.
fn beta_median(alpha: &Exact, beta: &Exact) -> Option<Exact> {
    if alpha <= &Exact::ZERO || beta <= &Exact::ZERO {
        return None;
    }
    if alpha == beta {
        return Exact::ratio(1, 2);
    }
    let (a, b) = (float(alpha)?, float(beta)?);
    let one = float(&Exact::ONE)?;
    let difference = |x: &DBig| {
        let rest = &one - x;
        incomplete_beta(x, &a, &b, &one) - incomplete_beta(&rest, &b, &a, &one)
    };
    let (mut low, mut high) = (float(&Exact::ratio(1, 10_000)?)?, float(&Exact::ratio(9_999, 10_000)?)?);
    let (mut at_low, mut at_high) = (difference(&low), difference(&high));
    let tolerance = float(&Exact::from_decimal("0.000000000000000000001")?)?;
    let zero = DBig::ZERO;
    for _ in 0..100 {
        let x = &low - &at_low * (&high - &low) / (&at_high - &at_low);
        let at_x = difference(&x);
        if (at_x > zero) == (at_high > zero) {
            high = x.clone();
            at_high = at_x.clone();
            at_low /= DBig::from(2);
        } else {
            low = high.clone();
            at_low = at_high.clone();
            high = x.clone();
            at_high = at_x.clone();
        }
        let width = if high > low { &high - &low } else { &low - &high };
        let height = if at_x > zero { at_x } else { -at_x };
        if width < tolerance || height < tolerance {
            return kept(&x);
        }
    }
    None
}

/// `x^a / a + ...`: the incomplete beta function by its series in x, for 0 < x < 1.
fn incomplete_beta(x: &DBig, a: &DBig, b: &DBig, one: &DBig) -> DBig {
    let mut coefficient = one.clone();
    let mut index = DBig::ZERO;
    let mut sum = one / a;
    let negligible = DBig::from_parts(1.into(), -30);
    for _ in 0..5_000 {
        index += one;
        coefficient = coefficient * (&index - b) / &index * x;
        let term = &coefficient / (a + &index);
        sum += &term;
        let size = if term < DBig::ZERO { -term } else { term };
        if size < negligible {
            break;
        }
    }
    x.powf(a) * sum
}

fn float(value: &Exact) -> Option<DBig> {
    let text = value.to_fixed(WORKING_DIGITS);
    text.parse::<DBig>().ok().map(|v| v.with_precision(WORKING_DIGITS).value())
}

fn kept(value: &DBig) -> Option<Exact> {
    let rounded = value.clone().with_precision(KEPT_DIGITS).value();
    let (digits, exponent) = rounded.into_repr().into_parts();
    Some(Exact::scaled(digits, i32::try_from(exponent).ok()?.checked_neg()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    fn median(uncertain: &Uncertain, family: Family) -> String {
        uncertain.median(family).map_or("none".into(), |m| m.to_fixed(8))
    }

    /// Expected values: closed forms, and scipy.stats.beta(...).median() for the two beta shapes.
    #[test]
    fn medians_agree_with_published_formulae() {
        let interval = |low, high| Uncertain::Interval { low: exact(low), high: exact(high) };
        assert_eq!(median(&interval("20", "80"), Family::Positive), "40.00000000");
        assert_eq!(median(&interval("0.2", "0.4"), Family::Share), "0.28989795");
        assert_eq!(median(&interval("-1", "3"), Family::Signed), "1.00000000");
        assert_eq!(median(&interval("0", "0.4"), Family::Share), "none");
        assert_eq!(median(&interval("3", "2"), Family::Positive), "none");
        let pert = |low, mode, high| Uncertain::Pert { low: exact(low), mode: exact(mode), high: exact(high) };
        assert_eq!(median(&pert("0", "50", "100"), Family::Positive), "50.00000000");
        assert_eq!(median(&pert("0", "0", "1"), Family::Positive), "0.12944944");
        assert_eq!(median(&pert("0", "0.25", "1"), Family::Positive), "0.31381017");
        let triangular = Uncertain::Triangular { low: exact("0"), mode: exact("0"), high: exact("1") };
        assert_eq!(median(&triangular, Family::Positive), "0.29289322");
        let moments = Uncertain::Moments { mean: exact("100"), cv: exact("0.75") };
        assert_eq!(median(&moments, Family::Positive), "80.00000000");
        let share = Uncertain::Moments { mean: exact("0.3"), cv: exact("0.5") };
        assert_eq!(median(&share, Family::Share), "0.28339441");
    }
}
