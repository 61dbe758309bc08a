//! What hinny tells the team in the thread by itself, with the buttons that go with it.

use hinny_bridges::text::{Block, Text};
use hinny_bridges::{Button, Line, LineAuthor, Look};

use super::card::plain;
use super::lines::{Scene, Shown, excerpt, source};
use crate::action::Action;
use crate::body::{Body, FaqDraft};
use crate::event::{Event, Held, What};
use crate::ids::{DeliveryId, Seq};
use crate::lines::line as words_line;
use crate::store::{Entry, Fate, StoreError};
use crate::view;

/// Why a line was not sent, with the buttons that decide about it until somebody has.
pub(super) async fn held(
    scene: &Scene<'_>,
    shown: &Shown,
    entry: &Entry,
) -> Result<Line, StoreError> {
    let What::LineHeld { why, .. } = entry.event.what else {
        return Ok(told(shown, vec![words_line("(removed)")]));
    };
    let held = entry.event.seq;
    let ended = ended(entry, &scene.about(held).await?);
    let mut blocks = vec![words_line(why_held(why))];
    // A secret is not said once more.
    if why != Held::Secret && entry.body.is_some() {
        blocks.push(Block::Quote {
            children: vec![words_line(excerpt(entry))],
        });
    }
    blocks.extend(ended.map(words_line));
    let mut line = told(shown, blocks);
    if ended.is_none() {
        line.buttons = vec![deciding(why, held)];
    }
    Ok(line)
}

/// What was decided about a held line, if anything was.
fn ended(entry: &Entry, later: &[What]) -> Option<&'static str> {
    let sent = |what: &What| matches!(what, What::AgentSaid { held: Some(_), .. });
    let dropped = |what: &What| matches!(what, What::HeldDropped { .. } | What::NoteDeleted { .. });
    if later.iter().any(sent) {
        return Some("It was sent after all.");
    }
    let is_over = entry.body.is_none() || later.iter().any(dropped);
    is_over.then_some("It stays with the team.")
}

fn deciding(why: Held, held: Seq) -> Vec<Button> {
    let send = match why {
        Held::Colleague => "Join and send",
        _ => "Send anyway",
    };
    vec![
        plain(&Action::SendHeld { held }, send),
        plain(&Action::DropHeld { held }, "Don't send"),
    ]
}

fn why_held(why: Held) -> &'static str {
    match why {
        Held::Colleague => "Not sent: somebody else has this conversation.",
        Held::Mention => "Not sent: it begins by calling a colleague.",
        Held::Reply => "Not sent: it answers a colleague.",
        Held::Secret => "Not sent: it looks like a password, a key or a card number.",
        Held::Unmarked => "Not sent: only lines that begin with > are for the visitor.",
        Held::OtherThread => "Not sent: this conversation goes on in another thread.",
    }
}

/// What did not arrive here, with a button to try again.
pub(super) async fn failed(
    scene: &Scene<'_>,
    shown: &Shown,
    entry: &Entry,
) -> Result<Line, StoreError> {
    let What::DeliveryFailed { of, delivery } = &entry.event.what else {
        return Ok(told(
            shown,
            vec![words_line("Something could not be posted here.")],
        ));
    };
    let id = DeliveryId::from(delivery.as_str());
    let retried = !scene.about(entry.event.seq).await?.is_empty();
    let fate = scene.shell.store.fate(&id).await?;
    let mut blocks = vec![
        words_line("This could not be posted here; the platform refused it:"),
        missed(scene, *of).await?,
    ];
    let since = match (fate, retried) {
        (Some(Fate::Sent), _) => Some("It went through when it was tried again."),
        (Some(Fate::Pending), _) => Some("It is being tried again."),
        (_, true) => Some("It was tried again and refused again; see below."),
        (_, false) => None,
    };
    blocks.extend(since.map(words_line));
    let mut line = told(shown, blocks);
    if since.is_none() {
        let retry = Action::Retry { delivery: id };
        line.buttons = vec![vec![plain(&retry, "Try again")]];
    }
    Ok(line)
}

/// What a failed delivery would have shown.
async fn missed(scene: &Scene<'_>, of: Seq) -> Result<Block, StoreError> {
    let Some(entry) = scene.entry(of).await? else {
        return Ok(words_line("(removed)"));
    };
    let about = match entry.event.what {
        What::Escalated { .. } | What::ThreadLost { .. } => {
            return Ok(words_line("(the hand-over card)"));
        }
        What::MessageEdited { of, .. } | What::NoteEdited { of, .. } => scene.entry(of).await?,
        What::MessageDeleted { .. } | What::NoteDeleted { .. } => {
            return Ok(words_line("(that a line was taken back)"));
        }
        _ => None,
    };
    let entry = about.unwrap_or(entry);
    Ok(match excerpt(&entry) {
        words if words.is_empty() => words_line(sentence(&entry).to_plain()),
        words => Block::Quote {
            children: vec![words_line(words)],
        },
    })
}

