//! The HTTP surface: which path leads where, and what every request and answer has in common.

use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::map_response;
use axum::response::Response;
use serde::de::DeserializeOwned;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::Shared;
use crate::error::{Code, Problem};
use crate::routes::Routes;
use crate::wire::{MAX_FRAME, sober};
use crate::{assets, chat_page, demo, desk, files, health, look, metrics, rest, socket, words};

/// Browsers may remember for this long that a page may use the API.
const CORS_MAX_AGE: Duration = Duration::from_secs(600);

/// Everything the server answers.
pub fn router(app: Shared) -> Router {
    let api = api().around(|router| {
        let router = router.method_not_allowed_fallback(wrong_method);
        router.layer(cors(app.clone()))
    });
    let mut routes = api.merge(open());
    if app.config.desk {
        routes = routes.merge(desk::routes());
    }
    if app.demo {
        routes = routes.merge(demo::routes());
    }
    routes
        .router()
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(map_response(harden))
        .with_state(app)
}

/// Method and path of all there is, for whoever must try everything.
pub fn list() -> Vec<String> {
    let ours = api().merge(open());
    ours.merge(desk::routes()).merge(demo::routes()).list()
}

/// What pages of any origin may fetch, and what has its own rules.
fn open() -> Routes {
    Routes::new()
        .get("/v1/ws", socket::upgrade)
        .get("/healthz", health::alive)
        .get("/readyz", health::ready)
        .get("/metrics", metrics::show)
        .get("/v1/sites/{site}/look", look::show)
        .get("/v1/sites/{site}/pictures/{name}", look::picture)
        .get("/v1/sites/{site}/words/{language}", words::show)
        .get("/widget.js", assets::widget)
        .get("/widget-chat.js", words::chat)
        .get("/widget-more.js", assets::widget_more)
        .get("/widget-brand.js", assets::widget_brand)
        .get("/widget-events.js", assets::widget_events)
        .get("/widget-ask.js", assets::widget_ask)
        .get("/widget-proactive.js", assets::widget_proactive)
        .get("/widget-talk.js", assets::widget_talk)
        .get("/widget-stream.js", assets::widget_stream)
        .get("/widget-sign.js", assets::widget_sign)
        .merge(chat_page::routes())
}

/// The REST calls, which pages of the sites' origins may make.
fn api() -> Routes {
    Routes::new()
        .post("/v1/session", rest::begin)
        .delete("/v1/session", rest::end)
        .get("/v1/conversation", rest::conversation)
        .get("/v1/events", socket::events)
        .post("/v1/messages", rest::say)
        .post("/v1/person", rest::ask_person)
        .post("/v1/choose", rest::choose)
        .post("/v1/helped", rest::helped)
        .post("/v1/rate", rest::rate)
        .post("/v1/leave", rest::leave)
        .get("/v1/conversations", rest::conversations)
        .get("/v1/conversations/{id}", rest::one_conversation)
        .post("/v1/edit", rest::edit)
        .post("/v1/delete", rest::delete)
        .post("/v1/seen", rest::seen)
        .post("/v1/context", rest::context)
        .post("/v1/files", files::upload)
        .get("/v1/files/{id}", files::serve)
        .get("/v1/files/{id}/link", files::link)
        .any("/v1/{*rest}", not_found)
}

fn cors(app: Shared) -> CorsLayer {
    let allowed = move |origin: &HeaderValue, _: &axum::http::request::Parts| {
        origin.to_str().is_ok_and(|origin| app.knows_origin(origin))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([RETRY_AFTER])
        .max_age(CORS_MAX_AGE)
}

async fn not_found() -> Problem {
    Problem::not_found()
}

async fn wrong_method() -> Problem {
    Problem::new(Code::WrongMethod, "This path knows other methods.")
}

async fn harden(mut response: Response) -> Response {
    let nosniff = HeaderValue::from_static("nosniff");
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// A JSON body: declared as such, small, in time, and without unknown fields.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        check_json(request.headers())?;
        let within = app.config.timing.request_within;
        let bytes = tokio::time::timeout(within, read(request.into_body()))
            .await
            .map_err(|_| Problem::new(Code::TooSlow, "The body did not come in time."))??;
        parse(&bytes).map(Body)
    }
}

/// Pages cannot send this type to another origin without asking first.
fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let declared = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = declared
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    match kind.trim().eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Problem::new(
            Code::BadFrame,
            "Send JSON, with `content-type: application/json`.",
        )),
    }
}

async fn read(body: axum::body::Body) -> Result<Bytes, Problem> {
    to_bytes(body, MAX_FRAME).await.map_err(|error| {
        let is_limit = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        match is_limit {
            true => Problem::new(Code::TooLarge, "A body has at most 64 KiB."),
            false => Problem::new(Code::BadFrame, "The body broke off."),
        }
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::new(Code::BadFrame, "The body must be UTF-8."))?;
    serde_json::from_str(text).map_err(|error| {
        Problem::new(
            Code::BadFrame,
            format!("The body is not as it should be: {}.", sober(&error)),
        )
    })
}
