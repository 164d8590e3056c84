//! Uncertain quantities by their paths, and `correlate`: which of them go together.

use super::context::Context;
use crate::diag::{Code, Diagnostic, Place, suggest};
use crate::input::{Fields, Node, Value, plain, wrong_shape};
use crate::plan::{Correlation, Input};
use crate::units::{Exact, Kind, Settings};

/// The path of what stands at `place`, as `--set` writes it.
pub(super) fn path(root: &Node, place: &Place) -> Option<String> {
    if root.place == *place
        && root.entries().is_none_or(|entries| !entries.iter().any(|(_, node)| node.place == *place))
    {
        return Some(String::new());
    }
    let joined = |head: &str, rest: String| if rest.is_empty() { head.to_owned() } else { format!("{head}.{rest}") };
    match &root.value {
        Value::Map(entries) => entries.iter().find_map(|(key, node)| Some(joined(&key.text, path(node, place)?))),
        Value::List(items) => items.iter().enumerate().find_map(|(index, node)| {
            let rest = path(node, place)?;
            let name = node.get("name").and_then(Node::scalar).map_or_else(|| index.to_string(), str::to_owned);
            Some(joined(&name, rest))
        }),
        Value::Null | Value::Scalar(_) => None,
    }
}

/// `correlate: [{between: [a, b], rho: 0.5}]`
pub(super) fn correlations(node: &Node, root: &Node, inputs: &[Input], context: &mut Context<'_>) -> Vec<Correlation> {
    let Value::List(items) = &node.value else {
        let found = wrong_shape(node, "`correlate` is a list");
        context.sink.add(found.help("write `correlate: [{between: [workload.input, workload.output], rho: 0.5}]`"));
        return Vec::new();
    };
    let mut found: Vec<Correlation> = Vec::new();
    for item in items {
        let Some(correlation) = correlation(item, root, inputs, context) else { continue };
        let pair = |known: &Correlation| (known.first.min(known.second), known.first.max(known.second));
        if let Some(twin) = found.iter().find(|known| pair(known) == pair(&correlation)) {
            context.sink.add(
                Diagnostic::at(Code::Conflict, &item.place, "a second correlation of the same two", "again here")
                    .also(&twin.place, "first here")
                    .help("keep one of the two"),
            );
            continue;
        }
        found.push(correlation);
        if !is_positive_definite(inputs.len(), &found) {
            let others = found.iter().rev().skip(1).map(|known| (known.place.clone(), "goes with this".to_owned()));
            let mut problem = Diagnostic::at(
                Code::Conflict,
                &item.place,
                "these correlations contradict each other: no quantities go together in this way",
                "impossible with the others",
            )
            .help("what goes closely with one quantity goes with all that go closely with it; state the third pair (a pair that is not stated is independent), or weaken one");
            problem.also.extend(others);
            context.sink.add(problem);
            found.pop();
        }
    }
    found
}

fn correlation(item: &Node, root: &Node, inputs: &[Input], context: &mut Context<'_>) -> Option<Correlation> {
    let mut fields = Fields::of(item, "a correlation", context.sink)?;
    let between = fields.require("between", "[workload.input, workload.output]", context.sink);
    let rho = fields.require("rho", "0.5", context.sink);
    fields.finish(context.sink);
    let (between, rho) = (between?, rho?);
    let pair = match &between.value {
        Value::List(items) => match items.as_slice() {
            [first, second] => Some((first, second)),
            _ => None,
        },
        _ => None,
    };
    let Some((first, second)) = pair else {
        return context.sink.refuse(wrong_shape(between, "`between` is a list of two uncertain quantities"));
    };
    let ends = [first, second].map(|node| input(node, root, inputs, context));
    let rho_value = coefficient(rho, context);
    let [Some(first), Some(second)] = ends else { return None };
    if first == second {
        let message = "a quantity does not go with itself";
        return context.sink.refuse(Diagnostic::at(Code::Conflict, &between.place, message, "twice the same"));
    }
    Some(Correlation { first, second, rho: rho_value?, place: item.place.clone() })
}

