//! Reads Markdown into a `Text`. The parsing is pulldown-cmark's; this file only decides what each
//! construct becomes: headings turn into strong paragraphs, tables into lists that name each column, images into
//! links to them, unsafe links into their words, HTML into the words between its tags. It never fails, and the
//! tree it builds is shallow however deep the input nests, so that nobody who walks the tree can run out of stack.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::{
    html,
    links::safe_url,
    text::{Block, Inline, Text},
};

/// Blocks inside blocks beyond this are laid out at the level where they were found.
const DEEPEST_BLOCKS: usize = 8;
/// Emphasis in emphasis beyond this is only words.
const DEEPEST_INLINES: usize = 8;
/// Bytes of a column's name, which is said again in every row: with a longer one a small table would become a huge text.
const LONGEST_COLUMN: usize = 100;

impl Text {
    /// Reads CommonMark with GitHub's tables. Any input is valid; what cannot be shown safely becomes plain words.
    pub fn from_markdown(markdown: &str) -> Self {
        let mut builder = Builder::default();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            builder.take(event);
        }
        builder.finish()
    }
}

/// A block that is still open.
enum Open {
    Quote(Vec<Block>),
    List(bool, Vec<Vec<Block>>),
    Item(Vec<Block>),
    Table(Table),
    /// Too deep, or of no meaning here: its children go to the block around it.
    Through,
}

/// The cells of the row at hand, the names of the columns, and the rows that are complete.
#[derive(Default)]
struct Table {
    cells: Vec<Vec<Inline>>,
    head: Vec<String>,
    rows: Vec<Vec<Block>>,
}

/// An inline node that is still open.
enum Wrap {
    Strong,
    Emphasis,
    Link(Option<String>),
    Image(Option<String>),
    Through,
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    open: Vec<Open>,
    /// The inlines of the paragraph at hand, outside of any wrap.
    line: Vec<Inline>,
    wraps: Vec<(Wrap, Vec<Inline>)>,
    code: Option<String>,
    /// The lines of an HTML block arrive one by one, but only make sense together.
    html: Option<String>,
}

