//! How a digest is worded: the numbers of the day, and each answer with what is said of it and can be done about it.

use hinny_bridges::text::{Block, Inline, Text};
use hinny_bridges::{Button, Line, LineAuthor, Look};

use crate::action::Action;
use crate::lines::line as words_line;
use crate::shell::Shell;
use crate::store::{AnswerRow, Digest, DigestItem, Said, Stored};

/// Longer questions and answers are cut here; the desk has all of them.
const EXCERPT: usize = 400;

pub(super) fn title(digest: &Digest) -> String {
    format!("What the bot said on {}", digest.day)
}

/// What opens the day's thread.
pub(super) fn head(digest: &Digest) -> Line {
    let mut said = format!("{}: {}", title(digest), numbers(digest));
    if digest.handed_over > 0 {
        said += &format!("; {} handed over to you", digest.handed_over);
    }
    let mut blocks = vec![words_line(format!("{said}."))];
    let shown = digest.items.len() as u64;
    blocks.push(words_line(match shown < digest.answers {
        true => format!(
            "The last {shown} stand below. See the desk for the rest; hinny stats has the numbers."
        ),
        false => "Tell me which of them were wrong, or take a conversation over.".to_owned(),
    }));
    line(digest, 0, blocks)
}

/// What there was none of is left out.
fn numbers(digest: &Digest) -> String {
    let answered = digest
        .answers
        .saturating_sub(digest.drafted + digest.suggested);
    let all = [
        (answered, "answer"),
        (digest.drafted, "draft"),
        (digest.suggested, "suggestion"),
    ];
    let there = all.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = there.map(|(count, what)| counted(*count, what)).collect();
    told.join(", ")
}

fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// An answer as things are now, and a mark that changes when it has to be shown anew.
pub(super) async fn answer(
    shell: &Shell,
    digest: &Digest,
    item: &DigestItem,
) -> Stored<(Line, String)> {
    let answer = shell.store.answer(&item.conversation, item.seq).await?;
    let Some(answer) = answer else {
        let gone = line(digest, item.number, vec![words_line("(removed)")]);
        return Ok((gone, "removed".to_owned()));
    };
    let row = shell.store.thread_row(&item.conversation).await?;
    let taken = row.and_then(|row| row.agent);
    let mut blocks = blocks(&answer, taken.as_deref());
    // The number also tells apart what a platform finds by its words alone.
    let question = format!("{}. {}", item.number, cut(&answer.question));
    blocks.insert(0, strong(question));
    let mut out = line(digest, item.number, blocks);
    out.buttons = vec![buttons(&answer, taken.is_some())];
    let wrong = answer.wrong.map(|mark| mark.by);
    Ok((out, format!("wrong {wrong:?} taken {taken:?}")))
}

fn blocks(answer: &AnswerRow, taken: Option<&str>) -> Vec<Block> {
    let said = Block::Quote {
        children: vec![words_line(cut(&answer.answer))],
    };
    let sources: Vec<&str> = answer
        .sources
        .iter()
        .map(|source| source.title.as_str())
        .collect();
    let how = match answer.said {
        Said::Answered => "",
        Said::Drafted => "drafted for the team, ",
        Said::Suggested => "suggested to choose from, ",
    };
    let sure = format!("{how}{:.0} % sure", answer.confidence * 100.0);
    let from = match sources.is_empty() {
        true => sure,
        false => format!("{sure}, from: {}", cut(&sources.join("; "))),
    };
    let mut blocks = vec![said, words_line(from)];
    let wrong = answer.wrong.as_ref();
    blocks.extend(wrong.map(|mark| words_line(format!("Marked as wrong by {}.", mark.by))));
    blocks.extend(taken.map(|name| words_line(format!("{name} has this conversation."))));
    blocks
}

fn buttons(answer: &AnswerRow, taken: bool) -> Vec<Button> {
    let seq = answer.seq;
    let mark = match answer.wrong {
        None => button(answer, Action::Wrong { answer: seq }, "Wrong"),
        Some(_) => button(answer, Action::Right { answer: seq }, "Not wrong"),
    };
    let take = (!taken).then(|| button(answer, Action::Take, "Take over"));
    [mark].into_iter().chain(take).collect()
}

fn button(answer: &AnswerRow, action: Action, label: &str) -> Button {
    let action = Action::In {
        conversation: answer.conversation.clone(),
        action: Box::new(action),
    };
    Button {
        action: action.to_string(),
        label: label.to_owned(),
        look: Look::Plain,
    }
}

fn line(digest: &Digest, number: u32, blocks: Vec<Block>) -> Line {
    let name = format!("{}{number:02}", digest.id);
    Line::new(name, LineAuthor::Hinny, Text(blocks))
}

fn strong(text: String) -> Block {
    let children = vec![Inline::Text { text }];
    Block::Paragraph {
        children: vec![Inline::Strong { children }],
    }
}

/// On one line, and not too long.
fn cut(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
