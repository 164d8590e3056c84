//! One grammar for every quantity, whether it stands in a scenario, a price list or behind `--set` (SPEC section 2).
//!
//! Text becomes an exact number in the base unit of its [`Kind`]; what cannot be read is a [`Refusal`] that says what
//! was expected and, where it can, what to write instead.

use dashu_int::IBig;

use super::exact::Exact;

/// What a quantity measures, and with it the notation it accepts and the base unit it is read into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 0 to 1: `30%`, `0.3`
    Share,
    /// USD: `$0.003`, `$25k`, `15000 EUR`
    Money,
    /// A whole or mean number of things: `500`, `2k`, `2.5B`
    Count,
    /// Tokens of one request, possibly a mean: `500`, `1154.7`
    Tokens,
    /// A plain factor above zero: `1.3`
    Factor,
    /// Events per day: `1M/day`, `12/s`
    Rate,
    /// Seconds: `30s`, `5m`, `24h`
    Duration,
    /// Days: `90 days`, `1 year` of 365 of them, `6 months` of the calendar
    Period,
    /// Months of the calendar: the same periods
    Months,
    /// USD per token: `2.50` (per 1M), `$0.0025/1k`
    TokenPrice,
    /// Tokens per second: `3000 tok/s`
    Throughput,
    /// Bytes: `80GB` (10^9), `15GiB` (2^30)
    Memory,
}

/// Why a text is not a quantity of the kind that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Whether the text is malformed or a number out of its bounds.
    pub reason: Reason,
    /// What is wrong, in a few words.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// The classes of refusal; each has its own diagnostic code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The text does not follow the grammar.
    Malformed,
    /// A number outside of what the kind allows: a negative count, a share over 100%.
    OutOfRange,
    /// A number beyond every use, which would make sums meaningless: 10^30 requests.
    TooLarge,
}

/// What the meaning of some quantities depends on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The currency amounts are shown in, and how many of it a dollar buys.
    pub currency: Option<(String, Exact)>,
    /// Days that a monthly rate is divided by.
    pub days_per_month: Exact,
}

impl Default for Settings {
    fn default() -> Self {
        Self { currency: None, days_per_month: Exact::from(30) }
    }
}

/// Days of a year, whatever the calendar says of months (SPEC section 2).
pub const DAYS_PER_YEAR: u64 = 365;
/// The largest amount, count or rate per day that is accepted: a billion billions.
const LARGEST_POWER: usize = 18;
/// More digits than this are a mistake, not a measurement.
const MOST_DIGITS: usize = 40;

impl Refusal {
    fn new(reason: Reason, message: impl Into<String>, help: impl Into<Option<String>>) -> Self {
        Self { reason, message: message.into(), help: help.into() }
    }

    fn malformed(kind: Kind, text: &str) -> Self {
        Self::new(Reason::Malformed, format!("`{}` is not {}", abridged(text), kind.noun()), kind.examples())
    }
}

