//! Offers: known cards, plausible prices, dates, ids.

use super::{Catalogues, Code, Finding, OFFERS, duplicates, median, weak_source};
use crate::hosting::{Offer, Purchase};
use crate::units::{Exact, display};

/// A price per GPU beyond these factors of the median of its like is doubtful.
const FAR: ((i64, u64), (i64, u64)) = ((45, 100), (22, 10));
/// Fewer offers than this have no median worth the name.
const FEWEST: usize = 3;

pub(super) fn lint(catalogues: &Catalogues<'_>, found: &mut Vec<Finding>) {
    duplicates(OFFERS, catalogues.offers.iter().map(|offer| (offer.id.as_str(), offer.id.as_str())), found);
    for (index, offer) in catalogues.offers.iter().enumerate() {
        let mut add =
            |code, message: String| found.push(Finding { file: OFFERS, entry: offer.id.clone(), code, message });
        if !catalogues.gpus.iter().any(|gpu| gpu.id == offer.gpu) {
            add(Code::UnknownGpu, format!("no GPU has the id {}", offer.gpu));
        }
        if weak_source(&offer.source) {
            add(Code::NoSource, format!("the source is `{}`", offer.source));
        }
        if offer.as_of.as_str() > catalogues.listed {
            add(Code::FutureDate, format!("known from {} on, after {}", offer.as_of, catalogues.listed));
        }
        if let Some(message) = odd_id(offer) {
            add(Code::OddId, message);
        }
        if let Some(message) = outlier(offer, catalogues.offers) {
            add(Code::PriceOutlier, message);
        }
        if let Some(message) = dear_discount(offer, catalogues.offers) {
            add(Code::DearDiscount, message);
        }
        let earlier = catalogues.offers.iter().take(index).find(|other| is_same(offer, other));
        if let Some(other) = earlier {
            add(Code::SameOffer, format!("says of the same day and place what {} says", other.id));
        }
    }
}

fn word(purchase: Purchase) -> &'static str {
    Purchase::WORDS.iter().find(|(_, known)| *known == purchase).map_or("", |(word, _)| word)
}

fn odd_id(offer: &Offer) -> Option<String> {
    let begins = offer.id.starts_with(&format!("{}/", offer.provider));
    let says = offer.id.split('/').any(|part| part == word(offer.purchase));
    let plain = offer.id.chars().all(|c| c.is_ascii_graphic());
    (!(begins && says && plain))
        .then(|| format!("an id is {}/instance/{}, possibly with a zone", offer.provider, word(offer.purchase)))
}

fn per_gpu(offer: &Offer) -> Option<Exact> {
    offer.usd_per_hour.checked_div(&offer.count)
}

/// By the hour, or committed and interruptible, or by use: prices of one kind are of one size.
fn kind(purchase: Purchase) -> u8 {
    match purchase {
        Purchase::OnDemand | Purchase::CapacityBlock => 0,
        Purchase::Spot => 1,
        Purchase::Reserved1y | Purchase::Reserved3y => 2,
        Purchase::Serverless | Purchase::ServerlessAlwaysOn => 3,
        Purchase::OwnedTco => 4,
    }
}

/// Against all offers of that GPU of that kind; the doubtful one is itself among them.
fn outlier(offer: &Offer, all: &[Offer]) -> Option<String> {
    let alike = all.iter().filter(|other| other.gpu == offer.gpu && kind(other.purchase) == kind(offer.purchase));
    let prices: Vec<Exact> = alike.filter_map(per_gpu).collect();
    if prices.len() < FEWEST {
        return None;
    }
    let (own, middle) = (per_gpu(offer)?, median(prices)?);
    let ratio = own.checked_div(&middle)?;
    let (low, high) = (Exact::ratio(FAR.0.0, FAR.0.1)?, Exact::ratio(FAR.1.0, FAR.1.1)?);
    (ratio < low || ratio > high).then(|| {
        format!(
            "{} per GPU and hour, {} times the median of such offers of {} ({})",
            display::money(&own, "USD"),
            display::precise(&ratio, 2),
            offer.gpu,
            display::money(&middle, "USD"),
        )
    })
}

/// Spot and reserved prices that are not below what the same provider takes by the hour for the same instance.
fn dear_discount(offer: &Offer, all: &[Offer]) -> Option<String> {
    let is_discounted = matches!(offer.purchase, Purchase::Spot | Purchase::Reserved1y | Purchase::Reserved3y);
    let listed = all.iter().filter(|_| is_discounted).find(|other| {
        other.purchase == Purchase::OnDemand
            && other.provider == offer.provider
            && other.gpu == offer.gpu
            && other.instance == offer.instance
            && other.count == offer.count
    })?;
    (offer.usd_per_hour >= listed.usd_per_hour)
        .then(|| format!("is not cheaper than {} ({})", listed.id, display::money(&listed.usd_per_hour, "USD")))
}

fn is_same(left: &Offer, right: &Offer) -> bool {
    left.provider == right.provider
        && left.instance == right.instance
        && left.gpu == right.gpu
        && left.count == right.count
        && left.purchase == right.purchase
        && left.region == right.region
        && left.as_of == right.as_of
}
