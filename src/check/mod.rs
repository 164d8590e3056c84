//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod cases;
mod context;
mod deployments;
mod flags;
mod levers;
mod measurements;
mod options;
mod prices;
mod profile;
mod read;
mod route;
mod scenario;
mod serving;
mod size;
mod strategies;
mod workload;

pub use cases::size_cases;
pub use options::Options;
pub use prices::{price_book, price_list};
pub use scenario::load;
pub use size::{SizeFlags, SizeQuestion, fits_nowhere, size_question};
