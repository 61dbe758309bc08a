//! The few numbers an operator may turn, with their defaults and a hash that verdicts record.

use serde::{Deserialize, Serialize};

/// How readily the bot answers: the one setting that moves both borders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Boldness {
    Careful,
    #[default]
    Balanced,
    Eager,
}

impl TryFrom<String> for Boldness {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "careful" => Ok(Boldness::Careful),
            "balanced" => Ok(Boldness::Balanced),
            "eager" => Ok(Boldness::Eager),
            _ => Err("boldness is \"careful\", \"balanced\" or \"eager\"".to_owned()),
        }
    }
}

impl Boldness {
    /// The borders of `answer` and `suggest`. A visitor forgives a hand-over more easily than a wrong answer, so
    /// the middle one answers a little above one half.
    pub fn borders(self) -> (f64, f64) {
        match self {
            Boldness::Careful => (0.75, 0.4),
            Boldness::Balanced => (0.55, 0.25),
            Boldness::Eager => (0.4, 0.15),
        }
    }
}

/// The numbers as they are written: a border that is given wins over what the boldness says.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    boldness: Boldness,
    answer: Option<f64>,
    suggest: Option<f64>,
    candidates: usize,
}

impl Default for Written {
    fn default() -> Self {
        Written {
            boldness: Boldness::default(),
            answer: None,
            suggest: None,
            candidates: Settings::default().candidates,
        }
    }
}

impl From<Written> for Settings {
    fn from(written: Written) -> Settings {
        let (answer, suggest) = written.boldness.borders();
        Settings {
            answer: written.answer.unwrap_or(answer),
            suggest: written.suggest.unwrap_or(suggest),
            candidates: written.candidates,
        }
    }
}

/// How sure the knowledge must be before it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Settings {
    /// Confidence from which the best entry is given as the answer.
    pub answer: f64,
    /// Confidence from which the best entries are offered as suggestions.
    pub suggest: f64,
    /// How many candidates a judgement carries, and so how many suggestions there can be.
    pub candidates: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let (answer, suggest) = Boldness::default().borders();
        Settings {
            answer,
            suggest,
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
    use super::{Boldness, Settings};

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

    #[test]
    fn boldness_moves_both_borders_and_a_number_wins_over_it() {
        let read = |text: &str| serde_json::from_str::<Settings>(text);
        assert_eq!(read("{}").unwrap(), Settings::default());
        let careful = read(r#"{"boldness": "careful"}"#).unwrap();
        let eager = read(r#"{"boldness": "eager", "suggest": 0.2}"#).unwrap();
        let default = Settings::default();
        assert!(careful.answer > default.answer && default.answer > eager.answer);
        assert!(careful.suggest > default.suggest && default.suggest > eager.suggest);
        assert_eq!(eager.suggest, 0.2);
        assert!(read(r#"{"boldness": "reckless"}"#).is_err());
        assert!(read(r#"{"bold": 1}"#).is_err());
        for boldness in [Boldness::Careful, Boldness::Balanced, Boldness::Eager] {
            let (answer, suggest) = boldness.borders();
            assert!(suggest < answer && answer < 1.0);
        }
    }
}
