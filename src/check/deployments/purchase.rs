//! What GPUs cost and how they are bought: an offer of the catalogue or a stated price, on demand, on the spot market, for
//! years, in a mix, or each level of the load in its cheapest way.

use super::super::context::Context;
use super::super::workload::{ShareOf, whole};
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::figure::{Count, Figure, Money, Share};
use crate::hosting::{self, Offer, catalogue};
use crate::input::{Fields, Node, choice, word};
use crate::plan::{Package, Purchase, Term};
use crate::units::{Exact, Kind, display};

const TERMS: &[(&str, Term)] = &[
    ("on_demand", Term::OnDemand),
    ("spot", Term::Spot),
    ("reserved_1y", Term::Reserved1y),
    ("reserved_3y", Term::Reserved3y),
];

/// The offer that a deployment names; `Some(None)` where it names none.
pub(super) fn offered(fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Option<&'static Offer>> {
    fields.exclusive("offer", "usd_per_gpu_hour", context.sink);
    match fields.get("offer", context.sink) {
        Some(node) => offer(node, context).map(Some),
        None => Some(None),
    }
}

/// The package that replicas of `gpus` GPUs are bought in, with every price that is stated or listed, and how it is bought.
pub(super) fn package(
    deployment: &str,
    gpus: &Figure<Count>,
    (offer, price): (Option<&'static Offer>, Option<Figure<Money>>),
    fields: &mut Fields<'_>,
    context: &mut Context<'_>,
) -> Option<(Package, Purchase)> {
    let (mut package, default) = match (offer, price) {
        (Some(offer), _) => of_offer(offer, gpus),
        (None, Some(price)) => {
            let prices = vec![(Term::OnDemand, price.times(gpus))];
            (Package { name: None, replicas: Figure::one(), prices }, Term::OnDemand)
        }
        (None, None) if fields.entry("usd_per_gpu_hour").is_some() => return None,
        (None, None) => {
            let place = fields.node().place.clone();
            return context.sink.refuse(
                Diagnostic::at(
                    Code::MissingKey,
                    &place,
                    format!("what does an hour of `{deployment}` cost?"),
                    "neither `usd_per_gpu_hour` nor `offer` is here",
                )
                .help("for instance `usd_per_gpu_hour: 1.50`, or `offer: aws/g5.xlarge/on_demand` of the catalogue"),
            );
        }
    };
    spot(gpus, &mut package, fields, context);
    for (key, term, name) in [
        ("reserved_1y", Term::Reserved1y, "discount for a year"),
        ("reserved_3y", Term::Reserved3y, "discount for three years"),
    ] {
        reserved(key, term, name, gpus, &mut package, fields, context);
    }
    let purchase = purchase(default, &package, fields, context)?;
    Some((package, purchase))
}

fn offer(node: &Node, context: &mut Context<'_>) -> Option<&'static Offer> {
    let id = word(node, context.sink)?;
    let found = catalogue::offer(id);
    if found.is_none() {
        let near = suggest::did_you_mean(id, catalogue::offer_names());
        let message = format!("the catalogue has no offer `{id}`");
        context.sink.add(Diagnostic::at(Code::UnknownName, &node.place, message, "unknown offer").help(
            near.unwrap_or_else(|| {
                "an offer is named `provider/instance/purchase`; or state `usd_per_gpu_hour`".to_owned()
            }),
        ));
    }
    let found = found?;
    if term(found.purchase).is_none() {
        return context.sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                format!("nobody rents replicas by the hour at `{id}`"),
                "serverless, a block of capacity, or a cost estimate",
            )
            .help("choose an offer on demand, on the spot market or reserved; serverless is a deployment with `serverless:`"),
        );
    }
    Some(found)
}

fn term(purchase: hosting::Purchase) -> Option<Term> {
    match purchase {
        hosting::Purchase::OnDemand => Some(Term::OnDemand),
        hosting::Purchase::Spot => Some(Term::Spot),
        hosting::Purchase::Reserved1y => Some(Term::Reserved1y),
        hosting::Purchase::Reserved3y => Some(Term::Reserved3y),
        hosting::Purchase::Serverless
        | hosting::Purchase::ServerlessAlwaysOn
        | hosting::Purchase::CapacityBlock
        | hosting::Purchase::OwnedTco => None,
    }
}

