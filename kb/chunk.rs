//! Cuts the text of a section into pieces of a size that fits an answer, at blank lines where possible and
//! never inside a fenced code block unless that block alone is too long.

/// A piece aims at this many bytes: a few paragraphs.
pub(crate) const TARGET_BYTES: usize = 1_500;
/// No piece is longer than this.
pub(crate) const MAX_BYTES: usize = 4_000;

/// The pieces of a text in order; none for a text without content.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut piece = String::new();
    for block in blocks(text) {
        if !piece.is_empty() && piece.len() + block.len() > TARGET_BYTES {
            pieces.push(std::mem::take(&mut piece));
        }
        if !piece.is_empty() {
            piece.push_str("\n\n");
        }
        piece.push_str(&block);
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// Paragraphs and whole code fences, each at most `MAX_BYTES` long.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    let mut in_fence = false;
    for line in text.lines() {
        let mark = line.trim_start();
        if mark.starts_with("```") || mark.starts_with("~~~") {
            in_fence = !in_fence;
        }
        if line.trim().is_empty() && !in_fence {
            finish(&mut block, &mut blocks);
            continue;
        }
        if !block.is_empty() {
            block.push('\n');
        }
        block.push_str(line.trim_end());
    }
    finish(&mut block, &mut blocks);
    blocks
}

fn finish(block: &mut String, blocks: &mut Vec<String>) {
    let text = std::mem::take(block);
    let mut rest = text.trim_end();
    while rest.len() > MAX_BYTES {
        let (head, tail) = rest.split_at(cut(rest));
        blocks.push(head.trim_end().to_owned());
        rest = tail.trim_start_matches(['\n', ' ']);
    }
    if !rest.trim().is_empty() {
        blocks.push(rest.to_owned());
    }
}

/// The last line end, else the last space, else the last character that fits.
fn cut(text: &str) -> usize {
    let mut end = MAX_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let place = head.rfind('\n').or_else(|| head.rfind(' '));
    place.filter(|at| *at > MAX_BYTES / 2).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, pieces};

    #[test]
    fn a_short_text_stays_whole() {
        assert_eq!(pieces("One.\n\nTwo.\n"), ["One.\n\nTwo."]);
        assert!(pieces(" \n\n ").is_empty());
    }

    #[test]
    fn long_texts_are_cut_at_blank_lines() {
        let paragraph = "word ".repeat(200);
        let text = format!("{paragraph}\n\n{paragraph}\n\n{paragraph}");
        let parts = pieces(&text);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part == paragraph.trim_end()));
    }

    #[test]
    fn a_code_block_is_not_torn_apart() {
        let code = format!("```sh\n{}\n```", "run\n\n".repeat(200));
        let text = format!("Intro.\n\n{code}");
        let last = pieces(&text).pop().expect("there is text");
        assert!(last.ends_with("```") && last.contains("```sh"));
    }

    #[test]
    fn an_endless_paragraph_is_cut_at_characters() {
        let parts = pieces(&"ä".repeat(10_000));
        assert!(parts.iter().all(|part| part.len() <= MAX_BYTES));
        assert_eq!(parts.concat().chars().count(), 10_000);
    }
}
