//! What can be learned from computing a plan more than once: who saved what, why two plans cost different amounts, and what it
//! comes to when its quantities are not certain.

pub mod attribution;
pub mod compare;
pub mod risk;
