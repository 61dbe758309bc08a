//! A small website on a real socket, whose pages a test may change at any time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;

type Pages = Arc<Mutex<BTreeMap<String, String>>>;

pub struct Website {
    pub url: String,
    pages: Pages,
}

impl Website {
    pub async fn start(pages: &[(&str, &str)]) -> Website {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let website = Website {
            url,
            pages: Pages::default(),
        };
        let router = Router::new()
            .fallback(answer)
            .with_state(website.pages.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        for (path, html) in pages {
            website.show(path, html);
        }
        website
    }

    pub fn show(&self, path: &str, html: &str) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.insert(path.to_owned(), html.to_owned());
    }

    pub fn hide(&self, path: &str) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.remove(path);
    }
}

async fn answer(State(pages): State<Pages>, request: Request) -> Response<Body> {
    let pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    let page = pages.get(request.uri().path()).cloned();
    let status = if page.is_some() { 200 } else { 404 };
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8");
    response.body(Body::from(page.unwrap_or_default())).unwrap()
}
