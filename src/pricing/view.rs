//! The catalogue to look at: a row for each model, everything about one, its prices through time.

use serde::Serialize;

use super::{Ask, Card, Component, Date, Factor, Model, Moment, Rate};
use crate::units::Exact;

/// What a list of models is narrowed to.
#[derive(Clone, Default, Debug)]
pub struct Filter {
    /// Part of an id or alias.
    pub name: Option<String>,
    /// Who sells it.
    pub provider: Option<String>,
    /// The mode whose prices are shown; models without it are left out.
    pub mode: Option<String>,
    /// What the model can do, as far as prices tell.
    pub can: Vec<Ability>,
    /// Most USD per 1M input tokens.
    pub max_input: Option<Exact>,
    /// Most USD per 1M output tokens.
    pub max_output: Option<Exact>,
    /// Models that are retired at the date, too.
    pub retired: bool,
}

/// What a model can do, as far as its prices tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ability {
    /// It writes.
    Text,
    /// It reads and writes nothing.
    Embedding,
    /// Cached tokens have a price of their own.
    Caching,
    /// A batch has one.
    Batch,
    /// It hears or speaks.
    Audio,
    /// It sees or draws.
    Image,
    /// It sees or makes films.
    Video,
    /// It searches the web.
    WebSearch,
    /// Long prompts have prices of their own.
    Tiers,
    /// Hours have.
    Hours,
    /// It is free.
    Free,
}

impl Ability {
    /// Every ability with its word.
    pub const ALL: [(&'static str, Self); 11] = [
        ("text", Self::Text),
        ("embedding", Self::Embedding),
        ("caching", Self::Caching),
        ("batch", Self::Batch),
        ("audio", Self::Audio),
        ("image", Self::Image),
        ("video", Self::Video),
        ("web_search", Self::WebSearch),
        ("tiers", Self::Tiers),
        ("hours", Self::Hours),
        ("free", Self::Free),
    ];

    fn of(self, model: &Model, date: Date) -> bool {
        let cards = || model.cards.iter().filter(|card| card.covers(date));
        let standard = || cards().filter(|card| card.when.mode.is_none());
        let prices = |component: &Component| standard().any(|card| card.rate(component).is_some());
        let medium = |medium: &str| {
            standard().flat_map(|card| &card.rates).any(|(component, _)| component.medium() == Some(medium))
                || model.as_text.iter().any(|known| known == medium)
        };
        match self {
            Self::Text => prices(&Component::Output),
            Self::Embedding => prices(&Component::Input) && !prices(&Component::Output),
            Self::Caching => prices(&Component::CacheRead),
            Self::Batch => {
                cards().any(|card| card.is_for(Some("batch"))) || model.fallbacks.iter().any(|f| f.mode == "batch")
            }
            Self::Audio => medium("audio"),
            Self::Image => medium("image") || prices(&Component::Image),
            Self::Video => medium("video"),
            Self::WebSearch => prices(&Component::WebSearch),
            Self::Tiers => standard().flat_map(|card| &card.rates).any(|(_, rate)| !rate.tiers.is_empty()),
            Self::Hours => standard().any(|card| !card.when.windows.is_empty()),
            Self::Free => model.free,
        }
    }
}

/// A model in a list, with its prices at the date.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// USD per 1M input tokens of a short prompt.
    pub input: Option<Exact>,
    /// USD per 1M tokens read from the cache.
    pub cached_read: Option<Exact>,
    /// USD per 1M output tokens.
    pub output: Option<Exact>,
    /// Most tokens of prompt and answer.
    pub context: Option<u64>,
    /// Since when these prices hold.
    pub since: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// Whether two sources agree.
    pub agree: Option<bool>,
    /// When it is or was retired.
    pub retires: Option<String>,
    /// Whether it is free.
    pub free: bool,
}

