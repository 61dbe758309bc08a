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

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;

pub use access::login_hash;
pub use socket::frames;

use crate::assets;
use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/desk", || async { assets::DESK_PAGE.page() })
        .get("/desk/", || async {
            (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "/desk")]).into_response()
        })
        .get("/desk/desk.js", || async { assets::DESK_SCRIPT.page() })
        .get("/desk/desk.css", || async { assets::DESK_STYLE.page() })
        .get("/desk/ws", socket::upgrade)
        .merge(calls())
        .merge(doings())
}

fn calls() -> Routes {
    Routes::new()
        .post("/desk/api/login", login::login)
        .get("/desk/api/me", login::me)
        .post("/desk/api/name", login::name)
        .post("/desk/api/logout", login::logout)
        .get("/desk/api/threads", api::threads)
        .post("/desk/api/files", files::upload)
        .get("/desk/api/files/{id}/link", files::link)
        .get("/desk/api/answers", api::answers)
        .get("/desk/api/failed", api::failed)
        .post("/desk/api/failed/{delivery}/retry", api::retry)
}

/// What concerns one conversation.
fn doings() -> Routes {
    Routes::new()
        .get("/desk/api/conversations/{id}", api::conversation)
        .post("/desk/api/conversations/{id}/lines", acts::line)
        .post("/desk/api/conversations/{id}/edit", acts::edit)
        .post("/desk/api/conversations/{id}/delete", acts::delete)
        .post("/desk/api/conversations/{id}/press", acts::press)
        .post("/desk/api/conversations/{id}/take", acts::take)
        .post("/desk/api/conversations/{id}/bot", acts::back)
        .post("/desk/api/conversations/{id}/close", acts::close)
}
