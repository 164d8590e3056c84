//! The values of one column of a group of rows, a few thousand at a time.
//!
//! Pages are unpacked by the `parquet` crate; plain and dictionary-coded values, which is what writers of tables use, are
//! decoded here: a name of a dictionary becomes a number once, not once per row.

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};

use super::levels::Position;
use crate::replay::read::why::Why;

/// No value stands here.
pub const NULL: i64 = i64::MIN;
/// A number with a fraction.
pub const FRACTION: i64 = i64::MIN + 1;
/// What texts that cannot be what their column is are written as: this, and the position in the list of reasons above it.
pub const WRONG: i64 = i64::MIN + 2;
/// Reasons that are kept.
const MOST_WRONG: usize = 1 << 16;

/// A column being read. Its values are numbers; texts become numbers by `read`.
pub struct Column {
    pages: Box<dyn PageReader>,
    kind: Type,
    max_level: i16,
    dictionary: Vec<i64>,
    page: Option<Open>,
    /// What is wrong with texts that are no values of their column.
    pub wrong: Vec<Why>,
}

/// A page that is being read.
struct Open {
    data: bytes::Bytes,
    left: usize,
    levels: Option<(usize, usize, Position)>,
    values: Coded,
}

/// How the values of a page are written.
#[derive(Clone, Copy)]
enum Coded {
    /// One after the other, from this byte on.
    Plain(usize),
    /// Bits, from this byte and bit on.
    Bits(usize, usize),
    /// As positions in the dictionary, from this byte on.
    Dictionary(usize, Position),
}

/// Why a column cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// What the crate says.
    Said(String),
    /// An encoding that is not known here.
    Encoding(String),
    /// The data end before the rows do, or contradict each other.
    Damaged,
}

impl Column {
    /// A column of values of `kind`, which are there where the level is `max_level`.
    pub fn new(pages: Box<dyn PageReader>, kind: Type, max_level: i16) -> Self {
        Self { pages, kind, max_level, dictionary: Vec::new(), page: None, wrong: Vec::new() }
    }

    /// The next `count` values, as numbers, into `out`; texts become numbers by `read`.
    ///
    /// # Errors
    /// A file that is damaged or written in a way that is not known here.
    pub fn read(
        &mut self,
        mut count: usize,
        out: &mut Vec<i64>,
        read: &mut impl FnMut(&[u8]) -> Result<i64, Why>,
    ) -> Result<(), Unreadable> {
        out.clear();
        while count > 0 {
            if self.page.as_ref().is_none_or(|page| page.left == 0) {
                self.next_page(read)?;
                continue;
            }
            let Some(mut page) = self.page.take() else { return Err(Unreadable::Damaged) };
            let take = count.min(page.left);
            self.read_page(&mut page, take, out, read).ok_or(Unreadable::Damaged)?;
            page.left -= take;
            count -= take;
            self.page = Some(page);
        }
        Ok(())
    }

