//! Hugo sites with permalinks and languages: where their pages are published.

use super::tests::links;

const TEXT: &str = "text\n";
const POST: &str = "---\ntitle: What's *New* in 2.0?\ndate: 2026-05-01T23:30:00-07:00\n---\ntext\n";

/// The address of one page in a site with this configuration.
fn at(config: &str, file: &str, text: &str) -> String {
    let files = [("hugo.toml", config), (file, text)];
    let found = links(".", &files, None);
    assert_eq!(found.len(), 1, "{config} {file}");
    found.into_iter().next().unwrap()
}

#[test]
fn every_word_of_a_pattern_has_its_meaning() {
    for (pattern, published) in [
        ("/:year/:month/:day/:slug/", "2026/05/01/whats-new-in-2.0/"),
        ("/a/:title", "a/whats-new-in-2.0/"),
        ("/:section/:slugorfilename/", "posts/my-post/"),
        ("/:sections/:filename/", "posts/deep/my-post/"),
        ("/:sections[last]/:contentbasename/", "deep/my-post/"),
        ("/:sections[1:]/:slugorcontentbasename/", "deep/my-post/"),
        ("/:sections[0]/:filename/", "posts/my-post/"),
        ("/:sections[:1]/:filename/", "posts/my-post/"),
        ("/:sections[7]/:sections[9:]/:filename/", "my-post/"),
        (
            "/:monthname/:weekday/:weekdayname/:yearday/:filename/",
            "May/5/Friday/121/my-post/",
        ),
        ("/a\\:b/:filename", "a%3Ab/my-post/"),
        ("/fixed/", "fixed/"),
        (":unheard/:filename/", ""),
    ] {
        let config = format!("[permalinks]\nposts = '{pattern}'\n");
        let files = [
            ("hugo.toml", config.as_str()),
            ("content/posts/_index.md", "---\ndraft: true\n---\n"),
            ("content/posts/deep/_index.md", "---\ndraft: true\n---\n"),
            ("content/posts/deep/none/My Post.md", POST),
        ];
        assert_eq!(links(".", &files, None), [published], "{pattern}");
    }
}

#[test]
fn a_slug_wins_over_the_title_and_an_url_over_every_pattern() {
    let config = "[permalinks.page]\nposts = '/p/:slug/'\n";
    let page = |front: &str| {
        at(
            config,
            "content/posts/a.md",
            &format!("---\n{front}\n---\ntext\n"),
        )
    };
    assert_eq!(page("title: Long Title\nslug: Own One"), "p/own-one/");
    assert_eq!(page("title: Long Title"), "p/long-title/");
    assert_eq!(page("weight: 1"), "p/a/");
    assert_eq!(page("title: T\nurl: /my/own.html"), "my/own.html");
    assert_eq!(page("title: T\nurl: /my/:slug/:filename/"), "my/t/a/");
    assert_eq!(page("title: T\naliases: [/old/]"), "p/t/");
    let dated = "[permalinks.page]\nposts = '/:year/:filename/'\n";
    let toml = "+++\ndate = 2026-05-01\n+++\ntext\n";
    assert_eq!(at(dated, "content/posts/a.md", toml), "2026/a/");
    let published = "---\npublishDate: 2025-01-02\nlastmod: 2026-02-02\n---\ntext\n";
    assert_eq!(at(dated, "content/posts/a.md", published), "2025/a/");
    assert_eq!(
        at(dated, "content/posts/a.md", TEXT),
        "",
        "no date, no link"
    );
}

#[test]
fn patterns_are_for_their_section_and_kind() {
    let config = "[permalinks.page]\nposts = '/articles/:filename/'\n\"posts/old\" = '/archive/:filename/'\n[permalinks.section]\nposts = '/articles/'\n";
    for (file, published) in [
        ("content/posts/a.md", "articles/a/"),
        ("content/posts/bundle/index.md", "articles/bundle/"),
        ("content/posts/old/b.md", "archive/b/"),
        ("content/posts/_index.md", "articles/"),
        ("content/other/a.md", "other/a/"),
        ("content/_index.md", ""),
        ("content/top.md", "top/"),
    ] {
        assert_eq!(at(config, file, TEXT), published, "{file}");
    }
}

