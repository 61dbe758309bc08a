//! Links within a Markdown text: those that count from the page become absolute, and those whose address stands
//! elsewhere in the file get it, because an answer shows only a piece of the file.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// A link being read.
struct Open {
    link: Range<usize>,
    /// Where its words end.
    words: usize,
    address: Option<String>,
}

/// The text with its links' addresses replaced where `resolve` knows a better one.
pub(crate) fn absolute(text: &str, resolve: &dyn Fn(&str) -> Option<String>) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let (mut open, mut edits): (Vec<Open>, Vec<(Range<usize>, String)>) = (Vec::new(), Vec::new());
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match &event {
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                open.push(opened(text, tag, range, resolve));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let done = open.pop();
                if let Some(outer) = open.last_mut() {
                    outer.words = outer.words.max(range.end);
                }
                edits.extend(done.and_then(|link| edit(text, link)));
            }
            _ => {
                if let Some(link) = open.last_mut() {
                    link.words = link.words.max(range.end);
                }
            }
        }
    }
    apply(text, edits)
}

fn opened(
    text: &str,
    tag: &Tag<'_>,
    mut link: Range<usize>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Open {
    // The parser does not count the empty brackets of `[words][]` to the link.
    if kind(tag) == Some(LinkType::Collapsed) && text[link.end..].starts_with("[]") {
        link.end += 2;
    }
    let mark = if matches!(tag, Tag::Image { .. }) {
        2
    } else {
        1
    };
    Open {
        words: link.start + mark,
        link,
        address: address(tag, resolve),
    }
}

fn kind(tag: &Tag<'_>) -> Option<LinkType> {
    match tag {
        Tag::Link { link_type, .. } | Tag::Image { link_type, .. } => Some(*link_type),
        _ => None,
    }
}

/// The address that is to stand in the text, if it is another one.
fn address(tag: &Tag<'_>, resolve: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (Tag::Link {
        link_type,
        dest_url,
        ..
    }
    | Tag::Image {
        link_type,
        dest_url,
        ..
    }) = tag
    else {
        return None;
    };
    match link_type {
        LinkType::Inline => resolve(dest_url),
        LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
            Some(resolve(dest_url).unwrap_or_else(|| dest_url.to_string()))
        }
        _ => None,
    }
}

/// What follows the words gives way to the address.
fn edit(text: &str, link: Open) -> Option<(Range<usize>, String)> {
    let place = link.words..link.link.end;
    let sound = text.get(place.clone())?.starts_with(']');
    let address = link.address.filter(|_| sound)?;
    let plain = !address.contains(|c: char| c.is_whitespace() || "()<>".contains(c));
    let address = match plain {
        true => address,
        false => format!("<{}>", address.replace(['<', '>', '\n'], "")),
    };
    Some((place, format!("]({address})")))
}

fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(place, _)| place.start);
    let (mut changed, mut at) = (String::with_capacity(text.len()), 0);
    for (place, new) in edits {
        if place.start >= at {
            changed.push_str(&text[at..place.start]);
            changed.push_str(&new);
            at = place.end;
        }
    }
    changed.push_str(&text[at..]);
    changed
}

#[cfg(test)]
mod tests {
    use super::absolute;

    fn change(text: &str) -> String {
        absolute(text, &|href| {
            href.strip_prefix("./")
                .map(|rest| format!("https://x.example/{rest}"))
        })
    }

    #[test]
    fn links_and_pictures_become_absolute_and_all_else_stays() {
        for (text, expected) in [
            ("[a](./b)", "[a](https://x.example/b)"),
            (
                "[`c` *d*](./b 'title') e",
                "[`c` *d*](https://x.example/b) e",
            ),
            (
                "[![p](./p.png)](./b)",
                "[![p](https://x.example/p.png)](https://x.example/b)",
            ),
            ("[](./b)", "[](https://x.example/b)"),
            ("[a](./b(c))", "[a](<https://x.example/b(c)>)"),
            (
                "[a](https://other.example) <https://z.example>",
                "[a](https://other.example) <https://z.example>",
            ),
            ("`[a](./b)` and \\[a](./b)", "`[a](./b)` and \\[a](./b)"),
            (
                "[a][r] [r][] [r]\n\n[r]: ./b",
                "[a](https://x.example/b) [r](https://x.example/b) [r](https://x.example/b)\n\n[r]: ./b",
            ),
        ] {
            assert_eq!(change(text), expected, "{text}");
        }
    }
}
