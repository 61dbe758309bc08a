//! Keys of this server: random, made at the first start, kept in the data folder for its owner's eyes only.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const BYTES: usize = 32;

/// Reads the key called `name` from the data folder, or makes it.
pub fn open(data: &Path, name: &str) -> std::io::Result<Vec<u8>> {
    let file = data.join(name);
    match std::fs::read(&file) {
        Ok(key) if key.len() == BYTES => Ok(key),
        Ok(_) => Err(std::io::Error::other(format!(
            "{name} is damaged; delete it to start anew"
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&file),
        Err(error) => Err(error),
    }
}

/// Written aside and renamed: a crash leaves a whole key or none.
fn make(file: &Path) -> std::io::Result<Vec<u8>> {
    let key = nanoid::rngs::default(BYTES);
    let aside = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut out = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    out.write_all(&key)?;
    out.sync_all()?;
    std::fs::rename(&aside, file)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_the_owners_alone_stays_the_same_and_damage_is_told() {
        let data = tempfile::tempdir().unwrap();
        let key = open(data.path(), "a.key").unwrap();
        assert_eq!(open(data.path(), "a.key").unwrap(), key);
        assert_ne!(open(data.path(), "b.key").unwrap(), key);
        let file = data.path().join("a.key");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, "short").unwrap();
        assert!(open(data.path(), "a.key").is_err());
    }
}
