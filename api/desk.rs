//! The desk's server side: the page where agents see threads and answer. Behind a one-time login; a session
//! is a cookie that only these paths get. See `desk/api` for the calls `desk/acts` for what an agent does, `desk/files` for files,
//! and `desk/socket` for what is pushed.

mod access;
mod acts;
mod api;
mod files;
mod login;
mod obstacle;
mod rows;
mod socket;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use axum::routing::{get, post};

pub use access::login_hash;

use crate::app::Shared;
use crate::assets;

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/desk", get(|| async { assets::DESK_PAGE.page() }))
        .route(
            "/desk/",
            get(|| async {
                (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "/desk")]).into_response()
            }),
        )
        .route(
            "/desk/desk.js",
            get(|| async { assets::DESK_SCRIPT.page() }),
        )
        .route(
            "/desk/desk.css",
            get(|| async { assets::DESK_STYLE.page() }),
        )
        .route("/desk/ws", get(socket::upgrade))
        .nest("/desk/api", calls())
}

fn calls() -> Router<Shared> {
    Router::new()
        .route("/login", post(login::login))
        .route("/me", get(login::me))
        .route("/name", post(login::name))
        .route("/logout", post(login::logout))
        .route("/threads", get(api::threads))
        .route("/conversations/{id}", get(api::conversation))
        .route("/conversations/{id}/lines", post(acts::line))
        .route("/conversations/{id}/edit", post(acts::edit))
        .route("/conversations/{id}/delete", post(acts::delete))
        .route("/conversations/{id}/press", post(acts::press))
        .route("/conversations/{id}/take", post(acts::take))
        .route("/conversations/{id}/bot", post(acts::back))
        .route("/conversations/{id}/close", post(acts::close))
        .route("/files", post(files::upload))
        .route("/files/{id}/link", get(files::link))
        .route("/answers", get(api::answers))
        .route("/failed", get(api::failed))
        .route("/failed/{delivery}/retry", post(api::retry))
}
