//! What a price is for: the closed list of components.

use std::fmt;

macro_rules! components {
    ($($variant:ident = $slug:literal $per:literal $unit:literal),* $(,)?) => {
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

            /// What it is counted in.
            pub fn unit(&self) -> &'static str {
                match self { $(Self::$variant => $unit,)* Self::CacheWrite(_) => "token" }
            }
        }
    };
}
components! {
    Input = "input" 1_000_000 "token",
    Output = "output" 1_000_000 "token",
    Reasoning = "reasoning" 1_000_000 "token",
    CacheRead = "cache_read" 1_000_000 "token",
    CacheStorage = "cache_storage" 1_000_000 "token-hour",
    InputAudio = "input_audio" 1_000_000 "token",
    InputImage = "input_image" 1_000_000 "token",
    InputVideo = "input_video" 1_000_000 "token",
    OutputAudio = "output_audio" 1_000_000 "token",
    OutputImage = "output_image" 1_000_000 "token",
    OutputVideo = "output_video" 1_000_000 "token",
    CacheReadAudio = "cache_read_audio" 1_000_000 "token",
    CacheReadImage = "cache_read_image" 1_000_000 "token",
    CacheReadVideo = "cache_read_video" 1_000_000 "token",
    Request = "request" 1 "request",
    WebSearch = "web_search" 1 "search",
    FileSearch = "file_search" 1 "search",
    ToolCall = "tool_call" 1 "call",
    Image = "image" 1 "image",
    Page = "page" 1 "page",
    Character = "character" 1 "character",
    Second = "second" 1 "second",
    Hour = "hour" 1 "hour",
    Training = "training" 1_000_000 "token",
    ProvisionedUnit = "unit" 1 "unit-hour",
}

impl Component {
    /// The component written as `name`; `cached_read` is the same as `cache_read`.
    pub fn from_slug(name: &str) -> Option<Self> {
        match name {
            "cached_read" => Some(Self::CacheRead),
            _ => Self::ALL.iter().find(|component| component.slug() == name).cloned(),
        }
    }

    /// Whether it is counted in tokens of requests.
    pub fn is_token(&self) -> bool {
        self.unit() == "token" && *self != Self::Training
    }

    /// Every component that is counted in tokens of requests; writes of any lifetime as one.
    pub fn tokens() -> Vec<Self> {
        let all = Self::ALL.iter().filter(|component| component.is_token()).cloned();
        all.chain([Self::CacheWrite(String::new())]).collect()
    }

    /// Whether its tokens are part of the prompt.
    pub fn is_prompt(&self) -> bool {
        let cached =
            matches!(self, Self::CacheRead | Self::CacheReadAudio | Self::CacheReadImage | Self::CacheReadVideo);
        let fresh = matches!(self, Self::Input | Self::InputAudio | Self::InputImage | Self::InputVideo);
        fresh || cached || matches!(self, Self::CacheWrite(_))
    }

    /// `audio`, `image` or `video` where its tokens are such.
    pub fn medium(&self) -> Option<&'static str> {
        match self {
            Self::InputAudio | Self::OutputAudio | Self::CacheReadAudio => Some("audio"),
            Self::InputImage | Self::OutputImage | Self::CacheReadImage => Some("image"),
            Self::InputVideo | Self::OutputVideo | Self::CacheReadVideo => Some("video"),
            _ => None,
        }
    }

    /// The text component that its tokens pay where a list says so.
    pub fn as_text(&self) -> Option<Self> {
        match self {
            Self::InputAudio | Self::InputImage | Self::InputVideo => Some(Self::Input),
            Self::OutputAudio | Self::OutputImage | Self::OutputVideo => Some(Self::Output),
            Self::CacheReadAudio | Self::CacheReadImage | Self::CacheReadVideo => Some(Self::CacheRead),
            _ => None,
        }
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
