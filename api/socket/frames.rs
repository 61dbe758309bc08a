//! What the visitor's frames do.

use hinny_actors::body::Page;
use hinny_actors::ids::{ConversationId, Seq};

use super::Socket;
use crate::error::{Code, Problem};
use crate::guest::{Said, Stored, set_context};
use crate::link::{End, Incoming};
use crate::wire::{
    Ask, ClientFrame, Context, Edit, Helped, Look, NotUnderstood, Say, ServerFrame, check_id,
    check_text, tidy_context, tidy_page,
};

impl Socket<'_> {
    pub(super) async fn incoming(&mut self, incoming: Incoming) -> Result<(), End> {
        self.alive = true;
        match incoming {
            Incoming::Text(text) => match ClientFrame::parse(&text) {
                // Boxed, so that an idle socket does not keep room for the work of a busy one.
                Ok(frame) => Box::pin(self.frame(frame)).await,
                Err(refused) => self.not_understood(refused).await,
            },
            Incoming::Alive => Ok(()),
            Incoming::Broken(problem) => Err(problem.into()),
            Incoming::Gone => Err(End::Gone),
        }
    }

    async fn frame(&mut self, frame: ClientFrame) -> Result<(), End> {
        match frame {
            ClientFrame::Hello(_) => {
                let problem = Problem::new(Code::HelloTwice, "The hello was said already.");
                self.not_understood(NotUnderstood { id: None, problem })
                    .await
            }
            ClientFrame::Say(say) => {
                let id = say.id.clone();
                let stored = self.say(say).await;
                self.answer(id, stored).await
            }
            ClientFrame::Edit(edit) => {
                let stored = self.edit(&edit).await;
                self.answer(edit.id, stored).await
            }
            ClientFrame::Delete(delete) => {
                let stored = self.guest.delete(self.app, &delete.id, &delete.of).await;
                self.answer(delete.id, stored).await
            }
            ClientFrame::Seen(seen) => self.seen(seen.seq).await,
            ClientFrame::Person(ask) => {
                let stored = self.ask_person(&ask).await;
                self.answer(ask.id, stored).await
            }
            ClientFrame::Choose(choose) => {
                let (of, choice) = (&choose.of, choose.choice);
                let stored = self.guest.choose(self.app, &choose.id, of, choice).await;
                self.answer(choose.id, stored).await
            }
            ClientFrame::Typing(typing) => self.typing(typing.on).await,
            ClientFrame::Context(context) => self.moved(*context).await,
            ClientFrame::Ping(ping) => match self.chatter.check() {
                Ok(()) => self.send(ServerFrame::Pong { n: ping.n }).await,
                Err(problem) => self.refuse(None, problem).await,
            },
            other => self.about(other).await,
        }
    }

    /// What is said of a conversation, and looked up of earlier ones.
    async fn about(&mut self, frame: ClientFrame) -> Result<(), End> {
        match frame {
            ClientFrame::Helped(Helped { id, of, yes, .. }) => {
                let stored = self.guest.helped(self.app, &id, &of, yes).await;
                self.answer(id, stored).await
            }
            ClientFrame::Rate(rate) => {
                let (stars, comment) = (rate.stars, &rate.comment);
                let stored = self.guest.rate(self.app, &rate.id, stars, comment).await;
                self.answer(rate.id, stored).await
            }
            ClientFrame::Leave(leave) => {
                let (id, conversation) = (leave.id, &leave.conversation);
                let stored = self.guest.leave(self.app, &id, conversation).await;
                self.answer(id, stored).await
            }
            ClientFrame::Conversations(ask) => {
                let found = self.own_conversations(&ask.id).await;
                self.found(ask.id, found).await
            }
            ClientFrame::Conversation(look) => {
                let found = self.own_conversation(&look).await;
                self.found(look.id, found).await
            }
            // All others were understood before.
            _ => Ok(()),
        }
    }

    async fn own_conversations(&mut self, id: &str) -> Result<ServerFrame, Problem> {
        check_id(id)?;
        self.chatter.check()?;
        let conversations = self.guest.conversations(self.app).await?;
        let id = id.to_owned();
        Ok(ServerFrame::Conversations { id, conversations })
    }

    async fn own_conversation(&mut self, look: &Look) -> Result<ServerFrame, Problem> {
        check_id(&look.id)?;
        self.chatter.check()?;
        let past = self.guest.past(self.app, &look.conversation, look.after);
        let (id, past) = (look.id.clone(), past.await?);
        Ok(ServerFrame::Conversation { id, past })
    }

    async fn found(&mut self, id: String, found: Result<ServerFrame, Problem>) -> Result<(), End> {
        match found {
            Ok(frame) => self.send(frame).await,
            Err(problem) => self.refuse(Some(id), problem).await,
        }
    }

    async fn say(&mut self, say: Say) -> Result<Stored, Problem> {
        self.guest
            .may_say(self.app, &say.id, &say.text, &say.files)?;
        self.note_page(say.page);
        let conversation = self.opened().await?;
        let said = Said {
            id: &say.id,
            text: say.text,
            files: &say.files,
        };
        self.guest.say(self.app, &conversation, said).await
    }

    async fn edit(&mut self, edit: &Edit) -> Result<Stored, Problem> {
        check_text(&edit.text)?;
        self.guest
            .edit(self.app, &edit.id, &edit.of, &edit.text)
            .await
    }

    /// Wants no answer. Too much of it is dropped: what is newest on the screen is told again with the next one.
    async fn seen(&mut self, upto: Seq) -> Result<(), End> {
        if self.reader.is_none() || self.chatter.check().is_err() {
            return Ok(());
        }
        match self.guest.saw(self.app, upto).await {
            Ok(()) => Ok(()),
            Err(problem) => self.refuse(None, problem).await,
        }
    }

    async fn ask_person(&mut self, ask: &Ask) -> Result<Stored, Problem> {
        self.guest.may_ask(self.app, &ask.id)?;
        let conversation = self.opened().await?;
        self.guest
            .ask_person(self.app, &conversation, &ask.id)
            .await
    }

    /// The conversation, with this socket on it and the visitor's whereabouts known to the team.
    async fn opened(&mut self) -> Result<ConversationId, Problem> {
        let conversation = match &self.reader {
            Some(reader) => reader.conversation().clone(),
            None => {
                let conversation = self.guest.open(self.app).await?;
                self.attach(&conversation);
                conversation
            }
        };
        if !self.context_known {
            set_context(self.app, &self.guest.site, &conversation, &self.context).await?;
            self.context_known = true;
        }
        Ok(conversation)
    }

    /// Wants no answer. Too much of it is dropped: where the visitor is goes with their next message too.
    async fn moved(&mut self, context: Context) -> Result<(), End> {
        self.context = tidy_context(context, &self.context);
        self.context_known = false;
        match self.steps.check() {
            Ok(()) => self.tell_context().await,
            Err(_) => Ok(()),
        }
    }

    /// Tells the team, once there is a conversation, where its visitor is now.
    pub(super) async fn tell_context(&mut self) -> Result<(), End> {
        if self.reader.is_none() || self.context_known || self.guest.has_agreed().is_err() {
            return Ok(());
        }
        match self.opened().await {
            Ok(_) => Ok(()),
            Err(problem) => self.refuse(None, problem).await,
        }
    }

    fn note_page(&mut self, page: Option<Page>) {
        let page = page.map(tidy_page);
        if page.is_some() && page != self.context.page {
            self.context.page = page;
            self.context_known = false;
        }
    }

    /// Shown to the team, kept nowhere; too much of it is dropped.
    async fn typing(&mut self, on: bool) -> Result<(), End> {
        if let (Some(reader), Ok(())) = (&self.reader, self.chatter.check()) {
            let conversation = reader.conversation();
            self.app
                .engine
                .visitor_types(&self.guest.site, conversation, on);
        }
        Ok(())
    }

    async fn answer(&mut self, id: String, stored: Result<Stored, Problem>) -> Result<(), End> {
        match stored {
            Ok(stored) => {
                self.app.meter.acknowledged();
                let conversation = stored.conversation.0;
                let seq = stored.seq;
                self.send(ServerFrame::Ack {
                    id,
                    seq,
                    conversation,
                })
                .await
            }
            Err(problem) => self.refuse(Some(id), problem).await,
        }
    }

    /// Tells a client's author what is wrong; a client that goes on like this is dropped.
    async fn not_understood(&mut self, refused: NotUnderstood) -> Result<(), End> {
        self.bad_frames += 1;
        if self.bad_frames > self.app.config.limits.bad_frames {
            return Err(refused.problem.into());
        }
        self.refuse(refused.id, refused.problem).await
    }

    async fn refuse(&mut self, id: Option<String>, problem: Problem) -> Result<(), End> {
        self.app.meter.refused(problem.code);
        self.send(ServerFrame::refused(id, problem)).await
    }
}
