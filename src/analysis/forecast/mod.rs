//! Forecast: a scenario month by month.
//!
//! Every month is the scenario with the load and the prices of that month, computed by the exact engine. Where a listed price
//! changes within a month, each part of it is computed at its own prices and counts with its days.

mod build;
mod report;

pub use build::{Settings, forecast};
pub use report::{
    BestMonth, BudgetMonth, Change, ForecastReport, HostedMonth, Load, Month, PriceChange, Quantiles, SCHEMA,
    SelfHosting, StrategyForecast,
};
