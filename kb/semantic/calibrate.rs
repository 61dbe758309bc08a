//! Fits the confidence to one knowledge base, from its own phrasings alone. Each is asked as if it were not
//! there, which is a question that can be answered; and as if its whole entry were not there, which is one
//! that cannot. Two numbers are learnt, on top of what was learnt once from other knowledge bases.

use serde::{Deserialize, Serialize};

/// How strongly the two numbers are held at "as elsewhere", where all self-questions together weigh 1.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    slope: f64,
    offset: f64,
}

impl Held {
    /// For the sections of documents, which differ most from one knowledge base to the next.
    pub const LOOSELY: Held = Held {
        slope: 0.01,
        offset: 0.01,
    };

    /// For phrasings. The common slope counts like 60 more questions: two dozen phrasings that miss each other
    /// must not make all questions look alike.
    fn by_experience(questions: usize) -> Held {
        Held {
            slope: 60.0 / questions as f64,
            ..Held::LOOSELY
        }
    }
}

/// Fewer self-questions than this teach nothing.
const ENOUGH: usize = 8;

/// Below so many ways to ask it (phrasings of FAQ entries and sections of documents together) a knowledge base is too
/// small for any confidence: there is nothing to learn from, and with so few rivals the nearest entry is near by chance.
pub const SMALLEST: usize = ENOUGH;

/// How the common confidence is bent for one knowledge base.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    pub slope: f64,
    pub offset: f64,
    /// Questions that it was learnt from; 0 if it is as elsewhere.
    pub questions: usize,
    /// The share of those which found their own entry though they were left out themselves.
    pub found: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Calibration {
            slope: 1.0,
            offset: 0.0,
            questions: 0,
            found: 0.0,
        }
    }
}

impl Calibration {
    /// The confidence for what the common model says, on its own scale of odds.
    pub fn apply(&self, odds: f64) -> f64 {
        logistic(self.slope * odds + self.offset)
    }

    /// Learns from phrasings that were left out alone, with whether they found their entry, and from
    /// phrasings whose entry was hidden.
    pub fn of_phrasings(itself: &[(f64, bool)], hidden: &[f64], entries: usize) -> Calibration {
        let held = Held::by_experience(itself.len() + hidden.len());
        Calibration::learn(itself, hidden, entries, held)
    }

    /// The same from any questions.
    pub fn learn(
        itself: &[(f64, bool)],
        hidden: &[f64],
        entries: usize,
        held: Held,
    ) -> Calibration {
        if itself.len() < ENOUGH {
            return Calibration::default();
        }
        let found = itself.iter().filter(|(_, found)| *found).count();
        let missing = missing(entries);
        let each = (1.0 - missing) / itself.len() as f64;
        let known = itself.iter().map(|(odds, found)| Asked {
            odds: *odds,
            right: f64::from(u8::from(*found)),
            weight: each,
        });
        let unknown = hidden.iter().map(|odds| Asked {
            odds: *odds,
            right: 0.0,
            weight: missing / hidden.len() as f64,
        });
        let (slope, offset) = fit(&known.chain(unknown).collect::<Vec<_>>(), held);
        Calibration {
            slope,
            offset,
            questions: itself.len(),
            found: found as f64 / itself.len() as f64,
        }
    }
}

/// The share of questions that are close to what is known and still not answered by it, as it is assumed. The
/// more entries, the fewer remain beside them.
fn missing(entries: usize) -> f64 {
    (0.9 - 0.21 * (entries.max(1) as f64).ln()).clamp(0.08, 0.5)
}

struct Asked {
    odds: f64,
    right: f64,
    weight: f64,
}

/// Newton's method; the penalty keeps the two numbers near 1 and 0.
fn fit(asked: &[Asked], held: Held) -> (f64, f64) {
    let (mut slope, mut offset) = (1.0, 0.0);
    for _ in 0..30 {
        let mut gradient = [held.slope * (1.0 - slope), -held.offset * offset];
        let mut curve = [held.slope, 0.0, held.offset];
        for one in asked {
            let p = logistic(slope * one.odds + offset);
            let (miss, bend) = (one.weight * (one.right - p), one.weight * p * (1.0 - p));
            gradient[0] += miss * one.odds;
            gradient[1] += miss;
            curve[0] += bend * one.odds * one.odds;
            curve[1] += bend * one.odds;
            curve[2] += bend;
        }
        let size = curve[0] * curve[2] - curve[1] * curve[1];
        slope += (gradient[0] * curve[2] - gradient[1] * curve[1]) / size;
        offset += (gradient[1] * curve[0] - gradient[0] * curve[1]) / size;
        slope = slope.clamp(0.3, 3.0);
        offset = offset.clamp(-4.0, 4.0);
    }
    (slope, offset)
}

pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::{Calibration, Held};

    #[test]
    fn what_is_right_too_rarely_is_believed_less() {
        let itself: Vec<_> = (0..50).map(|n| (1.0, n % 2 == 0)).collect();
        let calibration = Calibration::learn(&itself, &[1.0; 50], 20, Held::LOOSELY);
        assert!(calibration.apply(1.0) < 0.5, "{calibration:?}");
        assert_eq!(calibration.found, 0.5);
        let plain = Calibration::default();
        assert!(plain.apply(1.0) > 0.7);
    }

    #[test]
    fn odds_that_tell_apart_are_sharpened() {
        let itself: Vec<_> = (0..50).map(|_| (0.7, true)).collect();
        let calibration = Calibration::learn(&itself, &[-0.7; 50], 20, Held::LOOSELY);
        assert!(calibration.slope > 1.5, "{calibration:?}");
        assert!(calibration.apply(0.7) > 0.8 && calibration.apply(-0.7) < 0.2);
    }

    #[test]
    fn a_handful_of_questions_teaches_nothing() {
        let calibration = Calibration::of_phrasings(&[(1.0, true); 7], &[1.0; 7], 3);
        assert_eq!(calibration, Calibration::default());
    }

    #[test]
    fn a_few_phrasings_that_miss_each_other_do_not_make_all_questions_alike() {
        let itself: Vec<_> = (0..24)
            .map(|n| (0.2 * f64::from(n) - 3.0, n % 6 == 0))
            .collect();
        let hidden: Vec<_> = itself.iter().map(|(odds, _)| *odds).collect();
        let calibration = Calibration::of_phrasings(&itself, &hidden, 12);
        assert!(calibration.apply(3.0) > 0.5, "{calibration:?}");
        assert!(calibration.apply(-3.0) < 0.1, "{calibration:?}");
        let loose = Calibration::learn(&itself, &hidden, 12, Held::LOOSELY);
        assert!(loose.slope < 0.5, "{loose:?}");
    }
}
