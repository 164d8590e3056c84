//! What can be learned from computing a plan more than once: who saved what, why two plans cost different amounts, what it
//! comes to when its quantities are not certain, how it changes over a grid of inputs
//! and over the months to come, and which mix is the cheapest.

pub mod attribution;
pub mod compare;
pub mod forecast;
pub mod optimize;
pub mod risk;
pub mod sweep;
