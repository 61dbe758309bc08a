//! A copy of all files, to go with a copy of the database.

use std::io;
use std::path::{Path as FilePath, PathBuf};

use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};

use super::{FOLDER, place};

/// Why there is no copy, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("{} exists already: name a new file", .0.display())]
    Exists(PathBuf),
    #[error("{}: {source}", folder.display())]
    Io { folder: PathBuf, source: io::Error },
}

/// Copies the files below `data` into the new folder `to`, and returns how many there were. Files never change, so this
/// works while a server runs; one that is removed meanwhile is left out.
pub async fn copy_to(data: &FilePath, to: &FilePath) -> Result<usize, CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let failed = |source| CopyError::Io {
        folder: to.to_owned(),
        source,
    };
    make(to).map_err(failed)?;
    let from = data.join(FOLDER);
    match from.is_dir() {
        true => copy(&from, to).await.map_err(failed),
        false => Ok(0),
    }
}

fn make(folder: &FilePath) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

async fn copy(from: &FilePath, to: &FilePath) -> io::Result<usize> {
    let (from, to) = (place(from)?, place(to)?);
    let all: Vec<_> = from.list(None).try_collect().await?;
    let mut count = 0;
    for file in all {
        match from.get(&file.location).await {
            Ok(found) => {
                to.put(&file.location, found.bytes().await?.into()).await?;
                count += 1;
            }
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(count)
}
