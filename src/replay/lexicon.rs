//! Names as small numbers: one lexicon for all threads, and what each thread remembers of it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::read::why::Why;
use super::request::hash;

/// Every name that was seen, by handle. Handles are given in the order in which threads come by; results go by name.
#[derive(Debug)]
pub struct Lexicon {
    known: Mutex<Known>,
    most: usize,
}

#[derive(Default, Debug)]
struct Known {
    handles: HashMap<Arc<[u8]>, u32>,
    names: Vec<Arc<[u8]>>,
}

impl Lexicon {
    /// An empty one that takes up to `most` names.
    pub fn new(most: usize) -> Self {
        Self { known: Mutex::default(), most }
    }

    /// The handle of `name`; `None` when there are too many names already.
    pub fn handle(&self, name: &[u8]) -> Option<u32> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = known.handles.get(name) {
            return Some(*handle);
        }
        let next = known.names.len();
        if next >= self.most {
            return None;
        }
        let name: Arc<[u8]> = name.into();
        let handle = u32::try_from(next).ok()?;
        known.handles.insert(Arc::clone(&name), handle);
        known.names.push(name);
        Some(handle)
    }

    /// The name behind a handle, as text.
    pub fn name(&self, handle: u32) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.names.get(handle as usize).map(|name| String::from_utf8_lossy(name).into_owned())
    }

    /// How many names there may be.
    pub fn most(&self) -> usize {
        self.most
    }
}

/// What one thread remembers of a lexicon. Names of up to sixteen bytes are two numbers, and the latest of each place in
/// a small table are found without hashing.
#[derive(Debug)]
pub struct Memory<'a> {
    lexicon: &'a Lexicon,
    latest: Vec<Short>,
    handles: HashMap<Box<[u8]>, u32, BuildHasherDefault<Quick>>,
}

/// A short name: its length, its first and its last eight bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Short {
    length: usize,
    first: u64,
    last: u64,
    handle: u32,
}

/// Places for short names, as a power of two.
const PLACES: u32 = 8;

impl Short {
    const NONE: Self = Self { length: usize::MAX, first: 0, last: 0, handle: 0 };

    /// The numbers of the name in the first `length` bytes of `text`; `None` for a longer one.
    #[inline(always)]
    fn of(text: &[u8], length: usize) -> Option<Self> {
        let first = match text.first_chunk::<8>() {
            Some(first) => u64::from_le_bytes(*first),
            None => text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        if length < 8 {
            let mask = 1u64.wrapping_shl(8u32.wrapping_mul(length as u32)).wrapping_sub(1);
            return Some(Self { length, first: first & mask, last: 0, handle: 0 });
        }
        let last = text.get(length.wrapping_sub(8)..)?.first_chunk::<8>()?;
        (length <= 16).then_some(Self { length, first, last: u64::from_le_bytes(*last), handle: 0 })
    }

    #[inline]
    fn place(&self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> (64 - PLACES)) as usize
    }

    #[inline]
    fn is(&self, other: &Self) -> bool {
        self.length == other.length && self.first == other.first && self.last == other.last
    }
}

impl<'a> Memory<'a> {
    /// Remembers nothing yet.
    pub fn of(lexicon: &'a Lexicon) -> Self {
        Self { lexicon, latest: vec![Short::NONE; 1 << PLACES], handles: HashMap::default() }
    }

    /// The handle of `name`; `None` when there are too many names already.
    pub fn handle(&mut self, name: &[u8]) -> Option<u32> {
        self.handle_or(name, |_| Ok(())).ok()
    }

    /// The handle of the name in the first `length` bytes of `text`, which `check` is asked about when it is new here.
    ///
    /// # Errors
    /// What `check` says, and too many names.
    #[inline(always)]
    pub fn handle_at(
        &mut self,
        text: &[u8],
        length: usize,
        check: impl FnOnce(&[u8]) -> Result<(), Why>,
    ) -> Result<u32, Why> {
        let short = Short::of(text, length);
        if let Some(short) = &short
            && let Some(known) = self.latest.get(short.place())
            && known.is(short)
        {
            return Ok(known.handle);
        }
        self.look_up(text.get(..length).unwrap_or_default(), short, check)
    }

    /// The same for the whole of `name`.
    ///
    /// # Errors
    /// As [`Memory::handle_at`].
    #[inline]
    pub fn handle_or(&mut self, name: &[u8], check: impl FnOnce(&[u8]) -> Result<(), Why>) -> Result<u32, Why> {
        self.handle_at(name, name.len(), check)
    }

    #[inline(never)]
    fn look_up(
        &mut self,
        name: &[u8],
        short: Option<Short>,
        check: impl FnOnce(&[u8]) -> Result<(), Why>,
    ) -> Result<u32, Why> {
        let handle = match self.handles.get(name) {
            Some(handle) => *handle,
            None => {
                check(name)?;
                self.learn(name)?
            }
        };
        if let Some(short) = short
            && let Some(place) = self.latest.get_mut(short.place())
        {
            *place = Short { handle, ..short };
        }
        Ok(handle)
    }

    #[cold]
    fn learn(&mut self, name: &[u8]) -> Result<u32, Why> {
        let handle = self.lexicon.handle(name).ok_or(Why::TooManyValues(self.lexicon.most()))?;
        self.handles.insert(name.into(), handle);
        Ok(handle)
    }
}

/// A fast hash for short names; who feeds it hostile ones slows only this run.
#[derive(Default, Debug)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(5) ^ hash(bytes);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.0 = (self.0.rotate_left(5) ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
