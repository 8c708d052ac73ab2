//! Puts what several threads bring into the order of the collection.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, PoisonError};

/// Events that may wait for those before them: some 1 KB each. Threads whose part is not next then
/// wait, too.
const MOST_WAITING: usize = 16 * 1024;

/// Puts what several threads bring into order.
pub(super) struct Line<'e, T> {
    queue: Mutex<Queue<'e, T>>,
    /// Another part is next, or all is over.
    moved: Condvar,
    /// How many events there are in one of what is brought.
    events: fn(&T) -> usize,
}

struct Queue<'e, T> {
    each: &'e mut (dyn FnMut(T) -> ControlFlow<()> + Send),
    /// The part whose events are next.
    next: u64,
    /// Of parts that are not next: what there is so far, and whether it is all.
    waiting: BTreeMap<u64, (Vec<T>, bool)>,
    /// Events that wait.
    held: usize,
    stopped: bool,
}

impl<'e, T> Line<'e, T> {
    pub(super) fn new(
        each: &'e mut (dyn FnMut(T) -> ControlFlow<()> + Send),
        events: fn(&T) -> usize,
    ) -> Self {
        Line {
            events,
            queue: Mutex::new(Queue {
                each,
                next: 0,
                waiting: BTreeMap::new(),
                held: 0,
                stopped: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// Takes events of a part, all that are left of it if it `ended`. Breaks when no more are
    /// wanted.
    pub(super) fn hand_over(&self, part: u64, batch: &mut Vec<T>, ended: bool) -> ControlFlow<()> {
        let events = self.events_of(batch);
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // The part that is next never waits, so that the others get on.
        while !queue.stopped && queue.next != part && queue.held + events > MOST_WAITING {
            queue = self
                .moved
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if queue.next == part {
            queue.give(batch);
            if ended {
                queue.go_on(self.events);
            }
            self.moved.notify_all();
        } else if !queue.stopped {
            queue.held += events;
            let (waiting, all) = queue.waiting.entry(part).or_default();
            waiting.append(batch);
            *all = ended;
        }
        batch.clear();
        match queue.stopped {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn events_of(&self, batch: &[T]) -> usize {
        batch.iter().map(self.events).sum()
    }
}

impl<T> Queue<'_, T> {
    fn give(&mut self, batch: &mut Vec<T>) {
        for item in batch.drain(..) {
            if !self.stopped {
                self.stopped = (self.each)(item).is_break();
            }
        }
    }

    /// The part that was next has ended: gives what there is of those behind it.
    fn go_on(&mut self, events: fn(&T) -> usize) {
        loop {
            self.next += 1;
            let Some((mut batch, all)) = self.waiting.remove(&self.next) else {
                return;
            };
            self.held -= batch.iter().map(events).sum::<usize>();
            self.give(&mut batch);
            if !all {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts come from several threads in any order, in pieces, and some are empty.
    #[test]
    fn what_threads_bring_comes_out_in_order() {
        const PARTS: u64 = 200;
        let mut got = Vec::new();
        let mut each = |item: (u64, u64)| {
            got.push(item);
            ControlFlow::Continue(())
        };
        let line = Line::new(&mut each, |_| 1);
        let next = std::sync::atomic::AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let part = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        if part >= PARTS {
                            return;
                        }
                        let items: Vec<(u64, u64)> =
                            (0..part * 7 % 500).map(|n| (part, n)).collect();
                        for piece in items.chunks(64) {
                            let _ = line.hand_over(part, &mut piece.to_vec(), false);
                        }
                        let _ = line.hand_over(part, &mut Vec::new(), true);
                    }
                });
            }
        });
        drop(line);
        let wanted: Vec<(u64, u64)> = (0..PARTS)
            .flat_map(|part| (0..part * 7 % 500).map(move |n| (part, n)))
            .collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn nothing_comes_after_the_end() {
        let mut got = Vec::new();
        let mut each = |item: u64| {
            got.push(item);
            match item {
                3 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        };
        let line = Line::new(&mut each, |_| 1);
        // A part that is not next waits in the line.
        assert!(line.hand_over(1, &mut vec![4, 5], true).is_continue());
        assert!(line.hand_over(0, &mut vec![1, 2, 3, 3], true).is_break());
        assert!(line.hand_over(2, &mut vec![6], true).is_break());
        drop(line);
        assert_eq!(got, [1, 2, 3]);
    }
}
