//! Keeps a text within the limit of the place it is shown in: parts are left out whole, the least important first, and
//! the text says which.

/// A part of a text that may be left out.
pub(super) struct Part {
    /// What it is called where it is missing.
    pub title: String,
    /// How soon it goes: the greatest first, and of equals the last.
    pub spare: u8,
    /// What it says.
    pub text: String,
}

/// The parts one after the other within `limit` bytes: bytes because that is never less than characters, however a
/// place counts them.
pub(super) fn fit(parts: Vec<Part>, limit: Option<usize>) -> String {
    let whole: usize = parts.iter().map(|part| part.text.len()).sum();
    let Some(limit) = limit.filter(|limit| whole > *limit) else {
        return parts.into_iter().map(|part| part.text).collect();
    };
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| parts.get(*index).map(|part| std::cmp::Reverse((part.spare, *index))));
    let mut parts: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    let mut left = whole;
    let mut missing: Vec<String> = Vec::new();
    for index in order {
        if left.saturating_add(note(&missing, limit).len()) <= limit {
            break;
        }
        let Some(part) = parts.get_mut(index).and_then(Option::take) else { continue };
        left = left.saturating_sub(part.text.len());
        if !missing.contains(&part.title) {
            missing.push(part.title);
        }
    }
    let mut out: String = parts.into_iter().flatten().map(|part| part.text).collect();
    let note = note(&missing, limit);
    if out.len().saturating_add(note.len()) <= limit {
        out.push_str(&note);
    }
    out
}

/// The line that says what is missing.
fn note(missing: &[String], limit: usize) -> String {
    match missing {
        [] => String::new(),
        titles => format!(
            "\n_Left out to stay within {} characters: {}. The full report: `llmcost simulate` or `llmcost render`._\n",
            crate::units::display::grouped(&limit.to_string()),
            titles.join("; ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(title: &str, spare: u8, length: usize) -> Part {
        Part { title: title.to_owned(), spare, text: title.repeat(length) }
    }

    #[test]
    fn the_least_important_parts_go_whole_and_are_named() {
        let parts = vec![part("a", 0, 100), part("b", 9, 400), part("c", 3, 100)];
        let text = fit(parts, Some(400));
        assert!(text.starts_with(&format!("{}{}", "a".repeat(100), "c".repeat(100))), "{text}");
        assert!(text.contains("within 400 characters: b."), "{text}");
        assert!(text.len() <= 400);
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(fit(vec![part("a", 0, 3), part("b", 9, 3)], Some(6)), "aaabbb");
        assert_eq!(fit(vec![part("a", 0, 3)], None), "aaa");
    }

    #[test]
    fn no_limit_is_ever_passed() {
        for limit in 0..600 {
            let parts = vec![part("a", 0, 100), part("b", 9, 300), part("c", 3, 150)];
            assert!(fit(parts, Some(limit)).len() <= limit, "{limit}");
        }
    }
}