/// A draft for the frequent questions, and what became of it.
pub(super) async fn draft(
    scene: &Scene<'_>,
    shown: &Shown,
    entry: &Entry,
) -> Result<Line, StoreError> {
    let Some(Body::Faq(faq)) = &entry.body else {
        return Ok(told(shown, vec![words_line("(removed)")]));
    };
    let draft = entry.event.seq;
    let later = scene.about(draft).await?;
    let save = || plain(&Action::SaveFaq { draft }, "Save");
    let drop = |label: &str| plain(&Action::DropFaq { draft }, label);
    let (head, buttons) = match later.last() {
        None => (
            "Save this among the frequent questions?",
            vec![save(), drop("Don't save")],
        ),
        Some(What::FaqConfirmed { .. }) => ("Saving this among the frequent questions …", vec![]),
        Some(What::FaqSaved { .. }) => ("Saved among the frequent questions:", vec![drop("Undo")]),
        Some(What::FaqFailed { .. }) => (
            "This could not be saved or taken out; the server's log says why:",
            vec![save(), drop("Don't save")],
        ),
        Some(_) => ("Not among the frequent questions:", vec![]),
    };
    let mut line = told(shown, preview(head, faq));
    line.buttons = vec![buttons];
    line.buttons.retain(|row| !row.is_empty());
    Ok(line)
}

/// What the bot would say, with the button that says it, until somebody has.
pub(super) async fn answer(
    scene: &Scene<'_>,
    shown: &Shown,
    entry: &Entry,
) -> Result<Line, StoreError> {
    let Some(Body::Message { text, sources, .. }) = &entry.body else {
        return Ok(told(shown, vec![words_line("(removed)")]));
    };
    let verdict = entry.event.seq;
    let later = scene.about(verdict).await?;
    let sent = later
        .iter()
        .any(|what| matches!(what, What::AgentSaid { .. }));
    let head = match sent {
        true => "Sent to the visitor:",
        false => "The bot would answer this, and the visitor has not got it:",
    };
    let mut quoted = text.0.clone();
    quoted.extend(sources.iter().map(source));
    let mut line = told(
        shown,
        vec![words_line(head), Block::Quote { children: quoted }],
    );
    if !sent {
        let send = Button {
            look: Look::Primary,
            ..plain(&Action::Send { verdict, index: 0 }, "Send this")
        };
        line.buttons = vec![vec![send]];
    }
    Ok(line)
}

fn preview(head: &str, faq: &FaqDraft) -> Vec<Block> {
    let mut quoted = vec![words_line(faq.question.clone())];
    quoted.extend(Text::from_markdown(&faq.answer).0);
    let mut blocks = vec![words_line(head), Block::Quote { children: quoted }];
    if faq.masked {
        blocks.push(words_line(
            "Personal data was covered; please look once more.",
        ));
    }
    blocks
}

/// An event that has no words of its own.
pub(super) fn sentence(entry: &Entry) -> Text {
    let name = view::agent_name(entry).unwrap_or_else(|| "Somebody".to_owned());
    Text::plain(&match &entry.event.what {
        What::PersonRequested { .. } => "The visitor asked for a person.".to_owned(),
        What::VisitorIdentified => "The visitor signed in.".to_owned(),
        What::AgentTook { .. } => format!("{name} has this conversation now."),
        What::AgentJoined { .. } => format!("{name} joined."),
        What::HandedBack { .. } => format!("{name} gave it back to the bot."),
        What::Closed { .. } => format!("{name} closed this conversation."),
        What::Blocked { .. } => format!("{name} blocked the visitor."),
        What::Unblocked { .. } => format!("{name} lifted the block."),
        What::Rated { stars } => format!("The visitor gave {stars} of 5 stars."),
        What::FaqSaved { .. } => "Saved among the frequent questions.".to_owned(),
        What::FaqTakenOut { .. } => "The entry is not among the answers any more.".to_owned(),
        What::FaqFailed { .. } => {
            "The entry could not be changed. The server's log says why.".to_owned()
        }
        _ => "(removed)".to_owned(),
    })
}

fn told(shown: &Shown, blocks: Vec<Block>) -> Line {
    Line::new(shown.delivery.as_str(), LineAuthor::Hinny, Text(blocks))
}

impl Scene<'_> {
    /// What later events say about this one.
    async fn about(&self, seq: Seq) -> Result<Vec<What>, StoreError> {
        let log = self.shell.store.history(self.conversation).await?;
        let refers = |event: &Event| event.what.refers() == Some(seq);
        let about = log.into_iter().filter(refers);
        Ok(about.map(|event| event.what).collect())
    }
}
