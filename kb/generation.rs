//! One immutable, complete index: a folder that is never changed after its name is published. Whoever
//! holds a generation can go on asking it, whatever happens to the pointer meanwhile.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::embed::{Center, Embedder};
use crate::engine::Engine;
use crate::entry::{Entry, Kind};
use crate::error::KbError;
use crate::judge::{self, Judgement};
use crate::language;
use crate::personal::{Person, Personal};
use crate::semantic::{self, Known, SMALLEST, Semantic};
use crate::settings::Settings;

/// Raised whenever readers, analysis or layout change, so that nothing old is reused.
pub(crate) const FORMAT: u32 = 9;

pub(crate) const ENTRIES: &str = "entries.jsonl";
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const INDEX: &str = "index";

/// What a generation was made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout's version.
    pub format: u32,
    /// What the links of documents begin with.
    pub base_url: Option<String>,
    /// Names everything that links depend on besides the files.
    pub links: String,
    pub files: Vec<FileRecord>,
    /// FAQ entries.
    pub faq: usize,
    /// Pieces of documents.
    pub documents: usize,
    /// The embedder that made its vectors.
    #[serde(default)]
    pub encoder: Option<String>,
    /// How many entries there are in each language (ISO 639-1).
    #[serde(default)]
    pub languages: BTreeMap<String, usize>,
    /// Phrasings of FAQ entries.
    #[serde(default)]
    pub phrasings: usize,
    /// What depends on who asks.
    #[serde(default)]
    pub personal: Personal,
}

/// One source file as it was when it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The file within the indexed path.
    pub path: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// Whether it had no problem; a file that had is read again.
    pub clean: bool,
}

/// One complete index.
pub struct Generation {
    id: String,
    dir: PathBuf,
    manifest: Manifest,
    pub(crate) engine: Engine,
    pub(crate) embedder: Embedder,
    /// Read with the first question that needs it.
    semantic: OnceLock<Option<Semantic>>,
}

impl Generation {
    pub(crate) fn open(dir: &Path, id: &str, embedder: &Embedder) -> Result<Generation, KbError> {
        let manifest = dir.join(MANIFEST);
        let text = fs::read(&manifest).map_err(|error| KbError::broken(dir, error))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| KbError::broken(dir, error))?;
        if manifest.format != FORMAT {
            return Err(KbError::broken(dir, "it was made by another version"));
        }
        let engine = Engine::open(&dir.join(INDEX))?;
        if engine.len() != manifest.faq + manifest.documents {
            return Err(KbError::broken(dir, "entries are missing"));
        }
        Ok(Generation {
            id: id.to_owned(),
            dir: dir.to_owned(),
            manifest,
            engine,
            embedder: embedder.clone(),
            semantic: OnceLock::new(),
        })
    }

    /// Names the content: the same sources always give the same id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many entries there are, FAQ entries and pieces of documents together.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there is nothing to answer with.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is too small for its confidence to mean anything. Then only questions in an entry's own words are
    /// answered.
    pub fn is_small(&self) -> bool {
        self.manifest.ways_to_ask() < SMALLEST
    }

    /// What it was made of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Searches and decides, on the caller's thread: CPU and page cache only.
    pub fn judge(&self, query: &str, settings: &Settings) -> Result<Judgement, KbError> {
        self.judge_for(&Person::default(), query, settings)
    }

    /// The same for somebody of whom something is proven.
    pub fn judge_for(
        &self,
        person: &Person,
        query: &str,
        settings: &Settings,
    ) -> Result<Judgement, KbError> {
        judge::judge(self, person, query, settings)
    }

    /// Every entry in the order of its source files.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry, KbError>> + '_ {
        (0..self.engine.len()).map(|doc| self.engine.entry(doc as u32))
    }

    /// One entry by its id; reads through all of them, which is quick enough for a command line.
    pub fn entry(&self, id: &str) -> Result<Option<Entry>, KbError> {
        self.entries()
            .find(|entry| entry.as_ref().map_or(true, |entry| entry.id == id))
            .transpose()
    }

    /// What it knows about meaning. If that cannot be read, questions are answered by their words alone.
    pub(crate) fn semantic(&self) -> Option<&Semantic> {
        let read = || {
            let opened = self
                .written()
                .and_then(|entries| semantic::open(&self.dir, &entries, &self.embedder));
            opened
                .inspect_err(|error| tracing::error!(%error, "the index knows words only"))
                .ok()
        };
        self.semantic.get_or_init(read).as_ref()
    }

    /// The vectors that the next generation can take over, and their center.
    pub(crate) fn vectors(&self) -> (Known, Center) {
        let entries = self.written().unwrap_or_default();
        semantic::known(&self.dir, &entries, &self.embedder)
    }

    /// The entries as they were written, by file: what an unchanged file is reused from.
    pub(crate) fn by_file(&self) -> Result<HashMap<String, Vec<Entry>>, KbError> {
        let mut files: HashMap<String, Vec<Entry>> = HashMap::new();
        for entry in self.written()? {
            files.entry(entry.path.clone()).or_default().push(entry);
        }
        Ok(files)
    }

    /// The entries as they were written, in the order of the index.
    fn written(&self) -> Result<Vec<Entry>, KbError> {
        let path = self.dir.join(ENTRIES);
        let file = fs::File::open(&path).map_err(KbError::io(&path))?;
        let lines = BufReader::new(file).lines().map(|line| {
            let line = line.map_err(KbError::io(&path))?;
            serde_json::from_str(&line).map_err(|error| KbError::broken(&path, error))
        });
        lines.collect()
    }
}

impl Manifest {
    pub(crate) fn count(&mut self, entries: &[Entry]) {
        self.faq = entries
            .iter()
            .filter(|entry| entry.kind == Kind::Faq)
            .count();
        self.documents = entries.len() - self.faq;
        self.personal = Personal::of(entries);
        self.languages = language::counted(&language::of_entries(entries));
        let faq = entries.iter().filter(|entry| entry.kind == Kind::Faq);
        self.phrasings = faq.map(|entry| entry.phrasings().count()).sum();
    }

    /// Phrasings and sections together. Each FAQ entry has one phrasing at least.
    pub fn ways_to_ask(&self) -> usize {
        self.phrasings.max(self.faq) + self.documents
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation")
            .field("id", &self.id)
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}
