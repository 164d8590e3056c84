//! The GPUs, offers and open models that come with the program: the files of `pricing/`, parsed when first asked for.
//!
//! A name is looked up exactly as the files list it, an id or an alias; nothing is guessed.

use std::sync::{Arc, LazyLock};

use sha2::{Digest, Sha256};

use super::{Gpu, Offer, OpenModel, read, read_model};
use crate::diag::{Sink, Source};
use crate::input::{self, Node};

const GPUS: (&str, &str) = ("pricing/gpus.yaml", include_str!("../../pricing/gpus.yaml"));
const OFFERS: (&str, &str) = ("pricing/offers.yaml", include_str!("../../pricing/offers.yaml"));
const MODELS: (&str, &str) = ("pricing/open-models.yaml", include_str!("../../pricing/open-models.yaml"));

/// All GPUs and accelerators, in the order of the file.
pub fn gpus() -> &'static [Gpu] {
    static ALL: LazyLock<Vec<Gpu>> = LazyLock::new(|| embedded(GPUS, read::gpus));
    &ALL
}

/// All offers, in the order of the file; one may name any purchase, see [`super::Purchase`].
pub fn offers() -> &'static [Offer] {
    static ALL: LazyLock<Vec<Offer>> = LazyLock::new(|| embedded(OFFERS, read::offers));
    &ALL
}

/// All open models, in the order of the file.
pub fn open_models() -> &'static [OpenModel] {
    static ALL: LazyLock<Vec<OpenModel>> = LazyLock::new(|| embedded(MODELS, read_model::open_models));
    &ALL
}

/// The GPU of that id or alias.
pub fn gpu(name: &str) -> Option<&'static Gpu> {
    gpus().iter().find(|gpu| gpu.id == name || gpu.aliases.iter().any(|alias| alias == name))
}

/// The offer of that id.
pub fn offer(id: &str) -> Option<&'static Offer> {
    offers().iter().find(|offer| offer.id == id)
}

/// The open model of that id or alias.
pub fn open_model(name: &str) -> Option<&'static OpenModel> {
    open_models().iter().find(|model| model.id == name || model.aliases.iter().any(|alias| alias == name))
}

/// Every name of a GPU, ids and aliases, for suggestions.
pub fn gpu_names() -> impl Iterator<Item = &'static str> + Clone {
    gpus().iter().flat_map(|gpu| names(&gpu.id, &gpu.aliases))
}

/// Every id of an offer, for suggestions.
pub fn offer_names() -> impl Iterator<Item = &'static str> + Clone {
    offers().iter().map(|offer| offer.id.as_str())
}

/// Every name of an open model, ids and aliases, for suggestions.
pub fn open_model_names() -> impl Iterator<Item = &'static str> + Clone {
    open_models().iter().flat_map(|model| names(&model.id, &model.aliases))
}

fn names(id: &'static str, aliases: &'static [String]) -> impl Iterator<Item = &'static str> + Clone {
    std::iter::once(id).chain(aliases.iter().map(String::as_str))
}

