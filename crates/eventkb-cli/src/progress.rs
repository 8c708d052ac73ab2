//! One line on stderr that says how far a long run has come.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use eventkb::Progress;

use eventkb_render::words;

/// Runs shorter than this say nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(250);

/// Whether there is someone to watch.
pub(crate) fn is_watched(quiet: bool) -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stderr().is_terminal() && !(dumb || quiet)
}

/// The line of progress, which may have to make room for an answer on the same terminal.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    ended: Mutex<bool>,
}

impl Watch {
    /// Nothing is drawn any more, and what was drawn is wiped away.
    pub(crate) fn end(&self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if !*ended {
            *ended = true;
            if io::stderr().is_terminal() {
                let _ = write!(io::stderr(), "\r\u{1b}[K");
            }
        }
    }

    fn draw(&self, line: &str) {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if !*ended {
            let _ = write!(io::stderr(), "\r\u{1b}[Keventkb: {line}");
        }
    }
}

/// Does the work; meanwhile shows its progress, if someone watches.
pub(crate) fn during<T>(progress: &Progress, watched: bool, work: impl FnOnce(&Watch) -> T) -> T {
    let watch = Watch::default();
    if !watched {
        *watch.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        return work(&watch);
    }
    let watch = &watch;
    let (working, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let begun = Instant::now();
            // The channel is closed when the work ends, also when it ends badly.
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                if begun.elapsed() >= PATIENCE {
                    watch.draw(&line(progress, begun.elapsed()));
                }
            }
        });
        let result = work(watch);
        drop(working);
        watch.end();
        result
    })
}

fn line(progress: &Progress, elapsed: Duration) -> String {
    let files = progress.files.load(Ordering::Relaxed);
    let done = progress.files_done.load(Ordering::Relaxed);
    let bytes = progress.bytes.load(Ordering::Relaxed);
    let total = progress.bytes_total.load(Ordering::Relaxed);
    if files == 0 && done == 0 {
        return "looking for files".to_owned();
    }
    let seconds = elapsed.as_secs_f64().max(0.001);
    let speed = bytes as f64 / seconds;
    let records = progress.records.load(Ordering::Relaxed) as f64 / seconds;
    let mut line = format!(
        "{} of {}, {} of {}, {}/s",
        words::grouped(done),
        words::count(files, "file"),
        words::size(bytes),
        words::size(total.max(bytes)),
        words::size(speed as u64),
    );
    if records >= 1.0 {
        line.push_str(&format!(", {} records/s", words::grouped(records as u64)));
    }
    if speed > 0.0 && total > bytes {
        let left = (total - bytes) as f64 / speed;
        line.push_str(&format!(", about {} left", duration(left as u64)));
    }
    line
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..=89 => format!("{seconds} s"),
        90..=5_399 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_long() {
        let progress = Progress::default();
        progress.files.store(40, Ordering::Relaxed);
        progress.files_done.store(12, Ordering::Relaxed);
        progress.bytes.store(100 << 20, Ordering::Relaxed);
        progress.bytes_total.store(400 << 20, Ordering::Relaxed);
        progress.records.store(123_456, Ordering::Relaxed);
        assert_eq!(
            line(&progress, Duration::from_secs(10)),
            "12 of 40 files, 100.0 MiB of 400.0 MiB, 10.0 MiB/s, 12,345 records/s, about 30 s left"
        );
    }

    #[test]
    fn nothing_read_yet_is_no_trouble() {
        let progress = Progress::default();
        let text = line(&progress, Duration::ZERO);
        assert_eq!(text, "looking for files");
        progress.files.store(3, Ordering::Relaxed);
        let text = line(&progress, Duration::ZERO);
        assert_eq!(text, "0 of 3 files, 0 bytes of 0 bytes, 0 bytes/s");
    }

    #[test]
    fn the_work_is_done_watched_or_not() {
        let progress = Progress::default();
        assert_eq!(during(&progress, false, |_| 1), 1);
        assert_eq!(during(&progress, true, |_| 2), 2);
    }
}
