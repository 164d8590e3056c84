//! Draws diagnostics for people: title, source line with a caret, advice.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Diagnostic, Place};

/// Longest source line that is shown whole; a longer one is shown around the place.
const LONGEST_LINE: usize = 140;

/// All `diagnostics` as text, with colours when `coloured`; ends with a line that counts them.
pub fn render(diagnostics: &[Diagnostic], coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(LONGEST_LINE);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    match diagnostics.len() {
        1 => out.push_str("1 error; nothing was computed\n"),
        n => out.push_str(&format!("{n} errors; nothing was computed\n")),
    }
    out
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let title = Level::ERROR.primary_title(diagnostic.message.as_str()).id(diagnostic.code.slug());
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        let here = |other: &&(Place, String)| other.0.source == place.source;
        let mut snippet =
            snippet(place).annotation(AnnotationKind::Primary.span(range(place)).label(diagnostic.label.as_str()));
        for (other, label) in diagnostic.also.iter().filter(here) {
            snippet = snippet.annotation(AnnotationKind::Context.span(range(other)).label(label.as_str()));
        }
        group = group.element(snippet);
        for (other, label) in diagnostic.also.iter().filter(|other| !here(other)) {
            group = group.element(
                self::snippet(other).annotation(AnnotationKind::Context.span(range(other)).label(label.as_str())),
            );
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

fn snippet(place: &Place) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(place.source.text.as_str()).path(place.source.name.as_str()).line_start(place.source.first_line)
}

/// The marked range: at most the rest of the first line, so that a block does not flood the screen.
fn range(place: &Place) -> std::ops::Range<usize> {
    let text = place.text();
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    place.start..place.start.saturating_add(length)
}
