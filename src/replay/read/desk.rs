//! Where the cells of a row become a request.

use super::why::Why;
use super::{number, time};
use crate::plan::log::{COUNTERS, Counter, Role};
use crate::replay::layout::{Identity, Layout, Rules, blocks_of};
use crate::replay::lexicon::{Lexicon, Memory};
use crate::replay::request::{MOST_GROUPINGS, NOTHING, Request, hash};

/// The names of a log, for all threads.
#[derive(Debug)]
pub struct Lexicons {
    /// Models.
    pub models: Lexicon,
    /// Service tiers.
    pub modes: Lexicon,
    /// Tasks, those of the scenario first.
    pub tasks: Lexicon,
    /// Values of the columns that costs are shown by.
    pub by: [Lexicon; MOST_GROUPINGS],
}

/// More different values make no breakdown that anybody reads.
const MOST_VALUES: usize = 100_000;
/// Words for the service that costs the standard price.
const STANDARD: [&[u8]; 6] = [b"", b"standard", b"default", b"auto", b"message", b"messages"];

impl Lexicons {
    /// Empty ones, but for the tasks of a scenario: there are no others, where it has some.
    pub fn new(tasks: &[&str]) -> Self {
        let lexicons = Self {
            models: Lexicon::new(MOST_VALUES),
            modes: Lexicon::new(MOST_VALUES),
            tasks: Lexicon::new(if tasks.is_empty() { MOST_VALUES } else { tasks.len() }),
            by: std::array::from_fn(|_| Lexicon::new(MOST_VALUES)),
        };
        for task in tasks {
            lexicons.tasks.handle(task.as_bytes());
        }
        lexicons
    }
}

/// What a record says in one place.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// This.
    Text(&'a [u8]),
    /// That there is nothing.
    Null,
    /// Nothing at all.
    Missing,
}

/// One thread's place to put requests together.
#[derive(Debug)]
pub struct Desk<'a> {
    models: Memory<'a>,
    modes: Memory<'a>,
    tasks: Memory<'a>,
    by: [Memory<'a>; MOST_GROUPINGS],
    batch: u32,
    /// The request at hand.
    pub request: Request,
    /// The blocks of its prompt.
    pub blocks: Vec<u64>,
}

impl<'a> Desk<'a> {
    /// An empty desk.
    pub fn new(lexicons: &'a Lexicons) -> Self {
        let mut modes = Memory::of(&lexicons.modes);
        let batch = modes.handle(b"batch").unwrap_or(NOTHING);
        Self {
            models: Memory::of(&lexicons.models),
            modes,
            tasks: Memory::of(&lexicons.tasks),
            by: std::array::from_fn(|index| Memory::of(lexicons.by.get(index).unwrap_or(&lexicons.tasks))),
            batch,
            request: Request::EMPTY,
            blocks: Vec::new(),
        }
    }

    /// Starts a request.
    #[inline]
    pub fn clear(&mut self, rules: &Rules) {
        self.request = rules.template;
        self.blocks.clear();
    }

    /// What every request of a file has, names turned into handles.
    pub fn prepare(&mut self, rules: &mut Rules) {
        self.request = rules.template;
        for (role, value) in rules.constants.clone() {
            // A lexicon that is full at the first name does not exist.
            let _ = self.set(role, value.as_bytes(), rules);
        }
        rules.template = self.request;
    }

    /// The modes of a batch flag that says no, and yes.
    pub fn modes_of_flag(&self, rules: &Rules) -> (u32, u32) {
        (rules.template.mode, self.batch)
    }

    /// Takes note of the batch flag.
    #[inline]
    pub fn set_batch(&mut self, flag: bool, rules: &Rules) {
        self.request.mode = if flag { self.batch } else { rules.template.mode };
    }

    /// Takes note of the model, whose name is in the first `length` bytes of `text`.
    ///
    /// # Errors
    /// A name that is none.
    #[inline(always)]
    pub fn set_model(&mut self, text: &[u8], length: usize) -> Result<(), Why> {
        self.request.model = self.models.handle_at(text, length, sound)?;
        Ok(())
    }