impl Kind {
    /// The kind as a noun with its article, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Share => "a share",
            Self::Money => "an amount of money",
            Self::Count => "a count",
            Self::Tokens => "a number of tokens",
            Self::Factor => "a factor",
            Self::Rate => "a rate",
            Self::Duration => "a duration",
            Self::Period | Self::Months => "a period",
            Self::TokenPrice => "a token price",
            Self::Throughput => "a throughput",
            Self::Memory => "an amount of memory",
        }
    }

    fn examples(self) -> String {
        match self {
            Self::Share => "write `30%` or `0.3`",
            Self::Money => {
                "write `$0.003`, `$25k` or `0.003`; an amount in another currency needs its code: `15000 EUR`"
            }
            Self::Count => "write `500`, `1_000`, `2k`, `1M` or `2.5B`",
            Self::Tokens => "write `500`, `1154.7` or `2k`",
            Self::Factor => "write a plain number like `1.3`",
            Self::Rate => "write `1M/day`, `12/s` or `30M/month`; s, min, hour, day, week, month and year are known",
            Self::Duration => "write `50ms`, `30s`, `5m`, `1h`, `24h` or `7d`",
            Self::Period | Self::Months => {
                "write `6 months`, `1 year` or `90 days`; day, week, month and year are known"
            }
            Self::TokenPrice => "write `2.50` (USD per 1M tokens), `$2.50/1M` or `$0.0025/1k`",
            Self::Throughput => "write `3000 tok/s`",
            Self::Memory => "write `80GB` (10^9 bytes) or `15GiB` (2^30 bytes)",
        }
        .to_owned()
    }

    /// Reads `text` into the base unit of this kind.
    ///
    /// # Errors
    /// A [`Refusal`] when the text does not follow the grammar or the number is out of bounds.
    pub fn parse(self, text: &str, settings: &Settings) -> Result<Exact, Refusal> {
        let text = text.trim();
        let (sign_or_currency, rest) = match text.strip_prefix('$') {
            Some(rest) if matches!(self, Self::Money | Self::TokenPrice) => (true, rest),
            Some(_) => return Err(Refusal::malformed(self, text)),
            None => (false, text),
        };
        let (number, unit) = leading_number(rest).ok_or_else(|| self.not_a_number(text))??;
        let unit = unit.trim();
        let value = match self {
            Self::Share => share(&number, unit, text)?,
            Self::Money => money(&number, unit, sign_or_currency, text, settings)?,
            Self::Count | Self::Tokens => scaled_by(&number, unit).ok_or_else(|| self.wrong_suffix(text, unit))?,
            Self::Factor if unit.is_empty() => number,
            Self::Rate => rate(&number, unit, text, settings)?,
            Self::TokenPrice => token_price(&number, unit).ok_or_else(|| Refusal::malformed(self, text))?,
            Self::Throughput => match unit.split_once(' ').map_or(("", unit), |(a, b)| (a, b.trim())) {
                (scale, "tok/s" | "tokens/s") => {
                    scaled_by(&number, scale).ok_or_else(|| Refusal::malformed(self, text))?
                }
                _ => return Err(Refusal::malformed(self, text)),
            },
            Self::Duration => by_table(&number, unit, DURATIONS).ok_or_else(|| Refusal::malformed(self, text))?,
            Self::Period => period(&number, unit, settings).ok_or_else(|| Refusal::malformed(self, text))?,
            Self::Months => period(&number, unit, settings)
                .and_then(|days| days.checked_div(&settings.days_per_month))
                .ok_or_else(|| Refusal::malformed(self, text))?,
            Self::Memory => by_table(&number, unit, MEMORIES).ok_or_else(|| Refusal::malformed(self, text))?,
            Self::Factor => return Err(Refusal::malformed(self, text)),
        };
        self.bounded(value, text)
    }

    fn not_a_number(self, text: &str) -> Refusal {
        let bare = text.trim_start_matches(['+', '-', '.', '$']).to_ascii_lowercase();
        if ["nan", "inf", "infinity"].contains(&bare.as_str()) {
            return Refusal::new(
                Reason::Malformed,
                format!("`{text}` is not a number one can count with"),
                self.examples(),
            );
        }
        Refusal::malformed(self, text)
    }

    fn wrong_suffix(self, text: &str, suffix: &str) -> Refusal {
        match suffix {
            "m" => Refusal::new(
                Reason::Malformed,
                format!("`{text}` could be a thousandth or a million"),
                format!("write `{}M` for millions", text.trim_end_matches('m').trim_end()),
            ),
            "b" | "bn" | "G" | "g" => Refusal::new(
                Reason::Malformed,
                format!("unknown suffix `{suffix}`"),
                "write `B` for billions (10^9)".to_owned(),
            ),
            _ => Refusal::malformed(self, text),
        }
    }

    fn bounded(self, value: Exact, text: &str) -> Result<Exact, Refusal> {
        let text = abridged(text);
        if value.is_negative() {
            return Err(Refusal::new(
                Reason::OutOfRange,
                format!("`{text}` is negative; {} is zero or more", self.noun()),
                None,
            ));
        }
        if self == Self::Factor && value.is_zero() {
            return Err(Refusal::new(Reason::OutOfRange, "a factor is above zero", None));
        }
        if value > power_of_ten(LARGEST_POWER) {
            return Err(Refusal::new(
                Reason::TooLarge,
                format!("`{text}` is too large: sums beyond 10^{LARGEST_POWER} are refused"),
                "check the suffix and the unit; k is 10^3, M is 10^6, B is 10^9".to_owned(),
            ));
        }
        Ok(value)
    }
}

