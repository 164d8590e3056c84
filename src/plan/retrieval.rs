//! Retrieval: chunks of a corpus that are searched for each request and become the context of its prompt.

use std::sync::Arc;

use super::{Server, Span};
use crate::figure::{Count, Figure, Money, Share, Tokens};

/// Chunks of a corpus, searched for each request.
#[derive(Clone, PartialEq, Debug)]
pub struct Retrieval {
    /// Tokens of the corpus.
    pub corpus: Figure<Tokens>,
    /// Tokens of a chunk, overlap included; more than the overlap.
    pub chunk: Figure<Tokens>,
    /// Tokens that a chunk repeats of the one before it.
    pub overlap: Figure<Tokens>,
    /// Chunks that a request gets.
    pub top: Figure<Count>,
    /// Who makes vectors of chunks and queries; a model of a price list.
    pub embed: Server,
    /// The list's own way to do so for the corpus: `batch`; the standard one when `None`.
    pub mode: Option<Arc<str>>,
    /// Tokens of a query; the user part of the request when `None`.
    pub query: Option<Figure<Tokens>>,
    /// How long the first index serves.
    pub amortise: Span,
    /// Share of the corpus that is embedded again each month.
    pub reindex: Option<Figure<Share>>,
    /// Where vectors are kept; nothing is paid for that when `None`.
    pub store: Option<Store>,
    /// Who puts what was found in order.
    pub rerank: Option<Rerank>,
}

/// A vector store.
#[derive(Clone, PartialEq, Debug)]
pub struct Store {
    /// What keeping the vectors costs.
    pub rent: Option<Rent>,
    /// What a search costs.
    pub per_search: Option<Figure<Money>>,
}

/// What keeping vectors costs.
#[derive(Clone, PartialEq, Debug)]
pub enum Rent {
    /// A fixed amount a month.
    PerMonth(Figure<Money>),
    /// By what is stored.
    PerGb {
        /// USD per 10^9 bytes and month.
        price: Figure<Money>,
        /// Dimensions of a vector.
        dimensions: Figure<Count>,
        /// Bytes of each.
        bytes: Figure<Count>,
        /// Bytes of text that are kept beside each vector.
        text: Option<Figure<Count>>,
    },
}

/// Who puts the found chunks in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Rerank {
    /// At a stated price per search.
    PerSearch(Figure<Money>),
    /// A model of a price list.
    Model {
        /// Which.
        server: Server,
        /// Chunks that it reads for a search, each with the query; `None` where it is paid by the search.
        candidates: Option<Figure<Count>>,
    },
}

impl Retrieval {
    /// Chunks of the corpus: its tokens over those that a chunk adds, rounded up.
    pub fn chunks(&self) -> Figure<Count> {
        let stride = self.chunk.minus(&self.overlap);
        self.corpus.ratio::<Count>(&stride).map_or_else(Figure::zero, |chunks| chunks.ceil()).named("chunks")
    }

    /// Tokens that become the context part of a prompt.
    pub fn context(&self) -> Figure<Tokens> {
        self.chunk.times(&self.top).named("retrieved context")
    }
}

/// Which part of the retrieved context is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct KeepContext {
    /// The share that is relevant enough.
    pub relevance: Option<Figure<Share>>,
    /// Most tokens of it.
    pub max: Option<Figure<Tokens>>,
}
