//! Plain text: one document named after its file, cut into pieces at blank lines.

use super::{Draft, Reading, title_from};
use crate::chunk;

/// Reads a text file. Characters that Markdown would take for markup are escaped, because answers are
/// Markdown and the text must arrive as it was written.
pub(crate) fn read(name: &str, text: &str) -> Reading {
    let title = title_from(name);
    let drafts = chunk::pieces(text).into_iter().map(|piece| Draft {
        title: title.clone(),
        alternates: Vec::new(),
        body: escape(&piece),
        url: None,
        anchor: None,
        ..Draft::document(escape(&piece))
    });
    Reading {
        drafts: drafts.collect(),
        faults: Vec::new(),
    }
}

/// Plain text as Markdown that shows the same.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn text_keeps_its_look_as_markdown() {
        let reading = read("notes/open_hours.txt", "Open *daily*\n\n<b>9-17</b>");
        assert_eq!(reading.drafts.len(), 1);
        assert_eq!(reading.drafts[0].title, "open hours");
        assert_eq!(
            reading.drafts[0].body,
            "Open \\*daily\\*\n\n\\<b\\>9-17\\</b\\>"
        );
    }
}
