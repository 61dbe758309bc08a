//! The figures of an evaluation, each computed from the outcomes alone. A share of nothing is absent rather
//! than zero.

use std::collections::HashMap;

use serde::Serialize;

use crate::eval::Outcome;
use crate::judge::Verdict;

/// Bins of the calibration error.
const BINS: usize = 15;

/// The report of `hinny kb eval`; the names are what other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvalReport {
    /// Share of questions with an expected entry whose best entry is that one, whatever the verdict.
    pub top1: Option<f64>,
    pub recall_at_3: Option<f64>,
    pub mrr_at_10: Option<f64>,
    /// The confidence as a judge of "the best entry is the expected one", over all questions.
    pub auroc: Option<f64>,
    /// The confidence as a judge of "an entry is expected at all".
    pub auroc_oos: Option<f64>,
    /// Expected calibration error of the confidence against "right", in 15 bins.
    pub ece: Option<f64>,
    /// Share of all questions that are answered.
    pub coverage: Option<f64>,
    /// Share of questions with an expected entry that are answered with it.
    pub in_scope_accuracy: Option<f64>,
    /// Share of questions without an expected entry that are not answered.
    pub oos_recall: Option<f64>,
    /// Share of all questions that are answered wrongly.
    pub wrong_rate: Option<f64>,
    /// Share of all questions that get suggestions.
    pub suggest_rate: Option<f64>,
    /// Share of those whose expected entry is among the suggestions.
    pub suggest_hit: Option<f64>,
    /// With "no answer" as a class of its own.
    pub accuracy: Option<f64>,
    /// Matthews' correlation over the same classes.
    pub mcc: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub queries: usize,
    pub entries: usize,
}

/// Computes the report. Suggestions are the first `suggestions` of each ranking.
pub(crate) fn report(outcomes: &[Outcome], entries: usize, suggestions: usize) -> EvalReport {
    let (expected, null): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|o| o.expect.is_some());
    let suggested: Vec<&Outcome> = outcomes
        .iter()
        .filter(|o| o.verdict == Verdict::Suggest)
        .collect();
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let answered = |o: &Outcome| o.verdict == Verdict::Answer;
    let times: Vec<f64> = outcomes.iter().map(|o| o.ms).collect();
    EvalReport {
        top1: share(&expected, Outcome::right),
        recall_at_3: share(&expected, |o| rank(o).is_some_and(|rank| rank <= 3)),
        mrr_at_10: mean(expected.iter().map(|o| reciprocal(o))),
        auroc: auroc(outcomes.iter().map(|o| (o.confidence, o.right()))),
        auroc_oos: auroc(outcomes.iter().map(|o| (o.confidence, o.expect.is_some()))),
        ece: ece(outcomes),
        coverage: share(&all, answered),
        in_scope_accuracy: share(&expected, |o| answered(o) && o.right()),
        oos_recall: share(&null, |o| !answered(o)),
        wrong_rate: share(&all, |o| answered(o) && !o.right()),
        suggest_rate: share(&all, |o| o.verdict == Verdict::Suggest),
        suggest_hit: share(&suggested, |o| rank(o).is_some_and(|n| n <= suggestions)),
        accuracy: share(&all, |o| prediction(o) == o.expect.as_deref()),
        mcc: mcc(outcomes),
        p50_ms: quantile(times.clone(), 0.50),
        p99_ms: quantile(times, 0.99),
        queries: outcomes.len(),
        entries,
    }
}

