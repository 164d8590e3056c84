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

/// The median of a beta distribution, by Newton's method for ln I_x = ln 1/2 in the log-odds of x.
///
/// With K(a, b, x) the continued fraction of the incomplete beta function and `p(x) = K(a, b, x) / a`, q(x) the same from the
/// other end (x and 1 - x, a and b exchanged), `B_x = x^a (1-x)^b p(x)`. Both ends of any one point s give all of B, so with
/// `e(x) = B / (x^a (1-x)^b) = (s/x)^a ((1-s)/(1-x))^b (p(s) + q(s))` the distribution is `I_x = p(x) / e(x)`, or from the other
/// end `1 - I_x = q(x) / e(x)`, whichever fraction converges fast, and the derivatives of their logarithms by the log-odds are
/// `1/p` and `-1/q`. Decimal arithmetic of fixed precision keeps it the same on every platform.
fn beta_median(alpha: &Exact, beta: &Exact) -> Option<Exact> {
    if alpha <= &Exact::ZERO || beta <= &Exact::ZERO {
        return None;
    }
    if alpha == beta {
        return Exact::ratio(1, 2);
    }
    let (a, b, one, two) = (float(alpha)?, float(beta)?, float(&Exact::ONE)?, float(&Exact::from(2))?);
    let enough = float(&Exact::from_decimal("0.0000000000000000001")?)?;
    let lower = |x: &DBig| fraction(&a, &b, x, &one, &two) / &a;
    let upper = |rest: &DBig| fraction(&b, &a, rest, &one, &two) / &b;
    let size = |value: &DBig| if *value < DBig::ZERO { -value.clone() } else { value.clone() };
    let both = &a + &b;
    let (s, t) = (&a / &both, &b / &both);
    let whole = lower(&s) + upper(&t);
    // From the mean on.
    let mut odds = &a / &b;
    for _ in 0..MOST_STEPS {
        let rest = &one / (&one + &odds);
        let x = &odds * &rest;
        let e = (&s / &x).powf(&a) * (&t / &rest).powf(&b) * &whole;
        let step = if &x * (&both + &two) < &a + &one {
            let p = lower(&x);
            &p * (&two * &p / &e).ln()
        } else {
            let q = upper(&rest);
            -(&q * (&two * &q / &e).ln())
        };
        odds *= (-step.clone()).exp();
        if size(&step) < enough {
            return kept(&(&odds / (&one + &odds)));
        }
    }
    None
}

/// Steps after which a median is given up.
const MOST_STEPS: usize = 60;
/// Terms after which a continued fraction is given up; it takes about the square root of the shapes.
const MOST_TERMS: u32 = 200_000;

/// The continued fraction of the incomplete beta function, by the method of Lentz (NIST DLMF 8.17.22).
fn fraction(a: &DBig, b: &DBig, x: &DBig, one: &DBig, two: &DBig) -> DBig {
    let both = a + b;
    let mut c = one.clone();
    let mut d = one / (one - &both * x / (a + one));
    let mut found = d.clone();
    let negligible = DBig::from_parts(1.into(), -30);
    let mut m = DBig::ZERO;
    for _ in 0..MOST_TERMS {
        m += one;
        let twice = &m * two;
        let base = a + &twice;
        let even = &m * (b - &m) * x / ((&base - one) * &base);
        d = one / (one + &even * &d);
        c = one + &even / &c;
        found = found * &d * &c;
        let odd = -((a + &m) * (&both + &m) * x) / (&base * (&base + one));
        d = one / (one + &odd * &d);
        c = one + &odd / &c;
        let change = &d * &c;
        found *= &change;
        let off = &change - one;
        if (if off < DBig::ZERO { -off } else { off }) < negligible {
            break;
        }
    }
    found
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
        let beta = |alpha, beta| Uncertain::Beta { alpha: exact(alpha), beta: exact(beta) };
        for (shapes, expected) in [
            (("20", "80"), "0.19799481"),
            (("2", "98"), "0.01689505"),
            (("0.3", "0.2"), "0.76086496"),
            (("1200", "800"), "0.60003334"),
            (("0.05", "4"), "0.00000016"),
        ] {
            assert_eq!(median(&beta(shapes.0, shapes.1), Family::Share), expected, "{shapes:?}");
        }
    }
}
