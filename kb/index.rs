//! From paths to a new generation: read what changed, take the rest from the generation before, publish.
//! The knowledge becomes exactly what the paths hold; what is broken is reported and left out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::assemble::Assembly;
use crate::embed::Ground;
use crate::engine;
use crate::entry::Entry;
use crate::error::KbError;
use crate::gather::{Gathered, Old, Reader, Sources, gather, gathered};
use crate::generation::{ENTRIES, FileRecord, Generation, INDEX, MANIFEST};
use crate::language;
use crate::library::{Indexing, Library, sync_dir, write_synced};
use crate::links::{LinkStyle, SiteMap};
use crate::read::{Format, PdfReader};
use crate::scan::Found;
use crate::self_questions;
use crate::semantic::{self, Known, ahead};

/// Where the last job is remembered.
const LAST: &str = "LAST";

/// What to index.
#[derive(Clone, Debug, Default)]
pub struct IndexJob {
    /// Files and folders; the knowledge becomes exactly what they hold.
    pub paths: Vec<PathBuf>,
    /// The file of saved entries. Read first, so that it keeps its name whatever else is indexed; it may be absent.
    pub saved: Option<PathBuf>,
    /// What links of documents begin with. Without it, documents have no link and are shown by their path.
    pub base_url: Option<String>,
    /// Whose rules make the links; without it, the generator whose file is found there.
    pub links: Option<LinkStyle>,
    /// Who reads PDF files.
    pub pdf: PdfReader,
    /// Folders with pages of the web, each of which knows its own address.
    pub crawled: Vec<PathBuf>,
}

impl IndexJob {
    pub(crate) fn all_paths(&self) -> Vec<PathBuf> {
        let saved = self.saved.iter().filter(|path| path.exists());
        saved.chain(&self.paths).cloned().collect()
    }
}

/// How far indexing is; told before each file, and then while the texts are encoded.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Files finished, or texts.
    pub done: usize,
    pub total: usize,
    /// The file that comes now, or what is done; empty when all files are read.
    pub file: String,
}

