//! What can be learned from computing a plan more than once: who saved what.

pub mod attribution;
