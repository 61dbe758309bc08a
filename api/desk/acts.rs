//! What an agent does with a conversation at the desk: lines, changes of them, buttons.

use axum::Json;
use axum::extract::{Path, State};
use hinny_actors::body::FileRef;
use hinny_actors::ids::{Cause, ConversationId, FileId, MessageId, Seq};
use hinny_actors::order::{Editor, Pointer, TeamSaid};
use hinny_actors::{Action, Order, Request};
use hinny_bridges::Person;
use hinny_bridges::text::Text;
use serde::{Deserialize, Serialize};

use super::access::Agent;
use crate::app::{App, Shared};
use crate::error::{Code, Problem};
use crate::http::Body;
use crate::wire::{check_id, check_message, check_text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    id: String,
    text: String,
    #[serde(default)]
    files: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    id: String,
    of: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    id: String,
    of: String,
}

/// A button of the transcript, as on the other platforms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    id: String,
    action: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    id: String,
}

#[derive(Serialize)]
pub struct Done {
    seq: Seq,
}

type Answer = Result<Json<Done>, Problem>;

/// `POST /desk/api/conversations/{id}/lines`
pub async fn line(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(line): Body<Line>,
) -> Answer {
    check_message(&line.text, &line.files)?;
    let act = Act::new(&app, &agent, &id, &line.id).await?;
    let mut said = TeamSaid::words(Text::typed(&line.text));
    for file in line.files {
        said.files.push(act.file(FileId(file)).await?);
    }
    act.order(|by| Request::Reply {
        by,
        said,
        via: None,
    })
    .await
}

/// `POST /desk/api/conversations/{id}/edit`
pub async fn edit(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(edit): Body<Edit>,
) -> Answer {
    check_id(&edit.of)?;
    check_text(&edit.text)?;
    let act = Act::new(&app, &agent, &id, &edit.id).await?;
    let text = Text::typed(&edit.text);
    act.order(|by| Request::EditMessage {
        by: Editor::Agent(by),
        of: Pointer::Message(MessageId(edit.of)),
        text,
        via: None,
    })
    .await
}

/// `POST /desk/api/conversations/{id}/delete`
pub async fn delete(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(delete): Body<Delete>,
) -> Answer {
    check_id(&delete.of)?;
    let act = Act::new(&app, &agent, &id, &delete.id).await?;
    act.order(|by| Request::DeleteMessage {
        by: Editor::Agent(by),
        of: Pointer::Message(MessageId(delete.of)),
        gone: false,
        via: None,
    })
    .await
}

/// `POST /desk/api/conversations/{id}/press`
pub async fn press(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(press): Body<Press>,
) -> Answer {
    let action: Action = press
        .action
        .parse()
        .map_err(|_| Problem::new(Code::BadFrame, "There is no such action."))?;
    let act = Act::new(&app, &agent, &id, &press.id).await?;
    act.order(|by| Request::Press {
        by,
        action,
        via: None,
    })
    .await
}

/// `POST /desk/api/conversations/{id}/take`
pub async fn take(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(turn): Body<Turn>,
) -> Answer {
    let act = Act::new(&app, &agent, &id, &turn.id).await?;
    act.order(|by| Request::Take { by }).await
}

/// `POST /desk/api/conversations/{id}/bot`
pub async fn back(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(turn): Body<Turn>,
) -> Answer {
    let act = Act::new(&app, &agent, &id, &turn.id).await?;
    act.order(|by| Request::Back { by }).await
}

/// `POST /desk/api/conversations/{id}/close`
pub async fn close(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
    Body(turn): Body<Turn>,
) -> Answer {
    let act = Act::new(&app, &agent, &id, &turn.id).await?;
    act.order(|by| Request::Close { by }).await
}

/// One doing of an agent in a conversation of their site. The same id has no second effect.
struct Act<'a> {
    app: &'a App,
    agent: &'a Agent,
    conversation: ConversationId,
    cause: Cause,
}

impl<'a> Act<'a> {
    async fn new(
        app: &'a App,
        agent: &'a Agent,
        conversation: &str,
        id: &str,
    ) -> Result<Self, Problem> {
        check_id(id)?;
        let row = agent.conversation(app, conversation).await?;
        Ok(Act {
            app,
            agent,
            cause: Cause::platform("desk", &format!("{}:{id}", row.id)),
            conversation: row.id,
        })
    }

    /// A file that was uploaded at this site's desk, for this conversation or none yet.
    async fn file(&self, id: FileId) -> Result<FileRef, Problem> {
        let row = self.app.store().file(&id).await?;
        let ours = row.filter(|row| {
            let here = |told: &ConversationId| *told == self.conversation;
            row.site == self.agent.site
                && row.visitor.is_none()
                && row.conversation.as_ref().is_none_or(here)
        });
        let lost = || {
            let detail = "This file is not there any more. Upload it again.";
            Problem::new(Code::NotYours, detail)
        };
        Ok(ours.ok_or_else(lost)?.file)
    }

    async fn order(self, request: impl FnOnce(Person) -> Request) -> Answer {
        let receipt = self.app.engine.handle(Order {
            site: self.agent.site.clone(),
            cause: self.cause,
            conversation: self.conversation,
            request: request(self.agent.person()),
        });
        let seq = receipt.await?.last;
        Ok(Json(Done { seq }))
    }
}
