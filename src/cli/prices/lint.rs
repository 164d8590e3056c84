//! `prices lint`: what price lists say and hardly mean; without a file, the catalogues of GPUs, offers and open models too.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::super::settings::Settings;
use super::super::{Destination, Ending, Format, output};
use crate::diag::{Diagnostic, Sink, Source};
use crate::hosting;
use crate::input;
use crate::pricing::lint::{Finding, form, idle_acceptances, lint};
use crate::pricing::{Date, Model, embedded_names, embedded_sources, read_list};
use crate::render;

#[derive(Args, Debug)]
pub(in super::super) struct Arguments {
    /// Price lists; left out, everything in the program: price lists, GPUs, offers, open models
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show what the lists accept, too
    #[arg(long)]
    accepted: bool,
    #[command(flatten)]
    destination: Destination,
}

/// A list, read, with what its form says.
#[derive(Default)]
struct Read {
    models: Vec<Arc<Model>>,
    listed: Option<Date>,
    form: Vec<Finding>,
}

pub(in super::super) fn run(arguments: &Arguments, settings: &Settings) -> Result<Ending> {
    let lists = match lists(&arguments.files) {
        Ok(lists) => lists,
        Err(problems) => return Ok(settings.refuse(&problems)),
    };
    let mut report = render::LintReport::default();
    let newest = lists.iter().filter_map(|list| list.listed).max().map_or_else(String::new, |date| date.to_string());
    for list in lists {
        let found = lint(&list.models, list.listed);
        report.idle.extend(idle_acceptances(&list.models, &found));
        report.models = report.models.saturating_add(list.models.len());
        report.findings.extend(list.form);
        report.findings.extend(found);
    }
    if arguments.files.is_empty() {
        let catalogues = hosting::lint::embedded(&newest);
        let entries = [catalogues.gpus.len(), catalogues.offers.len(), catalogues.models.len()];
        report.entries = entries.into_iter().sum();
        report.hardware = hosting::lint::lint(&catalogues);
    }
    output::put(&arguments.destination, settings, |format, look| {
        Ok(match format {
            Format::Table => render::lint(&report, arguments.accepted, look),
            Format::Json => render::lint_json(&report)?,
            Format::Csv => render::csv_of_lint(&report)?,
        })
    })?;
    Ok(if report.open() == 0 { Ending::Done } else { Ending::NotMet })
}

fn lists(files: &[PathBuf]) -> Result<Vec<Read>, Vec<Diagnostic>> {
    let mut sink = Sink::default();
    let mut lists = Vec::new();
    if files.is_empty() {
        for name in embedded_names() {
            let mut all = Read::default();
            for (_, source) in embedded_sources().iter().filter(|(list, _)| *list == name) {
                read(source, &mut all, &mut sink);
            }
            lists.push(all);
        }
    }
    for path in files {
        let mut one = Read::default();
        match input::read_file(path, &path.display().to_string()) {
            Ok(source) => read(&source, &mut one, &mut sink),
            Err(problem) => sink.add(*problem),
        }
        lists.push(one);
    }
    sink.finish(Some(lists))
}

fn read(source: &Arc<Source>, into: &mut Read, sink: &mut Sink) {
    let Some(root) = input::parse(source, sink) else { return };
    into.form.extend(form(&root));
    if let Some(list) = read_list(source, &root, sink) {
        into.listed = into.listed.max(list.info().listed);
        into.models.extend(list.all());
    }
}
