//! The normal distribution: its probabilities, its quantiles, and normal scores of the points of a sequence.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use std::f64::consts::FRAC_1_SQRT_2;

use super::polynomial::{Cell, fit, value};
use super::sobol::BLOCK;

/// The probability of less than `z`, to full relative accuracy in the lower tail.
pub fn probability(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The quantile of a probability between 0 and 1, to a relative error of about 1e-16.
///
/// Source: M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988),
/// routine PPND16.
pub fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let size = of_tail(tail);
    if q < 0.0 { -size } else { size }
}

/// The quantile of `1 - tail`, for a tail below 0.075.
fn of_tail(tail: f64) -> f64 {
    let r = libm::sqrt(-libm::log(tail));
    if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) }
}

/// Numerator and denominator of a rational approximation, from the constant term upwards.
type Ratio = ([f64; 8], [f64; 8]);

fn ratio(r: f64, (numerator, denominator): &Ratio) -> f64 {
    let horner = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(numerator) / horner(denominator)
}

#[rustfmt::skip]
const CENTRE: Ratio = (
    [3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
     45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7],
    [1.0, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751,
     21_213.794_301_586_597, 39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_854],
);
#[rustfmt::skip]
const MIDDLE: Ratio = (
    [1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
     1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4],
    [1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1,
     0.148_103_976_427_480_08, 0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9],
);
#[rustfmt::skip]
const FAR: Ratio = (
    [6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
     0.026_532_189_526_576_124, 1.242_660_947_388_078_4e-3, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7],
    [1.0, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615,
     7.868_691_311_456_133e-4, 1.846_318_317_510_054_8e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15],
);

/// Bits of a float that number a cell: the exponent and three digits.
const CELL_SHIFT: u32 = 49;
/// The number of the cell that 0.5 is in.
const FIRST_CELL: u64 = 1022 << 3;
/// One more than the number of the cell below 2^31.
const CELLS: u64 = (1054 << 3) - FIRST_CELL;

/// A function of coordinates with 32 bits, given by what it makes of the normal score of the middle of their interval.
#[derive(Debug)]
pub struct Scores {
    /// Cells of an eighth of an octave of the distance to the nearer end: first those of the lower half, then of the upper.
    cells: Vec<Cell>,
}

impl Scores {
    /// The scores themselves.
    pub fn new() -> Self {
        Self::of(|z| z)
    }

    /// `f` of the scores, where that is smooth.
    pub fn of(f: impl Fn(f64) -> f64) -> Self {
        let unit = 1.0 / 4_294_967_296.0;
        let edge = |cell: u64| f64::from_bits((FIRST_CELL + cell) << CELL_SHIFT);
        let half = |sign: f64| {
            let f = &f;
            (0..CELLS).map(move |cell| fit(|t| f(sign * quantile(t * unit)), edge(cell), edge(cell + 1)))
        };
        Self { cells: half(1.0).chain(half(-1.0)).collect() }
    }

    /// The values at a block of points.
    pub fn fill(&self, points: &[u32; BLOCK], out: &mut [f64; BLOCK]) {
        for (point, score) in points.iter().zip(out) {
            *score = self.at(*point);
        }
    }

    /// The value at a point.
    #[inline(always)]
    pub fn at(&self, point: u32) -> f64 {
        // All bits of the sign: the distance to the nearer end, and which half it is.
        let upper = 0u32.wrapping_sub(point >> 31);
        let bits = (f64::from(point ^ upper) + 0.5).to_bits();
        let cell = (bits >> CELL_SHIFT).wrapping_sub(FIRST_CELL).wrapping_add(u64::from(upper) & CELLS);
        // The digits within the cell, as a number from 0 to 1.
        let digits = (bits << (64 - CELL_SHIFT)) >> 12;
        let s = f64::from_bits(digits | 1023 << 52) - 1.0;
        self.cells.get(cell as usize).map_or(f64::NAN, |cell| value(cell, s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.norm.ppf
    #[test]
    fn quantiles_agree_with_published_ones() {
        for (p, z) in [
            (0.5, 0.0),
            (0.05, -1.644_853_626_951_472_7),
            (0.1, -1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
            (1e-9, -5.997_807_015_007_686),
            (1e-20, -9.262_340_089_798_408),
        ] {
            let found: f64 = quantile(p);
            assert!((found - z).abs() <= 4e-15 * (1.0 + z.abs()), "{p}: {found}");
            assert!((probability(z) - p).abs() <= 3e-15 * p.max(1e-3), "{z}");
        }
    }

    #[test]
    fn scores_of_points_are_their_quantiles() {
        let scores = Scores::new();
        let mut worst: f64 = 0.0;
        let points = (0..20_000u32).map(|k| k.wrapping_mul(214_748)).chain(0..64).chain((0..64).map(|k| !k));
        for point in points {
            let p = (f64::from(point) + 0.5) / 4_294_967_296.0;
            let exact =
                if point >> 31 == 1 { -quantile((f64::from(!point) + 0.5) / 4_294_967_296.0) } else { quantile(p) };
            worst = worst.max((scores.at(point) - exact).abs());
        }
        assert!(worst < 1e-9, "{worst}");
    }
}
