//! The browser's files, inside the binary: the widget, the desk page and the demo's pages.

use std::sync::LazyLock;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Browsers ask again after this; with the ETag that costs next to nothing, and a new release is soon used.
const CACHE: &str = "public, max-age=300";

/// Pages that are not for everybody are never kept.
const NO_STORE: &str = "no-store";

/// Nothing from elsewhere, nothing inline, and no foreign page around it.
const PAGE_POLICY: &str = "default-src 'self'; base-uri 'none'; object-src 'none'; \
                           form-action 'self'; frame-ancestors 'self'";

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// One file of the build.
pub struct Asset {
    bytes: &'static [u8],
    kind: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
pub const JS: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        Asset {
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/widget/dist/", $name)),
            kind: $kind,
        }
    };
}

static WIDGET: LazyLock<Shared> = LazyLock::new(|| Shared::new(asset!("widget.js", JS)));
/// The chat without its words, which `words` puts in.
pub const WIDGET_CHAT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/widget/dist/widget-chat.js"
));
static WIDGET_MORE: LazyLock<Shared> = LazyLock::new(|| Shared::new(asset!("widget-more.js", JS)));
static WIDGET_BRAND: LazyLock<Shared> =
    LazyLock::new(|| Shared::new(asset!("widget-brand.js", JS)));
static WIDGET_EVENTS: LazyLock<Shared> =
    LazyLock::new(|| Shared::new(asset!("widget-events.js", JS)));
static WIDGET_ASK: LazyLock<Shared> = LazyLock::new(|| Shared::new(asset!("widget-ask.js", JS)));
static WIDGET_PROACTIVE: LazyLock<Shared> =
    LazyLock::new(|| Shared::new(asset!("widget-proactive.js", JS)));
static WIDGET_TALK: LazyLock<Shared> = LazyLock::new(|| Shared::new(asset!("widget-talk.js", JS)));
static WIDGET_STREAM: LazyLock<Shared> =
    LazyLock::new(|| Shared::new(asset!("widget-stream.js", JS)));
static WIDGET_SIGN: LazyLock<Shared> = LazyLock::new(|| Shared::new(asset!("widget-sign.js", JS)));
pub static DESK_PAGE: Asset = asset!("desk.html", HTML);
pub static DESK_STYLE: Asset = asset!("desk.css", CSS);
pub static DESK_SCRIPT: Asset = asset!("desk.js", JS);
pub static LINK_STYLE: Asset = asset!("link.css", CSS);
pub static LINK_SCRIPT: Asset = asset!("link.js", JS);
pub static DEMO_PAGE: Asset = asset!("demo.html", HTML);
pub static DEMO_STYLE: Asset = asset!("demo.css", CSS);
pub static DEMO_SCRIPT: Asset = asset!("demo.js", JS);
pub static SITE_PAGE: Asset = asset!("demo-site.html", HTML);
pub static SITE_STYLE: Asset = asset!("demo-site.css", CSS);
pub static SITE_SCRIPT: Asset = asset!("demo-site.js", JS);

/// A file that any site may load, and that browsers keep.
struct Shared {
    asset: Asset,
    tag: HeaderValue,
}

/// `GET /widget.js`: the one script tag. Any site may load it.
pub async fn widget(headers: HeaderMap) -> Response {
    WIDGET.answer(&headers)
}

/// `GET /widget-more.js`: the module that the chat imports when it is first needed.
pub async fn widget_more(headers: HeaderMap) -> Response {
    WIDGET_MORE.answer(&headers)
}

/// `GET /widget-brand.js`: the module that the chat imports where the site shows a face of its own.
pub async fn widget_brand(headers: HeaderMap) -> Response {
    WIDGET_BRAND.answer(&headers)
}

/// `GET /widget-events.js`: what tells a page of events, for pages that listen.
pub async fn widget_events(headers: HeaderMap) -> Response {
    WIDGET_EVENTS.answer(&headers)
}

