//! What is wrong, or looks wrong, in the catalogues of GPUs, offers and open models.
//!
//! A finding is no error: the files are read strictly elsewhere ([`super::catalogue`]). It is a figure that contradicts
//! another one, or that a reader would doubt. Somebody looks at it and either mends the figure or accepts the finding in
//! the entry itself, with a reason: `accept: {price-outlier: a spot zone nobody wanted}`. What is accepted without being
//! found any more is a finding too.

mod gpus;
mod models;
mod offers;

use std::collections::BTreeMap;

use super::{Gpu, Offer, OpenModel};
use crate::units::Exact;

/// Something to look at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// Which file: `pricing/gpus.yaml`.
    pub file: &'static str,
    /// Which entry, by its id.
    pub entry: String,
    /// What kind of finding.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal),* $(,)?) => {
        /// The stable name of a kind of finding.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code { $($(#[$doc])* $variant),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as it is printed, and as `accept` states it.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }
        }
    };
}

codes! {
    /// One name for two entries, or for two spellings that differ only in case and separators.
    DuplicateName = "duplicate-name",
    /// An entry without a source, or whose source is no more than a word.
    NoSource = "no-source",
    /// A figure of quality A without a date.
    NoDate = "no-date",
    /// A date after that of the price lists.
    FutureDate = "future-date",
    /// Reported memory is not near the label: units mixed up, or another card's figure.
    ReportedMemory = "reported-memory",
    /// A rate that is twice that of its siblings: data sheets print rates with sparsity.
    SparseRate = "sparse-rate",
    /// A rate of a smaller format that is not about twice that of the larger one.
    OddRate = "odd-rate",
    /// More bytes a second, or FLOP/s per watt, than anything of its kind has.
    BeyondPhysics = "beyond-physics",
    /// No link between the cards of a node.
    NoLink = "no-link",
    /// An offer of a GPU that the catalogue does not know.
    UnknownGpu = "unknown-gpu",
    /// A price per GPU far from the others of that GPU and way to buy.
    PriceOutlier = "price-outlier",
    /// Committed or interruptible and yet dearer than by the hour, of the same provider.
    DearDiscount = "dear-discount",
    /// Two offers that differ in nothing but their price.
    SameOffer = "same-offer",
    /// An id that does not say provider, instance and way to buy.
    OddId = "odd-id",
    /// The total is not what the dimensions add up to.
    ParameterTotal = "parameter-total",
    /// More active parameters than the dimensions allow, or fewer.
    ActiveParameters = "active-parameters",
    /// Heads, layers or experts that do not go together.
    OddShape = "odd-shape",
    /// A native format that no precision is called.
    NativeFormat = "native-format",
    /// An accepted finding that is none any more, or a code that does not exist.
    StaleAcceptance = "stale-acceptance",
}

/// The three catalogues.
#[derive(Clone, Copy, Debug)]
pub struct Catalogues<'a> {
    /// GPUs.
    pub gpus: &'a [Gpu],
    /// Offers.
    pub offers: &'a [Offer],
    /// Open models.
    pub models: &'a [OpenModel],
    /// The date of the price lists, as text: nothing is younger.
    pub listed: &'a str,
}

const GPUS: &str = "pricing/gpus.yaml";
const OFFERS: &str = "pricing/offers.yaml";
const MODELS: &str = "pricing/open-models.yaml";

/// All findings that nobody accepted, by file, in the order of entries' names.
pub fn lint(catalogues: &Catalogues<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    gpus::lint(catalogues, &mut found);
    offers::lint(catalogues, &mut found);
    models::lint(catalogues, &mut found);
    let mut found = without_accepted(catalogues, found);
    found.sort();
    found
}

/// The catalogues that come with the program.
pub fn embedded(listed: &str) -> Catalogues<'_> {
    use super::catalogue::{gpus, offers, open_models};
    Catalogues { gpus: gpus(), offers: offers(), models: open_models(), listed }
}

/// Takes away what entries accept; what they accept in vain is found in its place.
fn without_accepted(catalogues: &Catalogues<'_>, found: Vec<Finding>) -> Vec<Finding> {
    let of_gpus = catalogues.gpus.iter().map(|gpu| (GPUS, &gpu.id, &gpu.accepted));
    let of_offers = catalogues.offers.iter().map(|offer| (OFFERS, &offer.id, &offer.accepted));
    let of_models = catalogues.models.iter().map(|model| (MODELS, &model.id, &model.accepted));
    let entries = of_gpus.chain(of_offers).chain(of_models);
    let accepted: Vec<(&'static str, &str, &str)> = entries
        .flat_map(|(file, id, codes)| codes.iter().map(move |(code, _)| (file, id.as_str(), code.as_str())))
        .collect();
    let of = |finding: &Finding, (file, entry, code): &(&str, &str, &str)| {
        finding.file == *file && finding.entry == *entry && finding.code.slug() == *code
    };
    let stale = accepted.iter().filter(|acceptance| !found.iter().any(|finding| of(finding, acceptance)));
    let stale: Vec<Finding> = stale
        .map(|(file, entry, code)| {
            let is_known = Code::ALL.iter().any(|known| known.slug() == *code);
            let message = match is_known {
                true => format!("accepts `{code}`, which is not found any more"),
                false => format!("accepts `{code}`, which is no code of a finding"),
            };
            Finding { file, entry: (*entry).to_owned(), code: Code::StaleAcceptance, message }
        })
        .collect();
    let is_new = |finding: &Finding| !accepted.iter().any(|acceptance| of(finding, acceptance));
    found.into_iter().filter(is_new).chain(stale).collect()
}

/// Names that several entries bear, however they are spelt.
fn duplicates<'a>(file: &'static str, names: impl Iterator<Item = (&'a str, &'a str)>, found: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (entry, name) in names {
        let spelling: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        match seen.get(&spelling) {
            Some(other) if *other != entry => found.push(Finding {
                file,
                entry: entry.to_owned(),
                code: Code::DuplicateName,
                message: format!("`{name}` is a name of {other} too"),
            }),
            Some(_) => {}
            None => {
                seen.insert(spelling, entry);
            }
        }
    }
}

/// A source of a word or two tells nobody where to look.
fn weak_source(source: &str) -> bool {
    source.trim().len() < 8
}

/// The one in the middle; of an even number the lower one.
fn median(mut values: Vec<Exact>) -> Option<Exact> {
    values.sort();
    let middle = values.len().checked_sub(1)?.checked_div(2)?;
    values.into_iter().nth(middle)
}

#[cfg(test)]
mod tests;
