//! Answers for one visitor. An FAQ answer may name what the site has signed about who asks, as in
//! `{{signed.plan | your plan}}`, and an entry may be there only for those who are known, or for some of them. Nothing
//! that a browser says of itself counts.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use tantivy::DocId;

use crate::entry::{Entry, Kind};

/// Longer values are cut.
const MAX_CHARS: usize = 200;

/// The name, `|` if there is one, and what stands for a value that is not known.
static PLACES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\{\{\s*signed\.([\w.-]+)\s*(\|)?([^{}]*)\}\}";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// Who asks, as far as it is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What the site's token says, by its name: `id`, `name`, `email`, and the attributes. Empty for somebody
    /// unknown.
    pub signed: BTreeMap<String, String>,
}

impl Person {
    /// Nothing is proven about them.
    pub fn is_nobody(&self) -> bool {
        self.signed.is_empty()
    }
}

/// Whom an entry is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Requires {
    /// Values that suffice, by the attribute's name. Without any, everybody who is known may have it.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// As people write it: `identity`, or names with a value or several.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Word(String),
    Attributes(BTreeMap<String, Values>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl TryFrom<Written> for Requires {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Requires, &'static str> {
        let attributes = match written {
            Written::Word(word) if word == "identity" => BTreeMap::new(),
            Written::Word(_) => return Err("`requires` is `identity`, or like {plan: pro}"),
            Written::Attributes(attributes) => attributes,
        };
        let listed = |(name, values)| match values {
            Values::One(value) => (name, vec![value]),
            Values::Several(values) => (name, values),
        };
        Ok(Requires {
            attributes: attributes.into_iter().map(listed).collect(),
        })
    }
}

impl From<Requires> for Written {
    fn from(requires: Requires) -> Written {
        let several = |(name, values)| (name, Values::Several(values));
        match requires.attributes.is_empty() {
            true => Written::Word("identity".to_owned()),
            false => Written::Attributes(requires.attributes.into_iter().map(several).collect()),
        }
    }
}

impl Requires {
    fn is_met(&self, person: &Person) -> bool {
        let has = |(name, values): (&String, &Vec<String>)| {
            person
                .signed
                .get(name)
                .is_some_and(|own| values.contains(own))
        };
        !person.is_nobody() && self.attributes.iter().all(has)
    }
}

/// Which entries of a generation are not for everybody, and whether anything depends on who asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Personal {
    /// Whether an answer or a requirement names something signed.
    pub any: bool,
    /// The names of what it depends on.
    names: BTreeSet<String>,
    /// By the entry's place in the index.
    for_some: BTreeMap<DocId, Requires>,
}

impl Personal {
    pub fn of(entries: &[Entry]) -> Personal {
        let requires = |(doc, entry): (DocId, &Entry)| Some((doc, entry.requires.clone()?));
        let for_some: BTreeMap<_, _> = (0..).zip(entries).filter_map(requires).collect();
        let mut names: BTreeSet<String> = entries
            .iter()
            .filter(|entry| entry.kind == Kind::Faq)
            .flat_map(|entry| PLACES.captures_iter(&entry.body))
            .map(|found| found[1].to_owned())
            .collect();
        for requires in for_some.values() {
            names.insert("id".to_owned());
            names.extend(requires.attributes.keys().cloned());
        }
        Personal {
            any: !names.is_empty(),
            names,
            for_some,
        }
    }

