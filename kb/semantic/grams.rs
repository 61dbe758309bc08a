//! How alike two texts are in their letters: runs of three to five letters within words, rare runs counting
//! more. A typing mistake changes a few of them, and the rest still match.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The lengths of the runs.
const RUNS: std::ops::RangeInclusive<usize> = 3..=5;
/// Letters of one text that are looked at.
const MAX_CHARS: usize = 600;

/// The runs of many texts, and which texts have them.
pub(crate) struct Grams {
    /// Per run: how telling it is, and its share in each text that has it.
    runs: HashMap<Box<str>, Run>,
    texts: usize,
}

#[derive(Default)]
struct Run {
    rarity: f32,
    texts: Vec<(u32, f32)>,
}

impl Grams {
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Grams {
        let counted: Vec<_> = texts.map(count).collect();
        let mut grams = Grams {
            runs: HashMap::new(),
            texts: counted.len(),
        };
        for (text, runs) in counted.into_iter().enumerate() {
            for (run, times) in runs {
                let run = grams.runs.entry(run.into()).or_default();
                run.texts.push((text as u32, 1.0 + times.ln()));
            }
        }
        grams.weigh();
        grams
    }

    /// Turns counts into shares: each text has the length one.
    fn weigh(&mut self) {
        let mut squares = vec![0.0_f32; self.texts];
        for run in self.runs.values_mut() {
            run.rarity = ((1 + self.texts) as f32 / (1 + run.texts.len()) as f32).ln() + 1.0;
        }
        // Sums of floats depend on their order, so the runs are taken in a fixed one.
        let mut sorted: Vec<_> = self.runs.iter_mut().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
        for (_, run) in &mut sorted {
            for (text, weight) in &mut run.texts {
                *weight *= run.rarity;
                squares[*text as usize] += *weight * *weight;
            }
        }
        for (_, run) in sorted {
            for (text, weight) in &mut run.texts {
                *weight /= squares[*text as usize].sqrt();
            }
        }
    }

    /// The likeness of a text to each of them, from 0 to 1.
    pub fn likeness(&self, text: &str) -> Vec<f32> {
        let mut found: Vec<(&Run, f32)> = Vec::new();
        let mut squares = 0.0;
        let mut runs: Vec<_> = count(text).into_iter().collect();
        runs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (run, times) in runs {
            if let Some(run) = self.runs.get(run.as_str()) {
                let weight = (1.0 + times.ln()) * run.rarity;
                squares += weight * weight;
                found.push((run, weight));
            }
        }
        let mut likeness = vec![0.0; self.texts];
        let length = squares.sqrt().max(f32::MIN_POSITIVE);
        for (run, weight) in found {
            for (text, share) in &run.texts {
                likeness[*text as usize] += weight / length * share;
            }
        }
        likeness
    }
}

/// The runs of a text, and how often each occurs.
fn count(text: &str) -> HashMap<String, f32> {
    let lower: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .take(MAX_CHARS)
        .collect();
    let mut counts = HashMap::new();
    for word in lower.split_whitespace() {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for length in RUNS {
            if letters.len() <= length {
                *counts.entry(letters.iter().collect()).or_insert(0.0) += 1.0;
                break;
            }
            for run in letters.windows(length) {
                *counts.entry(run.iter().collect()).or_insert(0.0) += 1.0;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::Grams;

    #[test]
    fn a_typing_mistake_changes_little() {
        let grams = Grams::new(["how long does delivery take", "reset my password"].into_iter());
        let likeness = grams.likeness("how long dose delivry take");
        assert!(likeness[0] > 0.6 && likeness[1] < 0.1, "{likeness:?}");
        assert!((grams.likeness("reset my password")[1] - 1.0).abs() < 1e-5);
        assert_eq!(grams.likeness("???"), [0.0, 0.0]);
        assert_eq!(grams.likeness(""), [0.0, 0.0]);
    }
}
