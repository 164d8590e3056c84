//! What varies: `PATH=FROM..TO/POINTS`, the same with `:log` behind it, or `PATH=a,b,c`.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place, Source};
use crate::units::Exact;

/// Values along one axis at most.
const MOST_POINTS: usize = 1_000;
/// Digits of a value between the ends whose own digits have no end.
const DIGITS: usize = 6;

/// An input that varies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// Where it stands, as `--set` writes it.
    pub path: String,
    /// How its values follow each other.
    pub scale: Scale,
    /// Its values as a scenario writes them.
    pub values: Vec<String>,
    /// The same as numbers in one unit, where they are some.
    pub numbers: Option<Numbers>,
}

/// Values as numbers in the unit that all of them have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbers {
    /// What stands before each: `$`.
    pub before: String,
    /// What stands behind each: `%`, `/day`.
    pub after: String,
    /// The numbers, with their `k`, `M` and `B`.
    pub values: Vec<Exact>,
}

impl Numbers {
    /// A number as a scenario writes it.
    pub fn written(&self, value: &Exact) -> String {
        format!("{}{value}{}", self.before, self.after)
    }
}

/// How values follow each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Equal steps.
    Linear,
    /// Equal factors.
    Log,
    /// As they were named.
    List,
}

impl Scale {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log => "log",
            Self::List => "list",
        }
    }
}

impl Axis {
    /// Reads `PATH=FROM..TO/POINTS`, `PATH=FROM..TO/POINTS:log` or `PATH=a,b,c`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(argument: &str) -> Result<Self, Box<Diagnostic>> {
        let source = Arc::new(Source { name: "--vary".to_owned(), text: argument.to_owned(), first_line: 1 });
        let bad = |part: &str, message: &str, label: &str| {
            let start = argument.find(part).unwrap_or(0);
            let place = Place::new(&source, start, start.saturating_add(part.len().max(1)));
            Box::new(
                Diagnostic::at(Code::BadSet, &place, message, label)
                    .help("write `workload.output=100..500/5`, `workload.requests=1k/day..1M/day/7:log`, or a list: `workload.output=100,200,400`"),
            )
        };
        let Some((path, range)) = assignment(argument) else {
            return Err(bad(argument, "`--vary` takes `PATH=FROM..TO/POINTS`", "there is no path or no `=` in this"));
        };
        let Some((from, rest)) = range.split_once("..") else {
            let values: Vec<String> = split(range).into_iter().map(|value| value.trim().to_owned()).collect();
            if values.iter().any(String::is_empty) {
                return Err(bad(range, "a value is missing", "an empty value in this list"));
            }
            if values.len() < 2 {
                return Err(bad(range, "one value does not vary", "two values or more, or FROM..TO/POINTS"));
            }
            if values.len() > MOST_POINTS {
                return Err(bad(range, "more than 1,000 values", "too many"));
            }
            if let Some(twice) =
                values.iter().enumerate().find(|(at, value)| values.iter().take(*at).any(|v| v == *value))
            {
                return Err(bad(twice.1, "a value stands twice", "again here"));
            }
            let numbers = together(&values);
            return Ok(Self { path: path.to_owned(), scale: Scale::List, values, numbers });
        };
        let (rest, scale) = match rest.rsplit_once(':') {
            Some((rest, "log")) => (rest, Scale::Log),
            Some((rest, "linear")) => (rest, Scale::Linear),
            Some((_, other)) => return Err(bad(other, "a grid is `linear` or `log`", "neither")),
            None => (rest, Scale::Linear),
        };
        let Some((to, points)) = rest.rsplit_once('/') else {
            return Err(bad(rest, "how many points?", "a number of points is missing: `/5`"));
        };
        let Some(points) = points.trim().parse::<usize>().ok().filter(|points| (2..=MOST_POINTS).contains(points))
        else {
            return Err(bad(points, "how many points?", "a whole number from 2 to 1,000"));
        };
        let (from, to) = (from.trim(), to.trim());
        let (Some(low), Some(high)) = (Number::read(from), Number::read(to)) else {
            let part = if Number::read(from).is_none() { from } else { to };
            return Err(bad(part, "a grid goes from a number to a number", "not a number with a unit"));
        };
        let low =
            if low.is_bare() { Number { before: high.before.clone(), after: high.after.clone(), ..low } } else { low };
        if (&low.before, &low.after) != (&high.before, &high.after) {
            return Err(bad(to, "both ends of a grid have one unit", "another unit than the first end"));
        }
        if low.value == high.value {
            return Err(bad(to, "nothing varies between equal ends", "the same as the first end"));
        }
        let numbers = match scale {
            Scale::Log => {
                if !(low.value > Exact::ZERO && high.value > Exact::ZERO) {
                    return Err(bad(from, "a logarithmic grid lies above zero", "not above zero"));
                }
                between_by_factors(&low.value, &high.value, points)
            }
            Scale::Linear | Scale::List => between(&low.value, &high.value, points),
        };
        let numbers = Numbers { before: low.before, after: low.after, values: numbers };
        let values = numbers.values.iter().map(|value| numbers.written(value)).collect();
        Ok(Self { path: path.to_owned(), scale, values, numbers: Some(numbers) })
    }
}

