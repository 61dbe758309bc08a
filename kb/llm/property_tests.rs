//! Whatever a model writes and whatever stands in a passage, the checks come to an end and break nothing.

use proptest::prelude::*;

use super::checks::Checker;
use super::prompt::Passage;
use super::render::markdown;
use super::sentences::{Cutter, Sentence};

/// Texts with the signs that the checks look for.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("[1]".to_owned()),
        Just("[".to_owned()),
        Just("1.".to_owned()),
        Just("not".to_owned()),
        Just("No.".to_owned()),
        Just("if".to_owned()),
        Just("https://a.example/x".to_owned()),
        Just("10 euros,".to_owned()),
        Just("\n- ".to_owned()),
        Just("| a | b |\n|---|---|\n".to_owned()),
        "\\PC{0,12}",
        "[A-Za-z]{1,8}[.,;:!?]{0,2}",
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn nothing_breaks_and_what_is_released_is_one_plain_line(written in text(), title in text(), body in text()) {
        let passage = Passage { title, markdown: body, url: None };
        let checker = Checker::new(&[passage], &[]);
        let mut cutter = Cutter::default();
        let letters: Vec<char> = written.chars().collect();
        let mut all: Vec<Sentence> = Vec::new();
        for piece in letters.chunks(5) {
            all.extend(cutter.push(&piece.iter().collect::<String>()));
        }
        all.extend(cutter.finish());
        for sentence in all {
            if let Ok(released) = checker.check(&sentence) {
                prop_assert!(!released.text.contains(['\n', '<', '|']));
                prop_assert!(!markdown(&[released]).contains("]("));
            }
        }
    }
}
