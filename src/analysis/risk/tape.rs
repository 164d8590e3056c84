//! Figures compiled: the graph behind some figures as a list of operations on blocks of floats.
//!
//! Only what depends on uncertain quantities is an operation; the rest is folded into constants from its exact value.
//! Equal operations are done once. The comparisons by which the graph came about are compiled too: they tell for which
//! draws it holds.
#![allow(clippy::float_arithmetic, reason = "draws are estimates, labelled as such")]

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::sobol::BLOCK;
use crate::diag::Place;
use crate::figure::{Decisions, Origin, Step};

/// A value of each draw of a block.
pub type Block = [f64; BLOCK];

/// Where an operation finds a number.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Operand {
    Input(usize),
    Register(usize),
    Constant(f64),
}

/// Constants are equal when all their bits are.
impl Eq for Operand {}

impl std::hash::Hash for Operand {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self {
            Self::Input(index) => (0u8, *index as u64).hash(state),
            Self::Register(index) => (1u8, *index as u64).hash(state),
            Self::Constant(value) => (2u8, value.to_bits()).hash(state),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Least,
    Greatest,
    Ceil,
}

impl Operator {
    #[inline(always)]
    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Least => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Self::Greatest => {
                if b > a {
                    b
                } else {
                    a
                }
            }
            Self::Ceil => a.ceil(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Operation {
    operator: Operator,
    a: Operand,
    b: Operand,
}

/// A comparison that must come out as it did.
#[derive(Clone, Copy, Debug)]
struct Guard {
    left: Operand,
    right: Operand,
    was: Ordering,
}

/// A compiled graph.
#[derive(Debug)]
pub struct Tape {
    /// Operations with the register that each writes, in order.
    operations: Vec<(usize, Operation)>,
    guards: Vec<Guard>,
    outputs: Vec<Operand>,
    registers: usize,
}

/// Two floats this close cannot be told apart: each carries the roundings of its way.
const CLOSE: f64 = 1e-11;

impl Tape {
    /// Compiles `outputs` as functions of the quantities stated at `inputs`; `None` where a graph has a procedure in it or
    /// decisions that no comparison of figures tells.
    pub fn of(outputs: &[Arc<Step>], decisions: &[&Decisions], inputs: &[&Place]) -> Option<Self> {
        if decisions.iter().any(|decisions| !decisions.are_complete()) {
            return None;
        }
        let mut compiler = Compiler { inputs, known: HashMap::new(), equal: HashMap::new(), operations: Vec::new() };
        let outputs: Vec<Operand> = outputs.iter().map(|step| compiler.operand(step)).collect::<Option<_>>()?;
        let mut guards = Vec::new();
        for made in decisions.iter().flat_map(|decisions| decisions.made()) {
            let (left, right) = (compiler.operand(&made.left)?, compiler.operand(&made.right)?);
            guards.push(Guard { left, right, was: made.was });
        }
        Some(registered(compiler.operations, guards, outputs))
    }

    /// Room for the operations of a tape.
    pub fn workspace(&self) -> Vec<Block> {
        vec![[0.0; BLOCK]; self.registers]
    }

    /// Computes a block of draws: `holds` says of each whether the graph holds for it, `outputs` what it comes to.
    pub fn run(&self, inputs: &[Block], workspace: &mut [Block], holds: &mut [bool; BLOCK], outputs: &mut [Block]) {
        for (register, operation) in &self.operations {
            // What an operation writes is none of what it reads.
            let (before, rest) = workspace.split_at_mut(*register);
            if let Some((out, after)) = rest.split_first_mut() {
                operation.run(&Numbers { inputs, before, after }, out);
            }
        }
        let numbers = Numbers { inputs, before: workspace, after: &[] };
        holds.fill(true);
        for guard in &self.guards {
            let check = |a: f64, b: f64, holds: &mut bool| {
                let distance = a - b;
                let near = CLOSE * a.abs().max(b.abs());
                // Not a number holds for nothing.
                *holds &= match guard.was {
                    Ordering::Less => distance < -near,
                    Ordering::Equal => distance.abs() <= near,
                    Ordering::Greater => distance > near,
                };
            };
            match (guard.left.view(&numbers), guard.right.view(&numbers)) {
                (View::Block(a), View::Block(b)) => {
                    holds.iter_mut().zip(a).zip(b).for_each(|((holds, a), b)| check(*a, *b, holds));
                }
                (View::Block(a), View::Constant(b)) => {
                    holds.iter_mut().zip(a).for_each(|(holds, a)| check(*a, b, holds))
                }
                (View::Constant(a), View::Block(b)) => {
                    holds.iter_mut().zip(b).for_each(|(holds, b)| check(a, *b, holds))
                }
                (View::Constant(a), View::Constant(b)) => holds.iter_mut().for_each(|holds| check(a, b, holds)),
            }
        }
        for (output, operand) in outputs.iter_mut().zip(&self.outputs) {
            match operand.view(&numbers) {
                View::Block(values) => *output = *values,
                View::Constant(value) => output.fill(value),
            }
            // What is not finite is no cost: a division by what became zero.
            holds.iter_mut().zip(output.iter()).for_each(|(holds, value)| *holds &= value.is_finite());
        }
    }
}

enum View<'a> {
    Block(&'a Block),
    Constant(f64),
}

/// Where operands find their numbers: the registers before the one that is written, and those after it.
struct Numbers<'a> {
    inputs: &'a [Block],
    before: &'a [Block],
    after: &'a [Block],
}

impl Operand {
    fn view<'a>(self, numbers: &Numbers<'a>) -> View<'a> {
        let block = match self {
            Self::Constant(value) => return View::Constant(value),
            Self::Input(index) => numbers.inputs.get(index),
            Self::Register(index) => match index.checked_sub(numbers.before.len()) {
                None => numbers.before.get(index),
                Some(beyond) => beyond.checked_sub(1).and_then(|beyond| numbers.after.get(beyond)),
            },
        };
        block.map_or(View::Constant(f64::NAN), View::Block)
    }
}

