//! Hugo: a page is a folder; `_index.md` is its section, `index.md` is the bundle it lies in, and `slug` stands in place
//! of the last name. <https://gohugo.io/content-management/urls/> and
//! <https://gohugo.io/content-management/organization/>

use super::Generator;
use super::page::{Path, below};
use crate::read::Front;

pub(super) fn page(site: &Generator, path: Path<'_>, front: &Front) -> Option<String> {
    if !path.is_markdown() {
        return Some(path.verbatim());
    }
    let folder = clean(path.folder);
    if path.name == "_index" || (path.name == "index" && folder.is_empty()) {
        return Some(below(&folder, ""));
    }
    let (folder, name) = match path.name {
        "index" => folder.rsplit_once('/').unwrap_or(("", &folder)),
        name => (folder.as_str(), name),
    };
    let name = clean(front.slug.as_deref().unwrap_or(name));
    let ending = if site.settings.files { ".html" } else { "/" };
    Some(below(folder, &format!("{name}{ending}")))
}

/// Names in lower case, with hyphens in place of spaces.
fn clean(path: &str) -> String {
    let words: Vec<&str> = path.split_whitespace().collect();
    words.join("-").to_lowercase()
}
