//! Which column of a file is what: a preset, with what the user states laid over it.

use super::columns::{Uses, Wanted};
use super::preset::{self, PRESETS, Preset};
use super::read::number;
use super::read::time;
use super::request::{NOTHING, Request};
use crate::diag::suggest;
use crate::plan::log::{Counter, Includes, Role, TimeForm as Form};

/// The columns of a file and how their cells are to be taken.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The columns with a role, by name; those of a CSV file all, in their order.
    pub fields: Vec<Field>,
    /// What holds for the whole file.
    pub rules: Rules,
    /// The preset that was used.
    pub preset: Option<&'static Preset>,
    /// What was decided for the user.
    pub assumptions: Vec<String>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, or its path in a record.
    pub name: String,
    /// What it is; nothing where it is passed over.
    pub roles: Vec<Role>,
}

/// How cells make a request.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What the input column includes.
    pub includes: Includes,
    /// Whether the output column includes reasoning.
    pub reasoning_in_output: bool,
    /// Whether written tokens include those written for an hour.
    pub written_includes_1h: bool,
    /// How times are written; `None` without times.
    pub time: Option<Form>,
    /// Tokens of a block.
    pub block: Option<u64>,
    /// Values of the kind column in records that are requests.
    pub kinds: &'static [&'static str],
    /// Whether one request stands in several records.
    pub repeats: bool,
    /// What tells requests apart; `None` where nothing depends on it.
    pub identity: Option<Identity>,
    /// What every request has before its cells are read.
    pub template: Request,
    /// Names that the template stands for, to be turned into handles: model, mode, task.
    pub constants: Vec<(Role, String)>,
    /// Whether parts of the prompt are counted.
    pub has_parts: bool,
    /// Whether the counts stand for themselves: nothing is to be added, subtracted or derived.
    pub is_plain: bool,
}

/// What choices by share depend on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// A column of its own.
    Id,
    /// The session: all its requests go the same way.
    Session,
    /// What is counted of the request, and its time.
    Content,
}

/// Why columns cannot be told apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unclear {
    /// What is wrong.
    pub message: String,
    /// The column it is about.
    pub column: Option<String>,
    /// What to do.
    pub help: Vec<String>,
}

