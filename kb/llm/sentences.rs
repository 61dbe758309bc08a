//! `Cutter`: where a sentence ends in a text that is still coming. A sentence counts as whole only when the next
//! one has begun with a word, because a citation may still follow its full stop.

use std::sync::LazyLock;

use regex::Regex;

/// A line longer than this without an end of a sentence is no answer.
pub const LONGEST: usize = 1_500;

struct Patterns {
    /// A full stop with citations behind it, which belong before it.
    late: Regex,
    /// What stands before an item of a list.
    bullet: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let regex = |text: &str| Regex::new(text).expect("the pattern is a constant");
    Patterns {
        late: regex(r"([.!?…]+)[ \t]*((?:\[\d{1,2}\][ \t]*)+)"),
        bullet: regex(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+"),
    }
});

#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// What has come and is not part of a whole sentence yet.
    rest: String,
}

/// A whole sentence, still with its citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub text: String,
    /// It begins a line of its own.
    pub line: bool,
}

impl Cutter {
    /// Takes what has come, and gives what is whole now.
    pub fn push(&mut self, piece: &str) -> Vec<Sentence> {
        self.rest.push_str(piece);
        let mut whole = Vec::new();
        while let Some(end) = self.rest.find('\n') {
            let line: String = self.rest.drain(..=end).collect();
            whole.extend(cut(&line, true));
        }
        // Only a piece with a mark or the piece after it can complete a sentence.
        if self.rest.contains(['.', '!', '?', '…']) {
            whole.extend(self.begun());
        }
        whole
    }

    /// The whole sentences of a line that is not at its end.
    fn begun(&mut self) -> Vec<Sentence> {
        let mut found = cut(&self.rest, false);
        let Some(last) = found.pop() else {
            return Vec::new();
        };
        if found.is_empty() || !last.text.starts_with(char::is_alphanumeric) {
            return Vec::new();
        }
        self.rest = last.text;
        for sentence in &mut found {
            sentence.text.truncate(sentence.text.trim_end().len());
        }
        found
    }

    /// Whether so much has come without an end of a sentence that it is none.
    pub fn is_endless(&self) -> bool {
        self.rest.len() > LONGEST
    }

    /// The end of the text ends the last sentence too.
    pub fn finish(mut self) -> Vec<Sentence> {
        let rest = std::mem::take(&mut self.rest);
        cut(&rest, true)
    }
}

fn cut(line: &str, ended: bool) -> Vec<Sentence> {
    // The blank at the end of a line that goes on belongs before its next word.
    let line = if ended { line.trim_end() } else { line };
    let (bullet, words) = match PATTERNS.bullet.find(line) {
        Some(found) => line.split_at(found.end()),
        None => ("", line),
    };
    let moved = PATTERNS.late.replace_all(words, "$2$1 ");
    let sentences = sentencex::segment("en", &moved).into_iter();
    let mut found: Vec<Sentence> = sentences
        .filter(|text| !text.trim().is_empty())
        .map(|text| Sentence {
            text: if ended {
                text.trim()
            } else {
                text.trim_start()
            }
            .to_owned(),
            line: false,
        })
        .collect();
    if let Some(first) = found.first_mut() {
        first.line = !bullet.is_empty();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Refunds, e.g. for boots, take 5 days [1]. We ship by U.P.S. to Europe. [2] [3] It costs \
                        4.50 euros [1]!\n\n1. Open Settings [2].\n- Press *Reset* [2]\nCan I help? No [1].";

    fn whole() -> Vec<String> {
        [
            "Refunds, e.g. for boots, take 5 days [1].",
            "We ship by U.P.S. to Europe[2][3].",
            "It costs 4.50 euros [1]!",
            "Open Settings [2].",
            "Press *Reset* [2]",
            "Can I help?",
            "No [1].",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Blanks between citations say nothing.
    fn texts(sentences: Vec<Sentence>) -> impl Iterator<Item = String> {
        let texts = sentences.into_iter().map(|sentence| sentence.text);
        texts.map(|text| text.replace("] [", "][").replace(" .", "."))
    }

    /// All sentences of a text that comes in pieces of so many characters.
    fn in_pieces(text: &str, size: usize) -> Vec<String> {
        let letters: Vec<char> = text.chars().collect();
        let mut cutter = Cutter::default();
        let mut found = Vec::new();
        for piece in letters.chunks(size) {
            found.extend(texts(cutter.push(&piece.iter().collect::<String>())));
        }
        found.extend(texts(cutter.finish()));
        found
    }

    #[test]
    fn sentences_are_the_same_however_the_text_comes() {
        for size in 1..40 {
            assert_eq!(in_pieces(TEXT, size), whole(), "in pieces of {size}");
        }
    }

    #[test]
    fn a_sentence_is_whole_when_the_next_has_begun() {
        let mut cutter = Cutter::default();
        assert_eq!(cutter.push("It takes 5 days. "), []);
        assert_eq!(cutter.push("[1"), []);
        assert_eq!(cutter.push("] "), []);
        let whole = cutter.push("You");
        assert_eq!(whole.len(), 1);
        assert!(whole[0].text.contains("[1]"), "{whole:?}");
    }

    #[test]
    fn a_text_without_end_is_noticed() {
        let mut cutter = Cutter::default();
        assert_eq!(cutter.push(&"word ".repeat(LONGEST)), []);
        assert!(cutter.is_endless());
    }
}
