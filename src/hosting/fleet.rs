//! How many packages a load needs hour by hour, and the cheapest way to buy them. Exact.
//!
//! ```text
//! need_h  = max(least, ceil(load_h / capacity)), not above most       packages in hour h
//! fixed   = max need_h in every hour;   autoscaled = need_h in hour h, and the time that new ones take to come
//! level k of the load-duration curve is needed in a share u_k of the hours:
//!   on demand u_k c,   spot u_k c_spot,   reserved c_1y or c_3y whatever u_k
//! ```
//!
//! Levels do not depend on each other, so the cheapest way for each is the cheapest way for all (SPEC section 5).

use crate::units::Exact;

/// Packages needed in each hour of a cycle: of a day, of a week, or a single entry where all hours are alike.
#[derive(Clone, Debug)]
pub struct Fleet {
    needs: Vec<Exact>,
}

/// A part of a fleet that is needed in the same hours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Band {
    /// How many packages.
    pub packages: Exact,
    /// The share of the hours in which they are needed, above 0 up to 1.
    pub needed: Exact,
}

impl Fleet {
    /// What `loads` (one per hour of the cycle, at their peak) need of packages that take `capacity` each; capacity is
    /// above zero, in the unit of the loads. At least `least`, at most `most` packages.
    pub fn of(loads: &[Exact], capacity: &Exact, least: &Exact, most: Option<&Exact>) -> Self {
        let need = |load: &Exact| {
            let steps = load.checked_div(capacity).unwrap_or(Exact::ZERO).ceil().max(least.clone());
            most.map_or(steps.clone(), |most| steps.min(most.clone()))
        };
        Self { needs: loads.iter().map(need).collect() }
    }

    /// The same without rounding up: what a fleet tends to when it is large.
    pub fn in_parts(loads: &[Exact], capacity: &Exact) -> Self {
        Self { needs: loads.iter().map(|load| load.checked_div(capacity).unwrap_or(Exact::ZERO)).collect() }
    }

    /// Packages in the busiest hour.
    pub fn peak(&self) -> Exact {
        self.needs.iter().max().cloned().unwrap_or(Exact::ZERO)
    }

    /// As many packages in every hour as in the busiest.
    #[must_use]
    pub fn fixed(&self) -> Self {
        Self { needs: vec![self.peak(); self.needs.len()] }
    }

    /// Package-hours per day beyond the first `held` packages.
    pub fn hours_beyond(&self, held: &Exact) -> Exact {
        let over = |need: &Exact| (need - held).max(Exact::ZERO);
        self.per_day(self.needs.iter().map(over).sum())
    }

    /// Package-hours per day that are paid while packages come: each hour that needs more than the one before it waits
    /// `hours` for what it needs more.
    pub fn hours_coming(&self, hours: &Exact) -> Exact {
        let before = self.needs.iter().cycle().skip(self.needs.len().saturating_sub(1));
        let more = self.needs.iter().zip(before).map(|(now, before)| (now - before).max(Exact::ZERO));
        &self.per_day(more.sum()) * hours
    }

    /// The load-duration curve: packages that are needed in the same share of the hours, the base first.
    pub fn bands(&self) -> Vec<Band> {
        let mut levels = self.needs.clone();
        levels.sort();
        let hours = Exact::from(levels.len() as u64);
        let mut bands: Vec<Band> = Vec::new();
        let mut below = Exact::ZERO;
        for (index, level) in levels.iter().enumerate() {
            let packages = level - &below;
            if packages.is_zero() {
                continue;
            }
            let longer = Exact::from(levels.len().saturating_sub(index) as u64);
            bands.push(Band { packages, needed: longer.checked_div(&hours).unwrap_or(Exact::ONE) });
            below = level.clone();
        }
        bands
    }

    fn per_day(&self, hours_of_the_cycle: Exact) -> Exact {
        let days = Exact::from(self.needs.len() as u64).checked_div(&Exact::from(24)).unwrap_or(Exact::ONE);
        hours_of_the_cycle.checked_div(&days).unwrap_or(Exact::ZERO)
    }
}