fn share(of: &[&Outcome], holds: impl Fn(&Outcome) -> bool) -> Option<f64> {
    mean(of.iter().map(|outcome| f64::from(holds(outcome))))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// The place of the expected entry in the ranking, from 1.
fn rank(outcome: &Outcome) -> Option<usize> {
    let expect = outcome.expect.as_ref()?;
    let place = outcome.ranked.iter().position(|id| id == expect)?;
    Some(place + 1)
}

fn reciprocal(outcome: &Outcome) -> f64 {
    match rank(outcome) {
        Some(rank) if rank <= 10 => 1.0 / rank as f64,
        _ => 0.0,
    }
}

fn prediction(outcome: &Outcome) -> Option<&str> {
    let best = outcome.ranked.first().map(String::as_str);
    best.filter(|_| outcome.verdict == Verdict::Answer)
}

/// The chance that a true one is scored above a false one; equal scores count half.
fn auroc(scored: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut scored: Vec<(f64, bool)> = scored.collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = scored.iter().filter(|(_, truth)| *truth).count() as f64;
    let negatives = scored.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut rank_sum, mut start) = (0.0, 0);
    while start < scored.len() {
        let alike = scored[start..]
            .iter()
            .take_while(|(score, _)| *score == scored[start].0)
            .count();
        let middle = start as f64 + (alike as f64 + 1.0) / 2.0;
        let tied = &scored[start..start + alike];
        rank_sum += middle * tied.iter().filter(|(_, truth)| *truth).count() as f64;
        start += alike;
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

fn ece(outcomes: &[Outcome]) -> Option<f64> {
    let mut bins = [(0.0, 0.0, 0.0); BINS];
    for outcome in outcomes {
        let bin = &mut bins[((outcome.confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += 1.0;
        bin.1 += outcome.confidence;
        bin.2 += f64::from(outcome.right());
    }
    let all = outcomes.len() as f64;
    let error = |(_, confidence, right): &(f64, f64, f64)| (confidence - right).abs() / all;
    (all > 0.0).then(|| bins.iter().map(error).sum())
}

/// Multi-class correlation (Gorodkin's R_K), which is 0 for a constant prediction.
fn mcc(outcomes: &[Outcome]) -> Option<f64> {
    let (mut predicted, mut actual) = (HashMap::new(), HashMap::new());
    let mut correct = 0.0;
    for outcome in outcomes {
        let (guess, truth) = (prediction(outcome), outcome.expect.as_deref());
        *predicted.entry(guess).or_insert(0.0) += 1.0;
        *actual.entry(truth).or_insert(0.0) += 1.0;
        correct += f64::from(guess == truth);
    }
    let all = outcomes.len() as f64;
    let cross: f64 = predicted
        .iter()
        .map(|(class, count)| count * actual.get(class).unwrap_or(&0.0))
        .sum();
    let squares = |counts: &HashMap<Option<&str>, f64>| -> f64 {
        counts.values().map(|count| count * count).sum()
    };
    let spread = (all * all - squares(&predicted)) * (all * all - squares(&actual));
    match (outcomes.is_empty(), spread > 0.0) {
        (true, _) => None,
        (_, true) => Some((correct * all - cross) / spread.sqrt()),
        (_, false) => Some(0.0),
    }
}

fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(values[(last as f64 * share).round() as usize])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{auroc, report};
    use crate::eval::Outcome;
    use crate::judge::Verdict;

    fn outcome(expect: Option<&str>, ranked: &[&str], confidence: f64) -> Outcome {
        Outcome {
            query: String::new(),
            expect: expect.map(str::to_owned),
            verdict: match confidence {
                c if c >= 0.6 => Verdict::Answer,
                c if c >= 0.3 => Verdict::Suggest,
                _ => Verdict::Unsure,
            },
            confidence,
            features: BTreeMap::new(),
            ranked: ranked.iter().map(|id| (*id).to_owned()).collect(),
            ms: 1.0,
        }
    }

    fn close(value: Option<f64>, to: f64) {
        let value = value.expect("a figure");
        assert!((value - to).abs() < 1e-9, "{value} is not {to}");
    }

    #[test]
    fn figures_of_a_small_hand_made_set() {
        let outcomes = [
            outcome(Some("a"), &["a", "b"], 0.9),
            outcome(Some("b"), &["a", "b"], 0.7),
            outcome(Some("c"), &["a", "b", "d", "c"], 0.4),
            outcome(None, &["a"], 0.1),
            outcome(None, &["b"], 0.8),
        ];
        let report = report(&outcomes, 4, 3);
        close(report.top1, 1.0 / 3.0);
        close(report.recall_at_3, 2.0 / 3.0);
        close(report.mrr_at_10, (1.0 + 0.5 + 0.25) / 3.0);
        close(report.auroc, 1.0);
        close(report.auroc_oos, 4.0 / 6.0);
        close(report.ece, (0.1 + 0.7 + 0.4 + 0.1 + 0.8) / 5.0);
        close(report.coverage, 3.0 / 5.0);
        close(report.in_scope_accuracy, 1.0 / 3.0);
        close(report.oos_recall, 1.0 / 2.0);
        close(report.wrong_rate, 2.0 / 5.0);
        close(report.suggest_rate, 1.0 / 5.0);
        close(report.suggest_hit, 0.0);
        close(report.accuracy, 2.0 / 5.0);
        close(report.p99_ms, 1.0);
    }

    #[test]
    fn correlation_is_one_for_a_perfect_and_zero_for_a_constant_judge() {
        let perfect = [
            outcome(Some("a"), &["a"], 0.9),
            outcome(Some("b"), &["b"], 0.9),
            outcome(None, &["a"], 0.1),
        ];
        close(report(&perfect, 2, 3).mcc, 1.0);
        let silent = [outcome(Some("a"), &["a"], 0.0), outcome(None, &[], 0.0)];
        close(report(&silent, 2, 3).mcc, 0.0);
    }

    #[test]
    fn equal_scores_judge_nothing() {
        close(auroc([(0.5, true), (0.5, false)].into_iter()), 0.5);
        assert_eq!(auroc([(0.5, true)].into_iter()), None);
        assert_eq!(report(&[], 0, 3).top1, None);
    }
}