/// `GET /widget-ask.js`: what asks for consent, for sites that do.
pub async fn widget_ask(headers: HeaderMap) -> Response {
    WIDGET_ASK.answer(&headers)
}

/// `GET /widget-proactive.js`: what speaks first, for sites with rules for it.
pub async fn widget_proactive(headers: HeaderMap) -> Response {
    WIDGET_PROACTIVE.answer(&headers)
}

/// `GET /widget-talk.js`: what that module imports at some moments, such as the end of a conversation.
pub async fn widget_talk(headers: HeaderMap) -> Response {
    WIDGET_TALK.answer(&headers)
}

/// `GET /widget-stream.js`: the module that the chat imports where a socket failed.
pub async fn widget_stream(headers: HeaderMap) -> Response {
    WIDGET_STREAM.answer(&headers)
}

/// `GET /widget-sign.js`: the module that the chat imports where a page gives a function for tokens, or signs out.
pub async fn widget_sign(headers: HeaderMap) -> Response {
    WIDGET_SIGN.answer(&headers)
}

impl Shared {
    fn new(asset: Asset) -> Self {
        let tag = tag(asset.bytes);
        Self { asset, tag }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let Asset { bytes, kind } = self.asset;
        cached(headers, self.tag.clone(), kind, bytes)
    }
}

/// A name for these bytes and no others.
pub fn tag(bytes: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(bytes);
    let hex: String = hash[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::try_from(format!("\"{hex}\"")).expect("hexadecimal digits may stand in a header")
}

/// What any page may load and every browser may keep; who has it already is told only so.
pub fn cached(
    headers: &HeaderMap,
    tag: HeaderValue,
    kind: &'static str,
    body: impl IntoResponse,
) -> Response {
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let same = known.is_some_and(|known| {
        known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
    });
    let shared = [
        (ETAG, tag),
        (CACHE_CONTROL, HeaderValue::from_static(CACHE)),
        (
            CROSS_ORIGIN_RESOURCE_POLICY,
            HeaderValue::from_static("cross-origin"),
        ),
        // Browsers fetch modules by the rules for calls.
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    match same {
        true => (StatusCode::NOT_MODIFIED, shared).into_response(),
        false => (shared, [(CONTENT_TYPE, kind)], body).into_response(),
    }
}

impl Asset {
    /// As a page of ours, or a part of one.
    pub fn page(&'static self) -> Response {
        (page_headers(self.kind), self.bytes).into_response()
    }
}

/// A page that is made at run time.
pub fn page(html: String) -> Response {
    (page_headers(HTML), html).into_response()
}

fn page_headers(kind: &'static str) -> [(HeaderName, &'static str); 4] {
    [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, NO_STORE),
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (REFERRER_POLICY, "no-referrer"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_widget_is_sent_once_and_then_confirmed() {
        let first = widget(HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[CONTENT_TYPE], JS);
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        let second = widget(headers).await;
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(second.headers()[CACHE_CONTROL], CACHE);
    }

    #[tokio::test]
    async fn what_the_widget_imports_may_be_loaded_from_any_origin() {
        let script = widget(HeaderMap::new()).await;
        for module in [
            widget_more(HeaderMap::new()).await,
            widget_brand(HeaderMap::new()).await,
            widget_events(HeaderMap::new()).await,
            widget_stream(HeaderMap::new()).await,
            widget_sign(HeaderMap::new()).await,
        ] {
            assert_eq!(module.status(), StatusCode::OK);
            assert_eq!(module.headers()[CONTENT_TYPE], JS);
            assert_eq!(module.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
            assert_eq!(module.headers()[CACHE_CONTROL], CACHE);
            assert_ne!(module.headers()[ETAG], script.headers()[ETAG]);
        }
    }

    #[test]
    fn pages_allow_nothing_from_elsewhere() {
        let response = DESK_PAGE.page();
        let policy = response.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"));
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    }
}
