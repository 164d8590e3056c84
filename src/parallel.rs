//! Work that is shared among all cores, with results that do not depend on how many there are.

use std::ops::Range;
use std::thread;

/// Work on the numbers below `count`, split into ranges for all cores; the results in the order of the ranges.
pub fn in_parallel<T: Send>(count: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count).max(1);
    let edge = |part: usize| count.saturating_mul(part).checked_div(threads).unwrap_or(count);
    let range = |part: usize| edge(part)..edge(part.saturating_add(1));
    if threads == 1 {
        return vec![work(0..count)];
    }
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(range(part)))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Fewer pieces than this are done before a thread has started.
const WORTH_A_THREAD: usize = 24;

/// The results of `work` on the numbers below `count`, in their order; few are done at once.
pub fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if count < WORTH_A_THREAD {
        return (0..count).map(work).collect();
    }
    in_parallel(count, |range| range.map(&work).collect::<Vec<T>>()).into_iter().flatten().collect()
}
