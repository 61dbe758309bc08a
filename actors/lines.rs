//! What a line in a thread is: words for the visitor, a remark among colleagues, or a command.
//!
//! A line that starts with `!` or `/` is never sent to the visitor, whatever follows, and whatever a keyboard made of
//! it: other signs that look the same, marks that nobody sees, quotes around it, capital letters.

use hinny_bridges::text::{Block, Inline, Text};

use crate::dialogue::{Notice, TeamLine};

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub line: Meant,
    /// The words that go with it (for a note or an edit: without the command).
    pub text: Text,
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    Line(TeamLine),
    Block(BlockFor),
    Unblock,
    Faq,
    FaqUndo,
}

/// How long a block lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockFor {
    /// As long as the site's rules say.
    Usual,
    Millis(i64),
    Forever,
}

/// Understands what a member wrote.
pub fn understand(text: &Text) -> Understood {
    let plain = text.to_plain();
    let Some(command) = after_sign(&plain) else {
        return match plain.lines().skip(1).any(is_known_command) {
            // A command further down was meant for us; the rest was not meant to go out with it.
            true => bare(Meant::Line(TeamLine::Unknown)),
            false => Understood {
                line: Meant::Line(TeamLine::Plain),
                text: text.clone(),
            },
        };
    };
    let (word, rest) = split(command);
    match word.as_str() {
        "note" => Understood {
            line: Meant::Line(TeamLine::Note),
            text: Text::plain(rest),
        },
        "edit" if rest.is_empty() => bare(Meant::Line(TeamLine::Misused(Notice::AnswerYourLine))),
        "edit" => Understood {
            line: Meant::Line(TeamLine::Edit),
            text: Text::typed(rest),
        },
        word => bare(command_of(word, rest)),
    }
}

fn bare(line: Meant) -> Understood {
    let text = Text::default();
    Understood { line, text }
}

fn command_of(word: &str, rest: &str) -> Meant {
    match word {
        "take" => Meant::Line(TeamLine::Take),
        "bot" => Meant::Line(TeamLine::Back),
        "close" => Meant::Line(TeamLine::Close),
        "help" => Meant::Line(TeamLine::Help),
        "delete" => Meant::Line(TeamLine::Delete),
        "block" => block_for(rest).map_or(
            Meant::Line(TeamLine::Misused(Notice::BlockHow)),
            Meant::Block,
        ),
        "unblock" => Meant::Unblock,
        "faq" if rest.trim().eq_ignore_ascii_case("undo") => Meant::FaqUndo,
        "faq" => Meant::Faq,
        _ => Meant::Line(TeamLine::Unknown),
    }
}

/// `7d`, `12 hours`, `forever`, or nothing.
fn block_for(rest: &str) -> Option<BlockFor> {
    let rest = rest.trim().trim_matches(is_quote).to_lowercase();
    if rest.is_empty() {
        return Some(BlockFor::Usual);
    }
    if ["forever", "always"].contains(&rest.as_str()) {
        return Some(BlockFor::Forever);
    }
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = rest.split_at(end);
    let minutes = match unit.trim().chars().next()? {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        'w' => 7 * 24 * 60,
        _ => return None,
    };
    let count: i64 = count
        .parse()
        .ok()
        .filter(|count| (1..=5_000).contains(count))?;
    Some(BlockFor::Millis(count * minutes * 60_000))
}

/// What follows the sign of a command; `None` for a line that has none.
fn after_sign(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|c| is_unseen(c) || is_quote(c));
    let command = line.strip_prefix(['!', '/', '！', '／', '﹗', '❗', '❕', '¡'])?;
    Some(command.trim_start_matches(is_unseen))
}

/// The word of a command in small letters, and what follows it. Some platforms add the bot's name: `/note@name`.
fn split(command: &str) -> (String, &str) {
    let is_word = |c: char| c.is_alphanumeric() || is_unseen(c) && !c.is_whitespace();
    let end = command.find(|c| !is_word(c)).unwrap_or(command.len());
    let (word, rest) = command.split_at(end);
    let word: String = word
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(narrow)
        .collect();
    let rest = match rest.strip_prefix('@') {
        Some(name) => name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
        None => rest,
    };
    let rest = rest.trim_start_matches([':', '：']);
    (word.to_lowercase(), rest.trim_matches(is_unseen))
}

/// Keyboards of some languages write full-width letters.
fn narrow(letter: char) -> char {
    match letter {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(letter as u32 - 0xfee0).expect("it is the same letter of ASCII")
        }
        letter => letter,
    }
}

fn is_known_command(line: &str) -> bool {
    let Some(command) = after_sign(line) else {
        return false;
    };
    let (word, rest) = split(command);
    ["note", "edit"].contains(&word.as_str())
        || command_of(&word, rest) != Meant::Line(TeamLine::Unknown)
}

/// For sites that send only what is marked: the words without their mark, or `None` when they have none.
pub fn marked(text: &Text) -> Option<Text> {
    match text.0.first()? {
        Block::Quote { children } if text.0.len() == 1 => Some(Text(children.clone())),
        Block::Quote { children } => {
            let mut blocks = children.clone();
            blocks.extend_from_slice(&text.0[1..]);
            Some(Text(blocks))
        }
        Block::Paragraph { children } => {
            let mut children = children.clone();
            let Some(Inline::Text { text: first }) = children.first_mut() else {
                return None;
            };
            let words = first.trim_start_matches(is_unseen);
            let words = ["&gt;", ">", "＞", "›"]
                .iter()
                .find_map(|mark| words.strip_prefix(mark))?;
            *first = words.trim_start_matches(is_unseen).to_owned();
            let mut blocks = text.0.clone();
            blocks[0] = Block::Paragraph { children };
            Some(Text(blocks))
        }
        Block::List { .. } | Block::Code { .. } => None,
    }
}

/// Signs that nobody sees, such as the marks that right-to-left keyboards put first.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{3164}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
        )
}

/// Quotation marks, which phones like to turn around.
fn is_quote(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '`' | '«' | '»' | '\u{2018}'
            ..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{2032}' | '\u{2033}'
    )
}

/// A line of plain words.
pub fn line(text: impl Into<String>) -> Block {
    Block::Paragraph {
        children: vec![Inline::Text { text: text.into() }],
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
