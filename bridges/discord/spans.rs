//! Reads what stands in a line of Discord's Markdown: emphasis, code, links, mentions, emoji, and signs that
//! a backslash keeps as they are.

use std::collections::HashMap;

use crate::{links::safe_url, text::Inline};

/// Emphasis in emphasis beyond this is only words.
const DEEPEST: usize = 8;

/// What the ids in a message stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) people: HashMap<u64, String>,
    pub(super) roles: HashMap<u64, String>,
    pub(super) channels: HashMap<u64, String>,
}

pub(super) fn inlines(text: &str, names: &Names) -> Vec<Inline> {
    let mut reader = Reader {
        names,
        out: Vec::new(),
        depth: DEEPEST,
    };
    reader.read(text);
    reader.out
}

struct Reader<'a> {
    names: &'a Names,
    out: Vec<Inline>,
    depth: usize,
}

/// What an emphasis becomes; Discord has some that have no node of their own.
type Wrap = Option<fn(Vec<Inline>) -> Inline>;

const STRONG: Wrap = Some(|children| Inline::Strong { children });
const EMPHASIS: Wrap = Some(|children| Inline::Emphasis { children });

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            rest = match self.special(letter, rest) {
                Some(left) => left,
                None => {
                    self.push(&rest[..letter.len_utf8()]);
                    &rest[letter.len_utf8()..]
                }
            };
        }
    }

    /// Reads what begins here, if it is more than a letter, and returns what is behind it.
    fn special<'t>(&mut self, letter: char, rest: &'t str) -> Option<&'t str> {
        match letter {
            '\\' => {
                let next = rest[1..]
                    .chars()
                    .next()
                    .filter(char::is_ascii_punctuation)?;
                self.push(&rest[1..1 + next.len_utf8()]);
                Some(&rest[1 + next.len_utf8()..])
            }
            '\n' => {
                self.out.push(Inline::Break);
                Some(&rest[1..])
            }
            '`' => self.code(rest),
            '*' => self.wrapped(rest, "**", STRONG).or_else(|| self.star(rest)),
            '_' => self
                .wrapped(rest, "__", None)
                .or_else(|| self.underscore(rest)),
            '~' => self.wrapped(rest, "~~", None),
            '|' => self.wrapped(rest, "||", None),
            '[' => self.masked(rest),
            '<' => self.angle(rest),
            'h' | 'H' => self.address(rest),
            _ => None,
        }
    }

    fn code<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
        let mut at = ticks;
        loop {
            at += rest[at..].find('`')?;
            let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
            if run == ticks {
                break;
            }
            at += run;
        }
        let inner = &rest[ticks..at];
        // A space keeps a backtick at the edge apart from the fence.
        let padded = inner.strip_prefix(" `").is_some() || inner.strip_suffix("` ").is_some();
        let text = if padded { inner.trim() } else { inner };
        if inner.is_empty() {
            return None;
        }
        self.out.push(Inline::CodeSpan {
            text: text.to_owned(),
        });
        Some(&rest[at + ticks..])
    }

    fn star<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let inner = &rest[1..];
        if inner.starts_with(char::is_whitespace) {
            return None;
        }
        let ends = |at: usize| {
            !inner[..at].ends_with(char::is_whitespace) && !inner[at + 1..].starts_with('*')
        };
        let end = closing(inner, "*", ends)?;
        self.wrap(&inner[..end], EMPHASIS);
        Some(&inner[end + 1..])
    }

    fn underscore<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let inner = &rest[1..];
        let word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let end = closing(inner, "_", |at| !inner[at + 1..].starts_with(word))?;
        self.wrap(&inner[..end], EMPHASIS);
        Some(&inner[end + 1..])
    }

    fn wrapped<'t>(&mut self, rest: &'t str, marker: &str, wrap: Wrap) -> Option<&'t str> {
        let inner = rest.strip_prefix(marker)?;
        let sign = marker.chars().next()?;
        let end = closing(inner, marker, |at| {
            sign != '*' && sign != '_' || !inner[at + marker.len()..].starts_with(sign)
        })?;
        self.wrap(&inner[..end], wrap);
        Some(&inner[end + marker.len()..])
    }

    fn wrap(&mut self, inner: &str, wrap: Wrap) {
        let mut reader = Reader {
            names: self.names,
            out: Vec::new(),
            depth: self.depth.saturating_sub(1),
        };
        match self.depth {
            0 => reader.push(inner),
            _ => reader.read(inner),
        }
        match wrap {
            Some(wrap) => self.out.push(wrap(reader.out)),
            None => reader.out.into_iter().for_each(|node| self.add(node)),
        }
    }

    /// `[words](address)`, or with the address in angle brackets.
    fn masked<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let end = closing(&rest[1..], "]", |_| true)? + 1;
        let behind = rest[end + 1..].strip_prefix('(')?;
        let (address, left) = behind.split_once(')')?;
        let address = address.trim();
        let bare = address
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'));
        let url = safe_url(bare.unwrap_or(address))?.into();
        let mut reader = Reader {
            names: self.names,
            out: Vec::new(),
            depth: 0,
        };
        reader.plain(&rest[1..end]);
        let children = reader.out;
        self.out.push(Inline::Link { url, children });
        Some(left)
    }

    /// Words in which only escapes are read.
    fn plain(&mut self, text: &str) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
            let escaped = escaped.filter(char::is_ascii_punctuation);
            let skip = escaped.map_or(0, |_| 1);
            let length = escaped.unwrap_or(letter).len_utf8();
            self.push(&rest[skip..skip + length]);
            rest = &rest[skip + length..];
        }
    }

    /// `<…>`: a mention, an emoji, a time, or an address without a preview.
    fn angle<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let (inside, left) = rest[1..].split_once('>')?;
        if let Some(words) = named(inside, self.names) {
            self.push(&words);
            return Some(left);
        }
        let url = safe_url(inside).filter(|url| url.scheme() != "mailto")?;
        self.link(url.into(), inside);
        Some(left)
    }

    fn address<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let length = rest.find(|letter: char| letter.is_whitespace() || letter == '<');
        let whole = &rest[..length.unwrap_or(rest.len())];
        let begins = |scheme: &str| {
            let head = whole.get(..scheme.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        };
        if !(begins("http://") || begins("https://")) {
            return None;
        }
        let address = whole.trim_end_matches(|letter| ".,:;\"')]".contains(letter));
        let url = safe_url(address)?;
        self.link(url.into(), address);
        Some(&rest[address.len()..])
    }

    fn link(&mut self, url: String, words: &str) {
        let children = vec![Inline::Text {
            text: words.to_owned(),
        }];
        self.out.push(Inline::Link { url, children });
    }

    fn push(&mut self, words: &str) {
        match self.out.last_mut() {
            Some(Inline::Text { text }) => text.push_str(words),
            _ => self.out.push(Inline::Text {
                text: words.to_owned(),
            }),
        }
    }

    fn add(&mut self, node: Inline) {
        match node {
            Inline::Text { text } => self.push(&text),
            other => self.out.push(other),
        }
    }
}

