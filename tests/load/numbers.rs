//! Times and how they are told: percentiles, lines for people, JSON for programs.

use std::time::Duration;

use serde_json::{Map, Value};

/// Times of one kind.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn extend(&mut self, times: impl IntoIterator<Item = Duration>) {
        self.0.extend(times);
    }

    pub fn merge(&mut self, other: Times) {
        self.0.extend(other.0);
    }

    /// The time that so many of a hundred did not exceed, in milliseconds; 0 when there are none.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100);
        let time = self.0.get(rank.saturating_sub(1));
        time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// Named numbers in the order they are told.
#[derive(Debug, Default)]
pub struct Report(Vec<(&'static str, f64, &'static str)>);

impl Report {
    /// The name goes into the JSON, the words behind the number are for people.
    pub fn add(&mut self, name: &'static str, value: f64, words: &'static str) {
        self.0.push((name, value, words));
    }

    pub fn times(&mut self, names: [&'static str; 2], mut times: Times, words: [&'static str; 2]) {
        self.add(names[0], times.percentile(50), words[0]);
        self.add(names[1], times.percentile(99), words[1]);
    }

    pub fn print(&self, json: bool) -> String {
        match json {
            true => {
                let pairs = self
                    .0
                    .iter()
                    .map(|(name, value, _)| ((*name).to_owned(), round(*value)));
                Value::Object(pairs.collect::<Map<_, _>>()).to_string()
            }
            false => {
                let lines = self
                    .0
                    .iter()
                    .map(|(_, value, words)| format!("{value:10.2} {words}"));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

fn round(value: f64) -> Value {
    ((value * 1_000.0).round() / 1_000.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let mut times = Times::default();
        assert_eq!(times.percentile(99), 0.0);
        times.extend((1..=200).rev().map(Duration::from_millis));
        assert_eq!(times.percentile(50), 100.0);
        assert_eq!(times.percentile(99), 198.0);
        assert_eq!(times.percentile(100), 200.0);
    }

    #[test]
    fn a_report_reads_both_ways() {
        let mut report = Report::default();
        report.add("per_second", 12.34567, "questions a second");
        assert_eq!(report.print(true), r#"{"per_second":12.346}"#);
        assert_eq!(report.print(false), "     12.35 questions a second");
    }
}
