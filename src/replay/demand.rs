//! When requests came: bursts, gaps, the load of each hour of the week.
//!
//! Windows begin with the first request: `[k w, (k+1) w)`; a burst is the most that one of them holds over the mean of all
//! windows up to the last request, empty ones included. All of it is exact; it needs a log in the order of time.

use super::read::time::SECOND;
use crate::units::Exact;

/// Seconds of the windows that are looked at.
pub const WINDOWS: [i64; 4] = [1, 10, 60, 3600];
const HOUR: i64 = 3600 * SECOND;
/// Hours of a week, and Monday 00:00 before 1970-01-01, a Thursday.
const WEEK: i64 = 168;
const HOURS_SINCE_MONDAY: i64 = 72;

/// Requests of one second, counted from the first request of the log; of a second in which an hour ends, of one part of
/// it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Second {
    index: i64,
    /// Hours since 1970.
    hour: i64,
    requests: u64,
    output: u64,
}

/// The requests of a chunk, in the order of the file.
#[derive(Clone, Default, Debug)]
pub struct Pace {
    origin: i64,
    seconds: Vec<Second>,
    first: Option<i64>,
    last: i64,
    gaps: Gaps,
    /// Requests that came before the one above them, and the line of the first.
    backwards: u64,
    backwards_line: u64,
    /// First nanosecond of the second at hand, and how many it has.
    second_from: i64,
    second_length: u64,
}

/// Gaps between requests, in nanoseconds.
#[derive(Clone, Copy, Default, Debug)]
struct Gaps {
    count: u64,
    sum: u128,
    squares: u128,
    /// Whether the squares became too large to be added.
    overflow: bool,
}

impl Gaps {
    #[inline(always)]
    fn add(&mut self, gap: i64) {
        let gap = gap.unsigned_abs();
        self.count = self.count.wrapping_add(1);
        self.sum = self.sum.wrapping_add(u128::from(gap));
        // Squares of gaps up to 2^52 (52 days) fit 2^24 times.
        self.overflow |= gap >> 52 != 0;
        self.squares = self.squares.wrapping_add(u128::from(gap).wrapping_mul(u128::from(gap)));
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        match self.squares.checked_add(other.squares) {
            Some(squares) => self.squares = squares,
            None => self.overflow = true,
        }
        self.overflow |= other.overflow;
    }
}

impl Pace {
    /// Nothing yet of a log whose first request came at `origin`.
    pub fn new(origin: i64) -> Self {
        Self { origin, last: i64::MAX, ..Self::default() }
    }

    /// A request at `time` on `line`.
    #[inline(always)]
    pub fn add(&mut self, time: i64, output: u64, line: u64) {
        if time >= self.last {
            self.gaps.add(time.wrapping_sub(self.last));
        } else {
            self.first_or_backwards(time, line);
        }
        self.last = time;
        if time.wrapping_sub(self.second_from) as u64 >= self.second_length {
            self.next_second(time);
        }
        if let Some(second) = self.seconds.last_mut() {
            second.requests = second.requests.wrapping_add(1);
            second.output = second.output.wrapping_add(output);
        }
    }

    #[cold]
    fn first_or_backwards(&mut self, time: i64, line: u64) {
        if self.first.is_none() {
            self.first = Some(time);
            return;
        }
        if self.backwards == 0 {
            self.backwards_line = line;
        }
        self.backwards += 1;
    }

    #[inline(never)]
    fn next_second(&mut self, time: i64) {
        let (index, hour) = ((time - self.origin).div_euclid(SECOND), time.div_euclid(HOUR));
        let second = self.origin + index * SECOND;
        self.second_from = second.max(hour * HOUR);
        let end = (second + SECOND).min((hour + 1) * HOUR);
        self.second_length = end.wrapping_sub(self.second_from).unsigned_abs();
        self.seconds.push(Second { index, hour, requests: 0, output: 0 });
    }

    /// The line of the first request that came before the one above it.
    pub fn first_backwards(&self) -> Option<u64> {
        (self.backwards > 0).then_some(self.backwards_line)
    }
}

/// The window at hand of one size, and the fullest so far.
#[derive(Clone, Debug)]
struct Window {
    seconds: i64,
    index: i64,
    requests: u64,
    output: u128,
    most_requests: u64,
    most_output: u128,
    /// Requests of every window that is not empty, where they are kept.
    kept: Option<Vec<u64>>,
}

impl Window {
    /// Adds requests of a part of the window at `index`; gives the window before it where that is over now.
    #[inline]
    fn add(&mut self, index: i64, requests: u64, output: u128) -> Option<(i64, u64, u128)> {
        let over = if index == self.index { None } else { self.close() };
        self.index = index;
        self.requests += requests;
        self.output += output;
        over
    }

