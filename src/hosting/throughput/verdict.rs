//! What an estimate says besides numbers.

/// What holds a deployment back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Reading weights and caches.
    Bandwidth,
    /// Multiplying, in decoding and in reading prompts.
    Compute,
    /// Exchange between cards.
    Communication,
    /// Memory for caches: requests queue.
    Kv,
}

/// How well an estimate is founded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// A card without measured rows.
    Extrapolated,
    /// Other models or loads were measured on this card.
    Calibrated,
    /// The same model and format was measured on this card with lengths and numbers of cards near these.
    Near,
    /// The user's own rows of this card recalibrate it.
    Recalibrated,
    /// This very configuration was measured.
    Measured,
    /// Somebody stated it.
    Stated,
}

/// A reason to distrust an estimate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flag {
    /// Not one sequence fits.
    DoesNotFit,
    /// Weights take more than 75% of the usable memory, or the sequences in flight more than 80% of the room for caches.
    KvCliff,
    /// Prompts take more than half of the time.
    PrefillBound,
}

impl Limit {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bandwidth => "bandwidth",
            Self::Compute => "compute",
            Self::Communication => "communication",
            Self::Kv => "kv",
        }
    }
}

impl Confidence {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extrapolated => "extrapolated",
            Self::Calibrated => "calibrated",
            Self::Near => "near",
            Self::Recalibrated => "recalibrated",
            Self::Measured => "measured",
            Self::Stated => "stated",
        }
    }
}

impl Flag {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DoesNotFit => "does-not-fit",
            Self::KvCliff => "kv-cliff",
            Self::PrefillBound => "prefill-bound",
        }
    }
}
