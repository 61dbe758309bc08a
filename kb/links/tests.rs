//! What the generators publish, page by page, and how links within texts follow.

use std::fs;
use std::path::Path;

use super::{Generator, LinkStyle};
use crate::read::front_matter;
use crate::{IndexJob, IndexReport, Library};

const BASE: &str = "https://docs.example.org/";

fn front(lines: &str) -> crate::read::Front {
    front_matter(&format!("---\n{lines}\n---\n")).unwrap().0
}

fn page(style: LinkStyle, relative: &str, lines: &str) -> Option<String> {
    let generator = Generator::of(Path::new("/nowhere/at/all"), Some(style));
    generator.page(relative, &front(lines))
}

/// A folder with files, indexed.
fn site(
    roots: &[&str],
    files: &[(&str, &str)],
    style: Option<LinkStyle>,
) -> (tempfile::TempDir, Library, IndexReport) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join("site").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let library = Library::open(dir.path().join("kb")).unwrap();
    let paths = roots.iter().map(|root| dir.path().join("site").join(root));
    let job = IndexJob {
        paths: paths.collect(),
        base_url: Some(BASE.to_owned()),
        links: style,
        ..IndexJob::default()
    };
    let report = library.index(&job, &mut |_| {}).unwrap();
    assert_eq!(report.problems, []);
    (dir, library, report)
}

/// What is said about what was not read.
pub(super) fn noted(roots: &[&str], files: &[(&str, &str)]) -> Vec<String> {
    site(roots, files, None).2.notes
}

/// Every entry's link and text.
pub(super) fn indexed(
    root: &str,
    files: &[(&str, &str)],
    style: Option<LinkStyle>,
) -> Vec<(String, String)> {
    let (_dir, library, _) = site(&[root], files, style);
    let generation = library.generation().unwrap();
    let entries = generation.entries().map(Result::unwrap);
    entries
        .map(|entry| (entry.url.unwrap_or_default(), entry.body))
        .collect()
}

pub(super) fn links(root: &str, files: &[(&str, &str)], style: Option<LinkStyle>) -> Vec<String> {
    let entries = indexed(root, files, style).into_iter();
    let links = entries.map(|(url, _)| url.strip_prefix(BASE).unwrap_or(&url).to_owned());
    links.collect()
}

#[test]
fn docusaurus_pages_are_where_it_publishes_them() {
    for (relative, lines, published) in [
        ("intro.md", "", "intro"),
        ("01-guide/02-first-steps.mdx", "", "guide/first-steps"),
        ("guide/index.md", "", "guide/"),
        ("guide/README.md", "", "guide/"),
        ("guide/Guide.md", "", "guide/"),
        ("01-guide/page.md", "id: other", "guide/other"),
        ("guide/page.md", "slug: /top", "top"),
        ("guide/page.md", "slug: /", ""),
        ("1-guide/page.md", "slug: near", "guide/near"),
        ("guide/page.md", "slug: ../up", "up"),
        ("2026-05-01-note.md", "", "2026-05-01-note"),
    ] {
        let found = page(LinkStyle::Docusaurus, relative, lines);
        assert_eq!(found.as_deref(), Some(published), "{relative} {lines}");
    }
}

#[test]
fn a_docusaurus_project_has_docs_a_blog_and_pages() {
    let text = "# T\n\ntext\n";
    let files = [
        (
            "docusaurus.config.ts",
            "export default {\n  trailingSlash: true,\n};\n",
        ),
        ("blog/2026-05-01-hello.md", text),
        (
            "blog/2026-05-02-x/index.md",
            "---\nslug: named\n---\n# T\n\ntext\n",
        ),
        ("docs/01-guide/start.md", text),
        ("docs/_partials/note.md", text),
        ("src/pages/about.md", text),
    ];
    let found = links(".", &files, None);
    assert_eq!(
        found,
        [
            "blog/2026/05/01/hello/#t",
            "blog/named/#t",
            "docs/guide/start/#t",
            "about/#t"
        ]
    );
    let files = [files[0], files[3]];
    assert_eq!(links("docs", &files, None), ["guide/start/#t"]);
}

#[test]
fn mkdocs_pages_are_folders_or_files() {
    let text = "# Über uns & Co.\n\ntext\n\n# Über uns & Co.\n\nmore\n";
    let folders = [
        ("mkdocs.yml", "site_name: X\n"),
        ("docs/index.md", text),
        ("docs/a/b.md", text),
    ];
    let expected = [
        "a/b/#uber-uns-co",
        "a/b/#uber-uns-co_1",
        "#uber-uns-co",
        "#uber-uns-co_1",
    ];
    assert_eq!(links(".", &folders, None), expected);
    assert_eq!(links("docs", &folders, None), expected);
    let files = [
        ("mkdocs.yml", "use_directory_urls: false\n"),
        folders[1],
        folders[2],
    ];
    assert_eq!(
        links(".", &files, None),
        [
            "a/b.html#uber-uns-co",
            "a/b.html#uber-uns-co_1",
            "index.html#uber-uns-co",
            "index.html#uber-uns-co_1"
        ]
    );
}

