//! The codes of all diagnostics, in one table.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal),* $(,)?) => {
        /// The stable name of a kind of problem.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Code { $($(#[$doc])* $variant),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as it is printed.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }
        }
    };
}

codes! {
    /// A file that cannot be opened or read.
    Unreadable = "unreadable",
    /// A file without content.
    Empty = "empty",
    /// A file that is not UTF-8 text.
    NotUtf8 = "not-utf8",
    /// A file larger than a scenario or price list can sensibly be.
    FileTooLarge = "file-too-large",
    /// Text that is not YAML.
    Syntax = "syntax",
    /// Nesting, aliases or nodes beyond every sensible file.
    TooComplex = "too-complex",
    /// A key that stands twice in one map.
    DuplicateKey = "duplicate-key",
    /// A key that means nothing here.
    UnknownKey = "unknown-key",
    /// A key that is part of the format but whose computation does not exist yet.
    NotSupported = "not-supported",
    /// A key that must be there.
    MissingKey = "missing-key",
    /// Two keys that say the same or exclude each other.
    Conflict = "conflict",
    /// A map where a list was expected, and the like.
    WrongShape = "wrong-shape",
    /// Text that is not a quantity of the expected kind.
    BadQuantity = "bad-quantity",
    /// A quantity outside of what it can be.
    OutOfRange = "out-of-range",
    /// A quantity beyond every use.
    TooLarge = "too-large",
    /// A word that is not one of the allowed ones.
    UnknownWord = "unknown-word",
    /// A name of something that is not in this file: a strategy, a task.
    UnknownName = "unknown-name",
    /// One name for two things.
    DuplicateName = "duplicate-name",
    /// Shares that do not add up to 100%.
    Shares = "shares",
    /// A model that no list knows.
    UnknownModel = "unknown-model",
    /// A name that several models bear.
    AmbiguousModel = "ambiguous-model",
    /// A GPU that the catalogue does not know.
    UnknownGpu = "unknown-gpu",
    /// A format of weights that a card cannot compute.
    CannotCompute = "cannot-compute",
    /// A model or a need that fits on no card.
    DoesNotFit = "does-not-fit",
    /// A date on which a model has no price.
    NoPriceAtDate = "no-price-at-date",
    /// A component that is used and has no price.
    NoPrice = "no-price",
    /// A model without batch price on which batch is used.
    NoBatchPrice = "no-batch-price",
    /// Counters that no request has: more tokens cached than sent.
    ImpossibleUsage = "impossible-usage",
    /// A price list that does not exist.
    UnknownList = "unknown-list",
    /// A chain of `include` or `extends` that comes back to itself.
    Cycle = "cycle",
    /// An `include` that leaves the folder of the first file.
    IncludeEscape = "include-escape",
    /// A scenario of a format version that this program does not know.
    Version = "version",
    /// A row of a request log that cannot be read.
    BadRow = "bad-row",
    /// Columns of a request log whose meaning cannot be told.
    LogColumns = "log-columns",
    /// A `--set` that is not `path=value` or whose path leads nowhere.
    BadSet = "bad-set",
    /// A `--fail-on` or `--warn-on` that is no comparison of a figure.
    BadCondition = "bad-condition",
}
