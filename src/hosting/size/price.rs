//! What cards cost: the smallest thing one can buy that holds a replica.

use crate::hosting::{Gpu, Offer, Purchase, catalogue};
use crate::pricing::Date;
use crate::units::Exact;

/// How cards are bought.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Which offers count.
    pub purchase: Purchase,
    /// USD per card and hour, where somebody states it; no offer is looked at then.
    pub usd_per_gpu_hour: Option<Exact>,
    /// Offers known from a later day on do not count.
    pub as_of: Date,
}

/// What is bought for one replica.
#[derive(Clone, Debug)]
pub struct Package<'a> {
    /// The offer; `None` where a price per card was stated.
    pub offer: Option<&'a Offer>,
    /// How many of it.
    pub count: u64,
    /// Cards bought; more than the replica uses where none are sold singly.
    pub gpus: Exact,
    /// USD per hour, all together.
    pub usd_per_hour: Exact,
    /// Whether the cards of the replica are in one instance. Otherwise they talk over a network that no estimate knows.
    pub in_one_instance: bool,
}

impl Purchase {
    /// Whether this is a way to buy a replica: serverless is paid by use, and owned hardware is a cost estimate that nobody
    /// sells.
    pub fn buys_a_replica(self) -> bool {
        match self {
            Self::OnDemand | Self::Spot | Self::Reserved1y | Self::Reserved3y | Self::CapacityBlock => true,
            Self::Serverless | Self::ServerlessAlwaysOn | Self::OwnedTco => false,
        }
    }
}

impl Terms {
    /// The cheapest that holds a replica of `gpus` cards: in one instance if anybody sells that, else in several. Of equal
    /// prices the better founded wins, then the first of the catalogue. `None` when nobody sells the card this way.
    pub fn cheapest(&self, gpu: &Gpu, gpus: u32) -> Option<Package<'static>> {
        let needed = Exact::from(u64::from(gpus));
        if let Some(price) = &self.usd_per_gpu_hour {
            let usd_per_hour = price * &needed;
            let in_one_instance = gpus <= gpu.node_gpus;
            return Some(Package { offer: None, count: gpus.into(), gpus: needed, usd_per_hour, in_one_instance });
        }
        let day = self.as_of.to_string();
        catalogue::offers()
            .iter()
            .filter(|offer| offer.gpu == gpu.id && offer.purchase == self.purchase && offer.count >= Exact::ONE)
            .filter(|offer| offer.as_of.as_str() <= day.as_str())
            .filter_map(|offer| packages(offer, gpu, gpus, &needed))
            .min_by(|left, right| {
                let quality = |package: &Package<'_>| package.offer.map(|offer| offer.quality);
                (right.in_one_instance.cmp(&left.in_one_instance))
                    .then_with(|| left.usd_per_hour.cmp(&right.usd_per_hour))
                    .then_with(|| quality(left).cmp(&quality(right)))
            })
    }

    /// Whether anybody sells the card this way.
    pub fn sells(&self, gpu: &Gpu) -> bool {
        self.cheapest(gpu, 1).is_some()
    }
}

fn packages(offer: &'static Offer, gpu: &Gpu, gpus: u32, needed: &Exact) -> Option<Package<'static>> {
    let count = needed.checked_div(&offer.count)?.ceil();
    let in_one_instance = gpus <= gpu.node_gpus && (count == Exact::ONE || offer.scales);
    Some(Package {
        offer: Some(offer),
        count: count.to_u64()?,
        gpus: &count * &offer.count,
        usd_per_hour: &count * &offer.usd_per_hour,
        in_one_instance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(gpu: &str, gpus: u32, purchase: Purchase) -> Option<(String, String, bool)> {
        let terms = Terms { purchase, usd_per_gpu_hour: None, as_of: Date::constant(2026, 11, 23) };
        let package = terms.cheapest(catalogue::gpu(gpu).unwrap(), gpus)?;
        Some((package.offer.unwrap().id.clone(), package.usd_per_hour.to_string(), package.in_one_instance))
    }

    #[test]
    fn the_smallest_package_pays() {
        let on_demand = |gpu, gpus| price(gpu, gpus, Purchase::OnDemand).unwrap();
        // Sold by eight only: one card costs as much as eight.
        for gpus in [1, 5, 8] {
            assert_eq!(on_demand("b300", gpus), ("aws/p6-b300.48xlarge/on_demand".into(), "142.416".into(), true));
        }
        assert_eq!(on_demand("b300", 9).1, "284.832");
        // One card is an instance of its own; four of it need the instance of four, which costs more than four of one.
        assert_eq!(on_demand("a10g", 1).1, "1.006");
        assert_eq!(on_demand("a10g", 2), ("aws/g5.12xlarge/on_demand".into(), "5.672".into(), true));
        // A price per card holds for as many as fit into a node.
        assert_eq!(on_demand("h100", 4), ("coreweave/h100-sxm/on_demand".into(), "8.92".into(), true));
        assert_eq!(on_demand("gb200", 3).1, "18.16");
        // Nobody sells two of these in one instance.
        assert_eq!(on_demand("rtx-a6000", 2), ("lambda/gpu_1x_a6000/on_demand".into(), "2.18".into(), false));
        // Slices of a card are no card.
        assert_eq!(on_demand("l4", 1).0, "runpod/pod-l4/on_demand");
        assert_eq!(price("l4", 1, Purchase::Spot), None);
        assert_eq!(price("mi355x", 1, Purchase::OnDemand), None);
        assert_eq!(price("h100", 1, Purchase::Spot).unwrap().1, "1.25");
    }

    #[test]
    fn a_stated_price_needs_no_offer_and_an_earlier_day_knows_fewer() {
        let stated = Terms {
            purchase: Purchase::OnDemand,
            usd_per_gpu_hour: Exact::from_decimal("1.5"),
            as_of: Date::constant(2026, 11, 23),
        };
        let package = stated.cheapest(catalogue::gpu("mi355x").unwrap(), 3).unwrap();
        assert_eq!((package.usd_per_hour.to_string(), package.offer.is_none()), ("4.5".into(), true));
        let early = Terms { usd_per_gpu_hour: None, as_of: Date::constant(2025, 12, 31), ..stated };
        let offer = early.cheapest(catalogue::gpu("h100").unwrap(), 1).unwrap().offer.unwrap();
        assert_eq!(offer.id, "oci/BM.GPU.H100.8/on_demand");
        assert!(early.cheapest(catalogue::gpu("b200").unwrap(), 1).is_none());
    }
}