/// The package of an offer, with the other ways to buy the same instance that the catalogue knows. A replica that needs
/// more cards than an instance has is several instances; one that needs fewer shares an instance with others.
fn of_offer(offer: &'static Offer, gpus: &Figure<Count>) -> (Package, Term) {
    let default = term(offer.purchase).unwrap_or(Term::OnDemand);
    let whole = gpus.value().checked_div(&offer.count).unwrap_or(Exact::ONE).ceil();
    let instances = Figure::<Count>::constant(whole);
    let same = |other: &&Offer| {
        (&other.provider, &other.instance, &other.gpu, &other.count)
            == (&offer.provider, &offer.instance, &offer.gpu, &offer.count)
    };
    let mut prices: Vec<(Term, Figure<Money>)> = Vec::new();
    let mut add = |offer: &Offer| {
        let Some(term) = term(offer.purchase).filter(|term| !prices.iter().any(|(known, _)| known == term)) else {
            return;
        };
        let hour = Figure::<Money>::listed(offer.id.clone(), offer.usd_per_hour.clone(), of(offer));
        prices.push((term, if *instances.value() == Exact::ONE { hour } else { hour.times(&instances) }));
    };
    add(offer);
    if offer.instance.is_some() {
        let mut siblings: Vec<&Offer> = catalogue::offers().iter().filter(same).collect();
        siblings.sort_by(|a, b| a.usd_per_hour.cmp(&b.usd_per_hour));
        siblings.into_iter().for_each(&mut add);
    }
    let together = offer.count.checked_div(gpus.value()).unwrap_or(Exact::ONE).floor().max(Exact::ONE);
    let name = (together > Exact::ONE).then(|| offer.instance.clone().unwrap_or_else(|| offer.id.clone()));
    let replicas = Figure::<Count>::constant(together).named("replicas in an instance");
    (Package { name, replicas, prices }, default)
}

fn of(offer: &Offer) -> String {
    format!("offer {} as of {}, quality {:?}, says {}", offer.id, offer.as_of, offer.quality, offer.source)
}

/// Spot hours: by their discount or price; interrupted work is paid twice, on demand, or in two finer shares.
fn spot(gpus: &Figure<Count>, package: &mut Package, fields: &mut Fields<'_>, context: &mut Context<'_>) {
    let Some(node) = fields.get("spot", context.sink) else { return };
    let Some(mut fields) = Fields::of(node, "`spot`", context.sink) else { return };
    fields.exclusive("discount", "usd_per_gpu_hour", context.sink);
    fields.exclusive("interrupted", "lost_work", context.sink);
    fields.exclusive("interrupted", "unavailable", context.sink);
    let on_demand = package.price(Term::OnDemand).cloned();
    let discount = context.quantity::<Share>(&mut fields, "discount", Kind::Share, "spot discount");
    let price = context.quantity::<Money>(&mut fields, "usd_per_gpu_hour", Kind::Money, "spot price per GPU hour");
    let interrupted = context.quantity::<Share>(&mut fields, "interrupted", Kind::Share, "interrupted");
    let lost = context.quantity::<Share>(&mut fields, "lost_work", Kind::Share, "work lost to interruptions");
    let unavailable = context.quantity::<Share>(&mut fields, "unavailable", Kind::Share, "time without spot capacity");
    let listed = package.price(Term::Spot).cloned();
    let needs_on_demand = discount.is_some() || interrupted.is_some() || unavailable.is_some();
    fields.finish(context.sink);
    let Some(on_demand) = on_demand.or_else(|| (!needs_on_demand).then(Figure::zero)) else {
        return context.sink.add(Diagnostic::at(
            Code::MissingKey,
            &node.place,
            "off which price? there is none on demand",
            "a share of the on-demand price",
        ));
    };
    let raw = match (&discount, price) {
        (Some(discount), _) => on_demand.times(&discount.rest()),
        (None, Some(price)) => price.times(gpus),
        (None, None) => match listed {
            Some(listed) => listed,
            None => {
                return context.sink.add(
                    Diagnostic::at(
                        Code::MissingKey,
                        &node.place,
                        "`spot` says no price",
                        "neither `discount` nor `usd_per_gpu_hour`",
                    )
                    .help("for instance `spot: {discount: 65%, interrupted: 5%}`"),
                );
            }
        },
    };
    let effective = match (interrupted, lost, unavailable) {
        (Some(interrupted), ..) => raw.plus(&on_demand.times(&interrupted)),
        (None, None, None) => raw,
        (None, lost, unavailable) => {
            let raw = lost.map_or(raw.clone(), |lost| raw.plus(&raw.times(&lost)));
            unavailable.map_or(raw.clone(), |none| raw.times(&none.rest()).plus(&on_demand.times(&none)))
        }
    };
    set(package, Term::Spot, effective.named("price of a useful spot hour"));
}

