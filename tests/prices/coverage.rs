//! The embedded list against the two public ones: every text, embedding and rerank model that they price for the
//! providers it names is there under its upstream name, and costs what at least one of them says.

use std::collections::BTreeSet;

use llmcost::pricing::import::{Imported, Upstream, import};
use llmcost::pricing::{self, Ask, Book, Component, Lookup, Model, Moment};
use llmcost::units::Exact;

use super::raw::beside;

const TODAY: &str = "2026-11-23";

fn embedded() -> Book {
    Book::new(vec![pricing::embedded_list(pricing::DEFAULT_LIST).unwrap()])
}

fn read(upstream: Upstream, file: &str) -> Option<Imported> {
    let text = beside(file)?;
    let source = llmcost::diag::Source { name: file.to_owned(), text, first_line: 1 };
    Some(import(upstream, &std::sync::Arc::new(source), "upstream").unwrap())
}

/// USD per token of input, output and cached reads at a length, without the hour.
fn figures(model: &Model, input: u64) -> Vec<Option<Exact>> {
    let at = Moment::parse(TODAY).unwrap();
    let components = [Component::Input, Component::Output, Component::CacheRead];
    let ask = |component| model.quote(&Ask { component, mode: None, input: &Exact::from(input), at }).ok();
    // What stands in for a price is not stated, and zero states nothing.
    let own = |component| ask(component).filter(|quote| quote.component == *component && !quote.usd.is_zero());
    let own = |component| own(component).map(|quote| quote.price());
    components.iter().map(own).collect()
}

#[test]
fn the_embedded_list_is_large_and_reads_without_a_complaint() {
    let models = embedded().lists()[0].all();
    let priced = models.iter().filter(|model| model.is_priced_on(TODAY.parse().unwrap())).count();
    assert!(priced >= 3000, "{priced} priced models");
    let providers: BTreeSet<&str> = models.iter().map(|model| model.provider.as_str()).collect();
    for provider in [
        "openai",
        "anthropic",
        "google",
        "vertex",
        "bedrock",
        "azure",
        "deepseek",
        "xai",
        "mistral",
        "meta",
        "alibaba",
        "cohere",
        "groq",
        "together",
        "fireworks",
        "openrouter",
    ] {
        assert!(providers.contains(provider), "{provider}");
    }
    for card in models.iter().flat_map(|model| &model.cards) {
        assert!(card.source.is_some() && card.from.is_some(), "{}", card.place);
    }
}

/// Upstream names whose price here is another one, each with its reason.
const OTHERWISE: [(&str, &str); 6] = [
    ("openai/gpt-oss-safeguard-20b", "the same"),
    ("openai/gpt-oss-20b", "an open model that OpenAI does not sell"),
    (
        "deep-research-pro-preview-12-2025",
        "the name is that of the Gemini API, which states no cached price; Vertex AI does",
    ),
    ("deepseek/deepseek-v4-flash", "genai-prices states the price outside of peak hours first; here that has windows"),
    ("deepseek/deepseek-v4-pro", "the same"),
    ("openai/gpt-oss-120b", "the id of Groq's model; OpenAI sells none"),
];

#[test]
fn every_upstream_name_of_a_covered_provider_costs_what_a_source_says() {
    let (Some(litellm), Some(genai)) = (
        read(Upstream::Litellm, "litellm-1.109.1-model_prices_and_context_window.json"),
        read(Upstream::GenaiPrices, "genai-prices-0.2.3.json"),
    ) else {
        return crate::support::skipped("the two public price lists are not beside the project");
    };
    let book = embedded();
    let raw: super::raw::Entries =
        serde_json::from_str(&beside("litellm-1.109.1-model_prices_and_context_window.json").unwrap()).unwrap();
    let covered = [
        "openai",
        "text-completion-openai",
        "anthropic",
        "gemini",
        "vertex_ai",
        "bedrock",
        "bedrock_converse",
        "bedrock_mantle",
        "azure",
        "azure_ai",
        "azure_text",
        "deepseek",
        "xai",
        "mistral",
        "meta",
        "dashscope",
        "qwencloud",
        "qwen_ai_platform",
        "cohere",
        "cohere_chat",
        "groq",
        "together_ai",
        "fireworks_ai",
    ];
    let is_covered = |provider: &str| {
        covered.contains(&provider) || provider.starts_with("vertex_ai-") || provider == "fireworks_ai-embedding-models"
    };
    let kinds = ["\"chat\"", "\"completion\"", "\"responses\"", "\"embedding\"", "\"rerank\""];
    let is_text = |id: &str| raw[id].get("mode").is_none_or(|mode| kinds.contains(&mode.get()));
    let date = TODAY.parse().unwrap();
    let mut problems = Vec::new();
    let mut checked = 0;
    // Pictures and music are no text.
    let pictures = |model: &Model| model.cards.iter().flat_map(|c| &c.rates).all(|(c, _)| *c == Component::Image);
    let theirs = litellm.models.iter().filter(|model| {
        is_covered(&model.provider) && is_text(&model.id) && !pictures(model) && !model.id.contains("lyria")
    });
    let sellers = [
        "openai",
        "anthropic",
        "google",
        "aws",
        "azure",
        "deepseek",
        "x-ai",
        "mistral",
        "meta",
        "cohere",
        "groq",
        "together",
        "fireworks",
        "openrouter",
    ];
    let also = genai.models.iter().filter(|model| sellers.contains(&model.provider.as_str()));
    for upstream in theirs.chain(also) {
        checked += 1;
        let name = &upstream.id;
        if OTHERWISE.iter().any(|(known, _)| known == name) {
            continue;
        }
        let found = match book.find(name, date) {
            Lookup::Found(model) => model,
            other => {
                problems.push(format!("{name}: {other:?}"));
                continue;
            }
        };
        for input in [1000, 150_000, 300_000] {
            let ours = figures(&found, input);
            let stated = figures(upstream, input);
            let differs = ours.iter().zip(&stated).any(|(ours, stated)| stated.is_some() && ours != stated);
            // Where the two disagree the card says so and what the other one states.
            let told = found.cards.iter().any(|card| card.agree == Some(false)) || found.note.is_some();
            if differs && !told {
                problems.push(format!(
                    "{name} at {input}: {ours:?}, upstream {stated:?} ({} {})",
                    found.provider, found.id
                ));
                break;
            }
        }
    }
    assert!(checked > 2500, "{checked}");
    assert!(problems.is_empty(), "{} of {checked}:\n{}", problems.len(), problems.join("\n"));
}
