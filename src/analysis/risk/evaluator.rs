//! Many draws through all cases: compiled where the graph holds, by the exact engine where it does not.
//!
//! A tape holds for a draw where all its comparisons come out as they did when it was compiled. Other draws are computed
//! exactly, and the graph that the engine leaves for them is compiled too, so that a scenario with tiers and caps has a tape
//! for each way through them. Which tape a draw takes is a property of the draw: values do not depend on threads or order.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use std::ops::Range;

use super::cases::{Case, Exactly, Measure, plan_at};
use super::sampler::Sampler;
use super::sobol::BLOCK;
use super::tape::{Block, Tape};
use crate::diag::Diagnostic;
use crate::parallel::in_parallel;
use crate::plan::Plan;

/// Tapes of one case; ways beyond them are computed exactly.
const MOST_TAPES: usize = 64;
/// A scenario is refused when more than one draw in so many is impossible.
const IMPOSSIBLE_ONE_IN: usize = 100;
/// Draws that are computed exactly before the number of impossible ones is looked at.
const CHUNK: usize = 1024;
/// How far the compiled and the exact value may be apart, relative to the exact one.
const AGREE: f64 = 1e-9;

/// All cases of a plan, ready for draws.
pub struct Evaluator<'a> {
    plan: &'a Plan,
    cases: Vec<Compiled>,
    /// What was found out on the way.
    pub tally: Tally,
}

/// What was computed how.
#[derive(Clone, Default, Debug)]
pub struct Tally {
    /// Draws times cases that the exact engine computed.
    pub exact: usize,
    /// Draws that are no scenario.
    pub impossible: usize,
    /// The largest relative difference between compiled and exact values.
    pub largest_difference: f64,
    /// Values that were compared.
    pub compared: usize,
}

/// A case and its tapes.
struct Compiled {
    case: Case,
    measures: Vec<Measure>,
    /// None where the case cannot be compiled.
    tapes: Vec<Tape>,
    is_exact: bool,
}

/// Room to make draws in.
pub struct Scratch {
    /// Three sets of normal scores.
    pub a: Vec<Block>,
    /// The second.
    pub b: Vec<Block>,
    /// The third.
    pub c: Vec<Block>,
    /// The values of the draws.
    pub values: Vec<Block>,
}

impl Scratch {
    fn new(inputs: usize) -> Self {
        let blocks = || vec![[0.0; BLOCK]; inputs];
        Self { a: blocks(), b: blocks(), c: blocks(), values: blocks() }
    }
}

/// By case, by output (cost per day, then the measures), by draw; not a number where a draw is impossible.
pub type Values = Vec<Vec<Vec<f64>>>;

/// What one thread found: its values, and by case the draws that no tape holds for.
struct Part {
    values: Values,
    pending: Vec<Vec<usize>>,
}

type Computed = Result<Vec<f64>, Vec<Diagnostic>>;

impl<'a> Evaluator<'a> {
    /// Compiles the cases as they are at the medians.
    ///
    /// # Errors
    /// What the engine refuses there.
    pub fn new(plan: &'a Plan, cases: Vec<(Case, Vec<Measure>)>) -> Result<Self, Vec<Diagnostic>> {
        let mut compiled = Vec::with_capacity(cases.len());
        for (case, measures) in cases {
            let tapes: Vec<Tape> = Exactly::of(plan, case, &measures)?.compiled(plan).into_iter().collect();
            compiled.push(Compiled { case, measures, is_exact: tapes.is_empty(), tapes });
        }
        Ok(Self { plan, cases: compiled, tally: Tally::default() })
    }

    /// Whether a case has to be computed exactly, draw by draw.
    pub fn is_slow(&self) -> bool {
        self.cases.iter().any(|case| case.is_exact)
    }

    /// The strategies that are computed exactly.
    pub fn exact_strategies(&self) -> impl Iterator<Item = usize> {
        self.cases.iter().filter(|case| case.is_exact).map(|case| case.case.strategy)
    }

    /// Computes one draw with the exact engine, all cases of it; where the compiled graph says something else, the case is
    /// computed exactly from here on.
    pub fn verified(&mut self, draw: &[f64]) -> Result<Vec<Vec<f64>>, Vec<Diagnostic>> {
        let plan = plan_at(self.plan, draw)?;
        let blocks: Vec<Block> = draw.iter().map(|value| [*value; BLOCK]).collect();
        let mut all = Vec::with_capacity(self.cases.len());
        for case in &mut self.cases {
            let exact: Vec<f64> = Exactly::of(&plan, case.case, &case.measures)?.values().map(|v| v.to_f64()).collect();
            let mut holds = [false; BLOCK];
            let mut outputs = vec![[0.0; BLOCK]; exact.len()];
            for tape in &case.tapes {
                tape.run(&blocks, &mut tape.workspace(), &mut holds, &mut outputs);
                if !holds.first().copied().unwrap_or(false) {
                    continue;
                }
                for (exact, compiled) in exact.iter().zip(&outputs) {
                    let compiled = compiled.first().copied().unwrap_or(f64::NAN);
                    let difference = (compiled - exact).abs() / exact.abs().max(f64::MIN_POSITIVE);
                    let difference = if compiled == *exact { 0.0 } else { difference };
                    if difference > AGREE {
                        case.is_exact = true;
                    } else {
                        self.tally.largest_difference = self.tally.largest_difference.max(difference);
                        self.tally.compared = self.tally.compared.saturating_add(1);
                    }
                }
            }
            if case.is_exact {
                case.tapes.clear();
            }
            all.push(exact);
        }
        Ok(all)
    }

