//! The fitted numbers, and how far they can be trusted.

/// What the roofline's formulae do not know from data sheets. The coefficients trade off against each other: do not read
/// physics into them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Coefficients {
    /// Share of the bandwidth that decoding reaches.
    pub bandwidth: f64,
    /// Share of the FLOP/s that decoding reaches.
    pub decode: f64,
    /// Share of the FLOP/s that reading a prompt reaches on one card.
    pub prefill: f64,
    /// The same for a model with experts, as a factor on `prefill`.
    pub expert_prefill: f64,
    /// Reading a prompt on n cards is n to this power faster.
    pub spread: f64,
    /// Share of TPOT's part of other requests' prompts; the rest waits in TTFT.
    pub interleave: f64,
    /// Experts read in a step, relative to independent choices.
    pub imbalance: f64,
    /// Seconds per exchange and doubling of the cards.
    pub hop: f64,
    /// Seconds per dense layer and step.
    pub dense_layer: f64,
    /// Seconds per layer with experts and step.
    pub expert_layer: f64,
    /// Seconds per layer and step for the indexer of sparse attention.
    pub indexer: f64,
    /// Seconds per step.
    pub step: f64,
    /// Seconds per sequence and step.
    pub sequence: f64,
    /// How sharply the larger of bandwidth and compute wins; 1 adds them.
    pub overlap: f64,
}

/// Factors on an estimate between which four of five measured values lie.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Intervals {
    /// On a calibrated card, nothing flagged.
    pub plain: (f64, f64),
    /// On a calibrated card, at the edge of memory or with prompts that dominate.
    pub flagged: (f64, f64),
    /// Near measured rows of the same model, format, card and engine.
    pub near: (f64, f64),
    /// On a card without measured rows.
    pub extrapolated: (f64, f64),
    /// Around a measured row: repeated measurements scatter too.
    pub measured: (f64, f64),
}

/// Cards with at least five measured rows.
pub const CALIBRATED_GPUS: [&str; 4] = ["b200-sxm", "b300-sxm", "h100-sxm", "h200-sxm"];

impl Coefficients {
    /// Where fitting starts and what it is pulled towards: a public set for the simple roofline, and guesses for what it
    /// lacks.
    pub const START: Self = Self {
        bandwidth: 0.807,
        decode: 0.616,
        prefill: 0.486,
        expert_prefill: 0.5,
        spread: 0.7,
        interleave: 0.75,
        imbalance: 0.80,
        hop: 12.4e-6,
        dense_layer: 3.8e-6,
        expert_layer: 73e-6,
        indexer: 40e-6,
        step: 0.12e-3,
        sequence: 26.6e-6,
        overlap: 3.8,
    };

    /// No losses and no overheads: the full rates of the data sheet, the slower of reading and multiplying, and half of the
    /// experts that independent choices would read. What it computes is out of reach, no estimate.
    pub const IDEAL: Self = Self {
        bandwidth: 1.0,
        decode: 1.0,
        prefill: 1.0,
        expert_prefill: 1.0,
        spread: 1.0,
        interleave: 1.0,
        imbalance: 0.5,
        hop: 0.0,
        dense_layer: 0.0,
        expert_layer: 0.0,
        indexer: 0.0,
        step: 0.0,
        sequence: 0.0,
        overlap: 1_000.0,
    };

    /// Fitted on 2026-11-24 by `cargo run --release --example fit_throughput` to the 125 rows of `pricing/throughput.csv`:
    /// damped least squares on the logarithms of rates (TPOT and TTFT with less weight), every coefficient pulled towards
    /// its start so that no single row moves it far.
    ///
    /// | estimate | rate, median error | within 25% | TPOT | TTFT | pairs in order |
    /// | --- | --- | --- | --- | --- | --- |
    /// | seen rows, roofline | 11.3% | 75% | 10.5% | 51% | 96.0% |
    /// | seen rows, with rows near by, never the row itself | 9.0% | 78% | 9.4% | 50% | 96.5% |
    /// | unseen rows, roofline | 12.4% | 75% | 11.5% | 51% | 95.7% |
    /// | unseen rows, with rows near by | 10.2% | 78% | 9.6% | 51% | 96.3% |
    /// | unseen (model, card) groups in six folds | 13.2% | 73% | 12.8% | 51% | 95.5% |
    /// | unseen models | 13.3% | 74% | 13.2% | 49% | 95.5% |
    /// | unseen cards | 14.4% | 71% | 13.3% | 50% | 95.4% |
    ///
    /// Unseen rows had no part in the coefficients; the shape of the formulae was chosen with all rows in view, so that rows
    /// of another source may well be off by somewhat more.
    ///
    /// Pairs: all pairs of rows whose measured rates per card differ by more than 10%. It fails, by a factor of 2 to 5 and
    /// mostly too fast, on GB200 with deep queues and on prompts of 10,000 and more tokens with answers of about 100 from
    /// models with experts; TTFT is weak everywhere. Not modelled: speculative decoding, disaggregated serving, prefix
    /// caches, links between nodes.
    pub const FITTED: Self = Self {
        bandwidth: 0.821,
        decode: 0.619,
        prefill: 0.674,
        expert_prefill: 0.173,
        spread: 0.697,
        interleave: 0.724,
        imbalance: 0.710,
        hop: 11.6e-6,
        dense_layer: 3.94e-6,
        expert_layer: 60.0e-6,
        indexer: 76.9e-6,
        step: 0.119e-3,
        sequence: 22.8e-6,
        overlap: 3.80,
    };
}

impl Intervals {
    /// From the residuals of left-out rows (8th and 92nd percentile of measured / estimated: rows come in clusters, and
    /// drawn this way four of five rows of yet other groups fall within). Left-out groups on calibrated cards for the
    /// first two, left-out rows for those near others, left-out cards for the fourth; the last is a judgement from repeated
    /// measurements, which differ by up to a third.
    pub const FITTED: Self = Self {
        plain: (0.74, 1.21),
        flagged: (0.53, 1.58),
        near: (0.75, 1.21),
        extrapolated: (0.56, 1.32),
        measured: (0.85, 1.15),
    };
}
