//! How far long work is, how fast it goes and how long it takes yet: a bar on a terminal, and elsewhere (a log, CI, a
//! container) a plain line now and then.

use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::Failure;

const SHAPE: &str = "{bar:24} {pos}/{len} {per_sec}, {eta} left {wide_msg}";
/// How often a line is written where there is no terminal.
const LINES_EVERY: Duration = Duration::from_secs(10);

pub struct Progress {
    bar: ProgressBar,
    /// When the last line was written, or the work began.
    told: Instant,
}

impl Progress {
    pub fn new() -> Result<Progress, Failure> {
        let style = ProgressStyle::with_template(SHAPE)?;
        Ok(Progress::of(ProgressBar::new(0).with_style(style)))
    }

    fn of(bar: ProgressBar) -> Progress {
        Progress {
            bar,
            told: Instant::now(),
        }
    }

    /// `done` of `total` pieces are there, and this one is next.
    pub fn at(&mut self, done: usize, total: usize, piece: &str) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(piece.to_owned());
        if let Some(line) = self.line(Instant::now()) {
            eprintln!("{line}");
        }
    }

    /// The line that is due, if nobody sees the bar.
    fn line(&mut self, now: Instant) -> Option<String> {
        if !self.bar.is_hidden() || now.duration_since(self.told) < LINES_EVERY {
            return None;
        }
        self.told = now;
        let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
        let (speed, left) = (self.bar.per_sec(), HumanDuration(self.bar.eta()));
        Some(format!("{done}/{total} {speed:.1}/s, {left} left"))
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_a_line_says_now_and_then_how_far_it_is() {
        let mut progress = Progress::of(ProgressBar::hidden());
        let start = progress.told;
        progress.at(20, 300, "faq.md");
        assert_eq!(progress.line(start + LINES_EVERY / 2), None);
        let line = progress.line(start + LINES_EVERY).expect("it is due");
        assert!(line.starts_with("20/300 "), "{line}");
        assert!(line.contains("/s, ") && line.ends_with(" left"), "{line}");
        assert_eq!(progress.line(start + LINES_EVERY * 3 / 2), None);
        assert!(progress.line(start + LINES_EVERY * 2).is_some());
    }
}
