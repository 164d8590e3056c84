//! Diagnostics as commands of a GitHub workflow, which shows them at the lines they are about.

use super::Diagnostic;

/// All `diagnostics`, one command each.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let one = |diagnostic: &Diagnostic| {
        let help: String = diagnostic.help.iter().map(|help| format!("\n{help}")).collect();
        let place = diagnostic.place.as_ref().map(|place| (place.source.name.as_str(), place.line, place.column));
        command("error", diagnostic.code.slug(), &format!("{}{help}", diagnostic.message), place)
    };
    diagnostics.iter().map(one).collect()
}

/// One command, at a file, line and column. Nothing in it ends the comment of HTML that it may stand in.
pub fn command(level: &str, title: &str, message: &str, at: Option<(&str, usize, usize)>) -> String {
    let place = at
        .map_or_else(String::new, |(file, line, column)| format!("file={},line={line},col={column},", property(file)));
    format!("::{level} {place}title={}::{}\n", property(title), data(message))
}

/// Escaped as the runner reads it; other control characters are dropped.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let text = text.replace("-->", "-- >").replace("--!>", "--! >");
    text.chars().filter(|c| !c.is_control()).collect()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped_as_the_runner_reads_them() {
        assert_eq!(
            command("error", "Budget not met", "100% of\n$5 \u{1b}[31m", Some(("a,b:c.yaml", 3, 7))),
            "::error file=a%2Cb%3Ac.yaml,line=3,col=7,title=Budget not met::100%25 of%0A$5 [31m\n"
        );
    }
}
