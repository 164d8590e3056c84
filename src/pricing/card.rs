//! What a price list says of one model.

use std::fmt;
use std::sync::Arc;

use super::window::Window;
use super::{Component, Date, ListInfo};
use crate::diag::Place;
use crate::units::Exact;

/// A model of a list: its names, its limits and all its cards, past and announced ones included.
#[derive(Clone, Debug)]
pub struct Model {
    /// The name that reports use.
    pub id: String,
    /// Who sells it.
    pub provider: String,
    /// The list that states it.
    pub list: Arc<ListInfo>,
    /// Other names, each possibly only for a time or a region.
    pub aliases: Vec<Alias>,
    /// Most tokens of prompt and answer together.
    pub context: Option<u64>,
    /// Most tokens of an answer.
    pub max_output: Option<u64>,
    /// Rules of the provider's prompt cache.
    pub cache: CacheRules,
    /// Release date.
    pub released: Option<Date>,
    /// The date from which the model is retired.
    pub retires: Option<Date>,
    /// A remark on the model.
    pub note: Option<String>,
    /// Prices, as listed.
    pub cards: Vec<Card>,
    /// Stated factors where a mode has no card.
    pub fallbacks: Vec<Fallback>,
    /// Dearer regions.
    pub uplifts: Vec<Uplift>,
    /// Media (`audio`, `image`, `video`) whose tokens are billed as text.
    pub as_text: Vec<String>,
    /// Stated to cost nothing.
    pub free: bool,
    /// Findings of the lint that the list accepts, each with its reason.
    pub accepted: Vec<Accepted>,
    /// The region that prices are asked for; chosen when the name is resolved.
    pub region: Option<String>,
    /// The way of reaching the model that prices are asked for.
    pub route: Option<String>,
    /// Where it is stated.
    pub place: Place,
}

/// Another name of a model; a dated pointer such as `-latest` has bounds, a regional copy a region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// First day.
    pub from: Option<Date>,
    /// Day after the last one.
    pub until: Option<Date>,
    /// The region whose price the name has.
    pub region: Option<String>,
}

impl Alias {
    /// A name that always holds.
    pub fn always(name: impl Into<String>) -> Self {
        Self { name: name.into(), from: None, until: None, region: None }
    }

    /// Whether it points at its model on `date`.
    pub fn covers(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }
}

/// What a provider's prompt cache asks of a prompt.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct CacheRules {
    /// Least tokens of a cacheable prefix.
    pub min_tokens: Option<u64>,
    /// Tokens by which a cached prefix grows.
    pub step: Option<u64>,
    /// Lifetimes that can be bought.
    pub ttls: Vec<String>,
    /// Whether the cached price is discounted in a batch too.
    pub stacks_with_batch: Option<bool>,
    /// Whether creating an explicit cache is billed: `input` or `free`.
    pub creation: Option<String>,
}

/// Prices in force from one date on, for one use.
#[derive(Clone, Debug)]
pub struct Card {
    /// First day (UTC); always in force when left out.
    pub from: Option<Date>,
    /// Day after the last one.
    pub until: Option<Date>,
    /// When somebody last looked.
    pub verified: Option<Date>,
    /// Who says so.
    pub source: Option<String>,
    /// Whether two sources state the same prices; `None` with one source.
    pub agree: Option<bool>,
    /// What a user of this price must know.
    pub note: Option<String>,
    /// What it is for; nothing for the standard card.
    pub when: Selectors,
    /// Price by component.
    pub rates: Vec<(Component, Rate)>,
    /// Where it is stated.
    pub place: Place,
}

/// What must hold for a card to be in force; all of it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Selectors {
    /// `batch`, `flex`, `priority`, ...
    pub mode: Option<String>,
    /// A region of the provider.
    pub region: Option<String>,
    /// A way to reach the model.
    pub route: Option<String>,
    /// Hours of the week; any of them.
    pub windows: Vec<Window>,
}