    /// Computes `blocks` blocks of draws, which `fill` makes.
    ///
    /// # Errors
    /// The problems of the first impossible draw, where too many are impossible.
    pub fn run(
        &mut self,
        sampler: &Sampler,
        blocks: usize,
        fill: &(dyn Fn(usize, &mut Scratch) + Sync),
    ) -> Result<Values, Vec<Diagnostic>> {
        let cases = &self.cases;
        let parts = in_parallel(blocks, |range| compiled(cases, sampler, range, fill));
        let mut parts = parts.into_iter();
        let first = parts.next();
        let (mut values, mut pending) = first.map(|part| (part.values, part.pending)).unwrap_or_default();
        for part in parts {
            for (all, of_part) in values.iter_mut().zip(&part.values) {
                all.iter_mut().zip(of_part).for_each(|(all, of_part)| all.extend_from_slice(of_part));
            }
            pending.iter_mut().zip(part.pending).for_each(|(all, of_part)| all.extend(of_part));
        }
        let most = blocks.saturating_mul(BLOCK).checked_div(IMPOSSIBLE_ONE_IN).unwrap_or(0);
        let mut worst = 0;
        for ((case, pending), values) in self.cases.iter_mut().zip(pending).zip(&mut values) {
            if !pending.is_empty() {
                let draws = gathered(&pending, sampler, fill);
                let left = case.settle(self.plan, pending, draws, most, values, &mut self.tally)?;
                worst = worst.max(left);
            }
        }
        self.tally.impossible = self.tally.impossible.saturating_add(worst);
        Ok(values)
    }
}

impl Compiled {
    fn outputs(&self) -> usize {
        self.measures.len().saturating_add(1)
    }

    fn exactly(&self, plan: &Plan, draw: &[f64]) -> Result<(Vec<f64>, Option<Tape>), Vec<Diagnostic>> {
        let plan = plan_at(plan, draw)?;
        let exactly = Exactly::of(&plan, self.case, &self.measures)?;
        let tape = if self.is_exact { None } else { exactly.compiled(&plan) };
        Ok((exactly.values().map(|value| value.to_f64()).collect(), tape))
    }

    /// Computes draws that no tape holds for; returns how many of them are impossible.
    fn settle(
        &mut self,
        plan: &Plan,
        mut pending: Vec<usize>,
        mut draws: Vec<Vec<f64>>,
        most: usize,
        values: &mut [Vec<f64>],
        tally: &mut Tally,
    ) -> Result<usize, Vec<Diagnostic>> {
        let mut impossible: usize = 0;
        let mut put = |at: usize, computed: Computed, tally: &mut Tally| -> Result<(), Vec<Diagnostic>> {
            tally.exact = tally.exact.saturating_add(1);
            match computed {
                Ok(found) => {
                    for (values, found) in values.iter_mut().zip(found) {
                        if let Some(slot) = values.get_mut(at) {
                            *slot = found;
                        }
                    }
                }
                Err(problems) => {
                    impossible = impossible.saturating_add(1);
                    if impossible > most {
                        return Err(problems);
                    }
                }
            }
            Ok(())
        };
        while !self.is_exact && self.tapes.len() < MOST_TAPES && !pending.is_empty() {
            // The first one by the engine, and all others that go the same way by what it leaves.
            let (at, draw) = (pending.remove(0), draws.remove(0));
            let (computed, tape) = match self.exactly(plan, &draw) {
                Ok((found, tape)) => (Ok(found), tape),
                Err(problems) => (Err(problems), None),
            };
            let failed = computed.is_err();
            put(at, computed, tally)?;
            let Some(tape) = tape else {
                if failed {
                    continue;
                }
                break;
            };
            let settled = over(&tape, &draws, self.outputs());
            let mut rest = (Vec::new(), Vec::new());
            for ((at, draw), found) in pending.into_iter().zip(draws).zip(settled) {
                match found {
                    Some(found) => put(at, Ok(found), &mut Tally::default())?,
                    None => {
                        rest.0.push(at);
                        rest.1.push(draw);
                    }
                }
            }
            (pending, draws) = rest;
            self.tapes.push(tape);
        }
        for (pending, draws) in pending.chunks(CHUNK).zip(draws.chunks(CHUNK)) {
            let this = &*self;
            let all = in_parallel(draws.len(), |range| {
                let of_range = draws.get(range).unwrap_or_default();
                of_range.iter().map(|draw| this.exactly(plan, draw).map(|(found, _)| found)).collect::<Vec<_>>()
            });
            for (at, computed) in pending.iter().zip(all.into_iter().flatten()) {
                put(*at, computed, tally)?;
            }
        }
        Ok(impossible)
    }
}

