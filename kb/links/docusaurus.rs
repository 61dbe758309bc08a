//! Docusaurus: `slug` and `id` in the front matter, numbers before names, folders' own pages.
//! <https://docusaurus.io/docs/create-doc> and
//! <https://docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs>

use super::Generator;
use super::page::{Path, below, walked};
use crate::read::Front;

pub(super) fn page(site: &Generator, path: Path<'_>, front: &Front) -> Option<String> {
    if !path.is_markdown() {
        return Some(path.verbatim());
    }
    let address = match path.folder.split('/').next() {
        Some("blog") if site.is_project => blog(path, front),
        Some("src") if site.is_project => standing(path)?,
        Some("docs") if site.is_project => {
            let inside = path.folder.strip_prefix("docs").unwrap_or_default();
            let folder = inside.trim_start_matches('/');
            let at = site.settings.docs_at.as_deref().unwrap_or("docs");
            let page = doc(Path { folder, ..path }, front);
            match at {
                "" => page,
                at => format!("{at}/{page}"),
            }
        }
        _ => doc(path, front),
    };
    Some(slashed(address, site.settings.trailing_slash))
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

/// `2026-05-01-hello.md` is `blog/2026/05/01/hello`.
fn blog(path: Path<'_>, front: &Front) -> String {
    if let Some(slug) = &front.slug {
        return walked(&below("blog", slug));
    }
    let whole = match path.name {
        "index" => path.folder.to_owned(),
        name => below(path.folder, name),
    };
    let whole = whole.strip_prefix("blog/").unwrap_or(&whole);
    let (folder, name) = whole.rsplit_once('/').unwrap_or(("", whole));
    let mut parts = name.splitn(4, '-');
    let dated = [parts.next(), parts.next(), parts.next(), parts.next()];
    let number = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match dated {
        [Some(year), Some(month), Some(day), Some(rest)]
            if number(year, 4) && number(month, 2) && number(day, 2) =>
        {
            below(
                "blog",
                &below(folder, &format!("{year}/{month}/{day}/{rest}")),
            )
        }
        _ => below("blog", &below(folder, name)),
    }
}

/// `src/pages/about.md` is `about`.
fn standing(path: Path<'_>) -> Option<String> {
    let folder = path.folder.strip_prefix("src/pages")?;
    let folder = folder.trim_start_matches('/');
    Some(Path { folder, ..path }.plain())
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
