//! What every part of the check needs: the settings of the file, its prices, and where problems go.

use std::collections::HashMap;
use std::sync::Arc;

use super::read::quantity;
use super::trace::Traces;
use crate::diag::{Code, Diagnostic, Place, Sink};
use crate::figure::{Decisions, Dimension, Figure, Origin};
use crate::input::{self, Fields, Node, word};
use crate::plan::{Deployment, DeploymentUse, Draw, Input, Model, ModelUse, Negotiated, PriceBook, Quality, Server};
use crate::pricing::{self, Book, Date, Lookup};
use crate::units::{Exact, Kind, Settings};

/// The state of one check.
pub(super) struct Context<'a> {
    pub sink: &'a mut Sink,
    pub settings: Settings,
    pub prices: Prices,
    /// Whether requests come from a log, which names models itself.
    pub for_log: bool,
    /// By name; `None` for those that could not be read.
    pub deployments: Vec<(String, Option<Arc<Deployment>>)>,
    /// What uncertain quantities are read as.
    pub draw: Draw,
    /// The uncertain quantities so far, their paths still to be found.
    pub inputs: Vec<Input>,
    /// Comparisons with uncertain quantities. Whatever is refused by a comparison that another draw could turn is
    /// compared here.
    pub decisions: Decisions,
    /// Where the scenario is from, and with it the files that it names.
    pub from: input::Input,
    /// Tokens of the mean call's prompt and answer, where the workload says them.
    pub mean_call: Option<(Exact, Exact)>,
    /// How often answers are right.
    pub quality: Quality,
    /// The names of the tasks, as far as they have any.
    pub tasks: Vec<Option<String>>,
    /// The traces of lengths that were read.
    pub traces: Arc<Traces>,
}

/// The prices of a scenario.
pub(super) struct Prices {
    pub book: Arc<Book>,
    pub as_of: Date,
    /// What was agreed with providers, beside the lists.
    pub negotiated: Negotiated,
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

impl Prices {
    pub fn new(book: Arc<Book>, as_of: Date, unread: Unread) -> Self {
        Self { book, as_of, negotiated: Negotiated::default(), unread, resolved: HashMap::new() }
    }

    /// The same for whoever asks later.
    pub fn known(self) -> PriceBook {
        PriceBook { book: self.book, as_of: self.as_of, negotiated: self.negotiated }
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

    /// An optional quantity that is not 0.
    pub fn above_zero<D: Dimension>(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        kind: Kind,
        name: &'static str,
    ) -> Option<Figure<D>> {
        let node = fields.get(key, self.sink)?;
        let found: Figure<D> = self.read(name, node, kind)?;
        if found.is_zero() {
            let message = format!("`{key}` of 0 makes no sense");
            return self.sink.refuse(Diagnostic::at(Code::OutOfRange, &node.place, message, "must be above zero"));
        }
        Some(found)
    }

    /// The quantity in `node`.
    pub fn read<D: Dimension>(&mut self, name: &'static str, node: &Node, kind: Kind) -> Option<Figure<D>> {
        let figure: Figure<D> = quantity(name, node, kind, &self.settings, &self.draw, self.sink)?;
        if let Origin::Uncertain(place, distribution) = &figure.step().origin
            && !self.inputs.iter().any(|known| known.place == *place)
        {
            let (name, distribution) = (name.to_owned(), Arc::clone(distribution));
            self.inputs.push(Input { path: String::new(), name, place: place.clone(), distribution });
        }
        Some(figure)
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
        let place_of_date =
            "the date is that of `prices.as_of` or `--as-of`; left out, the date of the newest price list";
        let is_unread = self.prices.unread.lists || self.prices.unread.models.iter().any(|known| known == name);
        let is_logged = name == Model::AS_LOGGED;
        if (is_logged || is_unread) && matches!(self.prices.book.find(name, date), Lookup::Unknown) {
            if is_logged && self.for_log {
                return Some(Model::as_logged(date, place));
            }
            if is_unread {
                // Its price could not be read, which was reported there.
                self.sink.fail();
                return None;
            }
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
        let found = match pricing::resolve(&self.prices.book, name, date, place, place_of_date) {
            Ok(model) => model,
            Err(problem) => return self.sink.refuse(*problem),
        };
        let negotiated = self.prices.negotiated.about(&found.provider, &found.id);
        Some(Model { listed: found, as_of: date, negotiated })
    }
}
