//! Files at the desk: what agents upload, and fresh links to files of the site's conversations.

use axum::Json;
use axum::extract::{Path, Request, State};
use hinny_actors::clock;
use hinny_actors::ids::{FileId, VisitorId};
use hinny_actors::view::FileView;

use super::access::Agent;
use crate::app::{Client, Shared};
use crate::error::Problem;
use crate::files::{self, Link, NamedQuery};

/// `POST /desk/api/files?name=NAME`
pub async fn upload(
    State(app): State<Shared>,
    agent: Agent,
    Client(address): Client,
    named: NamedQuery,
    request: Request,
) -> Result<Json<FileView>, Problem> {
    let name = files::name(named)?;
    // Agents are counted like visitors; no visitor's id looks like a session's hash.
    let sender = VisitorId(agent.session.clone());
    let (declared, bytes) = files::receive(&app, &sender, address, request).await?;
    let kept = app.files.keep(&agent.site, &name, bytes).await;
    Ok(Json(files::kept_as(&app, &declared, kept).await?))
}

/// `GET /desk/api/files/{id}/link`
pub async fn link(
    State(app): State<Shared>,
    agent: Agent,
    Path(id): Path<String>,
) -> Result<Json<Link>, Problem> {
    let id = FileId(id);
    let row = app.store().file(&id).await?;
    let row = row.filter(|row| row.site == agent.site);
    let id = row.ok_or_else(Problem::not_found)?.file.id;
    Ok(Json(Link {
        url: app.links.path(&id, clock::now()),
    }))
}
