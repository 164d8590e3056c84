//! What a scenario says of request logs: which column is what, and what its counts include.

use crate::diag::suggest;

/// What is counted of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(usize)]
pub enum Counter {
    /// Tokens of the whole prompt, cached and written ones included.
    Input,
    /// Of these, read from the prompt cache.
    Cached,
    /// Of these, written to it for the default lifetime.
    Written,
    /// Of these, written to it for an hour.
    Written1h,
    /// Visible tokens of the answer.
    Output,
    /// Hidden reasoning tokens beside them.
    Reasoning,
    /// Requests that the row stands for: 1, except in usage reports.
    Requests,
    /// Of the prompt: instructions.
    System,
    /// Of the prompt: tool definitions.
    Tools,
    /// Of the prompt: few-shot examples.
    Examples,
    /// Of the prompt: retrieved context.
    Context,
    /// Of the prompt: what was said before.
    History,
}

/// How many counters there are.
pub const COUNTERS: usize = 12;

impl Counter {
    /// Every counter, in the order of a request.
    pub const ALL: [Self; COUNTERS] = [
        Self::Input,
        Self::Cached,
        Self::Written,
        Self::Written1h,
        Self::Output,
        Self::Reasoning,
        Self::Requests,
        Self::System,
        Self::Tools,
        Self::Examples,
        Self::Context,
        Self::History,
    ];

    /// Whether it counts a part of the prompt.
    pub fn is_part(self) -> bool {
        self >= Self::System
    }

    /// Its name in a column mapping.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Cached => "cached",
            Self::Written => "cache_write",
            Self::Written1h => "cache_write_1h",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::Requests => "requests",
            Self::System => "system",
            Self::Tools => "tools",
            Self::Examples => "examples",
            Self::Context => "context",
            Self::History => "history",
        }
    }
}

/// What a column says of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// When it came.
    Time,
    /// The model that answered.
    Model,
    /// How many of something.
    Count(Counter),
    /// Whether it went through the batch interface.
    Batch,
    /// `batch`, `flex`, `priority`, ...: the service tier by name.
    Mode,
    /// The conversation it belongs to.
    Session,
    /// The blocks of its prompt, the first one first: numbers that are equal where prompts agree so far.
    Blocks,
    /// What identifies its prompt: a hash, or the text itself.
    Prompt,
    /// Its task.
    Task,
    /// What tells it from other requests.
    Id,
    /// Whether it may wait for a batch.
    Batchable,
    /// Whether the answer of a model was good enough, by position in [`Log::outcomes`].
    Outcome(usize),
    /// A column that costs are shown by, by position among them.
    By(usize),
    /// Whether the record is a request at all.
    Kind,
}

impl Role {
    /// The roles that a mapping names, beside the counters.
    const NAMED: [(&'static str, Self); 10] = [
        ("time", Self::Time),
        ("model", Self::Model),
        ("batch", Self::Batch),
        ("mode", Self::Mode),
        ("session", Self::Session),
        ("blocks", Self::Blocks),
        ("prompt", Self::Prompt),
        ("task", Self::Task),
        ("id", Self::Id),
        ("batchable", Self::Batchable),
    ];

    /// The role called `name` in a mapping.
    pub fn named(name: &str) -> Option<Self> {
        let counter = Counter::ALL.iter().find(|counter| counter.name() == name).map(|counter| Self::Count(*counter));
        counter.or_else(|| Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, role)| *role))
    }

    /// Every name of a mapping.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let counters = Counter::ALL.iter().map(|counter| counter.name());
        Self::NAMED.iter().map(|(name, _)| *name).chain(counters)
    }

    /// Whether every record must say it, where a column is mapped.
    pub fn is_required(self) -> bool {
        match self {
            Self::Time | Self::Model | Self::Task | Self::Outcome(_) => true,
            Self::Count(counter) => matches!(counter, Counter::Input | Counter::Output | Counter::Requests),
            _ => false,
        }
    }

    /// Its name in a mapping, or what people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count(counter) => counter.name(),
            Self::Outcome(_) => "accepted",
            Self::By(_) => "by",
            Self::Kind => "kind",
            named => Self::NAMED.iter().find(|(_, role)| *role == named).map_or("", |(name, _)| *name),
        }
    }
}

/// Which tokens a log's input column counts beside fresh ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Includes {
    /// Those read from the cache.
    pub cached: bool,
    /// Those written to it.
    pub written: bool,
}

