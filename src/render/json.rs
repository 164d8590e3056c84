//! Reports as JSON: exact numbers as decimal strings, keys in a fixed order.

use serde::Serialize;

/// One report as an object, several as an array.
///
/// # Errors
/// None that these values can raise.
pub fn json<T: Serialize>(reports: &[T]) -> Result<String, serde_json::Error> {
    let mut text = match reports {
        [only] => serde_json::to_string_pretty(only)?,
        all => serde_json::to_string_pretty(all)?,
    };
    text.push('\n');
    Ok(text)
}

/// Any other result as an object.
///
/// # Errors
/// None that these values can raise.
pub fn any_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