impl Operation {
    fn run(&self, numbers: &Numbers<'_>, out: &mut Block) {
        macro_rules! each {
            ($($operator:ident),*) => {
                match self.operator {
                    $(Operator::$operator => self.map(numbers, out, |a, b| Operator::$operator.of(a, b)),)*
                }
            };
        }
        each!(Add, Subtract, Multiply, Divide, Least, Greatest, Ceil);
    }

    #[inline(always)]
    fn map(&self, numbers: &Numbers<'_>, out: &mut Block, f: impl Fn(f64, f64) -> f64) {
        match (self.a.view(numbers), self.b.view(numbers)) {
            (View::Block(a), View::Block(b)) => out.iter_mut().zip(a).zip(b).for_each(|((out, a), b)| *out = f(*a, *b)),
            (View::Block(a), View::Constant(b)) => out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a, b)),
            (View::Constant(a), View::Block(b)) => out.iter_mut().zip(b).for_each(|(out, b)| *out = f(a, *b)),
            (View::Constant(a), View::Constant(b)) => out.fill(f(a, b)),
        }
    }
}

struct Compiler<'a> {
    inputs: &'a [&'a Place],
    known: HashMap<*const Step, Operand>,
    equal: HashMap<Operation, Operand>,
    /// The register of an operation is its position, until registers are shared.
    operations: Vec<Operation>,
}