fn reserved(
    key: &'static str,
    term: Term,
    name: &'static str,
    gpus: &Figure<Count>,
    package: &mut Package,
    fields: &mut Fields<'_>,
    context: &mut Context<'_>,
) {
    let Some(node) = fields.get(key, context.sink) else { return };
    let Some(mut fields) = Fields::of(node, format!("`{key}`"), context.sink) else { return };
    fields.exclusive("discount", "usd_per_gpu_hour", context.sink);
    let discount = context.quantity::<Share>(&mut fields, "discount", Kind::Share, name);
    let price = context.quantity::<Money>(&mut fields, "usd_per_gpu_hour", Kind::Money, "reserved price per GPU hour");
    let empty = fields.entry("discount").is_none() && fields.entry("usd_per_gpu_hour").is_none();
    fields.finish(context.sink);
    if empty {
        context.sink.add(
            Diagnostic::at(Code::MissingKey, &node.place, format!("`{key}` says no price"), "what does it cost?")
                .help(format!("for instance `{key}: {{discount: 40%}}`")),
        );
    }
    let hour = match (discount, price) {
        (Some(discount), _) => match package.price(Term::OnDemand) {
            Some(on_demand) => Some(on_demand.times(&discount.rest())),
            None => context.sink.refuse(Diagnostic::at(
                Code::MissingKey,
                &node.place,
                "off which price? there is none on demand",
                "a share of the on-demand price",
            )),
        },
        (None, price) => price.map(|price| price.times(gpus)),
    };
    if let Some(hour) = hour {
        set(package, term, hour);
    }
}

fn set(package: &mut Package, term: Term, price: Figure<Money>) {
    package.prices.retain(|(known, _)| *known != term);
    package.prices.push((term, price));
    package.prices.sort_by_key(|(term, _)| *term);
}

/// A way to buy, a mix of them, or `auto`; what is left out follows from the offer, or from a lone `spot`.
fn purchase(default: Term, package: &Package, fields: &mut Fields<'_>, context: &mut Context<'_>) -> Option<Purchase> {
    let Some(node) = fields.get("purchase", context.sink) else {
        let lone_spot = fields.entry("spot").is_some() && fields.entry("purchase").is_none();
        return Some(Purchase::One(if lone_spot { Term::Spot } else { default }));
    };
    if node.scalar() == Some("auto") {
        return Some(Purchase::Auto);
    }
    let Some(entries) = node.entries() else {
        let words: Vec<(&str, Option<Term>)> =
            TERMS.iter().map(|(name, term)| (*name, Some(*term))).chain([("auto", None)]).collect();
        let term = choice(node, "`purchase`", &words, context.sink)?.unwrap_or(default);
        return has_price(term, &node.place, package, context).map(|()| Purchase::One(term));
    };
    let before = context.sink.failures();
    let mut terms = Vec::new();
    let mut shares = Vec::new();
    for (key, share) in entries {
        let Some((_, term)) = TERMS.iter().find(|(name, _)| *name == &*key.text) else {
            let names = || TERMS.iter().map(|(name, _)| *name);
            let message = format!("`{}` is not a way to buy GPUs", key.text);
            let near = suggest::did_you_mean(&key.text, names());
            let all = || format!("there are {}", suggest::listed(names(), "and"));
            context
                .sink
                .add(Diagnostic::at(Code::UnknownKey, &key.place, message, "unknown").help(near.unwrap_or_else(all)));
            continue;
        };
        has_price(*term, &key.place, package, context);
        terms.push(*term);
        shares.extend(ShareOf::read(share, context));
    }
    if context.sink.failures() > before {
        return None;
    }
    let shares = whole(shares, "this purchase", &node.place, context)?;
    let named = terms
        .into_iter()
        .zip(shares)
        .map(|(term, share)| (term, share.named(format!("bought {}", term.name().replace('_', " ")))));
    Some(Purchase::Mix(named.collect()))
}

fn has_price(term: Term, place: &Place, package: &Package, context: &mut Context<'_>) -> Option<()> {
    if package.price(term).is_some() {
        return Some(());
    }
    let known = package
        .prices
        .iter()
        .map(|(term, price)| format!("{} at {} an hour", term.name(), display::money(price.value(), "USD")));
    let known: Vec<String> = known.collect();
    let example = match term {
        Term::Spot => "spot: {discount: 65%, interrupted: 5%}",
        Term::Reserved1y => "reserved_1y: {discount: 40%}",
        Term::Reserved3y => "reserved_3y: {discount: 55%}",
        Term::OnDemand => "usd_per_gpu_hour: 1.50",
    };
    context.sink.refuse(
        Diagnostic::at(
            Code::MissingKey,
            place,
            format!("what does {} cost? no price of it is known", term.name()),
            "bought like this",
        )
        .help(format!("state it beside, for instance `{example}`"))
        .help(format!("known is {}", suggest::listed(known.iter().map(String::as_str), "and"))),
    )
}
