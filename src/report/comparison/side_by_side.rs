//! Several comparisons with one reference, strategy by strategy.

use super::Comparison;
use crate::units::Exact;

/// Results side by side.
#[derive(Clone, Debug)]
pub struct SideBySide {
    /// The scenario's name.
    pub name: String,
    /// What the others are compared with.
    pub reference: String,
    /// The currency of all amounts.
    pub currency: String,
    /// One after the other, those of a strategy together, its reference first.
    pub rows: Vec<Contender>,
    /// What has to be known to read it.
    pub notes: Vec<String>,
}

/// A strategy of one result.
#[derive(Clone, Debug)]
pub struct Contender {
    /// The strategy.
    pub strategy: String,
    /// The result.
    pub label: String,
    /// Whether the others are compared with it.
    pub is_reference: bool,
    /// What it costs.
    pub per_month: Option<Exact>,
    /// The difference to the reference.
    pub change_per_month: Option<Exact>,
    /// The same in percent of the reference.
    pub change_percent: Option<Exact>,
    /// How many times what the reference costs.
    pub ratio: Option<Exact>,
    /// The cost on a scale on which the highest is 1.
    pub relative_cost: Exact,
}

impl SideBySide {
    /// What `comparisons`, all with the same base, show together.
    pub fn of(comparisons: &[&Comparison]) -> Option<Self> {
        let first = comparisons.first()?;
        let mut names: Vec<&String> = Vec::new();
        for strategy in comparisons.iter().flat_map(|one| &one.strategies) {
            if !names.contains(&&strategy.name) {
                names.push(&strategy.name);
            }
        }
        let mut rows = Vec::new();
        for name in names {
            let of = |one: &&&Comparison| one.strategies.iter().find(|strategy| strategy.name == *name).cloned();
            let base = comparisons.iter().find_map(|one| of(&one)?.base_per_month);
            rows.push(Contender {
                strategy: name.clone(),
                label: first.base.label.clone(),
                is_reference: true,
                ratio: base.as_ref().map(|_| Exact::ONE),
                per_month: base,
                change_per_month: None,
                change_percent: None,
                relative_cost: Exact::ZERO,
            });
            rows.extend(comparisons.iter().map(|one| {
                let change = of(&one);
                let change = change.as_ref();
                Contender {
                    strategy: name.clone(),
                    label: one.head.label.clone(),
                    is_reference: false,
                    per_month: change.and_then(|one| one.head_per_month.clone()),
                    change_per_month: change.and_then(|one| one.change_per_month.clone()),
                    change_percent: change.and_then(|one| one.change_percent.clone()),
                    ratio: change.and_then(|one| one.ratio.clone()),
                    relative_cost: Exact::ZERO,
                }
            }));
        }
        rows.retain(|row| row.per_month.is_some());
        let dearest = rows.iter().filter_map(|row| row.per_month.as_ref()).max().cloned().unwrap_or(Exact::ONE);
        for row in &mut rows {
            let share = row.per_month.as_ref().and_then(|cost| cost.checked_div(&dearest));
            row.relative_cost = share.unwrap_or(Exact::ZERO);
        }
        let mut notes: Vec<String> = Vec::new();
        for note in comparisons.iter().flat_map(|one| &one.notes) {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        Some(Self {
            name: first.base.name.clone(),
            reference: first.base.label.clone(),
            currency: first.head.currency.clone(),
            rows,
            notes,
        })
    }
}
