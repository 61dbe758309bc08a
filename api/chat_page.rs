//! `/chat/SITE`: the chat as a page of its own, on our own host. Links in e-mails, QR codes and apps lead here, and
//! so does the button of a website on which the chat could not be loaded.
//!
//! Who the visitor is may stand behind the `#` of the address, which no browser sends anywhere; the page takes it
//! away at once (`widget/link/link.ts`). To the server this is a page like any other: whom a site lets in is
//! decided where the chat says hello.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
};
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::assets;
use crate::config::Config;
use crate::error::{Code, Problem};
use crate::own;
use crate::routes::Routes;

const PAGE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/widget/dist/link.html"
));

/// <https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag>
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

pub fn routes() -> Routes {
    Routes::new()
        .get("/chat/{site}", show)
        .get("/chat/link.css", || async { assets::LINK_STYLE.page() })
        .get("/chat/link.js", || async { assets::LINK_SCRIPT.page() })
}

async fn show(
    State(app): State<Shared>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let site = app.site(&site)?;
    if !own::is_served_here(&app.config, &headers) {
        return Err(Problem::new(
            Code::HostRefused,
            "Set `public_url` in hinny.toml to the address that people use.",
        ));
    }
    let page = fill(site.id.as_str(), &site.name);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-cache".to_owned()),
        (CONTENT_SECURITY_POLICY, policy(&app.config, &headers)),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (ROBOTS, "noindex".to_owned()),
    ];
    Ok((headers, page).into_response())
}

fn fill(site: &str, name: &str) -> String {
    PAGE.replace("{site}", &escaped(site))
        .replace("{name}", &escaped(name))
}

/// Our own files and nothing else; no string ever becomes a script or markup; no foreign page around it.
fn policy(config: &Config, headers: &HeaderMap) -> String {
    let sockets = own::sockets(config, headers);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
         connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '<' | '>' | '"' | '\'' => safe += &format!("&#{};", u32::from(letter)),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name() {
        let page = fill("shop", "</title><script>alert('1')</script> \" & {site}");
        assert!(page.contains("<title>&#60;/title&#62;&#60;script&#62;alert(&#39;1&#39;)"));
        assert!(page.contains("data-site=\"shop\"") && page.contains("{site}"));
        assert_eq!(
            page.matches("<script").count(),
            PAGE.matches("<script").count()
        );
    }

    #[test]
    fn it_works_without_a_script_only_as_a_sentence() {
        assert!(PAGE.contains("<noscript>") && PAGE.contains("content=\"noindex\""));
    }
}
