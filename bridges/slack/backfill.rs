//! Looks through a thread's history for what happened while nobody listened: messages, edits and deletions, under
//! the same ids as live events. Slack's history knows no reactions' times, so those are not made up for.
//! <https://docs.slack.dev/reference/methods/conversations.replies>

use std::collections::HashSet;

use super::{
    Slack,
    heard::{self, own_part},
    listen::place,
    model::{Me, Message, Messages},
};
use crate::{Inbox, LiveThread, SendError};

/// Messages per page; Slack advises no more than 200.
const PAGE: &str = "200";

impl Slack {
    pub(super) async fn look_through(
        &self,
        me: &Me,
        live: &LiveThread,
        inbox: &dyn Inbox,
    ) -> Result<(), SendError> {
        let Some((channel, root)) = place(live) else {
            return Ok(());
        };
        let messages = match self.replies(channel, root, None).await {
            Ok(messages) => messages,
            Err(SendError::ThreadGone) => {
                return self.hand_in(me, heard::gone(channel, root), inbox).await;
            }
            // Other threads may still be readable; the next send says what is wrong with this one.
            Err(SendError::NoAccess(why)) => {
                tracing::warn!(channel, why, "a thread cannot be looked through");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let is_gone = messages.first().is_some_and(heard::is_tombstone);
        self.make_up(me, live, (channel, root), messages, inbox)
            .await?;
        match is_gone {
            true => self.hand_in(me, heard::gone(channel, root), inbox).await,
            false => Ok(()),
        }
    }

    /// Hands in what is newer than the cursor, what was edited, and what is not there any more.
    async fn make_up(
        &self,
        me: &Me,
        live: &LiveThread,
        (channel, root): (&str, &str),
        messages: Vec<Message>,
        inbox: &dyn Inbox,
    ) -> Result<(), SendError> {
        let there: HashSet<String> = messages.iter().map(|message| message.ts.clone()).collect();
        let after = live.after.as_ref().map(own_part);
        let news = messages.into_iter().filter(|message| {
            message.edited.is_some() || after.is_none_or(|after| is_after(&message.ts, after))
        });
        for heard in news.flat_map(|message| heard::said_and_edited(channel, message, me)) {
            self.hand_in(me, heard, inbox).await?;
        }
        for kept in live
            .kept
            .iter()
            .filter(|kept| !there.contains(own_part(kept)))
        {
            let deletion = heard::deletion(channel, Some(root), own_part(kept), None);
            self.hand_in(me, deletion, inbox).await?;
        }
        Ok(())
    }

    /// All messages of a thread, its root first.
    pub(super) async fn replies(
        &self,
        channel: &str,
        root: &str,
        oldest: Option<&str>,
    ) -> Result<Vec<Message>, SendError> {
        let mut parameters = vec![("channel", channel), ("ts", root), ("limit", PAGE)];
        parameters.push(("include_all_metadata", "true"));
        parameters.extend(oldest.map(|oldest| ("oldest", oldest)));
        self.pages("conversations.replies", &parameters).await
    }

    pub(super) async fn pages(
        &self,
        method: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Vec<Message>, SendError> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut parameters = parameters.to_vec();
            if !cursor.is_empty() {
                parameters.push(("cursor", &cursor));
            }
            let page = self.client.get(method, &parameters).await;
            let page: Messages = page.map_err(super::classify::Failure::into_error)?;
            found.extend(page.messages);
            let next = page.response_metadata.unwrap_or_default().next_cursor;
            if next.is_empty() {
                return Ok(found);
            }
            cursor = next;
        }
    }
}

/// Time stamps have the same number of digits behind the point, so the longer one before it is the later.
fn is_after(ts: &str, other: &str) -> bool {
    (ts.len(), ts) > (other.len(), other)
}