    /// What a judgement about this person was made with.
    pub(crate) fn used(&self, person: &Person) -> Person {
        let used = person
            .signed
            .iter()
            .filter(|(name, _)| self.names.contains(*name));
        Person {
            signed: used
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }

    /// The entries that this person must not even be offered.
    pub fn hidden(&self, person: &Person) -> HashSet<DocId> {
        let not_met = self
            .for_some
            .iter()
            .filter(|(_, requires)| !requires.is_met(person));
        not_met.map(|(doc, _)| *doc).collect()
    }
}

/// The answer of an entry as this person gets it. A value is text, whatever is in it.
pub(crate) fn fill(entry: &Entry, person: &Person) -> String {
    if entry.kind != Kind::Faq {
        return entry.body.clone();
    }
    let value = |found: &Captures| match person.signed.get(&found[1]) {
        Some(value) if !value.trim().is_empty() => plain(value),
        _ => found[3].trim().to_owned(),
    };
    PLACES.replace_all(&entry.body, value).into_owned()
}

/// Markdown that shows exactly this text, on one line.
fn plain(value: &str) -> String {
    let mut plain = String::new();
    for c in value.trim().chars().take(MAX_CHARS) {
        match c {
            c if c.is_control() => plain.push(' '),
            c if c.is_ascii_punctuation() => plain.extend(['\\', c]),
            c => plain.push(c),
        }
    }
    plain
}

/// Why an answer cannot be filled in for everybody who may get it, if so.
pub(crate) fn fault(body: &str, requires: Option<&Requires>) -> Option<String> {
    let always = |name: &str| requires.is_some_and(|all| all.attributes.contains_key(name));
    let bare = PLACES
        .captures_iter(body)
        .find(|found| found.get(2).is_none() && !always(&found[1]))?;
    let name = &bare[1];
    Some(format!(
        "`{{{{signed.{name}}}}}` needs words for those of whom it is not known: {{{{signed.{name} | your {name}}}}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(signed: &[(&str, &str)]) -> Person {
        let owned = signed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Person {
            signed: owned.collect(),
        }
    }

    fn entry(kind: Kind, body: &str, requires: Option<&str>) -> Entry {
        Entry {
            id: "e".to_owned(),
            kind,
            title: "What do I pay?".to_owned(),
            alternates: Vec::new(),
            body: body.to_owned(),
            url: None,
            path: "faq.yaml".to_owned(),
            requires: requires.map(|json| serde_json::from_str(json).unwrap()),
        }
    }

    #[test]
    fn what_is_signed_is_filled_in_and_the_rest_has_other_words() {
        let entry = entry(
            Kind::Faq,
            "On {{signed.plan | your plan}}, {{ signed.name|friend }}.",
            None,
        );
        let pro = person(&[("plan", "pro"), ("other", "x")]);
        assert_eq!(fill(&entry, &pro), "On pro, friend.");
        assert_eq!(fill(&entry, &Person::default()), "On your plan, friend.");
        assert_eq!(
            fill(&entry, &person(&[("plan", "  ")])),
            "On your plan, friend."
        );
    }

    #[test]
    fn a_value_is_text_and_never_markup() {
        let entry = entry(Kind::Faq, "{{signed.plan | x}}", None);
        let hostile = person(&[(
            "plan",
            "[a](https://evil.example)\n# {{signed.name | y}} <b>",
        )]);
        let filled = fill(&entry, &hostile);
        let html = {
            let mut html = Vec::new();
            for event in pulldown_cmark::Parser::new(&filled) {
                html.push(format!("{event:?}"));
            }
            html.join(" ")
        };
        assert!(
            !html.contains("Link") && !html.contains("Heading") && !html.contains("Html"),
            "{html}"
        );
        assert!(fill(&entry, &person(&[("plan", &"x".repeat(9_000))])).len() <= MAX_CHARS);
    }

    #[test]
    fn documents_say_what_they_say() {
        let page = entry(Kind::Document, "Write {{signed.plan}} there.", None);
        assert_eq!(fill(&page, &person(&[("plan", "pro")])), page.body);
        assert!(!Personal::of(&[page]).any);
    }

    #[test]
    fn entries_are_only_for_those_they_are_for() {
        let entries = [
            entry(Kind::Faq, "a", None),
            entry(Kind::Faq, "b", Some("\"identity\"")),
            entry(Kind::Faq, "c", Some("{\"plan\": \"pro\"}")),
            entry(
                Kind::Faq,
                "d",
                Some("{\"plan\": [\"pro\", \"team\"], \"name\": \"Ada\"}"),
            ),
        ];
        let personal = Personal::of(&entries);
        let hidden = |signed: &[(&str, &str)]| {
            let mut hidden: Vec<_> = personal.hidden(&person(signed)).into_iter().collect();
            hidden.sort_unstable();
            hidden
        };
        assert_eq!(hidden(&[]), [1, 2, 3]);
        assert_eq!(hidden(&[("id", "7")]), [2, 3]);
        assert_eq!(hidden(&[("plan", "pro")]), [3]);
        assert_eq!(hidden(&[("plan", "PRO"), ("name", "Ada")]), [2, 3]);
        assert!(hidden(&[("plan", "team"), ("name", "Ada")]) == [2]);
        assert!(personal.any);
    }

    #[test]
    fn what_is_required_survives_the_disk() {
        let written: Requires = serde_json::from_str("{\"plan\": [\"pro\"]}").unwrap();
        let stored = serde_json::to_string(&written).unwrap();
        assert_eq!(
            serde_json::from_str::<Requires>(&stored).unwrap(),
            written,
            "{stored}"
        );
        let identity: Requires = serde_json::from_str("\"identity\"").unwrap();
        let stored = serde_json::to_string(&identity).unwrap();
        assert_eq!(
            serde_json::from_str::<Requires>(&stored).unwrap(),
            identity,
            "{stored}"
        );
        assert!(serde_json::from_str::<Requires>("\"idendity\"").is_err());
    }

    #[test]
    fn a_place_without_other_words_is_a_fault_unless_the_value_is_certain() {
        assert!(
            fault("{{signed.plan}}", None)
                .unwrap()
                .contains("| your plan")
        );
        assert_eq!(fault("{{signed.plan | x}} {{other}}", None), None);
        let pro: Requires = serde_json::from_str("{\"plan\": \"pro\"}").unwrap();
        assert_eq!(fault("{{signed.plan}}", Some(&pro)), None);
        assert!(fault("{{signed.name}}", Some(&pro)).is_some());
    }
}
