//! FOCUS, held against the column rules of the specification: 1.2 (May 2025), 1.1 and 1.0. The rules below are read from
//! the specification's column definitions, independently of the table that writes the columns.

use std::collections::{BTreeMap, BTreeSet};

use llmcost::render::{self, FocusVersion};
use llmcost::report::Report;
use num_traits::{One, Signed, Zero};

use super::csv::parse;
use super::reports;
use crate::exact::{Q, decimal};
use crate::support::report;

/// What a value may look like.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Text,
    /// A decimal, or an integer.
    Decimal,
    /// `YYYY-MM-DDTHH:mm:ssZ`
    DateTime,
    /// A code of ISO 4217.
    Currency,
    /// One of a few values.
    Of(&'static [&'static str]),
    /// An object of JSON with values that are no objects.
    KeyValue,
    /// `Tokens`, `1000000 Tokens`, `Replica-Hours`
    Unit,
}

use Kind::{Currency, DateTime, Decimal, KeyValue, Of, Text, Unit};

const CATEGORIES: &[&str] = &[
    "AI and Machine Learning",
    "Analytics",
    "Business Applications",
    "Compute",
    "Databases",
    "Developer Tools",
    "Multicloud",
    "Identity",
    "Integration",
    "Internet of Things",
    "Management and Governance",
    "Media",
    "Migration",
    "Mobile",
    "Networking",
    "Security",
    "Storage",
    "Web",
    "Other",
];
/// The ones that a bill of ours can have, with their category.
const SUBCATEGORIES: &[(&str, &str)] = &[
    ("Generative AI", "AI and Machine Learning"),
    ("Other (AI and Machine Learning)", "AI and Machine Learning"),
    ("Virtual Machines", "Compute"),
    ("Serverless Compute", "Compute"),
    ("Caching", "Databases"),
    ("Other (Databases)", "Databases"),
];

/// Column, first version, kind, whether it may be null.
const RULES: &[(&str, &str, Kind, bool)] = &[
    ("AvailabilityZone", "1.0", Text, true),
    ("BilledCost", "1.0", Decimal, false),
    ("BillingAccountId", "1.0", Text, false),
    ("BillingAccountName", "1.0", Text, true),
    ("BillingAccountType", "1.2", Text, true),
    ("BillingCurrency", "1.0", Currency, false),
    ("BillingPeriodEnd", "1.0", DateTime, false),
    ("BillingPeriodStart", "1.0", DateTime, false),
    ("CapacityReservationId", "1.1", Text, true),
    ("CapacityReservationStatus", "1.1", Of(&["Used", "Unused"]), true),
    ("ChargeCategory", "1.0", Of(&["Usage", "Purchase", "Tax", "Credit", "Adjustment"]), false),
    ("ChargeClass", "1.0", Of(&["Correction"]), true),
    ("ChargeDescription", "1.0", Text, true),
    ("ChargeFrequency", "1.0", Of(&["One-Time", "Recurring", "Usage-Based"]), false),
    ("ChargePeriodEnd", "1.0", DateTime, false),
    ("ChargePeriodStart", "1.0", DateTime, false),
    ("CommitmentDiscountCategory", "1.0", Of(&["Spend", "Usage"]), true),
    ("CommitmentDiscountId", "1.0", Text, true),
    ("CommitmentDiscountName", "1.0", Text, true),
    ("CommitmentDiscountQuantity", "1.1", Decimal, true),
    ("CommitmentDiscountStatus", "1.0", Of(&["Used", "Unused"]), true),
    ("CommitmentDiscountType", "1.0", Text, true),
    ("CommitmentDiscountUnit", "1.1", Unit, true),
    ("ConsumedQuantity", "1.0", Decimal, true),
    ("ConsumedUnit", "1.0", Unit, true),
    ("ContractedCost", "1.0", Decimal, false),
    ("ContractedUnitPrice", "1.0", Decimal, true),
    ("EffectiveCost", "1.0", Decimal, false),
    ("InvoiceId", "1.2", Text, true),
    ("InvoiceIssuerName", "1.0", Text, false),
    ("ListCost", "1.0", Decimal, false),
    ("ListUnitPrice", "1.0", Decimal, true),
    ("PricingCategory", "1.0", Of(&["Standard", "Dynamic", "Committed", "Other"]), true),
    ("PricingCurrency", "1.2", Currency, false),
    ("PricingCurrencyContractedUnitPrice", "1.2", Decimal, true),
    ("PricingCurrencyEffectiveCost", "1.2", Decimal, false),
    ("PricingCurrencyListUnitPrice", "1.2", Decimal, true),
    ("PricingQuantity", "1.0", Decimal, true),
    ("PricingUnit", "1.0", Unit, true),
    ("ProviderName", "1.0", Text, false),
    ("PublisherName", "1.0", Text, false),
    ("RegionId", "1.0", Text, true),
    ("RegionName", "1.0", Text, true),
    ("ResourceId", "1.0", Text, true),
    ("ResourceName", "1.0", Text, true),
    ("ResourceType", "1.0", Text, true),
    ("ServiceCategory", "1.0", Of(CATEGORIES), false),
    ("ServiceName", "1.0", Text, false),
    ("ServiceSubcategory", "1.1", Text, false),
    ("SkuId", "1.0", Text, true),
    ("SkuMeter", "1.1", Text, true),
    ("SkuPriceDetails", "1.1", KeyValue, true),
    ("SkuPriceId", "1.0", Text, true),
    ("SubAccountId", "1.0", Text, true),
    ("SubAccountName", "1.0", Text, true),
    ("SubAccountType", "1.2", Text, true),
    ("Tags", "1.0", KeyValue, true),
];