/// The values of draws for which a tape holds.
fn over(tape: &Tape, draws: &[Vec<f64>], outputs: usize) -> Vec<Option<Vec<f64>>> {
    let mut workspace = tape.workspace();
    let mut found = Vec::with_capacity(draws.len());
    for chunk in draws.chunks(BLOCK) {
        let inputs = chunk.first().map_or(0, Vec::len);
        let mut blocks = vec![[0.0; BLOCK]; inputs];
        for (input, block) in blocks.iter_mut().enumerate() {
            for (slot, draw) in block.iter_mut().zip(chunk) {
                *slot = draw.get(input).copied().unwrap_or(f64::NAN);
            }
        }
        let mut holds = [false; BLOCK];
        let mut results = vec![[0.0; BLOCK]; outputs];
        tape.run(&blocks, &mut workspace, &mut holds, &mut results);
        for (index, holds) in holds.iter().enumerate().take(chunk.len()) {
            let values = || results.iter().filter_map(|block| block.get(index).copied()).collect();
            found.push(holds.then(values));
        }
    }
    found
}

/// The draws with these numbers.
fn gathered(wanted: &[usize], sampler: &Sampler, fill: &(dyn Fn(usize, &mut Scratch) + Sync)) -> Vec<Vec<f64>> {
    let mut scratch = Scratch::new(sampler.len());
    let mut filled = None;
    let mut found = Vec::with_capacity(wanted.len());
    for draw in wanted {
        let (block, at) = (draw.checked_div(BLOCK).unwrap_or(0), draw % BLOCK);
        if filled != Some(block) {
            fill(block, &mut scratch);
            filled = Some(block);
        }
        found.push(scratch.values.iter().filter_map(|values| values.get(at).copied()).collect());
    }
    found
}

/// A range of blocks through the tapes.
fn compiled(
    cases: &[Compiled],
    sampler: &Sampler,
    range: Range<usize>,
    fill: &(dyn Fn(usize, &mut Scratch) + Sync),
) -> Part {
    let mut scratch = Scratch::new(sampler.len());
    let room = range.len().saturating_mul(BLOCK);
    let mut values: Values =
        cases.iter().map(|case| (0..case.outputs()).map(|_| Vec::with_capacity(room)).collect()).collect();
    let mut pending = vec![Vec::new(); cases.len()];
    let mut workspaces: Vec<Vec<Vec<Block>>> =
        cases.iter().map(|case| case.tapes.iter().map(Tape::workspace).collect()).collect();
    for block in range {
        fill(block, &mut scratch);
        let mut impossible = [false; BLOCK];
        sampler.impossible(&scratch.values, &mut impossible);
        for (((case, values), pending), workspaces) in
            cases.iter().zip(&mut values).zip(&mut pending).zip(&mut workspaces)
        {
            let mut settled = [false; BLOCK];
            let mut all = vec![[f64::NAN; BLOCK]; case.outputs()];
            let mut outputs = all.clone();
            for (tape, workspace) in case.tapes.iter().zip(workspaces) {
                let mut holds = [false; BLOCK];
                tape.run(&scratch.values, workspace, &mut holds, &mut outputs);
                if holds.iter().all(|holds| *holds) && !settled.contains(&true) {
                    all.copy_from_slice(&outputs);
                    settled = holds;
                    break;
                }
                for (all, outputs) in all.iter_mut().zip(&outputs) {
                    for ((slot, found), holds) in all.iter_mut().zip(outputs).zip(&holds) {
                        *slot = if *holds { *found } else { *slot };
                    }
                }
                settled.iter_mut().zip(&holds).for_each(|(settled, holds)| *settled |= holds);
                if settled.iter().all(|settled| *settled) {
                    break;
                }
            }
            for (at, (settled, impossible)) in settled.iter().zip(&impossible).enumerate() {
                if !settled || *impossible {
                    pending.push(block.saturating_mul(BLOCK).saturating_add(at));
                    for all in &mut all {
                        if let Some(slot) = all.get_mut(at) {
                            *slot = f64::NAN;
                        }
                    }
                }
            }
            values.iter_mut().zip(&all).for_each(|(values, all)| values.extend_from_slice(all));
        }
    }
    Part { values, pending }
}
