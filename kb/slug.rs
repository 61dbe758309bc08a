//! Anchors the way GitHub makes them, so that links into published Markdown arrive at the heading.

use std::collections::HashMap;

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
    seen: HashMap<String, usize>,
}

impl Slugs {
    /// The anchor of the next heading on the page.
    pub fn next(&mut self, heading: &str) -> String {
        let base = slug(heading);
        let mut name = base.clone();
        while self.seen.contains_key(&name) {
            let count = self.seen.entry(base.clone()).or_default();
            *count += 1;
            name = format!("{base}-{count}");
        }
        self.seen.insert(name.clone(), 0);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::Slugs;

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
