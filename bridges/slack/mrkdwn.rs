//! Reads Slack's own markup, for the few messages of members that come without rich text: posted by `/me`, by mail
//! or by a member's own program (<https://docs.slack.dev/messaging/formatting-message-text>). It never fails: what
//! makes no sense stays as words.

use super::{
    emoji,
    rich::{Names, lines, paragraphs},
};
use crate::{
    links::safe_url,
    text::{Block, Inline, Text},
};

pub(super) fn read(text: &str, names: &Names) -> Text {
    let mut blocks = Vec::new();
    for (index, part) in text.split("```").enumerate() {
        match index % 2 {
            1 => blocks.push(Block::Code {
                text: unescape(part.trim_matches('\n')),
            }),
            _ => quotes(part, names, &mut blocks),
        }
    }
    Text(blocks)
}

/// The ids between `<@` and `>` and so on, with the kind of mention.
pub(super) fn mentioned(text: &str) -> Vec<(&'static str, String)> {
    let id = |inner: &str, sign: &str| {
        let id = inner.strip_prefix(sign)?;
        Some(id.split('|').next().unwrap_or_default().to_owned())
    };
    let kind = |inner: &str| {
        let user = id(inner, "@").map(|id| ("user", id));
        let group = || id(inner, "!subteam^").map(|id| ("usergroup", id));
        let channel = || id(inner, "#").map(|id| ("channel", id));
        user.or_else(group).or_else(channel)
    };
    let inner = text
        .split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'));
    inner.filter_map(|(inner, _)| kind(inner)).collect()
}

pub(super) fn begins_with_mention(text: &str) -> bool {
    let text = text.trim_start();
    ["<@", "<!subteam^", "<!here", "<!channel", "<!everyone"]
        .iter()
        .any(|sign| text.starts_with(sign))
}

/// Lines that begin with `>` (which arrives as `&gt;`) are a quote.
fn quotes(part: &str, names: &Names, blocks: &mut Vec<Block>) {
    let quoted = |line: &str| {
        line.strip_prefix("&gt;")
            .map(|rest| rest.trim_start().to_owned())
    };
    let mut words = String::new();
    let mut quote = String::new();
    for line in part.split('\n') {
        match quoted(line) {
            Some(rest) => {
                flush(&mut words, names, blocks, false);
                quote.push_str(&format!("{rest}\n"));
            }
            None => {
                flush(&mut quote, names, blocks, true);
                words.push_str(&format!("{line}\n"));
            }
        }
    }
    flush(&mut words, names, blocks, false);
    flush(&mut quote, names, blocks, true);
}

fn flush(text: &mut String, names: &Names, blocks: &mut Vec<Block>, quote: bool) {
    let text = std::mem::take(text);
    let children = paragraphs(inlines(text.trim_end_matches('\n'), names));
    match quote && !children.is_empty() {
        true => blocks.push(Block::Quote { children }),
        false => blocks.extend(children),
    }
}

fn inlines(text: &str, names: &Names) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '`', '*', '_', '~', ':']) {
        let (before, from) = rest.split_at(at);
        found.extend(lines(&unescape(before)));
        let starts_word = !before.ends_with(char::is_alphanumeric);
        let (inner, taken) = marked(from, starts_word, names).unwrap_or_else(|| {
            let sign = from.chars().next().map_or(0, char::len_utf8);
            (lines(&unescape(&from[..sign])), sign)
        });
        found.extend(inner);
        rest = &from[taken..];
    }
    found.extend(lines(&unescape(rest)));
    found
}

