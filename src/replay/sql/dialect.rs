//! What engines write differently: names, texts, decimals, moments.

use crate::units::Exact;

/// An engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// Spark SQL and Databricks.
    Spark,
    /// ClickHouse.
    ClickHouse,
    /// BigQuery.
    BigQuery,
    /// Snowflake.
    Snowflake,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB",
            Self::Spark => "Spark SQL",
            Self::ClickHouse => "ClickHouse",
            Self::BigQuery => "BigQuery",
            Self::Snowflake => "Snowflake",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// A column of the table, whatever is in its name.
    pub fn name(self, column: &str) -> String {
        match self {
            Self::Spark => format!("r.`{}`", column.replace('`', "``")),
            Self::BigQuery | Self::ClickHouse => format!("r.`{}`", column.replace('\\', "\\\\").replace('`', "\\`")),
            // Names in quotes keep their case, which Snowflake makes upper where nobody quotes.
            Self::Snowflake => {
                let plain = column.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
                    && column.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
                if plain { format!("r.{column}") } else { format!("r.\"{}\"", column.replace('"', "\"\"")) }
            }
            Self::DuckDb | Self::Postgres => format!("r.\"{}\"", column.replace('"', "\"\"")),
        }
    }

    /// A text.
    pub fn text(self, text: &str) -> String {
        match self {
            Self::DuckDb | Self::Postgres => format!("'{}'", text.replace('\'', "''")),
            Self::Snowflake => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            Self::Spark | Self::BigQuery | Self::ClickHouse => {
                format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
            }
        }
    }

    /// A whole number of 64 bits.
    pub fn whole(self, number: &str) -> String {
        format!("CAST({number} AS {})", self.integer())
    }

    fn integer(self) -> &'static str {
        match self {
            Self::ClickHouse | Self::BigQuery => "INT64",
            Self::DuckDb | Self::Spark | Self::Snowflake | Self::Postgres => "BIGINT",
        }
    }

    /// A moment in UTC.
    pub fn timestamp(self, words: &str) -> String {
        match self {
            Self::ClickHouse => format!("toDateTime64('{}', 3, 'UTC')", words.replace("9999-", "2299-")),
            Self::BigQuery => format!("TIMESTAMP '{words}+00'"),
            _ => format!("TIMESTAMP '{words}'"),
        }
    }

    /// A price; `NULL` where there is none.
    pub fn price(self, price: Option<&Exact>, decimals: usize) -> String {
        let kind = self.decimal(18, decimals);
        match (price, self) {
            (None, Self::ClickHouse) => format!("CAST(NULL AS Nullable({kind}))"),
            (None, _) => format!("CAST(NULL AS {kind})"),
            (Some(price), Self::ClickHouse) => format!("CAST('{}' AS Nullable({kind}))", price.to_fixed(decimals)),
            (Some(price), _) => format!("CAST('{}' AS {kind})", price.to_fixed(decimals)),
        }
    }

    fn decimal(self, digits: usize, decimals: usize) -> String {
        match self {
            Self::BigQuery => "BIGNUMERIC".to_owned(),
            Self::Snowflake => format!("NUMBER({digits},{decimals})"),
            Self::ClickHouse => format!("Decimal({digits},{decimals})"),
            Self::DuckDb | Self::Spark | Self::Postgres => format!("DECIMAL({digits},{decimals})"),
        }
    }

    /// A count that is nothing where nothing stands.
    pub fn or_zero(self, count: &str) -> String {
        format!("COALESCE({count}, 0)")
    }

    /// The sum of whole numbers, as a decimal that the product with a price has room for.
    pub fn sum(self, count: &str) -> String {
        match self {
            // A sum of 64 bits could overflow in silence.
            Self::ClickHouse => format!("CAST(SUM(toInt128({count})) AS Decimal(19,0))"),
            Self::BigQuery => format!("SUM(CAST({count} AS BIGNUMERIC))"),
            Self::Spark => format!("CAST(SUM(CAST({count} AS DECIMAL(19,0))) AS DECIMAL(19,0))"),
            _ => format!("CAST(SUM({count}) AS {})", self.decimal(19, 0)),
        }
    }

    /// Tokens times their price; nothing where there is no price.
    pub fn product(self, tokens: &str, price: &str, decimals: usize) -> String {
        let wide = self.decimal(19, 0);
        let zero = match self {
            Self::BigQuery => "CAST(0 AS BIGNUMERIC)".to_owned(),
            _ => format!("CAST(0 AS {})", self.decimal(18, decimals)),
        };
        let tokens = if tokens == "requests" { format!("CAST({tokens} AS {wide})") } else { tokens.to_owned() };
        let product = format!("{tokens} * COALESCE({price}, {zero})");
        match self {
            // Sums of decimals of 38 digits would lose some behind the point there.
            Self::Spark => format!("CAST({product} AS {})", self.decimal(31, decimals)),
            _ => product,
        }
    }

    /// Whether a flag says yes, be it a number, a text or a truth.
    pub fn flag(self, column: &str) -> String {
        let text = match self {
            Self::BigQuery | Self::Spark => format!("CAST({column} AS STRING)"),
            Self::ClickHouse => format!("toString({column})"),
            _ => format!("CAST({column} AS VARCHAR)"),
        };
        format!("LOWER({text}) IN ('1', 't', 'true', 'y', 'yes')")
    }
}
