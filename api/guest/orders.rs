//! What a visitor may ask of their conversation: to say something, to change it, to fetch a person.

use hinny_actors::body::FileRef;
use hinny_actors::clock;
use hinny_actors::event::{Event, What};
use hinny_actors::ids::{Cause, ConversationId, FileId, MessageId, Seq};
use hinny_actors::order::{Editor, Pointer};
use hinny_actors::store::Receipt;
use hinny_actors::{Order, Refusal, Request, Topic, Wake};
use hinny_bridges::text::Text;

use super::Guest;
use crate::app::App;
use crate::error::{Code, Problem};
use crate::wire::{check_id, check_message};

/// A message as it came in.
pub struct Said<'a> {
    pub id: &'a str,
    pub text: String,
    /// Ids of files.
    pub files: &'a [String],
}

/// A request that is on disk.
pub struct Stored {
    pub seq: Seq,
    pub conversation: ConversationId,
}

impl Guest {
    /// Checks a message before anything is opened for it.
    pub fn may_say(
        &self,
        app: &App,
        id: &str,
        text: &str,
        files: &[String],
    ) -> Result<(), Problem> {
        check_id(id)?;
        check_message(text, files)?;
        self.has_agreed()?;
        app.limits.message(&self.session.visitor, self.address)
    }

    pub fn may_ask(&self, app: &App, id: &str) -> Result<(), Problem> {
        check_id(id)?;
        self.has_agreed()?;
        app.limits.message(&self.session.visitor, self.address)
    }

    pub fn may_move(&self, app: &App) -> Result<(), Problem> {
        self.has_agreed()?;
        app.limits.message(&self.session.visitor, self.address)
    }

    /// The visitor's conversation, made if there is none yet; their other tabs are told.
    pub async fn open(&self, app: &App) -> Result<ConversationId, Problem> {
        let visitor = &self.session.visitor;
        let conversation = app.store().open(&self.site, visitor, clock::now()).await?;
        let topic = Topic::Visitor(visitor.clone());
        app.engine
            .feed()
            .publish(&topic, Wake::Opened(conversation.clone()));
        Ok(conversation)
    }

    pub async fn say(
        &self,
        app: &App,
        conversation: &ConversationId,
        said: Said<'_>,
    ) -> Result<Stored, Problem> {
        let cause = Cause::client(conversation, said.id);
        let files = match self.repeated(app, &cause, said.files).await? {
            // What it said is known; the files may even have been taken back since.
            true => Vec::new(),
            false => self.own_files(app, conversation, said.files).await?,
        };
        let message = MessageId(said.id.to_owned());
        let text = said.text;
        let request = Request::Say {
            message,
            text,
            files,
        };
        self.order(app, conversation, said.id, request).await
    }

    async fn repeated(&self, app: &App, cause: &Cause, files: &[String]) -> Result<bool, Problem> {
        match files.is_empty() {
            true => Ok(false),
            false => Ok(app.store().receipt(&self.site, cause).await?.is_some()),
        }
    }

    /// Files that this visitor uploaded, and did not say in another conversation.
    async fn own_files(
        &self,
        app: &App,
        conversation: &ConversationId,
        ids: &[String],
    ) -> Result<Vec<FileRef>, Problem> {
        let mut files: Vec<FileRef> = Vec::new();
        for id in ids {
            let row = app.store().file(&FileId(id.clone())).await?;
            let own = row.filter(|row| {
                row.site == self.site
                    && row.visitor.as_ref() == Some(&self.session.visitor)
                    && row
                        .conversation
                        .as_ref()
                        .is_none_or(|told| told == conversation)
            });
            let own = own.ok_or_else(not_your_file)?.file;
            if files.iter().all(|file| file.id != own.id) {
                files.push(own);
            }
        }
        Ok(files)
    }

    /// Other words for a message of the visitor's own.
    pub async fn edit(&self, app: &App, id: &str, of: &str, text: &str) -> Result<Stored, Problem> {
        let of = self.may_change(app, id, of)?;
        let request = Request::EditMessage {
            by: Editor::Visitor,
            of: Pointer::Message(of),
            text: Text::plain(text),
            via: None,
        };
        let conversation = self.existing(app).await?;
        self.order(app, &conversation, id, request).await
    }

