//! The columns, each with the version that has it and what stands in it; own ones, with `x_`, come last.

use std::borrow::Cow;

use super::FocusVersion::{self, V1_0, V1_1, V1_2};
use super::words;
use crate::report::{Charge, Report};
use crate::units::Exact;

/// What a row is made of.
pub(super) struct Row<'a> {
    pub report: &'a Report,
    pub charge: &'a Charge<'a>,
    /// First moment of the month.
    pub start: &'a str,
    /// First moment after it.
    pub end: &'a str,
}

/// A column.
pub(super) struct Column {
    pub name: &'static str,
    pub since: FocusVersion,
    /// Whether it holds words that somebody chose, which a spreadsheet may not take for a formula.
    pub is_text: bool,
    /// Whether it is null for what settles usage.
    is_of_usage: bool,
    value: Value,
}

type Value = for<'a> fn(&Row<'a>) -> Cow<'a, str>;

impl Column {
    /// What stands in a row.
    pub fn value<'a>(&self, row: &Row<'a>) -> Cow<'a, str> {
        if self.is_of_usage && !words::is_usage(row.charge.line) { null(row) } else { (self.value)(row) }
    }
}

const fn fixed(name: &'static str, since: FocusVersion, value: Value) -> Column {
    Column { name, since, is_text: false, is_of_usage: false, value }
}

const fn text(name: &'static str, since: FocusVersion, value: Value) -> Column {
    Column { name, since, is_text: true, is_of_usage: false, value }
}

/// No value.
fn null<'a>(_: &Row<'a>) -> Cow<'a, str> {
    Cow::Borrowed("")
}

/// Of what was used; null for what settles it.
const fn used(name: &'static str, since: FocusVersion, value: Value) -> Column {
    Column { is_of_usage: true, ..fixed(name, since, value) }
}

/// With a decimal point in any case: a warehouse that guesses types guesses the same one for every file.
fn number<'a>(value: &Exact) -> Cow<'a, str> {
    let text = value.to_string();
    Cow::Owned(if text.contains('.') { text } else { text + ".0" })
}

