//! A small website on a real socket, whose pages a test may change at any time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use tokio::sync::watch;

pub struct Website {
    pub url: String,
    shown: Shown,
}

/// What the site shows, and what it was asked for.
#[derive(Clone)]
struct Shown {
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// So many pages are answered; whoever asks for more waits.
    open: Arc<watch::Sender<usize>>,
}

impl Website {
    pub async fn start(pages: &[(&str, &str)]) -> Website {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shown = Shown {
            pages: Arc::default(),
            asked: Arc::default(),
            open: Arc::new(watch::Sender::new(usize::MAX)),
        };
        let router = Router::new().fallback(answer).with_state(shown.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let website = Website { url, shown };
        for (path, html) in pages {
            website.show(path, html);
        }
        website
    }

    pub fn show(&self, path: &str, html: &str) {
        locked(&self.shown.pages).insert(path.to_owned(), html.to_owned());
    }

    pub fn hide(&self, path: &str) {
        locked(&self.shown.pages).remove(path);
    }

    /// Answers so many pages from the start on, and lets the request after that wait.
    pub fn hold_after(&self, pages: usize) {
        self.shown.open.send_replace(pages);
    }

    pub fn release(&self) {
        self.shown.open.send_replace(usize::MAX);
    }

    /// The pages that were asked for since this was asked last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.shown.asked))
    }

    /// How many pages were asked for since then.
    pub fn requests(&self) -> usize {
        locked(&self.shown.asked).len()
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(shown): State<Shown>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let page = locked(&shown.pages).get(path).cloned();
    if page.is_some() {
        let number = {
            let mut asked = locked(&shown.asked);
            asked.push(path.to_owned());
            asked.len()
        };
        let mut open = shown.open.subscribe();
        open.wait_for(|open| number <= *open).await.ok();
    }
    let status = if page.is_some() { 200 } else { 404 };
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8");
    response.body(Body::from(page.unwrap_or_default())).unwrap()
}
