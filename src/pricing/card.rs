//! What a price list says of one model.

use std::fmt;
use std::sync::Arc;

use super::{Date, ListInfo};
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
    /// Other names, each possibly only for a time.
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
    /// The stated discount where no batch card exists.
    pub batch_fallback: Option<BatchFallback>,
    /// Stated to cost nothing.
    pub free: bool,
    /// Where it is stated.
    pub place: Place,
}

/// Another name of a model; a dated pointer such as `-latest` has bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// First day.
    pub from: Option<Date>,
    /// Day after the last one.
    pub until: Option<Date>,
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
}

/// Prices in force from one date on, for one mode.
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
    /// `mode`, `region`, `route`: all must hold; none for the standard card.
    pub when: Vec<(String, String)>,
    /// Price by component.
    pub rates: Vec<(Component, Rate)>,
    /// Where it is stated.
    pub place: Place,
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
}

impl Rate {
    /// The price for a request of `input` tokens and the tier it is in.
    pub fn at(&self, input: &Exact) -> (&Exact, Option<&Tier>) {
        match self.tiers.iter().rev().find(|tier| tier.reached_by(input)) {
            Some(tier) => (&tier.usd, Some(tier)),
            None => (&self.usd, None),
        }
    }
}

/// A discount that stands in for a batch card that the vendor does not publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchFallback {
    /// What the standard price is multiplied by.
    pub factor: Exact,
    /// Components it applies to; every token component when empty.
    pub applies_to: Vec<Component>,
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
            when: Vec::new(),
            rates,
            place: place.clone(),
        }
    }

    /// The rate of `component`, if this card states one.
    pub fn rate(&self, component: &Component) -> Option<&Rate> {
        self.rates.iter().find(|(known, _)| known == component).map(|(_, rate)| rate)
    }

    /// Whether the card is in force on `date`.
    pub fn covers(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    /// Whether the selectors ask for exactly this mode and nothing else.
    pub fn is_for(&self, mode: Option<&str>) -> bool {
        match (mode, self.when.as_slice()) {
            (None, []) => true,
            (Some(mode), [(key, value)]) => key == "mode" && value == mode,
            _ => false,
        }
    }
}

impl Model {
    /// The card of `mode` (`None`: the standard one) in force on `date`: the newest that covers it.
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
}

macro_rules! components {
    ($($variant:ident = $slug:literal $per:literal),* $(,)?) => {
        /// What a price is for; a closed list.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[allow(missing_docs, reason = "each variant is the name it is written with")]
        pub enum Component { $($variant,)* /// Writing to the prompt cache for a lifetime, as `5m`; empty: the default one.
            CacheWrite(String) }

        impl Component {
            /// Every component but the cache writes by lifetime.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in price lists.
            pub fn slug(&self) -> &'static str {
                match self { $(Self::$variant => $slug,)* Self::CacheWrite(_) => "cache_write" }
            }

            /// How many units a bare number in a price list is the price of.
            pub fn usual_per(&self) -> u64 {
                match self { $(Self::$variant => $per,)* Self::CacheWrite(_) => 1_000_000 }
            }
        }
    };
}
components! {
    Input = "input" 1_000_000,
    Output = "output" 1_000_000,
    Reasoning = "reasoning" 1_000_000,
    CacheRead = "cache_read" 1_000_000,
    CacheStorage = "cache_storage" 1_000_000,
    InputAudio = "input_audio" 1_000_000,
    InputImage = "input_image" 1_000_000,
    InputVideo = "input_video" 1_000_000,
    OutputAudio = "output_audio" 1_000_000,
    OutputImage = "output_image" 1_000_000,
    OutputVideo = "output_video" 1_000_000,
    CacheReadAudio = "cache_read_audio" 1_000_000,
    CacheReadImage = "cache_read_image" 1_000_000,
    CacheReadVideo = "cache_read_video" 1_000_000,
    Request = "request" 1,
    WebSearch = "web_search" 1,
    FileSearch = "file_search" 1,
    ToolCall = "tool_call" 1,
    Image = "image" 1,
    Page = "page" 1,
    Character = "character" 1,
    Second = "second" 1,
    Hour = "hour" 1,
    Training = "training" 1_000_000,
    ProvisionedUnit = "unit" 1,
}

impl Component {
    /// The component written as `name`; `cached_read` is the same as `cache_read`.
    pub fn from_slug(name: &str) -> Option<Self> {
        match name {
            "cached_read" => Some(Self::CacheRead),
            _ => Self::ALL.iter().find(|component| component.slug() == name).cloned(),
        }
    }

    /// Whether it is counted in tokens.
    pub fn is_token(&self) -> bool {
        self.usual_per() == 1_000_000 && !matches!(self, Self::CacheStorage | Self::Training)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CacheWrite(lifetime) if !lifetime.is_empty() => write!(f, "cache_write {lifetime}"),
            other => f.write_str(other.slug()),
        }
    }
}
