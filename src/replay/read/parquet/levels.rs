//! Runs of small numbers (definition levels, positions in a dictionary), as Parquet writes them: repeated or bit-packed.

/// Reads a stretch of runs.
#[derive(Debug)]
pub struct Runs<'a> {
    data: &'a [u8],
    width: u32,
    /// The run at hand: values left, and what they are.
    left: usize,
    run: Run,
}

/// Where a reading of runs stands, without the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Bytes that are used up.
    used: usize,
    width: u32,
    left: usize,
    run: Run,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    /// All values are this.
    Repeated(u32),
    /// Packed from this bit on.
    Packed(usize),
}

impl Position {
    /// The beginning of runs of values of `width` bits; `None` for an impossible width.
    pub fn start(width: u8) -> Option<Self> {
        (width <= 32).then_some(Self { used: 0, width: u32::from(width), left: 0, run: Run::Repeated(0) })
    }

    /// Goes on reading `data`.
    pub fn resume(self, data: &[u8]) -> Option<Runs<'_>> {
        Some(Runs { data: data.get(self.used..)?, width: self.width, left: self.left, run: self.run })
    }
}

impl Runs<'_> {
    /// Where the reading of `data` stands.
    pub fn position(&self, data: &[u8]) -> Position {
        Position { used: data.len() - self.data.len(), width: self.width, left: self.left, run: self.run }
    }

    /// The next `count` values go through `map` into `out`; `None` where the data end before.
    pub fn read<T>(&mut self, mut count: usize, out: &mut Vec<T>, map: impl Fn(u32) -> Option<T>) -> Option<()>
    where
        T: Copy,
    {
        while count > 0 {
            if self.left == 0 {
                self.next_run()?;
            }
            let take = count.min(self.left);
            match self.run {
                Run::Repeated(value) => {
                    let value = map(value)?;
                    out.resize(out.len() + take, value);
                }
                Run::Packed(bit) => {
                    self.unpack(bit, take, out, &map)?;
                    self.run = Run::Packed(bit + take * self.width as usize);
                }
            }
            self.left -= take;
            count -= take;
            if self.left == 0
                && let Run::Packed(bit) = self.run
            {
                // A packed run ends at a whole byte: groups of eight values.
                self.data = self.data.get(bit.div_ceil(8)..)?;
            }
        }
        Some(())
    }

    /// Whether the next `count` values are all `value`, in one run; they are then passed over.
    pub fn skip_all(&mut self, count: usize, value: u32) -> Option<bool> {
        if self.left == 0 {
            self.next_run()?;
        }
        match self.run {
            Run::Repeated(known) if known == value && self.left >= count => {
                self.left -= count;
                Some(true)
            }
            _ => Some(false),
        }
    }

    fn next_run(&mut self) -> Option<()> {
        let mut header = 0u64;
        let mut shift = 0;
        loop {
            let (byte, rest) = self.data.split_first()?;
            self.data = rest;
            header |= u64::from(byte & 0x7F).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let length = usize::try_from(header >> 1).ok()?;
        if header & 1 == 0 {
            let bytes = (self.width as usize).div_ceil(8);
            let (value, rest) = self.data.split_at_checked(bytes)?;
            self.data = rest;
            let value = value.iter().rev().fold(0u32, |value, byte| value << 8 | u32::from(*byte));
            (self.left, self.run) = (length, Run::Repeated(value));
        } else {
            let values = length.checked_mul(8)?;
            // The last group may be cut where the page ends.
            let there = if self.width == 0 { values } else { self.data.len().checked_mul(8)? / self.width as usize };
            (self.left, self.run) = (values.min(there), Run::Packed(0));
        }
        (self.left > 0).then_some(())
    }

    fn unpack<T>(&self, bit: usize, count: usize, out: &mut Vec<T>, map: &impl Fn(u32) -> Option<T>) -> Option<()> {
        let width = self.width as usize;
        let mask = if width == 32 { u64::from(u32::MAX) } else { (1u64 << width) - 1 };
        out.reserve(count);
        let (mut bit, mut count) = (bit, count);
        // Four values lie in eight bytes where each has at most sixteen bits: they begin at a half of a byte at the latest.
        if width <= 16 && bit.is_multiple_of(4) {
            while count >= 4 {
                let Some(word) = self.data.get(bit / 8..).and_then(|tail| tail.first_chunk::<8>()) else { break };
                let word = u64::from_le_bytes(*word) >> (bit % 8);
                for at in 0..4 {
                    out.push(map((word >> (at * width) & mask) as u32)?);
                }
                bit += 4 * width;
                count -= 4;
            }
        }
        for _ in 0..count {
            let tail = self.data.get(bit / 8..)?;
            let word = match tail.first_chunk::<8>() {
                Some(word) => u64::from_le_bytes(*word),
                None => tail.iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte)),
            };
            out.push(map((word >> (bit % 8) & mask) as u32)?);
            bit += width;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(data: &[u8], width: u8, counts: &[usize]) -> Option<Vec<u32>> {
        let mut position = Position::start(width)?;
        let mut out = Vec::new();
        for count in counts {
            let mut runs = position.resume(data)?;
            runs.read(*count, &mut out, Some)?;
            position = runs.position(data);
        }
        Some(out)
    }

    /// The example of the format's description: 0 to 7 in three bits are 0x88 0xC6 0xFA.
    #[test]
    fn runs_are_read_as_the_format_describes_them() {
        let packed = [3, 0x88, 0xC6, 0xFA];
        for counts in [&[8][..], &[1, 7], &[3, 3, 2]] {
            assert_eq!(all(&packed, 3, counts), Some((0..8).collect()));
        }
        // Five times 6, then the packed ones.
        let both = [10, 6, 3, 0x88, 0xC6, 0xFA];
        assert_eq!(all(&both, 3, &[4, 4, 5]), Some([6, 6, 6, 6, 6].into_iter().chain(0..8).collect()));
        assert_eq!(all(&both, 3, &[14]), None);
        assert_eq!(all(&[200], 3, &[1]), None);
        assert_eq!(all(&[8], 0, &[4]), Some(vec![0; 4]));
    }
}
