//! What a page says to programs that walk the web: its own address, where its links lead, and whether it wants to be
//! read and followed.

use scraper::{Html, Selector};
use url::Url;

use crate::read::too_deep;

/// So many links of one page are looked at.
const MAX_LINKS: usize = 5_000;

/// A page as a crawler sees it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct WebPage {
    /// What the page says is its address, absolute.
    pub canonical: Option<Url>,
    /// Where its links lead, without places on the page.
    pub links: Vec<Url>,
    /// The page does not want to be found.
    pub no_index: bool,
    /// The page does not want its links to be followed.
    pub no_follow: bool,
}

/// Looks at a page that was fetched from `address`.
pub(crate) fn web_page(text: &str, address: &Url) -> WebPage {
    if too_deep(text).is_some() {
        return WebPage::default();
    }
    let html = Html::parse_document(text);
    let base = attribute(&html, "base[href]", "href").and_then(|base| address.join(&base).ok());
    let base = base.unwrap_or_else(|| address.clone());
    let canonical = attribute(&html, "link[rel~=canonical][href]", "href");
    let robots = attribute(&html, "meta[name=robots i][content]", "content");
    let robots = robots.unwrap_or_default().to_ascii_lowercase();
    let says = |word: &str| {
        robots
            .split(',')
            .any(|said| [word, "none"].contains(&said.trim()))
    };
    WebPage {
        canonical: canonical.and_then(|href| web(&base, &href)),
        links: links(&html, &base),
        no_index: says("noindex"),
        no_follow: says("nofollow"),
    }
}

fn attribute(html: &Html, selector: &str, name: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    let element = html.select(&selector).next()?;
    element.attr(name).map(|value| value.trim().to_owned())
}

fn links(html: &Html, base: &Url) -> Vec<Url> {
    let Ok(selector) = Selector::parse("a[href], area[href]") else {
        return Vec::new();
    };
    let followed = html.select(&selector).filter(|link| {
        let rel = link.attr("rel").unwrap_or_default();
        !rel.split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("nofollow"))
    });
    let hrefs = followed.filter_map(|link| link.attr("href"));
    hrefs
        .take(MAX_LINKS)
        .filter_map(|href| web(base, href))
        .collect()
}

fn web(base: &Url, href: &str) -> Option<Url> {
    let mut url = base.join(href.trim()).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::web_page;

    #[test]
    fn a_page_says_where_it_is_and_where_it_leads() {
        let text = "<base href='/docs/'><link rel=canonical href='start'>\
            <a href='a#x'>A</a><a href='../b?q=1'>B</a><a href='mailto:x@y.example'>M</a>\
            <a rel=nofollow href=c>C</a><a href='javascript:x()'>J</a>";
        let page = web_page(text, &Url::parse("https://x.example/docs/old").unwrap());
        assert_eq!(
            page.canonical.unwrap().as_str(),
            "https://x.example/docs/start"
        );
        let links: Vec<_> = page.links.iter().map(Url::as_str).collect();
        assert_eq!(
            links,
            ["https://x.example/docs/a", "https://x.example/b?q=1"]
        );
        assert!(!page.no_index && !page.no_follow);
    }

    #[test]
    fn a_page_may_ask_to_be_left_alone() {
        let url = Url::parse("https://x.example/").unwrap();
        let asks = |content: &str| {
            let page = web_page(&format!("<meta name=ROBOTS content='{content}'>"), &url);
            (page.no_index, page.no_follow)
        };
        assert_eq!(asks("NoIndex, follow"), (true, false));
        assert_eq!(asks("nofollow"), (false, true));
        assert_eq!(asks("none"), (true, true));
    }
}
