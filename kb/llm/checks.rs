//! `Checker`: what a sentence must be like before anybody sees it. It cites a passage that was given, it is plain
//! text, it links only to hosts that are allowed, and the cited passage says what it says.

use std::collections::HashSet;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;
use url::Url;

use super::prompt::{Passage, shown};
use super::sentences::Sentence;
use super::support::{Support, Unsupported};

/// A sentence longer than this, in characters, is no sentence.
const LONGEST: usize = 600;

/// Why a sentence stays here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    #[error("a sentence cites no passage")]
    NoCitation,
    #[error("a sentence cites a passage that was not given")]
    UnknownPassage,
    #[error("a sentence is not plain text")]
    NotPlain,
    #[error("a sentence links to a host that is not allowed")]
    Link,
    #[error("a sentence is too long")]
    TooLong,
    #[error("a sentence is not supported: {0}")]
    Unsupported(#[from] Unsupported),
}

/// A sentence that may leave the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Plain text without its citation.
    pub text: String,
    /// The place of the passage that says it, from 0.
    pub passage: usize,
    /// It begins a line of its own.
    pub line: bool,
}

/// The passages of one question, read for checking.
pub(super) struct Checker {
    passages: Vec<Support>,
    hosts: HashSet<String>,
}

struct Patterns {
    citation: Regex,
    blank: Regex,
    scheme: Regex,
    link: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let regex = |text: &str| Regex::new(text).expect("the pattern is a constant");
    Patterns {
        citation: regex(r"\s*\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]"),
        blank: regex(r"\s+([.,;:!?])"),
        scheme: regex(
            r"(?i)\b(?:([a-z][a-z0-9+.-]*)://|(?:javascript|data|vbscript|file|mailto|tel|sms|blob):)",
        ),
        link: regex(r#"(?i)(?:https?:)?//[^\s<>"']+|\bwww\.[^\s<>"']+"#),
    }
});

impl Checker {
    /// Links may go to the passages' own hosts and to `hosts`.
    pub fn new(passages: &[Passage], hosts: &[String]) -> Checker {
        let own = passages.iter().filter_map(|passage| {
            let url = Url::parse(passage.url.as_deref()?).ok()?;
            url.host_str().map(str::to_owned)
        });
        Checker {
            passages: passages
                .iter()
                .map(|passage| Support::new(&passage.title, shown(passage)))
                .collect(),
            hosts: own
                .chain(hosts.iter().map(|host| host.to_lowercase()))
                .collect(),
        }
    }

    /// The sentence as it may be shown, or why it may not.
    pub fn check(&self, sentence: &Sentence) -> Result<Released, Refused> {
        if sentence.text.chars().count() > LONGEST {
            return Err(Refused::TooLong);
        }
        let cited = self.cited(&sentence.text)?;
        let bare = PATTERNS.citation.replace_all(&sentence.text, "");
        let text = plain(&bare)?;
        self.links(&text)?;
        let mut reason = Unsupported::Nothing;
        for passage in cited {
            match self.passages[passage].check(&text) {
                Ok(()) => {
                    return Ok(Released {
                        text,
                        passage,
                        line: sentence.line,
                    });
                }
                Err(why) => reason = why,
            }
        }
        Err(reason.into())
    }

    /// The places of the passages that the sentence names.
    fn cited(&self, text: &str) -> Result<Vec<usize>, Refused> {
        let mut cited = Vec::new();
        for found in PATTERNS.citation.captures_iter(text) {
            for number in found[1].split(',') {
                let number: usize = number.trim().parse().map_err(|_| Refused::UnknownPassage)?;
                let known = (1..=self.passages.len()).contains(&number);
                cited.push(known.then(|| number - 1).ok_or(Refused::UnknownPassage)?);
            }
        }
        match cited.is_empty() {
            true => Err(Refused::NoCitation),
            false => Ok(cited),
        }
    }

    fn links(&self, text: &str) -> Result<(), Refused> {
        for found in PATTERNS.scheme.captures_iter(text) {
            let scheme = found.get(1).map(|scheme| scheme.as_str().to_lowercase());
            if !matches!(scheme.as_deref(), Some("http" | "https")) {
                return Err(Refused::Link);
            }
        }
        let allowed = |link: &str| {
            let link = link.trim_start_matches("//");
            let full = match link.contains("://") {
                true => link.to_owned(),
                false => format!("https://{link}"),
            };
            let url = Url::parse(&full).ok();
            url.is_some_and(|url| {
                let is_plain = url.username().is_empty() && url.password().is_none();
                is_plain && url.host_str().is_some_and(|host| self.hosts.contains(host))
            })
        };
        let mut links = PATTERNS.link.find_iter(text).map(|found| found.as_str());
        match links.all(|link| allowed(link.trim_end_matches(['.', ',', ')', ';', '!', '?']))) {
            true => Ok(()),
            false => Err(Refused::Link),
        }
    }
}

