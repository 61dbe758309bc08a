//! mdBook: a page is a file with `.html`, and a README is its folder's `index.html`.
//! <https://rust-lang.github.io/mdBook/format/configuration/preprocessors.html>

use super::page::{Path, below};

pub(super) fn page(path: Path<'_>) -> Option<String> {
    if !path.is_markdown() {
        return Some(path.verbatim());
    }
    if path.name == "SUMMARY" {
        return None;
    }
    let index = path.is_index() || path.name.eq_ignore_ascii_case("readme");
    let name = if index { "index" } else { path.name };
    Some(below(path.folder, &format!("{name}.html")))
}
