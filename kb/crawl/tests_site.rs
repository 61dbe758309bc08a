//! A small website on a real socket, and a folder for walks over it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::{CrawlJob, CrawlLimits, CrawlReport, crawl, stored};
use crate::{IndexJob, KbError, Library};

/// One answer of the site.
#[derive(Clone, Default)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

#[derive(Default)]
pub struct Shown {
    pages: BTreeMap<String, Page>,
    /// Paths in the order they were asked for, with a mark for conditional requests.
    pub asked: Vec<(String, Instant)>,
    /// Any other path gets a page that links to two new ones.
    pub is_trap: bool,
}

#[derive(Clone, Default)]
pub struct Site(pub Arc<Mutex<Shown>>);

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let mut site = site.0.lock().unwrap();
    let path = request.uri().path_and_query().unwrap().to_string();
    let told = request.headers().get("if-none-match").cloned();
    let since = request.headers().contains_key("if-modified-since");
    let mark = if told.is_some() || since { "?304 " } else { "" };
    site.asked.push((format!("{mark}{path}"), Instant::now()));
    let trap = site.is_trap && path != "/robots.txt" && path != "/sitemap.xml";
    let page = match site.pages.get(&path).cloned() {
        Some(page) => page,
        None if trap => html(&format!(
            "<p>Page {path}</p><a href='{path}x'>1</a><a href='?n={path}'>2</a>"
        )),
        None => Page {
            status: 404,
            ..Page::default()
        },
    };
    let etag = page.headers.iter().find(|(name, _)| *name == "etag");
    let same = told.is_some_and(|told| etag.is_some_and(|(_, etag)| told == etag.as_str()));
    let mut response = axum::http::Response::builder().status(if same { 304 } else { page.status });
    for (name, value) in &page.headers {
        response = response.header(*name, value);
    }
    let body = if same { Vec::new() } else { page.body };
    response
        .body(axum::body::Body::from(body))
        .unwrap()
        .into_response()
}

pub fn html(body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: format!("<title>T</title><main>{body}</main>").into_bytes(),
    }
}

pub fn with(mut page: Page, name: &'static str, value: &str) -> Page {
    page.headers.push((name, value.to_owned()));
    page
}

pub fn status(status: u16) -> Page {
    Page {
        status,
        ..Page::default()
    }
}

pub fn text(content_type: &str, body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", content_type.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

pub fn packed(text: &str) -> Page {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    Page {
        status: 200,
        headers: vec![("content-type", "application/gzip".to_owned())],
        body: packer.finish().unwrap(),
    }
}

/// A site on a socket, and a folder for walks over it.
pub struct Bench {
    pub site: Site,
    pub url: String,
    pub dir: tempfile::TempDir,
}

impl Bench {
    pub async fn new(pages: &[(&str, Page)]) -> Bench {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let site = Site::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let bench = Bench {
            site,
            url,
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, page) in pages {
            bench.show(path, page.clone());
        }
        bench
    }

    pub fn show(&self, path: &str, page: Page) {
        self.site
            .0
            .lock()
            .unwrap()
            .pages
            .insert(path.to_owned(), page);
    }

    pub fn job(&self, path: &str) -> CrawlJob {
        CrawlJob {
            url: Url::parse(&format!("{}{path}", self.url)).unwrap(),
            folder: self.dir.path().join("walk"),
            hosts: Vec::new(),
            allow_private: true,
            limits: CrawlLimits {
                pause: Duration::ZERO,
                patience: Duration::from_secs(5),
                ..CrawlLimits::default()
            },
        }
    }

    pub async fn walk(&self) -> CrawlReport {
        self.asked();
        crawl(&self.job("/"), &mut |_| {}).await.unwrap()
    }

    /// Begins a walk and cuts it off after so many pages.
    pub async fn cut_off(&self, pages: usize) {
        let job = self.job("/");
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut tell = Some(tell);
        let walk = tokio::spawn(async move {
            crawl(&job, &mut move |progress| {
                if progress.done == pages
                    && let Some(tell) = tell.take()
                {
                    tell.send(()).unwrap();
                }
            })
            .await
        });
        told.await.unwrap();
        walk.abort();
        assert!(
            walk.await.is_err_and(|error| error.is_cancelled()),
            "the walk was cut off"
        );
    }

    /// What was asked for since the last look.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.site.0.lock().unwrap().asked);
        asked.into_iter().map(|(path, _)| path).collect()
    }

    /// The kept pages' paths.
    pub fn kept(&self) -> Vec<String> {
        let pages = stored(&self.dir.path().join("walk")).into_iter();
        let mut paths: Vec<_> = pages
            .map(|(_, url)| url[self.url.len()..].to_owned())
            .collect();
        paths.sort();
        paths
    }

    /// Links and texts of an index of the walk.
    pub fn indexed(&self) -> Vec<(String, String)> {
        let library = Library::open(self.dir.path().join("kb")).unwrap();
        let job = IndexJob {
            crawled: vec![self.dir.path().join("walk")],
            pdf: crate::PdfReader::InProcess,
            ..IndexJob::default()
        };
        let report = library.index(&job, &mut |_| {}).unwrap();
        assert_eq!(report.problems, []);
        let generation = library.generation().unwrap();
        let entries = generation.entries().map(Result::unwrap);
        entries
            .map(|entry| (entry.url.unwrap()[self.url.len()..].to_owned(), entry.body))
            .collect()
    }
}

#[tokio::test]
async fn the_servers_encoding_is_kept_with_the_page() {
    let (body, _, _) =
        encoding_rs::WINDOWS_1251.encode("<meta charset=utf-8><main><p>Возврат денег</main>");
    let page = Page {
        body: body.into_owned(),
        ..text("text/html; charset=windows-1251", "")
    };
    let bench = Bench::new(&[("/", page)]).await;
    bench.walk().await;
    assert_eq!(bench.indexed()[0].1, "Возврат денег");
}

#[tokio::test]
async fn two_walks_over_one_site_do_not_meet() {
    let bench = Bench::new(&[("/", html("x"))]).await;
    let held = super::state::State::open(&bench.dir.path().join("walk")).unwrap();
    let error = crawl(&bench.job("/"), &mut |_| {}).await.unwrap_err();
    assert!(matches!(error, KbError::Busy { .. }), "{error}");
    drop(held);
    assert_eq!(bench.walk().await.pages, 1);
    let journal = fs::read_to_string(bench.dir.path().join("walk/journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 2, "a page and the end: {journal}");
}
