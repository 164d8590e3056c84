//! A scenario as plain data, and the YAML text that states it.

use std::fmt;

use super::Q;

/// `units / 10^places`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dec {
    pub units: u64,
    pub places: u32,
}

impl Dec {
    pub fn q(self) -> Q {
        Q::new(self.units.into(), 10_u64.pow(self.places).into())
    }
    /// As a share: sometimes in percent, sometimes bare, which must be the same.
    pub fn share(self) -> String {
        if self.units.is_multiple_of(3) || self.places < 2 {
            return self.to_string();
        }
        format!("{}%", Self { units: self.units, places: self.places - 2 })
    }
}

impl fmt::Display for Dec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.places);
        let (whole, part) = (self.units / scale, self.units % scale);
        if part == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{part:0width$}", width = self.places as usize);
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub requests: u64,
    pub per: Per,
    pub days_per_month: u64,
    pub models: Vec<Model>,
    pub provider_discounts: [Option<Dec>; 2],
    pub shape: Shape,
    pub tasks: Vec<Task>,
    pub baseline: Option<usize>,
    pub quality: Option<Quality>,
    /// What token counts are multiplied by for a model: of prompts, of answers.
    pub factors: Vec<(usize, Dec, Dec)>,
    pub commitments: Vec<Commitment>,
    pub strategies: Vec<Strategy>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    Second,
    Hour,
    Day,
    Week,
    Month,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub provider: usize,
    pub request: Option<Dec>,
    pub tokens: Option<TokenPrices>,
    pub batch: Option<ModelBatch>,
    pub discount: Option<Dec>,
}

#[derive(Clone, Debug)]
pub struct TokenPrices {
    pub input: Rate,
    pub output: Rate,
    pub reasoning: Option<Rate>,
    pub cached: Option<Cached>,
}

/// What a model's prompt cache costs and takes.
#[derive(Clone, Debug)]
pub struct Cached {
    pub read: Rate,
    pub write: Option<Rate>,
    pub minimum: Option<u64>,
    pub step: Option<u64>,
}

#[derive(Clone, Debug)]
pub enum ModelBatch {
    Card { input: Option<Rate>, output: Option<Rate>, reasoning: Option<Rate>, request: Option<Dec> },
    Fallback(Discount),
}

