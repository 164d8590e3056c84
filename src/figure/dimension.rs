//! The dimensions of figures and the products between them.

/// What a figure measures, at run time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A part of a whole, 0 to 1.
    Share,
    /// A plain number.
    Factor,
    /// A number of things.
    Count,
    /// Calls or requests per day.
    Calls,
    /// Tokens of one call.
    Tokens,
    /// Tokens per day.
    Volume,
    /// USD per token; shown per 1M tokens.
    TokenPrice,
    /// USD.
    Money,
    /// USD per day.
    Cost,
    /// Days.
    Days,
    /// Tokens per second.
    Speed,
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
    /// Hours a day of replicas or units together.
    Uptime,
    /// Seconds a day of workers together.
    Runtime,
}

/// A dimension as a type.
pub trait Dimension {
    /// The same at run time.
    const UNIT: Unit;
}

/// A dimension that is a plain number, so that one may divide by it or take its complement.
pub trait Rank: Dimension {}

/// `Self x Other` makes sense and is a `Product`.
pub trait Times<Other> {
    /// What the product measures.
    type Product;
}

macro_rules! dimensions {
    ($($(#[$doc:meta])* $name:ident),*) => {
        $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub enum $name {}
        impl Dimension for $name { const UNIT: Unit = Unit::$name; })*
    };
}
dimensions! {
    /// A part of a whole, 0 to 1.
    Share,
    /// A plain number.
    Factor,
    /// A number of things.
    Count,
    /// Calls or requests per day.
    Calls,
    /// Tokens of one call, possibly a mean.
    Tokens,
    /// Tokens per day.
    Volume,
    /// USD per token.
    TokenPrice,
    /// USD for one thing, or in all.
    Money,
    /// USD per day.
    Cost,
    /// Days.
    Days,
    /// Tokens per second.
    Speed,
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
    /// Hours a day of replicas or units together.
    Uptime,
    /// Seconds a day of workers together.
    Runtime
}
impl Rank for Share {}
impl Rank for Factor {}
impl Rank for Count {}
impl Rank for Days {}

macro_rules! products {
    ($($left:ident x $right:ident = $product:ident),* $(,)?) => {
        $(impl Times<$right> for $left { type Product = $product; })*
    };
}
products! {
    Share x Share = Share,
    Factor x Factor = Factor,
    Share x Factor = Factor,
    Calls x Share = Calls,
    Calls x Factor = Calls,
    Calls x Tokens = Volume,
    Calls x Money = Cost,
    Calls x Days = Count,
    Tokens x Share = Tokens,
    Tokens x Count = Tokens,
    Tokens x Factor = Tokens,
    Tokens x Hours = Volume,
    Tokens x TokenPrice = Money,
    Calls x Count = Calls,
    Share x Count = Factor,
    Volume x TokenPrice = Cost,
    Volume x Share = Volume,
    TokenPrice x Share = TokenPrice,
    TokenPrice x Factor = TokenPrice,
    Money x Share = Money,
    Money x Factor = Money,
    Cost x Days = Money,
    Cost x Factor = Cost,
    Money x Count = Money,
    Speed x Share = Speed,
    Speed x Seconds = Volume,
    Volume x Factor = Volume,
    Count x Count = Count,
    Count x Hours = Uptime,
    Count x Money = Cost,
    Count x Share = Count,
    Count x Factor = Count,
    Uptime x Share = Uptime,
    Uptime x Money = Cost,
    Calls x Seconds = Runtime,
    Runtime x Money = Cost,
}
