//! `/v1/files`: a visitor's uploads, links to the files of their conversation, and the files behind signed links.
//!
//! A link is enough to read its file, so it is handed out to those only who may see the file anyway. What comes in
//! is never a page of ours: it has its exact type, may run nothing and is given no cookie.

use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use hinny_actors::body::FileRef;
use hinny_actors::clock;
use hinny_actors::files::{FileRefused, NoFile, TYPES};
use hinny_actors::ids::{FileId, VisitorId};
use hinny_actors::store::Entry;
use hinny_actors::view::{self, Author, FileView, TeamEvent, VisitorEvent};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};

use crate::app::{App, Client, Shared};
use crate::error::{Code, Problem};
use crate::rest::Bearer;

/// However slowly it goes on, an upload is over after this time.
const UPLOAD_WITHIN: Duration = Duration::from_secs(300);

/// Of a file that is too large, this much is read on, so that its sender gets the answer and not a broken line.
const PATIENCE: u64 = 64 * 1024 * 1024;

/// When too many uploads are under way.
const CROWDED: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    #[serde(default)]
    name: String,
}

pub type NamedQuery = Result<Query<Named>, QueryRejection>;

/// `POST /v1/files?name=NAME`
pub async fn upload(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Client(address): Client,
    named: NamedQuery,
    request: Request,
) -> Result<Json<FileView>, Problem> {
    guest.has_agreed()?;
    let name = name(named)?;
    let visitor = &guest.session.visitor;
    let (declared, bytes) = receive(&app, visitor, address, request).await?;
    if let Some(conversation) = guest.conversation(&app).await? {
        app.engine.hears(&conversation.id).await?;
    }
    let kept = app.files.keep_for(&guest.site, visitor, &name, bytes).await;
    Ok(Json(kept_as(&app, &declared, kept).await?))
}

/// The name that the sender gives the file.
pub fn name(named: NamedQuery) -> Result<String, Problem> {
    let Query(Named { name }) = named
        .map_err(|_| Problem::new(Code::BadFrame, "`name` is the only parameter, in UTF-8."))?;
    Ok(name)
}

/// Takes the bytes of an upload, at most what the operator and the sender's limits allow. Returns the type that the
/// sender declares too.
pub async fn receive(
    app: &App,
    sender: &VisitorId,
    address: IpAddr,
    request: Request,
) -> Result<(String, Bytes), Problem> {
    let place = app.limits.upload(address);
    let _place = place.ok_or_else(|| {
        Problem::new(
            Code::Busy,
            "Too many files are on their way. Please try again.",
        )
        .after(CROWDED)
    })?;
    let declared = header(request.headers(), &CONTENT_TYPE);
    let reading = read(app, request.into_body());
    let bytes = tokio::time::timeout(UPLOAD_WITHIN, reading)
        .await
        .map_err(|_| too_slow())??;
    app.limits.file(sender, address, bytes.len())?;
    Ok((declared, bytes))
}

async fn read(app: &App, mut body: Body) -> Result<Bytes, Problem> {
    let limit = app.files.limit();
    let within = app.config.timing.request_within;
    let mut read = Vec::new();
    let mut size = 0;
    while let Some(frame) = tokio::time::timeout(within, body.frame())
        .await
        .map_err(|_| too_slow())?
    {
        let frame = frame.map_err(|_| Problem::new(Code::BadFrame, "The file broke off."))?;
        let data = frame.into_data().unwrap_or_default();
        size += data.len() as u64;
        match size <= limit {
            true => read.extend_from_slice(&data),
            false if size > limit + PATIENCE => break,
            false => read = Vec::new(),
        }
    }
    match size <= limit {
        true => Ok(read.into()),
        false => Err(FileRefused::TooLarge { limit }.into()),
    }
}

fn too_slow() -> Problem {
    Problem::new(Code::TooSlow, "The file did not come in time.")
}

fn header(headers: &HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    let kind = value.and_then(|value| value.split(';').next());
    kind.unwrap_or_default().trim().to_ascii_lowercase()
}

