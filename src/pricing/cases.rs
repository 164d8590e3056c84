//! Many requests from a table: one exact price or one reason for each row.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Book, Component, Date, Model, Moment, Problem, Usage, resolve};
use crate::diag::{Code, Diagnostic, Place, Source};
use crate::units::{Exact, Kind, Settings};

/// The columns of a table of requests; all but `model` and `input` may be missing or empty.
pub const COLUMNS: [&str; 9] =
    ["model", "input", "cached", "cache_write", "cache_write_1h", "output", "requests", "mode", "at"];

/// Columns that a table may have besides: what else a request is billed by.
pub const MORE_COLUMNS: [&str; 6] =
    ["reasoning", "cache_write_5m", "cache_write_30m", "cache_write_12h", "region", "route"];

/// Every column that has a meaning: those above, and components as `web_search` or `input_audio`.
pub fn all_columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.into_iter().chain(MORE_COLUMNS).chain(counted().map(Component::slug))
}

/// Components that a request states by themselves, in their own units.
pub fn counted() -> impl Iterator<Item = &'static Component> {
    let counters = |component: &&Component| {
        !matches!(
            component,
            Component::Input | Component::Output | Component::CacheRead | Component::Reasoning | Component::Request
        )
    };
    Component::ALL.iter().filter(counters)
}

/// A model by name, date, region and route.
type Asked = (String, Date, Option<String>, Option<String>);

/// Prices rows, looking each name up once.
pub struct Pricer<'a> {
    book: &'a Book,
    today: Date,
    known: HashMap<Asked, Result<Arc<Model>, String>>,
}

impl<'a> Pricer<'a> {
    /// Rows without `at` are priced on `today`.
    pub fn new(book: &'a Book, today: Date) -> Self {
        Self { book, today, known: HashMap::new() }
    }

    /// USD for the requests of a row, whose cells are asked for by column.
    ///
    /// # Errors
    /// One line: the code and what is wrong.
    pub fn price(&mut self, cell: impl Fn(&str) -> Option<String>) -> Result<Exact, String> {
        let stated = |column: &str| cell(column).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let missing = |column: &str| format!("{}: `{column}` is empty", Code::MissingKey.slug());
        let count = |column: &str| stated(column).map_or(Ok(0), |text| tokens(column, &text));
        let name = stated("model").ok_or_else(|| missing("model"))?;
        let input = stated("input").ok_or_else(|| missing("input")).and_then(|text| tokens("input", &text))?;
        let at = match stated("at") {
            None => Moment::day(self.today),
            Some(text) => Moment::parse(&text).ok_or_else(|| {
                let form = "a date is written `2026-11-23`, an instant `2026-11-23T14:00:00Z`";
                format!("{}: `{text}` in `at`: {form}", Code::BadQuantity.slug())
            })?,
        };
        let written = [
            ("", "cache_write"),
            ("5m", "cache_write_5m"),
            ("30m", "cache_write_30m"),
            ("1h", "cache_write_1h"),
            ("12h", "cache_write_12h"),
        ];
        let written = written.map(|(lifetime, column)| count(column).map(|tokens| (lifetime.to_owned(), tokens)));
        let written: Vec<(String, u64)> = written.into_iter().collect::<Result<_, _>>()?;
        let usage = Usage {
            input,
            cached: count("cached")?,
            written: written.into_iter().filter(|(_, tokens)| *tokens > 0).collect(),
            output: count("output")?,
            reasoning: count("reasoning")?,
            also: counted()
                .filter_map(|component| Some((component, stated(component.slug())?)))
                .map(|(component, text)| Ok((component.clone(), quantity(component.slug(), &text)?)))
                .collect::<Result<_, String>>()?,
        };
        let requests = stated("requests").map_or(Ok(1), |text| tokens("requests", &text))?;
        let mode = stated("mode").filter(|mode| mode != "standard");
        let mode = mode.as_deref();
        let model = self.model((name, at.date, stated("region"), stated("route")))?;
        match model.charges(&usage, mode, at) {
            Ok(charges) => {
                let one: Exact = charges.iter().map(|charge| &charge.usd).sum();
                Ok(&one * &Exact::from(requests))
            }
            Err(problem) => {
                let (code, message, help) = problem.said_of(&model, mode, at);
                Err(format!("{}: {message}{}", code.slug(), help.map_or_else(String::new, |help| format!("; {help}"))))
            }
        }
    }

