//! What every part of the check needs: the settings of the file, its prices, and where problems go.

use std::collections::HashMap;
use std::sync::Arc;

use super::read::quantity;
use crate::diag::{Code, Diagnostic, Place, Sink, suggest};
use crate::figure::{Dimension, Figure, Share};
use crate::input::{Fields, Node, word};
use crate::plan::{Deployment, DeploymentUse, Model, ModelUse, Server};
use crate::pricing::{Book, Date, Lookup};
use crate::units::{Kind, Settings};

/// The state of one check.
pub(super) struct Context<'a> {
    pub sink: &'a mut Sink,
    pub settings: Settings,
    pub prices: Prices,
    /// Whether requests come from a log, which names models itself.
    pub for_log: bool,
    /// By name; `None` for those that could not be read.
    pub deployments: Vec<(String, Option<Arc<Deployment>>)>,
}

/// The prices of a scenario.
pub(super) struct Prices {
    pub book: Book,
    pub as_of: Date,
    /// By provider or by resolved model.
    pub discounts: Vec<(Discounted, Figure<Share>)>,
    /// What could not be read, so that a name may be unknown only for that reason.
    pub unread: Unread,
    resolved: HashMap<String, Option<Arc<Model>>>,
}

/// Prices that could not be read.
#[derive(Default)]
pub(super) struct Unread {
    /// Whole lists.
    pub lists: bool,
    /// Models of `prices.add`.
    pub models: Vec<String>,
}

/// What a negotiated discount is for.
pub(super) enum Discounted {
    Provider(String),
    Model { provider: String, id: String },
}

impl Prices {
    pub fn new(book: Book, as_of: Date, unread: Unread) -> Self {
        Self { book, as_of, discounts: Vec::new(), unread, resolved: HashMap::new() }
    }

    pub fn discount(&self, provider: &str, id: &str) -> Option<Figure<Share>> {
        let of = |wanted: &dyn Fn(&Discounted) -> bool| {
            self.discounts.iter().find(|(target, _)| wanted(target)).map(|(_, share)| share.clone())
        };
        of(&|target| matches!(target, Discounted::Model { provider: p, id: i } if p == provider && i == id))
            .or_else(|| of(&|target| matches!(target, Discounted::Provider(p) if p == provider)))
    }
}

impl Context<'_> {
    /// An optional quantity.
    pub fn quantity<D: Dimension>(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        kind: Kind,
        name: &'static str,
    ) -> Option<Figure<D>> {
        let node = fields.get(key, self.sink)?;
        self.read(name, node, kind)
    }

    /// A quantity that must be there.
    pub fn required<D: Dimension>(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        kind: Kind,
        name: &'static str,
        example: &str,
    ) -> Option<Figure<D>> {
        let node = fields.require(key, example, self.sink)?;
        self.read(name, node, kind)
    }

    /// The quantity in `node`.
    pub fn read<D: Dimension>(&mut self, name: &'static str, node: &Node, kind: Kind) -> Option<Figure<D>> {
        quantity(name, node, kind, &self.settings, self.sink)
    }

    /// The model that `node` names.
    pub fn model(&mut self, node: &Node) -> Option<ModelUse> {
        let name = word(node, self.sink)?.to_owned();
        self.model_named(&name, &node.place)
    }

    /// Who `node` names.
    pub fn server(&mut self, node: &Node) -> Option<Server> {
        let name = word(node, self.sink)?.to_owned();
        self.server_named(&name, &node.place)
    }

    /// The deployment of the scenario called `name`, else the model of a price list.
    pub fn server_named(&mut self, name: &str, place: &Place) -> Option<Server> {
        let Some((_, deployment)) = self.deployments.iter().find(|(known, _)| known == name) else {
            return self.model_named(name, place).map(Server::Model);
        };
        let Some(deployment) = deployment else {
            // What is wrong with it was reported there.
            self.sink.fail();
            return None;
        };
        Some(Server::Deployment(DeploymentUse { deployment: Arc::clone(deployment), place: place.clone() }))
    }

    /// The model called `name`, at the date of the prices. A name that failed once is reported at each mention.
    pub fn model_named(&mut self, name: &str, place: &Place) -> Option<ModelUse> {
        if let Some(Some(model)) = self.prices.resolved.get(name) {
            return Some(ModelUse { model: Arc::clone(model), place: place.clone() });
        }
        let model = self.look_up(name, place).map(Arc::new);
        self.prices.resolved.insert(name.to_owned(), model.clone());
        Some(ModelUse { model: model?, place: place.clone() })
    }

    fn look_up(&mut self, name: &str, place: &Place) -> Option<Model> {
        let date = self.prices.as_of;
        let found = match self.prices.book.find(name, date) {
            Lookup::Found(model) => model,
            Lookup::Ambiguous(names) => {
                return self.sink.refuse(
                    Diagnostic::at(
                        Code::AmbiguousModel,
                        place,
                        format!("several models are called `{name}`"),
                        "which one?",
                    )
                    .help(format!("write {}", suggest::listed(names.iter().map(String::as_str), "or"))),
                );
            }
            Lookup::OtherTime(models) => {
                let meant: Vec<String> = models.iter().map(|m| m.id.clone()).collect();
                return self.sink.refuse(
                    Diagnostic::at(
                        Code::NoPriceAtDate,
                        place,
                        format!("`{name}` meant no model on {date}"),
                        "a name with dates",
                    )
                    .help(format!(
                        "at other times it meant {}",
                        suggest::listed(meant.iter().map(String::as_str), "and")
                    )),
                );
            }
            Lookup::Unknown if name == Model::AS_LOGGED && self.for_log => return Some(Model::as_logged(date, place)),
            Lookup::Unknown if name == Model::AS_LOGGED => {
                return self.sink.refuse(
                    Diagnostic::at(
                        Code::NotSupported,
                        place,
                        "`as-logged` is the model that a request log names, and there is no log here",
                        "prices of a request log",
                    )
                    .help("`llmcost replay FILE --log LOG` has one; elsewhere name a model"),
                );
            }
            // Its price could not be read, which was reported there.
            Lookup::Unknown
                if self.prices.unread.lists || self.prices.unread.models.iter().any(|known| known == name) =>
            {
                self.sink.fail();
                return None;
            }
            Lookup::Unknown => return self.unknown_model(name, place),
        };
        if found.card(None, date).is_none() {
            let since = match found.first_day().filter(|first| *first > date) {
                Some(first) => format!("its first price is of {first}"),
                None => "no card of it is in force".to_owned(),
            };
            return self.sink.refuse(
                Diagnostic::at(
                    Code::NoPriceAtDate,
                    place,
                    format!("`{name}` has no price on {date}: {since}"),
                    "no price at that date",
                )
                .help("the date is that of `prices.as_of` or `--as-of`; left out, the date of the newest price list"),
            );
        }
        let discount = self.prices.discount(&found.provider, &found.id);
        Some(Model { listed: found, as_of: date, discount })
    }

    fn unknown_model<T>(&mut self, name: &str, place: &Place) -> Option<T> {
        let names = self.prices.book.names();
        let help = suggest::did_you_mean(name, names.iter().map(String::as_str)).unwrap_or_else(|| {
            "state its price under `prices.add`, or name a list that has it under `prices.catalog`".to_owned()
        });
        let lists: Vec<_> = self.prices.book.lists().iter().map(|list| list.info().name.clone()).collect();
        self.sink.refuse(
            Diagnostic::at(Code::UnknownModel, place, format!("no price list knows a model `{name}`"), "unknown model")
                .help(help)
                .help(format!("looked in: {}", lists.join(", "))),
        )
    }
}
