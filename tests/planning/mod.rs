//! Planning from outside: grids, months ahead, the cheapest mix.

mod forecast;
mod optimize;
mod risks;
mod sweep;