const DURATIONS: &[(&[&str], (u64, u64))] = &[
    (&["ms"], (1, 1000)),
    (&["s", "sec", "second", "seconds"], (1, 1)),
    (&["m", "min", "minute", "minutes"], (60, 1)),
    (&["h", "hour", "hours"], (3600, 1)),
    (&["d", "day", "days"], (86_400, 1)),
    (&["w", "week", "weeks"], (604_800, 1)),
];

const MEMORIES: &[(&[&str], (u64, u64))] = &[
    (&["B"], (1, 1)),
    (&["kB", "KB"], (1_000, 1)),
    (&["MB"], (1_000_000, 1)),
    (&["GB"], (1_000_000_000, 1)),
    (&["TB"], (1_000_000_000_000, 1)),
    (&["KiB"], (1 << 10, 1)),
    (&["MiB"], (1 << 20, 1)),
    (&["GiB"], (1 << 30, 1)),
    (&["TiB"], (1 << 40, 1)),
];

fn by_table(number: &Exact, unit: &str, table: &[(&[&str], (u64, u64))]) -> Option<Exact> {
    let (_, (times, per)) = table.iter().find(|(names, _)| names.contains(&unit))?;
    (number * &Exact::from(*times)).checked_div(&Exact::from(*per))
}

fn share(number: &Exact, unit: &str, text: &str) -> Result<Exact, Refusal> {
    let value = match unit {
        "%" => number * &hundredth(),
        "" if *number > Exact::ONE => {
            return Err(Refusal::new(
                Reason::OutOfRange,
                format!("a share is between 0 and 1, `{text}` is more"),
                format!("write `{text}%` if you mean percent"),
            ));
        }
        "" => number.clone(),
        _ => return Err(Refusal::malformed(Kind::Share, text)),
    };
    if value > Exact::ONE {
        return Err(Refusal::new(Reason::OutOfRange, format!("a share is at most 100%, `{text}` is more"), None));
    }
    Ok(value)
}

fn money(number: &Exact, unit: &str, dollars: bool, text: &str, settings: &Settings) -> Result<Exact, Refusal> {
    let malformed = || Refusal::malformed(Kind::Money, text);
    let letters = unit.len().saturating_sub(3);
    let code = unit.get(letters..).filter(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()));
    let suffix = if code.is_some() { unit.get(..letters).unwrap_or("") } else { unit };
    let amount = scaled_by(number, suffix.trim()).ok_or_else(malformed)?;
    match code {
        None => Ok(amount),
        Some("USD") => Ok(amount),
        Some(_) if dollars => Err(malformed()),
        Some(code) => match &settings.currency {
            Some((known, per_usd)) if known == code => amount.checked_div(per_usd).ok_or_else(malformed),
            _ => Err(Refusal::new(
                Reason::Malformed,
                format!("no rate is stated for {code}"),
                format!("state it once: `currency: {{code: {code}, per_usd: 0.92}}`; rates are never looked up"),
            )),
        },
    }
}

fn rate(number: &Exact, unit: &str, text: &str, settings: &Settings) -> Result<Exact, Refusal> {
    let missing = || {
        Refusal::new(
            Reason::Malformed,
            format!("`{text}` does not say per what"),
            format!("write `{text}/day`; s, min, hour, day, week, month and year are known"),
        )
    };
    let (suffix, period) = unit.split_once('/').ok_or_else(|| {
        if scaled_by(number, unit).is_some() { missing() } else { Refusal::malformed(Kind::Rate, text) }
    })?;
    let amount = scaled_by(number, suffix.trim()).ok_or_else(|| Kind::Count.wrong_suffix(text, suffix.trim()))?;
    let whole = |n: u64| Exact::from(n);
    let per_day = match period.trim() {
        "s" | "sec" | "second" => Some(&amount * &whole(86_400)),
        "min" | "minute" => Some(&amount * &whole(1440)),
        "h" | "hour" => Some(&amount * &whole(24)),
        "d" | "day" => Some(amount),
        "week" => amount.checked_div(&whole(7)),
        "month" => amount.checked_div(&settings.days_per_month),
        "year" => amount.checked_div(&whole(DAYS_PER_YEAR)),
        _ => None,
    };
    per_day.ok_or_else(|| Refusal::malformed(Kind::Rate, text))
}

