//! The few numbers an operator may turn, with their defaults and a hash that verdicts record.

use serde::{Deserialize, Serialize};

/// How sure the knowledge must be before it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Confidence from which the best entry is given as the answer.
    pub answer: f64,
    /// Confidence from which the best entries are offered as suggestions.
    pub suggest: f64,
    /// How many candidates a judgement carries, and so how many suggestions there can be.
    pub candidates: usize,
}

impl Default for Settings {
    /// A visitor forgives a hand-over more easily than a wrong answer, so the answer border lies above
    /// one half.
    fn default() -> Self {
        Settings {
            answer: 0.55,
            suggest: 0.25,
            candidates: 3,
        }
    }
}

impl Settings {
    /// The largest number of candidates a judgement may carry.
    pub const MAX_CANDIDATES: usize = 100;

    /// Why these settings make no sense, if they do not.
    pub fn check(&self) -> Result<(), String> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        if !share(self.answer) || !share(self.suggest) {
            return Err("the borders `answer` and `suggest` lie between 0 and 1".to_owned());
        }
        if self.suggest > self.answer {
            return Err("`suggest` must not be above `answer`".to_owned());
        }
        if !(1..=Self::MAX_CANDIDATES).contains(&self.candidates) {
            return Err(format!(
                "`candidates` lies between 1 and {}",
                Self::MAX_CANDIDATES
            ));
        }
        Ok(())
    }

    /// Short hash of every value that influences a verdict, for replay.
    pub fn hash(&self) -> String {
        let text = format!(
            "{:?} {:?} {} {}",
            self.answer,
            self.suggest,
            self.candidates,
            crate::confidence::MODEL
        );
        blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn the_defaults_make_sense_and_hash_the_same_each_time() {
        let settings = Settings::default();
        assert_eq!(settings.check(), Ok(()));
        assert_eq!(settings.hash(), Settings::default().hash());
    }

    #[test]
    fn another_border_gives_another_hash() {
        let other = Settings {
            answer: 0.8,
            ..Settings::default()
        };
        assert_ne!(other.hash(), Settings::default().hash());
    }

    #[test]
    fn borders_out_of_order_or_range_are_refused() {
        for (answer, suggest, candidates) in [
            (0.2, 0.5, 3),
            (1.5, 0.5, 3),
            (0.5, f64::NAN, 3),
            (0.5, 0.2, 0),
        ] {
            let settings = Settings {
                answer,
                suggest,
                candidates,
            };
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
