//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod context;
mod deployments;
mod extras;
mod levers;
mod options;
mod prefix_cache;
mod prices;
mod profile;
mod read;
mod route;
mod scenario;
mod serving;
mod strategies;
mod traffic;
mod workload;

pub use options::Options;
pub use scenario::load;