type Row = BTreeMap<String, String>;

/// Two columns that are null together.
const TOGETHER: [(&str, &str); 8] = [
    ("ConsumedQuantity", "ConsumedUnit"),
    ("PricingQuantity", "PricingUnit"),
    ("SubAccountId", "SubAccountName"),
    ("SubAccountId", "SubAccountType"),
    ("ResourceId", "ResourceType"),
    ("RegionId", "RegionName"),
    ("CommitmentDiscountId", "CommitmentDiscountStatus"),
    ("CapacityReservationId", "CapacityReservationStatus"),
];

fn rows(report: &Report, version: FocusVersion) -> Vec<Row> {
    let text = render::focus(std::slice::from_ref(report), version).unwrap();
    let records = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let header = records[0].clone();
    let named = |record: &Vec<String>| header.iter().cloned().zip(record.iter().cloned()).collect();
    let wanted: Vec<&str> = RULES.iter().filter(|rule| rule.1 <= &*version.to_string()).map(|rule| rule.0).collect();
    let (own, custom) = header.split_at(wanted.len());
    assert_eq!(own, wanted, "the columns of {version}");
    assert!(custom.iter().all(|name| name.starts_with("x_")), "{custom:?}");
    assert!(custom.contains(&"x_Estimated".to_owned()));
    records[1..].iter().map(named).collect()
}

fn check_kind(name: &str, kind: Kind, value: &str) {
    let is_right = match kind {
        Text => !value.trim().is_empty(),
        Decimal => value.contains('.') && decimal(value).is_some(),
        DateTime => {
            let shape = "dddd-dd-ddTdd:dd:ddZ";
            value.len() == shape.len()
                && value.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s })
        }
        Currency => value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase()),
        Of(values) => values.contains(&value),
        KeyValue => serde_json::from_str::<serde_json::Value>(value).is_ok_and(|json| {
            json.as_object().is_some_and(|object| !object.values().any(|each| each.is_object() || each.is_array()))
        }),
        Unit => {
            let unit = value.split_once(' ').map_or(value, |(quantity, unit)| {
                assert!(quantity.parse::<u64>().is_ok(), "{value}");
                unit
            });
            unit.split('-').all(|word| word.starts_with(|c: char| c.is_ascii_uppercase())) && unit.ends_with('s')
        }
    };
    assert!(is_right, "{name}: `{value}` is no {kind:?}");
}

/// The product of a unit price and a quantity is the cost; to 1 part in 10^18, as some of them have no end.
fn matches(product: &Q, cost: &Q) -> bool {
    let tiny = Q::new(1.into(), num_traits::pow(num_bigint::BigInt::from(10), 18));
    (product - cost).abs() <= tiny * (Q::one() + cost.abs())
}

