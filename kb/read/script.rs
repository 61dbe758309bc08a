//! The parts of a script that MDX puts between the lines of Markdown: how far a module's statement, an expression in
//! braces or a tag goes. Nothing is understood beyond that.

/// How much may be looked at twice. Without it, a file of open brackets would take the square of its length.
pub(super) struct Budget(usize);

impl Budget {
    const TIMES: usize = 32;

    pub fn of(text: &str) -> Budget {
        Budget(text.len() * Self::TIMES)
    }

    /// Whether so many bytes may still be looked at.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }

    /// Where a word is next.
    pub fn find(&mut self, text: &str, word: &str) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let found = text.find(word);
        self.spend(found.unwrap_or(text.len()));
        found
    }
}

/// A tag of an element.
pub(super) struct Tag<'a> {
    pub length: usize,
    /// Empty for `<>`.
    pub name: &'a str,
    /// `</name>`.
    pub closes: bool,
    /// `<name />`.
    pub is_empty: bool,
    pub label: Option<&'a str>,
}

/// The length of the import or export at the start of this text.
pub(super) fn module(text: &str, budget: &mut Budget) -> Option<usize> {
    let first = text.lines().next()?;
    if !is_import(first) && !is_export(first) {
        return None;
    }
    let mut end = 0;
    loop {
        match statement(&text[end..], budget) {
            Some(length) => end += length + 1,
            // It has no end: the last line of the text, or a bracket that is never closed.
            None if !text[end..].contains('\n') => return Some(text.len()),
            None if end > 0 => return Some(end),
            None => return Some(text.find('\n').map_or(text.len(), |line| line + 1)),
        }
        let next = text[end..].lines().next().unwrap_or_default();
        let goes_on = next.starts_with([' ', '\t', '}', ')', ']', '.']) && !next.trim().is_empty();
        if !goes_on {
            return Some(end);
        }
    }
}

fn is_import(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("import").filter(|rest| !rest.is_empty()) else {
        return false;
    };
    let what = rest.trim_start();
    let named = rest.starts_with(' ') && (what.contains(" from ") || what.ends_with(" from"));
    let opens = rest.starts_with(' ') && what.ends_with('{');
    what.starts_with(['{', '*', '\'', '"']) || opens || (named && what.contains(['\'', '"']))
}

fn is_export(line: &str) -> bool {
    const WHAT: [&str; 9] = [
        "const",
        "let",
        "var",
        "function",
        "class",
        "default",
        "async",
        "type",
        "interface",
    ];
    let Some(rest) = line.strip_prefix("export") else {
        return false;
    };
    let what = rest.trim_start();
    let word = what.split(|c: char| !c.is_ascii_alphabetic()).next();
    what.starts_with(['{', '*'])
        || (rest.starts_with(' ') && word.is_some_and(|word| WHAT.contains(&word)))
}

/// Up to the end of the line on which all brackets are closed again.
fn statement(text: &str, budget: &mut Budget) -> Option<usize> {
    scan(text, budget, |depth, byte| depth == 0 && byte == b'\n')
}

/// The length of an expression with its braces.
pub(super) fn braces(text: &str, budget: &mut Budget) -> Option<usize> {
    scan(text, budget, |depth, byte| depth == 0 && byte == b'}').map(|end| end + 1)
}

/// The place of the first byte of the script itself, not of its texts and comments, that ends it. The depth is told as
/// it is behind that byte.
fn scan(text: &str, budget: &mut Budget, ends: impl Fn(usize, u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    // Depths at which a `${` in a template began.
    let mut templates: Vec<usize> = Vec::new();
    while let Some(byte) = bytes.get(at) {
        if !budget.spend(1) {
            return None;
        }
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' if templates.last() == Some(&depth) => {
                templates.pop();
                depth = depth.saturating_sub(1);
                at += template(&bytes[at + 1..], &mut templates, &mut depth);
            }
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            b'`' => at += template(&bytes[at + 1..], &mut templates, &mut depth),
            b'\'' | b'"' => at += quoted(&bytes[at..], budget),
            b'/' => at += comment(&text[at..], budget),
            _ => {}
        }
        if ends(depth, *byte) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// How far a template goes behind its first sign or behind a value in it.
fn template(bytes: &[u8], templates: &mut Vec<usize>, depth: &mut usize) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'`' => return at + 1,
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                *depth += 1;
                templates.push(*depth);
                return at + 2;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// How far a text in quotes goes; an apostrophe, which has no other on its line, is none.
fn quoted(bytes: &[u8], budget: &mut Budget) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at).filter(|_| budget.spend(1)) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return 0,
            byte if *byte == bytes[0] => return at,
            _ => {}
        }
        at += 1;
    }
    0
}

