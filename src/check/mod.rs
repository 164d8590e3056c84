//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod context;
mod deployments;
mod levers;
mod options;
mod prices;
mod read;
mod route;
mod scenario;
mod serving;
mod strategies;
mod workload;

pub use options::Options;
pub use prices::{price_book, price_list};
pub use scenario::load;
