//! Turns drafts of all files into entries: final ids, links, and no id or question twice.

use std::collections::HashSet;

use crate::analyze::same_question;
use crate::entry::{Entry, Kind};
use crate::index::Problem;
use crate::links::{Links, absolute};
use crate::read::Draft;
use crate::slug::slug;

/// An id made of a heading is cut here; what is equal then gets a number.
const MAX_ID_CHARS: usize = 80;

/// The entries so far.
pub(crate) struct Assembly {
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
    ids: HashSet<String>,
}

impl Assembly {
    pub fn new(problems: Vec<Problem>) -> Self {
        Assembly {
            entries: Vec::new(),
            problems,
            ids: HashSet::new(),
        }
    }

    pub fn problem(&mut self, file: &str, line: Option<usize>, what: String) {
        self.problems.push(Problem {
            file: file.to_owned(),
            line,
            what,
        });
    }

    /// Takes the entries of an unchanged file, unless one of their ids has come up elsewhere meanwhile.
    pub fn take_over(&mut self, entries: &[Entry]) -> bool {
        if entries.iter().any(|entry| self.ids.contains(&entry.id)) {
            return false;
        }
        self.ids
            .extend(entries.iter().map(|entry| entry.id.clone()));
        self.entries.extend_from_slice(entries);
        true
    }

    /// Adds what was read from one file.
    pub fn add(&mut self, file: &str, links: &Links, drafts: Vec<Draft>) {
        let mut questions = HashSet::new();
        for draft in drafts {
            let line = draft.line;
            let repeated =
                draft.kind == Kind::Faq && !questions.insert(same_question(&draft.title));
            if repeated && draft.id.is_none() {
                let what = format!("the question “{}” is there twice", draft.title);
                self.problem(file, Some(line), what);
                continue;
            }
            if let Err(what) = self.add_one(file, links, draft) {
                self.problem(file, Some(line), what);
            }
        }
    }

    fn add_one(&mut self, file: &str, links: &Links, draft: Draft) -> Result<(), String> {
        let url = links.of(&draft)?;
        // Markdown files were made absolute as a whole.
        let body = match draft.kind {
            Kind::Faq => absolute(&draft.body, &|href| links.resolve(href)),
            Kind::Document => draft.body.clone(),
        };
        let id = match draft.id {
            Some(id) if self.ids.contains(&id) => {
                return Err(format!("the id `{id}` is there twice"));
            }
            Some(id) => id,
            None => self.made_id(file, &draft),
        };
        self.ids.insert(id.clone());
        self.entries.push(Entry {
            id,
            kind: draft.kind,
            title: draft.title,
            alternates: draft.alternates,
            body,
            url,
            path: file.to_owned(),
            requires: draft.requires,
        });
        Ok(())
    }

    fn made_id(&self, file: &str, draft: &Draft) -> String {
        let anchor = draft.anchor.clone().unwrap_or_else(|| match draft.kind {
            Kind::Faq => slug(&draft.title),
            Kind::Document => String::new(),
        });
        let anchor: String = anchor.chars().take(MAX_ID_CHARS).collect();
        let base = if anchor.is_empty() {
            file.to_owned()
        } else {
            format!("{file}#{anchor}")
        };
        if !self.ids.contains(&base) {
            return base;
        }
        (2..)
            .map(|n| format!("{base}~{n}"))
            .find(|id| !self.ids.contains(id))
            .expect("the numbers do not end")
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Assembly;
    use crate::entry::Kind;
    use crate::links::SiteMap;
    use crate::read::{Draft, Format};
    use crate::scan::Found;

    fn draft(kind: Kind, title: &str, anchor: Option<&str>) -> Draft {
        Draft {
            kind,
            title: title.to_owned(),
            anchor: anchor.map(str::to_owned),
            ..Draft::document("text".to_owned())
        }
    }

    fn add(base: Option<&str>, relative: &str, drafts: Vec<Draft>) -> Assembly {
        let map = SiteMap::new(base, None, &[PathBuf::from("/nowhere")]);
        let file = Found::alone(
            PathBuf::from(relative),
            Format::Markdown,
            relative.to_owned(),
        );
        let mut assembly = Assembly::new(Vec::new());
        assembly.add(relative, &map.links(&file), drafts);
        assembly
    }

    fn urls(base: Option<&str>, relative: &str, drafts: Vec<Draft>) -> Vec<Option<String>> {
        let entries = add(base, relative, drafts).entries.into_iter();
        entries.map(|entry| entry.url).collect()
    }
    #[test]
    fn links_are_base_path_and_anchor() {
        let section = || vec![draft(Kind::Document, "A > B", Some("b"))];
        let base = Some("https://example.org/help/");
        let link = |relative| urls(base, relative, section())[0].clone().unwrap();
        assert_eq!(
            link("guide/first steps.md"),
            "https://example.org/help/guide/first%20steps#b"
        );
        assert_eq!(
            link("guide/index.html"),
            "https://example.org/help/guide/#b"
        );
        assert_eq!(link("README.md"), "https://example.org/help/#b");
        assert_eq!(urls(None, "a.md", section()), [None]);
    }

    #[test]
    fn a_list_of_questions_is_no_page_to_link_to() {
        let base = Some("https://example.org");
        assert_eq!(
            urls(base, "faq.yaml", vec![draft(Kind::Faq, "Why?", None)]),
            [None]
        );
    }

    #[test]
    fn only_web_addresses_are_links() {
        let mut bad = draft(Kind::Faq, "Why?", None);
        bad.url = Some("javascript:alert(1)".to_owned());
        let assembly = add(Some("https://example.org"), "faq.yaml", vec![bad]);
        assert!(assembly.entries.is_empty());
        assert!(assembly.problems[0].what.contains("https://"));
    }

    #[test]
    fn pieces_of_one_section_are_numbered_and_repeated_questions_named() {
        let section = draft(Kind::Document, "A", Some("a"));
        let question = draft(Kind::Faq, "Why?", None);
        let drafts = vec![section.clone(), section, question.clone(), question];
        let assembly = add(None, "x.md", drafts);
        let ids: Vec<_> = assembly.entries.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["x.md#a", "x.md#a~2", "x.md#why"]);
        assert_eq!(assembly.problems.len(), 1);
    }
}
