//! Writes rows as Discord's Markdown, with every sign of a visitor's escaped, so that hostile words are shown
//! letter by letter (<https://support.discord.com/hc/en-us/articles/210298617>). Only
//! `allowed_mentions` decides who is pinged; escaping keeps words from looking as if they did.

use url::Url;

use super::rows::{Look, Row, Run, plain_address};

/// Discord counts letters; this counts UTF-16 units, which are never fewer.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A row without the fences of a code block, which belong to several.
pub(super) fn row(row: &Row) -> String {
    let mut out = String::new();
    if row.quoted {
        out.push_str("> ");
    }
    out.push_str(&row.lead);
    if row.code {
        row.runs.iter().for_each(|run| out.push_str(&run.text));
        return out;
    }
    let mut fresh = true;
    for run in &row.runs {
        write(run, fresh, &mut out);
        fresh &= run.text.is_empty();
    }
    out
}

/// Writes one run. `fresh`: nothing of the row stands before it.
fn write(run: &Run, fresh: bool, out: &mut String) {
    let Look {
        bold,
        italic,
        code,
        link,
    } = &run.look;
    if *code {
        return code_span(&run.text, out);
    }
    // Markers do not work with a space on their inner side.
    let inner = run.text.trim();
    let at = run.text.find(inner).unwrap_or_default();
    let (before, after) = (&run.text[..at], &run.text[at + inner.len()..]);
    let marker = match (bold, italic) {
        (true, true) => "***",
        (true, false) => "**",
        (false, true) => "*",
        (false, false) => "",
    };
    // Two markers that touch would be read as one; then the second look is given up.
    let touches = before.is_empty() && ends_with_marker(out);
    let marker = if inner.is_empty() || touches {
        ""
    } else {
        marker
    };
    out.push_str(before);
    out.push_str(marker);
    match link {
        Some(url) if !inner.is_empty() => write_link(inner, url, out),
        _ => escape(inner, fresh && before.is_empty() && marker.is_empty(), out),
    }
    out.push_str(marker);
    out.push_str(after);
}

fn ends_with_marker(out: &str) -> bool {
    let stars = out
        .chars()
        .rev()
        .take_while(|letter| *letter == '*')
        .count();
    let rest = &out[..out.len() - stars];
    stars > 1 || stars == 1 && !rest.ends_with('\\')
}

/// Words as code; a longer fence stands around words that have backticks themselves.
fn code_span(text: &str, out: &mut String) {
    if text.trim().is_empty() {
        return out.push_str(text);
    }
    let longest = text.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let edge = text.starts_with('`') || text.ends_with('`');
    let pad = if edge { " " } else { "" };
    // Two spans that touch would become one.
    let gap = if out.ends_with('`') { " " } else { "" };
    out.push_str(&format!("{gap}{fence}{pad}{text}{pad}{fence}"));
}

/// The angle brackets keep Discord from showing a preview, and mark where the address ends.
fn write_link(words: &str, url: &Url, out: &mut String) {
    let same = crate::links::safe_url(words).as_ref() == Some(url);
    if same && plain_address(words) {
        return out.push_str(&format!("<{words}>"));
    }
    out.push('[');
    escape(words, false, out);
    let address = url.as_str().replace('(', "%28").replace(')', "%29");
    // An address pings too, where a message may.
    let address = address
        .replace("@here", "%40here")
        .replace("@everyone", "%40everyone");
    out.push_str(&format!("](<{}>)", address.replace('\\', "%5C")));
}

/// Puts a backslash before each sign that would do something. Discord takes it away before any punctuation.
pub(super) fn escape(text: &str, at_start: bool, out: &mut String) {
    let start = if at_start { line_mark(text) } else { None };
    for (at, letter) in text.char_indices() {
        let rest = &text[at..];
        let live = match letter {
            '\\' | '`' | '*' | '_' | '~' | '|' | '<' | '>' | '[' | ']' => true,
            '@' => ["@everyone", "@here"]
                .iter()
                .any(|word| rest.starts_with(word)),
            ':' => rest.starts_with("://") || is_emoji_name(rest),
            _ => start == Some(at),
        };
        if live {
            out.push('\\');
        }
        out.push(letter);
    }
}

/// Where a sign stands that makes a heading, a list or a small line when a row begins with it.
fn line_mark(text: &str) -> Option<usize> {
    let trimmed = text.trim_start();
    let at = text.len() - trimmed.len();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    match trimmed.chars().next()? {
        '#' | '-' | '+' => Some(at),
        _ if digits > 0 && trimmed[digits..].starts_with(['.', ')']) => Some(at + digits),
        _ => None,
    }
}

/// `:smile:` becomes a picture.
fn is_emoji_name(rest: &str) -> bool {
    let mut letters = rest[1..].chars();
    let name = letters.by_ref().take_while(|letter| *letter != ':');
    let mut length = 0;
    let mut plain = true;
    for letter in name {
        length += 1;
        plain &= !letter.is_whitespace();
    }
    plain && length > 0 && rest.matches(':').nth(1).is_some()
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
