//! Reasons to look twice at a choice.

/// A reason to look twice at a choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Flag {
    /// Not even one sequence fits, or the stated need does not.
    DoesNotFit,
    /// Weights take more than 75% of the usable memory, the sequences in flight more than 80% of the room for caches, or
    /// a stated need more than 90% of what the cards report.
    KvCliff,
    /// A stated need is below the computed one.
    BelowComputed,
    /// Not all requests in flight fit at once: the others wait.
    Queues,
    /// Latencies are missed.
    MissesSlo,
    /// Prompts take more than half of the time.
    PrefillBound,
    /// No card of this kind was measured.
    Extrapolated,
    /// The stated throughput is above the interval of the estimate.
    AboveEstimate,
    /// The stated throughput is above what the data sheet allows.
    AboveHardware,
    /// The card does not compute this format: weights are unpacked and run at the 16-bit rate.
    Unpacked,
    /// More cards are bought than the replica uses.
    IdleGpus,
    /// The cards are in several instances.
    SeveralInstances,
    /// More cards than a node has: links between nodes are not modelled.
    BeyondNode,
    /// The query heads do not divide by the number of cards: most engines refuse this.
    UnevenSplit,
    /// Nobody sells the card this way.
    NoPrice,
    /// The price is recalled or at third hand.
    WeakPrice,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 16] = [
        Self::DoesNotFit,
        Self::KvCliff,
        Self::BelowComputed,
        Self::Queues,
        Self::MissesSlo,
        Self::PrefillBound,
        Self::Extrapolated,
        Self::AboveEstimate,
        Self::AboveHardware,
        Self::Unpacked,
        Self::IdleGpus,
        Self::SeveralInstances,
        Self::BeyondNode,
        Self::UnevenSplit,
        Self::NoPrice,
        Self::WeakPrice,
    ];

    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DoesNotFit => "does-not-fit",
            Self::KvCliff => "kv-cliff",
            Self::BelowComputed => "below-computed",
            Self::Queues => "queues",
            Self::MissesSlo => "misses-slo",
            Self::PrefillBound => "prefill-bound",
            Self::Extrapolated => "extrapolated",
            Self::AboveEstimate => "above-estimate",
            Self::AboveHardware => "above-hardware",
            Self::Unpacked => "unpacked",
            Self::IdleGpus => "idle-gpus",
            Self::SeveralInstances => "several-instances",
            Self::BeyondNode => "beyond-node",
            Self::UnevenSplit => "uneven-split",
            Self::NoPrice => "no-price",
            Self::WeakPrice => "weak-price",
        }
    }
}
