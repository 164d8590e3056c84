//! The levers of a strategy as switches that can be turned one by one: what attribution and comparison switch on and off.

use super::{History, Server, Serving, Strategy};

/// A lever of a strategy, in the order in which a request meets them (SPEC section 4.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Switch {
    /// Answers given again.
    ResponseCache,
    /// Where the context of prompts comes from.
    Retrieval,
    /// Prompt parts made shorter.
    Compress,
    /// Fewer few-shot examples.
    Examples,
    /// What of the retrieved context is kept.
    Context,
    /// What becomes of a long history.
    History,
    /// Length of answers.
    Output,
    /// Several requests in one call.
    Pack,
    /// A tuned model that answers in place of others.
    FineTune,
    /// Who answers: a model, a route, a cascade, a deployment.
    Serving,
    /// Calls repeated after a failure.
    Retries,
    /// The provider's prompt cache.
    PrefixCache,
    /// Calls that can wait.
    Batch,
    /// A price list's own way to answer calls.
    Mode,
}

impl Switch {
    /// Every lever, in physical order.
    pub const ALL: [Self; 14] = [
        Self::ResponseCache,
        Self::Retrieval,
        Self::Compress,
        Self::Examples,
        Self::Context,
        Self::History,
        Self::Output,
        Self::Pack,
        Self::FineTune,
        Self::Serving,
        Self::Retries,
        Self::PrefixCache,
        Self::Batch,
        Self::Mode,
    ];

    /// The key under which `strategy` states it; of who answers the one that it uses.
    pub fn name(self, strategy: &Strategy) -> &'static str {
        match self {
            Self::ResponseCache => "response_cache",
            Self::Retrieval => "retrieval",
            Self::Compress => "compress",
            Self::Examples => "examples",
            Self::Context => "context",
            Self::History => match &strategy.history {
                Some(History::Summarise { .. }) => "summarise",
                Some(History::Max(_)) | None => "history",
            },
            Self::Output => "output",
            Self::Pack => "pack",
            Self::FineTune => "fine_tune",
            Self::Serving => match &strategy.serving {
                Serving::Single(Server::Model(_)) => "model",
                Serving::Single(Server::Deployment(_)) => "deployment",
                Serving::Route(_) => "route",
                Serving::Cascade(_) => "cascade",
            },
            Self::Retries => "retries",
            Self::PrefixCache => "prefix_cache",
            Self::Batch => "batch",
            Self::Mode => "mode",
        }
    }

    /// Whether both strategies state it alike.
    pub fn is_same(self, a: &Strategy, b: &Strategy) -> bool {
        match self {
            Self::ResponseCache => a.response_cache == b.response_cache,
            Self::Retrieval => a.retrieval == b.retrieval,
            Self::Compress => a.compress == b.compress,
            Self::Examples => a.examples == b.examples,
            Self::Context => a.context == b.context,
            Self::History => a.history == b.history,
            Self::Output => a.defaults.output == b.defaults.output,
            Self::Pack => a.pack == b.pack,
            Self::FineTune => a.fine_tune == b.fine_tune,
            Self::Serving => a.serving == b.serving,
            Self::Retries => a.defaults.retries == b.defaults.retries,
            Self::PrefixCache => a.defaults.prefix_cache == b.defaults.prefix_cache,
            Self::Batch => a.defaults.batch == b.defaults.batch,
            Self::Mode => a.defaults.mode == b.defaults.mode,
        }
    }

    /// Lets `strategy` have this lever as `from` has it.
    pub fn take(self, strategy: &mut Strategy, from: &Strategy) {
        match self {
            Self::ResponseCache => strategy.response_cache.clone_from(&from.response_cache),
            Self::Retrieval => strategy.retrieval.clone_from(&from.retrieval),
            Self::Compress => strategy.compress.clone_from(&from.compress),
            Self::Examples => strategy.examples.clone_from(&from.examples),
            Self::Context => strategy.context.clone_from(&from.context),
            Self::History => strategy.history.clone_from(&from.history),
            Self::Output => strategy.defaults.output.clone_from(&from.defaults.output),
            Self::Pack => strategy.pack.clone_from(&from.pack),
            Self::FineTune => strategy.fine_tune.clone_from(&from.fine_tune),
            Self::Serving => strategy.serving.clone_from(&from.serving),
            Self::Retries => strategy.defaults.retries.clone_from(&from.defaults.retries),
            Self::PrefixCache => strategy.defaults.prefix_cache.clone_from(&from.defaults.prefix_cache),
            Self::Batch => strategy.defaults.batch.clone_from(&from.defaults.batch),
            Self::Mode => strategy.defaults.mode.clone_from(&from.defaults.mode),
        }
    }
}
