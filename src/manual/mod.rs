//! Longer texts: how things are computed, how good they are, and how to use them.

#[doc = include_str!("prices.md")]
pub mod prices {}

#[doc = include_str!("self-hosting.md")]
pub mod self_hosting {}
