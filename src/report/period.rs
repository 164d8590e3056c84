//! The periods that amounts are shown for.

use super::{Costs, Report};
use crate::units::{Exact, grammar::DAYS_PER_YEAR};

/// A period that amounts are shown for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Period {
    /// An hour of a mean day.
    Hour,
    /// A day.
    Day,
    /// A month of the scenario's calendar.
    #[default]
    Month,
    /// 365 days.
    Year,
}

impl Period {
    /// Its noun.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// An amount per day as one per period.
    pub fn of_day(self, per_day: &Exact, days_per_month: &Exact) -> Exact {
        match self {
            Self::Hour => per_day.checked_div(&Exact::from(24)).unwrap_or(Exact::ZERO),
            Self::Day => per_day.clone(),
            Self::Month => per_day * days_per_month,
            Self::Year => per_day * &Exact::from(DAYS_PER_YEAR),
        }
    }

    /// What a strategy costs in this period.
    pub fn cost(self, costs: &Costs) -> &Exact {
        match self {
            Self::Hour => &costs.per_hour,
            Self::Day => &costs.per_day,
            Self::Month => &costs.per_month,
            Self::Year => &costs.per_year,
        }
    }
}

impl Report {
    /// An amount per month as one per `period`.
    pub fn per(&self, period: Period, per_month: &Exact) -> Exact {
        match per_month.checked_div(&self.days_per_month) {
            Some(per_day) if period != Period::Month => period.of_day(&per_day, &self.days_per_month),
            _ => per_month.clone(),
        }
    }
}
