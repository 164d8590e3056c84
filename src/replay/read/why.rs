//! Why a row of a log cannot be read, in words.

use std::fmt;

use super::number::MOST_TOKENS;
use crate::plan::log::TimeUnit as Unit;
use crate::units::display::grouped;

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// A cell that must say something says nothing.
    Empty,
    /// The record has no such key.
    Missing,
    /// Text where a number is expected.
    NotANumber,
    /// Fewer tokens than none.
    Negative,
    /// A part of a token.
    Fraction,
    /// More tokens than any request has.
    TooMany,
    /// Text that is no time.
    NotATime,
    /// A time beyond every log in this unit.
    OtherEra(Unit),
    /// A flag that is neither.
    NotYesOrNo,
    /// Another number of cells than the header has: found, expected.
    Cells(usize, usize),
    /// A quote in the middle of a cell that does not begin with one.
    StrayQuote,
    /// Text behind a closing quote.
    BehindQuote,
    /// A quote that is never closed.
    OpenQuote,
    /// Bytes that are no UTF-8 text.
    NotUtf8,
    /// A zero byte.
    Nul,
    /// A carriage return that ends no line.
    BareReturn,
    /// What a JSON reader says.
    Json(String),
    /// Not a list of block numbers.
    NotBlocks,
    /// Cached and written tokens exceed the prompt that includes them: parts, input.
    Parts(u64, u64),
    /// Reasoning exceeds the output that includes it: reasoning, output.
    Reasoning(u64, u64),
    /// As many blocks as this block size cannot make of the prompt: blocks, input, block size.
    Blocks(u64, u64, u64),
    /// Parts of the prompt exceed it: parts, input.
    PromptParts(u64, u64),
    /// More different values than costs can be shown by.
    TooManyValues(usize),
    /// A task that the scenario does not know.
    UnknownTask,
}

impl Why {
    /// The same for all rows that are wrong in the same way, whatever their numbers.
    pub fn kind(&self) -> std::mem::Discriminant<Self> {
        std::mem::discriminant(self)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: &u64| grouped(&value.to_string());
        match self {
            Self::Empty => f.write_str("nothing stands here; nothing is taken for zero"),
            Self::Missing => f.write_str("this record does not have it"),
            Self::NotANumber => f.write_str("not a number of tokens"),
            Self::Negative => f.write_str("a count is never negative"),
            Self::Fraction => f.write_str("a token has no parts"),
            Self::TooMany => write!(f, "more than {} of anything in one row", number(&MOST_TOKENS)),
            Self::NotATime => f.write_str("not a time"),
            Self::OtherEra(unit) => write!(f, "no time of a log when it is read as {}", unit.name()),
            Self::NotYesOrNo => f.write_str("neither true nor false"),
            Self::Cells(found, expected) => write!(f, "{found} cells where the header has {expected}"),
            Self::StrayQuote => f.write_str("a quote inside of a cell that does not begin with one"),
            Self::BehindQuote => f.write_str("text behind a closing quote"),
            Self::OpenQuote => f.write_str("a quote is opened and never closed"),
            Self::NotUtf8 => f.write_str("these bytes are no UTF-8 text"),
            Self::Nul => f.write_str("a zero byte: the file is damaged"),
            Self::BareReturn => f.write_str("a carriage return that ends no line"),
            Self::Json(said) => f.write_str(said),
            Self::NotBlocks => f.write_str("not a list of blocks"),
            Self::Parts(parts, input) => {
                write!(
                    f,
                    "{} tokens cached and written, of a prompt of {} that includes them",
                    number(parts),
                    number(input)
                )
            }
            Self::Reasoning(reasoning, output) => {
                write!(
                    f,
                    "{} reasoning tokens, of an answer of {} that includes them",
                    number(reasoning),
                    number(output)
                )
            }
            Self::Blocks(blocks, input, block) => {
                write!(
                    f,
                    "{} blocks of {} tokens do not make a prompt of {}",
                    number(blocks),
                    number(block),
                    number(input)
                )
            }
            Self::PromptParts(parts, input) => {
                write!(f, "parts of {} tokens make no prompt of {}", number(parts), number(input))
            }
            Self::TooManyValues(most) => {
                write!(f, "more than {} different values", grouped(&most.to_string()))
            }
            Self::UnknownTask => f.write_str("the scenario has no such task"),
        }
    }
}
