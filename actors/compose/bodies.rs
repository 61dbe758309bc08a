//! The words that a planned event takes, from the request or from what was said before.

use hinny_bridges::text::Text;

use super::{Facts, edited_words, offers, words_for_visitor};
use crate::body::{Body, FaqDraft, SourceLink};
use crate::dialogue::Words;
use crate::event::What;
use crate::ids::{ConversationId, Seq};
use crate::lines::{line, understand};
use crate::order::Request;
use crate::shell::Shell;
use crate::store::{Change, Stored};
use crate::{intent, words};

/// The words of one event. `change` holds those of the events before it in the same commit.
pub async fn body(
    words: Words,
    request: &Request,
    facts: &Facts,
    shell: &Shell,
    change: &Change,
) -> Stored<Option<Body>> {
    Ok(match words {
        Words::Said => said(request, facts),
        Words::Edited => edited(request, facts),
        Words::Verdict | Words::Answer => judged(words, request),
        Words::Offer | Words::Choice => suggested(request, facts),
        Words::Courtesy => courtesy(facts),
        Words::Comment => match request {
            Request::Rate { comment, .. } => Some(Body::words(Text::plain(comment))),
            _ => None,
        },
        Words::Notice(notice) => Some(Body::words(words::notice(notice))),
        Words::Profile => match request {
            Request::Identify { profile } => Some(Body::Profile(profile.clone())),
            _ => None,
        },
        Words::AgentName => agent(request).map(|name| Body::Agent { name }),
        Words::RefusedFiles => refused(request),
        Words::Candidate(chosen) => {
            let found = offered(facts.body.as_ref(), chosen.index);
            found.map(|found| chosen_body(found, request))
        }
        Words::FaqDraft { question, answer } => {
            draft(shell, change, request, question, answer).await?
        }
    })
}

fn said(request: &Request, facts: &Facts) -> Option<Body> {
    match request {
        Request::Say { text, files, .. } => Some(Body::Message {
            text: Text::plain(text),
            sources: Vec::new(),
            name: None,
            avatar: None,
            files: files.clone(),
            quotes: None,
        }),
        Request::Reply { by, said, via } => Some(Body::Message {
            text: words_for_visitor(understand(&said.text), via.as_ref(), facts.mode),
            sources: Vec::new(),
            name: Some(by.name.clone()),
            avatar: by.avatar.clone(),
            files: said.files.clone(),
            quotes: facts.quoted(),
        }),
        _ => None,
    }
}

/// To what was said in words, or to a "no" by a button.
fn courtesy(facts: &Facts) -> Option<Body> {
    let says = match facts.heard {
        Some(heard) => heard.says()?,
        None => intent::says(facts.asked_in.as_deref()).reject,
    };
    Some(Body::words(Text::plain(says)))
}

/// The message as it was, with other words: files, name and quote stay.
fn edited(request: &Request, facts: &Facts) -> Option<Body> {
    let new = match request {
        Request::EditMessage { by, text, via, .. } => {
            edited_words(by, text, via.as_ref(), facts.mode)
        }
        Request::Reply { said, .. } => understand(&said.text).text,
        _ => return None,
    };
    let mut body = facts.body.clone()?;
    if let Body::Message { text, .. } = &mut body {
        *text = new;
    }
    Some(body)
}

/// What the visitor is asked, or the button that they pressed.
fn suggested(request: &Request, facts: &Facts) -> Option<Body> {
    match request {
        Request::Judge { judgement, .. } => {
            offers::body(judgement, facts.offer.as_deref(), facts.browser.as_deref())
        }
        Request::Choose { choice, .. } => offers::button(facts.offered.as_ref(), *choice),
        _ => None,
    }
}

fn judged(words: Words, request: &Request) -> Option<Body> {
    let Request::Judge { judgement, .. } = request else {
        return None;
    };
    if words == Words::Verdict {
        return Some(Body::Verdict {
            judgement: judgement.clone(),
        });
    }
    let answer = judgement.answer.as_ref()?;
    Some(Body::Message {
        text: Text::from_markdown(&answer.markdown),
        sources: answer.sources.iter().map(SourceLink::from).collect(),
        name: None,
        avatar: None,
        files: Vec::new(),
        quotes: None,
    })
}

