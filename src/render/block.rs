//! What a report says, in a form that is no format yet: sections of sentences, tables and marks. Terminal, Markdown and
//! HTML each draw all of them, so that a section that is written once is shown everywhere.
//!
//! Texts are as they stand in the scenario: a drawer makes them harmless in its own way.

use crate::units::Exact;

/// A sentence or a few words, parts of which matter more.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Text(pub Vec<Run>);

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Run {
    /// As it is.
    Plain(String),
    /// What the eye should find.
    Strong(String),
}

impl Text {
    /// The same with more words.
    #[must_use]
    pub fn then(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Plain(words.into()));
        self
    }

    /// The same with words that matter.
    #[must_use]
    pub fn strong(mut self, words: impl Into<String>) -> Self {
        self.0.push(Run::Strong(words.into()));
        self
    }

    /// Its words, each part made fit to be shown.
    pub fn words(&self, fit: impl Fn(&str) -> String) -> String {
        self.0.iter().map(|(Run::Plain(words) | Run::Strong(words))| fit(words)).collect()
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(words: T) -> Self {
        Self::default().then(words)
    }
}

/// What a line means to the reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth a look.
    Careful,
    /// Not as it should be.
    Bad,
    /// Neither.
    Plain,
    /// Circumstances.
    Quiet,
}

/// A part of a report with a title of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// A stable name.
    pub name: &'static str,
    /// Its title; none where it needs none.
    pub title: String,
    /// How soon it may be left out where there is no room for everything: 0 last.
    pub spare: u8,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A paragraph.
    Paragraph(Tone, Text),
    /// A few numbers, each with its name before it and what it means behind it.
    Figures(Vec<Named>),
    /// Rows and columns.
    Table(Table),
    /// What holds and what does not.
    Marks(Vec<Mark>),
    /// A list.
    Items(Vec<Item>),
}

/// A number with its name and what it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The number as it is read.
    pub amount: String,
    /// What it means.
    pub meaning: String,
}

/// Something that holds or does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// How that is.
    pub tone: Tone,
    /// What.
    pub text: Text,
    /// Where it is stated; empty where that does not matter.
    pub place: String,
}

/// One of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// How serious it is.
    pub tone: Tone,
    /// What it says.
    pub text: Text,
}

/// Rows and columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// What it shows, for those who cannot see it.
    pub caption: String,
    /// What its columns are.
    pub columns: Vec<Column>,
    /// Its rows; each has as many cells as there are columns.
    pub rows: Vec<Row>,
    /// The bars after the last column, where rows have a share to show.
    pub bars: Option<Bars>,
}

/// Bars at the end of rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bars {
    /// Columns of a terminal below which a bar is worth less than a spare column.
    pub least: usize,
    /// Columns of the longest one.
    pub widest: usize,
}

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Whether it holds numbers, which are never broken.
    pub is_number: bool,
    /// Which columns go first where the width does not do for all: 1 before 2; 0 stays.
    pub spare: u8,
}

impl Column {
    /// A column of words, which may be broken.
    pub fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), is_number: false, spare: 0 }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> Self {
        Self { is_number: true, ..Self::text(title) }
    }

    /// One that may be dropped.
    #[must_use]
    pub fn spare(self, order: u8) -> Self {
        Self { spare: order, ..self }
    }
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// One per column.
    pub cells: Vec<Cell>,
    /// The share that its bar shows.
    pub share: Option<Exact>,
    /// Whether it is the one to look at.
    pub strong: bool,
}

/// A cell of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// What is read.
    pub text: String,
    /// The number behind it, by which rows are put in order.
    pub value: Option<Exact>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, value: None }
    }
}

impl Cell {
    /// A number and how it is read.
    pub fn number(value: &Exact, text: String) -> Self {
        Self { text, value: Some(value.clone()) }
    }

    /// Nothing to show.
    pub fn none() -> Self {
        "-".to_owned().into()
    }
}