/// A way to buy a package-hour.
#[derive(Clone, Debug)]
pub struct Way<T> {
    /// Which.
    pub term: T,
    /// USD per hour.
    pub price: Exact,
    /// Whether every hour is paid, used or not.
    pub always: bool,
    /// Whether it may be taken away, so that it never carries what every hour needs.
    pub unsafe_base: bool,
}

/// How a fleet is bought.
#[derive(Clone, Debug)]
pub enum Buying<T> {
    /// In one way.
    One(T),
    /// In shares that make up a whole: of what is paid always, shares of the fleet at its peak; the others share the hours
    /// beyond that.
    Mix(Vec<(T, Exact)>),
    /// Each level of the load-duration curve in its cheapest way.
    Auto,
}

/// Hours of one way to buy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bought<T> {
    /// Which.
    pub term: T,
    /// Packages; of a mix possibly a fraction.
    pub packages: Exact,
    /// Package-hours per day.
    pub hours: Exact,
}

impl Fleet {
    /// How the fleet's hours are bought. `coming`: hours a new package is paid before it serves, where packages come and
    /// go. A term without a way is left out.
    pub fn bought<T: Copy + PartialEq>(
        &self,
        buying: &Buying<T>,
        ways: &[Way<T>],
        coming: Option<&Exact>,
    ) -> Vec<Bought<T>> {
        let day = Exact::from(24);
        let peak = self.peak();
        let coming = coming.map_or(Exact::ZERO, |hours| self.hours_coming(hours));
        let way = |term: T| ways.iter().find(|way| way.term == term);
        match buying {
            Buying::One(term) => {
                let always = way(*term).is_some_and(|way| way.always);
                let hours = if always { &peak * &day } else { &self.hours_beyond(&Exact::ZERO) + &coming };
                vec![Bought { term: *term, packages: peak, hours }]
            }
            Buying::Mix(shares) => {
                let always = |term: T| way(term).is_some_and(|way| way.always);
                let reserved: Exact = shares.iter().filter(|(term, _)| always(*term)).map(|(_, share)| share).sum();
                let beyond = &self.hours_beyond(&(&reserved * &peak)) + &coming;
                let rest = &Exact::ONE - &reserved;
                let of = |(term, share): &(T, Exact)| {
                    let packages = &peak * share;
                    let hours = if always(*term) {
                        &packages * &day
                    } else {
                        &beyond * &share.checked_div(&rest).unwrap_or(Exact::ZERO)
                    };
                    Bought { term: *term, packages, hours }
                };
                shares.iter().filter(|(_, share)| !share.is_zero()).map(of).collect()
            }
            Buying::Auto => self.cheapest(ways, &coming),
        }
    }

