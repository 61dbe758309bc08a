//! FAQ entries in JSON (a list, bare or under `entries`) and JSONL (one entry a line).

use serde_json::value::RawValue;

use super::faq::{List, RawEntry, short_message};
use super::{Fault, Reading, lines_in};

/// A line of JSONL longer than this is skipped and named: an entry is a few kilobytes.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Reads a JSON file. Entries are taken apart first, so that one bad entry costs only itself.
pub(crate) fn read(text: &str) -> Reading {
    let list: List<&RawValue> = match serde_json::from_str(text) {
        Ok(list) => list,
        Err(error) => return Reading::broken(fault(&error, 0)),
    };
    let mut reading = Reading::default();
    let (mut line, mut seen) = (1, 0);
    for raw in list.0 {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        line += lines_in(&text.as_bytes()[seen..start]);
        seen = start;
        let entry: Result<RawEntry, _> = serde_json::from_str(raw.get());
        match entry {
            Ok(entry) => reading.push(entry.draft(line)),
            Err(error) => reading.faults.push(fault(&error, line - 1)),
        }
    }
    reading
}

/// Reads a JSONL file line by line; empty lines are skipped.
pub(crate) fn read_lines(text: &str) -> Reading {
    let mut reading = Reading::default();
    for (index, source) in text.lines().enumerate() {
        let line = index + 1;
        if source.trim().is_empty() {
            continue;
        }
        if source.len() > MAX_LINE_BYTES {
            let what = format!("the line is longer than {MAX_LINE_BYTES} bytes");
            reading.faults.push(Fault::at(line, what));
            continue;
        }
        match serde_json::from_str::<RawEntry>(source) {
            Ok(entry) => reading.push(entry.draft(line)),
            Err(error) => reading.faults.push(fault(&error, index)),
        }
    }
    reading
}

fn fault(error: &serde_json::Error, lines_before: usize) -> Fault {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    Fault::at(
        lines_before + error.line().max(1),
        format!("not valid JSON of a FAQ: {}", short_message(what)),
    )
}

#[cfg(test)]
mod tests {
    use super::{read, read_lines};

    #[test]
    fn a_list_bare_or_under_entries() {
        let list = r#"[{"question":"A?","answer":"a"},
            {"question":"B?","answer":"b","alternates":["b"],"category":"kept out"}]"#;
        let bare = read(list);
        assert_eq!(bare.drafts.len(), 2);
        assert_eq!(bare.drafts[1].line, 2);
        let under = read(&format!("{{\"entries\": {list}}}"));
        assert_eq!(under.drafts, bare.drafts);
    }

    #[test]
    fn one_bad_entry_costs_only_itself() {
        let reading = read(
            "[\n{\"question\":\"A?\",\"answer\":7},\n{\"question\":\"B?\"},\n{\"question\":\"C?\",\"answer\":\"c\"}]",
        );
        assert_eq!(reading.drafts.len(), 1);
        let lines: Vec<_> = reading.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(2), Some(3)]);
    }

    #[test]
    fn broken_json_is_named_with_its_line() {
        let reading = read("[\n{\"question\": \"A?\",\n}]");
        assert_eq!(reading.faults[0].line, Some(3));
        assert!(read(&"[".repeat(100_000)).drafts.is_empty());
    }

    #[test]
    fn lines_stand_for_themselves() {
        let reading = read_lines(
            "{\"question\":\"A?\",\"answer\":\"a\"}\n\nnonsense\n{\"question\":\"B?\",\"answer\":\"b\"}\n",
        );
        assert_eq!(reading.drafts[1].line, 4);
        assert_eq!(reading.faults[0].line, Some(3));
    }

    #[test]
    fn an_endless_line_is_skipped_and_named() {
        let long = "x".repeat(50 << 20);
        let text = format!("{{\"question\":\"{long}\"}}\n{{\"question\":\"B?\",\"answer\":\"b\"}}");
        let reading = read_lines(&text);
        assert_eq!(reading.drafts.len(), 1);
        assert!(reading.faults[0].what.contains("longer than"));
    }
}