/// A number above -1 and below 1.
fn coefficient(node: &Node, context: &mut Context<'_>) -> Option<Exact> {
    let text = node.scalar().unwrap_or_default();
    let (negative, size) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let size = match node.scalar() {
        Some(_) => Node { place: node.place.clone(), value: Value::Scalar(size.into()) },
        None => node.clone(),
    };
    let size = plain(&size, Kind::Share, &Settings::default(), context.sink)?;
    if size == Exact::ONE {
        return context.sink.refuse(
            Diagnostic::at(
                Code::OutOfRange,
                &node.place,
                "a correlation lies between -1 and 1, ends excluded",
                "no doubt left",
            )
            .help("two quantities of which one follows from the other are one quantity"),
        );
    }
    Some(if negative { -&size } else { size })
}

/// The uncertain quantity that `node` names: by its path, by the end of its path, or as formulae call it.
fn input(node: &Node, root: &Node, inputs: &[Input], context: &mut Context<'_>) -> Option<usize> {
    let name = crate::input::word(node, context.sink)?;
    let by = |of: &dyn Fn(&Input) -> bool| -> Vec<usize> {
        inputs.iter().enumerate().filter(|(_, input)| of(input)).map(|(index, _)| index).collect()
    };
    let ends_with =
        |input: &Input| input.path.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    let candidates = [by(&|input| input.path == name), by(&ends_with), by(&|input| input.name == name)];
    match candidates.into_iter().find(|found| !found.is_empty()).as_deref() {
        Some([only]) => Some(*only),
        Some(several) => {
            let paths = several.iter().filter_map(|index| inputs.get(*index)).map(|input| input.path.as_str());
            let message = format!("`{name}` may be {}", suggest::listed(paths, "or"));
            context.sink.refuse(
                Diagnostic::at(Code::UnknownName, &node.place, message, "which one?").help("write the whole path"),
            )
        }
        None => context.sink.refuse(unknown(name, node, root, inputs)),
    }
}

fn unknown(name: &str, node: &Node, root: &Node, inputs: &[Input]) -> Diagnostic {
    let paths = || inputs.iter().map(|input| input.path.as_str());
    let help = suggest::did_you_mean(name, paths()).unwrap_or_else(|| match paths().next() {
        None => "nothing in this scenario is uncertain; write for instance `input: 400 to 700`".to_owned(),
        Some(_) => format!("uncertain are {}", suggest::listed(paths(), "and")),
    });
    if let Some(certain) = stated(root, name) {
        return Diagnostic::at(Code::Conflict, &node.place, format!("`{name}` is certain"), "goes with nothing")
            .also(&certain.place, "stated here without a range")
            .help(help);
    }
    Diagnostic::at(Code::UnknownName, &node.place, format!("there is no uncertain quantity `{name}`"), "unknown")
        .help(help)
}

/// What stands at a path of plain keys.
fn stated<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(root, |node, key| node.get(key))
}

/// Whether the matrix with these correlations is positive definite: whether every pivot of its factorisation is.
fn is_positive_definite(size: usize, correlations: &[Correlation]) -> bool {
    let rho = |a: usize, b: usize| {
        if a == b {
            return Exact::ONE;
        }
        let of = |known: &&Correlation| (known.first, known.second) == (a, b) || (known.first, known.second) == (b, a);
        correlations.iter().find(of).map_or(Exact::ZERO, |known| known.rho.clone())
    };
    let mut rows: Vec<Vec<Exact>> = (0..size).map(|a| (0..size).map(|b| rho(a, b)).collect()).collect();
    while let Some(pivot_row) = rows.pop() {
        let Some((pivot, rest)) = pivot_row.split_last() else { return true };
        if *pivot <= Exact::ZERO {
            return false;
        }
        for row in &mut rows {
            let Some(factor) = row.pop().and_then(|last| last.checked_div(pivot)) else { return false };
            for (cell, above) in row.iter_mut().zip(rest) {
                *cell = &*cell - &(&factor * above);
            }
        }
    }
    true
}
