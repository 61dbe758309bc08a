//! Every key of the example configuration has its word in the page that promises all of them.

use crate::tree::root;

/// The names of keys and tables, as the example has them: `name = …` or `[table]`, switched off by `#` or not.
fn names(example: &str) -> Vec<&str> {
    let lines = example.lines().map(|line| line.trim_start_matches('#'));
    let named = lines.filter_map(|line| match line.strip_prefix('[') {
        Some(_) => line
            .split_once(']')
            .map(|(table, _)| table.trim_start_matches('[')),
        None => line.split_once(" = ").map(|(key, _)| key),
    });
    let is_name = |name: &&str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || "_.".contains(c))
    };
    named.filter(is_name).collect()
}

#[test]
fn every_key_of_the_example_is_in_the_documentation() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let (example, page) = (read("hinny.example.toml"), read("docs/configuration.md"));
    let names = names(&example);
    assert!(names.len() > 80, "{}", names.len());
    let unknown: Vec<&str> = names
        .into_iter()
        // A language's own words: any of eight languages, and texts whose keys stand in a table of their own.
        .filter(|name| !name.starts_with("site.words."))
        .filter(|name| !page.contains(&format!("`{name}`")) && !page.contains(&format!("[{name}]")))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
