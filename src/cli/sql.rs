//! `sql`: the prices of a scenario as one query, for request tables that stay where they are.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};

use super::settings::Settings;
use super::{Changes, Ending, output};
use crate::check::{self, Options};
use crate::input::Input;
use crate::plan::log::{Includes, parse_columns, parse_time};
use crate::replay::{Dialect, Query};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Scenario whose strategies are priced; - reads standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// The engine that runs the query
    #[arg(long, value_name = "ENGINE")]
    dialect: Engine,
    /// The table of requests, as the engine knows it
    #[arg(long, value_name = "TABLE", default_value = "requests")]
    table: String,
    /// Which column is what: --columns input=prompt_tokens,output=completion_tokens,time=created_at; left out, the table has
    /// the columns model, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens and batch
    #[arg(long, value_name = "WHAT=COLUMN,...")]
    columns: Vec<String>,
    /// The models that the table names, for strategies with `model: as-logged`
    #[arg(long, value_name = "MODEL,...", value_delimiter = ',')]
    models: Vec<String>,
    /// How times are written: iso for a timestamp in UTC, or s, ms, us, ns since 1970
    #[arg(long, value_name = "UNIT")]
    time: Option<String>,
    /// What the input count includes beside fresh tokens: cached, cache_write, both with a comma, or nothing
    #[arg(long, value_name = "WHAT")]
    input_includes: Option<String>,
    #[command(flatten)]
    changes: Changes,
    /// Write to a file; left out, to standard output
    #[arg(long = "out", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The engines that queries are written for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Engine {
    /// DuckDB
    Duckdb,
    /// Spark SQL, Databricks
    Spark,
    /// ClickHouse
    Clickhouse,
    /// BigQuery
    Bigquery,
    /// Snowflake
    Snowflake,
    /// PostgreSQL
    Postgres,
}

impl Engine {
    fn dialect(self) -> Dialect {
        match self {
            Self::Duckdb => Dialect::DuckDb,
            Self::Spark => Dialect::Spark,
            Self::Clickhouse => Dialect::ClickHouse,
            Self::Bigquery => Dialect::BigQuery,
            Self::Snowflake => Dialect::Snowflake,
            Self::Postgres => Dialect::Postgres,
        }
    }
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let changes = &arguments.changes;
    let options = Options { set: changes.set.clone(), as_of: changes.as_of.clone(), prices: changes.prices.clone() };
    let (plan, names) = match check::load_for_log(&Input::from_argument(&arguments.file), &options) {
        Ok(loaded) => loaded,
        Err(problems) => {
            settings.report(&problems);
            return Ok(Ending::BadInput);
        }
    };
    let mut log = plan.log.clone().unwrap_or_default();
    for text in &arguments.columns {
        for (role, column) in parse_columns(text).map_err(|said| anyhow!(said))? {
            log.columns.retain(|(known, _)| *known != role);
            log.columns.push((role, column));
        }
    }
    if let Some(text) = &arguments.time {
        log.time = Some(parse_time(text).map_err(|said| anyhow!("--time: {said}"))?);
    }
    if let Some(text) = &arguments.input_includes {
        log.input_includes = Some(Includes::parse(text).map_err(|said| anyhow!("--input-includes: {said}"))?);
    }
    let query = Query {
        plan: &plan,
        names: &names,
        log: &log,
        table: &arguments.table,
        models: &arguments.models,
        dialect: arguments.dialect.dialect(),
    };
    match query.text() {
        Err(problems) => {
            settings.report(&problems);
            Ok(Ending::BadInput)
        }
        Ok(text) => {
            match &arguments.output {
                Some(path) => output::write_one(path, text.as_bytes())?,
                None => output::print(&text)?,
            }
            Ok(Ending::Done)
        }
    }
}
