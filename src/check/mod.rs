//! From raw trees to a plan: every key known, every quantity read, every name resolved, every problem reported.

mod budgets;
mod cascade;
mod cases;
mod conditions;
mod context;
mod contracts;
mod deployments;
mod extras;
mod fine_tune;
mod flags;
mod forecast;
mod levers;
mod measurements;
mod optimize;
mod options;
mod prefix_cache;
mod prices;
mod profile;
mod quality;
mod read;
mod response_cache;
mod retrieval;
mod route;
mod scenario;
mod serving;
mod size;
mod strategies;
mod traffic;
mod uncertain;
mod workload;

pub use cases::size_cases;
pub use conditions::conditions;
pub use options::Options;
pub use prices::{price_book, price_list};
pub use scenario::{load, load_with_text};
pub use size::{SizeFlags, SizeQuestion, fits_nowhere, size_question};
