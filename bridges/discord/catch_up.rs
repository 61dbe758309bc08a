//! Reads what happened while nobody listened: new messages after the last one that was handed in, edits and
//! deletions of those that the visitor has, and a recall by reaction. It makes the event ids that the
//! gateway's events would have had.

use std::collections::HashSet;

use serenity::http::Route;

use super::{
    Discord,
    classify::Failure,
    events::pass_over,
    places, read,
    wire::{self, Id, Message, User},
};
use crate::{DiscordThread, Inbound, Inbox, LiveThread, Origin, SendError, Thread};

/// The sign with which a member takes their own words back.
const RECALL: &str = "❌";
const PAGE: usize = 100;

impl Discord {
    pub(super) async fn catch_up(&self, own: u64, inbox: &dyn Inbox) -> Result<(), SendError> {
        let live = inbox.live(&self.config.connection).await;
        let live = live.map_err(|error| {
            SendError::Unreachable(format!("the live threads are not known: {error}"))
        })?;
        for live in live {
            let Thread::Discord(thread) = &live.thread else {
                continue;
            };
            let missed = match self.missed(thread, &live, own).await {
                Ok(missed) => missed,
                Err(Failure::NoChannel) => vec![self.gone(thread.clone())],
                Err(failure) => {
                    pass_over(failure)?;
                    continue;
                }
            };
            self.receive(missed, inbox).await?;
        }
        Ok(())
    }

    /// First what was done to messages that are known, then what is new.
    async fn missed(
        &self,
        thread: &DiscordThread,
        live: &LiveThread,
        own: u64,
    ) -> Result<Vec<Inbound>, Failure> {
        let number = |post: &crate::PostId| post.0.parse().ok().map(Id);
        let after = live.after.as_ref().and_then(number);
        let kept: HashSet<Id> = live.kept.iter().filter_map(number).collect();
        let mut missed = self.changed(thread, after, kept, own).await?;
        // A thread that was never read has nothing of a member's before its own beginning.
        let mut after = after.unwrap_or(Id(thread.thread));
        loop {
            let page = self.patient_page(thread, "after", after).await?;
            for message in &page {
                missed.extend(self.said(message, own).await?);
                missed.extend(self.recalled(thread, message, own).await?);
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = last.id,
                _ => return Ok(missed),
            }
        }
    }

    /// Edits and deletions up to the last message that is known, as far back as the visitor's messages go.
    async fn changed(
        &self,
        thread: &DiscordThread,
        after: Option<Id>,
        kept: HashSet<Id>,
        own: u64,
    ) -> Result<Vec<Inbound>, Failure> {
        let mut changed = Vec::new();
        let Some(oldest) = kept.iter().min().copied() else {
            return Ok(changed);
        };
        let newest = after.max(kept.iter().max().copied()).unwrap_or(oldest);
        let mut there = HashSet::new();
        let mut before = Id(newest.0 + 1);
        loop {
            let page = self.patient_page(thread, "before", before).await?;
            for message in &page {
                there.insert(message.id);
                changed.extend(self.edited(message).await?);
                changed.extend(self.recalled(thread, message, own).await?);
            }
            match page.first() {
                Some(first) if page.len() == PAGE && first.id > oldest => before = first.id,
                _ => break,
            }
        }
        let origin = Origin::Thread(Thread::Discord(thread.clone()));
        let mut lost: Vec<Id> = kept.difference(&there).copied().collect();
        lost.sort_unstable();
        changed.extend(lost.into_iter().map(|id| self.deletion(origin.clone(), id)));
        Ok(changed)
    }

    /// A message whose own author put the sign of recall on it.
    async fn recalled(
        &self,
        thread: &DiscordThread,
        message: &Message,
        own: u64,
    ) -> Result<Vec<Inbound>, Failure> {
        let by_others = |reaction: &&wire::Reaction| {
            reaction.emoji.sign() == RECALL && reaction.count > u64::from(reaction.me)
        };
        let marked = message.reactions.iter().any(|one| by_others(&one));
        if !marked || !read::by_a_person(message) {
            return Ok(Vec::new());
        }
        let guild = self.places.place(thread.thread).await?.guild;
        let origin = Origin::Thread(Thread::Discord(thread.clone()));
        let route = Route::ChannelMessageReactionEmoji {
            channel_id: thread.thread.into(),
            message_id: message.id.0.into(),
            reaction: RECALL,
        };
        let who = self.rest.patiently(route, Vec::new()).await?;
        let mut recalled = Vec::new();
        for user in wire::each::<User>(&who) {
            if user.bot || user.id.0 == own {
                continue;
            }
            let member = self.places.member(guild, user.id.0).await?;
            let person = read::person(&user, member.as_ref(), guild);
            // The history does not know when; once is enough for a recall.
            let one = self.reaction(origin.clone(), person, message.id, RECALL, (true, 0));
            recalled.push(one);
        }
        Ok(recalled)
    }

    /// Up to a hundred messages on one side of a border, oldest first.
    async fn patient_page(
        &self,
        thread: &DiscordThread,
        side: &'static str,
        border: Id,
    ) -> Result<Vec<Message>, Failure> {
        let Some(channel_id) = places::channel(thread.thread) else {
            return Err(Failure::NoChannel);
        };
        let params = vec![(side, border.0.to_string()), ("limit", PAGE.to_string())];
        let route = Route::ChannelMessages { channel_id };
        let found = self.rest.patiently(route, params).await?;
        let mut page: Vec<Message> = wire::each(&found);
        page.sort_by_key(|message| message.id);
        Ok(page)
    }
}