/// Where `marker` closes what is open: not escaped, not at the very start, and where `fits` agrees.
fn closing(inner: &str, marker: &str, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + inner[from..].find(marker)?;
        let slashes = inner[..at]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count();
        if at > 0 && slashes % 2 == 0 && fits(at) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// What stands for an id between angle brackets.
fn named(inside: &str, names: &Names) -> Option<String> {
    let id = |text: &str| text.parse::<u64>().ok();
    let or = |found: Option<&String>, other: &str| found.map_or(other, String::as_str).to_owned();
    if let Some(role) = inside.strip_prefix("@&").and_then(id) {
        return Some(format!("@{}", or(names.roles.get(&role), "role")));
    }
    let person = inside.strip_prefix("@!").or(inside.strip_prefix('@'));
    if let Some(person) = person.and_then(id) {
        return Some(format!("@{}", or(names.people.get(&person), "member")));
    }
    if let Some(channel) = inside.strip_prefix('#').and_then(id) {
        return Some(format!("#{}", or(names.channels.get(&channel), "channel")));
    }
    if let Some(time) = inside.strip_prefix("t:") {
        let seconds = time.split(':').next()?.parse().ok()?;
        let time = serenity::model::Timestamp::from_unix_timestamp(seconds).ok()?;
        return time.to_rfc3339();
    }
    emoji(inside).or_else(|| command(inside))
}

/// `:name:id`, or `a:name:id` when it moves.
fn emoji(inside: &str) -> Option<String> {
    let rest = inside.strip_prefix("a:").or(inside.strip_prefix(':'))?;
    let (name, id) = rest.split_once(':')?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let good = !name.is_empty() && name.chars().all(plain) && id.parse::<u64>().is_ok();
    good.then(|| format!(":{name}:"))
}

/// `</name:id>`
fn command(inside: &str) -> Option<String> {
    let (name, id) = inside.strip_prefix('/')?.rsplit_once(':')?;
    id.parse::<u64>().ok().map(|_| format!("/{name}"))
}
