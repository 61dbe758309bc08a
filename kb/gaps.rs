//! The questions that the knowledge left open, gathered: those that mean much the same form a cluster, and for each
//! cluster an FAQ entry is drafted from what people wrote. A draft is for somebody to review, and says nothing that
//! nobody has said.

use std::collections::BTreeSet;
use std::path::Path;

use hinny_encoder::{Encoder, Vector};
use serde::Serialize;

use crate::analyze::same_question;
use crate::draft::{block, quoted, write_new};
use crate::error::KbError;
use crate::language::{self, ENGLISH};
use crate::mask::mask;

/// From this cosine on two English questions are about the same thing.
const CLOSE: f64 = 0.55;
/// From this share of common words on two other questions are.
const SHARED: f64 = 0.5;
/// Times that questions are put to the nearest cluster again.
const ROUNDS: usize = 3;
/// Other phrasings in a draft.
const ALTERNATES: usize = 5;
/// Questions that are looked at; the newest count.
pub const MAX_OPEN: usize = 5_000;

/// A question that the bot had no answer for, or that was answered wrongly or in vain.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    pub question: String,
    /// The bot answered, and somebody said that the answer was wrong.
    pub wrong: bool,
    /// The bot answered, and the visitor said that it did not help.
    pub not_helped: bool,
    /// The bot made suggestions, and the visitor has chosen none of them.
    pub suggested: bool,
    /// What an agent answered, in Markdown.
    pub answer: Option<String>,
    /// Where it was asked.
    pub conversation: String,
    /// Names of people in the conversation, which a draft must not have.
    pub names: Vec<String>,
}

impl Open {
    fn covered(&self, text: &str) -> String {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        mask(text, &names)
    }
}

/// Questions about the same thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cluster {
    pub count: usize,
    pub handed_over: usize,
    pub wrong: usize,
    pub not_helped: usize,
    /// Only suggested, and not chosen.
    pub suggested: usize,
    /// The question that is closest to all the others.
    pub example: String,
    /// Where the example was asked.
    pub conversation: String,
    pub draft: Draft,
}

/// An FAQ entry as it might be; names, numbers and addresses of people are covered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    pub question: String,
    pub alternates: Vec<String>,
    /// The newest answer of an agent, if one has answered.
    pub answer: Option<String>,
}

/// Puts questions together that mean much the same, the largest cluster first. `open` has the newest first.
pub fn clusters(open: &[Open]) -> Vec<Cluster> {
    let open = &open[..open.len().min(MAX_OPEN)];
    let said: Vec<Said> = open.iter().map(Said::of).collect();
    let mut found: Vec<Cluster> = grouped(&said)
        .iter()
        .map(|members| cluster(open, &said, members))
        .collect();
    found.sort_by_key(|cluster| std::cmp::Reverse(cluster.count));
    found
}

/// What is compared.
struct Said {
    /// Only what is English has a meaning to the encoder.
    meaning: Option<Vector>,
    words: BTreeSet<String>,
}

