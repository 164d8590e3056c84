//! What one request costs: its counters, each at its price, and what is wrong with them.

use super::{Ask, Component, Missing, Model, Moment, Quote};
use crate::units::{Exact, display};

/// The counters of one request.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Usage {
    /// Tokens of the whole prompt, cached and written ones included.
    pub input: u64,
    /// Of these, read from the prompt cache.
    pub cached: u64,
    /// Of these, written to it, by lifetime; empty text for the default one.
    pub written: Vec<(String, u64)>,
    /// Visible tokens of the answer.
    pub output: u64,
    /// Hidden reasoning tokens beside them.
    pub reasoning: u64,
    /// Other things, in their units. Audio, image and video tokens of the prompt are part of `input`.
    pub also: Vec<(Component, Exact)>,
}

/// One line of a request's bill.
#[derive(Clone, Debug)]
pub struct Charge<'a> {
    /// What it is for.
    pub component: Component,
    /// How many units.
    pub quantity: Exact,
    /// What one costs.
    pub quote: Quote<'a>,
    /// What it costs, USD.
    pub usd: Exact,
}

/// Why a request has no cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// Counters that no request has.
    Impossible(String),
    /// A component that is used and has no price.
    Unpriced(Component, Missing),
}

impl Usage {
    /// Tokens of the prompt that were neither read from the cache nor written to it nor of another medium.
    ///
    /// # Errors
    /// More of those than the prompt has.
    pub fn fresh(&self) -> Result<u64, Problem> {
        let written = self.written.iter().map(|(_, tokens)| u128::from(*tokens)).sum::<u128>();
        let parts = u128::from(self.cached).saturating_add(written);
        let input = u128::from(self.input);
        let media: Exact = self.also.iter().filter(|(c, _)| c.is_prompt()).map(|(_, tokens)| tokens).sum();
        let of_media = match (media.is_whole(), media.to_u64()) {
            (true, Some(tokens)) => u128::from(tokens),
            _ => return Err(Problem::Impossible("tokens are whole numbers".to_owned())),
        };
        let left = input.checked_sub(parts.saturating_add(of_media)).and_then(|left| u64::try_from(left).ok());
        left.ok_or_else(|| Problem::Impossible(self.too_many(input, written, of_media)))
    }

    fn too_many(&self, input: u128, written: u128, media: u128) -> String {
        let count = |tokens: u128| display::grouped(&tokens.to_string());
        let mut parts = Vec::new();
        for (tokens, what) in
            [(u128::from(self.cached), "read from the cache"), (written, "written to it"), (media, "of other media")]
        {
            if tokens > 0 {
                parts.push(format!("{} {what}", count(tokens)));
            }
        }
        format!("{} are more than the {} tokens of the prompt, which include them", parts.join(" and "), count(input))
    }
}

impl Model {
    /// The bill of one request, its lines in the order of the counters.
    ///
    /// # Errors
    /// Impossible counters; a component that is used and has no price.
    pub fn charges(&self, usage: &Usage, mode: Option<&str>, at: Moment) -> Result<Vec<Charge<'_>>, Problem> {
        let fresh = usage.fresh()?;
        let input = Exact::from(usage.input);
        let mut counters =
            vec![(Component::Input, Exact::from(fresh)), (Component::CacheRead, Exact::from(usage.cached))];
        let writes = usage.written.iter();
        counters
            .extend(writes.map(|(lifetime, tokens)| (Component::CacheWrite(lifetime.clone()), Exact::from(*tokens))));
        counters.push((Component::Output, Exact::from(usage.output)));
        counters.push((Component::Reasoning, Exact::from(usage.reasoning)));
        counters.extend(usage.also.iter().cloned());
        let mut charges = Vec::new();
        for (component, quantity) in counters {
            if !quantity.is_zero() {
                let quote = self
                    .quote(&Ask { component: &component, mode, input: &input, at })
                    .map_err(|missing| Problem::Unpriced(component.clone(), missing))?;
                charges.push(Charge::of(component, quantity, quote));
            }
        }
        match self.quote(&Ask { component: &Component::Request, mode, input: &input, at }) {
            Ok(quote) if quote.unpaid.is_none() => charges.push(Charge::of(Component::Request, Exact::ONE, quote)),
            Ok(_) | Err(Missing::Component(_)) => {}
            Err(missing) => return Err(Problem::Unpriced(Component::Input, missing)),
        }
        Ok(charges)
    }
}

impl<'a> Charge<'a> {
    fn of(component: Component, quantity: Exact, quote: Quote<'a>) -> Self {
        let usd = &quantity * &quote.price();
        Self { component, quantity, quote, usd }
    }
}
