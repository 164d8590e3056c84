//! Rules about names: which model they mean, and whether models of one name cost alike.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Finding, Findings, Rule};
use crate::pricing::{Alias, Component, Model};
use crate::units::Exact;

/// A sibling that costs more than this many times as much, or as little, is hardly one.
const FAR: u64 = 2;

pub(super) fn check(models: &[Arc<Model>], found: &mut Vec<Finding>) {
    let mut ids: HashMap<&str, Vec<&Arc<Model>>> = HashMap::new();
    let mut aliases: HashMap<&str, Vec<(&Arc<Model>, &Alias)>> = HashMap::new();
    for model in models {
        ids.entry(&model.id).or_default().push(model);
        for alias in &model.aliases {
            aliases.entry(&alias.name).or_default().push((model, alias));
        }
    }
    for model in models {
        let mut findings = Findings { model, found };
        if ids.get(model.id.as_str()).is_some_and(|same| same.len() > 1) {
            let sellers: Vec<&str> =
                ids.get(model.id.as_str()).into_iter().flatten().map(|m| m.provider.as_str()).collect();
            let message = format!("several models are called `{}`: of {}", model.id, sellers.join(", "));
            findings.add(Rule::NameTwice, &model.place, message);
        }
        for alias in &model.aliases {
            let others = || {
                aliases.get(alias.name.as_str()).into_iter().flatten().filter(|(other, _)| !Arc::ptr_eq(other, model))
            };
            if alias.name == model.id {
                findings.add(Rule::AliasOfItself, &model.place, format!("`{}` is the model's own id", alias.name));
            } else if let Some(owner) = ids.get(alias.name.as_str()).and_then(|owners| owners.first()) {
                let message = format!("`{}` means the model of {} with that id", alias.name, owner.provider);
                findings.add(Rule::AliasHidden, &model.place, message);
            } else if let Some((other, _)) = others().find(|(_, other)| meet(alias, other)) {
                let message = format!("`{}` means `{}` too", alias.name, other.id);
                findings.add(Rule::NameTwice, &model.place, message);
            }
            let priced = |region: &String| {
                model.uplifts.iter().any(|uplift| uplift.region == *region)
                    || model.cards.iter().any(|card| card.when.region.as_ref() == Some(region))
            };
            if let Some(region) = alias.region.as_ref().filter(|region| !priced(region)) {
                let message = format!("`{}` is a name for {region}, which has no price", alias.name);
                findings.add(Rule::RegionWithoutPrice, &model.place, message);
            }
        }
        if let Some(other) = pointer_of(model, &ids).or_else(|| original_of(model, &ids)) {
            siblings(model, other, &mut findings);
        }
    }
}

/// Whether two aliases hold on a common day.
fn meet(a: &Alias, b: &Alias) -> bool {
    let before = |until: Option<crate::pricing::Date>, from| match (until, from) {
        (Some(until), Some(from)) => until <= from,
        _ => false,
    };
    !before(a.until, b.from) && !before(b.until, a.from)
}

/// The model of the same provider that this one is a dated snapshot of, by its name: `gpt-4o` of `gpt-4o-2024-08-06`.
fn pointer_of<'a>(model: &Model, ids: &HashMap<&str, Vec<&'a Arc<Model>>>) -> Option<&'a Arc<Model>> {
    let cut = model.id.rfind(['-', '@']).map(|_| &model.id)?;
    let base = ["-2", "@2"].iter().filter_map(|mark| cut.find(mark)).min()?;
    let (name, rest) = (cut.get(..base)?, cut.get(base.saturating_add(1)..)?);
    let is_date = rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let found = ids.get(name)?.first().copied()?;
    (is_date && found.provider == model.provider).then_some(found)
}

/// The model of its maker that somebody else sells, by its name: `gpt-4o` of `azure/gpt-4o`.
fn original_of<'a>(model: &Model, ids: &HashMap<&str, Vec<&'a Arc<Model>>>) -> Option<&'a Arc<Model>> {
    let (_, name) = model.id.rsplit_once('/')?;
    ids.get(name)?.first().copied().filter(|original| original.provider != model.provider)
}

fn siblings(model: &Model, pointer: &Model, findings: &mut Findings<'_>) {
    let newest = |model: &Model, component: &Component| {
        let cards = model.cards.iter().filter(|card| card.is_for(None));
        cards.max_by_key(|card| card.from).and_then(|card| card.rate(component)).map(|rate| rate.usd.clone())
    };
    let mut apart = Vec::new();
    for component in [Component::Input, Component::Output] {
        let (Some(own), Some(other)) = (newest(model, &component), newest(pointer, &component)) else { continue };
        let far = |a: &Exact, b: &Exact| *a > (b * &Exact::from(FAR));
        if far(&own, &other) || far(&other, &own) {
            let per = Exact::from(component.usual_per());
            apart.push(format!("{component} ${} against ${}", &own * &per, &other * &per));
        }
    }
    if !apart.is_empty() {
        let message = format!("{} of `{}`", apart.join(" and "), pointer.id);
        findings.add(Rule::SiblingMismatch, &model.place, message);
    }
}