impl Said {
    fn of(open: &Open) -> Said {
        let english = language::detect(&open.question).is_none_or(|found| found == ENGLISH);
        Said {
            meaning: english.then(|| Encoder::shared().one(&open.question)),
            words: same_question(&open.question)
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// How much of the way to being the same they are; from 1 on they are.
    fn likeness(&self, other: &Said) -> f64 {
        match (&self.meaning, &other.meaning) {
            (Some(one), Some(two)) => f64::from(one.cosine(two)) / CLOSE,
            _ => {
                let shared = self.words.intersection(&other.words).count();
                let all = self.words.union(&other.words).count();
                shared as f64 / all.max(1) as f64 / SHARED
            }
        }
    }
}

/// Each question goes to the nearest middle, or is one itself; then each group elects the middle that is closest
/// to all of it, and so again.
fn grouped(said: &[Said]) -> Vec<Vec<usize>> {
    let mut middles: Vec<usize> = Vec::new();
    let mut groups = Vec::new();
    for _ in 0..ROUNDS {
        groups = vec![Vec::new(); middles.len()];
        for (one, own) in said.iter().enumerate() {
            let near = |(at, middle): (usize, &usize)| (at, own.likeness(&said[*middle]));
            let nearest = middles.iter().enumerate().map(near);
            match nearest.max_by(|a, b| a.1.total_cmp(&b.1)) {
                Some((at, likeness)) if likeness >= 1.0 => groups[at].push(one),
                _ => {
                    middles.push(one);
                    groups.push(vec![one]);
                }
            }
        }
        groups.retain(|members: &Vec<usize>| !members.is_empty());
        middles = groups.iter().map(|members| middle(said, members)).collect();
    }
    groups
}

/// Members that have a say in who is the middle; in a large cluster a sample says the same.
const SAMPLE: usize = 50;

fn middle(said: &[Said], members: &[usize]) -> usize {
    let sample = || members.iter().take(SAMPLE);
    let closeness = |one: usize| -> f64 {
        sample()
            .map(|other| said[one].likeness(&said[*other]))
            .sum()
    };
    let scored = sample().map(|one| (*one, closeness(*one)));
    // Of equals the first, which is the newest.
    let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(0, |(one, _)| one)
}

fn cluster(open: &[Open], said: &[Said], members: &[usize]) -> Cluster {
    let example = &open[middle(said, members)];
    let count = |is: fn(&Open) -> bool| members.iter().filter(|one| is(&open[**one])).count();
    let (wrong, not_helped) = (count(|one| one.wrong), count(|one| one.not_helped));
    let suggested = count(|one| one.suggested);
    let covered = |one: &Open| one.covered(&one.question);
    let question = covered(example);
    let mut seen = BTreeSet::from([same_question(&question)]);
    let others = members.iter().map(|one| covered(&open[*one]));
    let alternates = others
        .filter(|other| seen.insert(same_question(other)))
        .take(ALTERNATES)
        .collect();
    let answered = members.iter().find_map(|one| {
        let one = &open[*one];
        Some(one.covered(one.answer.as_ref()?))
    });
    Cluster {
        count: members.len(),
        handed_over: members.len() - wrong - not_helped - suggested,
        wrong,
        not_helped,
        suggested,
        example: example.question.clone(),
        conversation: example.conversation.clone(),
        draft: Draft {
            question,
            alternates,
            answer: answered,
        },
    }
}

const HEAD: &str = "\
# Drafts of FAQ entries, made by `hinny kb gaps` from what visitors asked and agents answered. Names, numbers and
# addresses of people are covered. Read them, correct them, and throw away what does not help. What nobody has
# answered yet is a comment. Then add this file to the paths that are indexed.

";

/// Writes the drafts as YAML that can be indexed; a file that is there is written over only with `force`.
pub fn write_drafts(file: &Path, found: &[Cluster], force: bool) -> Result<(), KbError> {
    let mut text = HEAD.to_owned();
    for cluster in found {
        text += &yaml(cluster);
    }
    if found.iter().all(|cluster| cluster.draft.answer.is_none()) {
        text += "[]\n";
    }
    write_new(file, &text, force)
}

fn yaml(cluster: &Cluster) -> String {
    let draft = &cluster.draft;
    let (count, question) = (cluster.count, quoted(&draft.question));
    let Some(answer) = &draft.answer else {
        return format!("# asked {count} times, and not answered yet: {question}\n\n");
    };
    let mut text = format!("# asked {count} times\n- question: {question}\n");
    if !draft.alternates.is_empty() {
        text += "  alternates:\n";
    }
    for alternate in &draft.alternates {
        text += &format!("    - {}\n", quoted(alternate));
    }
    text += &format!("  answer: {}\n\n", block(answer));
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn open(question: &str) -> Open {
        Open {
            question: question.to_owned(),
            wrong: false,
            not_helped: false,
            suggested: false,
            answer: None,
            conversation: "c".to_owned(),
            names: vec!["Ada".to_owned()],
        }
    }

    #[test]
    fn questions_of_one_meaning_are_one_cluster() {
        let mut asked = [
            "Do you offer a discount for students?",
            "Can I export my data to a spreadsheet?",
            "Is there a student discount?",
            "How do I export my data as a CSV file?",
            "Any discounts for university students?",
            "Why is the sky blue?",
        ]
        .map(open);
        asked[2].wrong = true;
        asked[1].not_helped = true;
        asked[3].suggested = true;
        asked[4].answer = Some("Yes Ada, half the price. Write to me@shop.example.".to_owned());
        let found = clusters(&asked);
        let counts: Vec<_> = found.iter().map(|cluster| cluster.count).collect();
        assert_eq!(counts, [3, 2, 1], "{found:#?}");
        let students = &found[0];
        assert_eq!((students.handed_over, students.wrong), (2, 1));
        assert_eq!((found[1].suggested, found[1].not_helped), (1, 1));
        assert_eq!(found[1].handed_over, 0);
        assert!(students.example.contains("discount"));
        assert_eq!(students.draft.alternates.len(), 2);
        let answer = students.draft.answer.as_ref().unwrap();
        assert!(answer.contains("half the price"), "{answer}");
        assert!(
            !answer.contains("Ada") && !answer.contains("me@"),
            "{answer}"
        );
        assert_eq!(found[1].draft.answer, None);
    }

    #[test]
    fn other_languages_are_told_apart_by_their_words() {
        let asked = [
            "Gibt es einen Rabatt für Studenten an der Universität?",
            "Wie kann ich meine Rechnung noch einmal herunterladen?",
            "Gibt es einen Rabatt für Studenten und Schüler?",
        ]
        .map(open);
        let counts: Vec<_> = clusters(&asked).iter().map(|one| one.count).collect();
        assert_eq!(counts, [2, 1]);
    }

    #[test]
    fn the_same_words_twice_are_one_phrasing_and_nothing_is_nothing() {
        let found = clusters(&[open("Is it free?"), open("is it FREE"), open("Is it free?")]);
        assert_eq!((found.len(), found[0].count), (1, 3));
        assert!(found[0].draft.alternates.is_empty());
        assert!(clusters(&[]).is_empty());
    }

    #[test]
    fn drafts_are_entries_and_never_overwrite_by_accident() {
        let mut asked = [
            "Is there a \"student\" discount?",
            "Why is the sky blue: # tell me",
        ]
        .map(open);
        asked[0].answer = Some("Yes:\n\n- half the price # really".to_owned());
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("drafts.yaml");
        write_drafts(&file, &clusters(&asked), false).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let entries: Vec<BTreeMap<String, String>> = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(entries.len(), 1, "{text}");
        assert_eq!(entries[0]["question"], "Is there a \"student\" discount?");
        assert_eq!(entries[0]["answer"], "Yes:\n\n- half the price # really");
        assert!(
            text.contains("not answered yet: \"Why is the sky blue"),
            "{text}"
        );
        assert!(write_drafts(&file, &[], false).is_err());
        write_drafts(&file, &[], true).unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().ends_with("[]\n"));
    }

    #[test]
    fn odd_questions_are_clustered_too() {
        let odd = ["", "🙂", "\u{0}", "a", &"word ".repeat(2_000)].map(open);
        let all: usize = clusters(&odd).iter().map(|one| one.count).sum();
        assert_eq!(all, 5);
    }
}
