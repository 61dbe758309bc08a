//! The hand-over card: who, where, why, what was said so far, what the bot would have said, and what can be done.
//!
//! It is written anew from the log whenever it is shown or updated, so an update is the same card as things are now.

mod buttons;
mod facts;

pub(super) use self::buttons::plain;

use std::collections::BTreeMap;

use hinny_bridges::text::{Block, Inline, Text};
use hinny_bridges::{Line, LineAuthor};

use self::facts::{Before, Facts};
use super::lines::Scene;
use crate::event::{Handling, What};
use crate::ids::{DeliveryId, Millis, Seq, VisitorId};
use crate::lines::line as words_line;
use crate::store::{Entry, StoreError};
use crate::{compose, view, words};

/// A longer message is shortened on the card; the whole of it is in the log.
const EXCERPT: usize = 600;

/// A longer name of a page or value of an attribute says no more.
const LONGEST_FACT: usize = 200;

/// Candidates that are shown, each with its buttons.
const CANDIDATES: usize = 3;

/// The card as a line. `upto` is the last event that its transcript shows; what came after is in the thread. Only the
/// `newest` card of a thread shows how things are now and what can be done; older ones say that it goes on below.
pub(super) async fn line(
    scene: &Scene<'_>,
    delivery: &DeliveryId,
    upto: Seq,
    newest: bool,
) -> Result<Line, StoreError> {
    let facts = Facts::gather(scene, upto).await?;
    if !newest {
        let text = Text(older(&facts));
        return Ok(Line::new(delivery.as_str(), LineAuthor::Hinny, text));
    }
    let mut line = Line::new(delivery.as_str(), LineAuthor::Hinny, Text(blocks(&facts)));
    line.buttons = buttons::rows(&facts, scene.shell.learner.is_some());
    line.mention = scene.called(&facts.handling).await?;
    Ok(line)
}

/// A short name for the thread: who, and the last question.
pub(super) async fn title(scene: &Scene<'_>, upto: Seq) -> Result<String, StoreError> {
    let facts = Facts::gather(scene, upto).await?;
    let asked = facts
        .transcript
        .iter()
        .rev()
        .find(|entry| matches!(entry.event.what, What::VisitorSaid { .. }));
    let question = asked.map(compose::words_of).unwrap_or_default();
    let question = question.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match question.is_empty() {
        true => facts.name,
        false => format!("{} · {}", facts.name, shorten(&question, 80)),
    })
}

/// What an anonymous visitor is called.
pub fn anonymous(visitor: &VisitorId) -> String {
    let start: String = visitor.as_str().chars().take(4).collect();
    format!("Visitor {start}")
}

fn blocks(facts: &Facts) -> Vec<Block> {
    let mut blocks = about(facts);
    blocks.push(state(facts));
    blocks.extend(facts.before.map(before));
    blocks.extend(why(facts));
    blocks.extend(candidates(facts));
    blocks.extend(so_far(facts));
    if facts.handling != Handling::Closed {
        blocks.push(words_line(
            "Write here to answer. Lines that start with ! stay among you; !help shows what they can do.",
        ));
    }
    blocks
}

fn older(facts: &Facts) -> Vec<Block> {
    let mut blocks = about(facts);
    blocks.push(labelled(
        "Now",
        "continued below, with a newer card and its buttons",
    ));
    blocks.extend(why(facts));
    blocks.extend(so_far(facts));
    blocks
}

fn about(facts: &Facts) -> Vec<Block> {
    let mut blocks = vec![who(facts)];
    blocks.extend(attributes(facts));
    blocks.extend(place(facts));
    blocks.extend(browser(facts));
    blocks.extend(page_says(facts));
    blocks.extend(agreed(facts));
    blocks
}

fn why(facts: &Facts) -> Option<Block> {
    facts.why.map(|why| labelled("Why", words::reason(why)))
}

fn so_far(facts: &Facts) -> Vec<Block> {
    let said: Vec<Block> = facts.transcript.iter().filter_map(said).collect();
    match said.is_empty() {
        true => Vec::new(),
        false => vec![words_line("So far:"), Block::Quote { children: said }],
    }
}

fn who(facts: &Facts) -> Block {
    let email = facts
        .profile
        .as_ref()
        .and_then(|profile| profile.email.as_deref());
    let email = email.map(|email| format!(", {}", fact(email)));
    let proof = match facts.profile {
        Some(_) => "signed in (verified)",
        None => "anonymous (nothing verified)",
    };
    let name = fact(&facts.name);
    labelled(
        "Who",
        &format!("{name}{}, {proof}", email.unwrap_or_default()),
    )
}

/// What the site's own server said of the visitor.
fn attributes(facts: &Facts) -> Option<Block> {
    let all = each(&facts.profile.as_ref()?.attributes);
    (!all.is_empty()).then(|| labelled("About", &format!("{all} (verified)")))
}

/// Addresses are shown as words: nobody in the team should open what a stranger's browser claims without a look.
fn place(facts: &Facts) -> Option<Block> {
    let page = facts.context.page.as_ref()?;
    let mut shown: Vec<String> = [&page.title, &page.url]
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| fact(text))
        .collect();
    if !page.referrer.trim().is_empty() {
        shown.push(format!("(came from {})", fact(&page.referrer)));
    }
    (!shown.is_empty()).then(|| labelled("Where", &shown.join(" ")))
}