impl Selectors {
    /// For a mode and nothing else.
    pub fn mode(mode: &str) -> Self {
        Self { mode: Some(mode.to_owned()), ..Self::default() }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many things are asked.
    pub fn count(&self) -> usize {
        let named = [&self.mode, &self.region, &self.route].into_iter().filter(|selector| selector.is_some()).count();
        named.saturating_add(usize::from(!self.windows.is_empty()))
    }
}

/// `batch, eu, 01:00-04:00 UTC`
impl fmt::Display for Selectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [&self.mode, &self.region, &self.route].into_iter().flatten().cloned();
        let windows = self.windows.iter().map(Window::to_string).collect::<Vec<_>>().join(" and ");
        let all: Vec<String> = named.chain((!windows.is_empty()).then_some(windows)).collect();
        if all.is_empty() { f.write_str("standard") } else { f.write_str(&all.join(", ")) }
    }
}

/// The price of one component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// USD per unit (one token, one request), below all tiers.
    pub usd: Exact,
    /// Dearer prices of long prompts, ascending.
    pub tiers: Vec<Tier>,
}

/// A price for requests whose whole input passes a threshold; it applies to the whole request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tier {
    /// The threshold in tokens.
    pub above: u64,
    /// Whether the threshold itself is in the tier.
    pub test: Test,
    /// USD per unit.
    pub usd: Exact,
}

/// How a prompt is compared with a threshold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Test {
    /// More tokens than the threshold.
    Gt,
    /// As many or more.
    Ge,
}

impl Tier {
    /// Whether a request of `input` tokens is in this tier.
    pub fn reached_by(&self, input: &Exact) -> bool {
        let threshold = Exact::from(self.above);
        match self.test {
            Test::Gt => *input > threshold,
            Test::Ge => *input >= threshold,
        }
    }

    /// The least whole number of tokens in this tier.
    pub fn first(&self) -> u64 {
        match self.test {
            Test::Gt => self.above.saturating_add(1),
            Test::Ge => self.above,
        }
    }
}

/// `>200000`, `>=200000`
impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.test {
            Test::Gt => write!(f, ">{}", self.above),
            Test::Ge => write!(f, ">={}", self.above),
        }
    }
}

impl Rate {
    /// The same price for every request.
    pub fn flat(usd: Exact) -> Self {
        Self { usd, tiers: Vec::new() }
    }

    /// The price for a request of `input` tokens and the tier it is in.
    pub fn at(&self, input: &Exact) -> (&Exact, Option<&Tier>) {
        match self.tiers.iter().rev().find(|tier| tier.reached_by(input)) {
            Some(tier) => (&tier.usd, Some(tier)),
            None => (&self.usd, None),
        }
    }

    /// The same price times `factor` in every tier.
    #[must_use]
    pub fn scaled(&self, factor: &Exact) -> Self {
        let tiers = self.tiers.iter().map(|tier| Tier { usd: &tier.usd * factor, ..tier.clone() }).collect();
        Self { usd: &self.usd * factor, tiers }
    }

    /// Every price of it.
    pub fn amounts(&self) -> impl Iterator<Item = &Exact> {
        std::iter::once(&self.usd).chain(self.tiers.iter().map(|tier| &tier.usd))
    }
}

/// A factor on the standard price that stands in for the cards of a mode that the vendor does not publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fallback {
    /// `batch`, `flex`, `fast`, ...
    pub mode: String,
    /// What the standard price is multiplied by.
    pub factor: Exact,
    /// Components it applies to; every token component when empty.
    pub applies_to: Vec<Component>,
    /// Where it is stated.
    pub place: Place,
}

impl Fallback {
    /// Whether it changes the price of `component`.
    pub fn applies(&self, component: &Component) -> bool {
        if self.applies_to.is_empty() { component.is_token() } else { within(&self.applies_to, component) }
    }
}

/// A factor on the price of a region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uplift {
    /// The region.
    pub region: String,
    /// What prices are multiplied by.
    pub factor: Exact,
    /// Components it applies to; all when empty.
    pub applies_to: Vec<Component>,
    /// Where it is stated.
    pub place: Place,
}

impl Uplift {
    /// Whether it changes the price of `component`.
    pub fn applies(&self, component: &Component) -> bool {
        self.applies_to.is_empty() || within(&self.applies_to, component)
    }
}

/// Whether `component` is among `components`; `cache_write` stands for every lifetime.
pub fn within(components: &[Component], component: &Component) -> bool {
    components.contains(component)
        || matches!(component, Component::CacheWrite(_)) && components.contains(&Component::CacheWrite(String::new()))
}

/// A finding of the lint that is right as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// The rule's name.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Where it is stated.
    pub place: Place,
}

