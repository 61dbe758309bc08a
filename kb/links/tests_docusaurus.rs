//! Docusaurus sites with versions and languages: what is read, and where it is published.

use super::tests::{indexed, links, noted};

const TEXT: &str = "# T\n\ntext\n";
const PLAIN: (&str, &str) = ("docusaurus.config.js", "export default {};\n");
const NAMES: (&str, &str) = ("versions.json", "[\"1.1.0\", \"1.0.0\"]");

fn versioned<'a>(config: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    vec![
        config,
        NAMES,
        ("docs/a.md", TEXT),
        ("versioned_docs/version-1.1.0/01-guide/a.md", TEXT),
        (
            "versioned_docs/version-1.1.0/b.md",
            "---\nslug: /top\n---\ntext\n",
        ),
        ("versioned_docs/version-1.0.0/a.md", TEXT),
        (
            "versioned_sidebars/version-1.1.0-sidebars.json",
            "{\"docs\": []}",
        ),
        ("i18n/fr/code.json", "{\"a\": {\"message\": \"b\"}}"),
        ("i18n/fr/docusaurus-plugin-content-docs/current.json", "{}"),
        ("i18n/fr/docusaurus-plugin-content-docs/current/a.md", TEXT),
        (
            "i18n/fr/docusaurus-plugin-content-docs/version-1.1.0/a.md",
            TEXT,
        ),
        (
            "i18n/fr/docusaurus-plugin-content-docs/version-1.0.0/a.md",
            TEXT,
        ),
        (
            "i18n/fr/docusaurus-plugin-content-blog/2026-05-01-x.md",
            TEXT,
        ),
        ("i18n/fr/docusaurus-plugin-content-pages/about.md", TEXT),
    ]
}

#[test]
fn of_a_versioned_site_only_the_latest_version_is_read() {
    let expected = [
        "fr/blog/2026/05/01/x#t",
        "fr/docs/a#t",
        "fr/about#t",
        "docs/guide/a#t",
        "docs/top",
    ];
    assert_eq!(links(".", &versioned(PLAIN), None), expected);
    let notes = noted(&["."], &versioned(PLAIN));
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("only version 1.1.0"), "{notes:?}");
}

#[test]
fn a_version_that_is_named_itself_is_read() {
    let files = versioned(PLAIN);
    assert_eq!(links("docs", &files, None), ["a#t"]);
    assert_eq!(links("versioned_docs/version-1.0.0", &files, None), ["a#t"]);
    assert_eq!(links("versioned_docs", &files, None), ["guide/a#t", "top"]);
    let german = "i18n/fr/docusaurus-plugin-content-docs";
    assert_eq!(links(german, &files, None), ["a#t"]);
    assert_eq!(links("i18n/fr", &files, None)[1..], ["docs/a#t", "about#t"]);
    assert_eq!(noted(&["docs"], &files), [""; 0]);
    let both = noted(&[".", "versioned_docs/version-1.0.0"], &files);
    assert_eq!(both.len(), 1, "{both:?}");
}

#[test]
fn the_latest_version_is_the_one_that_the_site_says() {
    for (config, expected) in [
        ("  lastVersion: 'current',\n", &["docs/a#t"][..]),
        ("  lastVersion: '1.0.0',\n", &["docs/a#t"]),
        ("  disableVersioning: true,\n", &["docs/a#t"]),
        (
            "  onlyIncludeVersions: ['current', '1.0.0'],\n",
            &["docs/a#t"],
        ),
        (
            "  lastVersion: fast ? 'current' : undefined,\n",
            &["docs/guide/a#t", "docs/top"],
        ),
        (
            "  routeBasePath: '/',\n  versions: {\n    '1.1.0': { label: 'New', path: 'new' },\n    current: {\n      path: 'x',\n    },\n  },\n",
            &["new/guide/a#t", "new/top"],
        ),
        (
            "  lastVersion: \"current\",\n  versions: {current: {label: '2.0.0', path: '2.0.0'}},\n",
            &["docs/2.0.0/a#t"],
        ),
    ] {
        let text = format!("export default {{\n{config}}};\n");
        let files = versioned(("docusaurus.config.ts", &text));
        let found = links(".", &files, None);
        let english: Vec<_> = found
            .iter()
            .filter(|link| !link.starts_with("fr/"))
            .collect();
        assert_eq!(english, expected, "{config}");
    }
}

#[test]
fn the_default_language_has_no_place_of_its_own() {
    let config = "export default {\n  i18n: {\n    defaultLocale: 'fr',\n  },\n};\n";
    let files = [
        ("docusaurus.config.js", config),
        ("i18n/fr/docusaurus-plugin-content-docs/current/a.md", TEXT),
        (
            "i18n/pt-BR/docusaurus-plugin-content-docs/current/a.md",
            TEXT,
        ),
    ];
    assert_eq!(links(".", &files, None), ["docs/a#t", "pt-BR/docs/a#t"]);
}

#[test]
fn a_list_of_versions_that_cannot_be_read_is_no_list() {
    for broken in ["", "{}", "[1]", "[\"../x\"", "null"] {
        let files = [PLAIN, ("versions.json", broken), ("docs/a.md", TEXT)];
        assert_eq!(links(".", &files, None), ["docs/a#t"], "{broken}");
    }
}

#[test]
fn every_markdown_file_is_read_as_the_site_reads_it() {
    let text = "import A from 'a';\n\na <b>c</b> {d}\n";
    let bodies = |config: &str| {
        let files = [
            ("docusaurus.config.js", config),
            ("docs/a.md", text),
            ("docs/b.mdx", text),
        ];
        let found = indexed(".", &files, None).into_iter();
        found.map(|(_, body)| body).collect::<Vec<_>>()
    };
    assert_eq!(bodies("export default {};\n"), ["a c", "a c"]);
    let detect = "export default {\n  markdown: {\n    format: 'detect',\n  },\n};\n";
    assert_eq!(bodies(detect), [text.trim(), "a c"]);
}
