//! What of an MDX file is text, and that nothing in one stops the reading.

use super::mdx::plain;
use super::{Format, read};

/// MDX, and the Markdown of it.
const SEEN: &[(&str, &str)] = &[
    (
        "import Tabs from '@theme/Tabs';\nimport X, {\n  y,\n} from \"z\";\n\ntext",
        "\n\n\n\n\ntext",
    ),
    (
        "export const a = {\n\n  b: `}${'}'}`, // }\n};\n\ntext",
        "\n\n\n\n\ntext",
    ),
    (
        "export default ({children}) =>\n  <div>{children}</div>;\n\ntext",
        "\n\n\ntext",
    ),
    (
        "import your data first.\n\nexport it then.",
        "import your data first.\n\nexport it then.",
    ),
    ("See\nimport x from 'y'", "See\nimport x from 'y'"),
    ("a <b className=\"x>y\" on={() => {'}'}}>c</b> d", "a c d"),
    ("a<br/>b <>c</> <A.B x /> <a:b>d</a:b>", "a b c  d"),
    (
        "a {/* not\nthis */} b {x.y} c {'said'}{' '}{`so`} {\"\"}",
        "a \n b  c said so ",
    ),
    (
        "{(() => {\n  return <p>don't</p>;\n})()}\ntext",
        "\n\n\ntext",
    ),
    ("a <!-- not\nthis --> b", "a \n b"),
    ("<style>{`.a { b: c }`}</style>text", "text"),
    (
        "# Use it {#use}\n\n## More {/* #more */}\n\n### {1+1}",
        "# Use it {#use}\n\n## More {#more}\n\n### ",
    ),
    (
        ":::tip[Good to know]\ntext\n:::\n:::note\n",
        "**Good to know**\ntext\n\n\n",
    ),
    (
        "`<a>` ``{b}` `` \\<c> \\{d} \\\n`e\n\n<f>`",
        "`<a>` ``{b}` `` \\<c> \\{d} \\\n`e\n\n`",
    ),
    (
        "<https://x.example> <me@x.example> 1 < 2 <3",
        "<https://x.example> <me@x.example> 1 < 2 <3",
    ),
    (
        "Your plan is {{signed.plan | none}}.",
        "Your plan is {{signed.plan | none}}.",
    ),
];

#[test]
fn what_a_reader_sees_stays_and_the_rest_goes() {
    for (mdx, markdown) in SEEN {
        assert_eq!(&plain(mdx), markdown, "{mdx}");
    }
}

#[test]
fn code_stays_as_it_is() {
    for code in [
        "```jsx\nimport a from 'b';\n\nexport const c = <D>{e}</D>;\n```\n",
        "~~~\n<A>\n```\n{b}\n~~~\n",
        "1. x\n\n   ```js\n   {a}\n   ```\n",
        "- ```\n  <a>\n  ```\n",
        "> ```\n> {a}\n> ```\n",
        "````\n```\n<a>\n```\n````\n",
        "```\n<a> {b} without end",
    ] {
        assert_eq!(plain(code), code);
    }
    let unwrapped = "```mdx-code-block\nimport A from 'a';\n\n<A>\n```\n\ntext {b}\n\n```mdx-code-block\n</A>\n```\n";
    assert_eq!(plain(unwrapped).trim(), "text");
}

#[test]
fn text_within_elements_is_text_at_any_depth() {
    let tabs = "<Tabs>\n  <TabItem value=\"npm\" label=\"npm\">\n\n    Run this:\n\n    ```sh\n      npm i\n    ```\n\n  \
        </TabItem>\n  <TabItem label='Yarn'>\n    - a\n      - b\n  </TabItem>\n</Tabs>\n\n    code\n";
    assert_eq!(
        plain(tabs),
        "\n**npm**\n\nRun this:\n\n```sh\n  npm i\n```\n\n\n**Yarn**\n- a\n  - b\n\n\n\n    code\n"
    );
}

#[test]
fn an_element_in_a_list_stays_in_it() {
    let list = "1. a\n   <Note>\n     b\n     - c\n   </Note>\n   d\n";
    let plain = plain(list);
    let lines: Vec<_> = plain.lines().map(str::trim_end).collect();
    assert_eq!(lines, ["1. a", "", "   b", "   - c", "", "   d"]);
}

#[test]
fn what_is_broken_stays_as_text() {
    for broken in [
        "a { b",
        "a <b c={ d",
        "a <b c=\"d",
        "{/* a",
        "<!-- a",
        "a } b > c",
        "<a <b",
        "</ a>",
    ] {
        assert_eq!(plain(broken), broken);
    }
    assert_eq!(
        plain("export const a = {\n\n# Heading\n\ntext"),
        "\n\n# Heading\n\ntext"
    );
    assert_eq!(plain("</a></b> c <d>"), " c ");
}

#[test]
fn an_mdx_file_is_read_with_its_lines() {
    let text = "---\ntitle: Help\n---\nimport A from 'a';\n\n<A b={{\n  c: 1,\n}} />\n\n## Why <b>so</b>?\n\nBecause {/* no */}of it.\n";
    let reading = read(Format::Markdown, "help.mdx", text.as_bytes());
    assert_eq!(reading.faults, []);
    let [entry] = &reading.drafts[..] else {
        panic!("{:?}", reading.drafts);
    };
    assert_eq!((entry.title.as_str(), entry.line), ("Why so?", 10));
    assert_eq!(entry.body, "Because of it.");
    assert_eq!(entry.anchor.as_deref(), Some("why-so"));
    let same = read(Format::Markdown, "help.md", b"# T\n\na <b>c</b> {d}\n");
    assert_eq!(same.drafts[0].body, "a <b>c</b> {d}");
}
