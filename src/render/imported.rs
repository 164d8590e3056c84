//! What became of another project's price file.

use super::csv::{defused, finished};
use super::style::{Look, harmless};
use crate::pricing::import::{Changes, Imported, Kind, Remark};
use crate::units::display;

/// Counts, then every remark by what became of it and why, each reason with the models it is about.
pub fn imported(imported: &Imported, models: usize, changes: Option<&Changes>, look: Look) -> String {
    let count = |n: usize| display::grouped(&n.to_string());
    let mut out = format!("{} models of {} in the file\n", count(imported.models.len()), count(all_models(imported)));
    if let Some(changes) = changes {
        out.push_str(&format!(
            "{} in the list: {} new, {} with new cards, {} retired, {} as they were\n",
            count(models),
            count(changes.added.len()),
            count(changes.changed.len()),
            count(changes.removed.len()),
            count(changes.unchanged),
        ));
    }
    for kind in Kind::ALL {
        let of_kind: Vec<&Remark> = imported.remarks.iter().filter(|remark| remark.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        out.push_str(&format!("{}: {}\n", kind.name(), count(of_kind.len())));
        if look.quiet {
            continue;
        }
        for (reason, remarks) in by_reason(&of_kind) {
            out.push_str(&look.paragraph("  ", &harmless(&format!("{} {reason}", count(remarks.len())))));
            let mut names: Vec<String> = Vec::new();
            for remark in remarks {
                let field = if remark.field.is_empty() { String::new() } else { format!(" ({})", remark.field) };
                let name = format!("{}{field}", remark.model);
                if names.last() != Some(&name) {
                    names.push(name);
                }
            }
            out.push_str(&look.dim(look.paragraph("      ", &harmless(&names.join(", "))).trim_end()));
            out.push('\n');
        }
    }
    out
}

fn all_models(imported: &Imported) -> usize {
    let skipped = imported.remarks.iter().filter(|remark| remark.kind == Kind::Skipped).count();
    imported.models.len().saturating_add(skipped)
}

/// Remarks by their reason, the most frequent first; amounts in a reason do not make it another one.
fn by_reason<'a>(remarks: &[&'a Remark]) -> Vec<(String, Vec<&'a Remark>)> {
    let mut groups: Vec<(String, Vec<&Remark>)> = Vec::new();
    for remark in remarks {
        let general = match remark.kind {
            Kind::Cleaned => "with float noise, which was taken off".to_owned(),
            _ => remark.reason.clone(),
        };
        match groups.iter_mut().find(|(reason, _)| *reason == general) {
            Some((_, all)) => all.push(remark),
            None => groups.push((general, vec![remark])),
        }
    }
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    groups
}

/// One row for each remark.
///
/// # Errors
/// None that a memory buffer can raise.
pub fn csv_of_imported(imported: &Imported) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["model", "what", "field", "value", "reason"])?;
    for remark in &imported.remarks {
        let row = [&remark.model, remark.kind.name(), &remark.field, &remark.value, &remark.reason];
        writer.write_record(row.map(defused))?;
    }
    finished(writer)
}
