//! The manual: what does not fit into the README, one topic per page.

#[doc = include_str!("compare.md")]
pub mod compare {}
