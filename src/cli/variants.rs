//! Several values behind one `--set`: each combination is a variant of the scenario.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place, Sink, Source};

/// Variants that are computed in one run.
const MOST_VARIANTS: usize = 24;

/// Every combination of the values, each as changes with a single value; one where no `--set` has several.
///
/// # Errors
/// Values that cannot be told apart, and more combinations than anybody reads.
pub(super) fn variants(set: &[String]) -> Result<Vec<Vec<String>>, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for argument in set {
        match values(argument) {
            Ok(values) => {
                let with = |one: &Vec<String>| {
                    let one = one.clone();
                    values
                        .iter()
                        .map(move |value| one.iter().cloned().chain([value.clone()]).collect())
                        .collect::<Vec<_>>()
                };
                all = all.iter().flat_map(with).take(MOST_VARIANTS.saturating_add(1)).collect();
            }
            Err(problem) => sink.add(*problem),
        }
    }
    if all.len() > MOST_VARIANTS {
        let message = format!("these values make more than {MOST_VARIANTS} combinations");
        sink.add(Diagnostic::without_place(Code::BadSet, message).help("change fewer things at once"));
    }
    sink.finish(Some(all))
}

/// What people call each variant: the changes in which it differs from others, by the last part of their paths where that is
/// clear.
pub(super) fn labels(all: &[Vec<String>]) -> Vec<String> {
    let path = |change: &String| change.split_once('=').map_or(change.clone(), |(path, _)| path.to_owned());
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let first = all.first().map_or(&[][..], Vec::as_slice);
    let paths: Vec<String> = first.iter().map(path).collect();
    let varies = |index: usize| all.iter().any(|one| one.get(index) != first.get(index));
    let shown = |index: usize, change: &String| {
        let own = paths.get(index).map_or("", String::as_str);
        let name = last(own);
        // `gpt-4.1` is one key.
        let is_word = !own.contains('"') && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let is_clear = is_word && paths.iter().filter(|path| last(path) == name).count() == 1;
        let value = change.split_once('=').map_or("", |(_, value)| value);
        if is_clear { format!("{name}={value}") } else { change.clone() }
    };
    let of = |one: &Vec<String>| {
        let changes = one.iter().enumerate().filter(|(index, _)| all.len() == 1 || varies(*index));
        changes.map(|(index, change)| shown(index, change)).collect::<Vec<_>>().join(", ")
    };
    all.iter().map(of).collect()
}

/// The changes of one `--set`: `a=1, 2` is `a=1` and `a=2`. Commas within brackets and quotes belong to the value.
fn values(argument: &str) -> Result<Vec<String>, Box<Diagnostic>> {
    let source = Arc::new(Source { name: "--set".to_owned(), text: argument.to_owned(), first_line: 1 });
    let bad = |at: usize, message: &str, label: &str| {
        Diagnostic::at(Code::BadSet, &Place::new(&source, at, at.saturating_add(1)), message, label)
    };
    let Some(start) = assignment(argument) else { return Ok(vec![argument.to_owned()]) };
    let path = argument.get(..start).unwrap_or_default();
    let mut found = Vec::new();
    let mut from = start;
    for at in commas(argument, start).into_iter().chain([argument.len()]) {
        let value = argument.get(from..at).unwrap_or_default().trim();
        let before = argument.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_digit());
        let after = argument.get(at..).unwrap_or_default().strip_prefix(',').unwrap_or_default();
        if before && after.starts_with(|c: char| c.is_ascii_digit()) {
            let next = after.split(',').next().unwrap_or_default();
            let found = bad(at, "one number or two values?", "a comma between digits");
            return Err(Box::new(found.help(format!(
                "write `{value}, {next}` with a space for two values, `{value}{next}` for one number"
            ))));
        }
        if value.is_empty() && !(found.is_empty() && at == argument.len()) {
            return Err(Box::new(bad(at, "a value is missing beside this comma", "nothing here")));
        }
        found.push(format!("{path}{value}"));
        from = at.saturating_add(1);
    }
    if found.len() == 1 { Ok(vec![argument.to_owned()]) } else { Ok(found) }
}

/// Where the value begins: after the first `=` outside of quotes.
fn assignment(argument: &str) -> Option<usize> {
    let mut quoted = false;
    let at = argument.find(|c: char| {
        quoted ^= c == '"';
        c == '=' && !quoted
    })?;
    Some(at.saturating_add(1))
}

fn commas(argument: &str, start: usize) -> Vec<usize> {
    let (mut depth, mut quote) = (0usize, None);
    let mut found = Vec::new();
    for (at, c) in argument.char_indices().filter(|(at, _)| *at >= start) {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth = depth.saturating_add(1),
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => found.push(at),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(set: &[&str]) -> Vec<String> {
        let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
        match variants(&set) {
            Ok(all) => all.into_iter().map(|one| one.join(" ")).collect(),
            Err(all) => all.into_iter().map(|one| format!("{} {}", one.message, one.help.join(" "))).collect(),
        }
    }

    #[test]
    fn values_are_separated_by_commas_outside_of_brackets_and_quotes() {
        assert_eq!(told(&["a.b=1M/day,2M/day"]), ["a.b=1M/day", "a.b=2M/day"]);
        assert_eq!(told(&["a=500, 800"]), ["a=500", "a=800"]);
        assert_eq!(told(&["a={b: 1, c: 2}", "d=[1, 2]"]), ["a={b: 1, c: 2} d=[1, 2]"]);
        assert_eq!(told(&["\"a,=b\".c='x, y'"]), ["\"a,=b\".c='x, y'"]);
        assert_eq!(told(&["a="]), ["a="]);
        assert_eq!(told(&["nothing"]), ["nothing"]);
        assert_eq!(told(&[]), [""]);
    }

    #[test]
    fn several_lists_make_all_combinations() {
        assert_eq!(
            told(&["a=x,y", "b=z", "c=1x,2x"]),
            ["a=x b=z c=1x", "a=x b=z c=2x", "a=y b=z c=1x", "a=y b=z c=2x"]
        );
        let many = told(&["a=a,b,c", "b=a,b,c", "c=a,b,c"]);
        assert!(many[0].contains("more than 24"), "{many:?}");
    }

    #[test]
    fn variants_are_called_by_what_tells_them_apart() {
        let called = |set: &[&str]| {
            let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
            labels(&variants(&set).unwrap())
        };
        assert_eq!(called(&["workload.requests=1x,2x", "workload.output=5"]), ["requests=1x", "requests=2x"]);
        assert_eq!(called(&["workload.requests=2x", "workload.output=5"]), ["requests=2x, output=5"]);
        assert_eq!(
            called(&["s.a.batch=1x,2x", "s.b.batch=1x,2x"])[1..3],
            ["s.a.batch=1x, s.b.batch=2x", "s.a.batch=2x, s.b.batch=1x"]
        );
        assert_eq!(called(&["a.\"gpt-4.1\"=1%,2%"]), ["a.\"gpt-4.1\"=1%", "a.\"gpt-4.1\"=2%"]);
        assert_eq!(called(&["a.gpt-4.1=1%"]), ["a.gpt-4.1=1%"]);
    }

    #[test]
    fn a_comma_in_a_number_is_asked_about() {
        let found = told(&["a=1,500"]);
        assert!(found[0].contains("`1, 500` with a space for two values, `1500` for one"), "{found:?}");
        assert!(told(&["a=1x,"])[0].contains("a value is missing"));
        assert!(told(&["a=,1x"])[0].contains("a value is missing"));
    }
}
