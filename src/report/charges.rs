//! A strategy's bill for the calendar month of its prices, as charges that a cost warehouse takes in.

use super::period::Period;
use super::{LineReport, Report, StrategyReport};
use crate::pricing::Date;
use crate::units::Exact;

/// One line of a bill for a month.
#[derive(Clone, Debug)]
pub struct Charge<'a> {
    /// Whose bill.
    pub strategy: &'a StrategyReport,
    /// Its line.
    pub line: &'a LineReport,
    /// Units in the month.
    pub quantity: Exact,
    /// The same in what the price is for: millions of tokens.
    pub pricing_quantity: Exact,
    /// Price of one of those, in the report's currency.
    pub unit_price: Exact,
    /// The same at list price.
    pub list_unit_price: Exact,
    /// Cost in the report's currency.
    pub cost: Exact,
    /// The same at list price.
    pub list_cost: Exact,
    /// Cost in USD.
    pub usd: Exact,
}

impl Report {
    /// First day of the month of the prices, and first day after it; `None` where the date is none.
    pub fn billing_month(&self) -> Option<(Date, Date)> {
        let first = self.prices.as_of.parse::<Date>().ok()?.first_of_month();
        Some((first, first.last_of_month().tomorrow().ok()?))
    }

    /// The lines of all strategies for a month of the scenario's calendar.
    pub fn charges(&self) -> impl Iterator<Item = Charge<'_>> {
        self.strategies
            .iter()
            .flat_map(move |strategy| strategy.lines.iter().map(move |line| self.charge(strategy, line)))
    }

    fn charge<'a>(&'a self, strategy: &'a StrategyReport, line: &'a LineReport) -> Charge<'a> {
        let month = |per_day: &Exact| Period::Month.of_day(per_day, &self.days_per_month);
        let pricing_quantity = month(&line.quantity).checked_div(&line.per).unwrap_or(Exact::ZERO);
        // What is kept for a month is kept for one of them, whatever its days.
        let quantity = if line.unit.ends_with("month") { pricing_quantity.clone() } else { month(&line.quantity) };
        let unit_price = &line.unit_price * &self.currency_per_usd;
        let list_unit_price =
            line.list_unit_price.as_ref().map_or_else(|| unit_price.clone(), |usd| usd * &self.currency_per_usd);
        let cost = month(&line.per_day);
        Charge {
            strategy,
            line,
            list_cost: if line.list_unit_price.is_some() { &pricing_quantity * &list_unit_price } else { cost.clone() },
            usd: cost.checked_div(&self.currency_per_usd).unwrap_or(Exact::ZERO),
            quantity,
            pricing_quantity,
            unit_price,
            list_unit_price,
            cost,
        }
    }
}
