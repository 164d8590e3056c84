//! From the strategies of a plan to programs; what a log cannot support is refused with the reason.

mod cache;
mod prefix;
mod prompt;
mod serving;

use std::sync::Arc;

use super::columns::Uses;
use super::prefix::Limit;
use super::program::{Fee, Leaf, Node, Program, Programs};
use super::read::desk::Lexicons;
use super::request::NOTHING;
use super::tariff::Stated;
use super::till::Payee;
use crate::diag::{Code, Diagnostic, Place};
use crate::figure::{Figure, Money};
use crate::plan::log::Role;
use crate::plan::{self, Plan, Strategy};
use crate::units::Exact;

/// Parts of a token beyond which a share is refused: sums stay exact below it.
const MOST_PARTS: u64 = 1 << 20;

/// What a log offers to strategies.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// Roles with a column or constant, as far as somebody stated them or a preset has them.
    pub roles: Vec<Role>,
    /// Models whose outcomes are recorded.
    pub outcomes: Vec<String>,
    /// Tokens of a block.
    pub block: Option<u64>,
    /// Columns that routes go by, each with its position among those that are kept.
    pub columns: Vec<(String, usize)>,
    /// The names of the log.
    pub lexicons: &'a Lexicons,
}

/// Programs, whom their calls are paid to, and what they look at.
#[derive(Debug)]
pub struct Compiled {
    /// The programs.
    pub programs: Programs,
    /// Whom calls are paid to.
    pub payees: Vec<Payee>,
    /// What they look at.
    pub uses: Uses,
}

/// Compiles the strategies of `plan`; without one, the prices of the models that the log names.
///
/// # Errors
/// Levers that a log cannot support, each with its place.
pub fn compile(plan: Option<&Plan>, offer: &Offer<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let mut compiler = Compiler::new(plan, offer);
    match plan {
        Some(plan) => plan.strategies.iter().for_each(|strategy| compiler.strategy(strategy)),
        None => {
            let payee = compiler.payee(None, None, "");
            let leaf = compiler.leaf(Leaf::plain(0, payee, true));
            compiler.programs.push(Program::as_logged(leaf, payee));
            compiler.uses.model = true;
        }
    }
    if !compiler.problems.is_empty() {
        return Err(compiler.problems);
    }
    let Compiler { programs, leaves, fees, prefixes, payees, uses, .. } = compiler;
    Ok(Compiled { programs: Programs { programs, leaves, fees, prefixes }, payees, uses })
}

impl Program {
    fn as_logged(leaf: usize, payee: usize) -> Self {
        Self {
            name: plan::Model::AS_LOGGED.to_owned(),
            cache: None,
            prompt: None,
            root: Node::Call(leaf),
            plain: Some((leaf, payee, true)),
            ordered: false,
            fixed: Vec::new(),
            assumptions: Vec::new(),
        }
    }
}

struct Compiler<'a> {
    plan: Option<&'a Plan>,
    offer: &'a Offer<'a>,
    programs: Vec<Program>,
    leaves: Vec<Leaf>,
    fees: Vec<Fee>,
    prefixes: Vec<(Limit, u64)>,
    payees: Vec<Payee>,
    uses: Uses,
    /// Parts of a token that the prompts of the strategy at hand are counted in.
    of: u64,
    assumptions: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    fn new(plan: Option<&'a Plan>, offer: &'a Offer<'a>) -> Self {
        Self {
            plan,
            offer,
            programs: Vec::new(),
            leaves: Vec::new(),
            fees: Vec::new(),
            prefixes: Vec::new(),
            payees: Vec::new(),
            uses: Uses::default(),
            of: 1,
            assumptions: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn has(&self, role: Role) -> bool {
        self.offer.roles.contains(&role)
    }

    fn refuse(&mut self, place: &Place, message: impl Into<String>, help: &str) {
        let found = Diagnostic::at(Code::NotSupported, place, message, "a log cannot say it");
        self.problems.push(found.help(help));
    }

    /// Takes note of something that was decided for the user.
    fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }

    fn strategy(&mut self, strategy: &Strategy) {
        (self.of, self.assumptions) = (1, Vec::new());
        let caches = self.prefixes.len();
        if strategy.pack.is_some() {
            let message =
                format!("`pack` of `{}`: a log does not say which requests could share a call", strategy.name);
            self.refuse(&strategy.place, message, "`simulate` computes it from means");
        }
        if strategy.retrieval.is_some() {
            let message = format!("`retrieval` of `{}`: the prompts of a log have their context", strategy.name);
            self.refuse(&strategy.place, message, "`simulate` computes what it costs");
        }
        if let Some(tuned) = &strategy.fine_tune {
            let message = "what training a model costs does not depend on a log";
            self.refuse(&tuned.place, message, "name the tuned model as `model`; `simulate` weighs its training");
        }
        let prompt = self.prompt(strategy);
        let cache = strategy.response_cache.as_ref().map(|cache| self.response_cache(cache, &strategy.place));
        let fixed = strategy.response_cache.iter().flat_map(|cache| &cache.per_month);
        let fixed = fixed.map(|fee| ("response cache".to_owned(), fee.value().clone())).collect();
        let root = self.serving(&strategy.serving, &strategy.defaults);
        let ordered = self.prefixes.len() > caches || cache.as_ref().is_some_and(|cache| cache.is_ordered());
        let assumptions = std::mem::take(&mut self.assumptions);
        let (name, root) = (strategy.name.clone(), root.unwrap_or(Node::Call(usize::MAX)));
        let plain = match &root {
            Node::Call(at) if cache.is_none() && prompt.is_none() => {
                self.leaves.get(*at).and_then(|leaf| leaf.as_it_is(*at))
            }
            _ => None,
        };
        self.programs.push(Program { name, cache, prompt, root, plain, ordered, fixed, assumptions });
    }

    fn leaf(&mut self, leaf: Leaf) -> usize {
        self.leaves.push(leaf);
        self.leaves.len() - 1
    }

    fn fee(&mut self, label: &str, price: &Figure<Money>) -> usize {
        let program = self.programs.len();
        self.fees.push(Fee { program, label: label.to_owned(), price: price.value().clone() });
        self.fees.len() - 1
    }

    fn payee(&mut self, model: Option<Arc<plan::Model>>, stated: Option<Stated>, lifetime: &str) -> usize {
        self.payees.push(Payee { model, stated, lifetime: lifetime.to_owned() });
        self.payees.len() - 1
    }

    /// The handle of a mode.
    fn mode(&self, name: &str) -> u32 {
        self.offer.lexicons.modes.handle(name.as_bytes()).unwrap_or(NOTHING)
    }

    /// A number as whole parts, and how many make one.
    fn in_parts(&mut self, value: &Exact, place: &Place) -> Option<(u64, u64)> {
        let found = value.as_fraction().filter(|(_, of)| *of <= MOST_PARTS);
        if found.is_none() {
            let message = format!("{value} has too many digits to be applied to single requests");
            self.refuse(place, message, "write it with up to six decimals");
        }
        found
    }
}

/// The least number that both divide.
fn common(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}