impl Compiler<'_> {
    fn operand(&mut self, step: &Arc<Step>) -> Option<Operand> {
        if !step.is_uncertain {
            return Some(Operand::Constant(step.value.to_f64()));
        }
        if let Some(known) = self.known.get(&Arc::as_ptr(step)) {
            return Some(*known);
        }
        let found = match &step.origin {
            Origin::Uncertain(place, _) => Operand::Input(self.inputs.iter().position(|known| *known == place)?),
            Origin::Sum(steps) => self.folded(Operator::Add, 0.0, steps)?,
            Origin::Product(steps) => self.folded(Operator::Multiply, 1.0, steps)?,
            Origin::Least(steps) => self.folded(Operator::Least, f64::INFINITY, steps)?,
            Origin::Greatest(steps) => self.folded(Operator::Greatest, f64::NEG_INFINITY, steps)?,
            Origin::Difference(a, b) => self.pair(Operator::Subtract, a, b)?,
            Origin::Quotient(a, b) => self.pair(Operator::Divide, a, b)?,
            Origin::Ceil(a) => {
                let a = self.operand(a)?;
                self.operation(Operator::Ceil, a, Operand::Constant(0.0))
            }
            Origin::Power(base, power) => {
                let base = self.operand(base)?;
                self.power(base, *power)
            }
            Origin::Computed(..) | Origin::Estimated { .. } => return None,
            Origin::Stated(_) | Origin::Default(_) | Origin::Listed(_) | Origin::Constant => {
                Operand::Constant(step.value.to_f64())
            }
        };
        self.known.insert(Arc::as_ptr(step), found);
        Some(found)
    }

    /// All certain parts first, as one constant, then the others in their order.
    fn folded(&mut self, operator: Operator, neutral: f64, steps: &[Arc<Step>]) -> Option<Operand> {
        let mut constant = neutral;
        let mut others = Vec::new();
        for step in steps {
            match self.operand(step)? {
                Operand::Constant(value) => constant = operator.of(constant, value),
                other => others.push(other),
            }
        }
        let mut found: Option<Operand> = None;
        for other in others {
            found = Some(match found {
                None => other,
                Some(found) => self.operation(operator, found, other),
            });
        }
        Some(match found {
            None => Operand::Constant(constant),
            Some(found) if constant == neutral => found,
            Some(found) => self.operation(operator, found, Operand::Constant(constant)),
        })
    }

    fn pair(&mut self, operator: Operator, a: &Arc<Step>, b: &Arc<Step>) -> Option<Operand> {
        let (a, b) = (self.operand(a)?, self.operand(b)?);
        Some(self.operation(operator, a, b))
    }

    /// By squaring.
    fn power(&mut self, base: Operand, power: u32) -> Operand {
        if power == 0 {
            return Operand::Constant(1.0);
        }
        let half = self.power(base, power / 2);
        let square = self.operation(Operator::Multiply, half, half);
        if power.is_multiple_of(2) { square } else { self.operation(Operator::Multiply, square, base) }
    }

    fn operation(&mut self, operator: Operator, a: Operand, b: Operand) -> Operand {
        if let (Operand::Constant(a), Operand::Constant(b)) = (a, b) {
            return Operand::Constant(operator.of(a, b));
        }
        let is_one = |operand| operand == Operand::Constant(1.0);
        match operator {
            Operator::Multiply if is_one(a) => return b,
            Operator::Multiply | Operator::Divide if is_one(b) => return a,
            _ => {}
        }
        let operation = Operation { operator, a, b };
        if let Some(known) = self.equal.get(&operation) {
            return *known;
        }
        let found = Operand::Register(self.operations.len());
        self.operations.push(operation);
        self.equal.insert(operation, found);
        found
    }
}

/// Operations whose results are no longer needed leave their register to others, so that all of them stay in the cache.
fn registered(operations: Vec<Operation>, guards: Vec<Guard>, outputs: Vec<Operand>) -> Tape {
    let mut last: Vec<usize> = (0..operations.len()).collect();
    let mut used = |operand: Operand, at: usize| {
        if let Operand::Register(index) = operand
            && let Some(slot) = last.get_mut(index)
        {
            *slot = (*slot).max(at);
        }
    };
    for (at, operation) in operations.iter().enumerate() {
        used(operation.a, at);
        used(operation.b, at);
    }
    for operand in outputs.iter().copied().chain(guards.iter().flat_map(|guard| [guard.left, guard.right])) {
        used(operand, usize::MAX);
    }
    let mut register_of: Vec<usize> = Vec::with_capacity(operations.len());
    let mut free: Vec<usize> = Vec::new();
    let mut registers = 0;
    let renamed = |operand: Operand, register_of: &[usize]| match operand {
        Operand::Register(index) => Operand::Register(register_of.get(index).copied().unwrap_or(usize::MAX)),
        other => other,
    };
    let mut renumbered = Vec::with_capacity(operations.len());
    for (at, operation) in operations.iter().enumerate() {
        let (a, b) = (renamed(operation.a, &register_of), renamed(operation.b, &register_of));
        // Before the operands' registers are free again: what is written is none of what is read.
        let register = free.pop().unwrap_or_else(|| {
            registers += 1;
            registers - 1
        });
        register_of.push(register);
        renumbered.push((register, Operation { operator: operation.operator, a, b }));
        let mut done: Vec<usize> = [operation.a, operation.b]
            .into_iter()
            .filter_map(|operand| match operand {
                Operand::Register(index) if last.get(index) == Some(&at) => register_of.get(index).copied(),
                _ => None,
            })
            .collect();
        done.dedup();
        free.extend(done);
    }
    let guards = guards
        .into_iter()
        .map(|guard| Guard {
            left: renamed(guard.left, &register_of),
            right: renamed(guard.right, &register_of),
            was: guard.was,
        })
        .collect();
    let outputs = outputs.into_iter().map(|operand| renamed(operand, &register_of)).collect();
    Tape { operations: renumbered, guards, outputs, registers }
}
