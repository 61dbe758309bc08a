//! Deliveries as lines: who speaks and what they say, read from the log at the moment of sending.

use hinny_bridges::text::{Block, Inline, Text};
use hinny_bridges::{Attachment, Line, LineAuthor, Mention, PostId, Thread};

use super::{card, notices};
use crate::body::{Body, FileRef, Profile, SourceLink};
use crate::event::{Handling, What};
use crate::files::NoFile;
use crate::ids::{ConversationId, DeliveryId, MessageId, Millis, Seq};
use crate::shell::{Shell, SiteRules};
use crate::store::{Carried, ConversationRow, Delivery, DeliveryKind, Entry, StoreError};
use crate::view;
use crate::{compose, lines::line as words_line};

/// A platform's clock may be this far from ours.
const CLOCKS: Millis = 120_000;

/// Agents at the desk have no name on any platform.
const DESK: &str = "desk:";

/// How far back it is looked for when somebody last said something.
const LOOK_BACK: u64 = 50;

/// The conversation that lines are written for.
pub(super) struct Scene<'a> {
    pub shell: &'a Shell,
    pub conversation: &'a ConversationId,
    /// Where the team talks about it now, if anywhere.
    pub thread: Option<&'a Thread>,
    /// `None` when the configuration has no such site any more.
    pub rules: Option<&'a SiteRules>,
}

/// A delivery as something to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub delivery: DeliveryId,
    pub seq: Seq,
    pub what: DeliveryKind,
}

impl From<&Delivery> for Shown {
    fn from(delivery: &Delivery) -> Self {
        Shown {
            delivery: delivery.id.clone(),
            seq: delivery.seq,
            what: delivery.what,
        }
    }
}

impl From<&Carried> for Shown {
    fn from(carried: &Carried) -> Self {
        Shown {
            delivery: carried.delivery.clone(),
            seq: carried.seq,
            what: carried.what,
        }
    }
}

/// What stands out in a thread: what came first carries a card, and only the newest card can be worked with.
pub(super) struct Cards {
    pub first: DeliveryId,
    pub newest: DeliveryId,
}

/// The lines of `waiting`, for `thread` or, without one, for a new thread. What comes first in a thread carries the
/// card, even if the thread was opened for something else.
pub(super) async fn render(
    scene: &Scene<'_>,
    waiting: &[&Delivery],
    thread: Option<&Thread>,
) -> Result<Vec<Line>, StoreError> {
    let Some(cards) = cards(scene, waiting, thread).await? else {
        return Ok(Vec::new());
    };
    let mut out = Vec::with_capacity(waiting.len());
    for delivery in waiting {
        let line = scene.line(&Shown::from(*delivery), &cards).await?;
        out.push(Line {
            parts_done: delivery.parts_done,
            doubt_since: delivery.doubt_since.map(|since| since - CLOCKS),
            ..line
        });
    }
    Ok(out)
}

/// The cards of a thread when `waiting` stands in it too. `None` when nothing waits.
async fn cards(
    scene: &Scene<'_>,
    waiting: &[&Delivery],
    thread: Option<&Thread>,
) -> Result<Option<Cards>, StoreError> {
    let Some(next) = waiting.first() else {
        return Ok(None);
    };
    let first = match thread {
        Some(thread) => scene.shell.store.first_in(thread).await?,
        None => None,
    };
    let first = first.unwrap_or_else(|| next.id.clone());
    let mut later = waiting.iter().rev();
    let newest = later.find(|one| one.what == DeliveryKind::Card);
    let newest = newest.map_or(first.clone(), |card| card.id.clone());
    Ok(Some(Cards { first, newest }))
}