/// Every column of every version: those of the specification by name, then our own.
pub(super) const COLUMNS: &[Column] = &[
    fixed("AvailabilityZone", V1_0, null),
    fixed("BilledCost", V1_0, |row| number(&row.charge.cost)),
    text("BillingAccountId", V1_0, |row| Cow::Borrowed(&row.report.scenario.file)),
    text("BillingAccountName", V1_0, |row| Cow::Borrowed(&row.report.scenario.name)),
    fixed("BillingAccountType", V1_2, |_| "Scenario".into()),
    fixed("BillingCurrency", V1_0, |row| Cow::Borrowed(&row.report.currency)),
    fixed("BillingPeriodEnd", V1_0, |row| row.end.into()),
    fixed("BillingPeriodStart", V1_0, |row| row.start.into()),
    fixed("CapacityReservationId", V1_1, null),
    fixed("CapacityReservationStatus", V1_1, null),
    fixed("ChargeCategory", V1_0, |row| words::charge_category(row.charge.line).into()),
    fixed("ChargeClass", V1_0, null),
    text("ChargeDescription", V1_0, |row| words::description(row.charge.line).into()),
    fixed("ChargeFrequency", V1_0, |row| {
        if words::is_fixed(row.charge.line) { "Recurring" } else { "Usage-Based" }.into()
    }),
    fixed("ChargePeriodEnd", V1_0, |row| row.end.into()),
    fixed("ChargePeriodStart", V1_0, |row| row.start.into()),
    fixed("CommitmentDiscountCategory", V1_0, null),
    fixed("CommitmentDiscountId", V1_0, null),
    fixed("CommitmentDiscountName", V1_0, null),
    fixed("CommitmentDiscountQuantity", V1_1, null),
    fixed("CommitmentDiscountStatus", V1_0, null),
    fixed("CommitmentDiscountType", V1_0, null),
    fixed("CommitmentDiscountUnit", V1_1, null),
    used("ConsumedQuantity", V1_0, |row| number(&row.charge.quantity)),
    used("ConsumedUnit", V1_0, |row| words::plural(&row.charge.line.unit).into()),
    fixed("ContractedCost", V1_0, |row| number(&row.charge.cost)),
    used("ContractedUnitPrice", V1_0, |row| number(&row.charge.unit_price)),
    fixed("EffectiveCost", V1_0, |row| number(&row.charge.cost)),
    fixed("InvoiceId", V1_2, null),
    text("InvoiceIssuerName", V1_0, |row| words::provider(row.charge.line)),
    fixed("ListCost", V1_0, |row| number(&row.charge.list_cost)),
    used("ListUnitPrice", V1_0, |row| number(&row.charge.list_unit_price)),
    used("PricingCategory", V1_0, |row| words::pricing_category(row.charge.line).into()),
    fixed("PricingCurrency", V1_2, |row| Cow::Borrowed(&row.charge.line.unit_price_currency)),
    used("PricingCurrencyContractedUnitPrice", V1_2, |row| number(&row.charge.line.unit_price)),
    fixed("PricingCurrencyEffectiveCost", V1_2, |row| number(&row.charge.usd)),
    used("PricingCurrencyListUnitPrice", V1_2, |row| {
        let line = row.charge.line;
        number(line.list_unit_price.as_ref().unwrap_or(&line.unit_price))
    }),
    used("PricingQuantity", V1_0, |row| number(&row.charge.pricing_quantity)),
    used("PricingUnit", V1_0, |row| words::pricing_unit(row.charge.line).into()),
    text("ProviderName", V1_0, |row| words::provider(row.charge.line)),
    text("PublisherName", V1_0, |row| words::provider(row.charge.line)),
    fixed("RegionId", V1_0, null),
    fixed("RegionName", V1_0, null),
    text("ResourceId", V1_0, |row| {
        words::deployment(row.charge.line).map_or_else(|| "".into(), |name| format!("deployments/{name}").into())
    }),
    text("ResourceName", V1_0, |row| words::deployment(row.charge.line).unwrap_or_default().into()),
    fixed("ResourceType", V1_0, |row| words::deployment(row.charge.line).map_or("", |_| "Deployment").into()),
    fixed("ServiceCategory", V1_0, |row| words::service(row.charge.line).category.into()),
    text("ServiceName", V1_0, |row| words::service(row.charge.line).name),
    fixed("ServiceSubcategory", V1_1, |row| words::service(row.charge.line).subcategory.into()),
    text("SkuId", V1_0, |row| words::sku(row.charge.line).into()),
    text("SkuMeter", V1_1, |row| words::meter(row.charge.line).into()),
    text("SkuPriceDetails", V1_1, |row| words::price_details(row.charge.line).into()),
    text("SkuPriceId", V1_0, |row| words::sku_price(row.charge.line).into()),
    text("SubAccountId", V1_0, |row| Cow::Borrowed(&row.charge.strategy.name)),
    text("SubAccountName", V1_0, |row| Cow::Borrowed(&row.charge.strategy.name)),
    fixed("SubAccountType", V1_2, |_| "Strategy".into()),
    text("Tags", V1_0, |row| words::tags(row.charge).into()),
    fixed("x_Estimated", V1_0, |_| "true".into()),
    text("x_Scenario", V1_0, |row| Cow::Borrowed(&row.report.scenario.name)),
    text("x_Strategy", V1_0, |row| Cow::Borrowed(&row.charge.strategy.name)),
    fixed("x_IsBaseline", V1_0, |row| (row.charge.strategy.name == row.report.baseline).to_string().into()),
    text("x_Lever", V1_0, |row| Cow::Borrowed(&row.charge.line.lever)),
    text("x_Item", V1_0, |row| Cow::Borrowed(&row.charge.line.item)),
    text("x_Component", V1_0, |row| Cow::Borrowed(&row.charge.line.component)),
    fixed("x_PricesAsOf", V1_0, |row| Cow::Borrowed(&row.report.prices.as_of)),
    text("x_PriceSource", V1_0, |row| Cow::Borrowed(&row.charge.line.source)),
    text("x_Formula", V1_0, |row| Cow::Borrowed(&row.charge.line.formula)),
];
