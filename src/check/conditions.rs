//! `--fail-on` and `--warn-on`: `[strategy.]metric > amount`. An amount with a sign is a change, one without the figure itself.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place, Sink, Source, suggest};
use crate::input::refused;
use crate::plan::{Condition, Limit, Metric, Test};
use crate::units::{Exact, Kind, Settings};

/// Two characters first, so that `>=` is not read as `>`.
const TESTS: [(&str, Test); 4] = [(">=", Test::AtLeast), ("<=", Test::AtMost), (">", Test::Above), ("<", Test::Below)];

const EXAMPLES: &str = "for instance `per_month > +5%`, `per_month > +$500` or `smart-routing.per_month > $25k`";

/// The conditions that `texts` of an option state on strategies called `names`. Amounts in another currency than USD need
/// its rate in `settings`.
///
/// # Errors
/// Every text that is no condition.
pub fn conditions(
    option: &str,
    fails: bool,
    texts: &[String],
    names: &[&str],
    settings: &Settings,
) -> Result<Vec<Condition>, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let read = |text: &String| {
        let source = Arc::new(Source { name: option.to_owned(), text: text.clone(), first_line: 1 });
        Reader { source, names, settings }.read(fails)
    };
    let mut found = Vec::new();
    for text in texts {
        match read(text) {
            Ok(condition) => found.push(condition),
            Err(problem) => sink.add(*problem),
        }
    }
    sink.finish(Some(found))
}

/// One text.
struct Reader<'a> {
    source: Arc<Source>,
    names: &'a [&'a str],
    settings: &'a Settings,
}

type Refused<T> = Result<T, Box<Diagnostic>>;