#[derive(Clone, Debug)]
pub struct Discount {
    pub share: Dec,
    pub applies_to: Vec<Component>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Component {
    Input,
    Output,
    Reasoning,
}

/// USD per million tokens.
#[derive(Clone, Debug)]
pub struct Rate {
    pub usd: Dec,
    pub tiers: Vec<Tier>,
}

#[derive(Clone, Debug)]
pub struct Tier {
    pub above: u64,
    pub ge: Option<bool>,
    pub usd: Dec,
}

/// system, tools, examples, context, history, user
pub const PARTS: [&str; 6] = ["system", "tools", "examples", "context", "history", "user"];
pub const SHARED: [bool; 6] = [true, true, true, false, false, false];
pub const EXAMPLES: usize = 2;
pub const CONTEXT: usize = 3;
pub const HISTORY: usize = 4;
pub const USER: usize = 5;

#[derive(Clone, Debug)]
pub struct Shape {
    pub prompt: [u64; 6],
    pub output: u64,
    pub reasoning: u64,
    pub turns: Option<u64>,
    /// Steps, and the tokens that a tool gives back at each.
    pub agent: Option<(u64, Option<u64>)>,
}

impl Shape {
    /// Whether calls follow one another.
    pub fn follows(&self) -> bool {
        self.turns.is_some() || self.agent.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct Task {
    pub name: &'static str,
    pub share: Share,
    pub complexity: Option<&'static str>,
    pub prompt: [Option<u64>; 6],
    pub output: Option<u64>,
    pub reasoning: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
pub enum Share {
    Stated(Dec),
    /// What the others leave, which is this much.
    Rest(Dec),
}

impl Share {
    pub fn q(self) -> Q {
        match self {
            Self::Stated(share) | Self::Rest(share) => share.q(),
        }
    }
    fn text(self) -> String {
        match self {
            Self::Stated(share) => share.share(),
            Self::Rest(_) => "rest".to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Strategy {
    pub cache: Option<Cache>,
    pub compress: Option<Compress>,
    pub examples: Option<(u64, u64)>,
    pub retrieval: Option<Retrieval>,
    pub context: Option<Context>,
    pub history: Option<History>,
    pub pack: Option<Pack>,
    pub fine_tune: Option<FineTune>,
    pub serving: Serving,
    pub over: Over,
}

/// How often models are right, and how often one is where another was wrong.
#[derive(Clone, Debug)]
pub struct Quality {
    pub of: Vec<Dec>,
    pub given_wrong: Vec<(usize, usize, Dec)>,
}

#[derive(Clone, Debug)]
pub struct Commitment {
    pub whose: Whose,
    pub terms: Terms,
}

#[derive(Clone, Copy, Debug)]
pub enum Whose {
    Provider(usize),
    Model(usize),
}

#[derive(Clone, Debug)]
pub enum Terms {
    Minimum(Dec),
    Prepaid { amount: Dec, valid: Span, bonus: Option<Dec> },
}

/// A period as it is written.
#[derive(Clone, Copy, Debug)]
pub enum Span {
    Months(u64),
    Years(u64),
    Days(u64),
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(n) => write!(f, "{n} months"),
            Self::Years(n) => write!(f, "{n} years"),
            Self::Days(n) => write!(f, "{n} days"),
        }
    }
}

/// The share that is relevant, and a cap.
#[derive(Clone, Debug)]
pub enum Context {
    Relevance(Dec),
    Max(u64),
    Both(Dec, u64),
}

#[derive(Clone, Debug)]
pub enum History {
    Max(u64),
    Summarise { every: u64, to: u64, model: usize },
}

#[derive(Clone, Debug)]
pub struct FineTune {
    pub model: usize,
    pub training_tokens: u64,
    pub epochs: Option<u64>,
    pub price: Dec,
    pub amortise: Option<Span>,
    pub hosting_per_hour: Option<Dec>,
    pub examples: Option<u64>,
    /// Whether the strategy says nothing of who would answer without it.
    pub alone: bool,
}

#[derive(Clone, Debug)]
pub struct Retrieval {
    pub corpus: u64,
    pub chunk: u64,
    pub overlap: Option<u64>,
    pub top: u64,
    pub embed: usize,
    pub batch: bool,
    pub query: Option<u64>,
    pub amortise: Option<Span>,
    pub reindex: Option<Dec>,
    pub store: Option<Store>,
    pub rerank: Option<Rerank>,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub rent: Rent,
    pub per_search: Option<Dec>,
}

#[derive(Clone, Debug)]
pub enum Rent {
    PerMonth(Dec),
    PerGb { price: Dec, dimensions: u64, bytes: Option<u64>, text: Option<u64> },
}

#[derive(Clone, Debug)]
pub enum Rerank {
    PerSearch(Dec),
    Model { model: usize, candidates: u64 },
}

#[derive(Clone, Debug)]
pub struct Cache {
    pub exact: Option<Layer>,
    pub semantic: Option<Layer>,
    pub of_misses: bool,
    pub per_store: Option<Dec>,
    pub per_month: Option<Dec>,
}

#[derive(Clone, Debug)]
pub struct Layer {
    pub hit_rate: Dec,
    pub per_hit: Option<Dec>,
    pub per_lookup: Option<Dec>,
    pub per_store: Option<Dec>,
    pub per_month: Option<Dec>,
    pub false_hits: Option<FalseHits>,
}

#[derive(Clone, Debug)]
pub struct FalseHits {
    pub share: Dec,
    pub cost: Option<Dec>,
    pub rerun: bool,
}

#[derive(Clone, Debug)]
pub struct Compress {
    pub cuts: [Option<Cut>; 6],
    pub by: Option<Compressor>,
}

#[derive(Clone, Copy, Debug)]
pub enum Cut {
    Removed(Dec),
    To(u64),
}

#[derive(Clone, Copy, Debug)]
pub enum Compressor {
    Model(usize),
    PerRequest(Dec),
}

#[derive(Clone, Debug)]
pub struct Pack {
    pub items: Dec,
    pub overhead: Option<u64>,
}

#[derive(Clone, Default, Debug)]
pub struct Over {
    pub output: Option<Output>,
    pub retries: Option<Retries>,
    pub prefix: Option<Prefix>,
    pub batch: Option<Batch>,
}

/// A prompt cache with a stated hit rate.
#[derive(Clone, Debug)]
pub struct Prefix {
    pub hit_rate: Dec,
    pub tokens: Option<Cacheable>,
}

#[derive(Clone, Copy, Debug)]
pub enum Cacheable {
    Tokens(u64),
    Share(Dec),
}

#[derive(Clone, Debug)]
pub enum Output {
    Scale(Dec),
    Max(u64),
    Both(Dec, u64),
}

#[derive(Clone, Debug)]
pub struct Retries {
    pub rate: Dec,
    pub billed: Option<Billed>,
    pub max: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Billed {
    None,
    Input,
    All,
}

#[derive(Clone, Debug)]
pub struct Batch {
    pub share: Dec,
    pub discount: Option<Discount>,
}

#[derive(Clone, Debug)]
pub enum Serving {
    Model(usize),
    Route(Route),
    Cascade(Cascade),
}

#[derive(Clone, Debug)]
pub struct Route {
    pub how: How,
    pub router: Option<Side>,
    pub misroute: Option<Dec>,
}

#[derive(Clone, Debug)]
pub enum How {
    Shares(Vec<(usize, Share)>),
    Complexity([usize; 3]),
    /// A model for each task, or the default.
    Tasks(Vec<Option<usize>>, usize),
    /// Entries by share, and entries for the first task alone.
    Entries(Vec<(Arm, Share)>, Vec<(Arm, Share)>),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub serving: ArmServing,
    pub over: Over,
}

#[derive(Clone, Debug)]
pub enum ArmServing {
    Model(usize),
    Cascade(Cascade),
}

#[derive(Clone, Debug)]
pub struct Cascade {
    pub steps: Vec<Step>,
    pub by_handles: bool,
    pub judge: Option<Side>,
    /// Sensitivity and specificity of the judge, from which the accept rates of all but the last step follow.
    pub skill: Option<(Dec, Dec)>,
    pub judge_last: Option<bool>,
    pub billing: Option<Billing>,
    /// Whether judge and billing stand in the cascade's own map, not beside it.
    pub inside: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Billing {
    EveryAttempt,
    FinalOnly,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub model: usize,
    pub over: Over,
    /// Accepted or handled; the last accepting step may leave it out.
    pub stop: Option<Dec>,
    pub error: Option<(Dec, Option<Billed>)>,
}

#[derive(Clone, Debug)]
pub enum Side {
    Model { model: usize, input: u64, output: u64 },
    PerRequest(Dec),
}

pub const PROVIDERS: [&str; 2] = ["acme", "zenith"];
const LEVELS: [&str; 3] = ["low", "medium", "high"];

pub fn strategy_name(index: usize) -> String {
    format!("s{index}")
}

/// `{a, b}`
fn map(entries: Vec<String>) -> String {
    format!("{{{}}}", entries.join(", "))
}

fn list(entries: Vec<String>) -> String {
    format!("[{}]", entries.join(", "))
}

fn entry(key: &str, value: &impl fmt::Display) -> String {
    format!("{key}: {value}")
}

fn maybe(key: &str, value: Option<&impl fmt::Display>) -> Option<String> {
    value.map(|value| entry(key, value))
}

impl Scenario {
    /// The scenario as a file, the levers of each strategy in physical order.
    pub fn yaml(&self) -> String {
        self.yaml_with(|levers| levers)
    }

    /// The same with the levers of each strategy in the order that `order` gives them.
    pub fn yaml_with(&self, mut order: impl FnMut(Vec<String>) -> Vec<String>) -> String {
        let mut text = String::from("llmcost: 1\nname: Random\n");
        text += &format!("calendar: {{days_per_month: {}}}\nprices:\n  add:\n", self.days_per_month);
        for (index, model) in self.models.iter().enumerate() {
            text += &format!("    m{index}: {}\n", model.yaml());
        }
        let by_model = self.models.iter().enumerate().filter_map(|(i, model)| Some((format!("m{i}"), model.discount?)));
        let by_provider =
            PROVIDERS.iter().zip(self.provider_discounts).filter_map(|(name, d)| Some(((*name).to_owned(), d?)));
        let known = |name: &str| {
            PROVIDERS.iter().position(|p| *p == name).is_none_or(|i| self.models.iter().any(|m| m.provider == i))
        };
        let discounts: Vec<String> = by_provider
            .chain(by_model)
            .filter(|(name, _)| known(name))
            .map(|(name, d)| entry(&name, &d.share()))
            .collect();
        if !discounts.is_empty() {
            text += &format!("  discount: {}\n", map(discounts));
        }
        let per = match self.per {
            Per::Second => "s",
            Per::Hour => "hour",
            Per::Day => "day",
            Per::Week => "week",
            Per::Month => "month",
        };
        text += &format!("workload:\n  requests: {}/{per}\n", self.requests);
        text += &format!("  {}\n", self.shape.prompt_yaml());
        text += &format!("  output: {}\n  reasoning: {}\n", self.shape.output, self.shape.reasoning);
        if let Some(turns) = self.shape.turns {
            text += &format!("  turns: {turns}\n");
        }
        if let Some((steps, result)) = self.shape.agent {
            let result = maybe("tool_result", result.as_ref());
            text +=
                &format!("  agent: {}\n", map([Some(entry("steps", &steps)), result].into_iter().flatten().collect()));
        }
        if !self.factors.is_empty() {
            let of =
                |(model, input, output): &(usize, Dec, Dec)| format!("m{model}: {{input: {input}, output: {output}}}");
            text += &format!("  tokenizer: {{factors: {}}}\n", map(self.factors.iter().map(of).collect()));
        }
        if !self.tasks.is_empty() {
            text += "  tasks:\n";
        }
        for task in &self.tasks {
            text += &format!("    - {}\n", task.yaml());
        }
        if let Some(baseline) = self.baseline {
            text += &format!("baseline: {}\n", strategy_name(baseline));
        }
        if let Some(quality) = &self.quality {
            text += "quality:\n";
            for (model, share) in quality.of.iter().enumerate() {
                text += &format!("  m{model}: {}\n", share.share());
            }
            let wrong = |first: usize| -> Vec<String> {
                let own = quality.given_wrong.iter().filter(|(known, ..)| *known == first);
                own.map(|(_, then, share)| format!("m{then}: {}", share.share())).collect()
            };
            let all = (0..quality.of.len()).filter(|first| !wrong(*first).is_empty());
            let all: Vec<String> = all.map(|first| format!("m{first}: {}", map(wrong(first)))).collect();
            if !all.is_empty() {
                text += &format!("  given_wrong: {}\n", map(all));
            }
        }
        if !self.commitments.is_empty() {
            text += "commitments:\n";
        }
        for Commitment { whose, terms } in &self.commitments {
            let whose = match whose {
                Whose::Provider(provider) => PROVIDERS[*provider].to_owned(),
                Whose::Model(model) => format!("m{model}"),
            };
            let terms = match terms {
                Terms::Minimum(usd) => vec![entry("minimum_per_month", usd)],
                Terms::Prepaid { amount, valid, bonus } => {
                    let mut terms = vec![entry("prepaid", amount), entry("valid", valid)];
                    terms.extend(maybe("bonus", bonus.map(Dec::share).as_ref()));
                    terms
                }
            };
            text += &format!("  {whose}: {}\n", map(terms));
        }
        text += "strategies:\n";
        for (index, strategy) in self.strategies.iter().enumerate() {
            text += &format!("  {}:\n", strategy_name(index));
            for lever in order(strategy.levers(&self.tasks)) {
                text += &format!("    {lever}\n");
            }
        }
        text
    }
}

impl Rate {
    fn yaml(&self) -> String {
        if self.tiers.is_empty() {
            return self.usd.to_string();
        }
        let tier = |tier: &Tier| {
            let test = tier.ge.map(|ge| if ge { "ge" } else { "gt" });
            map([Some(entry("above", &tier.above)), maybe("test", test.as_ref()), Some(entry("usd", &tier.usd))]
                .into_iter()
                .flatten()
                .collect())
        };
        map(vec![entry("usd", &self.usd), entry("tiers", &list(self.tiers.iter().map(tier).collect()))])
    }
}

impl Discount {
    fn entries(&self) -> Vec<String> {
        let slug = |component: &Component| match component {
            Component::Input => "input".to_owned(),
            Component::Output => "output".to_owned(),
            Component::Reasoning => "reasoning".to_owned(),
        };
        let mut found = vec![entry("discount", &self.share.share())];
        if !self.applies_to.is_empty() {
            found.push(entry("applies_to", &list(self.applies_to.iter().map(slug).collect())));
        }
        found
    }
}

impl Model {
    fn yaml(&self) -> String {
        let mut found = vec![entry("provider", &PROVIDERS[self.provider])];
        found.extend(maybe("request", self.request.as_ref()));
        if let Some(tokens) = &self.tokens {
            found.push(entry("input", &tokens.input.yaml()));
            found.push(entry("output", &tokens.output.yaml()));
            found.extend(maybe("reasoning", tokens.reasoning.as_ref().map(Rate::yaml).as_ref()));
            if let Some(cached) = &tokens.cached {
                found.push(entry("cached_read", &cached.read.yaml()));
                found.extend(maybe("cache_write", cached.write.as_ref().map(Rate::yaml).as_ref()));
                let rules = [maybe("min_tokens", cached.minimum.as_ref()), maybe("step", cached.step.as_ref())];
                let rules: Vec<String> = rules.into_iter().flatten().collect();
                found.extend((!rules.is_empty()).then(|| entry("cache", &map(rules))));
            }
        }
        found.extend(self.batch.as_ref().map(|batch| match batch {
            ModelBatch::Card { input, output, reasoning, request } => {
                let rates = [("input", input), ("output", output), ("reasoning", reasoning)];
                let rates =
                    rates.into_iter().filter_map(|(key, rate)| maybe(key, rate.as_ref().map(Rate::yaml).as_ref()));
                entry("batch", &map(rates.chain(maybe("request", request.as_ref())).collect()))
            }
            ModelBatch::Fallback(discount) => entry("batch", &map(discount.entries())),
        }));
        map(found)
    }
}

impl Shape {
    fn prompt_yaml(&self) -> String {
        if self.prompt[..USER].iter().all(|tokens| *tokens == 0) {
            return entry("input", &self.prompt[USER]);
        }
        entry("prompt", &map(PARTS.iter().zip(self.prompt).map(|(name, tokens)| entry(name, &tokens)).collect()))
    }
}

impl Task {
    fn yaml(&self) -> String {
        let mut found = vec![entry("name", &self.name), entry("share", &self.share.text())];
        found.extend(maybe("complexity", self.complexity.as_ref()));
        let parts: Vec<String> =
            PARTS.iter().zip(self.prompt).filter_map(|(name, tokens)| maybe(name, tokens.as_ref())).collect();
        if !parts.is_empty() {
            found.push(entry("prompt", &map(parts)));
        }
        found.extend(maybe("output", self.output.as_ref()));
        found.extend(maybe("reasoning", self.reasoning.as_ref()));
        map(found)
    }
}

impl Strategy {
    /// The cascades in it, wherever they stand.
    pub fn cascades(&self) -> Vec<&Cascade> {
        match &self.serving {
            Serving::Cascade(cascade) => vec![cascade],
            Serving::Route(Route { how: How::Entries(general, first), .. }) => general
                .iter()
                .chain(first)
                .filter_map(
                    |(arm, _)| if let ArmServing::Cascade(cascade) = &arm.serving { Some(cascade) } else { None },
                )
                .collect(),
            _ => Vec::new(),
        }
    }

    fn levers(&self, tasks: &[Task]) -> Vec<String> {
        let mut found = Vec::new();
        found.extend(self.cache.as_ref().map(Cache::yaml));
        found.extend(self.compress.as_ref().map(Compress::yaml));
        found.extend(self.examples.map(|(keep, of)| format!("examples: {{keep: {keep}, of: {of}}}")));
        found.extend(self.retrieval.as_ref().map(Retrieval::yaml));
        found.extend(self.context.as_ref().map(|context| match context {
            Context::Relevance(share) => format!("context: {{relevance: {}}}", share.share()),
            Context::Max(max) => format!("context: {{max: {max}}}"),
            Context::Both(share, max) => format!("context: {{max: {max}, relevance: {}}}", share.share()),
        }));
        found.extend(self.history.as_ref().map(|history| match history {
            History::Max(max) => format!("history: {{max: {max}}}"),
            History::Summarise { every, to, model } => {
                format!("summarise: {{every: {every}, to: {to}, model: m{model}}}")
            }
        }));
        found.extend(self.fine_tune.as_ref().map(FineTune::yaml));
        found.extend(self.pack.as_ref().map(|pack| {
            let overhead = maybe("output_overhead", pack.overhead.as_ref());
            entry("pack", &map([Some(entry("items", &pack.items)), overhead].into_iter().flatten().collect()))
        }));
        match &self.serving {
            _ if self.fine_tune.as_ref().is_some_and(|tuned| tuned.alone) => {}
            Serving::Model(model) => found.push(format!("model: m{model}")),
            Serving::Route(route) => {
                found.push(entry("route", &route.how.yaml(tasks)));
                found.extend(maybe("router", route.router.as_ref().map(Side::yaml).as_ref()));
                found.extend(maybe("misroute", route.misroute.map(Dec::share).as_ref()));
            }
            Serving::Cascade(cascade) => found.extend(cascade.entries()),
        }
        found.extend(self.over.entries());
        found
    }
}

impl FineTune {
    fn yaml(&self) -> String {
        let mut found = vec![
            format!("model: m{}", self.model),
            entry("training_tokens", &self.training_tokens),
            entry("price", &self.price),
        ];
        found.extend(maybe("epochs", self.epochs.as_ref()));
        found.extend(maybe("amortise", self.amortise.as_ref()));
        found.extend(maybe("hosting_per_hour", self.hosting_per_hour.as_ref()));
        found.extend(maybe("examples", self.examples.as_ref()));
        entry("fine_tune", &map(found))
    }
}

impl Retrieval {
    fn yaml(&self) -> String {
        let mut found = vec![entry("corpus", &self.corpus), entry("chunk", &self.chunk), entry("top", &self.top)];
        found.push(if self.batch {
            format!("embed: {{model: m{}, mode: batch}}", self.embed)
        } else {
            format!("embed: m{}", self.embed)
        });
        found.extend(maybe("overlap", self.overlap.as_ref()));
        found.extend(maybe("query", self.query.as_ref()));
        found.extend(maybe("amortise", self.amortise.as_ref()));
        found.extend(maybe("reindex", self.reindex.map(Dec::share).as_ref()));
        found.extend(self.store.as_ref().map(|store| {
            let mut entries = match &store.rent {
                Rent::PerMonth(usd) => vec![entry("per_month", usd)],
                Rent::PerGb { price, dimensions, bytes, text } => {
                    let mut entries = vec![entry("per_gb_month", price), entry("dimensions", dimensions)];
                    entries.extend(maybe("bytes", bytes.as_ref()));
                    entries.extend(text.map(|bytes| format!("text: {bytes}B")));
                    entries
                }
            };
            entries.extend(maybe("per_search", store.per_search.as_ref()));
            entry("store", &map(entries))
        }));
        found.extend(self.rerank.as_ref().map(|rerank| match rerank {
            Rerank::PerSearch(usd) => format!("rerank: {{per_search: {usd}}}"),
            Rerank::Model { model, candidates } => format!("rerank: {{model: m{model}, candidates: {candidates}}}"),
        }));
        entry("retrieval", &map(found))
    }
}

impl Cache {
    fn yaml(&self) -> String {
        let mut found = Vec::new();
        found.extend(maybe("cost_per_store", self.per_store.as_ref()));
        found.extend(maybe("per_month", self.per_month.as_ref()));
        found.extend(self.exact.as_ref().map(|layer| entry("exact", &map(layer.entries()))));
        found.extend(self.semantic.as_ref().map(|layer| {
            let mut entries = layer.entries();
            entries.extend(self.of_misses.then(|| "of: misses".to_owned()));
            entry("semantic", &map(entries))
        }));
        entry("response_cache", &map(found))
    }
}

impl Layer {
    fn entries(&self) -> Vec<String> {
        let mut found = vec![entry("hit_rate", &self.hit_rate.share())];
        let money = [
            ("cost_per_hit", self.per_hit),
            ("cost_per_lookup", self.per_lookup),
            ("cost_per_store", self.per_store),
            ("per_month", self.per_month),
        ];
        found.extend(money.iter().filter_map(|(key, amount)| maybe(key, amount.as_ref())));
        if let Some(wrong) = &self.false_hits {
            found.push(entry("false_hits", &wrong.share.share()));
            found.extend(maybe("cost_per_false_hit", wrong.cost.as_ref()));
            found.extend(wrong.rerun.then(|| "rerun: true".to_owned()));
        }
        found
    }
}

impl Compress {
    fn yaml(&self) -> String {
        let cut = |cut: &Cut| match cut {
            Cut::Removed(share) => share.share(),
            Cut::To(tokens) => format!("{{to: {tokens}}}"),
        };
        let mut found: Vec<String> =
            PARTS.iter().zip(&self.cuts).filter_map(|(name, c)| maybe(name, c.as_ref().map(cut).as_ref())).collect();
        found.extend(self.by.map(|by| match by {
            Compressor::Model(model) => format!("model: m{model}"),
            Compressor::PerRequest(cost) => entry("cost_per_request", &cost),
        }));
        entry("compress", &map(found))
    }
}

impl Over {
    fn entries(&self) -> Vec<String> {
        let mut found = Vec::new();
        found.extend(self.output.as_ref().map(|output| match output {
            Output::Scale(scale) => format!("output: {{scale: {}}}", scale.share()),
            Output::Max(max) => format!("output: {{max: {max}}}"),
            Output::Both(scale, max) => format!("output: {{max: {max}, scale: {}}}", scale.share()),
        }));
        found.extend(self.retries.as_ref().map(|retries| {
            let billed = maybe("billed", retries.billed.map(Billed::word).as_ref());
            let all = [Some(entry("rate", &retries.rate.share())), billed, maybe("max", retries.max.as_ref())];
            entry("retries", &map(all.into_iter().flatten().collect()))
        }));
        found.extend(self.prefix.as_ref().map(|prefix| {
            let tokens = prefix.tokens.map(|tokens| match tokens {
                Cacheable::Tokens(tokens) => entry("tokens", &tokens),
                Cacheable::Share(share) => format!("tokens: {}%", Dec { units: share.units, places: share.places - 2 }),
            });
            let all = [Some(entry("hit_rate", &prefix.hit_rate.share())), tokens];
            entry("prefix_cache", &map(all.into_iter().flatten().collect()))
        }));
        found.extend(self.batch.as_ref().map(|batch| {
            let mut entries = vec![entry("share", &batch.share.share())];
            entries.extend(batch.discount.iter().flat_map(Discount::entries));
            entry("batch", &map(entries))
        }));
        found
    }
}

impl Billed {
    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Input => "input",
            Self::All => "all",
        }
    }
}

impl Side {
    fn entries(&self) -> Vec<String> {
        match self {
            Self::Model { model, input, output } => {
                vec![format!("model: m{model}"), entry("input", input), entry("output", output)]
            }
            Self::PerRequest(cost) => vec![entry("cost_per_request", cost)],
        }
    }

    fn yaml(&self) -> String {
        map(self.entries())
    }
}

impl How {
    fn yaml(&self, tasks: &[Task]) -> String {
        match self {
            Self::Shares(shares) => {
                map(shares.iter().map(|(model, share)| format!("m{model}: {}", share.text())).collect())
            }
            Self::Complexity(models) => {
                let levels = LEVELS.iter().zip(models).map(|(level, model)| format!("{level}: m{model}"));
                map(std::iter::once("by: complexity".to_owned()).chain(levels).collect())
            }
            Self::Tasks(models, default) => {
                let named =
                    tasks.iter().zip(models).filter_map(|(task, model)| Some(format!("{}: m{}", task.name, (*model)?)));
                map(std::iter::once("by: task".to_owned())
                    .chain(named)
                    .chain([format!("default: m{default}")])
                    .collect())
            }
            Self::Entries(general, first) => {
                let item = |(arm, share): &(Arm, Share), task: Option<&Task>| {
                    let mut entries = vec![entry("share", &share.text())];
                    entries.extend(maybe("task", task.map(|task| task.name).as_ref()));
                    match &arm.serving {
                        ArmServing::Model(model) => entries.push(format!("model: m{model}")),
                        ArmServing::Cascade(cascade) => entries.extend(cascade.entries()),
                    }
                    entries.extend(arm.over.entries());
                    map(entries)
                };
                let general = general.iter().map(|arm| item(arm, None));
                list(general.chain(first.iter().map(|arm| item(arm, tasks.first()))).collect())
            }
        }
    }
}

impl Cascade {
    /// Whether the accept rate of a step follows from the judge's skill.
    pub fn derives(&self, step: usize) -> bool {
        self.skill.is_some() && step + 1 < self.steps.len()
    }

    fn entries(&self) -> Vec<String> {
        let mut about = Vec::new();
        let mut judge = self.judge.as_ref().map_or_else(Vec::new, Side::entries);
        if let Some((sensitivity, specificity)) = self.skill {
            judge.push(entry("sensitivity", &sensitivity.share()));
            judge.push(entry("specificity", &specificity.share()));
        }
        about.extend((!judge.is_empty()).then(|| entry("judge", &map(judge))));
        about.extend(maybe("judge_last", self.judge_last.as_ref()));
        let billing =
            self.billing.map(|billing| if billing == Billing::FinalOnly { "final_only" } else { "every_attempt" });
        about.extend(maybe("billing", billing.as_ref()));
        let steps = self.steps.iter().enumerate().map(|(index, step)| {
            let mut entries = vec![format!("model: m{}", step.model)];
            let key = if self.by_handles { "handles" } else { "accept" };
            let stop = step.stop.filter(|_| !self.derives(index));
            entries.extend(maybe(key, stop.map(Dec::share).as_ref()));
            if let Some((error, billed)) = &step.error {
                entries.push(entry("error", &error.share()));
                entries.extend(maybe("billed", billed.map(Billed::word).as_ref()));
            }
            entries.extend(step.over.entries());
            map(entries)
        });
        let steps = list(steps.collect());
        if self.inside {
            let all = std::iter::once(entry("steps", &steps)).chain(about).collect();
            return vec![entry("cascade", &map(all))];
        }
        std::iter::once(entry("cascade", &steps)).chain(about).collect()
    }
}
