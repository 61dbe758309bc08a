//! How a site's chat looks, as the one file that its pages fetch before anybody clicks. It is the same for everybody,
//! so browsers and proxies may keep it, and every page may read it: nothing in it is a secret.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::Shared;
use crate::assets;

const JSON: &str = "application/json";

/// What the loader reads; see `Look` in `widget/src/look.ts`.
#[derive(Serialize)]
struct View {
    /// When the dark colours hold, as a media query.
    dark: &'static str,
    /// The accent and what is legible on it, for the light theme and then for the dark one.
    colours: [&'static str; 4],
    side: &'static str,
    x: u16,
    y: u16,
    /// The button's names by language: to open the chat, and to open it in a tab of its own.
    words: BTreeMap<&'static str, [&'static str; 2]>,
}

/// `GET /v1/sites/{site}/look`
pub async fn show(
    State(app): State<Shared>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut response = match app.site(&site) {
        Ok(_) => {
            let body = serde_json::to_vec(&view()).expect("words and numbers are JSON");
            assets::cached(&headers, assets::tag(&body), JSON, body)
        }
        Err(problem) => problem.into_response(),
    };
    // A page that names a site which is not there is told so, wherever it is.
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn view() -> View {
    View {
        dark: "(prefers-color-scheme: dark)",
        colours: ["#0f766e", "#ffffff", "#5eead4", "#06302b"],
        side: "right",
        x: 20,
        y: 20,
        words: BTreeMap::from([("en", ["Open chat", "Open chat in a new tab"])]),
    }
}
