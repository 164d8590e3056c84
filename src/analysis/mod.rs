//! What can be learned from computing a plan more than once: who saved what, and why two plans cost different amounts.

pub mod attribution;
pub mod compare;
