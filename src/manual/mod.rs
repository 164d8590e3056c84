//! The manual: what a command models, with its formulae and their sources.

#[doc = include_str!("risk.md")]
pub mod risk {}
