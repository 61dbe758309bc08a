//! What the visitor is asked when the bot has only a guess: "Did you mean …", a button for each candidate, and one for
//! a person.

use hinny_bridges::text::Text;
use hinny_kb::{Judgement, Verdict};

use crate::body::Body;
use crate::intent;

/// More buttons than these are no help.
const BUTTONS: usize = 3;

/// A longer title is cut.
const LONGEST: usize = 120;

/// The candidates to ask about: such as have words and a title of their own, and were not given already. None of them,
/// but a person, where the question is in a language that the knowledge lacks; `None` when there is nothing to ask.
pub fn choices(judgement: &Judgement, given: &[String]) -> Option<Vec<usize>> {
    match judgement.verdict {
        Verdict::Answer => return None,
        Verdict::Suggest | Verdict::Unsure if !judgement.language_known => return Some(Vec::new()),
        Verdict::Suggest => {}
        Verdict::Unsure => return None,
    }
    let mut choices: Vec<usize> = Vec::new();
    for (index, candidate) in judgement.candidates.iter().enumerate() {
        let words = Text::from_markdown(&candidate.markdown).to_plain();
        let title = tidy(&candidate.title);
        let same = |other: &usize| tidy(&judgement.candidates[*other].title) == title;
        let empty = words.trim().is_empty() || title.is_empty();
        if !empty && !given.contains(&words) && !choices.iter().any(same) {
            choices.push(index);
        }
    }
    choices.truncate(BUTTONS);
    (!choices.is_empty()).then_some(choices)
}

/// The words of the question and its buttons. `browser`: the language that the visitor's browser asks for, where the
/// question itself does not tell.
pub fn body(judgement: &Judgement, offer: Option<&[usize]>, browser: Option<&str>) -> Option<Body> {
    let candidates = offer?
        .iter()
        .filter_map(|index| judgement.candidates.get(*index));
    let choices: Vec<String> = candidates.map(|candidate| tidy(&candidate.title)).collect();
    let says = intent::says(judgement.language.as_deref().or(browser));
    let (text, other) = match choices.is_empty() {
        true => (says.foreign, says.person),
        false => (says.suggest, says.none),
    };
    Some(Body::Suggestions {
        text: Text::plain(text),
        choices,
        other: other.to_owned(),
    })
}

/// What the visitor says by pressing a button.
pub fn button(offered: Option<&Body>, choice: Option<usize>) -> Option<Body> {
    let Some(Body::Suggestions { choices, other, .. }) = offered else {
        return None;
    };
    let label = match choice {
        Some(button) => choices.get(button)?,
        None => other,
    };
    Some(Body::words(Text::plain(label)))
}

/// One line, and not too long.
fn tidy(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", line[..end].trim_end()),
        None => line,
    }
}
