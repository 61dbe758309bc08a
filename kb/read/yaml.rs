//! FAQ entries in YAML: a list of `question`, `answer` and, if wanted, `alternates`, `id`, `url`.

use serde_saphyr::Spanned;

use super::faq::{List, RawEntry};
use super::{Fault, Reading};

/// Reads a YAML file. A file that is not YAML is one fault; an entry that lacks a part is another.
pub(crate) fn read(text: &str) -> Reading {
    let list: List<Spanned<RawEntry>> = match serde_saphyr::from_str(text) {
        Ok(list) => list,
        Err(error) => return Reading::broken(fault(&error)),
    };
    let mut reading = Reading::default();
    for entry in list.0 {
        let line = entry.referenced.line() as usize;
        reading.push(entry.value.draft(line));
    }
    reading
}

/// The parser's message without its picture of the source, and the line apart.
pub(crate) fn fault(error: &serde_saphyr::Error) -> Fault {
    let message = error.without_snippet().to_string();
    let first = message.lines().next().unwrap_or_default();
    Fault {
        line: error.location().map(|place| place.line() as usize),
        what: format!(
            "not valid YAML of a FAQ: {}",
            super::faq::short_message(first)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn entries_come_with_their_lines() {
        let reading = read(
            "# our FAQ\n- question: Is it free?\n  answer: Yes.\n\n- id: two\n  question: Who?\n  alternates: [Whom?]\n  answer: |\n    *Us*\n",
        );
        assert!(reading.faults.is_empty(), "{:?}", reading.faults);
        let [one, two] = &reading.drafts[..] else {
            panic!("two entries");
        };
        assert_eq!((one.line, one.title.as_str()), (2, "Is it free?"));
        assert_eq!((two.line, two.id.as_deref()), (5, Some("two")));
        assert_eq!(two.alternates, ["Whom?"]);
        assert_eq!(two.body, "*Us*");
    }

    #[test]
    fn a_list_may_stand_under_entries() {
        let reading = read("kind: faq\nentries:\n  - question: A?\n    answer: B\n");
        assert_eq!(reading.drafts[0].title, "A?");
        assert_eq!(reading.drafts[0].line, 3);
    }

    #[test]
    fn an_entry_without_answer_is_named_and_the_others_stay() {
        let reading = read("- question: A?\n- question: B?\n  answer: b\n- answer: c\n");
        assert_eq!(reading.drafts.len(), 1);
        assert_eq!(reading.faults[0].line, Some(1));
        assert!(reading.faults[0].what.contains("no `answer` to “A?”"));
        assert_eq!(reading.faults[1].line, Some(4));
    }

    #[test]
    fn bad_yaml_is_named_with_its_line() {
        let reading = read("- question: A?\n  answer: \"open\n- question: B?\n");
        assert!(reading.drafts.is_empty());
        assert!(reading.faults[0].line.is_some(), "{:?}", reading.faults);
        let other = read("just a sentence");
        assert!(
            other.faults[0].what.contains("list of entries"),
            "{other:?}"
        );
    }

    #[test]
    fn an_alias_bomb_is_stopped_by_the_parsers_budget() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
        for (one, two) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            bomb += &format!(
                "{two}: &{two} [*{one},*{one},*{one},*{one},*{one},*{one},*{one},*{one},*{one}]\n"
            );
        }
        assert!(!read(&bomb).faults.is_empty());
    }
}
