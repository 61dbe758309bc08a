//! What a visitor says of a conversation, and their earlier ones: whether an answer helped, stars at the end, a new
//! beginning, and looking back. Somebody else's conversation and one that never was get the same answer.

use hinny_actors::ids::{ConversationId, Seq};
use hinny_actors::store::{ConversationRow, OwnConversation, handling_name};
use hinny_actors::{Request, Topic, Wake};

use super::{Guest, Stored};
use crate::app::App;
use crate::error::{Code, Problem};
use crate::files;
use crate::wire::{Line, Numbered, Past, check_comment, check_id};

/// Conversations in a list.
const LISTED: u32 = 100;

/// Events in one answer; a client goes on with `after`.
const PAGE: u32 = 500;

/// Characters of a visitor's first words.
const FIRST: usize = 120;

impl Guest {
    /// Whether the bot's answer `of` helped.
    pub async fn helped(
        &self,
        app: &App,
        id: &str,
        of: &str,
        yes: bool,
    ) -> Result<Stored, Problem> {
        let of = self.may_change(app, id, of)?;
        let conversation = self.existing(app).await?;
        let request = Request::Help { of, yes };
        self.order(app, &conversation, id, request).await
    }

    /// Stars for the conversation that has ended.
    pub async fn rate(
        &self,
        app: &App,
        id: &str,
        stars: u8,
        comment: &str,
    ) -> Result<Stored, Problem> {
        self.may_ask(app, id)?;
        check_comment(stars, comment)?;
        let conversation = self.existing(app).await?;
        let comment = comment.trim().to_owned();
        let request = Request::Rate { stars, comment };
        self.order(app, &conversation, id, request).await
    }

    /// The visitor begins anew. `conversation` is the one they mean, so that asking twice leaves no second one.
    pub async fn leave(&self, app: &App, id: &str, conversation: &str) -> Result<Stored, Problem> {
        self.may_ask(app, id)?;
        let row = self.own(app, conversation).await?;
        let row = row.ok_or_else(not_yours)?;
        if !self.is_current(app, &row.id).await? {
            let conversation = row.id;
            return Ok(Stored {
                seq: row.seq,
                conversation,
            });
        }
        let stored = self.order(app, &row.id, id, Request::Leave).await?;
        // All tabs go on in the new one.
        let topic = Topic::Visitor(self.session.visitor.clone());
        app.engine.feed().publish(&topic, Wake::Log);
        Ok(stored)
    }

    /// The visitor's own conversations, the last changed first.
    pub async fn conversations(&self, app: &App) -> Result<Vec<Line>, Problem> {
        let store = app.store();
        let own = store
            .own_conversations(&self.site, &self.session.visitor, LISTED)
            .await?;
        Ok(own.into_iter().map(line).collect())
    }

    /// One of them, from after `after` on.
    pub async fn past(&self, app: &App, id: &str, after: Seq) -> Result<Past, Problem> {
        let row = self.own(app, id).await?;
        past(app, row.ok_or_else(Problem::not_found)?, after).await
    }

    /// A conversation, if it is the visitor's own.
    pub async fn own(&self, app: &App, id: &str) -> Result<Option<ConversationRow>, Problem> {
        if check_id(id).is_err() {
            return Ok(None);
        }
        let row = app
            .store()
            .conversation(&ConversationId(id.to_owned()))
            .await?;
        Ok(row.filter(|row| row.site == self.site && row.visitor == self.session.visitor))
    }

    pub async fn is_current(&self, app: &App, id: &ConversationId) -> Result<bool, Problem> {
        let visitor = &self.session.visitor;
        let current = app.store().current(&self.site, visitor).await?;
        Ok(current.as_ref() == Some(id))
    }
}

/// A conversation's log, as far as one answer goes.
pub async fn past(app: &App, row: ConversationRow, after: Seq) -> Result<Past, Problem> {
    let after = after.min(row.seq);
    let entries = app.store().read(&row.id, after, PAGE).await?;
    let shown = entries.iter().filter_map(|entry| {
        Some(Numbered {
            seq: entry.event.seq,
            at: entry.event.at,
            event: files::visitor(app, entry)?,
        })
    });
    Ok(Past {
        seq: entries.last().map_or(after, |entry| entry.event.seq),
        handling: handling_name(&row.handling),
        events: shown.collect(),
        conversation: Some(row.id.0),
    })
}

fn line(own: OwnConversation) -> Line {
    let words: Vec<&str> = own.first.split_whitespace().collect();
    Line {
        first: words.join(" ").chars().take(FIRST).collect(),
        handling: handling_name(&own.handling),
        current: own.current,
        opened_at: own.opened_at,
        updated_at: own.updated_at,
        id: own.id.0,
    }
}

fn not_yours() -> Problem {
    Problem::new(Code::NotYours, "There is no such conversation of yours.")
}
