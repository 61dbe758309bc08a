//! Docusaurus: `slug` and `id` in the front matter, numbers before names, folders' own pages.
//! <https://docusaurus.io/docs/create-doc> and
//! <https://docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs>

use super::Generator;
use super::page::{Path, below, walked};
use super::versions::{Kind, Part};
use crate::read::Front;

pub(super) fn page(site: &Generator, relative: &str, front: &Front) -> Option<String> {
    let path = Path::of(relative);
    if !path.is_markdown() {
        return Some(path.verbatim());
    }
    let within = site.within.as_deref().unwrap_or_default();
    let whole = format!("{within}{relative}");
    let known = site.within.as_ref().and_then(|_| Part::of(&whole));
    let address = match (Part::of(within), known) {
        (Some(part), _) => inside(part.kind, path, front),
        (None, Some(part)) => published(site, &part, front),
        (None, None) if site.within.is_some() && whole.starts_with("src/") => return None,
        (None, None) => doc(path, front),
    };
    Some(slashed(address, site.settings.trailing_slash))
}

/// Whether the file is of another version than the one readers are sent to. A folder that was named itself holds what
/// is wanted.
pub(super) fn is_other_version(site: &Generator, relative: &str) -> bool {
    let Some(within) = site.within.as_deref() else {
        return false;
    };
    let whole = format!("{within}{relative}");
    let part = Part::of(&whole).filter(|_| Part::of(within).is_none());
    part.is_some_and(|part| site.settings.versions.is_other(&part))
}

/// Sidebars, lists of versions and translated labels; and files that begin with `_`, which are parts of others.
pub(super) fn is_machinery(site: &Generator, relative: &str) -> bool {
    let whole = site
        .within
        .as_ref()
        .map(|within| format!("{within}{relative}"));
    let whole = whole.unwrap_or_default();
    let is_json = whole.ends_with(".json");
    relative.split('/').any(|part| part.starts_with('_'))
        || is_json && (whole.starts_with("i18n/") || whole.ends_with("versions.json"))
        || whole.starts_with("versioned_sidebars/")
}

/// The address below that of the indexed folder, which lies above the parts of the project.
fn published(site: &Generator, part: &Part<'_>, front: &Front) -> String {
    let (settings, within) = (&site.settings, site.within.as_deref());
    let docs_at = settings.docs_at.as_deref().unwrap_or("docs");
    let page = inside(part.kind, Path::of(part.rest), front);
    let whole = below(&settings.versions.begin(part, docs_at), &page);
    let above = within.unwrap_or_default().trim_end_matches('/');
    let above = settings.versions.begin_above(above, docs_at);
    match whole.strip_prefix(&above) {
        Some(page) => page.trim_start_matches('/').to_owned(),
        None => whole,
    }
}

/// The address within the part that the file belongs to.
fn inside(kind: Kind, path: Path<'_>, front: &Front) -> String {
    match kind {
        Kind::Docs => doc(path, front),
        Kind::Blog => post(path, front),
        Kind::Pages => path.plain(),
    }
}

fn doc(path: Path<'_>, front: &Front) -> String {
    let folder: Vec<&str> = path.folder.split('/').map(unnumbered).collect();
    let folder = folder.join("/");
    if let Some(slug) = &front.slug {
        return match slug.strip_prefix('/') {
            Some(slug) => walked(slug),
            None => walked(&below(&folder, slug)),
        };
    }
    let last = path.folder.rsplit('/').next().unwrap_or_default();
    let own = ["index", "readme", last]
        .iter()
        .any(|name| !name.is_empty() && path.name.to_lowercase() == name.to_lowercase());
    match own {
        true => below(&folder, ""),
        false => below(
            &folder,
            front.id.as_deref().unwrap_or(unnumbered(path.name)),
        ),
    }
}

/// `2026-05-01-hello.md` is `2026/05/01/hello`.
fn post(path: Path<'_>, front: &Front) -> String {
    if let Some(slug) = &front.slug {
        return walked(slug);
    }
    let whole = match path.name {
        "index" => path.folder.to_owned(),
        name => below(path.folder, name),
    };
    let (folder, name) = whole.rsplit_once('/').unwrap_or(("", &whole));
    let mut parts = name.splitn(4, '-');
    let dated = [parts.next(), parts.next(), parts.next(), parts.next()];
    let number = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match dated {
        [Some(year), Some(month), Some(day), Some(rest)]
            if number(year, 4) && number(month, 2) && number(day, 2) =>
        {
            below(folder, &format!("{year}/{month}/{day}/{rest}"))
        }
        _ => below(folder, name),
    }
}

fn slashed(mut address: String, slash: Option<bool>) -> String {
    match slash {
        Some(true) if !address.is_empty() && !address.ends_with('/') => address.push('/'),
        Some(false) => address.truncate(address.trim_end_matches('/').len()),
        _ => {}
    }
    address
}

/// A name without the number that orders it: `02-install` is `install`. Dates and versions stay.
fn unnumbered(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == name.len() {
        return name;
    }
    let mark = rest.trim_start();
    let suffix = mark.trim_start_matches(['-', '_', '.']);
    let suffix = (suffix.len() < mark.len()).then(|| suffix.trim_start());
    // A date or a version goes on with a number.
    match suffix {
        Some(suffix) if suffix.starts_with(|c: char| !c.is_ascii_digit()) => suffix,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::unnumbered;

    #[test]
    fn numbers_that_order_are_no_part_of_the_name() {
        for (name, plain) in [
            ("01-intro", "intro"),
            ("1.intro", "intro"),
            ("02_use", "use"),
            ("3 - last", "last"),
            ("2021-11-foo", "2021-11-foo"),
            ("7.0-foo", "7.0-foo"),
            ("intro", "intro"),
            ("404", "404"),
            ("1-", "1-"),
        ] {
            assert_eq!(unnumbered(name), plain, "{name}");
        }
    }
}
