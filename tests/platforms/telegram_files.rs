//! Files in the Telegram for tests: up as parts of a form, down by `getFile`
//! (<https://core.telegram.org/bots/api#sending-files>, <https://core.telegram.org/bots/api#getfile>).

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, State as Shares},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared, TOKEN,
    body::Upload,
    checks::check_caption,
    messages::{Place, ReplyParameters, begin, finish, refused},
    methods::{Failed, Files, Outcome, broken, failed, read, too_many},
    state::State,
};

const MEGABYTE: usize = 1_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendFile {
    chat_id: i64,
    message_thread_id: Option<i32>,
    /// `attach://` and the name of a part; nothing when the part itself has the field's name.
    photo: Option<String>,
    document: Option<String>,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    caption_entities: Vec<Value>,
    disable_content_type_detection: Option<bool>,
    reply_parameters: Option<ReplyParameters>,
    reply_markup: Option<Value>,
}

/// `sendPhoto` and `sendDocument`.
pub fn send(state: &mut State, kind: &str, params: Value, mut files: Files) -> Outcome {
    let params: SendFile = read(params)?;
    let upload = attached(kind, &params, &mut files)?;
    check_upload(kind, &upload)?;
    let place = Place {
        chat: params.chat_id,
        topic: params.message_thread_id,
        reply: params.reply_parameters,
        buttons: params.reply_markup,
    };
    let (mut message, mut posted) = begin(state, place)?;
    posted.pings = refused(check_caption(&params.caption, &params.caption_entities))?;
    state.spend(params.chat_id).map_err(too_many)?;
    if !params.caption.is_empty() {
        message["caption"] = params.caption.clone().into();
        message["caption_entities"] = params.caption_entities.clone().into();
    }
    message[kind] = keep(state, kind, &upload);
    posted.text = params.caption;
    posted.entities = params.caption_entities;
    posted.file = Some((kind.to_owned(), upload));
    Ok(finish(state, message, posted))
}

/// The file that a field names, or that is the field itself.
fn attached(kind: &str, params: &SendFile, files: &mut Files) -> Result<Upload, Failed> {
    let (field, other) = match kind {
        "photo" => (&params.photo, &params.document),
        _ => (&params.document, &params.photo),
    };
    if other.is_some() || (kind == "photo" && params.disable_content_type_detection.is_some()) {
        return Err(failed(400, "Bad Request: unknown field"));
    }
    let part = match field
        .as_deref()
        .map(|field| field.strip_prefix("attach://"))
    {
        Some(Some(part)) => part.to_owned(),
        None => kind.to_owned(),
        Some(None) => return Err(failed(400, "Bad Request: wrong file identifier specified")),
    };
    let missing = || {
        failed(
            400,
            format!("Bad Request: there is no {kind} in the request"),
        )
    };
    files.remove(&part).ok_or_else(missing)
}

/// 50 MB for documents, 10 MB for photos, and a photo must be a picture.
fn check_upload(kind: &str, upload: &Upload) -> Result<(), Failed> {
    let most = if kind == "photo" { 10 } else { 50 } * MEGABYTE;
    if upload.bytes.is_empty() {
        return Err(failed(400, "Bad Request: file must be non-empty"));
    }
    if upload.bytes.len() > most {
        return Err(failed(413, "Request Entity Too Large"));
    }
    let pictures: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"];
    let is_picture = pictures.iter().any(|sign| upload.bytes.starts_with(sign));
    match kind == "photo" && !is_picture {
        true => Err(failed(400, "Bad Request: IMAGE_PROCESS_FAILED")),
        false => Ok(()),
    }
}

/// Stores a file and describes it as a message of this kind does.
pub fn keep(state: &mut State, kind: &str, upload: &Upload) -> Value {
    let number = state.files.len();
    let id = format!("{kind}-file-{number}");
    state.files.insert(id.clone(), upload.clone());
    let size = upload.bytes.len();
    let mut file =
        json!({"file_id": id, "file_unique_id": format!("u{number}"), "file_size": size});
    match kind {
        "photo" => {
            let small = json!({
                "file_id": format!("{id}-small"), "file_unique_id": format!("s{number}"),
                "file_size": 100.min(size), "width": 90, "height": 67,
            });
            (file["width"], file["height"]) = (800.into(), 600.into());
            return json!([small, file]);
        }
        "voice" => {
            file["duration"] = 3.into();
            file["mime_type"] = "audio/ogg".into();
        }
        "video" => {
            (file["width"], file["height"]) = (640.into(), 480.into());
            file["duration"] = 3.into();
            file["file_name"] = upload.name.clone().into();
            file["mime_type"] = "video/mp4".into();
        }
        _ => {
            file["file_name"] = upload.name.clone().into();
            file["mime_type"] = "application/octet-stream".into();
        }
    }
    file
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetFile {
    file_id: String,
}

pub fn get(state: &mut State, params: GetFile) -> Outcome {
    let upload = state.files.get(&params.file_id);
    let upload = upload.ok_or_else(|| failed(400, "Bad Request: invalid file_id"))?;
    if upload.bytes.len() > 20 * MEGABYTE {
        return Err(failed(400, "Bad Request: file is too big"));
    }
    Ok(json!({
        "file_id": params.file_id, "file_unique_id": params.file_id,
        "file_size": upload.bytes.len(), "file_path": format!("files/{}", params.file_id),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetUserProfilePhotos {
    user_id: i64,
    #[serde(default)]
    offset: Option<usize>,
    #[serde(default)]
    limit: Option<usize>,
}

/// A member's pictures, the newest first, each in several sizes.
pub fn profile_photos(state: &mut State, params: GetUserProfilePhotos) -> Outcome {
    if params
        .limit
        .is_some_and(|limit| !(1..=100).contains(&limit))
    {
        return Err(failed(400, "Bad Request: limit is wrong"));
    }
    let all = state.pictures.get(&params.user_id);
    let photos: Vec<Value> = all.into_iter().cloned().collect();
    let shown: Vec<&Value> = photos.iter().skip(params.offset.unwrap_or(0)).collect();
    Ok(json!({"total_count": photos.len(), "photos": shown}))
}

/// The address that `getFile` leads to.
pub(super) async fn download(
    Shares(shared): Shares<Arc<Shared>>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    if shared.look(|state| state.away) {
        return broken();
    }
    let came = shared.until(Duration::from_secs(600), |state| {
        (!state.stuck).then_some(())
    });
    came.await;
    let id = path.strip_prefix("files/").unwrap_or_default();
    let known = bot == format!("bot{TOKEN}");
    let upload = shared.look(|state| state.files.get(id).filter(|_| known).cloned());
    match upload {
        Some(upload) => Body::from(upload.bytes).into_response(),
        None => (StatusCode::NOT_FOUND, "404: File not found").into_response(),
    }
}