    fn close(&mut self) -> Option<(i64, u64, u128)> {
        let (requests, output) = (std::mem::take(&mut self.requests), std::mem::take(&mut self.output));
        if requests == 0 {
            return None;
        }
        if let Some(kept) = &mut self.kept {
            kept.push(requests);
        }
        self.most_requests = self.most_requests.max(requests);
        self.most_output = self.most_output.max(output);
        Some((self.index, requests, output))
    }
}

/// Adds to the smallest window; one that is over is added to the next larger one.
fn cascade(windows: &mut [Window], mut over: Option<(i64, u64, u128)>, mut seconds: i64) {
    for window in windows {
        let Some((index, requests, output)) = over else { return };
        over = window.add(index * seconds / window.seconds, requests, output);
        seconds = window.seconds;
    }
}

/// Everything that is known of when requests came.
#[derive(Debug)]
pub struct Demand {
    origin: Option<i64>,
    last: i64,
    requests: u64,
    output: u128,
    gaps: Gaps,
    windows: Vec<Window>,
    hours: Vec<(i64, u64)>,
    /// Requests that came before the one above them, and where the first one is.
    pub backwards: u64,
    /// Its file and line.
    pub first_backwards: Option<(usize, u64)>,
}

impl Default for Demand {
    fn default() -> Self {
        let window = |seconds| Window {
            seconds,
            index: 0,
            requests: 0,
            output: 0,
            most_requests: 0,
            most_output: 0,
            kept: (seconds == 60).then(Vec::new),
        };
        Self {
            origin: None,
            last: 0,
            requests: 0,
            output: 0,
            gaps: Gaps::default(),
            windows: WINDOWS.map(window).to_vec(),
            hours: Vec::new(),
            backwards: 0,
            first_backwards: None,
        }
    }
}

impl Demand {
    /// When the first request came.
    pub fn origin(&self) -> Option<i64> {
        self.origin
    }

    /// When the last request came.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Takes the next chunk, which begins behind `lines` lines of file number `file`.
    pub fn add(&mut self, pace: &Pace, file: usize, lines: u64) {
        let Some(first) = pace.first else { return };
        if self.origin.is_some() {
            if first < self.last {
                self.backwards += 1;
                self.first_backwards.get_or_insert((file, lines));
            } else {
                self.gaps.add(first - self.last);
            }
        }
        self.backwards += pace.backwards;
        if let Some(line) = pace.first_backwards() {
            self.first_backwards.get_or_insert((file, lines + line));
        }
        self.origin.get_or_insert(pace.origin);
        self.last = pace.last;
        self.gaps.merge(&pace.gaps);
        for second in &pace.seconds {
            self.requests += second.requests;
            self.output += u128::from(second.output);
            cascade(&mut self.windows, Some((second.index, second.requests, u128::from(second.output))), 1);
            match self.hours.last_mut() {
                Some((last, sum)) if *last == second.hour => *sum += second.requests,
                _ => self.hours.push((second.hour, second.requests)),
            }
        }
    }

    /// What it comes to; `None` for fewer than two requests, or where they did not come in the order of time.
    pub fn finish(mut self, dated: bool) -> Option<Shape> {
        let origin = self.origin?;
        if self.backwards > 0 || self.requests < 2 || self.last <= origin {
            return None;
        }
        // The smallest is over first, and what it held goes up.
        for at in 0..self.windows.len() {
            let Some((window, larger)) = self.windows.get_mut(at..).and_then(<[Window]>::split_first_mut) else {
                break;
            };
            let (over, seconds) = (window.close(), window.seconds);
            cascade(larger, over, seconds);
        }
        let span = self.last - origin;
        let bursts = self.windows.iter().filter_map(|window| {
            let windows = u64::try_from(span / SECOND / window.seconds + 1).ok()?;
            let over_mean =
                |most: u128, sum: u128| (&Exact::whole(most) * &Exact::from(windows)).checked_div(&Exact::whole(sum));
            Some(Burst {
                seconds: window.seconds.unsigned_abs(),
                most_requests: window.most_requests,
                requests: over_mean(u128::from(window.most_requests), u128::from(self.requests))?,
                output: over_mean(window.most_output, self.output),
            })
        });
        let bursts = bursts.collect();
        let minutes = self.windows.iter_mut().find_map(|window| window.kept.take()).unwrap_or_default();
        let of_week = if dated { week(&self.hours, origin, self.last) } else { None };
        Some(Shape {
            origin,
            last: self.last,
            requests: self.requests,
            variation: variation(&self.gaps),
            bursts,
            duration: duration(minutes, span),
            week: of_week,
        })
    }
}

