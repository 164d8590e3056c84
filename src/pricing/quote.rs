//! What one unit of a component costs: which card holds, what stands in for a price that is missing, what is applied.
//!
//! Cards whose selectors hold at the moment lie over one another, most selectors first, then the newest; of two with
//! the same selectors the newer one ends the older. A mode asked for is looked for first, and what its cards do not
//! state is taken from the standard ones. Every fallback leaves a note; a price that nothing stands in for is
//! [`Missing`], never 0.

use super::card::{Card, Fallback, Model, Rate, Tier};
use super::{Component, Date, Load, Moment, Window};
use crate::units::{Exact, Kind, Settings};

/// What is asked of a model's prices.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What is priced.
    pub component: &'a Component,
    /// `batch`, `flex`, ...; `None`: standard.
    pub mode: Option<&'a str>,
    /// Tokens of the whole prompt.
    pub input: &'a Exact,
    /// When.
    pub at: Moment,
}

/// The price of one unit.
#[derive(Clone, Debug)]
pub struct Quote<'a> {
    /// What the unit is priced as: another component where that stands in.
    pub component: Component,
    /// The list's price before `factors`, USD per unit.
    pub usd: Exact,
    /// The card and rate it is from; `None` where nothing is paid.
    pub listed: Option<Listed<'a>>,
    /// What the list's price is multiplied by.
    pub factors: Vec<Factor>,
    /// Why nothing is paid, where nothing is.
    pub unpaid: Option<&'static str>,
    /// What has to be said of it.
    pub notes: Vec<String>,
}

/// The place of a price in a list.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The card.
    pub card: &'a Card,
    /// All tiers of the price.
    pub rate: &'a Rate,
    /// The tier of this request.
    pub tier: Option<&'a Tier>,
}

/// A declared factor on a price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Factor {
    /// What it is, as `batch factor of gpt-4o`.
    pub name: String,
    /// Its value.
    pub value: Exact,
    /// Why it applies.
    pub reason: String,
}

impl Quote<'_> {
    /// USD per unit, factors applied.
    pub fn price(&self) -> Exact {
        self.factors.iter().fold(self.usd.clone(), |usd, factor| &usd * &factor.value)
    }
}

/// A price that no card and no fallback states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// No card is in force; the first one begins later, or none ever did.
    AtDate(Option<Date>),
    /// The mode has neither card nor factor at the date; the modes that have, and the day on which this one begins.
    Mode(Vec<String>, Option<Date>),
    /// The component is not priced; those that are.
    Component(Vec<Component>),
    /// The cache is not priced for the lifetime; those that are.
    Lifetime(Vec<String>),
}

/// The cards that hold, the one that wins first.
struct Layers<'a> {
    /// Those of the mode asked for; the standard ones where none is.
    own: Vec<&'a Card>,
    /// The standard ones, where a mode is asked for.
    standard: Vec<&'a Card>,
}

type Hit<'a> = (&'a Card, &'a Rate);

fn first<'a>(cards: &[&'a Card], component: &Component) -> Option<Hit<'a>> {
    cards.iter().find_map(|card| Some((*card, card.rate(component)?)))
}

impl<'a> Layers<'a> {
    fn any(&self, component: &Component) -> Option<Hit<'a>> {
        first(&self.own, component).or_else(|| first(&self.standard, component))
    }

    fn all(&self) -> impl Iterator<Item = &'a Card> {
        self.own.iter().chain(&self.standard).copied()
    }
}