    fn next_page(&mut self, read: &mut impl FnMut(&[u8]) -> Result<i64, Why>) -> Result<(), Unreadable> {
        let page = self.pages.get_next_page().map_err(|error| Unreadable::Said(error.to_string()))?;
        match page {
            None => Err(Unreadable::Damaged),
            Some(Page::DictionaryPage { buf, num_values, encoding, .. }) => {
                if !matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) {
                    return Err(Unreadable::Encoding(encoding.to_string()));
                }
                let mut values = Vec::new();
                let mut at = 0;
                self.plain(&buf, &mut at, num_values as usize, &mut values, read).ok_or(Unreadable::Damaged)?;
                self.dictionary = values;
                Ok(())
            }
            Some(Page::DataPage { buf, num_values, encoding, def_level_encoding, .. }) => {
                let mut at = 0;
                let levels = if self.max_level > 0 {
                    if def_level_encoding != Encoding::RLE {
                        return Err(Unreadable::Encoding(format!("{def_level_encoding} levels")));
                    }
                    let length = buf.first_chunk::<4>().map(|length| u32::from_le_bytes(*length) as usize);
                    let length = length.ok_or(Unreadable::Damaged)?;
                    at = 4usize.checked_add(length).filter(|end| *end <= buf.len()).ok_or(Unreadable::Damaged)?;
                    Some((4, at, self.first_level()?))
                } else {
                    None
                };
                self.open(buf, num_values, levels, at, encoding)
            }
            Some(Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. }) => {
                let from = rep_levels_byte_len as usize;
                let to = from.checked_add(def_levels_byte_len as usize).filter(|end| *end <= buf.len());
                let to = to.ok_or(Unreadable::Damaged)?;
                let levels = if self.max_level > 0 { Some((from, to, self.first_level()?)) } else { None };
                self.open(buf, num_values, levels, to, encoding)
            }
        }
    }

    fn first_level(&self) -> Result<Position, Unreadable> {
        let width = u16::BITS - self.max_level.unsigned_abs().leading_zeros();
        u8::try_from(width).ok().and_then(Position::start).ok_or(Unreadable::Damaged)
    }

    fn open(
        &mut self,
        data: bytes::Bytes,
        values: u32,
        levels: Option<(usize, usize, Position)>,
        at: usize,
        encoding: Encoding,
    ) -> Result<(), Unreadable> {
        let values_from = match encoding {
            Encoding::PLAIN if self.kind == Type::BOOLEAN => Coded::Bits(at, 0),
            Encoding::PLAIN => Coded::Plain(at),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                // A page of nothing but nulls may have no width.
                let width = data.get(at).copied().unwrap_or(0);
                Coded::Dictionary(at + 1, Position::start(width).ok_or(Unreadable::Damaged)?)
            }
            Encoding::RLE if self.kind == Type::BOOLEAN => {
                Coded::Dictionary(at + 4, Position::start(1).ok_or(Unreadable::Damaged)?)
            }
            other => return Err(Unreadable::Encoding(other.to_string())),
        };
        if encoding == Encoding::RLE {
            self.dictionary = vec![0, 1];
        }
        self.page = Some(Open { data, left: values as usize, levels, values: values_from });
        Ok(())
    }

    fn read_page(
        &mut self,
        page: &mut Open,
        count: usize,
        out: &mut Vec<i64>,
        read: &mut impl FnMut(&[u8]) -> Result<i64, Why>,
    ) -> Option<()> {
        let Some((from, to, position)) = &mut page.levels else {
            return self.values(&page.data, &mut page.values, count, out, read);
        };
        let data = page.data.get(*from..*to)?;
        let mut runs = position.resume(data)?;
        let max = u32::from(self.max_level.unsigned_abs());
        if runs.skip_all(count, max)? {
            *position = runs.position(data);
            return self.values(&page.data, &mut page.values, count, out, read);
        }
        let mut levels: Vec<u32> = Vec::new();
        runs.read(count, &mut levels, Some)?;
        *position = runs.position(data);
        let present = levels.iter().filter(|level| **level == max).count();
        let mut values = Vec::new();
        self.values(&page.data, &mut page.values, present, &mut values, read)?;
        let mut values = values.into_iter();
        for level in levels {
            out.push(if level == max { values.next()? } else { NULL });
        }
        Some(())
    }

    fn values(
        &mut self,
        data: &bytes::Bytes,
        coded: &mut Coded,
        count: usize,
        out: &mut Vec<i64>,
        read: &mut impl FnMut(&[u8]) -> Result<i64, Why>,
    ) -> Option<()> {
        match coded {
            Coded::Plain(at) => self.plain(data, at, count, out, read),
            Coded::Bits(at, bit) => {
                for _ in 0..count {
                    out.push(i64::from(data.get(*at + *bit / 8)? >> (*bit % 8) & 1));
                    *bit += 1;
                }
                Some(())
            }
            Coded::Dictionary(from, position) => {
                let data = data.get(*from..).unwrap_or_default();
                let mut runs = position.resume(data)?;
                let dictionary = self.dictionary.as_slice();
                runs.read(count, out, |index| dictionary.get(index as usize).copied())?;
                *position = runs.position(data);
                Some(())
            }
        }
    }

    /// Values written one after the other, from byte `at` on.
    fn plain(
        &mut self,
        data: &[u8],
        at: &mut usize,
        count: usize,
        out: &mut Vec<i64>,
        read: &mut impl FnMut(&[u8]) -> Result<i64, Why>,
    ) -> Option<()> {
        let rest = data.get(*at..)?;
        match self.kind {
            Type::INT64 => fixed::<8>(rest, at, count, out, i64::from_le_bytes),
            Type::INT32 => fixed::<4>(rest, at, count, out, |bytes| i64::from(i32::from_le_bytes(bytes))),
            Type::DOUBLE => fixed::<8>(rest, at, count, out, |bytes| whole(f64::from_le_bytes(bytes))),
            Type::FLOAT => fixed::<4>(rest, at, count, out, |bytes| whole(f64::from(f32::from_le_bytes(bytes)))),
            Type::BYTE_ARRAY => {
                let mut rest = rest;
                for _ in 0..count {
                    let (length, behind) = rest.split_first_chunk::<4>()?;
                    let (text, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                    let value = read(text).unwrap_or_else(|why| self.note(why));
                    out.push(value);
                    rest = behind;
                }
                *at = data.len() - rest.len();
                Some(())
            }
            Type::BOOLEAN | Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY => None,
        }
    }

    fn note(&mut self, why: Why) -> i64 {
        let at = self.wrong.iter().position(|known| *known == why).unwrap_or_else(|| {
            if self.wrong.len() < MOST_WRONG {
                self.wrong.push(why);
            }
            self.wrong.len() - 1
        });
        WRONG + at as i64
    }
}

fn fixed<const N: usize>(
    data: &[u8],
    at: &mut usize,
    count: usize,
    out: &mut Vec<i64>,
    value: impl Fn([u8; N]) -> i64,
) -> Option<()> {
    let bytes = data.get(..count.checked_mul(N)?)?;
    let (values, _) = bytes.as_chunks::<N>();
    out.extend(values.iter().map(|bytes| value(*bytes)));
    *at += bytes.len();
    Some(())
}

/// A whole number written as a real one; what is not a number says nothing.
fn whole(value: f64) -> i64 {
    // Every whole number below 2^53 is a real one.
    const MOST: f64 = 9_007_199_254_740_992.0;
    if value.is_nan() {
        NULL
    } else if value.fract() == 0.0 && value.abs() <= MOST {
        value as i64
    } else {
        FRACTION
    }
}