/// The files behind all this by name, each with the SHA-256 of its text in hexadecimal.
pub fn fingerprints() -> [(&'static str, String); 4] {
    let rows = ("pricing/throughput.csv", super::throughput::measured::TABLE);
    [GPUS, OFFERS, MODELS, rows].map(|(name, text)| {
        let digest = Sha256::digest(text.as_bytes());
        (name, digest.iter().map(|byte| format!("{byte:02x}")).collect())
    })
}

type Reader<T> = fn(&Node, &mut Sink) -> Option<Vec<T>>;

/// The files are proven sound by tests: in a released program none of their entries is refused.
fn embedded<T>(file: (&str, &str), reader: Reader<T>) -> Vec<T> {
    let mut sink = Sink::default();
    parsed(file, reader, &mut sink).unwrap_or_default()
}

fn parsed<T>((name, text): (&str, &str), reader: Reader<T>, sink: &mut Sink) -> Option<Vec<T>> {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned(), first_line: 1 });
    let root = input::parse(&source, sink)?;
    reader(&root, sink)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::diag::{Code, terminal};
    use crate::hosting::{Purchase, Quality};
    use crate::units::Exact;

    fn whole<T>(file: (&str, &str), reader: Reader<T>) -> Vec<T> {
        let mut sink = Sink::default();
        let read = parsed(file, reader, &mut sink);
        sink.finish(read).unwrap_or_else(|errors| panic!("{}", terminal::render(&errors, false)))
    }

    #[test]
    fn the_files_are_sound() {
        assert!(whole(GPUS, read::gpus).len() >= 35);
        assert!(whole(OFFERS, read::offers).len() >= 140);
        assert!(whole(MODELS, read_model::open_models).len() >= 55);
    }

    #[test]
    fn names_are_unique() {
        let all: [Vec<&str>; 3] = [gpu_names().collect(), offer_names().collect(), open_model_names().collect()];
        for names in all {
            let mut seen = HashSet::new();
            for name in names {
                assert!(seen.insert(name), "{name} twice");
            }
        }
        assert!(gpu_names().all(|name| name == name.to_lowercase()));
    }

    #[test]
    fn every_offer_is_of_a_known_card_and_costs_something() {
        for offer in offers() {
            let card = gpus().iter().find(|gpu| gpu.id == offer.gpu);
            assert!(card.is_some(), "{}: no GPU has the id {}", offer.id, offer.gpu);
            assert!(offer.usd_per_hour > Exact::ZERO && offer.count > Exact::ZERO, "{}", offer.id);
            assert!(offer.id.starts_with(&format!("{}/", offer.provider)), "{}", offer.id);
            let (word, _) = Purchase::WORDS.iter().find(|(_, purchase)| *purchase == offer.purchase).unwrap();
            assert!(offer.id.contains(&format!("/{word}")), "{}", offer.id);
        }
    }

    /// A card never reports 5% more than its label: binary and decimal units were not mixed up.
    #[test]
    fn reported_memory_is_near_the_label() {
        for gpu in gpus() {
            let share = Exact::from(gpu.reported_bytes).checked_div(&Exact::from(gpu.nominal_bytes)).unwrap();
            let near = [Exact::ratio(95, 100).unwrap(), Exact::ratio(108, 100).unwrap()];
            assert!(share > near[0] && share < near[1], "{}: {share}", gpu.id);
        }
    }

    #[test]
    fn facts_from_the_data_sheets() {
        let a10g = gpu("a10g").unwrap();
        assert_eq!((a10g.nominal_bytes, a10g.reported_bytes), (24_000_000_000, 22_888 << 20));
        assert_eq!((a10g.bandwidth, a10g.flops_16, a10g.flops_fp8), (600e9, Some(70e12), None));
        assert!(gpu("t4").unwrap().fp16_only && !a10g.fp16_only);
        for (alias, id) in [("h100", "h100-sxm"), ("h200_sxm", "h200-sxm"), ("a100-80", "a100-80-sxm")] {
            assert_eq!(gpu(alias).unwrap().id, id);
        }
        let eight = offer("aws/p4de.24xlarge/on_demand").unwrap();
        assert_eq!((eight.count.to_string(), eight.usd_per_hour.to_string()), ("8".into(), "27.44705".into()));
        assert_eq!(offer("aws/g6f.4xlarge/on_demand").unwrap().count.to_string(), "0.5");
        assert_eq!(open_model("llama-3-8b").unwrap().id, "meta-llama/Meta-Llama-3-8B");
        assert!(gpu("H100").is_none() && open_model("llama").is_none() && offer("").is_none());
    }

    /// What the header of the offers says: a reserved year is nowhere better founded than C.
    #[test]
    fn yearly_prices_are_weak() {
        assert!(offers().iter().filter(|o| o.purchase == Purchase::Reserved1y).all(|o| o.quality == Quality::C));
    }

    #[test]
    fn an_unknown_key_or_a_free_offer_is_refused() {
        let text = "schema: 1\nsources: {a: b}\nproviders:\n  x:\n    - {id: x/y/spot, gpu: t4, purchase: spot, usd_per_hour: \"0\", as_of: 2026-13, quality: A, source: c, gpus: 1}\n";
        let mut sink = Sink::default();
        let read = parsed(("offers", text), read::offers, &mut sink);
        let codes: Vec<_> = sink.finish(read).unwrap_err().iter().map(|problem| problem.code).collect();
        for code in [Code::NoPrice, Code::BadQuantity, Code::UnknownWord, Code::UnknownKey] {
            assert!(codes.contains(&code), "{code:?} is not among {codes:?}");
        }
    }
}
