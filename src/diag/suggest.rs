//! "Did you mean": the nearest known name, with stable ties.

/// The candidate nearest to `wrong`, if any is near enough to be what was meant. Ties go to the first one.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    ranked(wrong, candidates).into_iter().next()
}

/// The nearest candidates, at most three of them, in the order given.
pub fn ranked<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = wrong.to_lowercase();
    let limit = (wrong.chars().count() / 3).max(1).saturating_add(1);
    let mut near: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let distance = if lower == wrong { 0 } else { strsim::osa_distance(&wrong, &lower) };
        let related = wrong.len() >= 4 && (lower.starts_with(&wrong) || wrong.starts_with(&lower) && lower.len() >= 4);
        let distance = if related { distance.min(limit) } else { distance };
        if distance <= limit && !near.iter().any(|(_, known)| *known == candidate) {
            near.push((distance, candidate));
        }
    }
    let best = near.iter().map(|(distance, _)| *distance).min().unwrap_or_default();
    near.into_iter().filter(|(distance, _)| *distance == best).take(3).map(|(_, candidate)| candidate).collect()
}

/// "did you mean `x`?", or "did you mean `x` or `y`?"
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = ranked(wrong, candidates);
    (!near.is_empty()).then(|| format!("did you mean {}?", listed(near, "or")))
}

/// `a`, `b` or `c`
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_absent() {
        let known = ["model", "route", "response_cache", "batch"];
        assert_eq!(nearest("rute", known), Some("route"));
        assert_eq!(nearest("Batch", known), Some("batch"));
        assert_eq!(nearest("respons_cache", known), Some("response_cache"));
        assert_eq!(nearest("banana", known), None);
    }
}