impl Card {
    /// A standard card that is always in force.
    pub fn undated(rates: Vec<(Component, Rate)>, place: &Place) -> Self {
        Self {
            from: None,
            until: None,
            verified: None,
            source: None,
            agree: None,
            note: None,
            when: Selectors::default(),
            rates,
            place: place.clone(),
        }
    }

    /// The rate of `component`, if this card states one.
    pub fn rate(&self, component: &Component) -> Option<&Rate> {
        self.rates.iter().find(|(known, _)| known == component).map(|(_, rate)| rate)
    }

    /// Whether the card is in force on `date`, as far as dates go.
    pub fn covers(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    /// Whether the selectors ask for exactly this mode and nothing else.
    pub fn is_for(&self, mode: Option<&str>) -> bool {
        self.when.mode.as_deref() == mode && self.when.count() == usize::from(mode.is_some())
    }

    /// The lifetimes that writing to the cache is priced for; empty text for the default one.
    pub fn lifetimes(&self) -> impl Iterator<Item = &str> {
        self.rates.iter().filter_map(|(component, _)| match component {
            Component::CacheWrite(lifetime) => Some(lifetime.as_str()),
            _ => None,
        })
    }
}

impl Model {
    /// A model of which nothing is known but its name.
    pub fn unpriced(id: &str, provider: &str, list: Arc<ListInfo>, place: &Place) -> Self {
        Self {
            id: id.to_owned(),
            provider: provider.to_owned(),
            list,
            aliases: Vec::new(),
            context: None,
            max_output: None,
            cache: CacheRules::default(),
            released: None,
            retires: None,
            note: None,
            cards: Vec::new(),
            fallbacks: Vec::new(),
            uplifts: Vec::new(),
            as_text: Vec::new(),
            free: false,
            accepted: Vec::new(),
            region: None,
            route: None,
            place: place.clone(),
        }
    }

    /// The card of `mode` (`None`: the standard one) in force on `date`, whatever the hour: the newest that covers it.
    pub fn card(&self, mode: Option<&str>, date: Date) -> Option<&Card> {
        self.cards.iter().filter(|card| card.is_for(mode) && card.covers(date)).max_by_key(|card| card.from)
    }

    /// The prompt lengths at which any of its prices changes.
    pub fn thresholds(&self) -> Vec<u64> {
        let rates = self.cards.iter().flat_map(|card| &card.rates);
        let mut found: Vec<u64> = rates.flat_map(|(_, rate)| rate.tiers.iter().map(|tier| tier.above)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The next standard card after `date`, if one is announced.
    pub fn next_card(&self, date: Date) -> Option<&Card> {
        let later = |card: &&Card| card.is_for(None) && card.from.is_some_and(|from| from > date);
        self.cards.iter().filter(later).min_by_key(|card| card.from)
    }

    /// The first day on which the model has a standard price.
    pub fn first_day(&self) -> Option<Date> {
        self.cards.iter().filter(|card| card.is_for(None)).filter_map(|card| card.from).min()
    }

    /// The name that says who sells it, too.
    pub fn qualified(&self) -> String {
        let own = self.id.strip_prefix(self.provider.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if own { self.id.clone() } else { format!("{}/{}", self.provider, self.id) }
    }

    /// The modes that have a card or a stated factor, sorted.
    pub fn modes(&self) -> Vec<&str> {
        let cards = self.cards.iter().filter_map(|card| card.when.mode.as_deref());
        let mut modes: Vec<&str> = cards.chain(self.fallbacks.iter().map(|fallback| fallback.mode.as_str())).collect();
        modes.sort_unstable();
        modes.dedup();
        modes
    }

    /// Where a price comes from, in words: list, card, source.
    pub fn cited(&self, card: &Card) -> String {
        let since = card.from.map_or_else(String::new, |from| format!(", since {from}"));
        let who = card.source.as_ref().map_or_else(String::new, |source| format!(", says {source}"));
        format!("list {}{since}{who} ({})", self.list.name, card.place)
    }

    /// The model with the prices of a region, under the name that means it there.
    #[must_use]
    pub fn in_region(&self, region: &str, name: Option<&str>) -> Self {
        let id = name.map_or_else(|| self.id.clone(), str::to_owned);
        Self { id, region: Some(region.to_owned()), ..self.clone() }
    }
}