/// The name of the member of the team who wants this.
fn agent(request: &Request) -> Option<String> {
    match request {
        Request::Reply { by, .. }
        | Request::Take { by }
        | Request::Back { by }
        | Request::Close { by }
        | Request::Block { by, .. }
        | Request::Unblock { by }
        | Request::Press { by, .. } => Some(by.name.clone()),
        _ => None,
    }
}

fn refused(request: &Request) -> Option<Body> {
    let Request::Reply { said, .. } = request else {
        return None;
    };
    let mut blocks = vec![line("The visitor did not get everything:")];
    blocks.extend(said.refused.iter().map(line));
    Some(Body::words(Text(blocks)))
}

/// Words of the bot that somebody may send: candidate `index` of a verdict, or a draft.
pub(super) fn offered(from: Option<&Body>, index: usize) -> Option<(Text, Vec<SourceLink>)> {
    match from? {
        Body::Verdict { judgement } => {
            let found = judgement.candidates.get(index)?;
            let text = Text::from_markdown(&found.markdown);
            let has_words = !found.markdown.trim().is_empty();
            has_words.then(|| (text, vec![SourceLink::from(&found.source)]))
        }
        Body::Message { text, sources, .. } if index == 0 => Some((text.clone(), sources.clone())),
        _ => None,
    }
}

/// What a button below suggestions stands for, if it has words still.
pub(super) fn picked(choice: Option<usize>, facts: &Facts) -> Option<(Text, Vec<SourceLink>)> {
    let What::Suggested { choices, .. } = &facts.pointed.as_ref()?.what else {
        return None;
    };
    offered(facts.body.as_ref(), *choices.get(choice?)?)
}

fn chosen_body((text, sources): (Text, Vec<SourceLink>), request: &Request) -> Body {
    let avatar = match request {
        Request::Press { by, .. } => by.avatar.clone(),
        _ => None,
    };
    Body::Message {
        text,
        sources,
        name: agent(request),
        avatar,
        files: Vec::new(),
        quotes: None,
    }
}

/// What was said as question and answer, with everybody's name covered.
async fn draft(
    shell: &Shell,
    change: &Change,
    request: &Request,
    question: Seq,
    answer: Seq,
) -> Stored<Option<Body>> {
    let Some(learner) = &shell.learner else {
        return Ok(None);
    };
    let asked = message_at(shell, change, question).await?;
    let told = message_at(shell, change, answer).await?;
    let mut names = visitor_names(shell, &change.conversation).await?;
    names.extend(told.1);
    let author = agent(request).unwrap_or_default();
    names.push(author.clone());
    names.retain(|name| !name.trim().is_empty());
    let draft = learner.draft(&asked.0, &told.0, &names);
    Ok(Some(Body::Faq(FaqDraft { author, ..draft })))
}

/// The words of a message, and the name of the agent who said it.
async fn message_at(shell: &Shell, change: &Change, seq: Seq) -> Stored<(Text, Option<String>)> {
    let just_now = change.bodies.iter().rev().find(|(at, _)| *at == seq);
    let body = match just_now {
        Some((_, body)) => Some(body.clone()),
        None => {
            let read = shell.store.read(&change.conversation, seq - 1, 1).await?;
            read.into_iter().next().and_then(|entry| entry.body)
        }
    };
    Ok(match body {
        Some(Body::Message { text, name, .. }) => (text, name),
        _ => (Text::default(), None),
    })
}

async fn visitor_names(shell: &Shell, conversation: &ConversationId) -> Stored<Vec<String>> {
    let Some(row) = shell.store.conversation(conversation).await? else {
        return Ok(Vec::new());
    };
    let profile = shell.store.profile(&row.visitor).await?;
    Ok(profile
        .and_then(|profile| profile.name)
        .into_iter()
        .collect())
}