    /// Takes note of a value that costs are shown by, in the first `length` bytes of `text`.
    ///
    /// # Errors
    /// Too many values, or no text.
    #[inline]
    pub fn set_by(&mut self, index: usize, text: &[u8], length: usize) -> Result<(), Why> {
        if let (Some(memory), Some(slot)) = (self.by.get_mut(index), self.request.by.get_mut(index)) {
            *slot = memory.handle_at(text, length, |value| if value.is_empty() { Ok(()) } else { sound(value) })?;
        }
        Ok(())
    }

    /// Takes note of a cell.
    ///
    /// # Errors
    /// Why the cell cannot be what its column is.
    pub fn set(&mut self, role: Role, cell: &[u8], rules: &Rules) -> Result<(), Why> {
        match role {
            Role::Count(counter) => {
                let required = matches!(counter, Counter::Input | Counter::Output | Counter::Requests);
                let count = match number::count(cell) {
                    Err(Why::Empty) if !required => 0,
                    found => found?,
                };
                self.request.set(counter, count);
            }
            Role::Time => {
                if let Some(form) = rules.time {
                    self.request.time = time::read(form, cell.trim_ascii())?;
                }
            }
            Role::Model => self.set_model(cell, cell.len())?,
            Role::Mode => {
                if !STANDARD.contains(&cell) {
                    let lower = cell.to_ascii_lowercase();
                    self.request.mode =
                        if STANDARD.contains(&lower.as_slice()) { NOTHING } else { name_of(&mut self.modes, &lower)? };
                }
            }
            Role::Batch => {
                // A service tier of another column stays where the flag says no.
                if flag(cell)?.unwrap_or(false) {
                    self.set_batch(true, rules);
                }
            }
            Role::Batchable => self.request.batchable = Some(flag(cell)?.unwrap_or(false)),
            Role::Outcome(index) => {
                if flag(cell)?.ok_or(Why::Empty)? {
                    self.request.outcomes |= 1u32.wrapping_shl(u32::try_from(index).unwrap_or(31));
                }
            }
            Role::Task => {
                let found = name_of(&mut self.tasks, cell);
                self.request.task = found.map_err(|why| match why {
                    Why::TooManyValues(_) => Why::UnknownTask,
                    why => why,
                })?;
            }
            Role::By(index) => self.set_by(index, cell, cell.len())?,
            Role::Session => self.request.session = hash_of(cell),
            Role::Prompt => self.request.prompt = hash_of(cell),
            Role::Id => self.request.id = hash_of(cell),
            Role::Blocks => read_blocks(cell, &mut self.blocks)?,
            Role::Kind => {}
        }
        Ok(())
    }

    /// What a request has of `role` before anything is said.
    pub fn forget(&mut self, role: Role, rules: &Rules) {
        let (request, template) = (&mut self.request, &rules.template);
        match role {
            Role::Count(counter) => request.set(counter, template.count(counter)),
            Role::Time => request.time = template.time,
            Role::Model => request.model = template.model,
            Role::Mode | Role::Batch => request.mode = template.mode,
            Role::Task => request.task = template.task,
            Role::By(index) => {
                if let (Some(slot), Some(nothing)) = (request.by.get_mut(index), template.by.get(index)) {
                    *slot = *nothing;
                }
            }
            Role::Session => request.session = template.session,
            Role::Prompt => request.prompt = template.prompt,
            Role::Id => request.id = template.id,
            Role::Batchable => request.batchable = template.batchable,
            Role::Outcome(_) | Role::Blocks | Role::Kind => {}
        }
    }

    /// What [`Desk::set`] made of a cell, as a number; [`Desk::put`] takes it back.
    pub fn number_of(&self, role: Role) -> i64 {
        let request = &self.request;
        let hash = |hash: u64| i64::from_le_bytes(hash.to_le_bytes());
        match role {
            Role::Count(counter) => i64::try_from(request.count(counter)).unwrap_or(i64::MAX),
            Role::Time => request.time,
            Role::Model => i64::from(request.model),
            Role::Mode | Role::Batch => i64::from(request.mode),
            Role::Task => i64::from(request.task),
            Role::By(index) => request.by.get(index).map_or(i64::from(NOTHING), |handle| i64::from(*handle)),
            Role::Session => hash(request.session),
            Role::Prompt => hash(request.prompt),
            Role::Id => hash(request.id),
            Role::Batchable => i64::from(request.batchable == Some(true)),
            Role::Outcome(_) => i64::from(request.outcomes != 0),
            Role::Blocks | Role::Kind => 0,
        }
    }

