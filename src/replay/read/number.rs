//! Digits as numbers, eight at a time.

use super::why::Why;

/// More tokens than any request has; sums of a chunk's rows stay below 2^63.
pub const MOST_TOKENS: u64 = 1 << 40;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// 0x7F - 9: added to a byte above 9, it reaches the high bit.
const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;

/// The number that the leading digits of `text` write, and how many there are; `None` without one or beyond 64 bits.
#[inline]
pub fn digits(text: &[u8]) -> Option<(u64, usize)> {
    let Some(head) = text.first_chunk::<8>() else { return few(text) };
    let word = u64::from_le_bytes(*head) ^ ZEROS;
    // A byte that is no digit flags itself and may flag bytes behind it; the first flag is right.
    let flags = (word.wrapping_add(ABOVE_NINE) | word) & HIGH_BITS;
    if flags == 0 {
        return many(text, eight(word));
    }
    let length = flags.trailing_zeros() / 8;
    if length == 0 {
        return None;
    }
    // The digits move to the end; zeros before them count nothing.
    Some((eight(word.wrapping_shl(64u32.wrapping_sub(8 * length))), length as usize))
}

/// Eight digits, the first in the lowest byte: pairs, then fours, then all.
#[inline]
fn eight(word: u64) -> u64 {
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF
}

/// At the end of a text, fewer than eight bytes are left.
fn few(text: &[u8]) -> Option<(u64, usize)> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = text.iter().take(length).fold(0u64, |value, byte| value * 10 + u64::from(byte & 15));
    (length > 0).then_some((value, length))
}

/// More than eight digits: times, as a rule of up to sixteen.
#[inline]
fn many(text: &[u8], first: u64) -> Option<(u64, usize)> {
    const TENS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    let mut value = first;
    let mut length = 8;
    if let Some(next) = text.get(8..)?.first_chunk::<8>() {
        let word = u64::from_le_bytes(*next) ^ ZEROS;
        let flags = (word.wrapping_add(ABOVE_NINE) | word) & HIGH_BITS;
        let more = flags.trailing_zeros() / 8;
        if more == 0 {
            return Some((value, length));
        }
        if let Some(tens) = TENS.get(more as usize) {
            let rest = eight(word.wrapping_shl(64u32.wrapping_sub(8 * more)));
            return Some((value.wrapping_mul(*tens).wrapping_add(rest), length + more as usize));
        }
    }
    for byte in text.get(8..)?.iter().take_while(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(u64::from(byte & 15))?;
        length += 1;
    }
    Some((value, length))
}

/// The number in a cell that ends with `end` (a line end may be two bytes), and what is behind it; `None` where the cell is
/// anything else.
#[inline(always)]
pub fn cell(text: &[u8], end: u8) -> Option<(u64, &[u8])> {
    let Some(head) = text.first_chunk::<8>() else { return last_cell(text, end) };
    let raw = u64::from_le_bytes(*head);
    let word = raw ^ ZEROS;
    let flags = (word.wrapping_add(ABOVE_NINE) | word) & HIGH_BITS;
    let bits = flags.trailing_zeros() & !7;
    if bits == 0 || flags == 0 {
        return last_cell(text, end);
    }
    // The byte behind the digits is in the word, too.
    if raw.wrapping_shr(bits) as u8 != end {
        return last_cell(text, end);
    }
    let value = eight(word.wrapping_shl(64u32.wrapping_sub(bits)));
    Some((value, text.get((bits as usize / 8).wrapping_add(1)..)?))
}

/// The same for long numbers, line ends of two bytes, and the end of a text.
#[inline(never)]
fn last_cell(text: &[u8], end: u8) -> Option<(u64, &[u8])> {
    let (value, length) = digits(text)?;
    match text.get(length..)? {
        [byte, behind @ ..] if *byte == end => Some((value, behind)),
        [b'\r', b'\n', behind @ ..] if end == b'\n' => Some((value, behind)),
        _ => None,
    }
}

/// Tokens as a cell writes them: whole, not negative, of a sensible size. `12.0` is whole (a column with gaps is often
/// written so), `12.5` is not.
///
/// # Errors
/// Why `text` is no such number.
pub fn count(text: &[u8]) -> Result<u64, Why> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(Why::Empty);
    }
    if let Some(rest) = text.strip_prefix(b"-") {
        return Err(if digits(rest).is_some() { Why::Negative } else { Why::NotANumber });
    }
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let Some((value, used)) = digits(text) else {
        let endless = text.iter().all(u8::is_ascii_digit);
        return Err(if endless { Why::TooMany } else { Why::NotANumber });
    };
    match text.get(used..).unwrap_or_default() {
        [] => {}
        [b'.', zeros @ ..] if zeros.iter().all(|byte| *byte == b'0') => {}
        [b'.', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => return Err(Why::Fraction),
        _ => return Err(Why::NotANumber),
    }
    if value <= MOST_TOKENS { Ok(value) } else { Err(Why::TooMany) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_count_says_why() {
        for (text, found) in [
            ("0", Ok(0)),
            ("1200", Ok(1200)),
            (" 7 ", Ok(7)),
            ("12.0", Ok(12)),
            ("12.", Ok(12)),
            ("00000000000000000012", Ok(12)),
            ("1099511627776", Ok(MOST_TOKENS)),
            ("1099511627777", Err(Why::TooMany)),
            ("99999999999999999999999", Err(Why::TooMany)),
            ("", Err(Why::Empty)),
            ("-5", Err(Why::Negative)),
            ("1.5", Err(Why::Fraction)),
            ("1e3", Err(Why::NotANumber)),
            ("1,200", Err(Why::NotANumber)),
            ("n/a", Err(Why::NotANumber)),
            ("12\0", Err(Why::NotANumber)),
            ("-", Err(Why::NotANumber)),
        ] {
            assert_eq!(count(text.as_bytes()), found, "{text}");
        }
    }

    proptest! {
        /// Against the standard library.
        #[test]
        fn digits_are_read_as_the_standard_library_reads_them(value: u64, zeros in 0usize..12, behind in "[^0-9]{0,9}") {
            let number = format!("{}{value}", "0".repeat(zeros));
            let text = format!("{number}{behind}");
            prop_assert_eq!(digits(text.as_bytes()), Some((value, number.len())));
        }

        #[test]
        fn other_bytes_are_no_digits(bytes: Vec<u8>) {
            let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let known = std::str::from_utf8(&bytes[..length]).unwrap().parse::<u64>().ok();
            prop_assert_eq!(digits(&bytes), known.map(|value| (value, length)));
        }
    }
}
