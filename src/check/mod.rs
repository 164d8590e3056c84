//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod conditions;
mod context;
mod deployments;
mod levers;
mod options;
mod prices;
mod profile;
mod read;
mod route;
mod scenario;
mod serving;
mod strategies;
mod workload;

pub use conditions::conditions;
pub use options::Options;
pub use scenario::{load, load_with_text};
