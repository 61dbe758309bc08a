//! What is done to a thread and to posts in it: edits, deletions, signs, updates of the card, marks.

use hinny_bridges::{Mark, PostChange, PostId, Sign, Thread};

use super::Outbox;
use super::deliver::{Stop, Turn};
use super::lines::{Cards, Shown, is_on_platform};
use crate::clock;
use crate::event::What;
use crate::ids::{DeliveryId, Seq};
use crate::store::{Carried, Changed, Delivery, DeliveryKind, StoreError};

/// Posts that can only be changed together, because lines share them or span several.
#[derive(Debug, Default)]
struct Joined {
    /// In the order in which they stand in the thread.
    posts: Vec<PostId>,
    /// All that they carry, in order.
    lines: Vec<Shown>,
}

impl Outbox {
    /// Does one thing to the thread.
    pub(super) async fn act(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        match delivery.what {
            DeliveryKind::Edit => self.edit(turn, thread, delivery).await,
            DeliveryKind::Delete => self.delete(turn, thread, delivery).await,
            DeliveryKind::Close => self.mark(turn, thread, delivery, &Mark::Done).await,
            DeliveryKind::Taken => match taken_by(turn, delivery).await? {
                Some(by) => self.mark(turn, thread, delivery, &Mark::Taken { by }).await,
                None => self.done(&[delivery]).await,
            },
            DeliveryKind::Seen => self.sign(turn, thread, delivery, Sign::Seen).await,
            DeliveryKind::Recalled => self.sign(turn, thread, delivery, Sign::Recalled).await,
            DeliveryKind::FailedSign => self.failed_sign(turn, thread, delivery).await,
            DeliveryKind::OldCard => self.put_away(turn, thread, delivery).await,
            DeliveryKind::CloseTwin => self.close_twin(turn, thread, delivery).await,
            // Those that are said, and those that count as one, have their own ways.
            DeliveryKind::Card
            | DeliveryKind::Line
            | DeliveryKind::Held
            | DeliveryKind::Failed
            | DeliveryKind::Nudge
            | DeliveryKind::CardUpdate => self.done(&[delivery]).await,
        }
    }

    /// Does once what was asked for several times.
    pub(super) async fn renew(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        all: &[&Delivery],
    ) -> Result<(), Stop> {
        let Some((last, others)) = all.split_last() else {
            return Ok(());
        };
        match last.what {
            DeliveryKind::CardUpdate => self.update_card(turn, thread, last, all).await?,
            _ => self.act(turn, thread, last).await?,
        }
        self.done(others).await
    }

    async fn mark(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
        mark: &Mark,
    ) -> Result<(), Stop> {
        fail::fail_point!("outbox_before_change");
        let marked = turn.bridge.mark(thread, mark).await;
        fail::fail_point!("outbox_after_change");
        marked.map_err(|error| Stop::at(delivery, error))?;
        self.served(turn.target);
        self.done(&[delivery]).await
    }

    /// Shows the words that a line has now. A line that is only on the card changes there.
    async fn edit(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        let of = refers(turn, delivery).await?;
        let done = self.same_edits(turn, delivery, of).await?;
        let start = self.posts_in(turn, thread, of).await?;
        let joined = match start.is_empty() {
            true => {
                self.joined(turn, self.shell.store.card_of(thread).await?)
                    .await?
            }
            false => self.joined(turn, start).await?,
        };
        self.rewrite(turn, thread, delivery, joined, Vec::new(), done)
            .await
    }

    /// Takes a line out of the thread. What carries the card stays, and says that words were removed.
    async fn delete(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        let of = refers(turn, delivery).await?;
        let done = vec![delivery.id.clone()];
        let start = self.posts_in(turn, thread, of).await?;
        if start.is_empty() {
            let card = self.shell.store.card_of(thread).await?;
            let joined = self.joined(turn, card).await?;
            return self
                .rewrite(turn, thread, delivery, joined, Vec::new(), done)
                .await;
        }
        let first = self.shell.store.first_in(thread).await?;
        let goes = |shown: &Shown| Some(shown.seq) == of && Some(&shown.delivery) != first.as_ref();
        let mut joined = self.joined(turn, start).await?;
        let (dropped, kept) = joined.lines.into_iter().partition(goes);
        joined.lines = kept;
        let dropped: Vec<Shown> = dropped;
        let dropped = dropped.into_iter().map(|shown| shown.delivery).collect();
        self.rewrite(turn, thread, delivery, joined, dropped, done)
            .await
    }

    async fn update_card(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
        all: &[&Delivery],
    ) -> Result<(), Stop> {
        let card = self.shell.store.card_of(thread).await?;
        let joined = self.joined(turn, card).await?;
        let done = all.iter().map(|one| one.id.clone()).collect();
        self.rewrite(turn, thread, delivery, joined, Vec::new(), done)
            .await
    }

    /// The card before a newer one loses its buttons, once the newer one stands in the thread.
    async fn put_away(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
    ) -> Result<(), Stop> {
        let newest = self.shell.store.card_of(thread).await?;
        let is_there = newest.iter().any(|card| card.seq >= delivery.seq);
        let old = match is_there {
            true => self.shell.store.card_before(thread, delivery.seq).await?,
            false => Vec::new(),
        };
        let joined = self.joined(turn, old).await?;
        let done = vec![delivery.id.clone()];
        self.rewrite(turn, thread, delivery, joined, Vec::new(), done)
            .await
    }

