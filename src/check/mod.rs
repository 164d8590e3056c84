//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod context;
mod deployments;
mod levers;
mod log;
mod options;
mod prices;
mod profile;
mod read;
mod route;
mod scenario;
mod serving;
mod strategies;
mod workload;

pub use log::Names;
pub use options::Options;
pub use scenario::{load, load_for_log, names};
