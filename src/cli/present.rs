//! Reports in every form: what was asked for, in the order of its steps: choose strategies, put them in order, draw.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::output::{put_beside, targets, write};
use super::pictures::{self, Picture, Target};
use super::settings::Settings;
use super::{Destination, ReportForm};
use crate::diag::suggest;
use crate::render::{self, Face, FocusVersion, Look, View};
use crate::report::{Field, Order, Period, Report};

/// What of a report is shown, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "What is shown")]
pub struct Showing {
    /// Show only this strategy (repeatable)
    #[arg(long, value_name = "NAME")]
    strategy: Vec<String>,
    /// Put strategies in order, the best first: --sort per_month; FIELD:asc and FIELD:desc turn it round
    #[arg(long, value_name = "FIELD")]
    sort: Option<String>,
    /// Show the first N strategies only; without --sort the cheapest
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// The columns of the table of strategies (of the lines in csv), separated by commas
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// The period that amounts are for [default: month]
    #[arg(long, value_name = "PERIOD", hide_default_value = true)]
    period: Option<PeriodName>,
    /// Keep markdown and github within a number of characters, or what a place takes: comment (65,536), summary (1 MiB),
    /// azure (150,000)
    #[arg(long, value_name = "LIMIT", value_parser = limit)]
    limit: Option<usize>,
    /// Keeps apart several comments on one pull request (github)
    #[arg(long, value_name = "TAG")]
    comment_tag: Option<String>,
    /// The version of FOCUS to write: 1.0, 1.1 or 1.2 [default: 1.2]
    #[arg(long, value_name = "VERSION", value_parser = focus_version)]
    focus_version: Option<FocusVersion>,
}

/// A period on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PeriodName {
    Hour,
    Day,
    Month,
    Year,
}

impl From<PeriodName> for Period {
    fn from(name: PeriodName) -> Self {
        match name {
            PeriodName::Hour => Self::Hour,
            PeriodName::Day => Self::Day,
            PeriodName::Month => Self::Month,
            PeriodName::Year => Self::Year,
        }
    }
}

fn limit(text: &str) -> Result<usize, String> {
    match text {
        "comment" => Ok(65_536),
        "summary" => Ok(1 << 20),
        "azure" => Ok(150_000),
        number => {
            let limit: usize =
                number.parse().map_err(|_| "a number of characters, or comment, summary or azure".to_owned())?;
            if limit < LEAST_LIMIT {
                Err(format!("nothing fits into less than {LEAST_LIMIT} characters"))
            } else {
                Ok(limit)
            }
        }
    }
}

/// Characters into which a headline and the line that says what is missing fit.
const LEAST_LIMIT: usize = 1_000;

fn focus_version(text: &str) -> Result<FocusVersion, String> {
    let known = FocusVersion::ALL.into_iter().find(|version| version.to_string() == text);
    known.ok_or_else(|| "1.0, 1.1 and 1.2 are known".to_owned())
}

/// Shows reports in every place and form that was asked for.
pub(super) fn present(
    destination: &Destination<ReportForm>,
    showing: &Showing,
    settings: &Settings,
    reports: Vec<Report>,
    face: Face,
    picture: Option<Target>,
) -> Result<()> {
    let (mut drawn, output) = pictures::split(&destination.output);
    // Pictures alone leave standard output empty, as other files do.
    let silent = !destination.output.is_empty() && output.is_empty();
    drawn.extend(picture);
    let destination = Destination { format: destination.format, output };
    let forms: Vec<ReportForm> = match silent {
        true => Vec::new(),
        false => targets(&destination)?.into_iter().map(|(form, _)| form).collect(),
    };
    showing.fits(&forms)?;
    let reports = showing.arranged(reports)?;
    let view = showing.view(&forms, settings.quiet)?;
    let columns = showing.csv_columns(&forms, face)?;
    if face == Face::Checks && (!drawn.is_empty() || forms.contains(&ReportForm::Chart)) {
        bail!("budgets and expectations have no chart; `simulate` draws what each strategy costs");
    }
    let files = if drawn.is_empty() { Vec::new() } else { pictures::draw(&drawn, &charts(&reports, &view, face))? };
    if silent {
        return write(files);
    }
    put_beside(files, &destination, settings, |form, look| {
        Ok(match form {
            ReportForm::Table => table(&reports, &view, look, face),
            ReportForm::Chart => {
                let all = charts(&reports, &view, face);
                joined(&all, |picture| render::chart::terminal(&picture.spec, look), "\n")
            }
            ReportForm::Json => render::json(&reports)?,
            ReportForm::Csv => match face {
                Face::Whole => render::csv(&reports, &columns)?,
                Face::Checks => render::csv_of_checks(&reports)?,
                Face::BreakEven => render::csv_of_break_evens(&reports)?,
            },
            ReportForm::Markdown => render::markdown(&reports, &view, face, showing.limit),
            ReportForm::Html => render::html(&reports, &view, face),
            ReportForm::Github => {
                let tag = showing.comment_tag.as_deref().unwrap_or_default();
                render::github(&reports, &view, face, tag, showing.limit.unwrap_or(render::GITHUB_COMMENT))
            }
            ReportForm::Junit => render::junit(&reports)?,
            ReportForm::GitlabMetrics => render::gitlab_metrics(&reports, view.period),
            ReportForm::Focus => render::focus(&reports, showing.focus_version.unwrap_or(FocusVersion::V1_2))?,
        })
    })
}

