//! Encoding ahead: the long part of an index, a few hundred entries at a time. What is done goes to a file at once, so
//! that a run that is interrupted does not have to do it again, and somebody who waits sees how far it is.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use hinny_encoder::{Vector, stored};

use super::store::{self, Known};
use crate::embed::{Center, Embedder};
use crate::entry::Entry;
use crate::error::KbError;

/// Entries whose vectors are written together.
const TOGETHER: usize = 200;

/// Beside the generations.
pub(crate) const AHEAD: &str = "AHEAD";

/// Adds the vectors of all entries to what is known. `tell` is told how many of the entries are done.
pub(crate) fn encode(
    dir: &Path,
    entries: &[&Entry],
    known: &mut Known,
    (embedder, center): (&Embedder, &Center),
    tell: &mut dyn FnMut(usize),
) -> Result<(), KbError> {
    let path = dir.join(AHEAD);
    let head = store::head(embedder.name());
    known.extend(read(&path, &head));
    let mut file = None;
    for (number, part) in entries.chunks(TOGETHER).enumerate() {
        tell(number * TOGETHER);
        let texts = store::missing(part.iter().copied(), known);
        let vectors = embedder.encode(&texts, center)?;
        let new = store::learnt(&texts, vectors);
        if !new.is_empty() {
            let file = match &mut file {
                Some(file) => file,
                none => none.insert(open(&path, &head)?),
            };
            let bytes: Vec<u8> = new.iter().flat_map(record).collect();
            file.write_all(&bytes).map_err(KbError::io(&path))?;
        }
        known.extend(new);
    }
    Ok(())
}

/// The generation has its own copy now.
pub(crate) fn forget(dir: &Path) -> Result<(), KbError> {
    let path: PathBuf = dir.join(AHEAD);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(KbError::io(&path)(error))
        }
        _ => Ok(()),
    }
}

fn open(path: &Path, head: &[u8]) -> Result<File, KbError> {
    // What was cut off, or made by another embedder, is of no use any more.
    let whole = read(path, head);
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(path)
        .map_err(KbError::io(path))?;
    let bytes: Vec<u8> = whole.iter().flat_map(record).collect();
    let all = [head, &bytes].concat();
    file.write_all(&all).map_err(KbError::io(path))?;
    Ok(file)
}

/// The words' hash, how many vectors there are, how wide they are, and the vectors.
fn record((hash, vectors): (&[u8; 32], &Vec<Vector>)) -> Vec<u8> {
    let mut bytes = hash.to_vec();
    let width = vectors.first().map_or(0, Vector::width);
    bytes.extend((vectors.len() as u32).to_le_bytes());
    bytes.extend((width as u32).to_le_bytes());
    vectors
        .iter()
        .for_each(|vector| bytes.extend(vector.bytes()));
    bytes
}

/// Everything up to where the file was cut off.
fn read(path: &Path, head: &[u8]) -> Known {
    let mut known = Known::new();
    let bytes = std::fs::read(path).unwrap_or_default();
    let Some(mut rest) = bytes.strip_prefix(head) else {
        return known;
    };
    while let Some((hash, vectors, after)) = one(rest) {
        known.insert(hash, vectors);
        rest = after;
    }
    known
}

fn one(bytes: &[u8]) -> Option<([u8; 32], Vec<Vector>, &[u8])> {
    let (hash, rest) = bytes.split_first_chunk::<32>()?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let (width, rest) = rest.split_first_chunk::<4>()?;
    let record = stored(u32::from_le_bytes(*width) as usize);
    let size = (u32::from_le_bytes(*count) as usize).checked_mul(record)?;
    let (vectors, after) = rest.split_at_checked(size)?;
    let vectors = vectors.chunks_exact(record).map(Vector::read);
    Some((*hash, vectors.collect(), after))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use std::path::Path;

    use super::{AHEAD, forget};
    use crate::embed::{Center, Embedder};
    use crate::entry::{Entry, Kind};
    use crate::semantic::Known;

    fn encode(dir: &Path, entries: &[Entry], known: &mut Known, tell: &mut dyn FnMut(usize)) {
        let by = (&Embedder::BuiltIn, &Center::default());
        let entries: Vec<&Entry> = entries.iter().collect();
        super::encode(dir, &entries, known, by, tell).unwrap();
    }

    fn read(path: &Path) -> Known {
        super::read(path, &super::store::head(hinny_encoder::NAME))
    }

    fn entries(count: usize) -> Vec<Entry> {
        let entry = |n: usize| Entry {
            id: n.to_string(),
            kind: Kind::Faq,
            title: format!("What is number {n}?"),
            alternates: Vec::new(),
            body: format!("It is {n}."),
            url: None,
            path: String::new(),
            requires: None,
        };
        (0..count).map(entry).collect()
    }

    #[test]
    fn what_was_encoded_before_an_interruption_is_not_encoded_again() {
        let dir = tempfile::tempdir().unwrap();
        let entries = entries(30);
        let mut first = Known::new();
        encode(dir.path(), &entries[..20], &mut first, &mut |_| {});
        // The process died while it wrote.
        let path = dir.path().join(AHEAD);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 7]).unwrap();
        let kept = read(&path);
        assert_eq!(kept.len() + 1, first.len());
        assert!(kept.iter().all(|(hash, vectors)| first[hash] == *vectors));

        let (mut second, mut told) = (Known::new(), Vec::new());
        encode(dir.path(), &entries, &mut second, &mut |done| {
            told.push(done)
        });
        assert_eq!(told, [0]);
        assert_eq!(read(&path), second);
        assert!(first.iter().all(|(hash, vectors)| second[hash] == *vectors));
        forget(dir.path()).unwrap();
        assert!(!path.exists());
    }
}
