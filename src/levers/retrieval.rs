//! Retrieval: a corpus cut into chunks, a vector of each, and a search for every request that reaches it, behind the response
//! cache.
//!
//! ```text
//! chunks       = ceil(corpus / (chunk - overlap))
//! tokens read  = corpus x chunk / (chunk - overlap)             for the index, overlaps included
//! index        = tokens read x price, once, spread over the months that it serves
//! reindexing   = tokens read x share, every month
//! a search     = the query's tokens x price + the store's price + reranking (candidates x (chunk + query), or a search)
//! store        = chunks x (dimensions x bytes + text) / 10^9 x price per GB and month, or a fixed amount
//! context      = top x chunk
//! ```

use super::attempt::thresholds;
use super::bill::{Index, Lever, Mode};
use super::fine_tune::per_month;
use super::trip::{Lane, Trip};
use super::{Cause, Engine, price};
use crate::figure::{Calls, Count, Figure, Money, Share, TokenPrice, Tokens, Volume};
use crate::plan::{ModelUse, Part, Rent, Rerank, Retrieval, Server, Task};
use crate::pricing::Component;
use crate::units::Exact;

/// Bytes of a GB.
const GB: u64 = 1_000_000_000;

impl Engine<'_> {
    /// Bills what is paid whether anybody searches or not: the first index, its upkeep, the store.
    pub(super) fn corpus(&mut self, retrieval: &Retrieval) {
        let Server::Model(used) = &retrieval.embed else { return };
        let mode = match retrieval.mode.as_deref() {
            None => Mode::Standard,
            Some("batch") => Mode::Batch,
            Some(name) => Mode::Named(name.into()),
        };
        let chunks = retrieval.chunks();
        let stride = retrieval.chunk.minus(&retrieval.overlap);
        let tokens = match retrieval.corpus.ratio::<Count>(&stride) {
            Some(pieces) if !retrieval.overlap.is_zero() => retrieval.chunk.times(&pieces),
            _ => retrieval.corpus.clone(),
        };
        // The embedding model counts its own tokens, of all chunks and of each.
        let (tokens, chunk) = match self.plan.workload.tokenizer.of(&used.model.listed.provider, &used.model.listed.id)
        {
            Some(factor) => (tokens.times(&factor.input), retrieval.chunk.times(&factor.input)),
            None => (tokens, retrieval.chunk.clone()),
        };
        let tokens = tokens.named("tokens of the index");
        let (per_token, per_chunk) = self.embedding_prices(used, &mode, &chunk);
        let days = &self.plan.days_per_month;
        let by_chunk = per_chunk.as_ref().map(|price| price.times(&chunks));
        let cost = Figure::total(per_token.as_ref().map(|price| tokens.times(price)).into_iter().chain(by_chunk));
        let cost = cost.named("index");
        let monthly = per_month(&cost, &retrieval.amortise, days).unwrap_or_else(Figure::zero);
        let id = &used.model.listed.id;
        if !cost.is_zero() {
            let what = ("index", mode.clone());
            self.ledger.monthly(Lever::Retrieval, id, what, Some(&used.model), &monthly, days);
        }
        match &retrieval.reindex {
            Some(share) => {
                let once = Figure::<Calls>::constant(Exact::ONE).scaled(share).over(days).unwrap_or_else(Figure::zero);
                let often = once.named("corpora embedded again");
                if let Some(price) = &per_token {
                    let volume: Figure<Volume> = often.times(&tokens);
                    let (model, mode) = (&used.model, mode.clone());
                    self.ledger.tokens(Lever::Retrieval, model, "reindex", mode, None, &volume, price);
                }
                if let Some(price) = &per_chunk {
                    let again = often.times(&chunks);
                    self.ledger.units(Lever::Retrieval, &used.model, "reindex", mode, &again, price);
                }
            }
            None => self.ledger.note("the corpus stays as it is; `retrieval.reindex` says otherwise".to_owned()),
        }
        let stored = self.store(retrieval, &chunks);
        let context = retrieval.context();
        self.ledger.index = Some(Index { chunks, tokens, cost, per_month: monthly, stored, context });
    }

    /// What a token and what a chunk costs to embed in this mode, where each is priced.
    fn embedding_prices(
        &mut self,
        used: &ModelUse,
        mode: &Mode,
        chunk: &Figure<Tokens>,
    ) -> (Option<Figure<TokenPrice>>, Option<Figure<Money>>) {
        let per_chunk = price::unit_price(used, &Component::Request, mode);
        if chunk.is_uncertain() && !thresholds(used).is_empty() {
            // The tier of a chunk is decided by a bare number.
            self.ledger.decisions.hide();
        }
        let load = self.load_by_hour();
        match price::token_price(used, &Component::Input, mode, chunk.value(), None, &load) {
            Ok(priced) => {
                priced.notes.into_iter().for_each(|note| self.ledger.note(note));
                (Some(priced.price), per_chunk)
            }
            Err(problem) => {
                self.ledger.problem(*problem);
                (None, per_chunk)
            }
        }
    }

    /// Bills the store; returns the GB in it, where it is paid by size.
    fn store(&mut self, retrieval: &Retrieval, chunks: &Figure<Count>) -> Option<Figure<Count>> {
        let days = &self.plan.days_per_month;
        let Some(store) = &retrieval.store else {
            self.ledger.note("the vector store costs nothing; `retrieval.store` says otherwise".to_owned());
            return None;
        };
        match store.rent.as_ref()? {
            Rent::PerMonth(price) => {
                self.ledger.per_month(Lever::Retrieval, "store", "fixed", price, days);
                None
            }
            Rent::PerGb { price, dimensions, bytes, text } => {
                let vector = dimensions.times(bytes);
                let each = Figure::total([vector].into_iter().chain(text.clone())).named("bytes of a chunk");
                let all = chunks.times(&each).over(&Figure::<Count>::constant(Exact::from(GB)))?;
                let stored = all.named("GB stored");
                let things = (&stored, "gb_month");
                self.ledger.kept(Lever::Retrieval, "store", "stored", things, price, days);
                Some(stored)
            }
        }
    }

    /// Bills the searches of `requests`, one for each.
    pub(super) fn searches(&mut self, retrieval: &Retrieval, task: &Task, requests: &Figure<Calls>) {
        let cause = Cause::of(Lever::Retrieval);
        let query = retrieval.query.clone().unwrap_or_else(|| task.prompt.part(Part::User).clone());
        let asked = self.in_tokens_of(Trip::single(&query, &Figure::zero()), &retrieval.embed);
        self.bill(&retrieval.embed, requests, &asked, None, cause);
        if let Some(price) = retrieval.store.as_ref().and_then(|store| store.per_search.as_ref()) {
            self.ledger.events(Lever::Retrieval, "store", "search", requests, price);
        }
        match &retrieval.rerank {
            Some(Rerank::PerSearch(price)) => {
                self.ledger.events(Lever::Retrieval, "rerank", "search", requests, price);
            }
            Some(Rerank::Model { server, candidates }) => {
                let read: Figure<Tokens> = match candidates {
                    Some(candidates) => retrieval.chunk.plus(&query).times(candidates),
                    None => Figure::zero(),
                };
                let read = if read.is_zero() { read } else { read.named("tokens put in order") };
                let trip = self.in_tokens_of(Trip::single(&read, &Figure::zero()), server);
                self.bill(server, requests, &trip, None, cause);
                self.by_search(server, requests);
            }
            None => {}
        }
    }

    /// A model that is paid by the search.
    fn by_search(&mut self, server: &Server, requests: &Figure<Calls>) {
        let Server::Model(used) = server else { return };
        let mode = Mode::Standard;
        if let Some(price) = price::unit_price(used, &Component::FileSearch, &mode) {
            self.ledger.units(Lever::Retrieval, &used.model, "search", mode, requests, &price);
        }
    }

    /// The calls with the context that retrieval brings, in place of any.
    pub(super) fn with_retrieved(&self, mut trip: Trip) -> Trip {
        if let Some(retrieval) = &self.strategy.retrieval {
            trip.set(Part::Context, Lane::same(retrieval.context()));
        }
        trip
    }

    /// The share of the context that is relevant enough.
    pub(super) fn relevant(lane: &Lane, relevance: Option<&Figure<Share>>) -> Lane {
        relevance.map_or_else(|| lane.clone(), |share| lane.scaled(share))
    }
}
