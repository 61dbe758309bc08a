//! `Replies`: what happens on the platforms, brought into the conversations.
//!
//! Whose thread it is comes first, then who may speak there; everybody else reaches nobody. What is handed in is on
//! disk, under the platform's name for it as the cause, before the bridge may confirm it: after a crash at any
//! instruction the platform, or the look at its history, brings it again, and the second time it has no effect.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hinny_bridges::{
    ConnectionId, Happened, Inbound, Inbox, LiveThread, NotStored, Origin, Person, PostId, Said,
    Thread,
};

use crate::action::Action;
use crate::clock;
use crate::event::Handling;
use crate::faces::with_face;
use crate::feed::{Topic, Typist, Wake};
use crate::ids::{Cause, ConversationId, Millis, SiteId};
use crate::lobby;
use crate::order::{Editor, Order, Pointer, Refusal, Request, TeamSaid};
use crate::remote_files;
use crate::shell::{Shell, SiteRules};
use crate::switchboard::Switchboard;

/// Threads in which nothing happened for longer than this are not looked through after a time without connection.
const LIVE_FOR: Duration = Duration::from_secs(14 * 24 * 3600);

/// Puts what comes from the platforms into the conversations. Cheap to clone.
#[derive(Clone)]
pub struct Replies {
    pub shell: Arc<Shell>,
    pub switchboard: Arc<Switchboard>,
}

/// Where something happened, in our own terms.
struct Place {
    thread: Thread,
    site: SiteId,
    conversation: ConversationId,
}

#[async_trait]
impl Inbox for Replies {
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
        // A channel without a thread, a thread that people made themselves, or one of another server: nobody's business.
        let Some(place) = self.place(&inbound).await? else {
            return Ok(());
        };
        let said = match &inbound.what {
            Happened::Said(said) => Some(said.post.clone()),
            _ => None,
        };
        match self.shell.lobby.is_for(&place.thread, &inbound.what) {
            true => self.wait(&place, &inbound).await?,
            false => self.take_in(&place, inbound).await?,
        }
        if let Some(post) = said {
            self.move_cursor(&place, &post).await;
        }
        Ok(())
    }

    async fn knows(&self, inbound: &Inbound, older_id: &str) -> Result<bool, NotStored> {
        let Some(place) = self.place(inbound).await? else {
            return Ok(false);
        };
        let cause = Cause::platform(&inbound.connection.0, older_id);
        let known = self.shell.store.receipt(&place.site, &cause).await;
        Ok(known.map_err(not_stored)?.is_some())
    }

    async fn live(&self, connection: &ConnectionId) -> Result<Vec<LiveThread>, NotStored> {
        let since = clock::now() - LIVE_FOR.as_millis() as Millis;
        let live = self.shell.store.live_threads(connection, since).await;
        live.map_err(not_stored)
    }
}

impl Replies {
    async fn place(&self, inbound: &Inbound) -> Result<Option<Place>, NotStored> {
        if let Some(Action::In { conversation, .. }) = pressed(&inbound.what) {
            return self.place_elsewhere(inbound, &conversation).await;
        }
        let store = &self.shell.store;
        let thread = match (&inbound.origin, &inbound.what) {
            (Origin::Thread(thread), _) => thread.clone(),
            // Not every platform says in which thread a sign was put on a message.
            (Origin::Channel(channel), Happened::Reacted { post, .. }) => {
                let threads = store.threads_with(post).await.map_err(not_stored)?;
                match threads.into_iter().find(|thread| thread.is_in(channel)) {
                    Some(thread) => thread,
                    None => return Ok(None),
                }
            }
            (Origin::Channel(_), _) => return Ok(None),
        };
        let mut owner = store.owner_of(&thread).await.map_err(not_stored)?;
        // A thread is seen before it is written down, and a colleague may be quick.
        if owner.is_none() && self.shell.openings.settled(&thread).await {
            owner = store.owner_of(&thread).await.map_err(not_stored)?;
        }
        Ok(owner.map(|(site, conversation)| Place {
            thread,
            site,
            conversation,
        }))
    }

    /// A button that names its conversation counts only where that conversation's team sits.
    async fn place_elsewhere(
        &self,
        inbound: &Inbound,
        conversation: &ConversationId,
    ) -> Result<Option<Place>, NotStored> {
        let row = self.shell.store.conversation(conversation).await;
        let (Some(row), Origin::Thread(thread)) = (row.map_err(not_stored)?, &inbound.origin)
        else {
            return Ok(None);
        };
        let rules = self.shell.sites.get(&row.site);
        let is_theirs = rules.is_some_and(|rules| {
            rules.target.connection == inbound.connection && thread.is_in(&rules.target.channel)
        });
        Ok(is_theirs.then(|| Place {
            thread: thread.clone(),
            site: row.site,
            conversation: row.id,
        }))
    }

    /// Keeps on disk what cannot be taken in at once, so that others need not wait for it.
    async fn wait(&self, place: &Place, inbound: &Inbound) -> Result<(), NotStored> {
        let rules = self.shell.sites.get(&place.site);
        if !rules.is_some_and(|rules| may(rules, &inbound.agent, &inbound.what)) {
            return Ok(());
        }
        let cause = Cause::platform(&inbound.connection.0, &inbound.event_id);
        let known = self.shell.store.receipt(&place.site, &cause).await;
        match known.map_err(not_stored)? {
            Some(_) => Ok(()),
            None => self
                .let_wait(&place.thread, inbound)
                .await
                .map_err(not_stored),
        }
    }

    /// What waited in a thread.
    pub async fn take_in_at(&self, thread: &Thread, inbound: Inbound) -> Result<(), NotStored> {
        let owner = self.shell.store.owner_of(thread).await;
        let Some((site, conversation)) = owner.map_err(not_stored)? else {
            return Ok(());
        };
        let thread = thread.clone();
        let place = Place {
            thread,
            site,
            conversation,
        };
        self.take_in(&place, inbound).await
    }

