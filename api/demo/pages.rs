//! hinny's own documentation as pages of the demo, so that the sources below the bot's answers lead somewhere.
//! Headings get the anchors that the index links to.

use axum::extract::Path;
use axum::response::Response;
use hinny_kb::Anchors;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use super::DOCS;
use crate::assets;
use crate::error::Problem;

/// `GET /docs/{page}`
pub async fn show(Path(page): Path<String>) -> Result<Response, Problem> {
    let file = DOCS.get_file(format!("{page}.md"));
    let markdown = file.and_then(|file| file.contents_utf8());
    let markdown = markdown.ok_or_else(Problem::not_found)?;
    Ok(assets::page(frame(&body(markdown))))
}

fn frame(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>hinny: documentation</title>\n\
         <link rel=\"stylesheet\" href=\"/demo/demo-site.css\">\n</head>\n\
         <body>\n<header><strong>hinny</strong></header>\n<main class=\"page\">\n{body}</main>\n</body>\n</html>\n"
    )
}

fn body(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut events: Vec<Event> = Parser::new_ext(markdown, options).collect();
    let mut anchors = Anchors::default();
    for at in 0..events.len() {
        let words = heading(&events[at..]);
        if let (Some(words), Event::Start(Tag::Heading { id, .. })) = (words, &mut events[at]) {
            *id = Some(anchors.next(&words).into());
        }
    }
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    page
}

/// The words of the heading that begins here, if one does.
fn heading(events: &[Event]) -> Option<String> {
    if !matches!(events.first(), Some(Event::Start(Tag::Heading { .. }))) {
        return None;
    }
    let inside = |event: &&Event| !matches!(event, Event::End(TagEnd::Heading(_)));
    let words = events
        .iter()
        .take_while(inside)
        .filter_map(|event| match event {
            Event::Text(words) | Event::Code(words) => Some(words.as_ref()),
            Event::SoftBreak => Some(" "),
            _ => None,
        });
    Some(words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_anchors_of_the_index() {
        let page = body("# The `hinny serve` command\n\n## Use\n\n<b>\n\n## Use\n");
        assert!(
            page.contains("<h1 id=\"the-hinny-serve-command\">"),
            "{page}"
        );
        assert!(
            page.contains("<h2 id=\"use\">") && page.contains("<h2 id=\"use-1\">"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn pages_are_found_by_their_name_only() {
        assert!(show(Path("widget".to_owned())).await.is_ok());
        for page in ["", "nothing", "../README", "widget.md", "internals"] {
            assert!(show(Path(page.to_owned())).await.is_err(), "{page}");
        }
    }
}
