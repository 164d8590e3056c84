//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod context;
mod levers;
mod prices;
mod read;
mod route;
mod scenario;
mod serving;
mod strategies;
mod workload;

pub use scenario::{Options, load};

pub(crate) use read::{choice, date, plain, refused, yes_or_no};
