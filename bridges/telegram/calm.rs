//! Keeps words of visitors from doing anything in the group. Telegram makes links of its own out of
//! plain text: `@name` pings that person, `/word` is a command that a tap sends, `tg://` opens things.
//!
//! Such a word gets the entity `code`. Entities of that kind cannot contain others
//! (<https://core.telegram.org/bots/api#messageentity>), so nothing is found inside, and the text
//! itself arrives letter by letter: it is only set in another type. Changing the text, for instance by
//! an invisible sign after the `@`, would be found again when somebody copies it.

use std::ops::Range;

/// Telegram removes these before it looks for mentions, so they hide nothing from it: line and
/// paragraph separators, marks of direction, and three combining lines.
fn is_removed(letter: char) -> bool {
    matches!(
        letter,
        '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' | '\r'
    )
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The byte ranges of the words that would do something, in order and apart.
pub(super) fn live_words(text: &str) -> Vec<Range<usize>> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        match word_end(&letters, at) {
            Some(end) => {
                let to = letters.get(end).map_or(text.len(), |(byte, _)| *byte);
                found.push(letters[at].0..to);
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Where the live word that begins at `at` ends, if there is one.
fn word_end(letters: &[(usize, char)], at: usize) -> Option<usize> {
    let before = letters[..at].iter().rev().map(|(_, letter)| *letter);
    let before = before.clone().find(|letter| !is_removed(*letter));
    match letters[at].1 {
        // Inside `ada@example.com` the sign pings nobody.
        '@' if !before.is_some_and(is_name) => name_end(letters, at + 1),
        '/' if before.is_none_or(begins_word) => name_end(letters, at + 1),
        't' | 'T' if !before.is_some_and(is_name) => scheme_end(letters, at),
        _ => None,
    }
}

fn begins_word(before: char) -> bool {
    before.is_whitespace() || before.is_control() || "([{\"'`,;:!?*~|-=+".contains(before)
}

/// The end of a name of at least one letter. A command may go on with the name of a bot.
fn name_end(letters: &[(usize, char)], from: usize) -> Option<usize> {
    let run = |letter: char| is_name(letter) || is_removed(letter) || letter == '@';
    let length = letters[from..]
        .iter()
        .take_while(|(_, letter)| run(*letter));
    let end = from + length.count();
    letters[from..end]
        .iter()
        .any(|(_, letter)| is_name(*letter))
        .then_some(end)
}

/// The end of an address of one of Telegram's own schemes.
fn scheme_end(letters: &[(usize, char)], from: usize) -> Option<usize> {
    let mut seen = String::new();
    let mut at = from;
    while at < letters.len() && !seen.ends_with("://") && seen.len() < "tonsite://".len() {
        let letter = letters[at].1;
        if !is_removed(letter) {
            seen.push(letter.to_ascii_lowercase());
        }
        at += 1;
    }
    let own = ["tg://", "ton://", "tonsite://"].contains(&seen.as_str());
    let rest = letters[at..]
        .iter()
        .take_while(|(_, letter)| !letter.is_whitespace());
    own.then(|| at + rest.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        live_words(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn names_commands_and_own_schemes_are_found() {
        assert_eq!(found("ask @ann_1, @bob!"), ["@ann_1", "@bob"]);
        assert_eq!(found("@a"), ["@a"]);
        assert_eq!(found("é@ann"), ["@ann"]);
        assert_eq!(found("@@ann"), ["@@ann"]);
        assert_eq!(found("/ban@somebot now"), ["/ban@somebot"]);
        assert_eq!(found("(/start)"), ["/start"]);
        assert_eq!(found("see TG://user?id=1 now"), ["TG://user?id=1"]);
        assert_eq!(found("tonsite://a ton://b"), ["tonsite://a", "ton://b"]);
    }

    #[test]
    fn signs_that_telegram_removes_do_not_hide_a_name() {
        assert_eq!(found("@\u{202e}ann"), ["@\u{202e}ann"]);
        assert_eq!(found("t\u{202a}g://a"), ["t\u{202a}g://a"]);
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        for calm in [
            "ada@example.com",
            "a @ b",
            "@",
            "and/or 1/2 https://example.com/a/b",
            "that great thing: http://t",
            "tea, tg, tong",
            "",
        ] {
            assert!(found(calm).is_empty(), "{calm}: {:?}", found(calm));
        }
    }
}
