//! The vectors of a generation: one for each phrasing of the FAQ, and one for each window of every text. What
//! the generation before has encoded already is taken over, found by the words themselves.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use hinny_encoder::{Encoder, NAME, STORED, Vector, Vectors};

use crate::entry::Entry;
use crate::error::KbError;
use crate::library::write_synced;
use crate::semantic::background;

/// The file within a generation.
pub(crate) const VECTORS: &str = "vectors.bin";

/// All vectors, and to which entry each belongs; owners ascend.
#[derive(Default)]
pub(crate) struct Store {
    pub phrasings: Vectors,
    pub phrasing_owners: Vec<u32>,
    pub windows: Vectors,
    pub window_owners: Vec<u32>,
}

/// Vectors by the hash of the words they were made of.
pub(crate) type Known = HashMap<[u8; 32], Vec<Vector>>;

/// What is encoded as a whole: the title says what the text is about.
fn text(entry: &Entry) -> String {
    format!("{}. {}", entry.title, entry.body)
}

/// The phrasings that something is learnt from.
pub(crate) fn phrasings(entry: &Entry) -> impl Iterator<Item = &str> {
    let phrased = entry.is_phrased();
    entry.phrasings().filter(move |_| phrased)
}

fn hash(text: &str, whole: bool) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[u8::from(whole)]).update(text.as_bytes());
    *hasher.finalize().as_bytes()
}

/// The vectors of one entry.
struct Encoded {
    phrasings: Vec<Vector>,
    windows: Vec<Vector>,
}

impl Encoded {
    fn of(entry: &Entry, known: &Known) -> Encoded {
        let encoder = Encoder::shared();
        let one = |phrasing: &str| match known.get(&hash(phrasing, false)) {
            Some(vectors) => vectors.clone(),
            None => vec![encoder.one(phrasing)],
        };
        let text = text(entry);
        let windows = known.get(&hash(&text, true)).cloned();
        Encoded {
            phrasings: phrasings(entry).flat_map(one).collect(),
            windows: windows.unwrap_or_else(|| encoder.all(&text)),
        }
    }
}