impl Builder {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.words(&text),
            Event::Code(text) => self.push(Inline::CodeSpan {
                text: text.into_string(),
            }),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.words(&text),
            Event::FootnoteReference(name) => self.words(&name),
            Event::InlineHtml(tag) if html::is_line_break(&tag) => self.push(Inline::Break),
            Event::InlineHtml(tag) => self.words(&html::words(&tag)),
            Event::Html(lines) => self.html.get_or_insert_default().push_str(&lines),
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => self.push(Inline::Break),
            Event::Rule => self.close_line(),
            Event::TaskListMarker(done) => self.words(if done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Strong => self.wrap(Wrap::Strong),
            Tag::Emphasis => self.wrap(Wrap::Emphasis),
            Tag::Link { dest_url, .. } => self.wrap(Wrap::Link(address(&dest_url))),
            Tag::Image { dest_url, .. } => self.wrap(Wrap::Image(address(&dest_url))),
            Tag::Strikethrough | Tag::Superscript | Tag::Subscript => self.wrap(Wrap::Through),
            block => {
                self.close_line();
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag) {
        let too_deep = self.open.len() >= DEEPEST_BLOCKS;
        match tag {
            Tag::Heading { .. } => self.wrap(Wrap::Strong),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) if !too_deep => self.open.push(Open::Quote(Vec::new())),
            Tag::List(first) if !too_deep => {
                self.open.push(Open::List(first.is_some(), Vec::new()))
            }
            Tag::Item if matches!(self.open.last(), Some(Open::List(..))) => {
                self.open.push(Open::Item(Vec::new()));
            }
            Tag::Table(_) if !too_deep => self.open.push(Open::Table(Table::default())),
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::Table(_) => {
                self.open.push(Open::Through);
            }
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Strong
            | TagEnd::Emphasis
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript => self.unwrap_one(),
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::HtmlBlock => self.close_html(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Table => {
                self.close_line();
                self.close_block();
            }
            TagEnd::TableCell => self.close_cell(),
            TagEnd::TableHead | TagEnd::TableRow => self.close_row(end),
            _ => self.close_line(),
        }
    }

    /// Inside a code block words are code; elsewhere they join the words before them.
    fn words(&mut self, words: &str) {
        if let Some(code) = &mut self.code {
            code.push_str(words);
            return;
        }
        match self.inlines().last_mut() {
            _ if words.is_empty() => {}
            Some(Inline::Text { text }) => text.push_str(words),
            _ => self.push(Inline::Text {
                text: words.to_owned(),
            }),
        }
    }

    fn push(&mut self, inline: Inline) {
        self.inlines().push(inline);
    }

    fn inlines(&mut self) -> &mut Vec<Inline> {
        match self.wraps.last_mut() {
            Some((_, children)) => children,
            None => &mut self.line,
        }
    }

    fn wrap(&mut self, wrap: Wrap) {
        let deep = self.wraps.len() >= DEEPEST_INLINES;
        let wrap = if deep { Wrap::Through } else { wrap };
        self.wraps.push((wrap, Vec::new()));
    }

    fn unwrap_one(&mut self) {
        let Some((wrap, children)) = self.wraps.pop() else {
            return;
        };
        match (wrap, children) {
            (Wrap::Image(Some(url)), children) if children.is_empty() => {
                let children = vec![Inline::Text { text: url.clone() }];
                self.push(Inline::Link { url, children });
            }
            (_, children) if children.is_empty() => {}
            (Wrap::Strong, children) => self.push(Inline::Strong { children }),
            (Wrap::Emphasis, children) => self.push(Inline::Emphasis { children }),
            (Wrap::Link(Some(url)) | Wrap::Image(Some(url)), children) => {
                self.push(Inline::Link { url, children });
            }
            (Wrap::Link(None) | Wrap::Image(None) | Wrap::Through, children) => {
                self.inlines().extend(children);
            }
        }
    }

    fn take_line(&mut self) -> Vec<Inline> {
        while !self.wraps.is_empty() {
            self.unwrap_one();
        }
        std::mem::take(&mut self.line)
    }

    fn close_cell(&mut self) {
        let cell = self.take_line();
        match self.open.last_mut() {
            Some(Open::Table(table)) => table.cells.push(cell),
            _ => self.add_paragraph(cell),
        }
    }

    fn close_row(&mut self, end: TagEnd) {
        match self.open.last_mut() {
            Some(Open::Table(table)) if end == TagEnd::TableHead => {
                table.head = table.cells.drain(..).map(words_of).collect();
            }
            Some(Open::Table(table)) => table.close_row(),
            _ => self.close_line(),
        }
    }

    fn close_line(&mut self) {
        let line = self.take_line();
        self.add_paragraph(line);
    }

    fn add_paragraph(&mut self, children: Vec<Inline>) {
        let plain = |inline: &Inline| match inline {
            Inline::Text { text } => !text.trim().is_empty(),
            Inline::Break => false,
            _ => true,
        };
        if children.iter().any(plain) {
            self.add(Block::Paragraph { children });
        }
    }

    fn close_code(&mut self) {
        if let Some(text) = self.code.take() {
            let text = text.trim_end_matches('\n').to_owned();
            self.add(Block::Code { text });
        }
    }

    fn close_html(&mut self) {
        if let Some(lines) = self.html.take() {
            let words = html::words(&lines);
            self.words(words.trim());
            self.close_line();
        }
    }

    fn close_block(&mut self) {
        match self.open.pop() {
            Some(Open::Quote(children)) if !children.is_empty() => {
                self.add(Block::Quote { children });
            }
            Some(Open::List(ordered, items)) if !items.is_empty() => {
                self.add(Block::List { ordered, items });
            }
            Some(Open::Table(table)) => self.close_table(table),
            Some(Open::Item(children)) => match self.open.last_mut() {
                Some(Open::List(_, items)) => items.push(children),
                _ => children.into_iter().for_each(|block| self.add(block)),
            },
            _ => {}
        }
    }

    /// A table without rows is only the names of its columns.
    fn close_table(&mut self, Table { head, rows, .. }: Table) {
        if !rows.is_empty() {
            return self.add(Block::List {
                ordered: false,
                items: rows,
            });
        }
        for text in head {
            self.add_paragraph(vec![Inline::Text { text }]);
        }
    }

    /// Puts a finished block where it belongs: into the nearest open block that holds blocks.
    fn add(&mut self, block: Block) {
        for open in self.open.iter_mut().rev() {
            match open {
                Open::Quote(children) | Open::Item(children) => return children.push(block),
                Open::List(_, items) => return items.push(vec![block]),
                Open::Table(_) | Open::Through => {}
            }
        }
        self.done.push(block);
    }

    fn finish(mut self) -> Text {
        self.close_code();
        self.close_html();
        self.close_line();
        while !self.open.is_empty() {
            self.close_block();
        }
        Text(self.done)
    }
}

impl Table {
    /// A row: its first cell, and each other one behind the name of its column, on lines of their own.
    fn close_row(&mut self) {
        let mut line = Vec::new();
        for (column, cell) in std::mem::take(&mut self.cells).into_iter().enumerate() {
            if cell.is_empty() {
                continue;
            }
            if !line.is_empty() {
                line.push(Inline::Break);
            }
            let short = |name: &&String| (1..=LONGEST_COLUMN).contains(&name.len());
            match self.head.get(column).filter(short) {
                _ if column == 0 => line.push(Inline::Strong { children: cell }),
                Some(name) => {
                    line.push(Inline::Text {
                        text: format!("{name}: "),
                    });
                    cell.into_iter().for_each(|inline| join(&mut line, inline));
                }
                None => line.extend(cell),
            }
        }
        if !line.is_empty() {
            self.rows.push(vec![Block::Paragraph { children: line }]);
        }
    }
}

fn words_of(children: Vec<Inline>) -> String {
    Text(vec![Block::Paragraph { children }]).to_plain()
}

/// Words join the words before them.
fn join(line: &mut Vec<Inline>, inline: Inline) {
    match (line.last_mut(), inline) {
        (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
        (_, inline) => line.push(inline),
    }
}

fn address(url: &str) -> Option<String> {
    safe_url(url).map(String::from)
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
