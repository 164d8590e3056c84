//! Diagnostics: what is wrong with an input, where, what was expected and what to write instead.
//!
//! A [`Diagnostic`] is a value; [`terminal`] draws it, [`github`] annotates with it. Every code stands in [`Code::ALL`], and each has a bad file
//! under `tests/cases/errors` that shows it.

mod code;
pub mod github;
mod place;
pub mod suggest;
pub mod terminal;

pub use code::Code;
pub use place::{Place, Source};

/// One problem of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The stable name of this kind of problem.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it is wrong; `None` only when no text exists (a missing file).
    pub place: Option<Place>,
    /// What to say at that place, in a few words.
    pub label: String,
    /// Other places that matter, each with its words.
    pub also: Vec<(Place, String)>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A problem at `place`; `label` stands beside the caret.
    pub fn at(code: Code, place: &Place, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: Some(place.clone()),
            label: label.into(),
            also: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A problem of something that has no text to show.
    pub fn without_place(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, label: String::new(), also: Vec::new(), help: Vec::new() }
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds advice where there is some.
    #[must_use]
    pub fn help_if(mut self, help: Option<impl Into<String>>) -> Self {
        self.help.extend(help.map(Into::into));
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn also(mut self, place: &Place, label: impl Into<String>) -> Self {
        self.also.push((place.clone(), label.into()));
        self
    }
}

/// Collects the problems of an input, so that all of them are shown in one run.
#[derive(Default, Debug)]
pub struct Sink {
    found: Vec<Diagnostic>,
    failures: usize,
}

impl Sink {
    /// Takes note of a problem; of the same one at the same place only once.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.fail();
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Takes note of a problem and goes on without a value.
    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.add(diagnostic);
        None
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// Something has no value because of a problem that was reported already.
    pub fn fail(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// How often something failed so far, problems met again included: what failed in between has no value.
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// The value, or else all problems in the order of their files and lines.
    ///
    /// # Errors
    /// The problems, if any were found.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<Diagnostic>> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                self.found.sort_by(|a, b| a.place.cmp(&b.place));
                Err(self.found)
            }
        }
    }
}