impl Model {
    /// What `ask` costs.
    ///
    /// # Errors
    /// What is missing.
    pub fn quote(&self, ask: &Ask<'_>) -> Result<Quote<'_>, Missing> {
        let standard = self.holding(None, ask.at);
        let mut layers = Layers { own: standard, standard: Vec::new() };
        let mut fallback = None;
        if let Some(mode) = ask.mode {
            let own = self.holding(Some(mode), ask.at);
            fallback = self.fallbacks.iter().find(|fallback| fallback.mode == mode);
            if own.is_empty() && fallback.is_none() {
                return Err(self.without_mode(mode, ask.at.date));
            }
            if !own.is_empty() {
                layers.standard = std::mem::replace(&mut layers.own, own);
            }
        }
        if layers.all().next().is_none() && !self.free {
            return Err(Missing::AtDate(self.first_day().filter(|first| *first > ask.at.date)));
        }
        let mut quote = self.find(ask, &layers, fallback)?;
        self.say_what_matters(ask, &layers, &mut quote);
        self.apply_region(&mut quote);
        Ok(quote)
    }

    /// The cards of `mode` that hold: dates cover the day, region, route and hour are as asked; of equal selectors only
    /// the newest; most selectors first, then the newest.
    fn holding(&self, mode: Option<&str>, at: Moment) -> Vec<&Card> {
        let holds = |card: &&Card| {
            let when = &card.when;
            when.mode.as_deref() == mode
                && (when.region.is_none() || when.region == self.region)
                && (when.route.is_none() || when.route == self.route)
                && (when.windows.is_empty() || at.second.is_some_and(|at| when.windows.iter().any(|w| w.holds(at))))
                && card.covers(at.date)
        };
        let holding: Vec<&Card> = self.cards.iter().filter(holds).collect();
        let newest = |card: &&Card| !holding.iter().any(|other| other.when == card.when && other.from > card.from);
        let mut cards: Vec<&Card> = holding.iter().copied().filter(newest).collect();
        cards.sort_by_key(|card| std::cmp::Reverse((card.when.count(), card.from)));
        cards
    }

    /// Whether a card of `mode` holds, so that no factor stands in for it.
    pub fn has_card(&self, mode: &str, at: Moment) -> bool {
        !self.holding(Some(mode), at).is_empty()
    }

    /// The parts of a week that prices on `date` differ in, each as a moment with its share of the load; one part
    /// where no card asks for the hour.
    pub fn moments(&self, date: Date, load: &Load) -> Vec<(Exact, Moment)> {
        let in_force = self.cards.iter().filter(|card| card.covers(date));
        let windows: Vec<&Window> = in_force.flat_map(|card| &card.when.windows).collect();
        if windows.is_empty() {
            return vec![(Exact::ONE, Moment::day(date))];
        }
        let holding = |second| windows.iter().map(|window| window.holds(second)).collect::<Vec<bool>>();
        let parts = load.shares(date, holding).into_iter();
        parts.map(|(_, second, share)| (share, Moment { date, second: Some(second) })).collect()
    }

    fn without_mode(&self, mode: &str, date: Date) -> Missing {
        let cards = || self.cards.iter().filter(|card| card.when.mode.as_deref() == Some(mode));
        let begins = cards().filter_map(|card| card.from).filter(|from| *from > date).min();
        let priced = |known: &&str| {
            self.fallbacks.iter().any(|fallback| fallback.mode == *known)
                || self.cards.iter().any(|card| card.when.mode.as_deref() == Some(*known) && card.covers(date))
        };
        let others = self.modes().into_iter().filter(priced).map(str::to_owned).collect();
        Missing::Mode(others, begins)
    }

    fn find<'a>(
        &'a self,
        ask: &Ask<'_>,
        layers: &Layers<'a>,
        fallback: Option<&Fallback>,
    ) -> Result<Quote<'a>, Missing> {
        let wanted = ask.component;
        let listed = |component: &Component, (card, rate): Hit<'a>, notes: Vec<String>| {
            let (usd, tier) = rate.at(ask.input);
            let listed = Some(Listed { card, rate, tier });
            Quote { component: component.clone(), usd: usd.clone(), listed, factors: Vec::new(), unpaid: None, notes }
        };
        // A mode that only a factor stands for is the standard price times the factor.
        let by_factor = ask.mode.is_some() && layers.standard.is_empty();
        let factored = |mut quote: Quote<'a>| {
            if let Some(fallback) = fallback.filter(|fallback| fallback.applies(&quote.component)) {
                quote.factors.push(self.declared(fallback));
            }
            quote
        };
        if let Some(hit) = first(&layers.own, wanted) {
            let quote = listed(wanted, hit, Vec::new());
            return Ok(if by_factor { factored(quote) } else { quote });
        }
        if let Some(hit) = first(&layers.standard, wanted) {
            let quote = listed(wanted, hit, Vec::new());
            if fallback.is_some_and(|fallback| fallback.applies(wanted)) {
                return Ok(factored(quote));
            }
            return Ok(self.at_the_standard_price(ask, layers, quote, &listed));
        }
        let stand_in = match wanted {
            Component::CacheWrite(lifetime) => match self.lifetime(lifetime, layers)? {
                Some(known) => {
                    return self.find(&Ask { component: &Component::CacheWrite(known), ..*ask }, layers, fallback);
                }
                None => Component::Input,
            },
            Component::CacheRead => Component::Input,
            Component::Reasoning => Component::Output,
            Component::CacheReadAudio if layers.any(&Component::InputAudio).is_some() => Component::InputAudio,
            Component::CacheReadImage if layers.any(&Component::InputImage).is_some() => Component::InputImage,
            Component::CacheReadVideo if layers.any(&Component::InputVideo).is_some() => Component::InputVideo,
            other => match other.as_text().filter(|_| self.bills_as_text(other)) {
                Some(text) => text,
                None => return self.nothing_or_missing(wanted, layers),
            },
        };
        let mut quote = self.find(&Ask { component: &stand_in, ..*ask }, layers, fallback)?;
        if quote.unpaid.is_none() {
            let note = format!("{} has no price for {wanted} tokens; they pay the {stand_in} price", self.id);
            quote.notes.insert(0, note);
        }
        Ok(quote)
    }

    /// A component that the mode's cards leave out, at the standard price; cached tokens never pay more than fresh ones.
    fn at_the_standard_price<'a>(
        &'a self,
        ask: &Ask<'_>,
        layers: &Layers<'a>,
        mut standard: Quote<'a>,
        listed: &impl Fn(&Component, Hit<'a>, Vec<String>) -> Quote<'a>,
    ) -> Quote<'a> {
        let (id, wanted, mode) = (&self.id, ask.component, ask.mode.unwrap_or_default());
        let unit = if wanted.is_token() { " tokens" } else { "" };
        let unpublished = format!("{id} publishes no {mode} price for {wanted}{unit}; they pay the ");
        if *wanted == Component::CacheRead
            && let Some(input) = first(&layers.own, &Component::Input)
        {
            let input = listed(&Component::Input, input, Vec::new());
            if input.usd < standard.usd {
                return Quote { notes: vec![format!("{unpublished}{mode} input price, the lower of both")], ..input };
            }
        }
        if wanted.is_token() {
            standard.notes.push(format!("{unpublished}standard price"));
        }
        standard
    }

    /// The priced lifetime that answers for `lifetime`; `None` where writing has no price at all.
    fn lifetime(&self, lifetime: &str, layers: &Layers<'_>) -> Result<Option<String>, Missing> {
        let mut known: Vec<&str> = layers.all().flat_map(Card::lifetimes).collect();
        known.sort_by_key(|lifetime| length(lifetime));
        known.dedup();
        let usual = self.cache.ttls.first().map(String::as_str);
        let answer = match known.first() {
            None => return Ok(None),
            // The default lifetime: the one the vendor names first, else the shortest.
            Some(shortest) if lifetime.is_empty() => usual.filter(|usual| known.contains(usual)).unwrap_or(shortest),
            // A price without a lifetime is that of the default one.
            Some(&"") if lifetime == usual.unwrap_or("5m") => "",
            Some(_) => {
                let named =
                    |known: &str| if known.is_empty() { usual.unwrap_or("the default one") } else { known }.to_owned();
                return Err(Missing::Lifetime(known.into_iter().map(named).collect()));
            }
        };
        Ok(Some(answer.to_owned()))
    }

    fn bills_as_text(&self, component: &Component) -> bool {
        component.medium().is_some_and(|medium| self.as_text.iter().any(|known| known == medium))
    }

    /// Tokens that a price per request covers, and everything of a free model, cost nothing.
    fn nothing_or_missing<'a>(&'a self, wanted: &Component, layers: &Layers<'a>) -> Result<Quote<'a>, Missing> {
        let tokens = layers.all().flat_map(|card| &card.rates).any(|(component, _)| component.is_token());
        let by_request = layers.any(&Component::Request).is_some() && !tokens;
        let unpaid = match (self.free, by_request && wanted.is_token()) {
            (true, _) => "the model is free",
            (false, true) => "covered by the price per request",
            (false, false) => {
                let mut known: Vec<Component> =
                    layers.all().flat_map(|c| c.rates.iter().map(|(c, _)| c.clone())).collect();
                known.sort();
                known.dedup();
                return Err(Missing::Component(known));
            }
        };
        let component = wanted.clone();
        let (factors, notes) = (Vec::new(), Vec::new());
        Ok(Quote { component, usd: Exact::ZERO, listed: None, factors, unpaid: Some(unpaid), notes })
    }

    fn declared(&self, fallback: &Fallback) -> Factor {
        let (id, mode) = (&self.id, &fallback.mode);
        Factor {
            name: format!("{mode} factor of {id}"),
            value: fallback.factor.clone(),
            reason: format!("{id} publishes no {mode} price; its declared fallback at {} is used", fallback.place),
        }
    }

    /// Notes of the cards, and what an hour would change.
    fn say_what_matters(&self, ask: &Ask<'_>, layers: &Layers<'_>, quote: &mut Quote<'_>) {
        let base = layers.standard.first().or(layers.own.first()).copied();
        let used = quote.listed.map(|listed| listed.card);
        let mut said: Vec<String> = Vec::new();
        for note in [base, used].into_iter().flatten().filter_map(|card| card.note.as_ref()) {
            let note = format!("{}: {note}", self.id);
            if !said.contains(&note) {
                said.push(note);
            }
        }
        if ask.at.second.is_none() {
            let hourly = |card: &&Card| {
                !card.when.windows.is_empty()
                    && card.covers(ask.at.date)
                    && card.when.mode.as_deref() == ask.mode
                    && card.rate(&quote.component).is_some()
            };
            let windows: Vec<String> = self.cards.iter().filter(hourly).map(|card| card.when.to_string()).collect();
            if !windows.is_empty() {
                said.push(format!(
                    "{} has other prices at certain hours ({}); no hour is stated, so the price outside of them is used",
                    self.id,
                    windows.join("; ")
                ));
            }
        }
        said.append(&mut quote.notes);
        quote.notes = said;
    }

    fn apply_region(&self, quote: &mut Quote<'_>) {
        let Some(region) = &self.region else { return };
        let Some(listed) = quote.listed else { return };
        if listed.card.when.region.is_some() {
            return;
        }
        match self.uplifts.iter().find(|uplift| uplift.region == *region) {
            Some(uplift) if uplift.applies(&quote.component) => quote.factors.push(Factor {
                name: format!("{region} uplift of {}", self.id),
                value: uplift.factor.clone(),
                reason: format!("stated at {}", uplift.place),
            }),
            Some(_) => {}
            None => {
                quote.notes.push(format!(
                    "{} has no price of its own for region {region}; its general price is used",
                    self.id
                ));
            }
        }
    }
}

/// Seconds of a lifetime, for order only; the default one first.
fn length(lifetime: &str) -> Exact {
    Kind::Duration.parse(lifetime, &Settings::default()).unwrap_or(Exact::ZERO)
}
