//! A Sobol sequence, scrambled: points that fill the unit cube evenly, and randomly enough to measure their own error.
//!
//! The scramble is Owen's nested uniform one by hashing (S. Laine and T. Karras, "Stratified sampling for stochastic
//! transparency", 2011; B. Burley, "Practical hash-based Owen scrambling", JCGT 9, 2020; the mixing steps by N. Vegdahl). Each
//! seed gives an independent set of points; each set is as even as the sequence itself, so the means over sets tell the
//! error of their mean. Integers only: the same points on every platform.

use super::directions::INITIAL;

/// Points that are made at once.
pub const BLOCK: usize = 256;
/// Dimensions with direction numbers of their own. Further ones use the same numbers again, each group on a random order of
/// the points (Burley's padding): within a group points are as even as ever, between groups independent.
const DIMENSIONS: usize = 64;

/// The sequence in some dimensions with one scramble.
pub struct Sobol {
    dimensions: Vec<Dimension>,
}

struct Dimension {
    /// Direction numbers with their bits reversed.
    directions: [u32; 32],
    /// The first points, reversed, in the order of the Gray code.
    first: Box<[u32; BLOCK]>,
    scramble: u32,
    /// Shuffles the order of the points in all groups but the first.
    shuffle: Option<u32>,
}

impl Sobol {
    /// `dimensions` dimensions, scrambled as `seed`, `stream` and `replicate` say.
    pub fn new(dimensions: usize, seed: u64, stream: u64, replicate: u64) -> Self {
        let base = mixed(mixed(mixed(seed) ^ stream) ^ replicate);
        let word = |index: u64| u32::try_from(mixed(base ^ index) >> 32).unwrap_or(0);
        let dimension = |index: usize| {
            let number = index as u64;
            let (group, own) = (index.checked_div(DIMENSIONS).unwrap_or(0), index % DIMENSIONS);
            let directions = directions(own);
            let shuffle = (group > 0).then(|| word((group as u64) | 1 << 40));
            let mut first = Box::new([0; BLOCK]);
            for (at, point) in (0u32..).zip(first.iter_mut()) {
                *point = of_gray(&directions, at ^ (at >> 1));
            }
            Dimension { directions, first, scramble: word(number), shuffle }
        };
        Self { dimensions: (0..dimensions).map(dimension).collect() }
    }

    /// The points of block `block` in dimension `dimension`: 32 bits of each coordinate.
    pub fn fill(&self, dimension: usize, block: usize, out: &mut [u32; BLOCK]) {
        let Some(dimension) = self.dimensions.get(dimension) else { return };
        let start = u32::try_from(block.saturating_mul(BLOCK)).unwrap_or(u32::MAX);
        match dimension.shuffle {
            None => {
                let base = of_gray(&dimension.directions, start ^ (start >> 1));
                for (point, first) in out.iter_mut().zip(dimension.first.iter()) {
                    *point = permuted(base ^ first, dimension.scramble).reverse_bits();
                }
            }
            Some(shuffle) => {
                for (at, point) in (0u32..).zip(out.iter_mut()) {
                    let index = permuted(start.wrapping_add(at).reverse_bits(), shuffle).reverse_bits();
                    *point = permuted(of_gray(&dimension.directions, index), dimension.scramble).reverse_bits();
                }
            }
        }
    }
}

/// A random permutation of 32-bit numbers in which a bit depends on itself and those below only: on reversed bits a nested
/// uniform scramble.
fn permuted(mut bits: u32, seed: u32) -> u32 {
    bits ^= bits.wrapping_mul(0x3d20_adea);
    bits = bits.wrapping_add(seed);
    bits = bits.wrapping_mul((seed >> 16) | 1);
    bits ^= bits.wrapping_mul(0x0552_6c56);
    bits ^ bits.wrapping_mul(0x53a2_2864)
}

