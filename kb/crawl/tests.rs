//! Walks over a small website: what is fetched, what is kept, and what a site cannot make us do.

use std::time::Duration;

use url::Url;

use super::crawl;
use super::tests_site::{Bench, Page, html, packed, status, text, with};

#[tokio::test]
async fn pages_are_found_by_links_and_indexed_with_their_addresses() {
    let pdf = Page {
        body: crate::read::pdf_tests::pdf(&["Press the button."]),
        ..text("application/pdf", "")
    };
    let bench = Bench::new(&[
        ("/", html("<p>Start</p><a href='/docs/a#x'>A</a> <a href='m.md'>M</a> <a href=p.pdf>P</a>")),
        ("/docs/a", html("<h2 id=x>Pay</h2><p>By card.</p><a href='../'>up</a> <a href='https://other.example/'>out</a>")),
        ("/m.md", text("text/plain", "# Ship\n\nBy boat.\n")),
        ("/p.pdf", pdf),
        ("/logo.png", text("image/png", "x")),
    ])
    .await;
    let report = bench.walk().await;
    assert_eq!(
        (report.pages, report.added, report.problems.len()),
        (4, 4, 0)
    );
    assert_eq!(
        bench.asked(),
        [
            "/robots.txt",
            "/sitemap.xml",
            "/",
            "/docs/a",
            "/m.md",
            "/p.pdf"
        ]
    );
    let entries = bench.indexed();
    let has = |url: &str, body: &str| entries.contains(&(url.to_owned(), body.to_owned()));
    assert!(has("/docs/a#x", "By card.\n\nup out"), "{entries:?}");
    assert!(has("/m.md#ship", "By boat."), "{entries:?}");
    assert!(has("/p.pdf#page=1", "Press the button."), "{entries:?}");
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_names_the_sitemaps() {
    let bench = Bench::new(&[
        ("/", html("<a href=/secret/a>S</a>")),
        ("/secret/a", html("x")),
        ("/only-listed", html("y")),
    ])
    .await;
    let robots = format!(
        "User-agent: *\nDisallow: /\n\nUser-agent: hinny\nDisallow: /secret/\nSitemap: {}/maps/index.xml\n",
        bench.url
    );
    bench.show("/robots.txt", text("text/plain", &robots));
    let index = format!(
        "<sitemapindex><sitemap><loc>{}/maps/1.xml.gz</loc></sitemap></sitemapindex>",
        bench.url
    );
    bench.show("/maps/index.xml", text("application/xml", &index));
    let list = format!(
        "<urlset><url><loc>{}/only-listed</loc></url></urlset>",
        bench.url
    );
    bench.show("/maps/1.xml.gz", packed(&list));
    let report = bench.walk().await;
    assert_eq!(bench.kept(), ["/", "/only-listed"]);
    assert_eq!(report.closed, 1);
    assert!(!bench.asked().contains(&"/secret/a".to_owned()));
}

#[tokio::test]
async fn a_server_that_cannot_say_what_it_allows_is_left_alone() {
    let bench = Bench::new(&[("/", html("<a href=a>A</a>")), ("/a", html("a"))]).await;
    bench.walk().await;
    bench.show("/robots.txt", status(503));
    bench.asked();
    let error = crawl(&bench.job("/"), &mut |_| {})
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("robots.txt cannot be read now (status 503)"),
        "{error}"
    );
    assert_eq!(bench.asked(), ["/robots.txt"]);
    assert_eq!(bench.kept().len(), 2);
}

#[tokio::test]
async fn the_next_walk_asks_only_for_what_changed_and_forgets_what_is_gone() {
    let start = html("<a href=a>A</a><a href=b>B</a><a href=c>C</a>");
    let day = "Sun, 22 Nov 2026 10:00:00 GMT";
    let bench = Bench::new(&[
        ("/", with(start, "etag", "\"1\"")),
        ("/a", with(html("first"), "last-modified", day)),
        ("/b", html("b")),
        ("/c", html("c")),
    ])
    .await;
    assert_eq!(bench.walk().await.added, 4);
    assert_eq!(bench.indexed().len(), 4);
    bench.show("/a", html("second"));
    bench.show("/b", status(410));
    let report = bench.walk().await;
    assert_eq!(
        (
            report.changed,
            report.unchanged,
            report.removed,
            report.pages
        ),
        (1, 2, 1, 3)
    );
    let asked = bench.asked();
    assert!(
        asked.contains(&"?304 /".to_owned()) && asked.contains(&"?304 /a".to_owned()),
        "{asked:?}"
    );
    assert_eq!(bench.indexed().len(), 3);
    assert!(bench.indexed().iter().any(|(_, body)| body == "second"));
}

