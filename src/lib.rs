//! x
pub mod check;
pub mod cli;
pub mod diag;
pub mod figure;
pub mod input;
pub mod levers;
pub mod plan;
pub mod pricing;
pub mod render;
pub mod report;
pub mod units;