/// What people see at a terminal.
fn table(reports: &[Report], view: &View, look: Look, face: Face) -> String {
    match face {
        Face::Whole => joined(reports, |report| render::table(report, view, look), "\n"),
        Face::Checks => joined(reports, |report| render::checks(report, look), ""),
        Face::BreakEven => joined(reports, |report| break_evens(report, view, look), "\n"),
    }
}

/// The comparisons, and a drawing of each.
fn break_evens(report: &Report, view: &View, look: Look) -> String {
    let mut out = render::break_evens(report, look);
    for group in render::charts(report, view, Face::BreakEven).iter().filter(|_| !look.quiet) {
        if let Some((_, spec)) = group.first() {
            out.push('\n');
            out.push_str(&render::chart::terminal(spec, look));
        }
    }
    out
}

/// The charts of all reports: the first group belongs to the file that was named, the next to `FILE-2`.
fn charts(reports: &[Report], view: &View, face: Face) -> Vec<Picture> {
    pictures::numbered(reports.iter().flat_map(|report| render::charts(report, view, face)).collect())
}

fn joined<T>(all: &[T], show: impl Fn(&T) -> String, between: &str) -> String {
    all.iter().map(show).collect::<Vec<_>>().join(between)
}

impl Showing {
    /// Whether every option means something for one of the forms: nothing that was asked for is ignored.
    fn fits(&self, forms: &[ReportForm]) -> Result<()> {
        let any = |wanted: &[ReportForm]| forms.iter().any(|form| wanted.contains(form));
        use ReportForm::{Chart, Csv, Focus, Github, GitlabMetrics, Html, Markdown, Table};
        if !self.fields.is_empty() && !any(&[Table, Csv, Markdown, Html, Github]) {
            bail!("`--fields` is for table, csv, markdown, html and github");
        }
        if self.period.is_some() && !any(&[Table, Chart, Csv, Markdown, Html, Github, GitlabMetrics]) {
            bail!("`--period` is for table, csv, markdown, html, github and gitlab-metrics");
        }
        if self.limit.is_some() && !any(&[Markdown, Github]) {
            bail!("`--limit` is for markdown and github");
        }
        if self.comment_tag.is_some() && !any(&[Github]) {
            bail!("`--comment-tag` is for github");
        }
        if self.focus_version.is_some() && !any(&[Focus]) {
            bail!("`--focus-version` is for focus");
        }
        Ok(())
    }

    /// The strategies that were asked for, in the order that was asked for.
    fn arranged(&self, mut reports: Vec<Report>) -> Result<Vec<Report>> {
        for name in &self.strategy {
            let all = || reports.iter().flat_map(|report| &report.strategies).map(|strategy| strategy.name.as_str());
            if !all().any(|known| known == name) {
                let near = suggest::did_you_mean(name, all());
                bail!(
                    "there is no strategy `{name}`; {}",
                    near.unwrap_or_else(|| "see the report for their names".to_owned())
                );
            }
        }
        let order = self.order()?;
        if !self.strategy.is_empty() {
            reports = reports.into_iter().map(|report| report.with_strategies(&self.strategy)).collect();
        }
        Ok(reports.into_iter().map(|report| report.arranged(order, self.top)).collect())
    }

    fn order(&self) -> Result<Option<Order>> {
        let Some(text) = &self.sort else {
            return Ok(self.top.map(|_| Order::best_first(Field::PerMonth)));
        };
        let (name, direction) = text.split_once(':').map_or((text.as_str(), None), |(name, way)| (name, Some(way)));
        let order = Order::best_first(field(name)?);
        Ok(Some(match direction {
            None => order,
            Some("asc") => Order { descending: false, ..order },
            Some("desc") => Order { descending: true, ..order },
            Some(other) => bail!("`--sort {name}:{other}` has no direction; write {name}:asc or {name}:desc"),
        }))
    }

    fn view(&self, forms: &[ReportForm], quiet: bool) -> Result<View> {
        // The columns of csv are others; they are looked up where csv is written.
        let only_csv = forms.iter().all(|form| *form == ReportForm::Csv);
        let names = if only_csv { &[] } else { self.fields.as_slice() };
        let fields = names.iter().map(|name| field(name)).collect::<Result<Vec<_>>>()?;
        Ok(View { period: self.period.map(Period::from).unwrap_or_default(), fields, quiet })
    }

    fn csv_columns(&self, forms: &[ReportForm], face: Face) -> Result<render::CsvColumns> {
        let names = if forms.contains(&ReportForm::Csv) { self.fields.as_slice() } else { &[] };
        if face != Face::Whole && !names.is_empty() {
            bail!("`--fields` chooses among the columns of `simulate`; here csv has its own");
        }
        render::CsvColumns::named(names, self.period.map(Period::from)).map_err(anyhow::Error::msg)
    }
}

fn field(name: &str) -> Result<Field> {
    if let Some(field) = Field::named(name) {
        return Ok(field);
    }
    let known = || Field::ALL.into_iter().map(Field::name);
    let near = suggest::did_you_mean(name, known());
    bail!(
        "there is no field `{name}`; {}",
        near.unwrap_or_else(|| format!("there are {}", suggest::listed(known(), "and")))
    )
}
