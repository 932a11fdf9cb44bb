//! Work shared out to threads. Results come in input order, so they do not depend on the number of threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Items handled by one thread before it asks for more.
const CHUNK: usize = 256;

/// Maps items with a state for each thread.
pub(crate) fn map<T: Sync, S, R: Send>(
    items: &[T],
    n_threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> Vec<R> {
    let chunks: Vec<&[T]> = items.chunks(CHUNK).collect();
    let run = |state: &mut S, chunk: &&[T]| chunk.iter().map(|item| work(state, item)).collect::<Vec<R>>();
    each(&chunks, n_threads, state, run).into_iter().flatten().collect()
}

/// Maps items one at a time, for few and long pieces of work.
pub(crate) fn each<T: Sync, S, R: Send>(
    items: &[T],
    n_threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let run = || {
        let mut state = state();
        loop {
            let idx = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(idx) else { break };
            let result = work(&mut state, item);
            results.lock().expect("a worker that panics stops the scope").push((idx, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_threads.min(items.len()) {
            scope.spawn(run);
        }
        run();
    });
    let mut results = results.into_inner().expect("a worker that panics stops the scope");
    results.sort_by_key(|result| result.0);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_depend_on_the_number_of_threads() {
        let items: Vec<u64> = (0..5000).collect();
        let double = |n_threads| map(&items, n_threads, || (), |(), item| item * 2);
        assert_eq!(double(1), double(4));
        assert_eq!(double(2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }
}
