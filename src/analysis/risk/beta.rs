//! The beta distribution: its quantiles as a function of the normal score.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use super::normal;

/// A beta distribution, both shapes above zero.
#[derive(Clone, Copy, Debug)]
pub struct Beta {
    a: f64,
    b: f64,
    /// ln B(a, b)
    ln_beta: f64,
}

impl Beta {
    /// The distribution with these shapes.
    pub fn new(a: f64, b: f64) -> Self {
        Self { a, b, ln_beta: libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b) }
    }

    fn mirrored(self) -> Self {
        Self { a: self.b, b: self.a, ln_beta: self.ln_beta }
    }

    /// The value that is passed with the probability of passing the normal score `z`; exact in both tails.
    pub fn of_score(self, z: f64) -> f64 {
        if z <= 0.0 { self.lower(normal::probability(z)).0 } else { self.mirrored().lower(normal::probability(-z)).1 }
    }

    /// The quantile of `p`, at most a half, and what is left of the whole above it.
    ///
    /// Newton's method for ln I_x(a, b) = ln p in the log-odds of x, kept between bounds by bisection.
    fn lower(self, p: f64) -> (f64, f64) {
        let target = libm::log(p);
        let (mut low, mut high) = (-745.0_f64, 745.0_f64);
        // Where x is small I_x is about x^a / (a B).
        let mut odds = ((target + libm::log(self.a) + self.ln_beta) / self.a).clamp(-700.0, 0.0);
        for _ in 0..200 {
            let (x, rest) = shares(odds);
            let (ln_x, ln_rest) = (ln_share(odds), ln_share(-odds));
            let below = self.probability(x, rest, ln_x, ln_rest);
            if below <= 0.0 {
                low = odds;
                odds = 0.5 * (low + high);
                continue;
            }
            let miss = libm::log(below) - target;
            if miss < 0.0 {
                low = odds;
            } else {
                high = odds;
            }
            // d ln I / d odds = x (1-x) density / I
            let slope = libm::exp(self.a * ln_x + self.b * ln_rest - self.ln_beta) / below;
            let step = miss / slope;
            let next = odds - step;
            let is_inside = next.is_finite() && next > low && next < high;
            let next = if is_inside { next } else { 0.5 * (low + high) };
            if (next - odds).abs() <= 1e-14 * (1.0 + odds.abs()) {
                return shares(next);
            }
            odds = next;
        }
        shares(odds)
    }

    /// I_x(a, b), by its continued fraction on the side where that converges.
    fn probability(self, x: f64, rest: f64, ln_x: f64, ln_rest: f64) -> f64 {
        let front = libm::exp(self.a * ln_x + self.b * ln_rest - self.ln_beta);
        if x < (self.a + 1.0) / (self.a + self.b + 2.0) {
            front * fraction(self.a, self.b, x) / self.a
        } else {
            1.0 - front * fraction(self.b, self.a, rest) / self.b
        }
    }
}

/// x and 1 - x of log-odds.
fn shares(odds: f64) -> (f64, f64) {
    let smaller = libm::exp(-odds.abs());
    let (small, large) = (smaller / (1.0 + smaller), 1.0 / (1.0 + smaller));
    if odds < 0.0 { (small, large) } else { (large, small) }
}

/// ln x of log-odds.
fn ln_share(odds: f64) -> f64 {
    if odds < 0.0 { odds - libm::log1p(libm::exp(odds)) } else { -libm::log1p(libm::exp(-odds)) }
}