/// What indexing did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexReport {
    /// The generation in use now.
    pub generation: String,
    pub files: usize,
    /// All entries: FAQ entries and pieces of documents.
    pub entries: usize,
    pub faq: usize,
    pub documents: usize,
    /// There is too little to be sure of anything: only questions in an entry's own words are answered.
    #[serde(default)]
    pub small: bool,
    /// Entries by comparison with the generation before.
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
    pub unchanged: usize,
    /// What was left out; a command ends with a failure if there is any.
    pub problems: Vec<Problem>,
    /// What was left out on purpose, such as old versions; no failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Something in the sources that could not be indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub file: String,
    pub line: Option<usize>,
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl Library {
    /// Builds a new generation and switches to it. Queries that run meanwhile keep the old one. Content
    /// that has not changed keeps its generation.
    pub fn index(
        &self,
        job: &IndexJob,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<IndexReport, KbError> {
        // A typing mistake must not empty what a running server answers from.
        if let Some(path) = job.paths.iter().find(|path| !path.exists()) {
            return Err(KbError::Missing { path: path.clone() });
        }
        let turn = self.begin()?;
        if let Err(error) = self.refresh() {
            tracing::warn!(%error, "the index is broken and is built anew");
        }
        let before = self.generation();
        let sources = Sources::of(job);
        let old = Old::of(before.as_deref(), &sources.map.key());
        let mut gathered = gather(job, sources, &old, progress);
        gathered.manifest.encoder = Some(self.embedder().name().to_owned());
        let knows = before.as_ref().is_some_and(|before| !before.is_empty());
        if knows && gathered.entries.is_empty() && !gathered.problems.is_empty() {
            return Err(KbError::Nothing {
                problems: gathered.problems,
            });
        }
        let generation = publish(&turn, before.as_ref(), &gathered, progress)?;
        self.remember(job)?;
        Ok(report(&generation, gathered, &old))
    }

    /// What was indexed last, for when it is to be indexed again without saying it: the paths and the base URL.
    pub fn last_job(&self) -> Option<(Vec<PathBuf>, Option<String>)> {
        let text = std::fs::read(self.dir().join(LAST)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn remember(&self, job: &IndexJob) -> Result<(), KbError> {
        let last = (job.paths.clone(), job.base_url.clone());
        if self.last_job().as_ref() == Some(&last) {
            return Ok(());
        }
        let text = serde_json::to_vec(&last).unwrap_or_default();
        write_synced(&self.dir().join(LAST), &text)
    }

    /// Reads one file anew and leaves everything else as it was indexed, whatever has changed on disk since. Without
    /// any index, all of `job` is read.
    pub fn renew(&self, file: &Path, job: &IndexJob) -> Result<IndexReport, KbError> {
        let Some(format) = Format::of(file) else {
            return self.index(job, &mut |_| {});
        };
        let turn = self.begin()?;
        let Some(before) = self.generation() else {
            drop(turn);
            return self.index(job, &mut |_| {});
        };
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let found = Found::alone(file.to_owned(), format, name);
        let mut gathered = exchange(&found, &before)?;
        gathered.manifest.encoder = Some(self.embedder().name().to_owned());
        let old = Old::of(Some(&before), &before.manifest().links);
        let generation = publish(&turn, Some(&before), &gathered, &mut |_| {})?;
        Ok(report(&generation, gathered, &old))
    }
}

/// The generation before with one file read anew. That file comes first, as `IndexJob` has it.
fn exchange(file: &Found, before: &Generation) -> Result<Gathered, KbError> {
    let manifest = before.manifest();
    let map = SiteMap::new(manifest.base_url.as_deref(), None, &[]);
    let mut assembly = Assembly::new(Vec::new());
    let hash = Reader::of(&map, &PdfReader::Nobody).read(file, &Old::default(), &mut assembly);
    let clean = assembly.problems.is_empty();
    let mut entries = before.by_file()?;
    let others = manifest
        .files
        .iter()
        .filter(|other| other.path != file.name);
    let mut files: Vec<FileRecord> = others.cloned().collect();
    for other in &files {
        let kept = entries.remove(&other.path).unwrap_or_default();
        if !assembly.take_over(&kept) {
            let what = "one of its ids is taken by a saved entry".to_owned();
            assembly.problem(&other.path, None, what);
        }
    }
    let record = hash.map(|hash| FileRecord {
        path: file.name.clone(),
        hash,
        clean,
    });
    files.splice(0..0, record);
    let base = (manifest.base_url.clone(), manifest.links.clone());
    Ok(gathered(base, files, assembly))
}

fn publish(
    turn: &Indexing,
    before: Option<&Arc<Generation>>,
    gathered: &Gathered,
    progress: &mut dyn FnMut(Progress),
) -> Result<Arc<Generation>, KbError> {
    let manifest = serde_json::to_vec_pretty(&gathered.manifest).expect("a manifest is plain JSON");
    let mut lines = Vec::new();
    for entry in &gathered.entries {
        serde_json::to_writer(&mut lines, entry).expect("an entry is plain JSON");
        lines.push(b'\n');
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&manifest).update(&lines);
    let id = &hasher.finalize().to_hex()[..16];
    if let Some(same) = before.filter(|before| before.id() == id) {
        return Ok(same.clone());
    }
    if let Some(existing) = turn.existing(id) {
        return turn.switch(existing);
    }
    let building = turn.building(id)?;
    let index = building.join(INDEX);
    std::fs::create_dir(&index).map_err(KbError::io(&index))?;
    engine::build(&index, &gathered.entries)?;
    let (known, ground) = understand(turn, before, &gathered.entries, progress)?;
    let embedder = turn.embedder();
    let ask_texts =
        |semantic: &_| self_questions::calibrate(&index, semantic, embedder, &gathered.entries);
    let by = (embedder, ground);
    semantic::build(&building, &gathered.entries, &known, by, &ask_texts)?;
    write_synced(&building.join(ENTRIES), &lines)?;
    write_synced(&building.join(MANIFEST), &manifest)?;
    sync_dir(&index)?;
    sync_dir(&building)?;
    let generation = turn.publish(&building, id)?;
    ahead::forget(turn.dir())?;
    Ok(generation)
}

/// The vectors of all texts that the embedder can read; those of the generation before are taken over.
fn understand(
    turn: &Indexing,
    before: Option<&Arc<Generation>>,
    entries: &[Entry],
    progress: &mut dyn FnMut(Progress),
) -> Result<(Known, Ground), KbError> {
    let embedder = turn.embedder();
    let (mut known, center) = before.map(|before| before.vectors()).unwrap_or_default();
    let width = center.width();
    let ground = embedder.ground(center)?;
    if ground.center.width() != width {
        known.clear();
    }
    let languages = language::of_entries(entries);
    let read: Vec<&Entry> = entries
        .iter()
        .zip(languages)
        .filter_map(|(entry, language)| embedder.knows(language).then_some(entry))
        .collect();
    let total = read.len();
    let mut tell = |done| {
        progress(Progress {
            done,
            total,
            file: "understanding the texts".to_owned(),
        });
    };
    let by = (embedder, &ground.center);
    ahead::encode(turn.dir(), &read, &mut known, by, &mut tell)?;
    Ok((known, ground))
}

fn report(generation: &Generation, gathered: Gathered, old: &Old) -> IndexReport {
    let old: HashMap<&str, &Entry> = old
        .entries
        .values()
        .flatten()
        .map(|entry| (entry.id.as_str(), entry))
        .collect();
    let (mut added, mut changed, mut unchanged) = (0, 0, 0);
    for entry in &gathered.entries {
        match old.get(entry.id.as_str()) {
            None => added += 1,
            Some(same) if *same == entry => unchanged += 1,
            Some(_) => changed += 1,
        }
    }
    IndexReport {
        generation: generation.id().to_owned(),
        files: gathered.manifest.files.len(),
        entries: gathered.entries.len(),
        faq: gathered.manifest.faq,
        documents: gathered.manifest.documents,
        small: generation.is_small(),
        added,
        changed,
        removed: old.len() - changed - unchanged,
        unchanged,
        problems: gathered.problems,
        notes: gathered.notes,
    }
}