    pub async fn delete(&self, app: &App, id: &str, of: &str) -> Result<Stored, Problem> {
        let of = self.may_change(app, id, of)?;
        let request = Request::DeleteMessage {
            by: Editor::Visitor,
            of: Pointer::Message(of),
            gone: false,
            via: None,
        };
        let conversation = self.existing(app).await?;
        self.order(app, &conversation, id, request).await
    }

    /// A button below what the bot suggested; without `choice`, the one for none of it.
    pub async fn choose(
        &self,
        app: &App,
        id: &str,
        of: &str,
        choice: Option<usize>,
    ) -> Result<Stored, Problem> {
        self.has_agreed()?;
        let of = self.may_change(app, id, of)?;
        let message = MessageId(id.to_owned());
        let request = Request::Choose {
            message,
            of,
            choice,
        };
        let conversation = self.existing(app).await?;
        self.order(app, &conversation, id, request).await
    }

    pub(super) fn may_change(&self, app: &App, id: &str, of: &str) -> Result<MessageId, Problem> {
        check_id(id)?;
        check_id(of)?;
        app.limits.message(&self.session.visitor, self.address)?;
        Ok(MessageId(of.to_owned()))
    }

    /// Changes need something that was said before.
    pub(super) async fn existing(&self, app: &App) -> Result<ConversationId, Problem> {
        let current = app
            .store()
            .current(&self.site, &self.session.visitor)
            .await?;
        current.ok_or_else(|| Refusal::NotYours.into())
    }

    /// The visitor had everything up to `upto` before their eyes. Said again, it has no second effect.
    pub async fn saw(&self, app: &App, upto: Seq) -> Result<(), Problem> {
        let current = app
            .store()
            .current(&self.site, &self.session.visitor)
            .await?;
        let Some(conversation) = current else {
            return Ok(());
        };
        let order = Order {
            site: self.site.clone(),
            cause: Cause(format!("saw:{conversation}:{upto}")),
            conversation,
            request: Request::Saw { upto },
        };
        app.engine.handle(order).await?;
        Ok(())
    }

    pub async fn ask_person(
        &self,
        app: &App,
        conversation: &ConversationId,
        id: &str,
    ) -> Result<Stored, Problem> {
        let message = MessageId(id.to_owned());
        self.order(app, conversation, id, Request::RequestPerson { message })
            .await
    }

    pub(super) async fn order(
        &self,
        app: &App,
        conversation: &ConversationId,
        id: &str,
        request: Request,
    ) -> Result<Stored, Problem> {
        let order = Order {
            site: self.site.clone(),
            conversation: conversation.clone(),
            cause: Cause::client(conversation, id),
            request,
        };
        let receipt = app.engine.handle(order).await?;
        Ok(Stored {
            seq: seq_of(app, conversation, id, receipt).await?,
            conversation: conversation.clone(),
        })
    }
}

/// The number of the message itself: a commit may begin with another event, such as the reopening.
async fn seq_of(
    app: &App,
    conversation: &ConversationId,
    id: &str,
    receipt: Receipt,
) -> Result<Seq, Problem> {
    if receipt.first >= receipt.last {
        return Ok(receipt.first.min(receipt.last));
    }
    let count = receipt.last - receipt.first + 1;
    let entries = app
        .store()
        .read(conversation, receipt.first - 1, count as u32)
        .await?;
    let own = entries.iter().find(|entry| is_message(&entry.event, id));
    Ok(own.map_or(receipt.first, |entry| entry.event.seq))
}

fn is_message(event: &Event, id: &str) -> bool {
    match &event.what {
        What::VisitorSaid { message, .. }
        | What::VisitorChose { message, .. }
        | What::PersonRequested { message } => message.as_str() == id,
        _ => false,
    }
}

/// Somebody else's file and one that never was get the same answer.
fn not_your_file() -> Problem {
    Problem::new(
        Code::NotYours,
        "This file is not there any more, or was never yours to send. Upload it again.",
    )
}