/// A number with what stands around it.
struct Number {
    before: String,
    value: Exact,
    after: String,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let (before, rest) = text.strip_prefix('$').map_or(("", text), |rest| ("$", rest));
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))).unwrap_or(rest.len());
        let (digits, mut after) = (rest.get(..end)?.replace('_', ""), rest.get(end..)?);
        let mut value = Exact::from_decimal(&digits)?;
        for (suffix, power) in [("k", 3), ("M", 6), ("B", 9)] {
            if let Some(rest) = after.strip_prefix(suffix)
                && (rest.is_empty() || rest.starts_with(['/', ' ']))
            {
                value = &value * &Exact::from(10).pow(power);
                after = rest;
                break;
            }
        }
        Some(Self { before: before.to_owned(), value, after: after.to_owned() })
    }

    fn is_bare(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

/// Named values as numbers of one unit.
fn together(values: &[String]) -> Option<Numbers> {
    let numbers: Vec<Number> = values.iter().map(|value| Number::read(value)).collect::<Option<_>>()?;
    let first = numbers.first()?;
    let (before, after) = (first.before.clone(), first.after.clone());
    let same = numbers.iter().all(|number| (&number.before, &number.after) == (&before, &after));
    let ascends = numbers.iter().zip(numbers.iter().skip(1)).all(|(a, b)| a.value < b.value);
    (same && ascends).then(|| Numbers {
        before,
        after,
        values: numbers.into_iter().map(|number| number.value).collect(),
    })
}

fn between(low: &Exact, high: &Exact, points: usize) -> Vec<Exact> {
    let last = Exact::from(u64::try_from(points.saturating_sub(1)).unwrap_or(1));
    let at = |index: usize| {
        let part = Exact::from(u64::try_from(index).unwrap_or(0)).checked_div(&last).unwrap_or(Exact::ZERO);
        let value = low + &(&(high - low) * &part);
        if value.decimals().is_some() { value } else { value.significant(DIGITS.saturating_add(3)) }
    };
    (0..points).map(at).collect()
}

/// Equal factors; values between the ends are rounded to six digits, and what is computed and shown is the rounded value.
#[allow(
    clippy::float_arithmetic,
    reason = "places of a grid, rounded to six digits before anything is computed with them"
)]
fn between_by_factors(low: &Exact, high: &Exact, points: usize) -> Vec<Exact> {
    let (a, b) = (libm::log(low.to_f64()), libm::log(high.to_f64()));
    let last = u32::try_from(points.saturating_sub(1)).unwrap_or(1);
    let at = |index: u32| {
        if index == 0 {
            return low.clone();
        }
        if index == last {
            return high.clone();
        }
        let part = f64::from(index) / f64::from(last);
        Exact::estimate(libm::exp(a + (b - a) * part), DIGITS).unwrap_or_else(|| low.clone())
    };
    (0..=last).map(at).collect()
}

/// The path and what follows the first `=` outside of quotes.
fn assignment(argument: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = argument.find(|c: char| {
        quoted ^= c == '"';
        c == '=' && !quoted
    })?;
    let (path, value) = (argument.get(..at)?.trim(), argument.get(at.saturating_add(1)..)?);
    (!path.is_empty()).then_some((path, value))
}

/// Parts between commas outside of brackets and quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut from) = (0usize, None, 0);
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth = depth.saturating_add(1),
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(text.get(from..at).unwrap_or_default());
                from = at.saturating_add(1);
            }
            _ => {}
        }
    }
    found.push(text.get(from..).unwrap_or_default());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(argument: &str) -> Vec<String> {
        match Axis::read(argument) {
            Ok(axis) => axis.values,
            Err(problem) => vec![problem.message.clone()],
        }
    }

    #[test]
    fn grids_are_linear_by_factors_or_lists() {
        assert_eq!(values("a=100..500/5"), ["100", "200", "300", "400", "500"]);
        assert_eq!(values("a=10..50%/3"), ["10%", "30%", "50%"]);
        assert_eq!(values("a=1k/day..1M/day/4:log"), ["1000/day", "10000/day", "100000/day", "1000000/day"]);
        assert_eq!(values("a=$1..$2/3"), ["$1", "$1.5", "$2"]);
        assert_eq!(values("a=1..2/4"), ["1", "1.33333333", "1.66666667", "2"]);
        assert_eq!(values("a=500..100/3"), ["500", "300", "100"]);
        assert_eq!(values("a=gpt-4o, {b: 1, c: 2}"), ["gpt-4o", "{b: 1, c: 2}"]);
    }

    #[test]
    fn what_is_no_grid_is_refused() {
        for (argument, message) in [
            ("a", "takes `PATH=FROM..TO/POINTS`"),
            ("=1..2/3", "takes `PATH=FROM..TO/POINTS`"),
            ("a=1..2", "how many points"),
            ("a=1..2/1", "how many points"),
            ("a=1..2/x", "how many points"),
            ("a=1..2/5000", "how many points"),
            ("a=x..2/3", "from a number to a number"),
            ("a=1s..2m/3", "one unit"),
            ("a=2..2/3", "equal ends"),
            ("a=0..2/3:log", "above zero"),
            ("a=1..2/3:cubic", "`linear` or `log`"),
            ("a=1", "one value does not vary"),
            ("a=1,,2", "a value is missing"),
            ("a=1,2,1", "stands twice"),
        ] {
            let found = values(argument);
            assert!(found[0].contains(message), "{argument}: {found:?}");
        }
    }
}
