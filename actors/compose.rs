//! Between words and decisions: from a request to a command, and from a decision back to bodies.

use hinny_bridges::text::Text;

use crate::body::{Body, SourceLink};
use crate::dialogue::{Command, OpenTurn, Words};
use crate::event::{Turn, Verdict};
use crate::ids::{ConversationId, Seq, SiteId};
use crate::order::Request;
use crate::shell::Shell;
use crate::store::Entry;
use crate::{dialogue::TeamLine, intent, lines, words};

/// What the request wants, without its words.
pub fn command(request: &Request, asked_here: impl Fn(Turn) -> bool) -> Command {
    match request {
        Request::Say { message, text, .. } => Command::Say {
            message: message.clone(),
            intent: intent::classify(text),
        },
        Request::RequestPerson { message } => Command::RequestPerson {
            message: message.clone(),
        },
        Request::Reply { by, said, via } => Command::Reply {
            by: by.id.clone(),
            line: lines::classify(&said.text).0,
            via: via.clone(),
        },
        Request::Take { by } => button(&by.id, TeamLine::Take),
        Request::Back { by } => button(&by.id, TeamLine::Back),
        Request::Close { by } => button(&by.id, TeamLine::Close),
        Request::Identify { .. } => Command::Identify,
        Request::Judge { turn, judgement } => Command::Judge {
            turn: *turn,
            verdict: verdict(judgement.verdict),
            generation: judgement.generation.clone(),
        },
        Request::FailTurn { turn } => Command::FailTurn { turn: *turn },
        Request::AnswerDue { turn } => Command::AnswerDue {
            turn: *turn,
            asked_here: asked_here(*turn),
        },
        Request::NoteThread { thread, .. } => Command::NoteThread {
            thread: thread.clone(),
        },
        Request::LoseThread { thread } => Command::LoseThread {
            thread: thread.clone(),
        },
        Request::HandOver => Command::HandOver,
        Request::EditMessage { .. }
        | Request::DeleteMessage { .. }
        | Request::Press { .. }
        | Request::React { .. }
        | Request::Saw { .. }
        | Request::Block { .. }
        | Request::Unblock { .. }
        | Request::DeliveryFailed { .. }
        | Request::LearnDue { .. }
        | Request::FaqSettled { .. } => Command::Nothing,
    }
}

fn button(by: &str, line: TeamLine) -> Command {
    Command::Reply {
        by: by.to_owned(),
        line,
        via: None,
    }
}

fn verdict(verdict: hinny_kb::Verdict) -> Verdict {
    match verdict {
        hinny_kb::Verdict::Answer => Verdict::Answer,
        hinny_kb::Verdict::Suggest => Verdict::Suggest,
        hinny_kb::Verdict::Unsure => Verdict::Unsure,
    }
}

/// The words that a planned event takes from its request.
pub fn body(words: Words, request: &Request) -> Option<Body> {
    match (words, request) {
        (Words::Said, Request::Say { text, files, .. }) => Some(Body::Message {
            text: Text::plain(text),
            sources: Vec::new(),
            name: None,
            avatar: None,
            files: files.clone(),
            quotes: None,
        }),
        (Words::Said, Request::Reply { by, said, .. }) => Some(Body::Message {
            text: lines::classify(&said.text).1,
            sources: Vec::new(),
            name: Some(by.name.clone()),
            avatar: by.avatar.clone(),
            files: said.files.clone(),
            quotes: None,
        }),
        (Words::Verdict, Request::Judge { judgement, .. }) => Some(Body::Verdict {
            judgement: judgement.clone(),
        }),
        (Words::Answer, Request::Judge { judgement, .. }) => {
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
        (Words::Courtesy(intent), _) => Some(Body::words(words::courtesy(intent))),
        (Words::Notice(notice), _) => Some(Body::words(words::notice(notice))),
        (Words::Profile, Request::Identify { profile }) => Some(Body::Profile(profile.clone())),
        (
            Words::AgentName,
            Request::Reply { by, .. }
            | Request::Take { by }
            | Request::Back { by }
            | Request::Close { by },
        ) => Some(Body::Agent {
            name: by.name.clone(),
        }),
        // No other request leads to these words.
        (Words::Said | Words::Verdict | Words::Answer | Words::Profile | Words::AgentName, _) => {
            None
        }
    }
}

/// Asks the answerer about an open turn, and makes its verdict a request. Never fails: a failure is one too.
pub async fn judged(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    open: OpenTurn,
    known: Option<String>,
) -> Request {
    let turn = open.turn;
    let question = match known {
        Some(text) => Ok(text),
        None => question(shell, conversation, &open.questions).await,
    };
    let judgement = match question {
        Ok(question) => shell
            .answerer
            .answer(site, &question)
            .await
            .map_err(|down| down.to_string()),
        Err(error) => Err(error),
    };
    match judgement {
        Ok(judgement) => Request::Judge {
            turn,
            judgement: Box::new(judgement),
        },
        Err(error) => {
            tracing::error!(conversation.id = %conversation, error, "a question could not be answered");
            Request::FailTurn { turn }
        }
    }
}

/// The words of the open questions, a line each.
async fn question(
    shell: &Shell,
    conversation: &ConversationId,
    questions: &[Seq],
) -> Result<String, String> {
    let (Some(first), Some(last)) = (questions.first(), questions.last()) else {
        return Err("a turn without questions".into());
    };
    let limit = u32::try_from(last - first + 1).unwrap_or(u32::MAX);
    let read = shell.store.read(conversation, first - 1, limit).await;
    let entries = read.map_err(|error| error.to_string())?;
    let asked = entries
        .iter()
        .filter(|entry| questions.contains(&entry.event.seq));
    Ok(asked.map(words_of).collect::<Vec<_>>().join("\n"))
}

/// The plain words of an entry; empty when it has none.
pub fn words_of(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        _ => String::new(),
    }
}
