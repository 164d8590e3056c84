//! Analyses: questions whose answer takes many computations of one plan.

pub mod risk;
