//! What a line in a thread is: words for the visitor, a remark among colleagues, or a command.
//!
//! A line that starts with `!` or `/` is never sent to the visitor, whatever follows.

use hinny_bridges::text::{Block, Inline, Text};

use crate::dialogue::TeamLine;

/// The kind of line, and the text that goes with it (for a note: without the command).
pub fn classify(text: &Text) -> (TeamLine, Text) {
    let plain = text.to_plain();
    let trimmed = plain.trim_start_matches(is_unseen);
    let Some(command) = trimmed.strip_prefix(['!', '/', '！', '／', '﹗']) else {
        return (TeamLine::Plain, text.clone());
    };
    let command = command.trim_start_matches(is_unseen);
    let end = command
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(command.len());
    let (word, rest) = command.split_at(end);
    match word.to_lowercase().as_str() {
        // Telegram adds the bot's name to a command: `/note@name`.
        "note" => (
            TeamLine::Note,
            Text::plain(rest.trim_start_matches(':').trim()),
        ),
        "take" => (TeamLine::Take, Text::default()),
        "bot" => (TeamLine::Back, Text::default()),
        "close" => (TeamLine::Close, Text::default()),
        "help" => (TeamLine::Help, Text::default()),
        _ => (TeamLine::Unknown, Text::default()),
    }
}

/// Signs that nobody sees, such as the marks that right-to-left keyboards put first.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
        )
}

/// A line of plain words.
pub fn line(text: impl Into<String>) -> Block {
    Block::Paragraph {
        children: vec![Inline::Text { text: text.into() }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> TeamLine {
        classify(&Text::plain(text)).0
    }

    #[test]
    fn commands_in_every_spelling() {
        assert_eq!(kind("!close"), TeamLine::Close);
        assert_eq!(kind("  ! Close now"), TeamLine::Close);
        assert_eq!(kind("/bot"), TeamLine::Back);
        assert_eq!(kind("!TAKE"), TeamLine::Take);
        assert_eq!(kind("！help"), TeamLine::Help);
    }

    #[test]
    fn a_slip_never_reaches_the_visitor() {
        for text in [
            "\u{200f}!secret",
            "\u{feff} \u{2060}/secret",
            "！secret",
            "!closee",
            "!",
            "/",
            "!!!",
            "/start@hinny_bot",
            "! who is this",
        ] {
            assert_eq!(kind(text), TeamLine::Unknown, "{text}");
        }
    }

    #[test]
    fn a_note_keeps_its_words_and_loses_its_command() {
        let (line, text) = classify(&Text::plain("!Note: ask Bob first"));
        assert_eq!(line, TeamLine::Note);
        assert_eq!(text.to_plain(), "ask Bob first");
    }

    #[test]
    fn words_stay_words() {
        assert_eq!(kind("It costs nothing!"), TeamLine::Plain);
        assert_eq!(kind("see https://example.com/!x"), TeamLine::Plain);
    }
}