impl Scene<'_> {
    /// A delivery as it looks now.
    pub(super) async fn line(&self, shown: &Shown, cards: &Cards) -> Result<Line, StoreError> {
        let newest = shown.delivery == cards.newest;
        if shown.what == DeliveryKind::Card {
            return card::line(self, &shown.delivery, shown.seq, newest).await;
        }
        let line = self.plain_line(shown).await?;
        if shown.delivery != cards.first {
            return Ok(line);
        }
        let upto = shown.seq.saturating_sub(1);
        let mut card = card::line(self, &shown.delivery, upto, newest).await?;
        card.text.0.extend(line.text.0);
        card.buttons.extend(line.buttons);
        card.files = line.files;
        Ok(card)
    }

    async fn plain_line(&self, shown: &Shown) -> Result<Line, StoreError> {
        let Some(entry) = self.entry(shown.seq).await? else {
            let text = Text::plain("(removed)");
            return Ok(Line::new(shown.delivery.as_str(), LineAuthor::Hinny, text));
        };
        match shown.what {
            DeliveryKind::Held => notices::held(self, shown, &entry).await,
            DeliveryKind::Failed => notices::failed(self, shown, &entry).await,
            DeliveryKind::Nudge => self.nudge(shown).await,
            _ => match entry.event.what {
                What::FaqProposed { .. } => notices::draft(self, shown, &entry).await,
                What::Drafted { .. } => notices::answer(self, shown, &entry).await,
                _ => self.event_line(shown, &entry).await,
            },
        }
    }

    async fn event_line(&self, shown: &Shown, entry: &Entry) -> Result<Line, StoreError> {
        let author = self.author(entry).await?;
        let mut line = Line::new(shown.delivery.as_str(), author, words(entry));
        line.mention = self.awaited(entry).await?;
        if let Some(Body::Message { files, quotes, .. }) = &entry.body {
            self.attach(&mut line, files).await?;
            line.quotes = match quotes {
                Some(message) => self.post_of(message).await?,
                None => None,
            };
        }
        Ok(line)
    }

    /// The post of this thread in which a message stands, ours or a member's own.
    async fn post_of(&self, message: &MessageId) -> Result<Option<PostId>, StoreError> {
        let (store, conversation) = (&self.shell.store, self.conversation);
        for by_visitor in [true, false] {
            let seq = store.message_seq(conversation, message, by_visitor).await?;
            let Some(seq) = seq else { continue };
            let own = store.posts_of(conversation, seq).await?.into_iter();
            let own = own.map(|carried| (carried.thread, carried.post));
            let theirs = store.reply_posts(conversation, seq).await?;
            let mut all = own.chain(theirs);
            let here = all.find(|(thread, _)| Some(thread) == self.thread);
            if let Some((_, post)) = here {
                return Ok(Some(post));
            }
        }
        Ok(None)
    }

    async fn attach(&self, line: &mut Line, files: &[FileRef]) -> Result<(), StoreError> {
        for file in files {
            match self.shell.files.load(&file.id).await {
                Ok(bytes) => line.files.push(Attachment {
                    name: file.name.clone(),
                    mime: file.mime.clone(),
                    bytes,
                }),
                Err(NoFile::Gone) => {
                    let name = &file.name;
                    let gone = words_line(format!("(the file {name} is not there any more)"));
                    line.text.0.push(gone);
                }
                Err(NoFile::Storage(error)) => return Err(error),
            }
        }
        Ok(())
    }

    async fn nudge(&self, shown: &Shown) -> Result<Line, StoreError> {
        let (row, _) = self.visitor().await?;
        let text = Text::plain("The visitor is waiting for you.");
        let mut line = Line::new(shown.delivery.as_str(), LineAuthor::Hinny, text);
        line.mention = self.called(&row.handling).await?;
        Ok(line)
    }

    async fn author(&self, entry: &Entry) -> Result<LineAuthor, StoreError> {
        Ok(match &entry.event.what {
            What::VisitorSaid { .. } => LineAuthor::Visitor {
                name: self.visitor_name().await?,
            },
            What::BotAnswered { .. } | What::BotGreeted { .. } => LineAuthor::Bot,
            What::AgentSaid { .. } | What::NoteWritten { .. } => LineAuthor::Agent {
                name: view::agent_name(entry).unwrap_or_else(|| "Team".into()),
            },
            _ => LineAuthor::Hinny,
        })
    }

    /// The verified name, or one that tells anonymous visitors apart.
    async fn visitor_name(&self) -> Result<String, StoreError> {
        let (row, profile) = self.visitor().await?;
        let known = profile.and_then(|profile| profile.name.or(profile.email));
        Ok(known.unwrap_or_else(|| card::anonymous(&row.visitor)))
    }

    pub(super) async fn visitor(&self) -> Result<(ConversationRow, Option<Profile>), StoreError> {
        let row = self.shell.store.conversation(self.conversation).await?;
        let gone = || StoreError::Unreadable("a delivery of no conversation".to_owned());
        let row = row.ok_or_else(gone)?;
        let profile = self.shell.store.profile(&row.visitor).await?;
        Ok((row, profile))
    }

    pub(super) async fn entry(&self, seq: Seq) -> Result<Option<Entry>, StoreError> {
        let before = seq.saturating_sub(1);
        let entries = self.shell.store.read(self.conversation, before, 1).await?;
        Ok(entries.into_iter().find(|entry| entry.event.seq == seq))
    }

    /// Whom a hand-over calls: who has it already, or else whom the site wants called.
    pub(super) async fn called(&self, handling: &Handling) -> Result<Option<Mention>, StoreError> {
        let notify = || self.rules.and_then(|rules| rules.notify.clone());
        Ok(self.taker(handling).await?.or_else(notify))
    }

    /// Who has the conversation, if they took it on the platform where the team is now: their name means nobody, or
    /// somebody else, on another one.
    async fn taker(&self, handling: &Handling) -> Result<Option<Mention>, StoreError> {
        let by = match handling {
            Handling::Agent { by } if is_on_platform(by) => by.clone(),
            _ => return Ok(None),
        };
        let log = self.shell.store.history(self.conversation).await?;
        let last = |is_it: &dyn Fn(&What) -> bool| log.iter().rposition(|event| is_it(&event.what));
        let taken = last(&|what| matches!(what, What::AgentTook { .. }));
        let moved =
            last(&|what| matches!(what, What::ThreadLost { thread } if !self.is_here(thread)));
        Ok((taken > moved).then_some(Mention::Person(by)))
    }

    /// Whether a thread is where the team is now.
    pub(super) fn is_here(&self, thread: &Thread) -> bool {
        self.rules
            .is_none_or(|rules| thread.is_in(&rules.target.channel))
    }

    /// Who must be called by a visitor's line because it comes after a long quiet. Told from the log alone, so a
    /// restart changes nothing.
    async fn awaited(&self, entry: &Entry) -> Result<Option<Mention>, StoreError> {
        let patience = self.rules.and_then(|rules| rules.nudge_after);
        let (Some(patience), What::VisitorSaid { .. }) = (patience, &entry.event.what) else {
            return Ok(None);
        };
        let (row, _) = self.visitor().await?;
        let Some(taker) = self.taker(&row.handling).await? else {
            return Ok(None);
        };
        let after = entry.event.seq.saturating_sub(LOOK_BACK + 1);
        let before = self
            .shell
            .store
            .read(self.conversation, after, LOOK_BACK as u32);
        let before = before.await?;
        let spoke = before
            .iter()
            .rev()
            .find(|other| other.event.seq < entry.event.seq && is_spoken(&other.event.what));
        let quiet = spoke.map(|other| entry.event.at - other.event.at);
        let is_long = quiet.is_some_and(|quiet| quiet >= patience.as_millis() as Millis);
        Ok(is_long.then_some(taker))
    }
}

