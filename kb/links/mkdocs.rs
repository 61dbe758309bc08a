//! MkDocs: a page is a folder, unless `use_directory_urls` is false.
//! <https://www.mkdocs.org/user-guide/configuration/#use_directory_urls>

use super::Generator;
use super::page::{Path, below};

pub(super) fn page(site: &Generator, path: Path<'_>) -> Option<String> {
    if !path.is_markdown() {
        return Some(path.verbatim());
    }
    Some(match (path.is_index(), site.settings.files) {
        (true, false) => below(path.folder, ""),
        (true, true) => below(path.folder, "index.html"),
        (false, false) => below(path.folder, &format!("{}/", path.name)),
        (false, true) => below(path.folder, &format!("{}.html", path.name)),
    })
}