#[tokio::test]
async fn a_page_that_nothing_leads_to_any_more_is_gone() {
    let pages = [
        ("/", html("<a href=a>A</a><a href=c>C</a>")),
        ("/a", html("a")),
        ("/c", html("c")),
    ];
    let bench = Bench::new(&pages).await;
    bench.walk().await;
    bench.show("/", html("<a href=a>A</a>"));
    assert_eq!(bench.walk().await.removed, 1);
    assert_eq!(bench.kept(), ["/", "/a"]);
}

#[tokio::test]
async fn a_page_that_fails_once_is_not_taken_for_gone() {
    let bench = Bench::new(&[
        ("/", html("<a href=a>A</a>")),
        ("/a", html("<p>a</p><a href=b>B</a>")),
        ("/b", html("b")),
    ])
    .await;
    bench.walk().await;
    bench.show("/a", status(500));
    let report = bench.walk().await;
    assert_eq!((report.removed, report.pages), (0, 3));
    assert!(
        report.problems[0]
            .to_string()
            .ends_with("/a: the server answers with status 500")
    );
    assert_eq!(bench.kept(), ["/", "/a", "/b"]);
}

#[tokio::test]
async fn a_walk_that_was_killed_goes_on_where_it_was() {
    let links: String = (0..20)
        .map(|n| format!("<a href='/p{n}'>{n}</a>"))
        .collect();
    let bench = Bench::new(&[("/", html(&links))]).await;
    for n in 0..20 {
        bench.show(&format!("/p{n}"), html(&format!("page {n}")));
    }
    bench.cut_off(10).await;
    let first = bench.asked();
    let report = crawl(&bench.job("/"), &mut |_| {}).await.unwrap();
    assert_eq!(report.pages, 21);
    let second = bench.asked();
    let twice = first
        .iter()
        .filter(|path| second.contains(path) && path.starts_with("/p"))
        .count();
    assert!(
        twice <= 1,
        "only the page that was cut off is asked for again: {first:?} {second:?}"
    );
    assert_eq!(bench.walk().await.unchanged, 21);
}

#[tokio::test]
async fn one_page_under_many_addresses_is_kept_once() {
    let canonical = |body: &str| {
        let mut page = html(body);
        page.body = [b"<link rel=canonical href=/real>", page.body.as_slice()].concat();
        page
    };
    let bench = Bench::new(&[
        ("/", html("<a href=/print>1</a><a href=/real?utm_source=x>2</a><a href=/moved>3</a><a href=/twin>4</a>")),
        ("/print", canonical("for printing")),
        ("/real", canonical("really")),
        ("/moved", with(status(301), "location", "/real")),
        ("/twin", canonical("really")),
    ])
    .await;
    let report = bench.walk().await;
    assert_eq!(bench.kept(), ["/", "/real"]);
    assert_eq!(report.problems, []);
    bench.show("/circle", with(status(302), "location", "/circle"));
    bench.show("/", html("<a href=/circle>c</a><a href=/a>a</a>"));
    // Pages that name each other are both there.
    let named = |other: &str, body: &str| {
        let mut page = html(body);
        page.body = [
            format!("<link rel=canonical href={other}>").as_bytes(),
            page.body.as_slice(),
        ]
        .concat();
        page
    };
    bench.show("/a", named("/b", "a"));
    bench.show("/b", named("/a", "b"));
    bench.walk().await;
    assert_eq!(bench.kept(), ["/", "/b"]);
}