    /// Each band in its cheapest way; of equal ones the first, so that nobody commits to what gains nothing. What comes is
    /// paid in the first way that is not paid always.
    fn cheapest<T: Copy + PartialEq>(&self, ways: &[Way<T>], coming: &Exact) -> Vec<Bought<T>> {
        let mut all: Vec<Bought<T>> = Vec::new();
        for band in self.bands() {
            let safe = ways.iter().filter(|way| !way.unsafe_base || band.needed < Exact::ONE);
            let used = |way: &Way<T>| if way.always { Exact::ONE } else { band.needed.clone() };
            let Some(way) = safe.min_by_key(|way| &way.price * &used(way)) else { continue };
            let hours = &(&band.packages * &used(way)) * &Exact::from(24);
            match all.iter_mut().find(|known| known.term == way.term) {
                Some(known) => {
                    known.packages = &known.packages + &band.packages;
                    known.hours = &known.hours + &hours;
                }
                None => all.push(Bought { term: way.term, packages: band.packages, hours }),
            }
        }
        let waits = |bought: &&mut Bought<T>| ways.iter().any(|way| way.term == bought.term && !way.always);
        if let Some(first) = all.iter_mut().find(waits) {
            first.hours = &first.hours + coming;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    /// Twelve hours at 4M and twelve at 20M tokens, 9M a replica at 2.69 an hour.
    fn day() -> Fleet {
        let loads: Vec<Exact> = (0..24).map(|hour| exact(if hour < 12 { "4000000" } else { "20000000" })).collect();
        Fleet::of(&loads, &exact("9000000"), &Exact::ONE, None)
    }

    #[test]
    fn a_day_of_two_levels() {
        let fleet = day();
        assert_eq!(fleet.peak(), exact("3"));
        let price = exact("2.69");
        assert_eq!(&fleet.fixed().hours_beyond(&Exact::ZERO) * &price, exact("193.68"));
        assert_eq!(&fleet.hours_beyond(&Exact::ZERO) * &price, exact("129.12"));
        assert_eq!(fleet.hours_beyond(&Exact::ONE), exact("24"));
        // Two replicas come once a day.
        assert_eq!(fleet.hours_coming(&exact("0.25")), exact("0.5"));
        assert_eq!(
            fleet.bands(),
            [Band { packages: Exact::ONE, needed: Exact::ONE }, Band { packages: exact("2"), needed: exact("0.5") }]
        );
    }

    #[test]
    fn a_level_is_reserved_when_it_is_needed_more_often_than_the_discount_leaves() {
        let steady = || ways()[..2].to_vec();
        let bought = day().bought(&Buying::Auto, &steady(), None);
        let shown: Vec<_> = bought.iter().map(|b| (b.term, b.packages.to_string(), b.hours.to_string())).collect();
        assert_eq!(shown, [("1y", "1".into(), "24".into()), ("on demand", "2".into(), "24".into())]);
        assert_eq!(per_hour(&bought), exact("4.304"));
        assert_eq!(per_hour(&day().fixed().bought(&Buying::One("on demand"), &ways(), None)), exact("8.07"));
        assert_eq!(per_hour(&day().bought(&Buying::One("on demand"), &ways(), None)), exact("5.38"));
        assert_eq!(per_hour(&day().bought(&Buying::One("1y"), &ways(), None)), exact("4.842"));
        // Needed in 60% of the hours at 40% off: equal, so nobody commits.
        let loads: Vec<Exact> = (0..5).map(|hour| exact(if hour < 2 { "0" } else { "1" })).collect();
        let even = Fleet::of(&loads, &Exact::ONE, &Exact::ZERO, None);
        assert_eq!(even.bought(&Buying::Auto, &steady(), None)[0].term, "on demand");
    }

    #[test]
    fn a_mix_holds_its_reserved_share_and_buys_the_rest_by_the_hour() {
        let mix = Buying::Mix(vec![("1y", exact("0.5")), ("spot", exact("0.5"))]);
        let bought = day().bought(&mix, &ways(), None);
        assert_eq!(bought[0], Bought { term: "1y", packages: exact("1.5"), hours: exact("36") });
        // 1.5 are held: an hour of 3 needs 1.5 more, an hour of 1 none.
        assert_eq!(bought[1], Bought { term: "spot", packages: exact("1.5"), hours: exact("18") });
    }

    #[test]
    fn the_base_is_never_bought_where_it_can_be_taken_away() {
        let bought = day().bought(&Buying::Auto, &[ways()[0].clone(), ways()[2].clone()], None);
        let terms: Vec<_> = bought.iter().map(|b| b.term).collect();
        assert_eq!(terms, ["on demand", "spot"]);
    }

    fn ways() -> [Way<&'static str>; 3] {
        let way = |term, price, always, unsafe_base| Way { term, price: exact(price), always, unsafe_base };
        [way("on demand", "2.69", false, false), way("1y", "1.614", true, false), way("spot", "1", false, true)]
    }

    fn per_hour(bought: &[Bought<&'static str>]) -> Exact {
        let price = |term| ways().iter().find(|way| way.term == term).unwrap().price.clone();
        let day: Exact = bought.iter().map(|b| &b.hours * &price(b.term)).sum();
        day.checked_div(&exact("24")).unwrap()
    }

    #[test]
    fn limits_hold() {
        let loads = [exact("0"), exact("95")];
        let fleet = Fleet::of(&loads, &exact("10"), &exact("2"), Some(&exact("5")));
        assert_eq!((fleet.peak(), fleet.hours_beyond(&Exact::ZERO)), (exact("5"), exact("84")));
    }
}