/// How far a comment goes, up to its end or to that of its line.
fn comment(text: &str, budget: &mut Budget) -> usize {
    match text.as_bytes().get(1) {
        Some(b'*') => budget.find(&text[2..], "*/").map_or(0, |at| at + 3),
        Some(b'/') => budget.find(text, "\n").map_or(0, |at| at - 1),
        _ => 0,
    }
}

/// The words of an expression that is nothing but a text.
pub(super) fn literal(inner: &str) -> Option<&str> {
    let quote = inner
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"' | '`'))?;
    let words = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !words.contains([quote, '\\', '\n']) && !words.contains("${");
    plain.then_some(words)
}

/// The length of code within a paragraph, or of the signs that begin none.
pub(super) fn code_span(text: &str, budget: &mut Budget) -> usize {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let length = run(text);
    let mut at = length;
    while let Some(next) = text[at..]
        .find(['`', '\n'])
        .filter(|next| budget.spend(next + 1))
    {
        at += next;
        if text[at..].starts_with('\n') {
            at += 1;
            let line = text[at..].lines().next().unwrap_or_default();
            if line.trim().is_empty() {
                break;
            }
            continue;
        }
        let other = run(&text[at..]);
        at += other;
        if other == length {
            return at;
        }
    }
    length
}

/// The tag at the start of this text, if it is one.
pub(super) fn tag<'a>(text: &'a str, budget: &mut Budget) -> Option<Tag<'a>> {
    let closes = text.starts_with("</");
    let begin = if closes { 2 } else { 1 };
    let is_name = |c: char| c.is_alphanumeric() || "_$.:-".contains(c);
    let rest = &text[begin..];
    let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    let sound =
        name.is_empty() || name.starts_with(|c: char| c.is_alphabetic() || "_$".contains(c));
    // `<https://x.example>` and `<me@x.example>` are links.
    let rest = &rest[name.len()..];
    if !sound || name.ends_with(':') || !rest.starts_with(['>', '/', ' ', '\n', '\t', '\r', '{']) {
        return None;
    }
    if name.is_empty() && !rest.starts_with('>') {
        return None;
    }
    let inside = attributes(rest, budget)?;
    let attributes = &rest[..inside];
    Some(Tag {
        length: begin + name.len() + inside + 1,
        name,
        closes,
        is_empty: attributes.ends_with('/'),
        label: label(attributes),
    })
}

/// How far the attributes of a tag go, up to its `>`.
fn attributes(text: &str, budget: &mut Budget) -> Option<usize> {
    let mut at = 0;
    loop {
        let next = text[at..].find(['>', '<', '{', '"', '\'']);
        if !budget.spend(next.unwrap_or(text.len() - at) + 1) {
            return None;
        }
        at += next?;
        match text.as_bytes()[at] {
            b'>' => return Some(at),
            b'{' => at += braces(&text[at..], budget)?,
            b'<' => return None,
            quote => {
                let end = budget.find(&text[at + 1..], if quote == b'"' { "\"" } else { "'" })?;
                at += end + 2;
            }
        }
    }
}

/// What a tab is called.
fn label(attributes: &str) -> Option<&str> {
    let (_, value) = attributes
        .split_once(" label=")
        .or_else(|| attributes.split_once("\nlabel="))?;
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    value[1..].split(quote).next()
}
