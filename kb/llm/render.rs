//! Released sentences as Markdown, the form of all answers. Every sign that Markdown would take for its own is
//! escaped; only web addresses, whose hosts were checked, become links.

use std::sync::LazyLock;

use regex::Regex;

use super::checks::Released;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"https?://[^\s<>"']*[^\s<>"'.,;:!?)\]]"#).expect("the pattern is a constant")
});

/// The sentences in their order; items of a list stand on lines of their own.
pub fn markdown(sentences: &[Released]) -> String {
    let mut all = String::new();
    for sentence in sentences {
        all.push_str(match (all.is_empty(), sentence.line) {
            (true, true) => "- ",
            (true, false) => "",
            (false, true) => "\n- ",
            (false, false) => " ",
        });
        let mut from = 0;
        for link in LINK.find_iter(&sentence.text) {
            all.push_str(&escaped(&sentence.text[from..link.start()]));
            all.push_str(&format!("<{}>", link.as_str()));
            from = link.end();
        }
        all.push_str(&escaped(&sentence.text[from..]));
    }
    all
}

fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#~|&".contains(c) || all.is_empty() && "-+=".contains(c) {
            all.push('\\');
        }
        all.push(c);
    }
    // "1. June" at the beginning would be a list.
    let digits = all.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && all[digits..].starts_with(['.', ')']) {
        all.insert(digits, '\\');
    }
    all
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;

    fn sentence(text: &str, line: bool) -> Released {
        Released {
            text: text.to_owned(),
            passage: 0,
            line,
        }
    }

    #[test]
    fn words_stay_words_and_checked_addresses_become_links() {
        let texts = [
            "1. *June* [x](y) <b> `code` _a_ & # ~~no~~ | cell",
            "- See https://shop.example/a_b?c=d.",
        ];
        let written = markdown(&texts.map(|text| sentence(text, false)));
        let (mut words, mut links) = (String::new(), Vec::new());
        for event in Parser::new(&written) {
            match event {
                Event::Text(text) => words.push_str(&text),
                Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.into_string()),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                other => panic!("{other:?} in {written}"),
            }
        }
        assert_eq!(words, texts.join(" "));
        assert_eq!(links, ["https://shop.example/a_b?c=d"]);
    }

    #[test]
    fn items_stand_on_lines_of_their_own() {
        let all = [
            sentence("First:", false),
            sentence("one", true),
            sentence("two.", true),
        ];
        assert_eq!(markdown(&all), "First:\n- one\n- two.");
    }
}
