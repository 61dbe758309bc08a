//! Links to files: short-lived signed capabilities. Who has one may read that file until it ends, and nothing else.

use std::path::Path;
use std::time::Duration;

use hinny_actors::ids::{FileId, Millis};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::key;

const FILE: &str = "files.key";

/// What this key signs, so that nothing else could ever pass for a link.
const KIND: &str = "hinny-file";

pub struct Links {
    key: Vec<u8>,
    valid: Duration,
}

impl Links {
    pub fn open(data: &Path, valid: Duration) -> std::io::Result<Links> {
        let key = key::open(data, FILE)?;
        Ok(Links { key, valid })
    }

    /// The path of a link that is good from `now` on. All that are made within a minute are the same, so that a
    /// browser loads a picture once.
    pub fn path(&self, file: &FileId, now: Millis) -> String {
        let valid = self.valid.as_secs().max(1) as i64;
        let step = valid.min(60);
        let until = (now / 1000 / step + 1) * step + valid;
        let sig = hex(&self.mac(file, until).finalize().into_bytes());
        format!("/v1/files/{file}?until={until}&sig={sig}")
    }

    /// Whether `sig` opens `file` at `now`. The comparison takes the same time wherever they differ.
    pub fn opens(&self, file: &FileId, until: i64, sig: &str, now: Millis) -> bool {
        let signed = unhex(sig).is_some_and(|sig| self.mac(file, until).verify_slice(&sig).is_ok());
        signed && now / 1000 < until
    }

    fn mac(&self, file: &FileId, until: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.key).expect("a key of any length will do");
        mac.update(format!("{KIND}:{file}:{until}").as_bytes());
        mac
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|letter| letter.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let pairs = digits.chunks(2);
    Some(pairs.map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_334_400_000;

    fn links() -> (tempfile::TempDir, Links) {
        let data = tempfile::tempdir().unwrap();
        let links = Links::open(data.path(), Duration::from_secs(900)).unwrap();
        (data, links)
    }

    /// The parts of a link: until when, and the signature.
    fn parts(path: &str) -> (i64, String) {
        let (_, query) = path.split_once("?until=").unwrap();
        let (until, sig) = query.split_once("&sig=").unwrap();
        (until.parse().unwrap(), sig.to_owned())
    }

    #[test]
    fn a_link_opens_its_file_until_it_ends() {
        let (_data, links) = links();
        let file = FileId::from("a");
        let (until, sig) = parts(&links.path(&file, NOW));
        assert!((900..=960).contains(&(until - NOW / 1000)));
        assert!(links.opens(&file, until, &sig, NOW));
        assert!(!links.opens(&file, until, &sig, until * 1000));
    }

    #[test]
    fn a_changed_link_opens_nothing() {
        let (_data, links) = links();
        let (file, other) = (FileId::from("a"), FileId::from("b"));
        let (until, sig) = parts(&links.path(&file, NOW));
        let turned: String = sig.chars().rev().collect();
        assert!(!links.opens(&other, until, &sig, NOW));
        assert!(!links.opens(&file, until + 1, &sig, NOW));
        for bad in ["", "00", "ä", "x", &sig[..62], &turned] {
            assert!(!links.opens(&file, until, bad, NOW), "{bad}");
        }
    }

    #[test]
    fn another_server_signs_otherwise() {
        let ((_a, ours), (_b, theirs)) = (links(), links());
        let file = FileId::from("a");
        let (until, sig) = parts(&theirs.path(&file, NOW));
        assert!(!ours.opens(&file, until, &sig, NOW));
    }
}