/// When requests came.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The first request, in nanoseconds.
    pub origin: i64,
    /// The last one.
    pub last: i64,
    /// How many there are.
    pub requests: u64,
    /// Population deviation of the gaps over their mean.
    pub variation: Option<Exact>,
    /// The fullest window of each size.
    pub bursts: Vec<Burst>,
    /// Load-duration: for shares of the minutes, ascending, the requests per second that so many minutes reach.
    pub duration: Vec<(Exact, Exact)>,
    /// The load of each hour of the week over the mean, Monday 00:00 UTC first; `None` for logs of less than a day or
    /// without dates.
    pub week: Option<Vec<Exact>>,
}

/// The fullest window of a size.
#[derive(Clone, Debug)]
pub struct Burst {
    /// Seconds of the window.
    pub seconds: u64,
    /// Most requests in one.
    pub most_requests: u64,
    /// The same over the mean.
    pub requests: Exact,
    /// Most output tokens of requests that came in one, over the mean; `None` without output.
    pub output: Option<Exact>,
}

impl Burst {
    /// Replicas for the fullest window where the mean needs `mean` of them.
    pub fn replicas(&self, mean: u64) -> Option<Exact> {
        self.output.as_ref().map(|over| (over * &Exact::from(mean)).ceil())
    }
}

impl Shape {
    /// Seconds from the first request to the last.
    pub fn seconds(&self) -> Exact {
        Exact::ratio(self.last - self.origin, SECOND.unsigned_abs()).unwrap_or(Exact::ZERO)
    }
}

fn variation(gaps: &Gaps) -> Option<Exact> {
    if gaps.overflow || gaps.count == 0 || gaps.sum == 0 {
        return None;
    }
    let (count, sum) = (Exact::from(gaps.count), Exact::whole(gaps.sum));
    // (squares / n - mean^2) / mean^2 = squares x n / sum^2 - 1
    let ratio = (&Exact::whole(gaps.squares) * &count).checked_div(&(&sum * &sum))?;
    (&ratio - &Exact::ONE).sqrt()
}

/// Shares of the minutes at which the load-duration curve is given, in thousandths.
const SHARES: [u64; 10] = [0, 10, 50, 100, 250, 500, 750, 900, 950, 1000];

fn duration(mut minutes: Vec<u64>, span: i64) -> Vec<(Exact, Exact)> {
    let all = u64::try_from(span / SECOND / 60 + 1).unwrap_or(1);
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    let at = |share: &u64| {
        // The minute that `share` of all minutes reach or exceed.
        let index = (u128::from(all) * u128::from(*share)).div_ceil(1000).max(1) - 1;
        let requests = usize::try_from(index).ok().and_then(|index| minutes.get(index)).copied().unwrap_or(0);
        let per_second = Exact::from(requests).checked_div(&Exact::from(60)).unwrap_or(Exact::ZERO);
        let share = Exact::from(*share).checked_div(&Exact::from(1000)).unwrap_or(Exact::ZERO);
        (share, per_second)
    };
    SHARES.iter().map(at).collect()
}

/// Requests of each hour of the week over the time that the log spans of it, over their mean. A log of less than a week
/// shows a day, which then stands for every day; one of less than a day shows nothing.
fn week(hours: &[(i64, u64)], first: i64, last: i64) -> Option<Vec<Exact>> {
    let length = if last - first >= WEEK * HOUR { WEEK } else { 24 };
    if last - first < 24 * HOUR {
        return None;
    }
    let slot = |hour: i64| usize::try_from((hour + HOURS_SINCE_MONDAY).rem_euclid(length)).unwrap_or(0);
    let size = usize::try_from(length).ok()?;
    let (mut requests, mut spanned) = (vec![0u64; size], vec![0i64; size]);
    for (hour, count) in hours {
        *requests.get_mut(slot(*hour))? += count;
    }
    for hour in first.div_euclid(HOUR)..=last.div_euclid(HOUR) {
        let (from, to) = ((hour * HOUR).max(first), ((hour + 1) * HOUR).min(last));
        *spanned.get_mut(slot(hour))? += (to - from).max(0);
    }
    let rate = |(count, nanos): (&u64, &i64)| Exact::from(*count).checked_div(&Exact::from(nanos.unsigned_abs()));
    let rates: Option<Vec<Exact>> = requests.iter().zip(&spanned).map(rate).collect();
    let rates = rates?;
    let mean = rates.iter().sum::<Exact>().checked_div(&Exact::from(rates.len() as u64))?;
    let over_mean: Option<Vec<Exact>> = rates.iter().map(|rate| rate.checked_div(&mean)).collect();
    let over_mean = over_mean?;
    Some((0..WEEK).filter_map(|hour| over_mean.get(usize::try_from(hour % length).ok()?).cloned()).collect())
}