    /// Makes the posts carry these lines as they are now, and writes down what they carry then.
    async fn rewrite(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        delivery: &Delivery,
        joined: Joined,
        dropped: Vec<DeliveryId>,
        done: Vec<DeliveryId>,
    ) -> Result<(), Stop> {
        let mut changed = Changed {
            dropped,
            done,
            ..Changed::default()
        };
        if !joined.posts.is_empty() {
            let change = match joined.lines.is_empty() {
                true => PostChange::Delete,
                false => PostChange::Edit(self.rendered(turn, thread, &joined.lines).await?),
            };
            fail::fail_point!("outbox_before_change");
            let made = turn.bridge.change(thread, &joined.posts, &change).await;
            fail::fail_point!("outbox_after_change");
            changed.posts = made.map_err(|error| Stop::at(delivery, error))?;
            self.served(turn.target);
            if change == PostChange::Delete {
                changed.gone = joined.posts;
            }
        }
        let written = self.shell.store.changed(thread, &changed, clock::now());
        Ok(written.await?)
    }

    async fn rendered(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        lines: &[Shown],
    ) -> Result<Vec<hinny_bridges::Line>, StoreError> {
        let first = self.shell.store.first_in(thread).await?;
        let first = first.unwrap_or_else(|| lines[0].delivery.clone());
        let mut newest = self.shell.store.card_of(thread).await?.into_iter();
        let newest = newest.next().map(|card| card.delivery);
        let cards = Cards {
            newest: newest.unwrap_or_else(|| first.clone()),
            first,
        };
        let mut out = Vec::with_capacity(lines.len());
        for shown in lines {
            out.push(turn.scene.line(shown, &cards).await?);
        }
        Ok(out)
    }

    /// The posts of this thread that carry an event's line.
    async fn posts_in(
        &self,
        turn: &Turn<'_>,
        thread: &Thread,
        of: Option<Seq>,
    ) -> Result<Vec<Carried>, StoreError> {
        let Some(of) = of else { return Ok(Vec::new()) };
        let mut posts = self
            .shell
            .store
            .posts_of(turn.scene.conversation, of)
            .await?;
        posts.retain(|carried| carried.thread == *thread);
        Ok(posts)
    }

    /// Everything that hangs together with these posts.
    async fn joined(&self, turn: &Turn<'_>, start: Vec<Carried>) -> Result<Joined, StoreError> {
        let store = &self.shell.store;
        let mut found: Vec<Carried> = Vec::new();
        let mut looked: Vec<PostId> = Vec::new();
        let mut known: Vec<DeliveryId> = Vec::new();
        let mut next = start;
        while let Some(carried) = next.pop() {
            if !looked.contains(&carried.post) {
                looked.push(carried.post.clone());
                next.extend(store.carried_by(&carried.thread, &carried.post).await?);
            }
            if !known.contains(&carried.delivery) {
                known.push(carried.delivery.clone());
                let posts = store.posts_of(turn.scene.conversation, carried.seq).await?;
                let same = |other: &Carried| {
                    other.delivery == carried.delivery && other.thread == carried.thread
                };
                next.extend(posts.into_iter().filter(same));
            }
            if !found.contains(&carried) {
                found.push(carried);
            }
        }
        Ok(in_order(found))
    }

    /// Edits of the same line that wait too: this one shows the newest words.
    async fn same_edits(
        &self,
        turn: &Turn<'_>,
        delivery: &Delivery,
        of: Option<Seq>,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let mut same = vec![delivery.id.clone()];
        let waiting = turn.batch.deliveries.iter();
        for other in waiting.filter(|other| other.what == DeliveryKind::Edit) {
            if other.id != delivery.id && refers(turn, other).await? == of {
                same.push(other.id.clone());
            }
        }
        Ok(same)
    }
}

/// Posts and lines in the order of what they carry.
fn in_order(mut found: Vec<Carried>) -> Joined {
    found.sort_by_key(|carried| (carried.seq, carried.part));
    let mut joined = Joined::default();
    for carried in &found {
        if !joined.posts.contains(&carried.post) {
            joined.posts.push(carried.post.clone());
        }
        let shown = Shown::from(carried);
        if !joined.lines.contains(&shown) {
            joined.lines.push(shown);
        }
    }
    joined
}

pub(super) async fn refers(
    turn: &Turn<'_>,
    delivery: &Delivery,
) -> Result<Option<Seq>, StoreError> {
    let entry = turn.scene.entry(delivery.seq).await?;
    Ok(entry.and_then(|entry| entry.event.what.refers()))
}

/// The member who took the conversation; nobody's platform knows those at the desk.
async fn taken_by(turn: &Turn<'_>, delivery: &Delivery) -> Result<Option<String>, StoreError> {
    let entry = turn.scene.entry(delivery.seq).await?;
    Ok(match entry.map(|entry| entry.event.what) {
        Some(What::AgentTook { by, .. } | What::AgentJoined { by }) if is_on_platform(&by) => {
            Some(by)
        }
        _ => None,
    })
}