/// Days of a period; months are those of the calendar.
fn period(number: &Exact, unit: &str, settings: &Settings) -> Option<Exact> {
    let days = match unit {
        "d" | "day" | "days" => Exact::ONE,
        "w" | "week" | "weeks" => Exact::from(7),
        "month" | "months" => settings.days_per_month.clone(),
        "y" | "year" | "years" => Exact::from(DAYS_PER_YEAR),
        _ => return None,
    };
    Some(number * &days)
}

/// The one place where a price per million tokens becomes a price per token.
fn token_price(number: &Exact, unit: &str) -> Option<Exact> {
    let per = match unit.strip_prefix('/') {
        None if unit.is_empty() => Exact::from(1_000_000),
        None => return None,
        Some(per) => {
            let per = per.trim().trim_end_matches("tokens").trim_end_matches("token").trim_end_matches("tok").trim();
            match per {
                "" => Exact::ONE,
                "M" | "1M" | "MTok" => Exact::from(1_000_000),
                "k" | "1k" | "K" | "1K" => Exact::from(1_000),
                _ => return None,
            }
        }
    };
    number.checked_div(&per)
}

fn scaled_by(number: &Exact, suffix: &str) -> Option<Exact> {
    let factor: u64 = match suffix {
        "" => return Some(number.clone()),
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "B" => 1_000_000_000,
        _ => return None,
    };
    Some(number * &Exact::from(factor))
}

/// Splits `text` after its leading number. `None`: there is none. An inner error: a number that is refused as such.
#[allow(clippy::type_complexity, reason = "two nested outcomes, used once")]
fn leading_number(text: &str) -> Option<Result<(Exact, &str), Refusal>> {
    let bytes = text.as_bytes();
    let digits_from = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from.saturating_add(rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count())
    };
    let sign = usize::from(text.starts_with(['+', '-']));
    let whole_end = digits_from(sign);
    let mut end = whole_end;
    let mut fraction = "";
    if bytes.get(whole_end) == Some(&b'.') {
        end = digits_from(whole_end.saturating_add(1));
        fraction = text.get(whole_end.saturating_add(1)..end)?;
    }
    let whole = text.get(sign..whole_end)?;
    if !whole.starts_with(|c: char| c.is_ascii_digit()) && !fraction.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut exponent = 0i32;
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end.saturating_add(1);
        let first = signed.saturating_add(usize::from(matches!(bytes.get(signed), Some(b'+' | b'-'))));
        let stop = digits_from(first);
        if stop > first {
            let parsed = text.get(signed..stop).and_then(|t| t.parse::<i32>().ok());
            exponent = parsed.unwrap_or(i32::MAX);
            end = stop;
        }
    }
    let rest = text.get(end..)?;
    if rest.starts_with(',') {
        return Some(Err(comma(text)));
    }
    let digits: String = whole.chars().chain(fraction.chars()).filter(|c| *c != '_').collect();
    let decimals = fraction.bytes().filter(|b| *b != b'_').count();
    let scale = i64::try_from(decimals).ok()?.saturating_sub(i64::from(exponent));
    let limit = i64::try_from(MOST_DIGITS).ok()?;
    if digits.trim_start_matches('0').len() > MOST_DIGITS || scale.abs() > limit {
        let kind = if exponent > 0 || scale < 0 { Reason::TooLarge } else { Reason::OutOfRange };
        return Some(Err(Refusal::new(
            kind,
            format!("`{}` has more than {MOST_DIGITS} digits", abridged(text)),
            "no price or volume needs them; check the number".to_owned(),
        )));
    }
    let digits: IBig = digits.parse().ok()?;
    let value = Exact::scaled(digits, i32::try_from(scale).ok()?);
    Some(Ok((if text.starts_with('-') { -&value } else { value }, rest)))
}

/// A comma may group digits or begin the decimals; the advice says which reading it is for.
fn comma(text: &str) -> Refusal {
    let number = text.trim_start_matches(['+', '-']);
    let end = number.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(number.len());
    let groups: Vec<&str> = number.get(..end).unwrap_or_default().split(',').collect();
    let grouped = groups.first().is_some_and(|first| (1..=3).contains(&first.len()) && *first != "0")
        && groups.iter().skip(1).all(|group| group.len() == 3);
    let joined = abridged(&text.replace(',', ""));
    let point = abridged(&text.replacen(',', ".", 1));
    let help = match (grouped, groups.len()) {
        (true, 2) => format!("write `{joined}` for thousands, `{point}` for decimals"),
        (true, _) => format!("write `{joined}`, or `_` between groups of digits"),
        (false, _) => format!("decimals begin with a point: `{point}`"),
    };
    Refusal::new(Reason::Malformed, format!("`{}` has a comma in it", abridged(text)), help)
}