impl Reader<'_> {
    fn read(&self, fails: bool) -> Refused<Condition> {
        let text = &self.source.text;
        let Some((at, sign, test)) = operator(text) else {
            let label = if text.contains('=') { "`=` is never asked" } else { "no >, >=, < or <= in this" };
            return Err(self.bad(0, text.len(), "a condition compares a figure with an amount", label).into());
        };
        let left = text.get(..at).unwrap_or_default();
        let right = at.saturating_add(sign.len());
        let (strategy, metric) = self.figure(left)?;
        let limit = self.limit(right, metric)?;
        Ok(Condition { text: text.trim().to_owned(), fails, strategy, metric, test, limit })
    }

    /// The strategy and the metric: the metric is the last part, a strategy may have dots and quotes.
    fn figure(&self, left: &str) -> Refused<(Option<String>, Metric)> {
        let from = left.len().saturating_sub(left.trim_start().len());
        let left = left.trim();
        let (strategy, metric, at) = match left.rfind('.').and_then(|at| left.split_at_checked(at)) {
            Some((strategy, dotted)) => {
                (Some(strategy), dotted.trim_start_matches('.'), strategy.len().saturating_add(1))
            }
            None => (None, left, 0),
        };
        let known = |name: &str| Metric::ALL.into_iter().find(|metric| metric.name() == name);
        let Some(metric) = known(metric.trim()) else {
            let start = from.saturating_add(at);
            let names = || Metric::ALL.into_iter().map(Metric::name);
            let message = match metric.trim() {
                "" => "a condition begins with a figure".to_owned(),
                other => format!("there is no figure `{other}`"),
            };
            let found = self.bad(start, start.saturating_add(metric.len()), message, "whose change or value?");
            let bare = left.trim_matches('"');
            let help = if self.names.contains(&bare) {
                format!("`{bare}` is a strategy; write `{left}.per_month`")
            } else {
                suggest::did_you_mean(metric.trim(), names())
                    .unwrap_or_else(|| format!("there are {}", suggest::listed(names(), "and")))
            };
            return Err(found.help(help).into());
        };
        if metric.quantile().is_some() {
            let start = from.saturating_add(at);
            let message = format!("{} is drawn, not computed: no difference of it would be certain", metric.name());
            let found = self.bad(start, start.saturating_add(metric.name().len()), message, "whose figure?");
            let help =
                format!("let `check` hold a limit on it: `budgets: [{{strategy: ..., {}: $15k}}]`", metric.name());
            return Err(found.help(help).into());
        }
        let Some(stated) = strategy else { return Ok((None, metric)) };
        let name = stated.trim().trim_matches('"');
        if !self.names.contains(&name) {
            let names = || self.names.iter().copied();
            let found = Diagnostic::at(
                Code::UnknownName,
                &Place::new(&self.source, from, from.saturating_add(stated.len())),
                format!("there is no strategy `{name}` on either side"),
                "unknown strategy",
            );
            let help = suggest::did_you_mean(name, names())
                .unwrap_or_else(|| format!("there are {}", suggest::listed(names(), "and")));
            return Err(found.help(help).into());
        }
        Ok((Some(name.to_owned()), metric))
    }

    fn limit(&self, from: usize, metric: Metric) -> Refused<Limit> {
        let right = self.source.text.get(from..).unwrap_or_default();
        let start = from.saturating_add(right.len().saturating_sub(right.trim_start().len()));
        let right = right.trim();
        let place = Place::new(&self.source, start, start.saturating_add(right.len()));
        let sign = right.chars().next().filter(|sign| ['+', '-'].contains(sign));
        let unsigned = sign.map_or(right, |sign| right.strip_prefix(sign).unwrap_or(right)).trim_start();
        if unsigned.is_empty() {
            return Err(self.bad(start, start, "a condition ends with an amount", "how much?").into());
        }
        let percent = unsigned.strip_suffix('%').map(str::trim_end);
        let is_share = metric == Metric::Quality;
        let (kind, text) = match (is_share, percent) {
            (true, _) => (Kind::Share, unsigned),
            (false, Some(number)) => (Kind::Count, number),
            (false, None) if metric.is_money() => (Kind::Money, unsigned),
            (false, None) => (Kind::Count, unsigned),
        };
        let value = kind.parse(text, self.settings).map_err(|refusal| {
            let mut found = refused(&refusal, &place);
            found.code = Code::BadCondition;
            Box::new(found.help(EXAMPLES))
        })?;
        let value: Exact = if sign == Some('-') { -&value } else { value };
        // What is counted in percent changes by percentage points.
        Ok(match (sign, percent, is_share || metric == Metric::SavingsPercent) {
            (None, None, _) | (None, Some(_), true) => Limit::Value(value),
            (Some(_), None, _) | (Some(_), Some(_), true) => Limit::Change(value),
            (Some(_), Some(_), false) => Limit::Percent(value),
            (None, Some(_), false) => {
                let message = format!("{} is no percentage; a change of it has a sign", metric.name());
                let found = Diagnostic::at(Code::BadCondition, &place, message, "of what?");
                let help = format!("write `+{right}` for more than before, `-{right}` for less");
                return Err(found.help(help).into());
            }
        })
    }

    fn bad(&self, start: usize, end: usize, message: impl Into<String>, label: &str) -> Diagnostic {
        let place = Place::new(&self.source, start, end);
        let found = Diagnostic::at(Code::BadCondition, &place, message, label);
        if label.starts_with("whose") { found } else { found.help(EXAMPLES) }
    }
}

