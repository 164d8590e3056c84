//! Break-even of a fleet whose size changes from hour to hour: the whole profile is scaled by the volume, and its cost is
//! constant between the volumes at which any hour needs one package more (SPEC section 5).

use super::{Answer, Crossover, Interval, Kind, LISTED_STEPS};
use crate::hosting::fleet::{Buying, Fleet, Way};
use crate::units::Exact;

/// A fleet at every volume.
#[derive(Clone, Debug)]
pub struct Scaled<T> {
    /// The load of each hour at its peak over the mean load; not negative, one above zero.
    pub hours: Vec<Exact>,
    /// Volume per hour that a package takes; above zero.
    pub capacity: Exact,
    /// Packages that are always there; whole.
    pub least: Exact,
    /// USD per hour whatever the load.
    pub fixed: Exact,
    /// What packages cost.
    pub ways: Vec<Way<T>>,
    /// How they are bought.
    pub buying: Buying<T>,
    /// Hours that a new package is paid before it serves.
    pub coming: Exact,
}

impl<T: Copy + PartialEq> Scaled<T> {
    /// The fleet at `volume` per hour, on average.
    pub fn fleet(&self, volume: &Exact) -> Fleet {
        let loads: Vec<Exact> = self.hours.iter().map(|hour| hour * volume).collect();
        Fleet::of(&loads, &self.capacity, &self.least, None)
    }

    /// USD per hour at `volume` per hour, on average.
    pub fn cost(&self, volume: &Exact) -> Exact {
        &self.fixed + &self.price(&self.fleet(volume))
    }

    fn price(&self, fleet: &Fleet) -> Exact {
        let bought = fleet.bought(&self.buying, &self.ways, Some(&self.coming));
        let price =
            |term: T| self.ways.iter().find(|way| way.term == term).map_or(Exact::ZERO, |way| way.price.clone());
        let day: Exact = bought.iter().map(|bought| &bought.hours * &price(bought.term)).sum();
        day.checked_div(&Exact::from(24)).unwrap_or(Exact::ZERO)
    }

    /// How loaded the paid hours are at `volume` per hour, as a share.
    pub fn utilisation(&self, volume: &Exact) -> Option<Exact> {
        let bought = self.fleet(volume).bought(&self.buying, &self.ways, Some(&self.coming));
        let hours: Exact = bought.iter().map(|bought| &bought.hours).sum();
        (volume * &Exact::from(24)).checked_div(&(&hours * &self.capacity))
    }

    /// The volumes up to `end` at which the cost changes, and `end`; `None` where there are more than `most`.
    pub fn edges(&self, end: &Exact, most: u64) -> Option<Vec<Exact>> {
        let mut found = Vec::new();
        let mut at = Exact::ZERO;
        while at < *end {
            at = self.edge_above(&at)?.min(end.clone());
            found.push(at.clone());
            if found.len() as u64 > most {
                return None;
            }
        }
        Some(found)
    }

    /// The next volume above `volume` at which an hour is full.
    fn edge_above(&self, volume: &Exact) -> Option<Exact> {
        let of_hour = |hour: &Exact| {
            let full = (volume * hour).checked_div(&self.capacity)?.floor();
            (&(&full + &Exact::ONE) * &self.capacity).checked_div(hour)
        };
        self.hours.iter().filter(|hour| !hour.is_zero()).filter_map(of_hour).min()
    }

    /// USD per unit far above all edges, where whole packages no longer matter, and how far from that a cost can be in USD
    /// per hour: rounding up changes an hour's need by less than one package (or the least number of them), and each part
    /// of a price by no more than that twice.
    fn far(&self) -> (Exact, Exact) {
        let slope = self.price(&Fleet::in_parts(&self.hours, &self.capacity));
        let most = self.ways.iter().map(|way| &way.price).max().cloned().unwrap_or(Exact::ZERO);
        let off = &self.least.clone().max(Exact::ONE) * &Exact::from(2);
        (slope, &(&off * &most) * &(&Exact::ONE + &(&self.coming * &Exact::from(2))))
    }

    /// Compares with a constant price per unit (USD, not negative).
    pub fn against(&self, price: &Exact) -> Answer {
        let (slope, off) = self.far();
        let gain = price - &slope;
        // Above this volume the cheaper side no longer changes.
        let settled = (&self.fixed + &off).checked_div(&gain.abs());
        let mut answer = Answer::default();
        let mut open: Option<Exact> = None;
        let mut at = Exact::ZERO;
        let mut listed = 0u32;
        while settled.as_ref().is_none_or(|settled| at < *settled) {
            if listed == LISTED_STEPS {
                answer.unlisted.push(Interval { from: at.clone(), to: settled.clone() });
                break;
            }
            listed = listed.saturating_add(1);
            let Some(edge) = self.edge_above(&at) else { break };
            let cost = self.cost(&edge);
            // On this cell hosting costs `cost`; the API rises to `price x edge` at its end.
            let root = cost.checked_div(price).unwrap_or_else(|| edge.clone()).max(at.clone());
            let regret = &cost - &(price * &at);
            if regret > Exact::ZERO || root > at {
                self.close(&mut answer, &mut open, &at, &regret);
            }
            if root < edge && cost < price * &edge {
                if open.is_none() && !root.is_zero() {
                    self.cross(&mut answer, &root, Kind::Equal);
                }
                open.get_or_insert(root);
            }
            at = edge;
        }
        if gain > Exact::ZERO {
            // Beyond what was walked hosting wins whatever happens; where not all was walked, from there at the latest.
            let from = open.take().or_else(|| settled.clone());
            answer.permanent_from = from.clone();
            answer.cheaper.extend(from.map(|from| Interval { from, to: None }));
        } else if let Some(from) = open {
            answer.cheaper.push(Interval { from, to: Some(at) });
        }
        answer
    }

    fn close(&self, answer: &mut Answer, open: &mut Option<Exact>, at: &Exact, regret: &Exact) {
        if let Some(from) = open.take() {
            answer.cheaper.push(Interval { from, to: Some(at.clone()) });
            self.cross(answer, at, Kind::Jump { regret: regret.clone() });
        }
    }

    fn cross(&self, answer: &mut Answer, at: &Exact, kind: Kind) {
        answer.crossovers.push(Crossover {
            at: at.clone(),
            replicas: self.fleet(at).peak(),
            utilisation: self.utilisation(at).unwrap_or(Exact::ZERO),
            kind,
        });
    }
}
