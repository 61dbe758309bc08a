//! MDX: Markdown with JavaScript. What a reader of the page sees stays; imports, tags, expressions and comments go, and
//! every line keeps its number. <https://mdxjs.com/docs/what-is-mdx/>
//!
//! Nothing is refused: what is no sound MDX stays as it is written, because one slip of an author must not hide a page.
//! The time is bounded by the length of the file, whatever it holds; parsers of the whole language take the square of it.

use super::script::{self, Budget};

/// Elements within elements; deeper ones are read, but their indentation stays.
const MAX_OPEN: usize = 100;

/// The Markdown of an MDX text.
pub(super) fn plain(text: &str) -> String {
    let mut reader = Mdx {
        text,
        at: 0,
        plain: String::with_capacity(text.len()),
        open: Vec::new(),
        budget: Budget::of(text),
        is_script: true,
        begin: 0,
        is_blank: true,
        unwrapped: None,
    };
    while reader.at < text.len() {
        reader.line();
    }
    reader.plain
}

/// An element that began on a line of its own.
struct Open<'a> {
    name: &'a str,
    /// The spaces before its tag, which stand for the list that it lies in.
    before: usize,
    /// How far its first line is indented.
    indent: Option<usize>,
}

struct Mdx<'a> {
    text: &'a str,
    at: usize,
    plain: String,
    open: Vec<Open<'a>>,
    budget: Budget,
    /// Whether an import may stand here: at the start, behind another one, and behind an empty line.
    is_script: bool,
    /// Where this line begins in the plain text, and whether there is nothing of it yet.
    begin: usize,
    is_blank: bool,
    /// The block of code that is read as if it were none.
    unwrapped: Option<Fence>,
}

impl<'a> Mdx<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Reads on from the start of a line: a whole block of code or script, or one line of text.
    fn line(&mut self) {
        if let Some(end) = self.script() {
            return self.drop(end);
        }
        self.indent();
        let line = self.rest().lines().next().unwrap_or_default();
        (self.is_script, self.is_blank) = (line.trim().is_empty(), true);
        self.begin = self.plain.len();
        if self
            .unwrapped
            .as_ref()
            .is_some_and(|fence| fence.ends_with(line))
        {
            self.unwrapped = None;
            return self.drop(self.at + line.len());
        }
        match Fence::of(line) {
            // What stands in such a block is no code to the site.
            Some(fence) if fence.is_mdx => {
                (self.unwrapped, self.is_script) = (Some(fence), true);
                let end = self
                    .rest()
                    .find('\n')
                    .map_or(self.text.len(), |end| self.at + end + 1);
                self.drop(end);
            }
            Some(fence) => self.code(&fence),
            None => self.words(line),
        }
    }

    fn words(&mut self, line: &str) {
        if let Some(title) = directive(line) {
            self.plain.push_str(&title);
            self.at += line.len();
        }
        while let Some(letter) = self.rest().chars().next() {
            match letter {
                '\n' => return self.keep(1),
                '\\' if !self.rest()[1..].starts_with('\n') => {
                    self.keep(1 + self.rest()[1..].chars().next().map_or(0, char::len_utf8));
                }
                '`' => {
                    let length = script::code_span(self.rest(), &mut self.budget);
                    self.keep(length);
                }
                '{' => self.expression(),
                '<' => self.tag(),
                _ => {
                    let next = self.rest().find(['\n', '\\', '`', '{', '<']);
                    self.keep(next.unwrap_or(self.rest().len()).max(letter.len_utf8()));
                }
            }
        }
    }

    fn keep(&mut self, length: usize) {
        let kept = &self.rest()[..length];
        self.is_blank &= kept.trim().is_empty();
        self.plain.push_str(kept);
        self.at += length;
    }

    /// Leaves out everything up to a place but the ends of lines.
    fn drop(&mut self, end: usize) {
        let lines = self.text[self.at..end].matches('\n').count();
        self.plain.extend(std::iter::repeat_n('\n', lines));
        self.at = end;
    }

    /// Where the import or export that begins here ends.
    fn script(&mut self) -> Option<usize> {
        let possible = self.is_script && self.open.is_empty();
        let length = possible.then(|| script::module(self.rest(), &mut self.budget))??;
        Some(self.at + length)
    }

    /// Passes over as many spaces as the first line of the element around has, so that its text is no code.
    fn indent(&mut self) {
        let line = self.rest().lines().next().unwrap_or_default();
        let text = line.trim_start_matches([' ', '\t']);
        let spaces = line.len() - text.len();
        let Some(open) = self.open.last_mut() else {
            return;
        };
        if open.indent.is_none() && !text.is_empty() && !text.starts_with("</") {
            open.indent = Some(spaces);
        }
        let deeper = open.indent.unwrap_or_default().saturating_sub(open.before);
        self.at += deeper.min(spaces);
    }

    /// Code stays as it is, also to the end where it has none.
    fn code(&mut self, fence: &Fence) {
        let mut is_first = true;
        while self.at < self.text.len() {
            if !is_first {
                self.indent();
            }
            let line = self.rest().split_inclusive('\n').next().unwrap_or_default();
            self.keep(line.len());
            if !is_first && fence.ends_with(line) {
                return;
            }
            is_first = false;
        }
    }

    fn expression(&mut self) {
        let Some(length) = script::braces(self.rest(), &mut self.budget) else {
            return self.keep(1);
        };
        let inner = self.rest()[1..length - 1].trim();
        if inner.starts_with(['#', ':']) || is_placeholder(inner) {
            return self.keep(length);
        }
        if let Some(anchor) = commented_anchor(inner) {
            self.plain.push_str(&format!("{{{anchor}}}"));
        } else if let Some(words) = script::literal(inner) {
            self.plain.push_str(words);
        }
        self.drop(self.at + length);
    }

    fn tag(&mut self) {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            return match self.budget.find(rest, "-->") {
                Some(end) => self.drop(self.at + end + 3),
                None => self.keep(1),
            };
        }
        let Some(tag) = script::tag(rest, &mut self.budget) else {
            return self.keep(1);
        };
        let mut end = self.at + tag.length;
        if tag.closes {
            let same = self.open.iter().rposition(|open| open.name == tag.name);
            self.open.truncate(same.unwrap_or(self.open.len()));
        } else if matches!(tag.name, "style" | "script") && !tag.is_empty {
            let close = self.budget.find(&self.text[end..], "</");
            end += close.unwrap_or_default();
        } else if !tag.is_empty && self.is_blank && self.open.len() < MAX_OPEN {
            self.open.push(Open {
                name: tag.name,
                before: self.plain.len() - self.begin,
                indent: None,
            });
        }
        match tag.name {
            "br" => self.plain.push(' '),
            "TabItem" => self.plain.push_str(
                &tag.label
                    .map(|label| format!("**{label}**"))
                    .unwrap_or_default(),
            ),
            _ => {}
        }
        self.drop(end);
    }
}