impl Unclear {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), column: None, help: vec![help.into()] }
    }

    fn at(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

/// A word in a column's name that says that it counts cached tokens.
const CACHE_WORD: &str = "cach";

impl Layout {
    /// What the columns called `names` are: the first `columns` of them are those of a table, the others paths in records.
    /// `first` is the first value of a column, where there is one.
    ///
    /// # Errors
    /// What is missing or ambiguous.
    pub fn of(
        names: &[String],
        columns: usize,
        wanted: &Wanted,
        first: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Unclear> {
        let has = |name: &str| names.iter().any(|known| known == name);
        let preset = match &wanted.log.preset {
            Some(name) => Some(stated_preset(name)?),
            None => PRESETS.iter().find(|preset| preset.fits(has)),
        };
        let mut chosen: Vec<(Role, String)> = wanted.log.columns.clone();
        for (role, candidates) in preset.into_iter().flat_map(|preset| preset.columns) {
            let stated = chosen.iter().any(|(known, _)| known == role)
                || wanted.log.constants.iter().any(|(known, _)| known == role);
            let found = candidates.iter().find(|name| has(name));
            if let Some(name) = found.filter(|_| !stated) {
                chosen.push((*role, (*name).to_owned()));
            }
        }
        for (index, name) in wanted.by.iter().chain(&wanted.routes).enumerate() {
            let name = match Role::named(name) {
                // `--by model` means the column of models, whatever its name.
                Some(role) if !has(name) => chosen
                    .iter()
                    .find(|(known, _)| *known == role)
                    .map_or_else(|| name.clone(), |(_, column)| column.clone()),
                _ => name.clone(),
            };
            // Hours and days are told by the time, unless there is a column of that name.
            if has(&name) || !matches!(name.as_str(), "hour" | "day") {
                chosen.push((Role::By(index), name));
            }
        }
        chosen.extend(
            wanted.log.outcomes.iter().enumerate().map(|(index, (_, column))| (Role::Outcome(index), column.clone())),
        );
        if let Some((column, _)) = preset.and_then(|preset| preset.kind).filter(|(column, _)| has(column)) {
            chosen.push((Role::Kind, column.to_owned()));
        }
        for (_, column) in &chosen {
            // A path may be rare, so that no record looked at has it.
            let is_below =
                |name: &String, top: &str| name == top || name.strip_prefix(top).is_some_and(|r| r.starts_with('.'));
            let rare = || column.split_once('.').is_some_and(|(top, _)| names.iter().any(|name| is_below(name, top)));
            if !has(column) && !rare() {
                return Err(unknown_column(column, names));
            }
        }
        needed(&chosen, wanted, names)?;
        let mut assumptions = Vec::new();
        let rules = rules(preset, &chosen, wanted, names, &first, &mut assumptions)?;
        let table = names.iter().take(columns);
        let mut fields: Vec<Field> = table.map(|name| Field { name: name.clone(), roles: Vec::new() }).collect();
        for (role, column) in chosen {
            match fields.iter_mut().find(|field| field.name == column) {
                Some(field) => field.roles.push(role),
                None => fields.push(Field { name: column, roles: vec![role] }),
            }
        }
        Ok(Self { fields, rules, preset, assumptions })
    }

    /// Every role that a column or constant has.
    pub fn roles(&self) -> Vec<Role> {
        let of_columns = self.fields.iter().flat_map(|field| field.roles.iter().copied());
        of_columns.chain(self.rules.constants.iter().map(|(role, _)| *role)).collect()
    }

    /// Passes over the columns that a run does not look at.
    ///
    /// # Errors
    /// A model that is needed and not there.
    pub fn narrow(&mut self, uses: Uses) -> Result<(), Unclear> {
        if uses.model && !self.has(Role::Model) {
            let names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
            let mut unclear = Unclear::new(
                "no column for the model is known",
                format!("say which it is: `--columns model=COLUMN`; columns are {}", listed(&names)),
            );
            unclear.help.push("a log without models can be replayed with the models of a scenario".to_owned());
            return Err(unclear);
        }
        let identity = uses.identity || self.rules.repeats;
        for field in &mut self.fields {
            field.roles.retain(|role| uses.wants(*role, identity));
        }
        if !identity {
            self.rules.identity = None;
        }
        let rules = &mut self.rules;
        rules.has_parts &= uses.parts;
        let reasons = self.fields.iter().any(|field| field.roles.contains(&Role::Count(Counter::Reasoning)));
        let derives = rules.written_includes_1h || rules.reasoning_in_output && reasons || rules.identity.is_some();
        let checks = rules.has_parts || rules.block.is_some();
        rules.is_plain = rules.includes == Includes::ALL && !derives && !checks;
        Ok(())
    }

    /// Whether a column or a constant has this role.
    pub fn has(&self, role: Role) -> bool {
        self.fields.iter().any(|field| field.roles.contains(&role))
            || self.rules.constants.iter().any(|(known, _)| *known == role)
    }
}

fn stated_preset(name: &str) -> Result<&'static Preset, Unclear> {
    preset::named(name).ok_or_else(|| {
        let names = || PRESETS.iter().map(|preset| preset.name);
        let near = suggest::did_you_mean(name, names());
        Unclear::new(
            format!("there is no preset `{name}`"),
            near.unwrap_or_else(|| format!("there are {}", suggest::listed(names(), "and"))),
        )
    })
}

fn unknown_column(column: &str, names: &[String]) -> Unclear {
    let near = suggest::did_you_mean(column, names.iter().map(String::as_str));
    let all = || format!("columns are {}", listed(names));
    Unclear::new(format!("there is no column `{column}`"), near.unwrap_or_else(all))
}

/// The names, the first few of many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 16;
    let all =
        suggest::listed(names.iter().take(SHOWN).map(String::as_str), if names.len() > SHOWN { "," } else { "and" });
    if names.len() > SHOWN { format!("{all} and {} more", names.len() - SHOWN) } else { all }
}

/// Roles without which nothing can be priced.
fn needed(chosen: &[(Role, String)], wanted: &Wanted, names: &[String]) -> Result<(), Unclear> {
    let has = |role: Role| {
        chosen.iter().any(|(known, _)| *known == role) || wanted.log.constants.iter().any(|(known, _)| *known == role)
    };
    let mut missing = vec![Role::Count(Counter::Input), Role::Count(Counter::Output)];
    missing.retain(|role| !has(*role));
    let Some(first) = missing.first() else { return Ok(()) };
    let words = suggest::listed(missing.iter().map(|role| role.name()), "and");
    let mut unclear = Unclear::new(
        format!("no column for {words} is known"),
        format!("say which it is: `--columns {}=COLUMN`; columns are {}", first.name(), listed(names)),
    );
    unclear.help.push(format!("what is the same for every request may be stated: `--constant {}=0`", first.name()));
    Err(unclear)
}