fn hundredth() -> Exact {
    Exact::scaled(IBig::ONE, 2)
}

fn power_of_ten(power: usize) -> Exact {
    Exact::scaled(IBig::ONE, i32::try_from(power).map_or(0, i32::wrapping_neg))
}

/// A text short enough to stand in a message.
fn abridged(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(37).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, text: &str) -> String {
        let settings =
            Settings { currency: Some(("EUR".into(), Exact::from_decimal("0.8").unwrap())), ..Settings::default() };
        match kind.parse(text, &settings) {
            Ok(value) => value.to_string(),
            Err(refusal) => format!("{:?}: {}", refusal.reason, refusal.message),
        }
    }

    #[test]
    fn every_notation_of_the_specification_is_read() {
        let cases = [
            (Kind::Share, "30%", "0.3"),
            (Kind::Share, "0.3", "0.3"),
            (Kind::Share, "99.9%", "0.999"),
            (Kind::Money, "$0.003", "0.003"),
            (Kind::Money, "$25k", "25000"),
            (Kind::Money, "15000 EUR", "18750"),
            (Kind::Money, "3 USD", "3"),
            (Kind::Count, "1_000", "1000"),
            (Kind::Count, "2.5B", "2500000000"),
            (Kind::Rate, "1M/day", "1000000"),
            (Kind::Rate, "12/s", "1036800"),
            (Kind::Rate, "30M/month", "1000000"),
            (Kind::Rate, "365/year", "1"),
            (Kind::Duration, "5m", "300"),
            (Kind::Duration, "7d", "604800"),
            (Kind::Duration, "50ms", "0.05"),
            (Kind::Period, "6 months", "180"),
            (Kind::Period, "1 year", "365"),
            (Kind::Period, "90 days", "90"),
            (Kind::Period, "2 weeks", "14"),
            (Kind::Months, "6 months", "6"),
            (Kind::Months, "90 days", "3"),
            (Kind::TokenPrice, "2.50", "0.0000025"),
            (Kind::TokenPrice, "$2.50/1M", "0.0000025"),
            (Kind::TokenPrice, "$0.0025/1k", "0.0000025"),
            (Kind::TokenPrice, "2.5e-6/token", "0.0000025"),
            (Kind::Throughput, "3000 tok/s", "3000"),
            (Kind::Memory, "80GB", "80000000000"),
            (Kind::Memory, "15GiB", "16106127360"),
        ];
        for (kind, text, expected) in cases {
            assert_eq!(read(kind, text), expected, "{kind:?} {text}");
        }
    }

    #[test]
    fn what_is_not_a_quantity_is_refused_with_a_reason() {
        let cases = [
            (Kind::Share, "30", "OutOfRange"),
            (Kind::Share, "100.1%", "OutOfRange"),
            (Kind::Share, "-5%", "OutOfRange"),
            (Kind::Money, "5 GBP", "Malformed"),
            (Kind::Money, "$5 EUR", "Malformed"),
            (Kind::Count, "1,000", "Malformed"),
            (Kind::Count, "1e30", "TooLarge"),
            (Kind::Count, "1e999999999999", "TooLarge"),
            (Kind::Count, "3m", "Malformed"),
            (Kind::Rate, "1M", "Malformed"),
            (Kind::Rate, "1M/fortnight", "Malformed"),
            (Kind::Period, "6", "Malformed"),
            (Kind::Period, "6m", "Malformed"),
            (Kind::Tokens, "NaN", "Malformed"),
            (Kind::Tokens, ".inf", "Malformed"),
            (Kind::Tokens, "", "Malformed"),
            (Kind::Tokens, "_", "Malformed"),
            (Kind::Tokens, "0x10", "Malformed"),
            (Kind::Factor, "0", "OutOfRange"),
        ];
        for (kind, text, expected) in cases {
            assert!(read(kind, text).starts_with(expected), "{kind:?} {text}: {}", read(kind, text));
        }
    }
}