    /// Takes note of a value that is a number: of a text what [`Desk::number_of`] said, else the number itself.
    ///
    /// # Errors
    /// A number that cannot be what its column is.
    #[inline]
    pub fn put(&mut self, role: Role, value: i64, is_text: bool, rules: &Rules) -> Result<(), Why> {
        if !is_text {
            return match (role, value) {
                (Role::Batch, 0 | 1) => {
                    if value == 1 || self.request.mode == self.batch {
                        self.set_batch(value == 1, rules);
                    }
                    Ok(())
                }
                (_, value) => self.set(role, value.to_string().as_bytes(), rules),
            };
        }
        let handle = value as u32;
        let hash = u64::from_le_bytes(value.to_le_bytes());
        let request = &mut self.request;
        match role {
            Role::Model => request.model = handle,
            Role::Mode => request.mode = handle,
            Role::Batch if handle == self.batch || request.mode == self.batch => request.mode = handle,
            Role::Batch => {}
            Role::Task => request.task = handle,
            Role::By(index) => {
                if let Some(slot) = request.by.get_mut(index) {
                    *slot = handle;
                }
            }
            Role::Count(counter) => request.set(counter, hash),
            Role::Time => request.time = value,
            Role::Session => request.session = hash,
            Role::Prompt => request.prompt = hash,
            Role::Id => request.id = hash,
            Role::Batchable => request.batchable = Some(value == 1),
            Role::Outcome(index) => {
                if value == 1 {
                    request.outcomes |= 1u32.wrapping_shl(u32::try_from(index).unwrap_or(31));
                }
            }
            Role::Blocks | Role::Kind => {}
        }
        Ok(())
    }

    /// Puts a request together from its cells; `false` for a record that is none.
    ///
    /// # Errors
    /// What is wrong, with the position of the field where one is to blame.
    pub fn take<'c>(
        &mut self,
        layout: &Layout,
        cell: impl Fn(usize) -> Said<'c>,
    ) -> Result<bool, (Option<usize>, Why)> {
        let rules = &layout.rules;
        let position = |role| layout.fields.iter().position(|field| field.roles.contains(&role));
        if let Some(at) = position(Role::Kind)
            && !matches!(cell(at), Said::Text(text) if rules.kinds.iter().any(|kind| kind.as_bytes() == text))
        {
            return Ok(false);
        }
        self.clear(rules);
        for (index, field) in layout.fields.iter().enumerate() {
            for role in &field.roles {
                let found = match cell(index) {
                    Said::Text(text) => self.set(*role, text, rules),
                    Said::Null if role.is_required() => Err(Why::Empty),
                    Said::Missing if role.is_required() => Err(Why::Missing),
                    Said::Null | Said::Missing => self.set(*role, b"", rules).or(Ok(())),
                };
                found.map_err(|why| (Some(index), why))?;
            }
        }
        self.finish(rules).map_err(|(role, why)| (position(role), why))?;
        Ok(true)
    }

    /// Completes the request: the input count becomes the whole prompt, the output count the visible answer.
    ///
    /// # Errors
    /// Counts that contradict each other.
    #[inline(always)]
    pub fn finish(&mut self, rules: &Rules) -> Result<(), (Role, Why)> {
        if rules.is_plain {
            // The careful way has the words where they do not.
            if self.request.has_parts_that_fit() {
                return Ok(());
            }
        }
        self.complete(rules)
    }

    #[inline(never)]
    fn complete(&mut self, rules: &Rules) -> Result<(), (Role, Why)> {
        let of = |counter| Role::Count(counter);
        let [input, cached, written, written_1h, output, reasoning, ..]: [u64; COUNTERS] = self.request.counts;
        let mut written = written;
        if rules.written_includes_1h {
            written = written.checked_sub(written_1h).ok_or((of(Counter::Written), Why::Parts(written_1h, written)))?;
            self.request.set(Counter::Written, written);
        }
        // Each count is below 2^40.
        let all_written = written.wrapping_add(written_1h);
        let mut whole = input;
        if !rules.includes.cached {
            whole = whole.wrapping_add(cached);
        }
        if !rules.includes.written {
            whole = whole.wrapping_add(all_written);
        }
        let parts = cached.wrapping_add(all_written);
        if parts > whole {
            return Err((of(Counter::Input), Why::Parts(parts, whole)));
        }
        self.request.set(Counter::Input, whole);
        if rules.reasoning_in_output && reasoning > 0 {
            let visible =
                output.checked_sub(reasoning).ok_or((of(Counter::Output), Why::Reasoning(reasoning, output)))?;
            self.request.set(Counter::Output, visible);
        }
        if rules.has_parts {
            self.check_parts()?;
        }
        if let Some(block) = rules.block
            && !self.blocks.is_empty()
        {
            let blocks = self.blocks.len() as u64;
            // A last block that is not full may be left out: it can never be a hit.
            let full = whole / block;
            if blocks != blocks_of(whole, block) && blocks != full {
                return Err((Role::Blocks, Why::Blocks(blocks, whole, block)));
            }
        }
        match rules.identity {
            None => {}
            Some(Identity::Id) if self.request.id != 0 => {}
            Some(Identity::Session) => self.request.id = self.request.session,
            Some(Identity::Id | Identity::Content) => self.request.id = self.content(),
        }
        Ok(())
    }

    fn check_parts(&self) -> Result<(), (Role, Why)> {
        let parts: u64 = Counter::ALL.iter().filter(|c| c.is_part()).map(|part| self.request.count(*part)).sum();
        let input = self.request.count(Counter::Input);
        if parts > input { Err((Role::Count(Counter::Input), Why::PromptParts(parts, input))) } else { Ok(()) }
    }

    /// A hash of time and counts.
    fn content(&self) -> u64 {
        let mut bytes = [0u8; 64];
        let numbers = std::iter::once(self.request.time as u64).chain(self.request.counts.iter().copied());
        for (slot, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
        hash(&bytes)
    }
}

