//! The chat's own page, `/chat/SITE`: what it is, whom it lets in, and that a foreign page gains nothing by it.

use serde_json::json;

use crate::support::http::{self, Answer};
use crate::support::server::{SITE, Server};

async fn page(server: &Server, host: Option<&str>) -> Answer {
    let headers: Vec<(&str, &str)> = host.map(|host| ("Host", host)).into_iter().collect();
    let url = format!("{}/chat/shop", server.url);
    http::call("GET", &url, &headers, None).await
}

/// A session for a page of this origin that was loaded from this host.
async fn begin(
    server: &Server,
    origin: &str,
    host: Option<&str>,
    identity: Option<&str>,
) -> Answer {
    let mut headers = vec![("Origin", origin)];
    headers.extend(host.map(|host| ("Host", host)));
    let mut hello = json!({"protocol": 1, "site": "shop"});
    if let Some(identity) = identity {
        hello["identity"] = json!(identity);
    }
    let url = format!("{}/v1/session", server.url);
    http::call("POST", &url, &headers, Some(hello)).await
}

async fn token(server: &Server) -> String {
    let signed = server
        .run(&["token", "--site", "shop", "--sub", "ada"])
        .await;
    assert!(signed.ok, "{}", signed.stderr);
    signed.stdout.trim().to_owned()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name).map(|value| value.to_str());
    value.and_then(Result::ok).unwrap_or_default()
}

#[tokio::test]
async fn the_page_is_strict_not_indexed_and_never_framed() {
    let config = SITE.replace("name = \"Shop\"", "name = \"Shop <b>&</b> \\\"Co\\\"\"");
    let server = Server::start(&config).await;
    let page = page(&server, None).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text
            .contains("<title>Shop &#60;b&#62;&#38;&#60;/b&#62; &#34;Co&#34;</title>")
    );
    assert!(page.text.contains("<noscript>") && page.text.contains("needs JavaScript"));
    assert_eq!(header(&page, "x-robots-tag"), "noindex");
    assert_eq!(header(&page, "referrer-policy"), "no-referrer");
    let policy = header(&page, "content-security-policy");
    let socket = server.url.replace("http", "ws");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
        "{policy}"
    );
    assert!(
        policy.contains(&socket) && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    for part in ["link.js", "link.css"] {
        let part = http::get(&format!("{}/chat/{part}", server.url)).await;
        assert_eq!(part.status, 200);
    }
    let unknown = http::get(&format!("{}/chat/other", server.url)).await;
    assert_eq!(
        (unknown.status, &unknown.json["error"]),
        (404, &json!("site_unknown"))
    );
}

#[tokio::test]
async fn our_own_page_may_use_a_site_that_does_not_list_it_and_a_foreign_page_may_not() {
    let server = Server::start(SITE).await;
    assert_eq!(begin(&server, &server.url, None, None).await.status, 200);
    for foreign in ["https://evil.example", "http://127.0.0.1:1", "null"] {
        let refused = begin(&server, foreign, None, None).await;
        assert_eq!(
            (refused.status, &refused.json["error"]),
            (403, &json!("origin_refused")),
            "{foreign}"
        );
    }
}

#[tokio::test]
async fn a_foreign_name_that_points_here_gets_neither_page_nor_session() {
    let server = Server::start(SITE).await;
    let rebound = Some("rebound.example");
    let page = page(&server, rebound).await;
    assert_eq!(
        (page.status, &page.json["error"]),
        (403, &json!("host_refused"))
    );
    let session = begin(&server, "http://rebound.example", rebound, None).await;
    assert_eq!(
        (session.status, &session.json["error"]),
        (403, &json!("origin_refused"))
    );
}

#[tokio::test]
async fn behind_a_proxy_the_public_address_is_our_own() {
    let config = format!("public_url = \"https://chat.example.com\"\n{SITE}");
    let server = Server::start(&config).await;
    let page = page(&server, Some("hinny.internal")).await;
    assert_eq!(page.status, 200);
    assert!(
        header(&page, "content-security-policy")
            .contains("connect-src 'self' wss://chat.example.com;")
    );
    let session = begin(
        &server,
        "https://chat.example.com",
        Some("hinny.internal"),
        None,
    )
    .await;
    assert_eq!(session.status, 200, "{}", session.text);
}

#[tokio::test]
async fn where_an_identity_is_required_the_own_page_needs_one_too() {
    let config = SITE.replace(
        "identity_secret_env",
        "identity = \"required\"\nidentity_secret_env",
    );
    let server = Server::start(&config).await;
    assert_eq!(
        page(&server, None).await.status,
        200,
        "the page itself is for everybody"
    );
    let unsigned = begin(&server, &server.url, None, None).await;
    assert_eq!(
        (unsigned.status, &unsigned.json["error"]),
        (401, &json!("identity_invalid"))
    );
    let signed = begin(&server, &server.url, None, Some(&token(&server).await)).await;
    assert_eq!(signed.status, 200, "{}", signed.text);
}
