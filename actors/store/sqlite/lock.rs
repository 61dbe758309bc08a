//! One server per data folder, by a lock that the system takes away from a dead process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::open::OpenError;

/// Held while a server uses the folder. The file stays; only the lock counts.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(super) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("hinny.lock");
        let io = |error| OpenError::io(&path, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, &mut file)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        note_process(&mut file).map_err(io)?;
        Ok(FolderLock { _file: file })
    }
}

/// For the message of the next one who tries.
fn note_process(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn in_use(folder: &Path, file: &mut File) -> OpenError {
    let mut process = String::new();
    let by = match file.read_to_string(&mut process) {
        Ok(_) if !process.trim().is_empty() => format!(" (process {})", process.trim()),
        _ => String::new(),
    };
    OpenError::InUse {
        folder: folder.to_owned(),
        by,
    }
}
