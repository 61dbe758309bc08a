//! Deliveries as lines: who speaks and what they say, read from the log at the moment of sending.

use hinny_bridges::text::{Inline, Text};
use hinny_bridges::{Line, LineAuthor};

use super::card;
use crate::body::{Body, SourceLink};
use crate::event::What;
use crate::shell::Shell;
use crate::store::{Batch, Delivery, DeliveryKind, Entry, StoreError};
use crate::view;
use crate::{compose, lines::line};

/// The lines of `waiting`. A fresh thread begins with the card, even if it was opened for something else.
pub(super) async fn render(
    shell: &Shell,
    batch: &Batch,
    waiting: &[Delivery],
    fresh: bool,
) -> Result<Vec<Line>, StoreError> {
    let mut out = Vec::with_capacity(waiting.len());
    for (index, delivery) in waiting.iter().enumerate() {
        let mut line = match delivery.what {
            DeliveryKind::Card => card::line(shell, batch, delivery).await?,
            _ => event_line(shell, batch, delivery).await?,
        };
        let headless = fresh && index == 0 && delivery.what != DeliveryKind::Card;
        if headless {
            let mut text = card::text(shell, batch, delivery.seq).await?;
            text.0.append(&mut line.text.0);
            line.text = text;
        }
        out.push(line);
    }
    Ok(out)
}

async fn event_line(shell: &Shell, batch: &Batch, delivery: &Delivery) -> Result<Line, StoreError> {
    let entries = shell
        .store
        .read(&batch.conversation, delivery.seq - 1, 1)
        .await?;
    let (author, text) = match entries.first() {
        Some(entry) => (author(shell, batch, entry).await?, words(entry)),
        None => (LineAuthor::Hinny, Text::plain("(removed)")),
    };
    Ok(Line {
        parts_done: delivery.parts_done,
        ..Line::new(delivery.id.as_str(), author, text)
    })
}

async fn author(shell: &Shell, batch: &Batch, entry: &Entry) -> Result<LineAuthor, StoreError> {
    Ok(match &entry.event.what {
        What::VisitorSaid { .. } => LineAuthor::Visitor {
            name: card::visitor_name(shell, batch).await?,
        },
        What::BotAnswered { .. } | What::BotGreeted { .. } => LineAuthor::Bot,
        What::AgentSaid { .. } | What::NoteWritten { .. } => LineAuthor::Agent {
            name: view::agent_name(entry).unwrap_or_else(|| "Team".into()),
        },
        _ => LineAuthor::Hinny,
    })
}

fn words(entry: &Entry) -> Text {
    let Some(Body::Message { text, sources, .. }) = &entry.body else {
        return Text::plain(&compose::words_of(entry));
    };
    let mut text = text.clone();
    if matches!(entry.event.what, What::NoteWritten { .. }) {
        text.0.insert(0, line("Note for colleagues:"));
    }
    text.0.extend(sources.iter().map(source));
    text
}

/// A source as a line with its link.
fn source(source: &SourceLink) -> hinny_bridges::text::Block {
    let title = Inline::Text {
        text: source.title.clone(),
    };
    let named = match &source.url {
        Some(url) => Inline::Link {
            url: url.clone(),
            children: vec![title],
        },
        None => title,
    };
    let label = Inline::Text {
        text: "Source: ".into(),
    };
    hinny_bridges::text::Block::Paragraph {
        children: vec![label, named],
    }
}