/// The row of a model, if the filter lets it through.
pub fn row(model: &Model, filter: &Filter, at: Moment) -> Option<Row> {
    let named = |name: &str| model.id.contains(name) || model.aliases.iter().any(|alias| alias.name.contains(name));
    let wanted = filter.name.as_deref().is_none_or(named)
        && filter.provider.as_deref().is_none_or(|provider| model.provider == provider)
        && (filter.retired || model.retires.is_none_or(|retires| retires > at.date))
        && model.is_priced_on(at.date)
        && filter.can.iter().all(|ability| ability.of(model, at.date));
    if !wanted {
        return None;
    }
    let mode = filter.mode.as_deref();
    let price = |component: &Component| {
        let quote = model.quote(&Ask { component, mode, input: &Exact::ZERO, at }).ok()?;
        let own = quote.component == *component && quote.unpaid.is_none();
        own.then(|| (&quote.price() * &Exact::from(component.usual_per()), quote.listed.map(|listed| listed.card)))
    };
    let input = price(&Component::Input);
    let output = price(&Component::Output);
    if mode.is_some() && input.is_none() && output.is_none() {
        return None;
    }
    let within = |price: &Option<(Exact, Option<&Card>)>, most: &Option<Exact>| match most {
        None => true,
        Some(most) => price.as_ref().map_or(model.free, |(usd, _)| usd <= most),
    };
    if !within(&input, &filter.max_input) || !within(&output, &filter.max_output) {
        return None;
    }
    let card = input.as_ref().or(output.as_ref()).and_then(|(_, card)| *card).or_else(|| model.card(mode, at.date));
    Some(Row {
        model: model.id.clone(),
        provider: model.provider.clone(),
        cached_read: price(&Component::CacheRead).map(|(usd, _)| usd),
        input: input.map(|(usd, _)| usd),
        output: output.map(|(usd, _)| usd),
        context: model.context,
        since: card.and_then(|card| card.from).map(|from| from.to_string()),
        source: card.and_then(|card| card.source.clone()),
        agree: card.and_then(|card| card.agree),
        retires: model.retires.map(|retires| retires.to_string()),
        free: model.free,
    })
}

/// One price of a card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Price {
    /// What it is for; writes to the cache with their lifetime.
    pub component: String,
    /// USD for `per` units.
    pub usd: Exact,
    /// How many units it is for.
    pub per: u64,
    /// What is counted.
    pub unit: &'static str,
    /// Prices of longer prompts.
    pub tiers: Vec<TierPrice>,
}

/// The price of prompts beyond a threshold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TierPrice {
    /// `>200000`, `>=200000`
    pub prompt: String,
    /// USD for `per` units.
    pub usd: Exact,
}

/// The prices of a card, in the order of components.
pub fn prices(card: &Card) -> Vec<Price> {
    let mut rates: Vec<&(Component, Rate)> = card.rates.iter().collect();
    rates.sort_by(|a, b| a.0.cmp(&b.0));
    let price = |(component, rate): &&(Component, Rate)| {
        let per = component.usual_per();
        let usd = |usd: &Exact| usd * &Exact::from(per);
        let tiers = rate.tiers.iter().map(|tier| TierPrice { prompt: tier.to_string(), usd: usd(&tier.usd) });
        Price {
            component: component.to_string(),
            usd: usd(&rate.usd),
            per,
            unit: component.unit(),
            tiers: tiers.collect(),
        }
    };
    rates.iter().map(price).collect()
}

/// A card to look at.
#[derive(Clone, Debug, Serialize)]
pub struct CardView {
    /// What it is for: `standard`, `batch`, ...
    pub when: String,
    /// First day.
    pub from: Option<String>,
    /// Day after the last one.
    pub until: Option<String>,
    /// When somebody last looked.
    pub verified: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// Whether two sources agree.
    pub agree: Option<bool>,
    /// What the other one says, and the like.
    pub note: Option<String>,
    /// Its prices.
    pub prices: Vec<Price>,
    /// Where it stands.
    pub place: String,
}

impl CardView {
    /// A card as it is shown.
    pub fn of(card: &Card) -> Self {
        let day = |date: Option<Date>| date.map(|date| date.to_string());
        Self {
            when: card.when.to_string(),
            from: day(card.from),
            until: day(card.until),
            verified: day(card.verified),
            source: card.source.clone(),
            agree: card.agree,
            note: card.note.clone(),
            prices: prices(card),
            place: card.place.to_string(),
        }
    }
}