    fn model(&mut self, asked: Asked) -> Result<Arc<Model>, String> {
        if let Some(known) = self.known.get(&asked) {
            return known.clone();
        }
        let (name, date, region, route) = &asked;
        let source = Arc::new(Source { name: "model".to_owned(), text: name.clone(), first_line: 1 });
        let place = Place::new(&source, 0, name.len());
        let found = resolve(self.book, name, *date, &place, "").map_err(|problem| in_a_line(&problem));
        let found = found.map(|model| {
            if region.is_none() && route.is_none() {
                return model;
            }
            // A name for a region keeps its own.
            let here = match region.as_ref().filter(|_| model.region.is_none()) {
                Some(region) => model.in_region(region, None),
                None => (*model).clone(),
            };
            Arc::new(Model { route: route.clone().or(here.route.clone()), ..here })
        });
        self.known.insert(asked, found.clone());
        found
    }
}

/// Code, message and advice of a diagnostic in one line.
fn in_a_line(problem: &Diagnostic) -> String {
    let help = problem.help.iter().filter(|help| !help.is_empty()).map(|help| format!("; {help}"));
    format!("{}: {}{}", problem.code.slug(), problem.message, help.collect::<String>())
}

/// A number of whatever a component counts.
fn quantity(what: &str, text: &str) -> Result<Exact, String> {
    let refused = |message: String| format!("{}: `{what}`: {message}", Code::BadQuantity.slug());
    Kind::Count.parse(text, &Settings::default()).map_err(|refusal| refused(refusal.message))
}

/// A whole number of tokens or requests.
pub fn tokens(what: &str, text: &str) -> Result<u64, String> {
    let refused = |message: String| format!("{}: `{what}`: {message}", Code::BadQuantity.slug());
    let value = Kind::Count.parse(text, &Settings::default()).map_err(|refusal| refused(refusal.message))?;
    match (value.is_whole(), value.to_u64()) {
        (true, Some(tokens)) => Ok(tokens),
        _ => Err(refused(format!("`{text}` is not a whole number"))),
    }
}

impl Problem {
    /// Code, message and advice about a request of `model`.
    pub fn said_of(&self, model: &Model, mode: Option<&str>, at: Moment) -> (Code, String, Option<String>) {
        use super::Missing;
        use crate::diag::suggest::listed;
        let id = &model.id;
        let names = |names: &[String]| listed(names.iter().map(String::as_str), "and");
        match self {
            Self::Impossible(message) => (Code::ImpossibleUsage, message.clone(), None),
            Self::Unpriced(_, Missing::AtDate(first)) => {
                let first = first.map(|first| format!("its first price is of {first}"));
                (Code::NoPriceAtDate, format!("`{id}` has no price on {}", at.date), first)
            }
            Self::Unpriced(_, Missing::Mode(known, begins)) => {
                let mode = mode.unwrap_or_default();
                let code = if mode == "batch" { Code::NoBatchPrice } else { Code::NoPrice };
                let help = match begins {
                    Some(day) => format!("its first {mode} price is of {day}"),
                    None if known.is_empty() => "it has standard prices only".to_owned(),
                    None => format!("it prices {}", names(known)),
                };
                (code, format!("`{id}` has no {mode} price on {}", at.date), Some(help))
            }
            Self::Unpriced(component, Missing::Lifetime(known)) => {
                let help = format!("it prices cache writes that last {}", names(known));
                (Code::NoPrice, format!("`{id}` has no price for {component}"), Some(help))
            }
            Self::Unpriced(component, Missing::Component(known)) => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                let what = if component.is_token() { " tokens" } else { "" };
                let message = format!("`{id}` has no price for {component}{what}");
                (Code::NoPrice, message, Some(format!("it prices {}", names(&known))))
            }
        }
    }
}