/// Nothing is the same as no hash.
fn hash_of(cell: &[u8]) -> u64 {
    if cell.is_empty() { 0 } else { hash(cell).max(1) }
}

/// A name that must be there and be text.
#[inline]
fn name_of(memory: &mut Memory<'_>, name: &[u8]) -> Result<u32, Why> {
    memory.handle_or(name, sound)
}

/// Whether bytes can be a name; asked once for each name.
fn sound(name: &[u8]) -> Result<(), Why> {
    if name.trim_ascii().is_empty() {
        return Err(Why::Empty);
    }
    if name.contains(&0) {
        return Err(Why::Nul);
    }
    if name.contains(&b'\r') {
        return Err(Why::BareReturn);
    }
    std::str::from_utf8(name).map(|_| ()).map_err(|_| Why::NotUtf8)
}

/// `true`, `1`, `yes`, ... ; `None` where nothing stands.
///
/// # Errors
/// Anything else.
pub fn flag(cell: &[u8]) -> Result<Option<bool>, Why> {
    match cell.trim_ascii() {
        b"" => Ok(None),
        b"1" | b"t" | b"true" | b"True" | b"TRUE" | b"yes" | b"y" | b"1.0" => Ok(Some(true)),
        b"0" | b"f" | b"false" | b"False" | b"FALSE" | b"no" | b"n" | b"0.0" => Ok(Some(false)),
        _ => Err(Why::NotYesOrNo),
    }
}

/// `[1, 2, 3]`, or the same with texts: their hashes.
fn read_blocks(cell: &[u8], blocks: &mut Vec<u64>) -> Result<(), Why> {
    let inner = cell.trim_ascii();
    let inner = inner.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).ok_or(Why::NotBlocks)?;
    let mut rest = inner.trim_ascii_start();
    while !rest.is_empty() {
        let used = match rest.first() {
            Some(b'"') => {
                let end = rest.iter().skip(1).position(|byte| *byte == b'"').ok_or(Why::NotBlocks)?;
                blocks.push(hash(rest.get(1..=end).unwrap_or_default()));
                end + 2
            }
            _ => {
                let (number, used) = number::digits(rest).ok_or(Why::NotBlocks)?;
                blocks.push(number);
                used
            }
        };
        rest = rest.get(used..).unwrap_or_default().trim_ascii_start();
        match rest.split_first() {
            None => {}
            Some((b',', behind)) => {
                rest = behind.trim_ascii_start();
                if rest.is_empty() {
                    return Err(Why::NotBlocks);
                }
            }
            Some(_) => return Err(Why::NotBlocks),
        }
    }
    Ok(())
}