impl Includes {
    /// All of them: the whole prompt.
    pub const ALL: Self = Self { cached: true, written: true };
    /// None: fresh tokens only.
    pub const NOTHING: Self = Self { cached: false, written: false };

    /// `cached, cache_write`, `cached`, `nothing`
    ///
    /// # Errors
    /// What the text should be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut found = Self::NOTHING;
        for word in text.split(',').map(str::trim) {
            match word {
                "cached" => found.cached = true,
                "cache_write" => found.written = true,
                "nothing" if text.trim() == "nothing" => {}
                _ => {
                    return Err(format!(
                        "`{word}` is nothing that input can include: `cached`, `cache_write`, both with a comma, or `nothing`"
                    ));
                }
            }
        }
        Ok(found)
    }
}

/// What a number in a time column counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Thousandths.
    Millis,
    /// Millionths.
    Micros,
    /// Thousandths of those.
    Nanos,
}

/// How a column writes times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeForm {
    /// ISO 8601 text; UTC where no zone is stated.
    Text,
    /// Numbers since 1970-01-01 UTC.
    Epoch(TimeUnit),
    /// Numbers since the log began: no date is known.
    Relative(TimeUnit),
}

impl TimeForm {
    /// Whether dates are known.
    pub fn is_dated(self) -> bool {
        !matches!(self, Self::Relative(_))
    }
}

impl TimeUnit {
    /// Its names in a column mapping.
    pub const NAMES: [(&'static str, Self); 4] =
        [("s", Self::Seconds), ("ms", Self::Millis), ("us", Self::Micros), ("ns", Self::Nanos)];

    /// Nanoseconds of one.
    pub fn nanos(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Millis => 1_000_000,
            Self::Micros => 1_000,
            Self::Nanos => 1,
        }
    }

    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Millis => "milliseconds",
            Self::Micros => "microseconds",
            Self::Nanos => "nanoseconds",
        }
    }
}

/// The `log` section of a scenario.
#[derive(Clone, Default, Debug)]
pub struct Log {
    /// Stated columns by role; a later one replaces an earlier.
    pub columns: Vec<(Role, String)>,
    /// Values that every request has, for roles without a column.
    pub constants: Vec<(Role, String)>,
    /// What the input column includes.
    pub input_includes: Option<Includes>,
    /// Whether the output column includes reasoning.
    pub output_includes_reasoning: Option<bool>,
    /// The preset's name.
    pub preset: Option<String>,
    /// How times are written.
    pub time: Option<TimeForm>,
    /// Tokens of a block.
    pub block: Option<u64>,
    /// Models whose outcomes are recorded, each with its column.
    pub outcomes: Vec<(String, String)>,
}

/// Reads `input=prompt_tokens,output=completion_tokens`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_columns(text: &str) -> Result<Vec<(Role, String)>, String> {
    let mut found: Vec<(Role, String)> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, column)) = part.split_once('=') else {
            return Err(format!("`{part}` maps nothing; write `input=prompt_tokens`"));
        };
        let (name, column) = (name.trim(), column.trim());
        let Some(role) = Role::named(name) else {
            return Err(unknown_role(name));
        };
        if column.is_empty() {
            return Err(format!("`{part}` names no column"));
        }
        if found.iter().any(|(known, _)| *known == role) {
            return Err(format!("`{name}` is mapped twice"));
        }
        found.push((role, column.to_owned()));
    }
    Ok(found)
}

/// What to say of a role that does not exist.
pub fn unknown_role(name: &str) -> String {
    let near = suggest::did_you_mean(name, Role::names());
    let all = || format!("a mapping knows {}", suggest::listed(Role::names(), "and"));
    format!("a request has no `{name}`; {}", near.unwrap_or_else(all))
}

/// Reads `ms`, `relative s`, `iso`.
///
/// # Errors
/// What is expected.
pub fn parse_time(text: &str) -> Result<TimeForm, String> {
    let (relative, unit) = match text.trim().strip_prefix("relative") {
        Some(unit) => (true, unit.trim()),
        None => (false, text.trim()),
    };
    if unit == "iso" && !relative {
        return Ok(TimeForm::Text);
    }
    match TimeUnit::NAMES.iter().find(|(name, _)| *name == unit) {
        Some((_, unit)) if relative => Ok(TimeForm::Relative(*unit)),
        Some((_, unit)) => Ok(TimeForm::Epoch(*unit)),
        None => Err(format!(
            "`{text}` is no way to write times: `iso`, `s`, `ms`, `us` or `ns` since 1970, or `relative ms` since the log began"
        )),
    }
}
