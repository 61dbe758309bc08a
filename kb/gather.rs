//! Gathering: the files below the indexed paths are read, and what has not changed is taken from the generation before.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::assemble::Assembly;
use crate::crawl;
use crate::entry::Entry;
use crate::generation::{FORMAT, FileRecord, Generation, Manifest};
use crate::index::{IndexJob, Problem, Progress};
use crate::links::SiteMap;
use crate::read::{Format, PdfReader, Source};
use crate::scan::{Found, scan};

/// What the generation before can lend.
#[derive(Default)]
pub(crate) struct Old {
    /// Entries by file; empty if that generation cannot be read.
    pub entries: HashMap<String, Vec<Entry>>,
    /// Hashes of the files whose entries may be taken over.
    hashes: HashMap<String, String>,
}

impl Old {
    pub fn of(before: Option<&Generation>, links: &str) -> Old {
        let Some(generation) = before else {
            return Old::default();
        };
        let entries = generation.by_file().unwrap_or_else(|error| {
            tracing::warn!(%error, "nothing can be taken over from the old generation");
            HashMap::new()
        });
        let manifest = generation.manifest();
        let same_links = manifest.links == links && !entries.is_empty();
        let clean = manifest
            .files
            .iter()
            .filter(|file| same_links && file.clean);
        Old {
            hashes: clean
                .map(|file| (file.path.clone(), file.hash.clone()))
                .collect(),
            entries,
        }
    }

    fn take(&self, name: &str, hash: &str) -> Option<&[Entry]> {
        let same = self.hashes.get(name).is_some_and(|known| known == hash);
        same.then(|| self.entries.get(name).map_or(&[][..], Vec::as_slice))
    }
}

/// Everything that will be in the new generation.
pub(crate) struct Gathered {
    pub manifest: Manifest,
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
    /// What was left out on purpose.
    pub notes: Vec<String>,
}

pub(crate) fn gathered(
    base: (Option<String>, String),
    files: Vec<FileRecord>,
    assembly: Assembly,
) -> Gathered {
    let mut manifest = Manifest {
        format: FORMAT,
        base_url: base.0,
        links: base.1,
        files,
        ..Manifest::default()
    };
    manifest.count(&assembly.entries);
    Gathered {
        manifest,
        entries: assembly.entries,
        problems: assembly.problems,
        notes: Vec::new(),
    }
}

/// The files to read, and where each is published.
pub(crate) struct Sources {
    pub found: Vec<Found>,
    pub map: SiteMap,
    pub problems: Vec<Problem>,
    pub notes: Vec<String>,
}

impl Sources {
    pub fn of(job: &IndexJob) -> Sources {
        let paths = job.all_paths();
        let mut map = SiteMap::new(job.base_url.as_deref(), job.links, &paths);
        let mut notes = Vec::new();
        let (mut found, problems) = scan(&paths, &mut |root, file| {
            let generator = map.generator(root);
            let read = generator.other_version(file);
            notes.extend(read.map(|version| only(&paths[root], version)));
            read.is_none() && !generator.is_machinery(file)
        });
        notes.dedup();
        map.learn(&found);
        found.extend(crawled(&job.crawled));
        Sources {
            found,
            map,
            problems,
            notes,
        }
    }
}

/// Answers from old versions would be wrong ones.
fn only(path: &Path, version: &str) -> String {
    format!(
        "{}: only version {version} is read; to read another one too, name its own folder",
        path.display()
    )
}

/// The pages of all walks; one that two of them have fetched counts once.
fn crawled(folders: &[PathBuf]) -> Vec<Found> {
    let mut seen = HashSet::new();
    let pages = folders.iter().flat_map(|folder| {
        let files = crawl::stored(folder).into_iter();
        files.map(move |(file, url)| (folder.join(&file), file, url))
    });
    let pages = pages.filter(|(_, _, url)| seen.insert(url.clone()));
    pages
        .filter_map(|(path, name, url)| {
            let format = Format::of(&path)?;
            Some(Found {
                page: Some(url),
                root: usize::MAX,
                ..Found::alone(path, format, name)
            })
        })
        .collect()
}

pub(crate) fn gather(
    job: &IndexJob,
    sources: Sources,
    old: &Old,
    progress: &mut dyn FnMut(Progress),
) -> Gathered {
    let total = sources.found.len();
    let mut assembly = Assembly::new(sources.problems);
    let mut files = Vec::with_capacity(total);
    let reader = Reader::of(&sources.map, &job.pdf);
    for (done, file) in sources.found.iter().enumerate() {
        progress(Progress {
            done,
            total,
            file: file.name.clone(),
        });
        let problems = assembly.problems.len();
        let hash = reader.read(file, old, &mut assembly);
        files.extend(hash.map(|hash| FileRecord {
            path: file.name.clone(),
            hash,
            clean: assembly.problems.len() == problems,
        }));
    }
    progress(Progress {
        done: total,
        total,
        file: String::new(),
    });
    let base = (job.base_url.clone(), sources.map.key());
    Gathered {
        notes: sources.notes,
        ..gathered(base, files, assembly)
    }
}

/// Reads files for one index.
pub(crate) struct Reader<'a> {
    map: &'a SiteMap,
    pdf: &'a PdfReader,
}

impl<'a> Reader<'a> {
    pub fn of(map: &'a SiteMap, pdf: &'a PdfReader) -> Self {
        Reader { map, pdf }
    }

    /// Adds one file's entries and gives its hash, or nothing if it could not even be read.
    pub fn read(&self, file: &Found, old: &Old, assembly: &mut Assembly) -> Option<String> {
        let bytes = match load(&file.path, file.format.max_bytes()) {
            Ok(bytes) => bytes,
            Err(what) => {
                assembly.problem(&file.name, None, what);
                return None;
            }
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes);
        hasher.update(file.page.as_deref().unwrap_or_default().as_bytes());
        let hash = hasher.finalize().to_hex().to_string();
        if let Some(entries) = old.take(&file.name, &hash)
            && assembly.take_over(entries)
        {
            return Some(hash);
        }
        let links = self.map.links(file);
        let source = Source {
            format: file.format,
            name: &file.name,
            links: Some(&links),
            pdf: self.pdf,
        };
        let reading = source.read(&bytes);
        for fault in reading.faults {
            assembly.problem(&file.name, fault.line, fault.what);
        }
        assembly.add(&file.name, &links, reading.drafts);
        Some(hash)
    }
}

pub(crate) fn load(path: &Path, max: u64) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > max {
        return Err(format!("the file is larger than {} MiB", max >> 20));
    }
    Ok(bytes)
}
