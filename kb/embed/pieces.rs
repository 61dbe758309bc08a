//! Cuts a long text into pieces that any model can take: most read 512 tokens, which is some 1,500 characters
//! of prose, less in other scripts.

use super::Text;

/// Characters of a piece.
const CHARS: usize = 1_000;
/// Pieces of one text.
const MOST: usize = 32;

/// Sent in place of a text without words, because servers refuse empty ones.
const NOTHING: &str = ".";

/// What is sent of a text; a piece never ends within a word, unless the word alone is too long.
pub(super) fn of(text: &Text) -> Vec<String> {
    if text.text.trim().is_empty() {
        return vec![NOTHING.to_owned()];
    }
    if !text.whole {
        return vec![text.text.chars().take(CHARS).collect()];
    }
    let mut pieces = vec![String::new()];
    let mut length = 0;
    for word in text.text.split_whitespace() {
        let word: String = word.chars().take(CHARS).collect();
        let letters = word.chars().count() + 1;
        if length + letters > CHARS + 1 {
            if pieces.len() == MOST {
                break;
            }
            pieces.push(String::new());
            length = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(if length > 0 { " " } else { "" });
            piece.push_str(&word);
        }
        length += letters;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{CHARS, MOST, of};
    use crate::embed::Text;

    fn pieces(text: &str, whole: bool) -> Vec<String> {
        of(&Text {
            text: text.to_owned(),
            whole,
        })
    }

    #[test]
    fn a_long_text_has_pieces_of_whole_words() {
        let text = "Größe ".repeat(400);
        let all = pieces(&text, true);
        assert_eq!(all.len(), 3);
        assert_eq!(all.join(" "), text.trim());
        assert!(all.iter().all(|piece| piece.chars().count() <= CHARS));
        assert_eq!(pieces(&text, false).len(), 1);
    }

    #[test]
    fn odd_texts_have_a_piece_too() {
        assert_eq!(pieces(" ", true), ["."]);
        assert_eq!(pieces(&"x".repeat(5_000), true)[0].len(), CHARS);
        assert_eq!(pieces(&"word ".repeat(50_000), true).len(), MOST);
    }
}
