//! Break-even of serverless workers. Their cost is no staircase: thin traffic pays for cold starts, and each worker's idle
//! time is an exponential in its load. Between the volumes at which a worker is added the difference of both sides is
//! smooth; its roots are found on a grid and narrowed down by bisection. Estimates, like the Poisson arrivals behind them.

use super::{Answer, Crossover, Interval, Kind};
use crate::hosting::serverless::Worker;
use crate::units::Exact;

/// Workers at every volume of requests.
#[derive(Clone, Debug)]
pub struct Workers {
    /// One of them.
    pub worker: Worker,
    /// Highest sustained load of a worker, as a share; above zero.
    pub utilization: Exact,
    /// USD per second that a worker is billed.
    pub usd_per_second: Exact,
    /// USD per hour whatever the load.
    pub fixed: Exact,
    /// Units that volumes count per request: 1, or the tokens of an answer.
    pub units_per_request: Exact,
}

/// Numbers of workers that are looked at one by one.
const MOST_WORKERS: u64 = 400;
/// Points of each number of workers at which the sides are compared; the first number has the thin traffic in it.
const GRID: [u64; 2] = [400, 8];
/// Halvings of the interval between two points: the width shrinks by 10^-15.
const HALVINGS: u32 = 50;
/// Significant digits of a root.
const DIGITS: usize = 12;

impl Workers {
    /// Requests per hour that a worker takes.
    fn capacity(&self) -> Exact {
        (&Exact::from(3600) * &self.utilization).checked_div(&self.worker.busy).unwrap_or(Exact::ZERO)
    }

    /// Workers at `volume` per hour.
    pub fn workers(&self, volume: &Exact) -> Exact {
        let requests = volume.checked_div(&self.units_per_request).unwrap_or(Exact::ZERO);
        self.worker.hour(&requests, &self.utilization).workers
    }

    /// USD per hour at `volume` per hour.
    pub fn cost(&self, volume: &Exact) -> Exact {
        let requests = volume.checked_div(&self.units_per_request).unwrap_or(Exact::ZERO);
        let billed = self.worker.hour(&requests, &self.utilization);
        let seconds: Exact = [&billed.work, &billed.cold, &billed.idle].into_iter().sum();
        &self.fixed + &(&seconds * &self.usd_per_second)
    }

    /// USD per unit of a worker that is always busy.
    pub fn full_load(&self) -> Option<Exact> {
        (&self.worker.busy * &self.usd_per_second).checked_div(&self.units_per_request)
    }

    /// Units per hour that a worker takes.
    pub fn capacity_in_units(&self) -> Exact {
        &self.capacity() * &self.units_per_request
    }

    /// Compares with the cost per hour of another side at every volume, which at large volumes costs `far` per unit.
    pub fn against(&self, other: impl Fn(&Exact) -> Exact, far: &Exact) -> Answer {
        let capacity = self.capacity_in_units();
        let leads = |volume: &Exact| self.cost(volume) < other(volume);
        let mut answer = Answer::default();
        let mut open: Option<Exact> = None;
        let mut at = Exact::ZERO;
        let mut led = false;
        for count in 0..MOST_WORKERS {
            let points = if count == 0 { GRID[0] } else { GRID[1] };
            for point in 1..=points {
                let next = self.point(&capacity, count, point, points);
                let now = leads(&next);
                if now != led {
                    // A step in either side is found like a root: as the last volume before it.
                    let root = narrowed(&at, &next, &|volume| leads(volume) == led);
                    let jumps = root == at && !at.is_zero();
                    self.change(&mut answer, &mut open, &root, now, jumps, &other);
                    led = now;
                }
                at = next;
            }
            // Beyond this many workers the full ones decide, and each is nearly full.
            if count > 2 && self.settles(&at, &capacity, far, led) {
                break;
            }
        }
        if let Some(from) = open {
            let stays = self.full_load().is_some_and(|full| full < *far);
            answer.permanent_from = stays.then(|| from.clone());
            answer.cheaper.push(Interval { from, to: (!stays).then_some(at) });
        }
        answer
    }

    /// Whether the cheaper side stays the same above `at`: one more worker, idle all the time, changes nothing.
    fn settles(&self, at: &Exact, capacity: &Exact, far: &Exact, leads: bool) -> bool {
        let hour = &self.usd_per_second * &Exact::from(3600);
        let (Some(full), false) = (hour.checked_div(capacity), capacity.is_zero()) else { return true };
        let most = &(&self.fixed + &hour) + &(&full * at);
        let least = self.full_load().map_or(Exact::ZERO, |full| &full * at);
        if leads { most < far * at && full < *far } else { least >= far * at }
    }

    /// The grid: thin traffic is looked at by orders of magnitude, the rest evenly.
    fn point(&self, capacity: &Exact, count: u64, point: u64, points: u64) -> Exact {
        let share = Exact::from(point).checked_div(&Exact::from(points)).unwrap_or(Exact::ONE);
        let share = if count == 0 { share.pow(4) } else { share };
        &(&Exact::from(count) + &share) * capacity
    }

    fn change(
        &self,
        answer: &mut Answer,
        open: &mut Option<Exact>,
        at: &Exact,
        leads: bool,
        jumps: bool,
        other: &impl Fn(&Exact) -> Exact,
    ) {
        match (leads, open.take()) {
            (true, _) => *open = Some(at.clone()),
            (false, Some(from)) => answer.cheaper.push(Interval { from, to: Some(at.clone()) }),
            (false, None) => {}
        }
        if at.is_zero() {
            return;
        }
        let regret = if leads || !jumps { Exact::ZERO } else { &self.cost(at) - &other(at) };
        let replicas = self.workers(at);
        let utilisation = at.checked_div(&(&replicas * &self.capacity_in_units())).unwrap_or(Exact::ZERO);
        let kind = if regret > Exact::ZERO { Kind::Jump { regret } } else { Kind::Equal };
        answer.crossovers.push(Crossover { at: at.clone(), replicas, utilisation, kind });
    }
}

/// The last volume from `low` on at which `holds`, which holds at `low` or just above and not at `high`.
fn narrowed(low: &Exact, high: &Exact, holds: &impl Fn(&Exact) -> bool) -> Exact {
    let (mut low, mut high) = (low.clone(), high.clone());
    let half = Exact::ratio(1, 2).unwrap_or(Exact::ZERO);
    for _ in 0..HALVINGS {
        let middle = &(&low + &high) * &half;
        if holds(&middle) { low = middle } else { high = middle }
    }
    // What does not hold at any volume, however thin, has no last one.
    if low.is_zero() { Exact::ZERO } else { high.significant(DIGITS) }
}
