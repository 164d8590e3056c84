//! Exact counts of whole numbers, for percentiles of lengths that no sample can blur.

use std::collections::BTreeMap;

/// Numbers below this, where most are, have a place of their own from the beginning.
const LOW: usize = 1 << 16;
/// Numbers on a page of higher ones, as a power of two.
const PAGE: u32 = 12;
/// Pages that are found by position; the ones behind are looked up.
const PAGES: usize = 256;

/// How often each number came up. Memory grows with the range of the numbers, not with how many there are.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// Small counters stay near the processor; what they cannot hold is in `more`.
    low: Vec<u32>,
    pages: Vec<Vec<u64>>,
    more: BTreeMap<u64, u64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { low: vec![0; LOW], pages: Vec::new(), more: BTreeMap::new() }
    }
}

impl Histogram {
    /// Counts `number` once.
    #[inline(always)]
    pub fn count_one(&mut self, number: u64) {
        match self.low.get_mut(number as usize) {
            Some(slot) if *slot < u32::MAX => *slot = slot.wrapping_add(1),
            _ => self.add(number, 1),
        }
    }

    /// Counts `number`, `times` over.
    pub fn add(&mut self, number: u64, times: u64) {
        let page = (number >> PAGE) as usize;
        if (number as usize) < LOW || page >= PAGES {
            let slot = self.more.entry(number).or_default();
            *slot = slot.wrapping_add(times);
            return;
        }
        if self.pages.len() <= page {
            self.pages.resize(page + 1, Vec::new());
        }
        if let Some(page) = self.pages.get_mut(page) {
            if page.is_empty() {
                page.resize(1 << PAGE, 0);
            }
            if let Some(slot) = page.get_mut((number & ((1 << PAGE) - 1)) as usize) {
                *slot = slot.wrapping_add(times);
            }
        }
    }

    /// Adds what another thread counted.
    pub fn merge(&mut self, other: &Self) {
        for (number, times) in other.numbers() {
            self.add(number, times);
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.numbers().map(|(_, times)| times).fold(0, u64::wrapping_add)
    }

    /// Their sum.
    pub fn sum(&self) -> u128 {
        self.numbers()
            .map(|(number, times)| u128::from(number).wrapping_mul(u128::from(times)))
            .fold(0, u128::wrapping_add)
    }

    /// Each number that came up, ascending, and how often.
    pub fn numbers(&self) -> impl Iterator<Item = (u64, u64)> {
        let extra = |number: u64| self.more.get(&number).copied().unwrap_or(0);
        let low = self.low.iter().zip(0u64..).map(move |(times, number)| (number, u64::from(*times) + extra(number)));
        let pages =
            self.pages.iter().zip(0u64..).flat_map(|(page, at)| {
                page.iter().zip(0u64..).map(move |(times, index)| ((at << PAGE) + index, *times))
            });
        let high = self.more.range((PAGES as u64) << PAGE..).map(|(number, times)| (*number, *times));
        low.chain(pages).chain(high).filter(|(_, times)| *times > 0)
    }

    /// The number at position `ceil(percent / 100 x count)` of the sorted numbers, from 1; `None` of none.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (u128::from(self.count()) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0u128;
        for (number, times) in self.numbers() {
            seen += u128::from(times);
            if seen >= wanted {
                return Some(number);
            }
        }
        None
    }

    /// The greatest number.
    pub fn max(&self) -> Option<u64> {
        self.numbers().last().map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against the sorted list.
        #[test]
        fn percentiles_are_those_of_the_sorted_list(
            mut numbers in proptest::collection::vec(0u64..3_000_000, 1..300),
            percent in 1u64..=100,
            cut in 0usize..300,
        ) {
            let (mut a, mut b) = (Histogram::default(), Histogram::default());
            for (index, number) in numbers.iter().enumerate() {
                if index < cut { a.add(*number, 1) } else { b.add(*number, 1) }
            }
            a.merge(&b);
            numbers.sort_unstable();
            let index = (numbers.len() as u64 * percent).div_ceil(100) as usize - 1;
            prop_assert_eq!(a.percentile(percent), Some(numbers[index]));
            prop_assert_eq!(a.max(), numbers.last().copied());
            prop_assert_eq!(a.sum(), numbers.iter().map(|n| u128::from(*n)).sum::<u128>());
        }
    }
}