fn rules(
    preset: Option<&'static Preset>,
    chosen: &[(Role, String)],
    wanted: &Wanted,
    names: &[String],
    first: &impl Fn(&str) -> Option<String>,
    assumptions: &mut Vec<String>,
) -> Result<Rules, Unclear> {
    let column = |role: Role| chosen.iter().find(|(known, _)| *known == role).map(|(_, column)| column);
    let of = |counter: Counter| column(Role::Count(counter));
    let stated = |counter: Counter| wanted.log.columns.iter().any(|(role, _)| *role == Role::Count(counter));
    let knows_cache = [Counter::Cached, Counter::Written, Counter::Written1h].into_iter().any(|c| of(c).is_some());
    let by_preset = preset.filter(|_| !stated(Counter::Input));
    let includes = match (wanted.log.input_includes, by_preset) {
        (Some(includes), _) => includes,
        (None, Some(preset)) if preset.name != "plain" || !knows_cache => preset.includes,
        (None, _) if !knows_cache => Includes::ALL,
        (None, _) => {
            return Err(Unclear::new(
                "does the input count include cached tokens?",
                "say it: `--input-includes cached,cache_write` (OpenAI, Gemini, LiteLLM) or `--input-includes nothing` (Anthropic)",
            )
            .at(of(Counter::Input).map_or("", String::as_str)));
        }
    };
    if !knows_cache && wanted.log.input_includes.is_none() && preset.is_none_or(|preset| preset.name == "plain") {
        let mapped = |name: &String| chosen.iter().any(|(_, column)| column == name);
        if let Some(name) = names.iter().find(|name| name.to_lowercase().contains(CACHE_WORD) && !mapped(name)) {
            return Err(Unclear::new(
                format!("is `{name}` a count of cached tokens?"),
                format!("map it with what input includes: `--columns cached={name} --input-includes cached`"),
            )
            .at(name));
        }
    }
    let reasoning_in_output = match (wanted.log.output_includes_reasoning, of(Counter::Reasoning), preset) {
        (Some(includes), ..) => includes,
        (None, Some(column), _) if stated(Counter::Reasoning) => {
            return Err(Unclear::new(
                "does the output count include reasoning tokens?",
                "say it: `--output-includes reasoning` or `--output-includes nothing`",
            )
            .at(column));
        }
        (None, _, Some(preset)) => preset.reasoning_in_output,
        (None, _, None) => true,
    };
    let time = match column(Role::Time) {
        None => None,
        Some(column) => Some(form_of_time(column, preset, wanted, first, assumptions)?),
    };
    let mut template = Request::EMPTY;
    template.set(Counter::Requests, 1);
    template.time = 0;
    let mut constants = Vec::new();
    for (role, value) in &wanted.log.constants {
        match role {
            Role::Count(counter) => match number::count(value.as_bytes()) {
                Ok(count) => template.set(*counter, count),
                Err(why) => {
                    return Err(Unclear::new(
                        format!("`{}={value}`: {why}", role.name()),
                        "a constant is a whole number",
                    ));
                }
            },
            Role::Model | Role::Mode | Role::Task => constants.push((*role, value.clone())),
            other => {
                return Err(Unclear::new(
                    format!("`{}` cannot be the same for every request", other.name()),
                    "counts, `model`, `mode` and `task` can",
                ));
            }
        }
    }
    let repeats = preset.is_some_and(|preset| preset.repeats);
    let parts = [Counter::System, Counter::Tools, Counter::Examples, Counter::Context, Counter::History];
    Ok(Rules {
        includes,
        reasoning_in_output,
        written_includes_1h: preset.is_some_and(|preset| preset.written_includes_1h) && !stated(Counter::Written),
        time,
        block: wanted.log.block,
        kinds: preset.and_then(|preset| preset.kind).map_or(&[], |(_, kinds)| kinds),
        repeats,
        identity: Some(if column(Role::Id).is_some() {
            Identity::Id
        } else if column(Role::Session).is_some() {
            Identity::Session
        } else {
            Identity::Content
        }),
        has_parts: parts.into_iter().any(|part| of(part).is_some() || template.count(part) > 0),
        template: Request { model: NOTHING, ..template },
        constants,
        is_plain: false,
    })
}

/// How the time column writes times: as stated, as the preset knows, or as its first value shows.
fn form_of_time(
    column: &str,
    preset: Option<&'static Preset>,
    wanted: &Wanted,
    first: &impl Fn(&str) -> Option<String>,
    assumptions: &mut Vec<String>,
) -> Result<Form, Unclear> {
    if let Some(form) = wanted.log.time.or_else(|| preset.and_then(|preset| preset.time)) {
        return Ok(form);
    }
    // An empty log has no first value, and no row whose time could be misread.
    let Some(value) = first(column).filter(|value| !value.is_empty()) else { return Ok(Form::Text) };
    match time::form_of(value.trim().as_bytes()) {
        Some(form) => {
            if let Form::Epoch(unit) = form {
                assumptions.push(format!("`{column}` counts {} since 1970, as its first value shows", unit.name()));
            } else if !value.contains(['Z', '+', 'z']) && value.len() > 10 {
                assumptions.push(format!("`{column}` states no zone; it is taken for UTC"));
            }
            Ok(form)
        }
        None => Err(Unclear::new(
            format!("`{value}` is no time by itself"),
            "say what it counts: `--time 'relative s'` or `--time 'relative ms'` since the log began; `iso`, `s`, `ms`, `us`, `ns` since 1970",
        )
        .at(column)),
    }
}

/// The block size at which every prompt has its number of blocks; `None` unless exactly one power of two does.
pub fn block_size(prompts: &[(u64, u64)]) -> Option<u64> {
    let fits = |block: &u64| prompts.iter().all(|(input, blocks)| blocks_of(*input, *block) == *blocks);
    let mut sizes = (0..16).map(|power| 1u64 << power).filter(fits);
    let size = sizes.next()?;
    sizes.next().is_none().then_some(size)
}

/// Blocks that a prompt takes.
pub fn blocks_of(input: u64, block: u64) -> u64 {
    input.div_ceil(block.max(1))
}