/// The first comparison outside of quotes.
fn operator(text: &str) -> Option<(usize, &'static str, Test)> {
    let mut quoted = false;
    let at = text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && (c == '>' || c == '<')
    })?;
    let rest = text.get(at..)?;
    TESTS.into_iter().find(|(sign, _)| rest.starts_with(sign)).map(|(sign, test)| (at, sign, test))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Condition, String> {
        let names = ["smart-routing", "gpt-4.1", "a > b"];
        let euro = Some(("EUR".to_owned(), Exact::from_decimal("0.8").unwrap()));
        let settings = Settings { currency: euro, ..Settings::default() };
        conditions("--fail-on", true, &[text.to_owned()], &names, &settings)
            .map(|mut all| all.remove(0))
            .map_err(|all| format!("{} / {} / {}", all[0].message, all[0].label, all[0].help.join(" / ")))
    }

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    #[test]
    fn figures_changes_and_percentages_are_told_apart() {
        let cases = [
            ("per_month > +5%", None, Metric::PerMonth, Test::Above, Limit::Percent(exact("5"))),
            ("per_month>=+$500", None, Metric::PerMonth, Test::AtLeast, Limit::Change(exact("500"))),
            (
                "smart-routing.per_month > $25k",
                Some("smart-routing"),
                Metric::PerMonth,
                Test::Above,
                Limit::Value(exact("25000")),
            ),
            (" gpt-4.1.per_day < -2.5 % ", Some("gpt-4.1"), Metric::PerDay, Test::Below, Limit::Percent(exact("-2.5"))),
            ("\"a > b\".per_day > 80 EUR", Some("a > b"), Metric::PerDay, Test::Above, Limit::Value(exact("100"))),
            ("calls_per_day <= +1k", None, Metric::CallsPerDay, Test::AtMost, Limit::Change(exact("1000"))),
            ("savings_percent < 50%", None, Metric::SavingsPercent, Test::Below, Limit::Value(exact("50"))),
            ("savings_percent < -2%", None, Metric::SavingsPercent, Test::Below, Limit::Change(exact("-2"))),
            ("quality < 80%", None, Metric::Quality, Test::Below, Limit::Value(exact("0.8"))),
            ("quality < -2%", None, Metric::Quality, Test::Below, Limit::Change(exact("-0.02"))),
        ];
        for (text, strategy, metric, test, bound) in cases {
            let found = read(text).unwrap();
            assert_eq!(found.strategy.as_deref(), strategy, "{text}");
            assert_eq!((found.metric, found.test, found.limit), (metric, test, bound), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_with_advice() {
        for (text, expected) in [
            ("per_month", "no >, >=, < or <="),
            ("per_month == 5", "`=` is never asked"),
            ("", "no >"),
            ("per_mont > 5", "did you mean `per_month`"),
            ("smart-routing > 5", "`smart-routing` is a strategy; write `smart-routing.per_month`"),
            ("smart-ruting.per_month > 5", "did you mean `smart-routing`?"),
            ("per_month > 5%", "write `+5%` for more than before"),
            ("per_month >", "how much?"),
            ("per_month > +", "how much?"),
            ("> 5", "begins with a figure"),
            ("per_month > lots", "is not an amount of money"),
            ("per_month > 5 GBP", "no rate is stated for GBP"),
            ("per_month > 1,000", "has a comma in it"),
            ("calls_per_day > $5", "is not a count"),
            ("p90_per_month > +5%", "let `check` hold a limit on it"),
            ("quality < 200%", "a share is at most 100%"),
        ] {
            let found = read(text).unwrap_err();
            assert!(found.contains(expected), "{text}: {found}");
        }
    }

    #[test]
    fn growth_from_nothing_passes_every_percentage() {
        let condition = read("per_month > +5%").unwrap();
        let (zero, one) = (Exact::ZERO, Exact::ONE);
        assert_eq!(condition.holds(Some(&zero), &one), Some(true));
        assert_eq!(condition.holds(Some(&zero), &zero), Some(false));
        assert_eq!(condition.holds(None, &one), None);
        // The threshold itself is not above it.
        assert_eq!(condition.holds(Some(&exact("100")), &exact("105")), Some(false));
        assert_eq!(condition.holds(Some(&exact("100")), &exact("105.0000000001")), Some(true));
        // Savings that were negative and grow.
        assert_eq!(read("savings_per_day > +5%").unwrap().holds(Some(&exact("-100")), &exact("-94")), Some(true));
    }
}