fn check(report: &Report, version: FocusVersion) {
    let rows = rows(report, version);
    let lines: usize = report.strategies.iter().map(|strategy| strategy.lines.len()).sum();
    assert_eq!(rows.len(), lines);
    let (mut parents, mut services) = (BTreeMap::new(), BTreeMap::new());
    for row in &rows {
        for (name, since, kind, nullable) in RULES {
            if since > &&*version.to_string() {
                continue;
            }
            match row[*name].as_str() {
                "" => assert!(nullable, "{name} must not be null"),
                value => check_kind(name, *kind, value),
            }
        }
        for (first, second) in TOGETHER {
            if let (Some(first_value), Some(second_value)) = (row.get(first), row.get(second)) {
                assert_eq!(first_value.is_empty(), second_value.is_empty(), "{first} and {second}");
            }
        }
        let number = |name: &str| decimal(&row[name]).unwrap();
        assert_eq!((&row["BilledCost"], &row["ContractedCost"]), (&row["EffectiveCost"], &row["EffectiveCost"]));
        if row["x_Lever"] == "commitment" {
            // What settles usage is none: it has no quantity of its own.
            let category = if number("BilledCost").is_negative() { "Credit" } else { "Adjustment" };
            assert_eq!((row["ChargeCategory"].as_str(), row["ChargeFrequency"].as_str()), (category, "Recurring"));
            assert!(row["ConsumedQuantity"].is_empty() && row["ListUnitPrice"].is_empty(), "{row:?}");
            assert_eq!(row["ListCost"], row["BilledCost"]);
            assert_ne!(row["ProviderName"], "Self-operated");
            continue;
        }
        // Usage, no correction: nothing of this may be null, and each price times the quantity is its cost.
        assert_eq!((row["ChargeCategory"].as_str(), row["ChargeClass"].as_str()), ("Usage", ""));
        for name in [
            "ConsumedQuantity",
            "PricingQuantity",
            "ListUnitPrice",
            "ContractedUnitPrice",
            "SkuId",
            "SkuPriceId",
            "PricingCategory",
        ] {
            assert_ne!(row[name], "", "{name} of usage");
        }
        assert!(!number("ListUnitPrice").is_negative() && !number("ContractedUnitPrice").is_negative());
        let quantity = number("PricingQuantity");
        assert!(matches(&(&quantity * number("ListUnitPrice")), &number("ListCost")), "{row:?}");
        assert!(matches(&(&quantity * number("ContractedUnitPrice")), &number("ContractedCost")), "{row:?}");
        assert!(
            number("ListCost") >= number("ContractedCost") || matches(&number("ListCost"), &number("ContractedCost"))
        );
        assert!(row["BillingPeriodStart"] < row["BillingPeriodEnd"]);
        assert_eq!(
            (&row["BillingPeriodStart"], &row["BillingPeriodEnd"]),
            (&row["ChargePeriodStart"], &row["ChargePeriodEnd"])
        );
        assert!(
            row["BillingPeriodStart"].ends_with("-01T00:00:00Z") && row["BillingPeriodEnd"].ends_with("-01T00:00:00Z")
        );
        // Each price has one thing that is bought, each service one category.
        let parent = parents.entry(row["SkuPriceId"].clone()).or_insert_with(|| row["SkuId"].clone());
        assert_eq!(*parent, row["SkuId"]);
        let category = services.entry(row["ServiceName"].clone()).or_insert_with(|| row["ServiceCategory"].clone());
        assert_eq!(*category, row["ServiceCategory"]);
        if let Some(sub) = row.get("ServiceSubcategory") {
            assert!(SUBCATEGORIES.contains(&(sub, &row["ServiceCategory"])), "{sub} of {}", row["ServiceCategory"]);
        }
        if row.contains_key("PricingCurrency") {
            assert_eq!(row["PricingCurrency"], "USD");
            let usd = number("PricingCurrencyContractedUnitPrice") * &quantity;
            assert!(matches(&usd, &number("PricingCurrencyEffectiveCost")), "{row:?}");
        }
        assert_eq!(row["x_Estimated"], "true");
    }
    // A sub account is a strategy; its charges are what a month of it costs.
    for strategy in &report.strategies {
        let name = |text: &str| text.strip_prefix('\'').unwrap_or(text).to_owned();
        let own: Q = rows
            .iter()
            .filter(|row| name(&row["SubAccountId"]) == strategy.name)
            .map(|row| decimal(&row["BilledCost"]).unwrap())
            .sum();
        let month = decimal(&strategy.cost.per_month.to_string()).unwrap();
        assert!(matches(&own, &month), "{}: {own} of {month}", strategy.name);
    }
}

