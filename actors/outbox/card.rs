//! The hand-over card: who, where, why, and what was said so far.

use hinny_bridges::text::{Block, Inline, Text};
use hinny_bridges::{Line, LineAuthor};

use crate::body::Body;
use crate::event::What;
use crate::ids::{Seq, VisitorId};
use crate::lines::line as words_line;
use crate::shell::Shell;
use crate::store::{Batch, Delivery, Entry, StoreError};
use crate::{compose, view, words};

/// The transcript on a card goes back this many events.
const TRANSCRIPT: u32 = 40;

/// A longer message is shortened on the card; the whole of it is in the log.
const EXCERPT: usize = 600;

/// The card as a delivery.
pub(super) async fn line(
    shell: &Shell,
    batch: &Batch,
    delivery: &Delivery,
) -> Result<Line, StoreError> {
    let text = text(shell, batch, delivery.seq).await?;
    Ok(Line {
        parts_done: delivery.parts_done,
        ..Line::new(delivery.id.as_str(), LineAuthor::Hinny, text)
    })
}

/// The card's words, as of event `upto`.
pub(super) async fn text(shell: &Shell, batch: &Batch, upto: Seq) -> Result<Text, StoreError> {
    let entries = recent(shell, batch, upto).await?;
    let mut blocks = about(shell, batch).await?;
    blocks.extend(why(&entries).map(|why| words_line(format!("Why: {why}"))));
    blocks.extend(candidates(&entries));
    let transcript: Vec<Block> = entries.iter().filter_map(said).collect();
    if !transcript.is_empty() {
        blocks.push(words_line("So far:"));
        blocks.push(Block::Quote {
            children: transcript,
        });
    }
    blocks.push(words_line(
        "Write here to answer. Lines that start with ! stay among you; !help shows what they can do.",
    ));
    Ok(Text(blocks))
}

/// A short name for the thread: who, and the last question.
pub(super) async fn title(shell: &Shell, batch: &Batch) -> Result<String, StoreError> {
    let name = visitor_name(shell, batch).await?;
    let upto = batch.deliveries.first().map_or(0, |head| head.seq);
    let entries = recent(shell, batch, upto).await?;
    let asked = entries
        .iter()
        .rev()
        .find(|entry| matches!(entry.event.what, What::VisitorSaid { .. }));
    let question = asked.map(compose::words_of).unwrap_or_default();
    let question = question.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match question.is_empty() {
        true => name,
        false => format!("{name} · {}", shorten(&question, 80)),
    })
}

/// The verified name, or one that tells anonymous visitors apart.
pub(super) async fn visitor_name(shell: &Shell, batch: &Batch) -> Result<String, StoreError> {
    let Some(row) = shell.store.conversation(&batch.conversation).await? else {
        return Ok("Visitor".into());
    };
    let profile = shell.store.profile(&row.visitor).await?;
    let known = profile.and_then(|profile| profile.name.or(profile.email));
    Ok(known.unwrap_or_else(|| anonymous(&row.visitor)))
}

/// What an anonymous visitor is called.
pub fn anonymous(visitor: &VisitorId) -> String {
    format!(
        "Visitor {}",
        shorten(visitor.as_str(), 4).trim_end_matches('…')
    )
}

async fn recent(shell: &Shell, batch: &Batch, upto: Seq) -> Result<Vec<Entry>, StoreError> {
    let after = upto.saturating_sub(u64::from(TRANSCRIPT));
    let mut entries = shell
        .store
        .read(&batch.conversation, after, TRANSCRIPT)
        .await?;
    entries.retain(|entry| entry.event.seq <= upto);
    Ok(entries)
}

async fn about(shell: &Shell, batch: &Batch) -> Result<Vec<Block>, StoreError> {
    let name = visitor_name(shell, batch).await?;
    let Some(row) = shell.store.conversation(&batch.conversation).await? else {
        return Ok(vec![words_line(name)]);
    };
    let profile = shell.store.profile(&row.visitor).await?;
    let proof = match profile.as_ref() {
        Some(_) => "signed in (verified)",
        None => "anonymous",
    };
    let email = profile.and_then(|profile| profile.email);
    let email = email.map(|email| format!(", {email}")).unwrap_or_default();
    let mut blocks = vec![words_line(format!("Who: {name}{email}, {proof}"))];
    if let Some(page) = &row.context.page {
        blocks.push(words_line(format!("Where: {} {}", page.title, page.url)));
    }
    let context = [&row.context.language, &row.context.time_zone];
    let context: Vec<&str> = context.into_iter().flatten().map(String::as_str).collect();
    if !context.is_empty() {
        blocks.push(words_line(format!("Browser: {}", context.join(", "))));
    }
    Ok(blocks)
}

fn why(entries: &[Entry]) -> Option<&'static str> {
    entries
        .iter()
        .rev()
        .find_map(|entry| match entry.event.what {
            What::Escalated { reason, .. } => Some(words::reason(reason)),
            _ => None,
        })
}

/// What the bot would have said, best first, when it was the bot that was not sure.
fn candidates(entries: &[Entry]) -> Option<Block> {
    let last = entries.iter().rev().find_map(|entry| match &entry.body {
        Some(Body::Verdict { judgement }) => Some(judgement),
        _ => None,
    })?;
    let shown = last.candidates.iter().take(3).map(|candidate| {
        vec![words_line(format!(
            "{} ({:.2})",
            candidate.title, candidate.score
        ))]
    });
    let items: Vec<Vec<Block>> = shown.collect();
    (!items.is_empty()).then_some(Block::List {
        ordered: true,
        items,
    })
}

/// One message of the transcript.
fn said(entry: &Entry) -> Option<Block> {
    let author = match &entry.event.what {
        What::VisitorSaid { .. } => "Visitor".to_owned(),
        What::BotAnswered { .. } | What::BotGreeted { .. } => "Bot".to_owned(),
        What::AgentSaid { .. } => view::agent_name(entry)?,
        _ => return None,
    };
    let author = Inline::Strong {
        children: vec![Inline::Text {
            text: format!("{author}: "),
        }],
    };
    let words = Inline::Text {
        text: shorten(&compose::words_of(entry), EXCERPT),
    };
    Some(Block::Paragraph {
        children: vec![author, words],
    })
}

fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