/// How a block of code began.
struct Fence {
    sign: char,
    length: usize,
    /// Docusaurus: `mdx-code-block` is read as if the fence were not there.
    is_mdx: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Fence> {
        let begin = line.trim_start_matches([' ', '\t', '>']);
        let item = begin.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = item
            .strip_prefix(['-', '*', '+', '.', ')'])
            .unwrap_or(begin);
        let begin = match item.starts_with(' ') {
            true => item.trim_start(),
            false => begin,
        };
        let sign = begin
            .chars()
            .next()
            .filter(|sign| matches!(sign, '`' | '~'))?;
        let info = begin.trim_start_matches(sign);
        let length = begin.len() - info.len();
        let sound = length >= 3 && !(sign == '`' && info.contains('`'));
        sound.then(|| Fence {
            sign,
            length,
            is_mdx: info.trim_start().starts_with("mdx-code-block"),
        })
    }

    fn ends_with(&self, line: &str) -> bool {
        let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
        line.len() >= self.length && line.chars().all(|c| c == self.sign)
    }
}

/// The title of `:::tip A title`, which marks a box on the page.
fn directive(line: &str) -> Option<String> {
    let rest = line
        .trim_start()
        .strip_prefix(":::")?
        .trim_start_matches(':');
    let title = rest
        .trim_start()
        .trim_start_matches(|c: char| c.is_alphanumeric() || c == '-');
    let title = title.trim().trim_start_matches('[').trim_end_matches(']');
    Some(match title {
        "" => String::new(),
        title => format!("**{title}**"),
    })
}

/// Docusaurus: `{/* #name */}` behind a heading is its anchor.
fn commented_anchor(inner: &str) -> Option<&str> {
    let comment = inner.strip_prefix("/*")?.strip_suffix("*/")?.trim();
    let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
    comment
        .strip_prefix('#')
        .filter(|name| is_name(name))
        .map(|_| comment)
}

/// Hinny's own `{{signed.plan | your plan}}`, without its outer braces.
fn is_placeholder(inner: &str) -> bool {
    let name = inner.strip_prefix('{').filter(|inner| inner.ends_with('}'));
    name.is_some_and(|name| name.trim_start().starts_with("signed."))
}
