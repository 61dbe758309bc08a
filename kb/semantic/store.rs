//! The vectors of a generation: one for each phrasing of the FAQ, and one for each window of every text. What
//! the generation before has encoded already is taken over, found by the words themselves.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use hinny_encoder::{Vector, Vectors, stored};

use crate::embed::{Center, Text};
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
    /// What is asked elsewhere and close to nothing here.
    pub foreign: Vectors,
    /// Where the embedder's vectors are counted from.
    pub center: Center,
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

/// What of these entries is not known yet, each text once.
pub(super) fn missing<'a>(entries: impl Iterator<Item = &'a Entry>, known: &Known) -> Vec<Text> {
    let all = entries.flat_map(|entry| {
        let phrasings = phrasings(entry).map(|phrasing| (phrasing.to_owned(), false));
        phrasings.chain([(text(entry), true)])
    });
    let mut seen = HashSet::new();
    let new = all.filter(|(text, whole)| {
        let hash = hash(text, *whole);
        !known.contains_key(&hash) && seen.insert(hash)
    });
    new.map(|(text, whole)| Text { text, whole }).collect()
}

/// The vectors of these texts as they are known from now on.
pub(super) fn learnt(texts: &[Text], vectors: Vec<Vec<Vector>>) -> Known {
    let hashes = texts.iter().map(|one| hash(&one.text, one.whole));
    hashes.zip(vectors).collect()
}

impl Store {
    /// Puts together what is known of the entries. One of which nothing is known, such as an entry in a language that
    /// the embedder does not have, is found by its words alone.
    pub fn build(entries: &[Entry], known: &Known, background: &[Vector], center: Center) -> Store {
        let mut store = Store::default();
        for (owner, entry) in (0..).zip(entries) {
            for phrasing in phrasings(entry) {
                let vectors = known.get(&hash(phrasing, false)).into_iter().flatten();
                for vector in vectors.take(1) {
                    store.phrasing_owners.push(owner);
                    store.phrasings.push(vector);
                }
            }
            let windows = known.get(&hash(&text(entry), true)).into_iter().flatten();
            for window in windows {
                store.window_owners.push(owner);
                store.windows.push(window);
            }
        }
        store.foreign = background::foreign_to(background, &store.phrasings, &store.texts());
        store.center = center;
        store
    }

    /// Whether an entry's phrasings have vectors: all of them have, or none.
    pub fn has_phrasings(&self, owner: u32) -> bool {
        self.phrasing_owners.binary_search(&owner).is_ok()
    }

