//! Brings updates in by long polling, each confirmed only when it is stored.
//!
//! Bots have no history: what nobody fetched within 24 hours is gone, and deletions are never told
//! (<https://core.telegram.org/bots/api#getting-updates>).

use futures_util::StreamExt;
use teloxide::{
    requests::{Request, Requester},
    types::{AllowedUpdate, CallbackQuery, Update, UpdateKind},
    update_listeners::{AsUpdateStream, Polling},
};

use super::{
    Telegram,
    calls::yes,
    classify::classify,
    read::{self, Reader},
};
use crate::{Channel, Happened, Inbound, Inbox, Origin, SendError, TelegramThread, Thread};

impl Telegram {
    /// teloxide's stream asks for more, and thereby confirms, only when all it fetched was taken out.
    /// When one update cannot be stored the stream is dropped: a new one begins at the first update that
    /// is not confirmed, and what was stored before comes again under the same event id.
    pub(super) async fn poll(&self, inbox: &dyn Inbox) -> SendError {
        let wanted = vec![
            AllowedUpdate::Message,
            AllowedUpdate::EditedMessage,
            AllowedUpdate::CallbackQuery,
            AllowedUpdate::MessageReaction,
        ];
        let mut polling = Polling::builder(self.poller.clone())
            .timeout(self.config.poll_timeout)
            .allowed_updates(wanted)
            .build();
        let mut updates = std::pin::pin!(polling.as_stream());
        while let Some(update) = updates.next().await {
            let handed_in = match update {
                Ok(update) => self.hand_in(&update, inbox).await,
                Err(error) => Err(classify(&error, &self.config.token).into_error()),
            };
            if let Err(error) = handed_in {
                return harmless(error);
            }
        }
        SendError::Unreachable("polling came to an end".to_owned())
    }

    /// Hands one update in. Only the next poll confirms it to Telegram, and that is asked for later.
    async fn hand_in(&self, update: &Update, inbox: &dyn Inbox) -> Result<(), SendError> {
        let not_stored = |error| SendError::Unreachable(format!("update {}: {error}", update.id.0));
        let reader = Reader {
            connection: &self.config.connection,
            own: self.config.token.bot_id(),
        };
        for mut inbound in reader.inbound(update) {
            if self
                .is_known(update, &inbound, inbox)
                .await
                .map_err(not_stored)?
            {
                continue;
            }
            self.complete(&mut inbound).await?;
            inbox.receive(inbound).await.map_err(not_stored)?;
        }
        if let Some(query) = read::press(update) {
            self.acknowledge(query).await;
        }
        Ok(())
    }

    /// What people said went by the update's number once. A line that was stored under that name, but not confirmed
    /// to Telegram before hinny was replaced by a newer one, comes again and must not be said twice.
    async fn is_known(
        &self,
        update: &Update,
        inbound: &Inbound,
        inbox: &dyn Inbox,
    ) -> Result<bool, crate::NotStored> {
        match update.kind {
            UpdateKind::Message(_) => {
                inbox
                    .knows(inbound, &format!("update:{}", update.id.0))
                    .await
            }
            _ => Ok(false),
        }
    }

    /// What the update itself does not tell: the roles of the person, and the topic of a reaction.
    async fn complete(&self, inbound: &mut Inbound) -> Result<(), SendError> {
        let post = match &inbound.what {
            Happened::Said(said) => Some(&said.post),
            Happened::Reacted { post, .. } => Some(post),
            _ => None,
        };
        let chat = match &inbound.origin {
            Origin::Thread(Thread::Telegram(thread)) => thread.chat,
            Origin::Channel(Channel::Telegram(channel)) => channel.chat,
            _ => return Ok(()),
        };
        if let Some(message) = post.and_then(|post| read::message_of(chat, post)) {
            match &inbound.origin {
                Origin::Thread(Thread::Telegram(thread)) => {
                    self.places.put((chat, message), thread.topic);
                }
                _ => {
                    if let Some(topic) = self.places.get(&(chat, message)) {
                        inbound.origin =
                            Origin::Thread(Thread::Telegram(TelegramThread { chat, topic }));
                    }
                }
            }
        }
        let concerns = matches!(inbound.origin, Origin::Thread(_)) || !is_said(inbound);
        if concerns {
            inbound.agent.roles = self.roles(chat, &inbound.agent).await?;
        }
        Ok(())
    }

    /// Ends the little clock on the button. That it comes late or twice harms nobody.
    async fn acknowledge(&self, query: &CallbackQuery) {
        let request = self.bot.answer_callback_query(query.id.clone()).send();
        if let Err(failure) = self.answered(request, yes).await {
            let error = failure.into_error();
            tracing::debug!(%error, "a press could not be acknowledged");
        }
    }
}

fn is_said(inbound: &Inbound) -> bool {
    matches!(inbound.what, Happened::Said(_))
}

/// Asking for updates a second time does no harm, so no outcome of it is ambiguous.
fn harmless(error: SendError) -> SendError {
    match error {
        SendError::Ambiguous(text) => SendError::Unreachable(text),
        other => other,
    }
}