    async fn take_in(&self, place: &Place, inbound: Inbound) -> Result<(), NotStored> {
        let Some(rules) = self.shell.sites.get(&place.site) else {
            return Ok(());
        };
        let by = named(rules, &inbound.agent);
        if !may(rules, &by, &inbound.what) {
            return Ok(());
        }
        if inbound.what == Happened::Typing {
            return self.show_typing(place, by).await;
        }
        let by = with_face(&self.shell, &place.site, &inbound.connection, by).await;
        let cause = Cause::platform(&inbound.connection.0, &inbound.event_id);
        let request = match inbound.what {
            Happened::Said(said) => {
                let known = self.shell.store.receipt(&place.site, &cause).await;
                if known.map_err(not_stored)?.is_some() {
                    return Ok(());
                }
                self.said(place, &inbound.connection, by, said).await
            }
            other => match request(other, by, &place.thread) {
                Some(request) => request,
                None => return Ok(()),
            },
        };
        self.hand_in(place, cause, request).await
    }

    /// Words of a member, with the files that could be taken.
    async fn said(
        &self,
        place: &Place,
        connection: &ConnectionId,
        by: Person,
        said: Said,
    ) -> Request {
        let fetches = self.shell.lobby.fetches(connection);
        let _place = match said.files.is_empty() {
            true => None,
            false => lobby::place(&fetches).await,
        };
        let taken = remote_files::take(&self.shell, &place.site, connection, &said.files).await;
        Request::Reply {
            by,
            said: TeamSaid {
                text: said.text,
                files: taken.kept,
                quotes: said.quotes.map(Pointer::Post),
                aside: said.aside,
                post: Some(said.post),
                refused: taken.refused,
            },
            via: Some(place.thread.clone()),
        }
    }

    async fn hand_in(
        &self,
        place: &Place,
        cause: Cause,
        request: Request,
    ) -> Result<(), NotStored> {
        let order = Order {
            site: place.site.clone(),
            conversation: place.conversation.clone(),
            cause,
            request,
        };
        match self.switchboard.handle(order).await {
            // A parked line is kept as a dead letter, and what is refused stays refused: again would not help.
            Ok(_)
            | Err(
                Refusal::Parked
                | Refusal::Blocked { .. }
                | Refusal::NotYours
                | Refusal::Left
                | Refusal::InUse,
            ) => Ok(()),
            Err(
                refusal @ (Refusal::Busy
                | Refusal::Storage(_)
                | Refusal::Unknown
                | Refusal::Stopping),
            ) => Err(not_stored(refusal)),
        }
    }

    /// Whoever wrote and whatever came of it, this far the thread was read. Losing it only makes the next look longer.
    async fn move_cursor(&self, place: &Place, post: &PostId) {
        if let Err(error) = self.shell.store.set_cursor(&place.thread, post).await {
            tracing::warn!(%error, "how far a thread was read could not be stored");
        }
    }

    /// Only who has the conversation is shown writing: colleagues may be talking among themselves.
    async fn show_typing(&self, place: &Place, by: Person) -> Result<(), NotStored> {
        let row = self.shell.store.conversation(&place.conversation).await;
        let has_it = matches!(
            row,
            Ok(Some(row)) if row.handling == Handling::Agent { by: by.id.clone() }
        );
        if has_it {
            let topic = Topic::Conversation(place.conversation.clone());
            let from = Typist::Agent { name: by.name };
            let wake = Wake::Typing { from, on: true };
            self.shell.feed.publish(&topic, wake);
        }
        Ok(())
    }
}

/// The member under the name that visitors read.
fn named(rules: &SiteRules, person: &Person) -> Person {
    let name = rules.names.get(&person.id).unwrap_or(&person.name);
    Person {
        name: name.clone(),
        ..person.clone()
    }
}

/// Not every platform tells who deleted something; the words were an agent's, and they are gone.
fn may(rules: &SiteRules, by: &Person, what: &Happened) -> bool {
    match what {
        Happened::Deleted { .. } | Happened::ThreadGone => true,
        Happened::Said(_)
        | Happened::Edited { .. }
        | Happened::Reacted { .. }
        | Happened::Pressed { .. }
        | Happened::Typing => rules.agents.admit(by),
    }
}

/// The button of ours that was pressed, if one was.
fn pressed(what: &Happened) -> Option<Action> {
    match what {
        Happened::Pressed { action, .. } => action.parse().ok(),
        _ => None,
    }
}

/// What changes something that was there before. `None` for a button that is none of ours.
fn request(what: Happened, by: Person, thread: &Thread) -> Option<Request> {
    let via = Some(thread.clone());
    Some(match what {
        Happened::Edited { post, text } => Request::EditMessage {
            by: Editor::Agent(by),
            of: Pointer::Post(post),
            text,
            via,
        },
        Happened::Deleted { post } => Request::DeleteMessage {
            by: Editor::Agent(by),
            of: Pointer::Post(post),
            gone: true,
            via,
        },
        Happened::Reacted { post, sign, on } => Request::React {
            by,
            of: Pointer::Post(post),
            sign,
            on,
            via,
        },
        Happened::Pressed { action, .. } => match action.parse().ok()? {
            Action::In { action, .. } => Request::Press {
                by,
                action: *action,
                via: None,
            },
            action => Request::Press { by, action, via },
        },
        Happened::ThreadGone => Request::LoseThread {
            thread: thread.clone(),
        },
        Happened::Said(_) | Happened::Typing => return None,
    })
}

pub fn not_stored(error: impl std::fmt::Display) -> NotStored {
    NotStored(error.to_string())
}