#[test]
fn mdbook_pages_are_files_and_the_summary_is_none() {
    let text = "# Use it\n\ntext\n";
    let files = [
        ("book.toml", "[book]\ntitle = \"X\"\n"),
        ("src/SUMMARY.md", "# Summary\n\n- [A](a/README.md)\n"),
        ("src/a/README.md", text),
        ("src/a/b.md", text),
        ("src/index.md", text),
    ];
    let expected = [
        "a/index.html#use-it",
        "a/b.html#use-it",
        "index.html#use-it",
    ];
    assert_eq!(links(".", &files, None), expected);
    assert_eq!(links("src", &files, None), expected);
}

#[test]
fn hugo_pages_sections_and_bundles() {
    for (relative, lines, published) in [
        ("_index.md", "", ""),
        ("posts/_index.md", "", "posts/"),
        ("posts/My First Post.md", "", "posts/my-first-post/"),
        ("posts/first.md", "slug: Other", "posts/other/"),
        ("posts/bundle/index.md", "", "posts/bundle/"),
        ("posts/bundle/index.md", "slug: named", "posts/named/"),
    ] {
        let found = page(LinkStyle::Hugo, relative, lines);
        assert_eq!(found.as_deref(), Some(published), "{relative} {lines}");
    }
    let files = [
        ("hugo.toml", "baseURL = \"https://x.example\"\n"),
        (
            "content/docs/a.md",
            "+++\ntitle = \"A\"\nurl = \"/help/a/\"\n+++\ntext\n",
        ),
        ("content/docs/b.md", "+++\ndraft = true\n+++\ntext\n"),
        (
            "content/docs/c.md",
            "+++\nslug = \"d\"\n+++\n## Use it\n\ntext\n",
        ),
    ];
    assert_eq!(links(".", &files, None), ["help/a/", "docs/d/#use-it"]);
}

#[test]
fn a_generator_is_known_by_its_file_and_may_be_told() {
    let dir = tempfile::tempdir().unwrap();
    let docs = dir.path().join("docs");
    fs::create_dir(&docs).unwrap();
    assert_eq!(Generator::of(&docs, None).style, LinkStyle::Plain);
    fs::write(dir.path().join("config.toml"), "name = 1\n").unwrap();
    assert_eq!(Generator::of(&docs, None).style, LinkStyle::Plain);
    fs::write(dir.path().join("config.toml"), "baseURL = 'x'\n").unwrap();
    assert_eq!(Generator::of(&docs, None).style, LinkStyle::Hugo);
    fs::write(dir.path().join("mkdocs.yml"), "").unwrap();
    assert_eq!(Generator::of(&docs, None).style, LinkStyle::MkDocs);
    let told = Generator::of(&docs, Some(LinkStyle::Plain));
    assert_eq!(told.style, LinkStyle::Plain);
}

#[test]
fn a_heading_may_have_an_anchor_of_its_own() {
    let text = "# Install it {#setup}\n\ntext\n\n## Other {: #other-place }\n\nmore\n";
    for style in [
        LinkStyle::Docusaurus,
        LinkStyle::MkDocs,
        LinkStyle::MdBook,
        LinkStyle::Hugo,
    ] {
        let found = links(".", &[("a.md", text)], Some(style));
        assert!(found[0].ends_with("#setup"), "{found:?}");
        assert!(found[1].ends_with("#other-place"), "{found:?}");
    }
}

#[test]
fn links_in_answers_become_absolute() {
    let text = "# T\n\n[b](../b/c.md#x), [top](/pricing), ![p](img/p.png), [here](#t), [out](https://z.example) [r]\n\n[r]: ../b/c.md\n";
    let files = [
        ("a/page.md", text),
        ("b/c.md", "---\nslug: /moved\n---\nother\n"),
    ];
    let docusaurus = &indexed(".", &files, Some(LinkStyle::Docusaurus))[0].1;
    let b = "https://docs.example.org";
    assert_eq!(
        docusaurus.split("\n\n[r]").next().unwrap(),
        format!(
            "[b]({b}/moved#x), [top]({b}/pricing), ![p]({b}/a/img/p.png), [here]({b}/a/page#t), \
             [out](https://z.example) [r]({b}/moved)"
        )
    );
    let mkdocs = &indexed(".", &files, Some(LinkStyle::MkDocs))[0].1;
    assert!(
        mkdocs.starts_with(&format!("[b]({b}/b/c/#x), ")),
        "{mkdocs}"
    );
    let faq = [(
        "faq.yaml",
        "- question: Why?\n  answer: See [this](guide/start).\n",
    )];
    assert_eq!(
        indexed(".", &faq, None)[0].1,
        format!("See [this]({b}/guide/start).")
    );
}

#[test]
fn a_page_that_moves_changes_the_links_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let site = dir.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("a.md"), "[b](b.md)").unwrap();
    fs::write(site.join("b.md"), "other").unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![site.clone()],
        base_url: Some(BASE.to_owned()),
        links: Some(LinkStyle::Docusaurus),
        ..IndexJob::default()
    };
    let first = |library: &Library| {
        let generation = library.generation().unwrap();
        generation.entries().next().unwrap().unwrap().body
    };
    library.index(&job, &mut |_| {}).unwrap();
    assert_eq!(first(&library), format!("[b]({BASE}b)"));
    fs::write(site.join("b.md"), "---\nslug: moved\n---\nother").unwrap();
    library.index(&job, &mut |_| {}).unwrap();
    assert_eq!(first(&library), format!("[b]({BASE}moved)"));
}