/// Encodes on all processors; a page takes each of them tens of milliseconds.
fn encode(entries: &[Entry], known: &Known) -> Vec<Encoded> {
    let done: Vec<OnceLock<Encoded>> = entries.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let (Some(entry), Some(place)) = (entries.get(turn), done.get(turn)) else {
                return;
            };
            place.get_or_init(|| Encoded::of(entry, known));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// What of these entries is not known yet, encoded.
pub(super) fn encoded(entries: &[Entry], known: &Known) -> Known {
    let is_new = |key: &[u8; 32]| !known.contains_key(key);
    let mut new = Known::new();
    for (entry, encoded) in entries.iter().zip(encode(entries, known)) {
        let phrasings = phrasings(entry).map(|phrasing| hash(phrasing, false));
        let phrasings = phrasings.zip(encoded.phrasings.into_iter().map(|one| vec![one]));
        let whole = (hash(&text(entry), true), encoded.windows);
        new.extend(phrasings.chain([whole]).filter(|(key, _)| is_new(key)));
    }
    new
}

impl Store {
    /// Encodes what is not known yet.
    pub fn build(entries: &[Entry], known: &Known) -> Store {
        let mut store = Store::default();
        for (owner, encoded) in (0..).zip(encode(entries, known)) {
            store
                .phrasing_owners
                .extend(encoded.phrasings.iter().map(|_| owner));
            store.phrasings.extend(encoded.phrasings);
            store
                .window_owners
                .extend(encoded.windows.iter().map(|_| owner));
            store.windows.extend(encoded.windows);
        }
        store
    }

    /// What the next generation can take over, if these entries are those of this store.
    pub fn known(&self, entries: &[Entry]) -> Known {
        let mut known = Known::new();
        let mut phrased = 0..self.phrasings.len();
        let mut windowed = (0..self.windows.len()).peekable();
        for (owner, entry) in (0..).zip(entries) {
            for phrasing in phrasings(entry) {
                if let Some(at) = phrased.next() {
                    known.insert(hash(phrasing, false), vec![self.phrasings.get(at)]);
                }
            }
            let mut own = Vec::new();
            while let Some(at) = windowed.next_if(|at| self.window_owners[*at] == owner) {
                own.push(self.windows.get(at));
            }
            if !own.is_empty() {
                known.insert(hash(&text(entry), true), own);
            }
        }
        known
    }

    /// What is asked elsewhere and close to nothing here.
    pub fn foreign(&self) -> Vectors {
        let mut texts = Vectors::default();
        for (at, owner) in self.window_owners.iter().enumerate() {
            // An entry with phrasings is found by these.
            if self.phrasing_owners.binary_search(owner).is_err() {
                texts.push(&self.windows.get(at));
            }
        }
        background::foreign_to(&self.phrasings, &texts)
    }

    pub fn write(&self, dir: &Path) -> Result<(), KbError> {
        let mut bytes = head();
        for (owners, vectors) in [
            (&self.phrasing_owners, &self.phrasings),
            (&self.window_owners, &self.windows),
        ] {
            bytes.extend((owners.len() as u64).to_le_bytes());
            for (at, owner) in owners.iter().enumerate() {
                bytes.extend(owner.to_le_bytes());
                bytes.extend(vectors.get(at).bytes());
            }
        }
        write_synced(&dir.join(VECTORS), &bytes)
    }

    /// Reads the file back; an error if it is cut, of another encoder, or not of so many entries.
    pub fn read(dir: &Path, entries: usize) -> Result<Store, KbError> {
        let path = dir.join(VECTORS);
        let bytes = std::fs::read(&path).map_err(|error| KbError::broken(&path, error))?;
        let parsed = bytes
            .strip_prefix(head().as_slice())
            .and_then(|rest| parse(rest, entries));
        parsed.ok_or_else(|| KbError::broken(&path, "its vectors cannot be used"))
    }
}

/// Vectors of another encoder are never read as ours.
pub(super) fn head() -> Vec<u8> {
    format!("hinny vectors 1 {NAME}\n").into_bytes()
}

fn parse(bytes: &[u8], entries: usize) -> Option<Store> {
    let (phrasing_owners, phrasings, rest) = part(bytes, entries)?;
    let (window_owners, windows, rest) = part(rest, entries)?;
    rest.is_empty().then_some(Store {
        phrasings,
        phrasing_owners,
        windows,
        window_owners,
    })
}

fn part(bytes: &[u8], entries: usize) -> Option<(Vec<u32>, Vectors, &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    let size = usize::try_from(u64::from_le_bytes(*count)).ok()?;
    let (records, rest) = rest.split_at_checked(size.checked_mul(4 + STORED)?)?;
    let mut owners = Vec::with_capacity(size);
    let mut vectors = Vectors::default();
    for record in records.as_chunks::<{ 4 + STORED }>().0 {
        let (owner, vector) = record.split_first_chunk::<4>()?;
        owners.push(u32::from_le_bytes(*owner));
        vectors.push(&Vector::read(vector.first_chunk()?));
    }
    let sound = owners.is_sorted() && owners.last().is_none_or(|last| (*last as usize) < entries);
    sound.then_some((owners, vectors, rest))
}

#[cfg(test)]
mod tests {
    use super::{Known, Store, VECTORS};
    use crate::entry::{Entry, Kind};

    fn entry(kind: Kind, title: &str, body: &str) -> Entry {
        Entry {
            id: title.to_owned(),
            kind,
            title: title.to_owned(),
            alternates: vec![format!("{title} again")],
            body: body.to_owned(),
            url: None,
            path: String::new(),
            requires: None,
        }
    }

    #[test]
    fn vectors_survive_the_disk_and_serve_the_next_generation() {
        let long = "words of a long text ".repeat(60);
        let entries = [
            entry(Kind::Document, "Guide", &long),
            entry(Kind::Faq, "How much?", "Ten."),
        ];
        let built = Store::build(&entries, &Known::new());
        assert_eq!(built.phrasing_owners, [1, 1]);
        assert_eq!(built.window_owners, [0, 0, 0, 1]);
        let dir = tempfile::tempdir().unwrap();
        built.write(dir.path()).unwrap();
        let read = Store::read(dir.path(), 2).unwrap();
        assert_eq!(read.windows.get(2), built.windows.get(2));
        let known = read.known(&entries);
        assert_eq!(known.len(), 4);
        let turned = [entries[1].clone(), entries[0].clone()];
        let again = Store::build(&turned, &known);
        assert_eq!(again.window_owners, [0, 1, 1, 1]);
        assert_eq!(again.phrasings.get(1), built.phrasings.get(1));
        assert_eq!(again.windows.get(0), built.windows.get(3));
    }

    #[test]
    fn a_file_that_is_cut_or_of_other_entries_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let entries = [entry(Kind::Faq, "How much?", "Ten.")];
        Store::build(&entries, &Known::new())
            .write(dir.path())
            .unwrap();
        assert!(Store::read(dir.path(), 0).is_err());
        let path = dir.path().join(VECTORS);
        let bytes = std::fs::read(&path).unwrap();
        for end in [0, 5, 40, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..end]).unwrap();
            assert!(Store::read(dir.path(), 1).is_err(), "{end}");
        }
    }
}
