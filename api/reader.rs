//! `Reader`: a socket's place in a conversation's log, at the visitor's page or at the desk. It remembers how
//! far it got, so a wake carries no truth and can be missed.

use hinny_actors::ids::{ConversationId, Seq};
use hinny_actors::store::Entry;
use hinny_actors::{Subscription, Topic, Wake};

use crate::app::App;
use crate::error::Problem;
use crate::link::{End, Link};

/// Entries read at once: a long log does not fill the memory, and the sockets take turns.
const PAGE: u32 = 200;

/// What one audience sees of an entry, as a frame.
pub type Frame = fn(&App, &ConversationId, &Entry) -> Option<String>;

pub struct Reader {
    conversation: ConversationId,
    wakes: Subscription,
    cursor: Seq,
}

impl Reader {
    /// Subscribes first and reads later, so that nothing falls between.
    pub fn new(app: &App, conversation: ConversationId, after: Seq) -> Self {
        let topic = Topic::Conversation(conversation.clone());
        Reader {
            wakes: app.engine.feed().subscribe(topic),
            conversation,
            cursor: after,
        }
    }

    pub fn conversation(&self) -> &ConversationId {
        &self.conversation
    }

    /// How far this socket has read.
    pub fn seq(&self) -> Seq {
        self.cursor
    }

    pub async fn woken(&mut self) -> Wake {
        self.wakes.next().await
    }

    /// Sends everything after the cursor that `frame` makes something of.
    pub async fn pump(&mut self, app: &App, link: &mut Link, frame: Frame) -> Result<(), End> {
        loop {
            let page = app
                .store()
                .read(&self.conversation, self.cursor, PAGE)
                .await;
            let page = page.map_err(Problem::from)?;
            for entry in &page {
                if let Some(json) = frame(app, &self.conversation, entry) {
                    link.send(json).await?;
                }
                self.cursor = entry.event.seq;
            }
            if page.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}