pub(super) fn is_on_platform(agent: &str) -> bool {
    !agent.starts_with(DESK)
}

fn is_spoken(what: &What) -> bool {
    matches!(
        what,
        What::VisitorSaid { .. }
            | What::AgentSaid { .. }
            | What::NoteWritten { .. }
            | What::AgentTook { .. }
    )
}

fn words(entry: &Entry) -> Text {
    let Some(Body::Message { text, sources, .. }) = &entry.body else {
        return notices::sentence(entry);
    };
    let mut text = text.clone();
    if matches!(entry.event.what, What::NoteWritten { .. }) {
        text.0.insert(0, words_line("Note for colleagues:"));
    }
    if matches!(entry.event.what, What::Rated { .. }) {
        text.0.splice(0..0, notices::sentence(entry).0);
    }
    text.0.extend(sources.iter().map(source));
    text
}

/// A source as a line with its link.
pub(super) fn source(source: &SourceLink) -> Block {
    let title = Inline::Text {
        text: source.title.clone(),
    };
    let named = match &source.url {
        Some(url) => Inline::Link {
            url: url.clone(),
            children: vec![title],
        },
        None => title,
    };
    let label = Inline::Text {
        text: "Source: ".into(),
    };
    Block::Paragraph {
        children: vec![label, named],
    }
}

/// The words of an entry on one line, for a reader who has to recognise it.
pub(super) fn excerpt(entry: &Entry) -> String {
    let words = compose::words_of(entry);
    let words: Vec<&str> = words.split_whitespace().collect();
    card::shorten(&words.join(" "), 120)
}
