//! Anchors the way GitHub and the site generators make them, so that links into published Markdown arrive at the
//! heading.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Whose anchors they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// GitHub, Docusaurus and Hugo.
    #[default]
    GitHub,
    /// MkDocs: <https://python-markdown.github.io/extensions/toc/>
    Python,
    MdBook,
}

impl Style {
    fn slug(self, heading: &str) -> String {
        match self {
            Style::GitHub => slug(heading),
            Style::Python => python(heading),
            Style::MdBook => mdbook(heading),
        }
    }
}

/// Letters without their accents, and one hyphen for any number of spaces and hyphens.
fn python(heading: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || "_- \t".contains(*c);
    let text: String = heading.nfkd().filter(kept).collect();
    let words = text.split([' ', '\t', '-']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Every space counts, and letters other than ASCII keep their case.
fn mdbook(heading: &str) -> String {
    let letter = |c: char| match c {
        c if c.is_whitespace() => Some('-'),
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    heading.trim().chars().filter_map(letter).collect()
}

/// The anchor of one heading, without regard to others of the same name.
pub(crate) fn slug(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// Anchors of one page: a repeated heading gets `-1`, `-2`, …
#[derive(Default)]
pub struct Slugs {
    style: Style,
    seen: HashMap<String, usize>,
}

impl Slugs {
    pub(crate) fn of(style: Style) -> Slugs {
        Slugs {
            style,
            ..Slugs::default()
        }
    }

    /// The anchor of the next heading on the page.
    pub fn next(&mut self, heading: &str) -> String {
        let base = self.style.slug(heading);
        let mark = if self.style == Style::Python {
            '_'
        } else {
            '-'
        };
        let mut name = base.clone();
        while self.seen.contains_key(&name) {
            let count = self.seen.entry(base.clone()).or_default();
            *count += 1;
            name = format!("{base}{mark}{count}");
        }
        self.seen.insert(name.clone(), 0);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::{Slugs, Style};

    #[test]
    fn generators_have_anchors_of_their_own() {
        let first = |style, heading| Slugs::of(style).next(heading);
        for (heading, github, python, book) in [
            ("Use & care", "use--care", "use-care", "use--care"),
            ("Größe 1.2", "größe-12", "groe-12", "größe-12"),
            (
                "Über_uns - mehr",
                "über_uns---mehr",
                "uber_uns-mehr",
                "Über_uns---mehr",
            ),
        ] {
            assert_eq!(first(Style::GitHub, heading), github);
            assert_eq!(first(Style::Python, heading), python);
            assert_eq!(first(Style::MdBook, heading), book);
        }
        let mut slugs = Slugs::of(Style::Python);
        assert_eq!([slugs.next("Use"), slugs.next("Use")], ["use", "use_1"]);
    }

    #[test]
    fn anchors_are_githubs() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.next("How do I install it?"), "how-do-i-install-it");
        assert_eq!(slugs.next("`hinny serve` & co."), "hinny-serve--co");
        assert_eq!(slugs.next("Größe_x"), "größe_x");
    }

    #[test]
    fn repeated_headings_are_numbered() {
        let mut slugs = Slugs::default();
        let names: Vec<_> = ["Use", "Use", "Use-1", "Use"].map(|h| slugs.next(h)).into();
        assert_eq!(names, ["use", "use-1", "use-1-1", "use-2"]);
    }
}
