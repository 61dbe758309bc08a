//! Which links may be clicked: web pages and mail addresses, nothing else. Every text that comes in or
//! goes out asks here, so that no `javascript:`, `data:` or `tg:` link ever becomes a node of a `Text`.

use linkify::{LinkFinder, LinkKind, Span};
use url::Url;

use crate::text::Inline;

/// Longer addresses are no use to a person, and platforms refuse them.
const LONGEST: usize = 2_048;

/// The address if it is absolute and safe to show as a link, else nothing.
pub fn safe_url(address: &str) -> Option<Url> {
    let address = address.trim();
    if address.len() > LONGEST {
        return None;
    }
    let url = Url::parse(address).ok()?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Some(url),
        "mailto" => Some(url),
        _ => None,
    }
}

/// A line of words whose web addresses can be clicked.
pub fn linked(line: &str) -> Vec<Inline> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder.spans(line).map(|span| node(&span)).collect()
}

fn node(span: &Span<'_>) -> Inline {
    let words = Inline::Text {
        text: span.as_str().to_owned(),
    };
    match span.kind().and_then(|_| safe_url(span.as_str())) {
        Some(url) => Inline::Link {
            url: url.into(),
            children: vec![words],
        },
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_and_mail_addresses_are_links() {
        for good in [
            "https://example.com/a?b=c#d",
            "HTTP://example.com",
            " https://example.com ",
            "mailto:ada@example.com",
        ] {
            assert!(safe_url(good).is_some(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let long = format!("https://example.com/{}", "a".repeat(LONGEST));
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,hi",
            "tg://user?id=1",
            "file:///etc/passwd",
            "docs/setup.md",
            "//example.com",
            "https://",
            "",
            &long,
        ] {
            assert!(safe_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn addresses_in_words_become_links_and_the_words_stay() {
        let line = linked("See https://example.com/a_b, or javascript:alert(1).");
        let urls: Vec<&str> = line
            .iter()
            .filter_map(|node| match node {
                Inline::Link { url, .. } => Some(url.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(urls, ["https://example.com/a_b"]);
        let text = crate::text::Text(vec![crate::text::Block::Paragraph { children: line }]);
        assert_eq!(
            text.to_plain(),
            "See https://example.com/a_b, or javascript:alert(1)."
        );
    }
}