#[tokio::test]
async fn other_hosts_and_private_addresses_are_not_touched() {
    let other = Bench::new(&[("/", html("secret"))]).await;
    let bench = Bench::new(&[]).await;
    let away = with(status(302), "location", &format!("{}/", other.url));
    bench.show(
        "/",
        html(&format!(
            "<a href='{}/'>x</a><a href=/away>y</a>",
            other.url
        )),
    );
    bench.show("/away", away);
    bench.walk().await;
    assert_eq!(bench.kept(), ["/"]);
    assert_eq!(other.asked(), [""; 0]);
    // A host that is allowed is walked too.
    let mut job = bench.job("/");
    job.hosts
        .push(other.url.trim_start_matches("http://").to_owned());
    assert_eq!(crawl(&job, &mut |_| {}).await.unwrap().pages, 2);
    // Without leave, neither an address nor a name leads into the own network.
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let mut job = bench.job("/");
        let port = job.url.port().unwrap();
        job.url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        (job.allow_private, job.folder) = (false, bench.dir.path().join("private"));
        bench.asked();
        let error = crawl(&job, &mut |_| {}).await.unwrap_err().to_string();
        assert!(error.contains("is in a private network"), "{error}");
        assert_eq!(bench.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn a_site_without_end_is_left_at_the_limits() {
    let bench = Bench::new(&[]).await;
    bench.site.0.lock().unwrap().is_trap = true;
    let mut job = bench.job("/");
    job.limits.pages = 30;
    let report = crawl(&job, &mut |_| {}).await.unwrap();
    assert_eq!(report.pages, 30);
    assert!(report.stopped.unwrap().contains("30 pages"));
    job.limits.depth = 2;
    job.limits.pages = 1_000;
    job.folder = bench.dir.path().join("shallow");
    let report = crawl(&job, &mut |_| {}).await.unwrap();
    assert!(report.pages < 20 && report.stopped.is_none(), "{report:?}");
    job.limits.bytes = 100;
    job.folder = bench.dir.path().join("small");
    assert!(
        crawl(&job, &mut |_| {})
            .await
            .unwrap()
            .stopped
            .unwrap()
            .contains("received")
    );
    job.limits.time = Duration::ZERO;
    job.folder = bench.dir.path().join("short");
    assert!(
        crawl(&job, &mut |_| {})
            .await
            .unwrap()
            .stopped
            .unwrap()
            .contains("minutes")
    );
}

#[tokio::test]
async fn a_page_too_large_and_junk_are_named_and_the_rest_is_kept() {
    let bench = Bench::new(&[
        (
            "/",
            html("<a href=/large>1</a><a href=/junk>2</a><a href=/fine>3</a>"),
        ),
        ("/large", html(&"x".repeat(9 << 20))),
        (
            "/junk",
            Page {
                body: (0..=255).cycle().take(9_000).collect(),
                ..html("")
            },
        ),
        ("/fine", html("fine")),
    ])
    .await;
    let report = bench.walk().await;
    assert_eq!(bench.kept(), ["/", "/fine"]);
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems[0].ends_with("/large: it is larger than 8 MiB"),
        "{problems:?}"
    );
    assert!(problems[1].contains("/junk: it is no text"), "{problems:?}");
}

#[tokio::test]
async fn requests_keep_their_distance_and_a_tired_server_gets_its_rest() {
    let bench = Bench::new(&[
        (
            "/robots.txt",
            text("text/plain", "User-agent: *\nCrawl-delay: 0.2\n"),
        ),
        ("/", html("<a href=/a>a</a><a href=/busy>b</a>")),
        ("/a", html("a")),
        ("/busy", with(status(429), "retry-after", "1")),
    ])
    .await;
    let walk = bench.walk().await;
    assert!(walk.problems[0].what.contains("429"));
    let asked = std::mem::take(&mut bench.site.0.lock().unwrap().asked);
    let apart = |one: &str, two: &str| {
        let at = |path: &str| {
            asked
                .iter()
                .filter(|(asked, _)| asked == path)
                .map(|(_, at)| *at)
                .collect::<Vec<_>>()
        };
        *at(two).last().unwrap() - at(one)[0]
    };
    assert!(apart("/", "/a") >= Duration::from_millis(190));
    assert!(apart("/busy", "/busy") >= Duration::from_millis(1_900));
    // A longer rest ends the walk, and nothing is taken for gone.
    bench.show("/a", with(status(503), "retry-after", "3600"));
    let report = bench.walk().await;
    assert!(report.stopped.unwrap().contains("3600 seconds"));
    assert_eq!(report.removed, 0);
}