/// The point with this index in the order of the Gray code, its bits reversed.
fn of_gray(directions: &[u32; 32], code: u32) -> u32 {
    let mut rest = code;
    let mut point = 0;
    for direction in directions {
        if rest == 0 {
            break;
        }
        if rest & 1 == 1 {
            point ^= direction;
        }
        rest >>= 1;
    }
    point
}

/// The direction numbers of a dimension, bits reversed.
fn directions(dimension: usize) -> [u32; 32] {
    let mut numbers: Vec<u32> = Vec::with_capacity(32);
    match dimension.checked_sub(1).and_then(|index| INITIAL.get(index)) {
        None => numbers.extend(std::iter::repeat_n(1, 32)),
        Some((polynomial, initial)) => {
            numbers.extend(*initial);
            let degree = initial.len();
            while numbers.len() < 32 {
                let back = |steps: usize| numbers.iter().rev().nth(steps.saturating_sub(1)).copied().unwrap_or(0);
                let mut next = back(degree) ^ (back(degree) << degree);
                for step in 1..degree {
                    if polynomial >> degree.saturating_sub(step) & 1 == 1 {
                        next ^= back(step) << step;
                    }
                }
                numbers.push(next);
            }
        }
    }
    let mut found = [0; 32];
    for ((shift, number), slot) in (0u32..).zip(numbers).zip(found.iter_mut()) {
        *slot = (number << 31u32.saturating_sub(shift)).reverse_bits();
    }
    found
}

/// A well mixed number (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The unscrambled sequence as the authors' own program prints it.
    #[test]
    fn the_first_points_are_the_published_ones() {
        let point = |dimension: usize, index: u32| {
            f64::from(of_gray(&directions(dimension), index ^ (index >> 1)).reverse_bits()) / 4_294_967_296.0
        };
        let published = [
            [0.0, 0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25, 0.25],
            [0.25, 0.75, 0.75, 0.75],
            [0.375, 0.375, 0.625, 0.875],
            [0.875, 0.875, 0.125, 0.375],
            [0.625, 0.125, 0.875, 0.625],
            [0.125, 0.625, 0.375, 0.125],
        ];
        for (index, row) in (0u32..).zip(published) {
            let found: Vec<f64> = (0..4).map(|dimension| point(dimension, index)).collect();
            assert_eq!(found, row, "point {index}");
        }
    }

    /// However scrambled, every dimension of 2^m points has one point in each interval of length 2^-m, and every two
    /// neighbouring dimensions keep the evenness of their net.
    #[test]
    fn scrambled_points_stay_even() {
        for dimensions in [3, 70] {
            let sobol = Sobol::new(dimensions, 42, 0, 7);
            let mut out = [0; BLOCK];
            let mut all = Vec::new();
            for dimension in 0..dimensions {
                sobol.fill(dimension, 0, &mut out);
                let mut cells: Vec<u32> = out.iter().map(|point| point >> 24).collect();
                cells.sort_unstable();
                assert_eq!(cells, (0..256).collect::<Vec<u32>>(), "dimension {dimension}");
                all.push(out);
            }
            let mut pairs: Vec<(u32, u32)> = all[0].iter().zip(&all[1]).map(|(a, b)| (a >> 28, b >> 28)).collect();
            pairs.sort_unstable();
            pairs.dedup();
            assert_eq!(pairs.len(), 256, "the first two dimensions are a (0, 8, 2)-net");
        }
    }

    #[test]
    fn seeds_streams_and_replicates_give_other_points() {
        let first = |sobol: Sobol| {
            let mut out = [0; BLOCK];
            sobol.fill(1, 3, &mut out);
            out
        };
        let base = first(Sobol::new(2, 1, 0, 0));
        assert_eq!(base, first(Sobol::new(2, 1, 0, 0)));
        for other in [Sobol::new(2, 2, 0, 0), Sobol::new(2, 1, 1, 0), Sobol::new(2, 1, 0, 1)] {
            assert_ne!(base, first(other));
        }
    }
}