/// What a script on the page said of the visitor. The label goes first, so that no value can claim to be verified.
fn page_says(facts: &Facts) -> Option<Block> {
    let all = each(&facts.context.attributes);
    (!all.is_empty()).then(|| labelled("Page says (not verified)", &all))
}

/// When the visitor agreed to what the site asks before the first message.
fn agreed(facts: &Facts) -> Option<Block> {
    let day = day(facts.context.agreed_at?)?;
    Some(labelled("Agreed", &format!("to the site's text, {day}")))
}

fn each(attributes: &BTreeMap<String, String>) -> String {
    let each = attributes
        .iter()
        .map(|(name, value)| format!("{}: {}", fact(name), fact(value)));
    each.collect::<Vec<_>>().join(" · ")
}

/// Language, local time and screen, which anybody's browser can make up.
fn browser(facts: &Facts) -> Option<Block> {
    let language = facts.context.language.as_deref().map(fact);
    let zone = facts.context.time_zone.as_deref();
    let time = zone.map(|zone| match local_time(zone, facts.at) {
        Some(time) => format!("{time} there ({})", fact(zone)),
        None => fact(zone),
    });
    let screen = facts.context.screen;
    let screen = screen.map(|screen| format!("screen {} × {}", screen.width, screen.height));
    let shown: Vec<String> = language.into_iter().chain(time).chain(screen).collect();
    (!shown.is_empty())
        .then(|| labelled("Browser", &format!("{} (not verified)", shown.join(", "))))
}

/// The visitor's clock when the person was fetched, or nothing for a zone that does not exist.
fn local_time(zone: &str, at: Millis) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(at).ok()?;
    let local = moment.in_tz(zone).ok()?;
    Some(local.strftime("%a %H:%M").to_string())
}

/// Who has it now. A block is told in front of everything else.
fn state(facts: &Facts) -> Block {
    let now = match &facts.handling {
        Handling::Bot => "the bot answers".to_owned(),
        Handling::Waiting { .. } => "waits for a person".to_owned(),
        Handling::Agent { .. } => match &facts.taken_by {
            Some(name) => format!("{} has it", fact(name)),
            None => "a person has it".to_owned(),
        },
        Handling::Closed => match &facts.closed_by {
            Some(name) => format!("closed by {}", fact(name)),
            None => "closed".to_owned(),
        },
    };
    labelled(
        "Now",
        &match &facts.block {
            None => now,
            Some(block) => format!("{}; {now}", blocked(block)),
        },
    )
}

fn before(what: Before) -> Block {
    labelled(
        "Before",
        match what {
            Before::Gone => {
                "the thread of this conversation was deleted or locked. It goes on here; press Close if it is done."
            }
            Before::Moved => "the team sat in another channel. The conversation goes on here.",
        },
    )
}

fn blocked(block: &facts::Block) -> String {
    let by = block.by.as_deref().map(fact);
    let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
    let until = block.until.and_then(day);
    match until {
        Some(day) => format!("blocked{by} until {day}"),
        None => format!("blocked{by}"),
    }
}

fn day(at: Millis) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(at).ok()?;
    Some(
        moment
            .strftime("%e %b %Y, %H:%M UTC")
            .to_string()
            .trim()
            .to_owned(),
    )
}

/// What the bot would have said, best first, when it was the bot that was not sure.
fn candidates(facts: &Facts) -> Option<Block> {
    let items: Vec<Vec<Block>> = facts
        .candidates()
        .iter()
        .map(|candidate| {
            let title = shorten(&candidate.title, LONGEST_FACT);
            vec![words_line(format!("{title} ({:.2})", candidate.score))]
        })
        .collect();
    (!items.is_empty()).then_some(Block::List {
        ordered: true,
        items,
    })
}

/// One message of the transcript, with the words it has now.
fn said(entry: &Entry) -> Option<Block> {
    let author = match &entry.event.what {
        What::VisitorSaid { .. } | What::VisitorChose { .. } => "Visitor".to_owned(),
        What::BotAnswered { .. } | What::BotGreeted { .. } | What::Suggested { .. } => {
            "Bot".to_owned()
        }
        What::AgentSaid { .. } => view::agent_name(entry).unwrap_or_else(|| "Team".to_owned()),
        _ => return None,
    };
    let words = match &entry.body {
        None => "(removed)".to_owned(),
        Some(_) => compose::words_of(entry),
    };
    Some(strong(&format!("{author}: "), &shorten(&words, EXCERPT)))
}

fn labelled(label: &str, text: &str) -> Block {
    words_line(format!("{label}: {text}"))
}

fn strong(label: &str, text: &str) -> Block {
    let label = Inline::Strong {
        children: vec![Inline::Text { text: label.into() }],
    };
    let text = Inline::Text { text: text.into() };
    Block::Paragraph {
        children: vec![label, text],
    }
}

/// A fact on one line, however many lines somebody put into it.
fn fact(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    shorten(&words.join(" "), LONGEST_FACT)
}

pub(super) fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
