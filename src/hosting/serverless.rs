//! Workers that start when requests come and stop when they are idle.
//!
//! With l requests an hour at one worker (Poisson arrivals, requests short against the gaps between them), an idle
//! timeout of tau and times in hours, a worker is billed in an hour:
//!
//! ```text
//! work        l busy
//! cold starts l exp(-l tau) cold         requests that find no worker: a share exp(-l tau) of them
//! idle        1 - exp(-l tau)            the gap to the next request, cut off at tau
//! ```
//!
//! never more than the whole hour; a load beyond that needs more workers. Poisson arrivals are a model, the exponential is
//! computed to 30 digits: the cost is an estimate of a mean, though no float is in it.

use crate::units::Exact;

/// What one hour of requests bills, in seconds of all workers together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Billed {
    /// Workers that share the requests.
    pub workers: Exact,
    /// Answering.
    pub work: Exact,
    /// Starting.
    pub cold: Exact,
    /// Waiting.
    pub idle: Exact,
    /// The share of the requests that wait for a start.
    pub cold_share: Exact,
}

/// Times of a worker, in seconds.
#[derive(Clone, Debug)]
pub struct Worker {
    /// How long a request keeps it busy.
    pub busy: Exact,
    /// How long it takes to start.
    pub cold_start: Exact,
    /// How long it waits for the next request.
    pub idle_timeout: Exact,
    /// Whether starting is billed.
    pub bills_start: bool,
    /// Whether waiting is billed.
    pub bills_idle: bool,
}

const HOUR: u64 = 3600;

impl Worker {
    /// What `requests` in an hour bill, spread over as many workers as keep each busy for no more than `utilization` of
    /// the hour.
    pub fn hour(&self, requests: &Exact, utilization: &Exact) -> Billed {
        let hour = Exact::from(HOUR);
        let load = (requests * &self.busy).checked_div(&(&hour * utilization)).unwrap_or(Exact::ZERO);
        let workers = load.ceil().max(Exact::ONE);
        let each = requests.checked_div(&workers).unwrap_or(Exact::ZERO);
        let expected = (&each * &self.idle_timeout).checked_div(&hour).unwrap_or(Exact::ZERO);
        let cold_share = expected.exp_of_minus();
        let work = &each * &self.busy;
        let cold = if self.bills_start { &(&each * &cold_share) * &self.cold_start } else { Exact::ZERO };
        let idle = if self.bills_idle { &hour * &(&Exact::ONE - &cold_share) } else { Exact::ZERO };
        // A worker that is never given back neither starts nor is billed for more than the hour.
        let always = &(&work + &cold) + &idle > hour;
        let (cold, idle) = if always { (Exact::ZERO, (&hour - &work).max(Exact::ZERO)) } else { (cold, idle) };
        let all = |each: Exact| &each * &workers;
        Billed { work: all(work), cold: all(cold), idle: all(idle), workers: workers.clone(), cold_share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_decimal(text).unwrap()
    }

    fn worker() -> Worker {
        Worker {
            busy: exact("10"),
            cold_start: exact("30"),
            idle_timeout: exact("60"),
            bills_start: true,
            bills_idle: true,
        }
    }

    /// Worked by hand: 12 requests an hour, 4.176 USD an hour.
    #[test]
    fn a_dozen_requests_an_hour() {
        let billed = worker().hour(&exact("12"), &Exact::ONE);
        let shown = |value: &Exact| value.to_fixed(1);
        assert_eq!([&billed.work, &billed.cold, &billed.idle].map(shown), ["120.0", "294.7", "652.6"]);
        assert_eq!((&billed.cold_share * &exact("12")).to_fixed(3), "9.825");
        let seconds: Exact = [&billed.work, &billed.cold, &billed.idle].into_iter().sum();
        assert_eq!((&seconds * &exact("0.00116")).to_fixed(3), "1.238");
    }

    #[test]
    fn a_busy_worker_is_billed_the_hour_and_no_more() {
        let billed = worker().hour(&exact("350"), &Exact::ONE);
        assert_eq!((&(&billed.work + &billed.idle), &billed.cold), (&exact("3600"), &Exact::ZERO));
        let billed = worker().hour(&exact("400"), &exact("0.5"));
        assert_eq!((billed.workers, billed.work), (exact("3"), exact("4000")));
    }

    #[test]
    fn nothing_comes_nothing_is_billed() {
        let billed = worker().hour(&Exact::ZERO, &Exact::ONE);
        assert!(billed.work.is_zero() && billed.cold.is_zero() && billed.idle.is_zero());
    }
}