/// What stands at the start of `text`, if that is more than a sign, and how many bytes it takes.
fn marked(text: &str, starts_word: bool, names: &Names) -> Option<(Vec<Inline>, usize)> {
    let sign = text.chars().next()?;
    let end = match sign {
        '<' => '>',
        sign => sign,
    };
    let inner = &text[1..];
    let length = inner.find(end)?;
    let inner = &inner[..length];
    let taken = length + 2;
    let wraps = starts_word
        && !inner.is_empty()
        && !inner.contains('\n')
        && !inner.starts_with(char::is_whitespace)
        && !inner.ends_with(char::is_whitespace)
        && !text[taken..].starts_with(char::is_alphanumeric);
    let nodes = match sign {
        '<' => angle(inner, names)?,
        '`' if !inner.is_empty() => vec![Inline::CodeSpan {
            text: unescape(inner),
        }],
        '*' if wraps => vec![Inline::Strong {
            children: inlines(inner, names),
        }],
        '_' if wraps => vec![Inline::Emphasis {
            children: inlines(inner, names),
        }],
        '~' if wraps => inlines(inner, names),
        ':' if wraps => {
            let letter = emoji::sign(inner);
            match letter.starts_with(':') {
                true => return None,
                false => lines(&letter),
            }
        }
        _ => return None,
    };
    Some((nodes, taken))
}

/// `<@U1>`, `<#C1|name>`, `<!here>`, `<!date^…|words>`, `<https://…|words>`.
fn angle(inner: &str, names: &Names) -> Option<Vec<Inline>> {
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) => (target, Some(unescape(label))),
        None => (inner, None),
    };
    let named = |sign: &str, id: &str| {
        let label = label
            .as_deref()
            .map(|label| label.trim_start_matches(sign).to_owned());
        let name = names
            .get(id)
            .cloned()
            .or(label.filter(|label| !label.is_empty()));
        lines(&format!("{sign}{}", name.as_deref().unwrap_or("somebody")))
    };
    if let Some(id) = target
        .strip_prefix('@')
        .or(target.strip_prefix("!subteam^"))
    {
        return Some(named("@", id));
    }
    if let Some(id) = target.strip_prefix('#') {
        return Some(named("#", id));
    }
    if let Some(special) = target.strip_prefix('!') {
        return Some(lines(&label.unwrap_or_else(|| format!("@{special}"))));
    }
    let address = unescape(target);
    let words = label.unwrap_or_else(|| address.trim_start_matches("mailto:").to_owned());
    let children = lines(&words);
    safe_url(&address).map(|url| {
        vec![Inline::Link {
            url: url.into(),
            children,
        }]
    })
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        read(text, &Names::from([("U1".to_owned(), "Ann".to_owned())])).to_plain()
    }

    #[test]
    fn mentions_links_and_entities_become_words() {
        for (text, expected) in [
            ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
            (
                "<@U1> and <@U2|bob> in <#C1|general>",
                "@Ann and @bob in #general",
            ),
            ("<!here> <!subteam^S1|@support>", "@here @support"),
            ("<!date^1^{date}|yesterday>", "yesterday"),
            (
                "<https://example.com/a?b=1&amp;c=2>",
                "https://example.com/a?b=1&c=2",
            ),
            (
                "<mailto:ada@example.com|ada@example.com>",
                "ada@example.com",
            ),
            (
                "well :wave: 10:30:00 :nothing-known:",
                "well 👋 10:30:00 :nothing-known:",
            ),
            ("1 * 2 * 3 a_b_c ~gone~ 1 < 2", "1 * 2 * 3 a_b_c gone 1 < 2"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn styles_quotes_and_code_are_found() {
        let text = read(
            "*bold* and _soft_ `x*y`\n&gt; said\n```let a;```",
            &Names::new(),
        );
        let Block::Paragraph { children } = &text.0[0] else {
            panic!("{text:?}");
        };
        assert!(matches!(children[0], Inline::Strong { .. }));
        assert!(matches!(children[2], Inline::Emphasis { .. }));
        assert_eq!(
            children[4],
            Inline::CodeSpan {
                text: "x*y".to_owned()
            }
        );
        assert!(matches!(text.0[1], Block::Quote { .. }));
        assert_eq!(
            text.0[2],
            Block::Code {
                text: "let a;".to_owned()
            }
        );
    }

    #[test]
    fn who_is_mentioned_and_whether_first() {
        let found = mentioned("<@U1> <!subteam^S1|@x> <#C1|g> <https://a.example>");
        let ids: Vec<&str> = found.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(ids, ["U1", "S1", "C1"]);
        assert!(begins_with_mention(" <@U1> look") && !begins_with_mention("look <@U1>"));
    }
}
