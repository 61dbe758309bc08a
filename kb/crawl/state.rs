//! What is known of a walk, on disk: a journal to which a line is added for every page, so that a walk that was broken
//! off goes on where it was. When a walk is over, the journal is written anew with what is still there.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::fetch::Validators;
use crate::error::KbError;
use crate::library::{sync_dir, write_synced};

const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "LOCK";

/// One page that is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub url: String,
    /// The walk that saw it last.
    pub run: u64,
    pub depth: usize,
    /// Its file within the folder.
    pub file: String,
    /// BLAKE3 of what the server sent.
    pub hash: String,
    pub etag: Option<String>,
    pub modified: Option<String>,
    /// Where its links lead, as far as the walk follows them.
    pub links: Vec<String>,
}

impl Record {
    pub fn validators(&self) -> Validators {
        Validators {
            etag: self.etag.clone(),
            modified: self.modified.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Begin {
        run: u64,
    },
    Page(Record),
    /// Looked at in this walk, and nothing is kept of it.
    Seen {
        run: u64,
        url: String,
    },
    Gone {
        url: String,
    },
    End {
        run: u64,
    },
}

/// The state of one walk, which no other process changes meanwhile.
pub(super) struct State {
    folder: PathBuf,
    journal: File,
    pub run: u64,
    pub records: HashMap<String, Record>,
    /// The addresses that this walk is done with.
    pub done: HashSet<String>,
    _lock: File,
}

impl State {
    /// Opens what is there. A walk that has no end goes on.
    pub fn open(folder: &Path) -> Result<State, KbError> {
        fs::create_dir_all(folder).map_err(KbError::io(folder))?;
        let path = folder.join(LOCK);
        let lock = File::create(&path).map_err(KbError::io(&path))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => KbError::Busy {
                path: folder.to_owned(),
            },
            fs::TryLockError::Error(error) => KbError::io(&path)(error),
        })?;
        let read = read(folder);
        let path = folder.join(JOURNAL);
        let journal = OpenOptions::new().create(true).append(true).open(&path);
        let mut state = State {
            folder: folder.to_owned(),
            journal: journal.map_err(KbError::io(&path))?,
            run: read.run,
            records: read.records,
            done: read.done,
            _lock: lock,
        };
        // What was written last may have been cut off.
        state.journal.write_all(b"\n").map_err(KbError::io(&path))?;
        if !read.is_open {
            state.run += 1;
            state.done.clear();
            state.write(&Line::Begin { run: state.run })?;
        }
        Ok(state)
    }

    /// The pages that this walk has seen.
    pub fn current(&self) -> impl Iterator<Item = &Record> {
        self.records
            .values()
            .filter(|record| record.run == self.run)
    }

    pub fn keep(&mut self, record: Record) -> Result<(), KbError> {
        self.done.insert(record.url.clone());
        self.write(&Line::Page(record.clone()))?;
        self.records.insert(record.url.clone(), record);
        Ok(())
    }

    pub fn seen(&mut self, url: &str) -> Result<(), KbError> {
        self.done.insert(url.to_owned());
        let (run, url) = (self.run, url.to_owned());
        self.write(&Line::Seen { run, url })
    }

    /// Forgets a page with its file; `false` if it was not known.
    pub fn gone(&mut self, url: &str) -> Result<bool, KbError> {
        let Some(record) = self.records.remove(url) else {
            return Ok(false);
        };
        self.write(&Line::Gone {
            url: url.to_owned(),
        })?;
        let path = self.folder.join(&record.file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(KbError::io(&path)(error))
            }
            _ => Ok(true),
        }
    }

    /// The walk is over; the journal is written anew, so that it does not grow for ever.
    pub fn finish(mut self) -> Result<(), KbError> {
        self.write(&Line::End { run: self.run })?;
        let mut records: Vec<Record> = self.records.into_values().collect();
        records.sort_by(|a, b| a.url.cmp(&b.url));
        let lines = records.into_iter().map(Line::Page);
        let lines = lines.chain([Line::End { run: self.run }]);
        let text: String = lines.map(|line| json(&line)).collect();
        let temporary = self.folder.join(".journal.new");
        write_synced(&temporary, text.as_bytes())?;
        let path = self.folder.join(JOURNAL);
        fs::rename(&temporary, &path).map_err(KbError::io(&path))?;
        sync_dir(&self.folder)
    }

    fn write(&mut self, line: &Line) -> Result<(), KbError> {
        let path = self.folder.join(JOURNAL);
        let written = self.journal.write_all(json(line).as_bytes());
        written.map_err(KbError::io(&path))
    }
}

fn json(line: &Line) -> String {
    let json = serde_json::to_string(line).expect("a line is plain JSON");
    json + "\n"
}

#[derive(Default)]
struct Read {
    run: u64,
    is_open: bool,
    records: HashMap<String, Record>,
    done: HashSet<String>,
}

/// Lines that cannot be read were cut off by a crash.
fn read(folder: &Path) -> Read {
    let mut read = Read::default();
    let Ok(file) = File::open(folder.join(JOURNAL)) else {
        return read;
    };
    for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
        match serde_json::from_slice(&line) {
            Ok(Line::Begin { run }) => {
                (read.run, read.is_open) = (run, true);
                read.done.clear();
            }
            Ok(Line::End { run }) => (read.run, read.is_open) = (run, false),
            Ok(Line::Page(record)) => {
                read.done.insert(record.url.clone());
                read.records.insert(record.url.clone(), record);
            }
            Ok(Line::Seen { url, .. }) => {
                read.done.insert(url);
            }
            Ok(Line::Gone { url }) => {
                read.records.remove(&url);
            }
            Err(_) => {}
        }
    }
    read
}

/// When the last walk ended, by the file's own time.
pub(super) fn ended(folder: &Path) -> Option<SystemTime> {
    let read = read(folder);
    let time = fs::metadata(folder.join(JOURNAL)).ok()?.modified().ok()?;
    (!read.is_open && read.run > 0).then_some(time)
}

/// The files of a walk's folder, each with the address it came from.
pub(crate) fn stored(folder: &Path) -> Vec<(String, String)> {
    let records = read(folder).records.into_values();
    let mut files: Vec<_> = records.map(|record| (record.file, record.url)).collect();
    files.sort();
    files
}
