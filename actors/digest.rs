//! The daily digest: once a day each team reads, where it sits, what the bot said on the day before.
//!
//! A day is written down with its answers before anything is told, and every step after it too, so that a restart goes
//! on where it was and tells nothing twice. One thread a day: the numbers open it, and each answer is a line with its
//! own buttons. When somebody marks an answer or takes a conversation, the line says so. `lines` words it.

mod lines;

use std::sync::Arc;

use hinny_bridges::{
    Bridge, Channel, Line, Post, PostChange, PostId, SendError, SendStopped, Thread,
};
use jiff::ToSpan;
use jiff::civil::Date;
use tokio::sync::watch;

use crate::event::What;
use crate::ids::{Millis, SiteId, random_id};
use crate::shell::{DigestAt, Shell, SiteRules};
use crate::stats::Stats;
use crate::store::{AnswersWanted, Digest, DigestItem, Said, Stored};
use crate::{clock, retry};

/// So many answers of a day are shown; the desk has the others.
const SHOWN: u32 = 10;

/// More answers than these are not even counted.
const COUNTED: u32 = 100_000;

/// What a digest shows is kept up to date for so long.
const FRESH_FOR: Millis = 3 * 24 * 3_600_000;

/// A platform's clock may be this far from ours.
const CLOCKS: Millis = 120_000;

/// The length of a digest's name: two more characters name its lines.
const NAME: usize = 20;

/// Runs until it is asked to stop, and never stops in the middle of a send.
pub async fn run(shell: Arc<Shell>, mut stopped: watch::Receiver<bool>) {
    // What was marked while nobody ran.
    renew(&shell).await;
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(shell.timing.outbox_poll) => tell(&shell).await,
            () = shell.digest_bell.notified() => renew(&shell).await,
        }
    }
}

/// Writes down the days that are over, and tells what is due.
async fn tell(shell: &Shell) {
    for (site, rules) in &shell.sites {
        if let Err(error) = write_down(shell, site, rules).await {
            tracing::error!(%site, %error, "a day could not be summed up");
        }
    }
    match shell.store.due_digests(clock::now()).await {
        Ok(due) => {
            for digest in due {
                post(shell, digest).await;
            }
        }
        Err(error) => tracing::error!(%error, "digests could not be read"),
    }
}

/// Yesterday, once its hour has come. The desk has a page of its own for this.
async fn write_down(shell: &Shell, site: &SiteId, rules: &SiteRules) -> Stored<()> {
    let Some(at) = rules
        .digest
        .as_ref()
        .filter(|_| rules.target.channel != Channel::Desk)
    else {
        return Ok(());
    };
    let now = clock::now();
    let Some(day) = at.day_to_tell(now) else {
        return Ok(());
    };
    if shell.store.has_digest(site, &day.to_string()).await? {
        return Ok(());
    }
    let digest = sum_up(shell, site, rules, at, day).await?;
    let due = (digest.answers > 0).then_some(now);
    shell.store.begin_digest(&digest, due).await
}

/// One site's day.
async fn sum_up(
    shell: &Shell,
    site: &SiteId,
    rules: &SiteRules,
    at: &DigestAt,
    day: Date,
) -> Stored<Digest> {
    let (from, until) = at.span(day);
    let all = AnswersWanted::between(from, until, COUNTED);
    let answers = shell.store.answers(site, &all).await?;
    let mut logs = shell.store.skeletons(site, from).await?;
    for (_, events) in &mut logs {
        events.retain(|event| event.at < until);
    }
    let counted = Stats::of(&logs, &at.zone).all;
    let how = |how| answers.iter().filter(|answer| answer.said == how).count() as u64;
    let shown = answers.iter().take(SHOWN as usize).rev();
    let items = (1..).zip(shown).map(|(number, answer)| DigestItem {
        number,
        conversation: answer.conversation.clone(),
        seq: answer.seq,
        post: None,
        shown: None,
    });
    Ok(Digest {
        id: random_id().chars().take(NAME).collect(),
        site: site.clone(),
        day: day.to_string(),
        begun_at: clock::now(),
        answers: answers.len() as u64,
        drafted: how(Said::Drafted),
        suggested: how(Said::Suggested),
        handed_over: counted.handed_over.values().sum(),
        target: rules.target.clone(),
        thread: None,
        attempts: 0,
        items: items.collect(),
    })
}

