//! The words of a piece of HTML, for Markdown that contains some. This is no parser and no sanitiser:
//! the result is plain text, which nobody ever reads as HTML again.

/// Tags that writers of documents use; anything else in angle brackets, such as `Vec<u8>`, is meant to be
/// read and stays.
const TAGS: &str = "a abbr b blockquote body br button center code dd del details div dl dt em embed \
    figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img \
    input ins kbd label li link main mark meta nav object ol p picture pre s samp script \
    section small source span strong style sub summary sup svg table tbody td textarea tfoot \
    th thead title tr u ul var video";

/// What stands between the tags, without comments, scripts and style sheets.
pub(crate) fn words(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = markup(rest);
        if length == 0 {
            out.push('<');
        }
        rest = &rest[length.max(1)..];
    }
    out.push_str(rest);
    out
}

/// Whether an inline tag asks for a new line.
pub(crate) fn is_line_break(tag: &str) -> bool {
    tag_name(tag).eq_ignore_ascii_case("br")
}

/// How many bytes at the start of `html`, which begins with `<`, are markup. None means: it is text.
fn markup(html: &str) -> usize {
    if html.starts_with("<!--") {
        return html.find("-->").map_or(html.len(), |end| end + "-->".len());
    }
    let name = tag_name(html).to_ascii_lowercase();
    if !TAGS.split(' ').any(|tag| tag == name) {
        return 0;
    }
    let Some(end) = html.find('>').map(|end| end + 1) else {
        return html.len();
    };
    match name.as_str() {
        "script" | "style" if html.as_bytes()[1] != b'/' => end + until_closed(&html[end..], &name),
        _ => end,
    }
}

/// The length of what a script or style sheet holds, its closing tag included.
fn until_closed(html: &str, name: &str) -> usize {
    let closes = |at: &usize| {
        html[*at..].starts_with("</") && tag_name(&html[*at..]).eq_ignore_ascii_case(name)
    };
    let closing = html.match_indices('<').map(|(at, _)| at).find(closes);
    let end = closing.and_then(|at| html[at..].find('>').map(|end| at + end + 1));
    end.unwrap_or(html.len())
}

fn tag_name(html: &str) -> &str {
    let name = html.trim_start_matches('<').trim_start_matches('/');
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric());
    &name[..end.unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay() {
        for (html, expected) in [
            ("<b>Hello</b>", "Hello"),
            ("<div class=\"a\">one <i>two</i></div>", "one two"),
            ("<!-- note --> seen", " seen"),
            ("<!-- never closed", ""),
            ("<script>alert('<b>')</script>after", "after"),
            ("<STYLE>p {}</STYLE >after", "after"),
            ("<style>never closed", ""),
            ("Vec<u8> and List<String>", "Vec<u8> and List<String>"),
            ("1 < 2", "1 < 2"),
            ("<img src=x onerror=alert(1)", ""),
            ("ends with <", "ends with <"),
        ] {
            assert_eq!(words(html), expected, "{html}");
        }
    }

    #[test]
    fn only_br_breaks_a_line() {
        assert!(is_line_break("<br>") && is_line_break("<BR />"));
        assert!(!is_line_break("<b>") && !is_line_break(""));
    }
}
