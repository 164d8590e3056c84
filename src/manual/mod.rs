//! Longer texts: how things are computed, how good they are, and how to use them.

#[doc = include_str!("levers.md")]
pub mod levers {}

#[doc = include_str!("caches.md")]
pub mod caches {}

#[doc = include_str!("requests.md")]
pub mod requests {}

#[doc = include_str!("quality.md")]
pub mod quality {}

#[doc = include_str!("retrieval.md")]
pub mod retrieval {}

#[doc = include_str!("capacity.md")]
pub mod capacity {}

#[doc = include_str!("compare.md")]
pub mod compare {}

#[doc = include_str!("prices.md")]
pub mod prices {}

#[doc = include_str!("replay.md")]
pub mod replay {}

#[doc = include_str!("risk.md")]
pub mod risk {}

#[doc = include_str!("deployments.md")]
pub mod deployments {}

#[doc = include_str!("self-hosting.md")]
pub mod self_hosting {}

#[doc = include_str!("reports.md")]
pub mod reports {}

#[doc = include_str!("ci.md")]
pub mod ci {}

#[doc = include_str!("focus.md")]
pub mod focus {}

#[doc = include_str!("sweep.md")]
pub mod sweep {}

#[doc = include_str!("forecast.md")]
pub mod forecast {}

#[doc = include_str!("optimize.md")]
pub mod optimize {}