/// Tells what is left to tell of one day.
async fn post(shell: &Shell, digest: Digest) {
    let Some(bridge) = shell.bridges.get(&digest.target.connection).cloned() else {
        return settle(shell, &digest, digest.attempts, None).await;
    };
    // An attempt that is cut off here may have posted something, and the next one has to know.
    let attempts = digest.attempts + 1;
    settle(shell, &digest, attempts, Some(clock::now())).await;
    match try_post(shell, bridge.as_ref(), &digest).await {
        Ok(()) => settle(shell, &digest, attempts, None).await,
        Err(Trouble::Store(error)) => tracing::error!(%error, "a digest could not be stored"),
        Err(Trouble::Platform(error)) => later(shell, &digest, attempts, &error).await,
    }
}

enum Trouble {
    Platform(SendError),
    Store(crate::store::StoreError),
}

impl From<crate::store::StoreError> for Trouble {
    fn from(error: crate::store::StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl From<SendError> for Trouble {
    fn from(error: SendError) -> Self {
        Trouble::Platform(error)
    }
}

async fn try_post(shell: &Shell, bridge: &dyn Bridge, digest: &Digest) -> Result<(), Trouble> {
    let doubt = (digest.attempts > 0).then_some(digest.begun_at - CLOCKS);
    let thread = match &digest.thread {
        Some(thread) => thread.clone(),
        None => open(shell, bridge, digest, doubt).await?,
    };
    for item in digest.items.iter().filter(|item| item.post.is_none()) {
        let (line, shown) = lines::answer(shell, digest, item).await?;
        let line = Line {
            doubt_since: doubt,
            ..line
        };
        fail::fail_point!("digest_before_line");
        let posts = match bridge.send(&thread, &[line]).await {
            Ok(posts) => posts,
            Err(SendStopped { error, .. }) => return Err(error.into()),
        };
        fail::fail_point!("digest_after_line");
        if let Some(post) = posts.last() {
            let stored = shell
                .store
                .digest_shown(&digest.id, item.number, &post.id, &shown);
            stored.await?;
        }
    }
    Ok(())
}

async fn open(
    shell: &Shell,
    bridge: &dyn Bridge,
    digest: &Digest,
    doubt: Option<Millis>,
) -> Result<Thread, Trouble> {
    let first = Line {
        doubt_since: doubt,
        ..lines::head(digest)
    };
    let (channel, title) = (&digest.target.channel, lines::title(digest));
    let opened = bridge.open(channel, &title, &first).await?;
    fail::fail_point!("digest_thread_opened");
    shell
        .store
        .digest_opened(&digest.id, &opened.thread)
        .await?;
    if !stands(&opened.posts, &first.delivery) {
        let sent = bridge.send(&opened.thread, &[first]).await;
        sent.map_err(|stopped| stopped.error)?;
    }
    Ok(opened.thread)
}

/// Some platforms open a thread with its first line, others without.
fn stands(posts: &[Post], delivery: &str) -> bool {
    let mut parts = posts.iter().flat_map(|post| &post.carries);
    parts.any(|part| part.delivery == delivery && part.last)
}

/// What becomes of a digest that could not be posted.
async fn later(shell: &Shell, digest: &Digest, attempts: u32, error: &SendError) {
    tracing::warn!(site = %digest.site, day = digest.day, %error, "a digest could not be posted");
    let (attempts, wait) = match error {
        SendError::RateLimited { retry_after } => (digest.attempts.max(1), *retry_after),
        SendError::ThreadGone | SendError::Refused(_) => {
            return settle(shell, digest, attempts, None).await;
        }
        SendError::NoAccess(_)
        | SendError::Unauthorized(_)
        | SendError::Unreachable(_)
        | SendError::Ambiguous(_) => (attempts, retry::pause(&shell.timing, attempts)),
    };
    let due = clock::now() + wait.as_millis() as Millis;
    settle(shell, digest, attempts, Some(due)).await;
}

async fn settle(shell: &Shell, digest: &Digest, attempts: u32, due: Option<Millis>) {
    if let Err(error) = shell.store.digest_due(&digest.id, attempts, due).await {
        tracing::error!(%error, "a digest could not be stored");
    }
}

/// Shows what was said since about the answers of the last digests.
async fn renew(shell: &Shell) {
    let told = shell.store.told_digests(clock::now() - FRESH_FOR).await;
    let told = told.unwrap_or_else(|error| {
        tracing::error!(%error, "digests could not be read");
        Vec::new()
    });
    for digest in &told {
        for item in &digest.items {
            if let Err(error) = renew_item(shell, digest, item).await {
                tracing::warn!(site = %digest.site, error, "a line of a digest shows something old");
            }
        }
    }
}

async fn renew_item(shell: &Shell, digest: &Digest, item: &DigestItem) -> Result<(), String> {
    let (Some(thread), Some(post)) = (&digest.thread, &item.post) else {
        return Ok(());
    };
    let (line, shown) = lines::answer(shell, digest, item)
        .await
        .map_err(|error| error.to_string())?;
    if item.shown.as_ref() == Some(&shown) {
        return Ok(());
    }
    let bridge = shell.bridges.get(&digest.target.connection);
    let bridge = bridge.ok_or("its connection is not configured any more")?;
    let change = PostChange::Edit(vec![line]);
    let ids: [PostId; 1] = [post.clone()];
    let changed = bridge.change(thread, &ids, &change).await;
    changed.map_err(|error| error.to_string())?;
    let stored = shell
        .store
        .digest_shown(&digest.id, item.number, post, &shown);
    stored.await.map_err(|error| error.to_string())
}

/// Whether a digest may show this.
pub fn is_shown(what: &What) -> bool {
    matches!(
        what,
        What::AnswerMarked { .. }
            | What::AgentTook { .. }
            | What::HandedBack { .. }
            | What::Closed { .. }
    )
}

impl DigestAt {
    /// The day before, when the hour of telling has come.
    fn day_to_tell(&self, now: Millis) -> Option<Date> {
        let now = jiff::Timestamp::from_millisecond(now).ok()?;
        let here = now.to_zoned(self.zone.clone());
        (here.time() >= self.time)
            .then(|| here.date().yesterday().ok())
            .flatten()
    }

    /// From its first moment to that of the next day.
    fn span(&self, day: Date) -> (Millis, Millis) {
        let start = |day: Date| {
            let zoned = day.to_zoned(self.zone.clone());
            zoned.map_or(0, |zoned| zoned.timestamp().as_millisecond())
        };
        (start(day), start(day.saturating_add(1.day())))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn at(zone: &str) -> DigestAt {
        DigestAt {
            time: jiff::civil::time(9, 0, 0, 0),
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    fn millis(text: &str) -> Millis {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_day_is_told_on_the_next_morning_where_the_team_is() {
        let berlin = at("Europe/Berlin");
        let day = |now: &str| berlin.day_to_tell(millis(now)).map(|day| day.to_string());
        assert_eq!(day("2026-11-22T07:59:59Z"), None);
        assert_eq!(day("2026-11-22T08:00:00Z").as_deref(), Some("2026-11-21"));
        assert_eq!(day("2026-11-22T22:59:00Z").as_deref(), Some("2026-11-21"));
    }

    #[test]
    fn a_day_of_another_length_is_whole() {
        let berlin = at("Europe/Berlin");
        let (from, until) = berlin.span(jiff::civil::date(2026, 10, 25));
        assert_eq!(from, millis("2026-10-24T22:00:00Z"));
        assert_eq!(until - from, 25 * 3_600_000);
    }
}