const PAGE: (&str, &str) = ("content/posts/a.md", TEXT);
/// The same pattern in all the places where it may stand.
const PLACES: &[&[(&str, &str)]] = &[
    &[
        (
            "hugo.yaml",
            "permalinks:\n  page:\n    posts: /x/:filename/\n",
        ),
        PAGE,
    ],
    &[("hugo.yml", "permalinks: {posts: '/x/:filename/'}\n"), PAGE],
    &[
        (
            "hugo.json",
            "{\"Permalinks\": {\"Page\": {\"posts\": \"/x/:filename/\"}}}",
        ),
        PAGE,
    ],
    &[
        (
            "config.yaml",
            "baseURL: https://x.example\npermalinks:\n  posts: /x/:filename/\n",
        ),
        PAGE,
    ],
    &[
        (
            "config/_default/hugo.toml",
            "[permalinks]\nposts = '/x/:filename/'\n",
        ),
        PAGE,
    ],
    &[
        ("config/_default/config.yaml", "title: X\n"),
        (
            "config/_default/permalinks.toml",
            "posts = '/x/:filename/'\n",
        ),
        PAGE,
    ],
    &[
        (
            "hugo.toml",
            "contentDir = 'texts'\n[permalinks]\nposts = '/x/:filename/'\n",
        ),
        ("texts/posts/a.md", TEXT),
    ],
];

#[test]
fn the_configuration_may_be_any_of_hugos_files() {
    for files in PLACES {
        assert_eq!(links(".", files, None), ["x/a/"], "{:?}", files[0]);
    }
    assert_eq!(
        at("[permalinks\nbroken", "content/posts/a.md", TEXT),
        "posts/a/"
    );
}

const LANGUAGES: &str = "defaultContentLanguage = 'en'\n[languages.en]\nweight = 1\n[languages.de]\nweight = 2\n[languages.de.permalinks]\nposts = '/artikel/:filename/'\n[permalinks]\nposts = '/articles/:filename/'\n[languages.zh-cn]\n[languages.fr]\ndisabled = true\n";

#[test]
fn a_language_stands_in_the_name_of_the_file() {
    for (file, published) in [
        ("content/about.md", "about/"),
        ("content/about.en.md", "about/"),
        ("content/about.de.md", "de/about/"),
        ("content/about.zh-cn.md", "zh-cn/about/"),
        ("content/v1.2.md", "v1.2/"),
        ("content/_index.de.md", "de/"),
        ("content/docs/_index.de.md", "de/docs/"),
        ("content/docs/a/index.de.md", "de/docs/a/"),
        ("content/posts/a.md", "articles/a/"),
        ("content/posts/a.de.md", "de/artikel/a/"),
    ] {
        assert_eq!(at(LANGUAGES, file, TEXT), published, "{file}");
    }
    let own = |url: &str| {
        at(
            LANGUAGES,
            "content/a.de.md",
            &format!("---\nurl: {url}\n---\ntext\n"),
        )
    };
    assert_eq!(own("/x/y/"), "x/y/");
    assert_eq!(own("x/y/"), "de/x/y/");
    let off = [
        ("hugo.toml", LANGUAGES),
        ("content/a.fr.md", TEXT),
        ("content/b.md", TEXT),
    ];
    assert_eq!(
        links(".", &off, None),
        ["b/"],
        "a language that is off is not published"
    );
    let sub = format!("defaultContentLanguageInSubdir = true\n{LANGUAGES}");
    assert_eq!(at(&sub, "content/about.md", TEXT), "en/about/");
}

#[test]
fn a_language_may_have_a_folder_of_its_own() {
    let config = "[languages.en]\ncontentDir = 'content/english'\n[languages.de]\ncontentDir = 'content/german'\n[permalinks]\nposts = '/p/:filename/'\n";
    let files = [
        ("hugo.toml", config),
        ("content/english/about.md", TEXT),
        ("content/german/about.md", TEXT),
        ("content/german/posts/a.md", TEXT),
    ];
    assert_eq!(links(".", &files, None), ["about/", "de/about/", "de/p/a/"]);
    assert_eq!(
        links("content", &files, None),
        ["about/", "de/about/", "de/p/a/"]
    );
    assert_eq!(links("content/german", &files, None), ["about/", "p/a/"]);
    assert_eq!(links("content/german/posts", &files, None), ["p/a/"]);
}

#[test]
fn names_become_addresses_as_hugo_does_it() {
    for (file, published) in [
        ("content/What's New?.md", "whats-new/"),
        ("content/a - b.md", "a-b/"),
        ("content/Über uns.md", "%C3%BCber-uns/"),
        ("content/c++_x.md", "c%2B%2B_x/"),
    ] {
        assert_eq!(at("", file, TEXT), published, "{file}");
    }
}

#[test]
fn what_is_no_content_is_not_read() {
    let files = [
        ("hugo.toml", ""),
        ("content/a.md", TEXT),
        ("archetypes/default.md", "---\ntitle: x\n---\ntext\n"),
        ("layouts/_default/single.html", "<p>{{ .Content }}</p>"),
        ("themes/x/README.md", TEXT),
        ("config/_default/params.yaml", "a: b\n"),
        ("i18n/de.yaml", "a: b\n"),
        ("data/x.json", "{}"),
        ("public/a/index.html", "<p>text</p>"),
    ];
    assert_eq!(links(".", &files, None), ["a/"]);
}
