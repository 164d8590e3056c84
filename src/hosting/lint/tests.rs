//! The embedded files have no finding that nobody accepted, and every kind of mistake is found.

use super::*;
use crate::hosting::catalogue::{gpus, offers, open_models};
use crate::hosting::{Format, Purchase, Quality};
use crate::pricing::{DEFAULT_LIST, embedded_list};

fn listed() -> String {
    embedded_list(DEFAULT_LIST).unwrap().info().listed.unwrap().to_string()
}

fn lines(found: &[Finding]) -> String {
    let line = |f: &Finding| format!("{}: {} [{}] {}", f.file, f.entry, f.code.slug(), f.message);
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_embedded_files_have_no_finding_that_nobody_accepted() {
    let listed = listed();
    let found = lint(&embedded(&listed));
    assert!(found.is_empty(), "\n{}", lines(&found));
}

#[test]
fn codes_are_unique_and_every_accepted_one_has_a_reason() {
    let slugs: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!(slugs.len(), Code::ALL.len());
    let accepted = gpus().iter().map(|gpu| &gpu.accepted).chain(offers().iter().map(|offer| &offer.accepted));
    let accepted: Vec<_> = accepted.chain(open_models().iter().map(|model| &model.accepted)).flatten().collect();
    assert!(accepted.len() >= 10 && accepted.iter().all(|(_, reason)| reason.len() > 20), "{accepted:?}");
}

/// The embedded catalogues with one change, and what the lint says of it.
struct Changed {
    gpus: Vec<Gpu>,
    offers: Vec<Offer>,
    models: Vec<OpenModel>,
}

impl Changed {
    fn new() -> Self {
        Self { gpus: gpus().to_vec(), offers: offers().to_vec(), models: open_models().to_vec() }
    }

    fn gpu(id: &str, change: impl FnOnce(&mut Gpu)) -> Self {
        let mut all = Self::new();
        change(all.gpus.iter_mut().find(|gpu| gpu.id == id).unwrap());
        all
    }

    fn offer(id: &str, change: impl FnOnce(&mut Offer)) -> Self {
        let mut all = Self::new();
        change(all.offers.iter_mut().find(|offer| offer.id == id).unwrap());
        all
    }

    fn model(id: &str, change: impl FnOnce(&mut OpenModel)) -> Self {
        let mut all = Self::new();
        change(all.models.iter_mut().find(|model| model.aliases.iter().any(|alias| alias == id)).unwrap());
        all
    }

    /// The codes found at the entry.
    #[track_caller]
    fn finds(&self, entry: &str, code: Code) {
        let listed = listed();
        let catalogues = Catalogues { gpus: &self.gpus, offers: &self.offers, models: &self.models, listed: &listed };
        let found = lint(&catalogues);
        assert!(found.iter().any(|f| f.entry.contains(entry) && f.code == code), "{code:?}:\n{}", lines(&found));
    }
}

#[test]
fn doubtful_gpus_are_found() {
    Changed::gpu("h100-sxm", |gpu| gpu.aliases.push("H200-SXM".into())).finds("h200-sxm", Code::DuplicateName);
    Changed::gpu("l40s", |gpu| gpu.source = "me".into()).finds("l40s", Code::NoSource);
    Changed::gpu("h100-sxm", |gpu| (gpu.quality, gpu.as_of) = (Quality::A, None)).finds("h100-sxm", Code::NoDate);
    Changed::gpu("l40s", |gpu| gpu.as_of = "2027-01-01".parse().ok()).finds("l40s", Code::FutureDate);
    // 80 GiB where the label says 96 GB, and GiB read as GB.
    Changed::gpu("h100-sxm", |gpu| gpu.nominal_bytes = 96_000_000_000).finds("h100-sxm", Code::ReportedMemory);
    // The data sheet's figures with sparsity.
    Changed::gpu("h100-sxm", |gpu| gpu.flops_16 = Some(1_979e12)).finds("h100-sxm", Code::SparseRate);
    Changed::gpu("h100-sxm", |gpu| gpu.flops_fp8 = Some(3_958e12)).finds("h100-sxm", Code::OddRate);
    Changed::gpu("h100-sxm", |gpu| gpu.bandwidth = 33.5e12).finds("h100-sxm", Code::BeyondPhysics);
    Changed::gpu("h100-sxm", |gpu| gpu.link = None).finds("h100-sxm", Code::NoLink);
    Changed::gpu("h100-sxm", |gpu| gpu.accepted.push(("odd-rate".into(), "it was odd".into())))
        .finds("h100-sxm", Code::StaleAcceptance);
    Changed::gpu("h100-sxm", |gpu| gpu.accepted.push(("od-rate".into(), "misspelt".into())))
        .finds("h100-sxm", Code::StaleAcceptance);
}

#[test]
fn doubtful_offers_are_found() {
    let eight = "aws/p5.48xlarge/on_demand";
    Changed::offer(eight, |offer| offer.gpu = "h100".into()).finds(eight, Code::UnknownGpu);
    Changed::offer(eight, |offer| offer.as_of = "2026-12".into()).finds(eight, Code::FutureDate);
    Changed::offer(eight, |offer| offer.source = "x".into()).finds(eight, Code::NoSource);
    Changed::offer(eight, |offer| offer.id = "p5".into()).finds("p5", Code::OddId);
    // The price of one card for eight of them, and the other way round.
    Changed::offer(eight, |offer| offer.usd_per_hour = Exact::from(7)).finds(eight, Code::PriceOutlier);
    Changed::offer(eight, |offer| offer.count = Exact::ONE).finds(eight, Code::PriceOutlier);
    let spot = "aws/p5.4xlarge/spot/us-east-2-az1";
    Changed::offer(spot, |offer| offer.usd_per_hour = Exact::from(7)).finds(spot, Code::DearDiscount);
    let mut twice = Changed::new();
    let copy = Offer { id: "aws/p5.48xlarge/on_demand/again".into(), ..twice.offers[14].clone() };
    assert_eq!((twice.offers[14].id.as_str(), copy.purchase), (eight, Purchase::OnDemand));
    twice.offers.push(copy);
    twice.finds("aws/p5.48xlarge/on_demand/again", Code::SameOffer);
}

#[test]
fn doubtful_models_are_found() {
    let billion = |tenths: u64| Exact::from(tenths * 100_000_000);
    Changed::model("llama-3-8b", |model| model.params_total = billion(70)).finds("Llama-3-8B", Code::ParameterTotal);
    Changed::model("llama-3-8b", |model| model.layers = 31).finds("Llama-3-8B", Code::ParameterTotal);
    Changed::model("deepseek-v3", |model| model.params_active = billion(6_710)).finds("V3", Code::ActiveParameters);
    Changed::model("qwen3-235b", |model| model.params_active = billion(22)).finds("235B", Code::ActiveParameters);
    Changed::model("qwen3-32b", |model| model.kv_heads = 7).finds("Qwen3-32B", Code::OddShape);
    Changed::model("qwen3-32b", |model| model.full_layers = 65).finds("Qwen3-32B", Code::OddShape);
    Changed::model("qwen3-32b", |model| model.native = "fp64".into()).finds("Qwen3-32B", Code::NativeFormat);
    Changed::model("qwen3-32b", |model| model.source = String::new()).finds("Qwen3-32B", Code::NoSource);
    Changed::model("qwen3-32b", |model| model.aliases.push("QWEN3 8B".into())).finds("Qwen", Code::DuplicateName);
    assert!(open_models().iter().filter(|model| Format::named(&model.native).is_some()).count() >= 50);
}