/// What the sender is told of a file that is kept. One that was declared as something else is not.
pub async fn kept_as(
    app: &App,
    declared: &str,
    kept: Result<FileRef, FileRefused>,
) -> Result<FileView, Problem> {
    let file = kept?;
    if TYPES.contains(&declared) && declared != file.mime {
        app.files.remove(&file.id).await?;
        let detail = format!("This file was sent as {declared}, but it is {}.", file.mime);
        return Err(Problem::new(Code::FileRefused, detail));
    }
    let url = Some(app.links.path(&file.id, clock::now()));
    Ok(FileView { file, url })
}

#[derive(Serialize)]
pub struct Link {
    pub url: String,
}

/// `GET /v1/files/{id}/link`
pub async fn link(
    State(app): State<Shared>,
    Bearer(guest): Bearer,
    Path(id): Path<String>,
) -> Result<Json<Link>, Problem> {
    let id = FileId(id);
    let row = app
        .store()
        .file(&id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let own = row.visitor.as_ref() == Some(&guest.session.visitor);
    let told = match &row.conversation {
        Some(conversation) => guest.own(&app, conversation.as_str()).await?.is_some(),
        None => false,
    };
    match row.site == guest.site && (own || told) {
        true => Ok(Json(Link {
            url: app.links.path(&id, clock::now()),
        })),
        false => Err(Problem::not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    until: i64,
    sig: String,
}

/// `GET /v1/files/{id}?until=…&sig=…`
pub async fn serve(
    State(app): State<Shared>,
    Client(address): Client,
    Path(id): Path<String>,
    signed: Result<Query<Signed>, QueryRejection>,
) -> Result<Response, Problem> {
    app.limits.download(address)?;
    let id = FileId(id);
    let invalid = || {
        Problem::new(
            Code::NotFound,
            "This link is not good any more. Ask for another one.",
        )
    };
    let Query(Signed { until, sig }) = signed.map_err(|_| invalid())?;
    if !app.links.opens(&id, until, &sig, clock::now()) {
        return Err(invalid());
    }
    let row = app.store().file(&id).await?.ok_or_else(invalid)?;
    let bytes = app.files.load(&id).await.map_err(|error| match error {
        NoFile::Gone => invalid(),
        NoFile::Storage(error) => error.into(),
    })?;
    Ok(shown(&row.file, bytes))
}

/// Whatever is in it, a browser shows the file as what it is, or saves it, and runs nothing.
fn shown(file: &FileRef, bytes: Bytes) -> Response {
    let kind = match file.mime.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        mime => mime,
    };
    let place = match file.mime.as_str() {
        "text/plain" => "attachment",
        _ => "inline",
    };
    let fixed = [
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "private"),
    ];
    let length = bytes.len();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let disposition = format!("{place}; filename*=UTF-8''{}", percent(&file.name));
    for (name, value) in [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, &disposition)] {
        let value =
            HeaderValue::from_str(value).expect("types are ours, names are percent-encoded");
        headers.insert(name, value);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// For a header: <https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1>.
fn percent(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = name.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// What the visitor sees of an entry, with addresses for its files.
pub fn visitor(app: &App, entry: &Entry) -> Option<VisitorEvent> {
    let mut event = view::visitor(entry)?;
    address(app, event.files_mut());
    show(app, event.author_mut());
    Some(event)
}

/// The same for the team.
pub fn team(app: &App, entry: &Entry) -> Option<TeamEvent> {
    let mut event = view::team(entry)?;
    address(app, event.files_mut());
    show(app, event.author_mut());
    Some(event)
}

/// An agent's picture is a file of ours; on the wire it is its address.
fn show(app: &App, author: Option<&mut Author>) {
    if let Some(Author::Agent { avatar, .. }) = author {
        let file = avatar.take().map(FileId);
        *avatar = file.map(|file| app.links.path(&file, clock::now()));
    }
}

fn address(app: &App, files: &mut [FileView]) {
    for view in files {
        view.url = Some(app.links.path(&view.file.id, clock::now()));
    }
}