    /// What the next generation can take over, if these entries are those of this store.
    pub fn known(&self, entries: &[Entry]) -> Known {
        let mut known = Known::new();
        let mut phrased = 0..self.phrasings.len();
        let mut windowed = (0..self.windows.len()).peekable();
        for (owner, entry) in (0..).zip(entries) {
            for phrasing in phrasings(entry).filter(|_| self.has_phrasings(owner)) {
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

    /// The windows of entries that are not found by their phrasings.
    fn texts(&self) -> Vectors {
        let mut texts = Vectors::default();
        for (at, owner) in self.window_owners.iter().enumerate() {
            if !self.has_phrasings(*owner) {
                texts.push(&self.windows.get(at));
            }
        }
        texts
    }

    /// Writes all of it for the embedder of this name.
    pub fn write(&self, dir: &Path, embedder: &str) -> Result<(), KbError> {
        let mut bytes = head(embedder);
        bytes.extend(self.center.bytes());
        let foreign = vec![0; self.foreign.len()];
        for (owners, vectors) in [
            (&self.phrasing_owners, &self.phrasings),
            (&self.window_owners, &self.windows),
            (&foreign, &self.foreign),
        ] {
            bytes.extend((owners.len() as u64).to_le_bytes());
            bytes.extend((vectors.width() as u32).to_le_bytes());
            for (at, owner) in owners.iter().enumerate() {
                bytes.extend(owner.to_le_bytes());
                bytes.extend(vectors.get(at).bytes());
            }
        }
        write_synced(&dir.join(VECTORS), &bytes)
    }

    /// Reads the file back; an error if it is cut, of another embedder, or not of so many entries.
    pub fn read(dir: &Path, entries: usize, embedder: &str) -> Result<Store, KbError> {
        let path = dir.join(VECTORS);
        let bytes = std::fs::read(&path).map_err(|error| KbError::broken(&path, error))?;
        let parsed = bytes
            .strip_prefix(head(embedder).as_slice())
            .and_then(|rest| parse(rest, entries));
        parsed.ok_or_else(|| KbError::broken(&path, "its vectors cannot be used"))
    }
}

/// Vectors of another embedder are never read as this one's.
pub(super) fn head(embedder: &str) -> Vec<u8> {
    format!("hinny vectors 2 {embedder}\n").into_bytes()
}

fn parse(bytes: &[u8], entries: usize) -> Option<Store> {
    let (center, rest) = Center::read(bytes)?;
    let (phrasing_owners, phrasings, rest) = part(rest, entries)?;
    let (window_owners, windows, rest) = part(rest, entries)?;
    let (_, foreign, rest) = part(rest, 1)?;
    rest.is_empty().then_some(Store {
        phrasings,
        phrasing_owners,
        windows,
        window_owners,
        foreign,
        center,
    })
}

fn part(bytes: &[u8], entries: usize) -> Option<(Vec<u32>, Vectors, &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    let (width, rest) = rest.split_first_chunk::<4>()?;
    let size = usize::try_from(u64::from_le_bytes(*count)).ok()?;
    let record = stored(u32::from_le_bytes(*width) as usize).checked_add(4)?;
    let (records, rest) = rest.split_at_checked(size.checked_mul(record)?)?;
    let mut owners = Vec::with_capacity(size);
    let mut vectors = Vectors::default();
    for record in records.chunks_exact(record) {
        let (owner, vector) = record.split_first_chunk::<4>()?;
        owners.push(u32::from_le_bytes(*owner));
        vectors.push(&Vector::read(vector));
    }
    let sound = owners.is_sorted() && owners.last().is_none_or(|last| (*last as usize) < entries);
    sound.then_some((owners, vectors, rest))
}

#[cfg(test)]
mod tests {
    use hinny_encoder::NAME;

    use super::{Known, Store, VECTORS, learnt, missing};
    use crate::embed::{Center, Embedder};
    use crate::entry::{Entry, Kind};

    fn known(entries: &[Entry]) -> Known {
        let texts = missing(entries.iter(), &Known::new());
        let vectors = Embedder::BuiltIn.encode(&texts, &Center::default());
        learnt(&texts, vectors.unwrap())
    }

    fn build(entries: &[Entry], known: &Known) -> Store {
        Store::build(entries, known, &[], Center::default())
    }

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
        let built = build(&entries, &known(&entries));
        assert_eq!(built.phrasing_owners, [1, 1]);
        assert_eq!(built.window_owners, [0, 0, 0, 1]);
        let dir = tempfile::tempdir().unwrap();
        built.write(dir.path(), NAME).unwrap();
        let read = Store::read(dir.path(), 2, NAME).unwrap();
        assert_eq!(read.windows.get(2), built.windows.get(2));
        let known = read.known(&entries);
        assert_eq!(known.len(), 4);
        assert!(missing(entries.iter(), &known).is_empty());
        let turned = [entries[1].clone(), entries[0].clone()];
        let again = build(&turned, &known);
        assert_eq!(again.window_owners, [0, 1, 1, 1]);
        assert_eq!(again.phrasings.get(1), built.phrasings.get(1));
        assert_eq!(again.windows.get(0), built.windows.get(3));
    }

    #[test]
    fn a_file_that_is_cut_or_of_other_entries_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let entries = [entry(Kind::Faq, "How much?", "Ten.")];
        let built = build(&entries, &known(&entries));
        built.write(dir.path(), NAME).unwrap();
        assert!(Store::read(dir.path(), 0, NAME).is_err());
        assert!(Store::read(dir.path(), 1, "another").is_err());
        let path = dir.path().join(VECTORS);
        let bytes = std::fs::read(&path).unwrap();
        for end in [0, 5, 40, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..end]).unwrap();
            assert!(Store::read(dir.path(), 1, NAME).is_err(), "{end}");
        }
    }
}