#[test]
fn every_report_keeps_the_rules_of_every_version() {
    for report in reports() {
        for version in FocusVersion::ALL {
            check(&report, version);
        }
    }
}

#[test]
fn discounts_currencies_hosting_and_fixed_costs_keep_them_too() {
    let report = report(
        r"
llmcost: 1
prices: {as_of: 2026-02-11, discount: {openai: 10%, gpt-4o: 100%}}
currency: {code: EUR, per_usd: 0.92}
workload: {requests: 7M/month, input: 500, output: 210}
deployments:
  pod: {gpus: 1, usd_per_gpu_hour: $1.50, throughput: 3000 tok/s, purchase: spot, spot: {discount: 65%, interrupted: 5%}, ops_per_month: 100}
  worker: {throughput: 3000 tok/s, serverless: {cold_start: 30s, idle_timeout: 60s, usd_per_second: 0.0004}}
strategies:
  a: {model: gpt-4o-mini, batch: {share: 33.3%}, retries: {rate: 7%}}
  free: {model: gpt-4o}
  cached: {extends: a, response_cache: {exact: {hit_rate: 30%, cost_per_hit: 0.0001}, per_month: 180}}
  hosted: {deployment: pod}
  serverless: {deployment: worker}
",
    );
    for version in FocusVersion::ALL {
        check(&report, version);
    }
    let rows = rows(&report, FocusVersion::V1_2);
    let of = |strategy: &str| rows.iter().filter(|row| row["SubAccountId"] == strategy).collect::<Vec<_>>();
    assert_eq!(
        (rows[0]["BillingPeriodStart"].as_str(), rows[0]["BillingPeriodEnd"].as_str()),
        ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
    );
    // 10% off the list price of $0.15, in euro.
    let input = of("a").into_iter().find(|row| row["x_Component"] == "input").unwrap();
    assert_eq!((input["ListUnitPrice"].as_str(), input["ContractedUnitPrice"].as_str()), ("0.138", "0.1242"));
    assert_eq!((input["PricingUnit"].as_str(), input["ConsumedUnit"].as_str()), ("1000000 Tokens", "Tokens"));
    assert_eq!((input["BillingCurrency"].as_str(), input["PricingCurrency"].as_str()), ("EUR", "USD"));
    // What a contract makes free still has a list price.
    assert!(
        of("free")
            .iter()
            .all(|row| row["ContractedUnitPrice"] == "0.0" && decimal(&row["ListCost"]).unwrap() > Q::zero())
    );
    let fixed = of("cached").into_iter().find(|row| row["ChargeFrequency"] == "Recurring").unwrap();
    assert_eq!(
        (fixed["PricingQuantity"].as_str(), fixed["PricingUnit"].as_str(), fixed["BilledCost"].as_str()),
        ("1.0", "Months", "165.6")
    );
    let spot = of("hosted").into_iter().find(|row| row["PricingCategory"] == "Dynamic").unwrap();
    assert_eq!((spot["ResourceName"].as_str(), spot["PricingUnit"].as_str()), ("pod", "Replica-Hours"));
    assert_eq!(of("serverless")[0]["ServiceSubcategory"], "Serverless Compute");
    let batch = of("a").into_iter().find(|row| !row["SkuPriceDetails"].is_empty()).unwrap();
    assert_eq!(batch["SkuPriceDetails"], r#"{"x_Mode":"batch"}"#);
    let priced: BTreeSet<&str> = of("a").iter().map(|row| row["SkuPriceId"].as_str()).collect();
    assert!(priced.contains("openai/gpt-4o-mini/input/batch"), "{priced:?}");
}