/// The continued fraction of the incomplete beta function by the method of Lentz (NIST DLMF 8.17.22).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guarded = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut found = d;
    for index in 1..5_000_u32 {
        let m = f64::from(index);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guarded(1.0 + even * d);
        c = guarded(1.0 + even / c);
        found *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guarded(1.0 + odd * d);
        c = guarded(1.0 + odd / c);
        let change = d * c;
        found *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.beta(a, b).ppf(norm.cdf(z))
    #[test]
    fn quantiles_agree_with_published_ones() {
        #[rustfmt::skip]
        let cases: [(f64, f64, f64, f64); 70] = [
            (30.0, 70.0, -5.0, 0.11303955790954769),
            (30.0, 70.0, -2.0, 0.2130893198979072),
            (30.0, 70.0, -0.5, 0.27607666449220797),
            (30.0, 70.0, 0.0, 0.2986619743086956),
            (30.0, 70.0, 1.0, 0.3457748707073227),
            (30.0, 70.0, 3.0, 0.44530751790999457),
            (30.0, 70.0, 5.0, 0.5467890798045723),
            (20.0, 80.0, -5.0, 0.05383169221888725),
            (20.0, 80.0, -2.0, 0.12673377883744094),
            (20.0, 80.0, -0.5, 0.17854860520861066),
            (20.0, 80.0, 0.0, 0.19799480854694862),
            (20.0, 80.0, 1.0, 0.23986148809386035),
            (20.0, 80.0, 3.0, 0.33348972108496394),
            (20.0, 80.0, 5.0, 0.4354829543495808),
            (5.0, 5.0, -5.0, 0.018919706091480346),
            (5.0, 5.0, -2.0, 0.20727064477856844),
            (5.0, 5.0, -0.5, 0.4194792300064991),
            (5.0, 5.0, 0.0, 0.5),
            (5.0, 5.0, 1.0, 0.657907269392705),
            (5.0, 5.0, 3.0, 0.8905918909363982),
            (5.0, 5.0, 5.0, 0.9810802939085197),
            (70.0, 30.0, -5.0, 0.45321092019542775),
            (70.0, 30.0, -2.0, 0.6050947104212975),
            (70.0, 30.0, -0.5, 0.6780779827439164),
            (70.0, 30.0, 0.0, 0.7013380256913043),
            (70.0, 30.0, 1.0, 0.7457582768609554),
            (70.0, 30.0, 3.0, 0.8243439194108257),
            (70.0, 30.0, 5.0, 0.8869604420904523),
            (2.0, 18.0, -5.0, 4.0952450240216065e-05),
            (2.0, 18.0, -2.0, 0.012368032393518209),
            (2.0, 18.0, -0.5, 0.05880791878430877),
            (2.0, 18.0, 0.0, 0.08677516365569496),
            (2.0, 18.0, 1.0, 0.16346731120591296),
            (2.0, 18.0, 3.0, 0.3823256542832235),
            (2.0, 18.0, 5.0, 0.6231814817732676),
            (2.0, 98.0, -5.0, 7.688993499550486e-06),
            (2.0, 98.0, -2.0, 0.002333800036388057),
            (2.0, 98.0, -0.5, 0.011313243361846815),
            (2.0, 98.0, 0.0, 0.01689504857789742),
            (2.0, 98.0, 1.0, 0.03294377146773181),
            (2.0, 98.0, 3.0, 0.0864004156834547),
            (2.0, 98.0, 5.0, 0.16711420258589757),
            (0.5, 0.5, -5.0, 2.0274418612908854e-13),
            (0.5, 0.5, -2.0, 0.001276505569820395),
            (0.5, 0.5, -0.5, 0.21706129070051444),
            (0.5, 0.5, 0.0, 0.4999999999999999),
            (0.5, 0.5, 1.0, 0.9391670459770494),
            (0.5, 0.5, 3.0, 0.9999955038475191),
            (0.5, 0.5, 5.0, 0.9999999999997973),
            (0.2, 3.0, -5.0, 4.829497905085576e-34),
            (0.2, 3.0, -2.0, 1.5207224045090563e-09),
            (0.2, 3.0, -0.5, 0.0006985153631875013),
            (0.2, 3.0, 0.0, 0.007901229090864218),
            (0.2, 3.0, 1.0, 0.1302919072805631),
            (0.2, 3.0, 3.0, 0.7642607770639334),
            (0.2, 3.0, 5.0, 0.9852203063729082),
            (1.0, 1.0, -5.0, 2.866515718791933e-07),
            (1.0, 1.0, -2.0, 0.022750131948179195),
            (1.0, 1.0, -0.5, 0.3085375387259869),
            (1.0, 1.0, 0.0, 0.5),
            (1.0, 1.0, 1.0, 0.8413447460685429),
            (1.0, 1.0, 3.0, 0.9986501019683699),
            (1.0, 1.0, 5.0, 0.9999997133484281),
            (800.0, 1200.0, -5.0, 0.34618679601540425),
            (800.0, 1200.0, -2.0, 0.37819946465853665),
            (800.0, 1200.0, -0.5, 0.39449734517530777),
            (800.0, 1200.0, 0.0, 0.39996666016586147),
            (800.0, 1200.0, 1.0, 0.4109543086750675),
            (800.0, 1200.0, 3.0, 0.43309710962788445),
            (800.0, 1200.0, 5.0, 0.45540798972082613),
        ];
        for (a, b, z, expected) in cases {
            let found: f64 = Beta::new(a, b).of_score(z);
            assert!((found - expected).abs() <= 2e-12 * expected, "beta({a}, {b}) at {z}: {found} against {expected}");
        }
    }
}