/// A price that holds at a moment, with what stands in for it.
#[derive(Clone, Debug, Serialize)]
pub struct Holding {
    /// What is asked for.
    pub component: String,
    /// USD for `per` units.
    pub usd: Exact,
    /// How many units it is for.
    pub per: u64,
    /// What is counted.
    pub unit: &'static str,
    /// The card it is from.
    pub when: String,
}

/// Everything about one model.
#[derive(Clone, Debug, Serialize)]
pub struct Details {
    /// The form of this value.
    pub schema: &'static str,
    /// Its id.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// The list that states it.
    pub list: String,
    /// Other names, with their times and regions.
    pub aliases: Vec<String>,
    /// Most tokens of prompt and answer.
    pub context: Option<u64>,
    /// Most tokens of an answer.
    pub max_output: Option<u64>,
    /// Rules of the prompt cache, each in words.
    pub cache: Vec<String>,
    /// Release date.
    pub released: Option<String>,
    /// Retirement date.
    pub retires: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Whether it is free.
    pub free: bool,
    /// The day or instant.
    pub at: String,
    /// What a token costs at that moment, in the standard mode and a short prompt.
    pub holding: Vec<Holding>,
    /// Every card in force on the day.
    pub cards: Vec<CardView>,
    /// Cards that begin later.
    pub announced: Vec<CardView>,
    /// Factors of regions.
    pub regions: Vec<String>,
    /// Factors that stand in for modes.
    pub fallbacks: Vec<String>,
}

/// Everything about `model` at a moment.
pub fn details(model: &Model, at: Moment) -> Details {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let newest = |card: &&Card| {
        !model.cards.iter().any(|other| other.when == card.when && other.covers(at.date) && other.from > card.from)
    };
    let in_force = model.cards.iter().filter(|card| card.covers(at.date)).filter(newest);
    let later = model.cards.iter().filter(|card| card.from.is_some_and(|from| from > at.date));
    let applies = |to: &[Component]| match to {
        [] => String::new(),
        some if *some == Component::tokens() => " on tokens".to_owned(),
        some => format!(" on {}", some.iter().map(Component::to_string).collect::<Vec<_>>().join(", ")),
    };
    Details {
        schema: "llmcost.model/1",
        model: model.id.clone(),
        provider: model.provider.clone(),
        list: model.list.name.clone(),
        aliases: model.aliases.iter().map(alias).collect(),
        context: model.context,
        max_output: model.max_output,
        cache: cache(model),
        released: day(model.released),
        retires: day(model.retires),
        note: model.note.clone(),
        free: model.free,
        at: at.to_string(),
        holding: holding(model, at),
        cards: in_force.map(CardView::of).collect(),
        announced: later.map(CardView::of).collect(),
        regions: model
            .uplifts
            .iter()
            .map(|u| format!("{}: x {}{}", u.region, u.factor, applies(&u.applies_to)))
            .collect(),
        fallbacks: model
            .fallbacks
            .iter()
            .map(|f| format!("{}: x {}{}", f.mode, f.factor, applies(&f.applies_to)))
            .collect(),
    }
}

fn alias(alias: &super::Alias) -> String {
    let region = alias.region.as_ref().map(|region| format!("region {region}"));
    let from = alias.from.map(|from| format!("from {from}"));
    let until = alias.until.map(|until| format!("until {until}"));
    let more: Vec<String> = [region, from, until].into_iter().flatten().collect();
    if more.is_empty() { alias.name.clone() } else { format!("{} ({})", alias.name, more.join(", ")) }
}

fn cache(model: &Model) -> Vec<String> {
    let rules = &model.cache;
    let mut words = Vec::new();
    words.extend(rules.min_tokens.map(|tokens| format!("a prefix of at least {tokens} tokens")));
    words.extend(rules.step.map(|tokens| format!("in steps of {tokens}")));
    if !rules.ttls.is_empty() {
        words.push(format!("kept for {}", rules.ttls.join(" or ")));
    }
    words.extend(rules.stacks_with_batch.map(|stacks| match stacks {
        true => "cheaper still in a batch".to_owned(),
        false => "no cheaper in a batch".to_owned(),
    }));
    words.extend(rules.creation.as_ref().map(|creation| match creation.as_str() {
        "free" => "creating an explicit cache is free".to_owned(),
        _ => "creating an explicit cache is billed as input".to_owned(),
    }));
    words
}