/// The words of a sentence that may come with emphasis or code, and with nothing else that Markdown can do.
fn plain(markdown: &str) -> Result<String, Refused> {
    let mut text = String::new();
    for event in Parser::new_ext(markdown.trim(), Options::empty()) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::Start(Tag::Paragraph | Tag::Emphasis | Tag::Strong)
            | Event::End(TagEnd::Paragraph | TagEnd::Emphasis | TagEnd::Strong) => {}
            _ => return Err(Refused::NotPlain),
        }
    }
    if text.chars().any(is_hidden) || text.contains(['<', '|']) || text.contains("](") {
        return Err(Refused::NotPlain);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(PATTERNS.blank.replace_all(&text, "$1").into_owned())
}

/// Signs that nobody sees: they can turn words round or hide some.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checker() -> Checker {
        let passages = [
            Passage {
                title: "Refunds".to_owned(),
                markdown: "Refunds take 5 days. See https://shop.example/refunds and \
                           https://other.example/x for more. Write to https://docs.example/y."
                    .to_owned(),
                url: Some("https://shop.example/help".to_owned()),
            },
            Passage {
                title: "Exchange".to_owned(),
                markdown: "We exchange boots within 14 days.".to_owned(),
                url: None,
            },
        ];
        Checker::new(&passages, &["docs.example".to_owned()])
    }

    fn check(text: &str) -> Result<Released, Refused> {
        checker().check(&Sentence {
            text: text.to_owned(),
            line: false,
        })
    }

    fn text(sentence: &str) -> String {
        check(sentence).unwrap().text
    }

    #[test]
    fn a_good_sentence_loses_its_citation_and_its_emphasis() {
        assert_eq!(text("Refunds take **5 days** [1]."), "Refunds take 5 days.");
        assert_eq!(text("Refunds take 5 days. [1, 2]"), "Refunds take 5 days.");
        assert_eq!(
            check("We exchange `boots` within 14 days [2].")
                .unwrap()
                .passage,
            1
        );
        assert_eq!(
            check("We exchange boots within 14 days [1][2].")
                .unwrap()
                .passage,
            1
        );
    }

    #[test]
    fn a_sentence_rests_on_a_passage_that_it_names() {
        for (sentence, why) in [
            ("Refunds take 5 days.", Refused::NoCitation),
            ("Refunds take 5 days [3].", Refused::UnknownPassage),
            ("Refunds take 5 days [0].", Refused::UnknownPassage),
            ("Refunds take 5 days [1] [9].", Refused::UnknownPassage),
            (
                "Refunds take 5 days [2].",
                Refused::Unsupported(Unsupported::Fact),
            ),
            ("Refunds [1].", Refused::Unsupported(Unsupported::Nothing)),
        ] {
            let found = check(sentence);
            let expected = match why {
                Refused::Unsupported(Unsupported::Nothing) => Ok("Refunds.".to_owned()),
                why => Err(why),
            };
            assert_eq!(found.map(|released| released.text), expected, "{sentence}");
        }
    }

    #[test]
    fn links_go_to_allowed_hosts_and_as_they_stand_in_the_passage() {
        assert_eq!(
            text("See https://shop.example/refunds [1]."),
            "See https://shop.example/refunds."
        );
        assert_eq!(
            text("Write to https://docs.example/y [1]."),
            "Write to https://docs.example/y."
        );
        for sentence in [
            "See https://other.example/x [1].",
            "See //other.example/x [1].",
            "See www.other.example [1].",
            "See https://shop.example@evil.example/refunds [1].",
            "See https://user:pass@shop.example/refunds [1].",
            "See ftp://shop.example/refunds [1].",
            "See javascript:alert(1) [1].",
            "See data:text/html,x [1].",
        ] {
            assert_eq!(check(sentence), Err(Refused::Link), "{sentence}");
        }
        let found = check("See https://shop.example/refunds?q=secret [1].");
        assert_eq!(found, Err(Refused::Unsupported(Unsupported::Fact)));
    }

    #[test]
    fn only_plain_text_leaves() {
        for sentence in [
            "![x](https://shop.example/a.png) Refunds take 5 days [1].",
            "Refunds take [5 days](https://shop.example/refunds) [1].",
            "<img src=x> Refunds take 5 days [1].",
            "Refunds <b>take</b> 5 days [1].",
            "<https://shop.example/refunds> [1]",
            "# Refunds take 5 days [1].",
            "> Refunds take 5 days [1].",
            "```\nRefunds take 5 days [1].",
            "Refunds take\u{202e} 5 days [1].",
            "Refunds\u{200b} take 5 days [1].",
            "&lt;script&gt; Refunds take 5 days [1].",
        ] {
            assert_eq!(check(sentence), Err(Refused::NotPlain), "{sentence}");
        }
        let long = format!("{} [1].", "Refunds take 5 days ".repeat(100));
        assert_eq!(check(&long), Err(Refused::TooLong));
    }
}
