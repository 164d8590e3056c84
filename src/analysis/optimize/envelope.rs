//! With nothing but floors of quality, or a budget, tasks are independent: each has its own hull of cost against quality, and
//! upgrades are made in the order of what a right answer costs.

use super::options::Options;
use crate::plan::Plan;
use crate::units::Exact;

/// Who answers a task: options with their shares of it.
pub(super) type Mix = Vec<(usize, Exact)>;

/// All tasks in the order of their upgrades.
pub(super) struct Envelope {
    start: Vec<Mix>,
    steps: Vec<Step>,
}

/// Giving the rest of a task from one option to another.
#[derive(Clone, Debug)]
struct Step {
    task: usize,
    from: usize,
    to: usize,
    /// The share of the task that moves.
    share: Exact,
    /// USD per day that the whole step costs.
    cost: Exact,
    /// Share of all requests that it makes right.
    quality: Exact,
}

/// How far to go.
#[derive(Clone, Debug)]
pub(super) enum Until {
    /// So many right answers of all.
    Quality(Exact),
    /// So many USD per day.
    Cost(Exact),
}

/// A place on the envelope.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub mixes: Vec<Mix>,
    /// USD per day for one more share of right answers: of the step that is taken last, or comes next. `None` where nothing is
    /// bought, or nothing more can be.
    pub slope: Option<Exact>,
}

impl Envelope {
    /// The hulls of all tasks, each from its floor on; the task whose floor nobody reaches where there is one.
    pub fn of(plan: &Plan, options: &Options, floor_of: &dyn Fn(usize) -> Option<Exact>) -> Result<Self, usize> {
        let mut start = Vec::new();
        let mut steps = Vec::new();
        for (task, of) in plan.workload.tasks.iter().enumerate() {
            let (Some(costs), Some(qualities)) = (options.costs.get(task), options.qualities.get(task)) else {
                continue;
            };
            let points: Vec<Point> = costs
                .iter()
                .zip(qualities)
                .enumerate()
                .map(|(option, (cost, quality))| Point { option, cost: cost.clone(), quality: quality.clone() })
                .collect();
            let hull = hull(points);
            let floor = floor_of(task);
            let mut own = own_steps(task, &hull, of.share.value());
            let mut mix = vec![(hull.first().map_or(0, |point| point.option), Exact::ONE)];
            if let Some(floor) = floor {
                let lacks = |quality: &Exact| floor > *quality;
                if hull.last().is_none_or(|last| lacks(&last.quality)) {
                    return Err(task);
                }
                let mut quality = hull.first().map_or(Exact::ZERO, |first| first.quality.clone());
                while let Some(step) = own.first().cloned().filter(|_| lacks(&quality)) {
                    let end = hull
                        .iter()
                        .find(|point| point.option == step.to)
                        .map_or(Exact::ONE, |point| point.quality.clone());
                    if lacks(&end) || floor == end {
                        mix = vec![(step.to, Exact::ONE)];
                        quality = end;
                        own.remove(0);
                        continue;
                    }
                    let part = (&floor - &quality).checked_div(&(&end - &quality)).unwrap_or(Exact::ONE);
                    mix = vec![(step.from, &Exact::ONE - &part), (step.to, part.clone())];
                    if let Some(rest) = own.first_mut() {
                        *rest = step.part(&(&Exact::ONE - &part));
                    }
                    break;
                }
            }
            start.push(mix);
            steps.extend(own);
        }
        // Equal slopes keep the order of the tasks; a step of a hull never comes before the one it builds on.
        steps.sort_by(|a, b| (&a.cost * &b.quality).cmp(&(&b.cost * &a.quality)));
        Ok(Self { start, steps })
    }

    /// As far along as asked.
    pub fn walk(&self, from: (Exact, Exact), until: &Until) -> Reached {
        let (mut cost, mut quality) = from;
        let mut found = Reached { mixes: self.start.clone(), slope: None };
        for step in &self.steps {
            let (left, whole) = match until {
                Until::Quality(floor) => (floor - &quality, &step.quality),
                Until::Cost(budget) => (budget - &cost, &step.cost),
            };
            let is_budget = matches!(until, Until::Cost(_));
            if left <= Exact::ZERO && !(is_budget && left.is_zero() && step.cost.is_zero()) {
                // With a budget the next step is what more of it would buy.
                if is_budget {
                    found.slope = step.cost.checked_div(&step.quality);
                }
                return found;
            }
            let part = left.checked_div(whole).unwrap_or(Exact::ONE).min(Exact::ONE);
            step.take(&mut found.mixes, &part);
            cost = &cost + &(&step.cost * &part);
            quality = &quality + &(&step.quality * &part);
            found.slope = step.cost.checked_div(&step.quality);
            if part < Exact::ONE {
                return found;
            }
        }
        if matches!(until, Until::Cost(_)) {
            found.slope = None;
        }
        found
    }

    /// Every corner: mixes from the cheapest to the best.
    pub fn corners(&self) -> Vec<Vec<Mix>> {
        let mut mixes = self.start.clone();
        let mut found = vec![mixes.clone()];
        let mut steps = self.steps.iter().peekable();
        while let Some(step) = steps.next() {
            step.take(&mut mixes, &Exact::ONE);
            // Steps of one slope are one edge.
            let is_corner = steps.peek().is_none_or(|next| &next.cost * &step.quality != &step.cost * &next.quality);
            if is_corner {
                found.push(mixes.clone());
            }
        }
        found
    }
}

impl Step {
    fn part(&self, part: &Exact) -> Self {
        Self { share: &self.share * part, cost: &self.cost * part, quality: &self.quality * part, ..self.clone() }
    }

    fn take(&self, mixes: &mut [Mix], part: &Exact) {
        let Some(mix) = mixes.get_mut(self.task) else { return };
        let moved = &self.share * part;
        for (option, share) in mix.iter_mut() {
            if *option == self.from {
                *share = &*share - &moved;
            }
        }
        match mix.iter_mut().find(|(option, _)| *option == self.to) {
            Some((_, share)) => *share = &*share + &moved,
            None => mix.push((self.to, moved)),
        }
        mix.retain(|(_, share)| !share.is_zero());
    }
}

struct Point {
    option: usize,
    cost: Exact,
    quality: Exact,
}

/// The points that no mix of others undercuts, the cheapest first, each better than the one before.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| (&a.cost, &b.quality, a.option).cmp(&(&b.cost, &a.quality, b.option)));
    let mut found: Vec<Point> = Vec::new();
    for point in points {
        if found.last().is_some_and(|last| point.quality <= last.quality) {
            continue;
        }
        while let [.., a, b] = found.as_slice() {
            // `b` lies on or above the line from `a` to the new point.
            let first = &(&b.cost - &a.cost) * &(&point.quality - &a.quality);
            let second = &(&point.cost - &a.cost) * &(&b.quality - &a.quality);
            if first < second {
                break;
            }
            found.pop();
        }
        found.push(point);
    }
    found
}

fn own_steps(task: usize, hull: &[Point], share: &Exact) -> Vec<Step> {
    let pairs = hull.iter().zip(hull.iter().skip(1));
    pairs
        .map(|(a, b)| Step {
            task,
            from: a.option,
            to: b.option,
            share: Exact::ONE,
            // What an option costs at a task is stated for all of it, how good it is as a share of it.
            cost: &b.cost - &a.cost,
            quality: &(&b.quality - &a.quality) * share,
        })
        .collect()
}