/// What the components that the model prices cost at a moment.
fn holding(model: &Model, at: Moment) -> Vec<Holding> {
    let mut components: Vec<Component> = Vec::new();
    for (component, _) in model.cards.iter().filter(|card| card.covers(at.date)).flat_map(|card| &card.rates) {
        if !components.contains(component) {
            components.push(component.clone());
        }
    }
    components.sort();
    let of = |component: &Component| {
        let quote = model.quote(&Ask { component, mode: None, input: &Exact::ZERO, at }).ok()?;
        let listed = quote.listed.filter(|_| quote.component == *component)?;
        let factors: Vec<&Factor> = quote.factors.iter().collect();
        let per = component.usual_per();
        let when =
            factors.iter().fold(listed.card.when.to_string(), |when, factor| format!("{when} x {}", factor.value));
        Some(Holding {
            component: component.to_string(),
            usd: &quote.price() * &Exact::from(per),
            per,
            unit: component.unit(),
            when,
        })
    };
    components.iter().filter_map(of).collect()
}

/// The prices of a model through time: every card by use and day, each with what changed against the one before it.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// The form of this value.
    pub schema: &'static str,
    /// The model.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// When it is or was retired.
    pub retires: Option<String>,
    /// Its cards.
    pub steps: Vec<Step>,
}

/// A card in a history.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The card.
    #[serde(flatten)]
    pub card: CardView,
    /// What changed, as `input -50%`; nothing for the first card of a use.
    pub changes: Vec<String>,
}

/// The history of `model`, or of one mode of it.
pub fn history(model: &Model, mode: Option<&str>) -> History {
    let wanted = |card: &&Card| mode.is_none_or(|mode| card.when.mode.as_deref().unwrap_or("standard") == mode);
    let mut cards: Vec<&Card> = model.cards.iter().filter(wanted).collect();
    cards.sort_by(|a, b| {
        (a.when.count(), a.when.to_string(), a.from).cmp(&(b.when.count(), b.when.to_string(), b.from))
    });
    let before = |index: usize, card: &Card| {
        let earlier = cards.get(..index).unwrap_or_default().iter().rfind(|other| other.when == card.when);
        earlier.map_or_else(Vec::new, |earlier| changes(earlier, card))
    };
    let steps =
        cards.iter().enumerate().map(|(index, card)| Step { card: CardView::of(card), changes: before(index, card) });
    History {
        schema: "llmcost.history/1",
        model: model.id.clone(),
        provider: model.provider.clone(),
        retires: model.retires.map(|retires| retires.to_string()),
        steps: steps.collect(),
    }
}

/// What changed from one card to another, component by component.
pub fn changes(old: &Card, new: &Card) -> Vec<String> {
    let mut found = Vec::new();
    let mut components: Vec<&Component> = old.rates.iter().chain(&new.rates).map(|(component, _)| component).collect();
    components.sort();
    components.dedup();
    for component in components {
        let usd = |rate: &Rate| format!("${}", &rate.usd * &Exact::from(component.usual_per()));
        match (old.rate(component), new.rate(component)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if a.usd == b.usd => found.push(format!("{component} of long prompts")),
            (Some(a), Some(b)) => {
                found.push(format!("{component} {} to {}{}", usd(a), usd(b), percent(&a.usd, &b.usd)))
            }
            (None, Some(b)) => found.push(format!("{component} {} is new", usd(b))),
            (Some(a), None) => found.push(format!("{component} {} is gone", usd(a))),
            (None, None) => {}
        }
    }
    found
}

/// ` (-50%)`
fn percent(old: &Exact, new: &Exact) -> String {
    let Some(ratio) = new.checked_div(old) else { return String::new() };
    let change = &(&ratio - &Exact::ONE) * &Exact::from(100);
    let sign = if change.is_negative() { "" } else { "+" };
    let digits = if change.is_whole() { 0 } else { 1 };
    format!(" ({sign}{}%)", change.to_fixed(digits))
}
