//! FAQ entries in CSV: the first line names the columns `question` and `answer` and, if wanted, `id`,
//! `url` and `alternates` (several in one cell, one a line or separated by `|`).

use csv::{ReaderBuilder, StringRecord};

use super::faq::{RawEntry, short_message};
use super::{Fault, Reading};

/// Reads a CSV file. Semicolons are understood as well, because some spreadsheets write them.
pub(crate) fn read(text: &str) -> Reading {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(headers) => Columns::of(headers),
        Err(error) => return Reading::broken(fault(&error)),
    };
    if columns.question.is_none() || columns.answer.is_none() {
        let what = "the first line must name the columns `question` and `answer`";
        return Reading::broken(Fault::at(1, what));
    }
    let mut reading = Reading::default();
    for record in reader.records() {
        match record {
            Ok(record) => reading.push(columns.entry(&record).draft(line_of(&record))),
            Err(error) => reading.faults.push(fault(&error)),
        }
    }
    reading
}

/// Where each column stands.
struct Columns {
    id: Option<usize>,
    question: Option<usize>,
    alternates: Option<usize>,
    answer: Option<usize>,
    url: Option<usize>,
}

impl Columns {
    fn of(headers: &StringRecord) -> Self {
        let find = |name: &str| {
            headers
                .iter()
                .position(|header| header.trim().eq_ignore_ascii_case(name))
        };
        Columns {
            id: find("id"),
            question: find("question"),
            alternates: find("alternates"),
            answer: find("answer"),
            url: find("url"),
        }
    }

    fn entry(&self, record: &StringRecord) -> RawEntry {
        let cell = |column: Option<usize>| column.and_then(|n| record.get(n)).map(str::to_owned);
        let alternates =
            cell(self.alternates).map(|cell| cell.split(['|', '\n']).map(str::to_owned).collect());
        RawEntry {
            id: cell(self.id),
            question: cell(self.question),
            alternates,
            answer: cell(self.answer),
            url: cell(self.url),
            requires: None,
        }
    }
}

fn line_of(record: &StringRecord) -> usize {
    record.position().map_or(1, |place| place.line() as usize)
}

fn fault(error: &csv::Error) -> Fault {
    Fault {
        line: error.position().map(|place| place.line() as usize),
        what: format!("not valid CSV: {}", short_message(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn columns_are_found_by_name() {
        let reading = read("Answer,Question,alternates\n\"a, b\nc\",A?,x|y\nd,D?,\n");
        assert!(reading.faults.is_empty(), "{:?}", reading.faults);
        assert_eq!(reading.drafts[0].body, "a, b\nc");
        assert_eq!(reading.drafts[0].alternates, ["x", "y"]);
        assert_eq!(reading.drafts[1].line, 4);
    }

    #[test]
    fn semicolons_are_understood() {
        assert_eq!(read("question;answer\nA?;a\n").drafts[0].title, "A?");
    }

    #[test]
    fn a_short_row_or_an_empty_answer_is_named() {
        let reading = read("question,answer\nonly one cell\nA?,\nB?,b\n");
        assert_eq!(reading.drafts.len(), 1);
        let lines: Vec<_> = reading.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(2), Some(3)]);
    }

    #[test]
    fn a_file_without_the_columns_is_refused() {
        assert_eq!(read("frage,antwort\nA?,a\n").faults[0].line, Some(1));
    }
}
