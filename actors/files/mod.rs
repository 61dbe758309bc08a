//! `Files`: what visitors and the team send, looked at, kept in the data folder and given out again.
//!
//! A file is its row in the store and its bytes beside it; the row is written first. Both are on disk before
//! anybody is told. Who may see a file is decided by whoever hands out links, never here.

mod copy;
mod kind;
#[cfg(test)]
mod tests;

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use crate::body::FileRef;
use crate::clock;
use crate::ids::{FileId, Millis, SiteId, VisitorId};
use crate::store::{FileRow, Store, StoreError};
pub use copy::{CopyError, copy_to};
pub use kind::{Kind, TYPES};

/// The folder with the bytes, inside the data folder.
pub const FOLDER: &str = "files";

/// A file that nobody says within this time is removed.
const UNSAID: Duration = Duration::from_secs(24 * 60 * 60);

/// How often that is looked after.
const EVERY: Duration = Duration::from_secs(60);

/// Files removed in one go.
const BATCH: u32 = 100;

/// Why a file is not taken, in a sentence for whoever sent it.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    #[error("This file is empty.")]
    Empty,
    #[error("This file is too large. A file has at most {}.", in_words(*.limit))]
    TooLarge { limit: u64 },
    #[error(
        "Archives and office documents cannot be sent. Send a PDF, a picture or plain text instead."
    )]
    Archive,
    #[error(
        "SVG pictures can carry programs and cannot be sent. Send a PNG or JPEG picture instead."
    )]
    Svg,
    #[error("Web pages cannot be sent. Send a PDF, a picture or plain text instead.")]
    Page,
    #[error("Programs and scripts cannot be sent.")]
    Program,
    #[error(
        "The name of this file ends with .{ending}, but it is {called}. Rename it and send it again."
    )]
    Lies {
        ending: String,
        called: &'static str,
    },
    #[error(
        "Files of this kind cannot be sent. Possible are pictures (PNG, JPEG, GIF, WebP), PDF, plain text, MP4, \
         WebM, MP3, Ogg and M4A."
    )]
    Unknown,
    /// Not the file's fault: it may be sent again.
    #[error("This file could not be stored. Please send it again.")]
    Storage(#[source] StoreError),
}

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub enum NoFile {
    #[error("there is no such file")]
    Gone,
    #[error(transparent)]
    Storage(#[from] StoreError),
}

pub struct Files {
    bytes: LocalFileSystem,
    folder: PathBuf,
    store: Arc<dyn Store>,
    limit: u64,
}

impl Files {
    /// `limit` is the largest file that is taken, in bytes.
    pub fn open(data: &FilePath, store: Arc<dyn Store>, limit: u64) -> io::Result<Files> {
        let folder = data.join(FOLDER);
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        Ok(Files {
            bytes: place(&folder)?,
            folder,
            store,
            limit,
        })
    }

    /// The largest file that is taken.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Keeps a file of the team's. `Ok` means that it is on disk.
    pub async fn keep(
        &self,
        site: &SiteId,
        name: &str,
        bytes: Bytes,
    ) -> Result<FileRef, FileRefused> {
        self.keep_of(site, None, name, bytes).await
    }

    /// Keeps a picture, and nothing else, under a name of its own.
    pub async fn keep_picture(&self, site: &SiteId, bytes: Bytes) -> Result<FileRef, FileRefused> {
        if !Kind::of(&bytes)?.mime.starts_with("image/") {
            return Err(FileRefused::Unknown);
        }
        self.keep_of(site, None, "picture", bytes).await
    }

    /// Keeps a visitor's file.
    pub async fn keep_for(
        &self,
        site: &SiteId,
        visitor: &VisitorId,
        name: &str,
        bytes: Bytes,
    ) -> Result<FileRef, FileRefused> {
        self.keep_of(site, Some(visitor.clone()), name, bytes).await
    }

    async fn keep_of(
        &self,
        site: &SiteId,
        visitor: Option<VisitorId>,
        name: &str,
        bytes: Bytes,
    ) -> Result<FileRef, FileRefused> {
        let file = self.look(name, &bytes)?;
        let key = Path::from_iter([site.as_str(), file.id.as_str()]);
        let row = FileRow {
            file: file.clone(),
            site: site.clone(),
            visitor,
            conversation: None,
            key: key.to_string(),
            at: clock::now(),
        };
        let added = self.store.add_file(&row).await;
        added.map_err(FileRefused::Storage)?;
        if let Err(error) = self.bytes.put(&key, bytes.into()).await {
            // The row alone is nothing; if it cannot be forgotten now, it is in a day.
            self.forget(&[file.id]).await;
            return Err(FileRefused::Storage(failed(error)));
        }
        Ok(file)
    }

    fn look(&self, name: &str, bytes: &Bytes) -> Result<FileRef, FileRefused> {
        let size = bytes.len() as u64;
        if size > self.limit {
            return Err(FileRefused::TooLarge { limit: self.limit });
        }
        let kind = Kind::of(bytes)?;
        let (width, height) = extent(kind, bytes);
        Ok(FileRef {
            id: FileId::random(),
            name: kind.name(name)?,
            mime: kind.mime.to_owned(),
            size,
            width,
            height,
        })
    }

    /// The bytes of a file that nobody removed.
    pub async fn load(&self, id: &FileId) -> Result<Bytes, NoFile> {
        let row = self.store.file(id).await?.ok_or(NoFile::Gone)?;
        match self.bytes.get(&Path::from(row.key)).await {
            Ok(found) => Ok(found.bytes().await.map_err(failed)?),
            Err(object_store::Error::NotFound { .. }) => Err(NoFile::Gone),
            Err(error) => Err(failed(error).into()),
        }
    }

    /// Nobody sees the file from here on, and its bytes go.
    pub async fn remove(&self, id: &FileId) -> Result<(), StoreError> {
        let Some(row) = self.store.file(id).await? else {
            return Ok(());
        };
        self.store.drop_file(id).await?;
        self.wipe(&[row]).await
    }

    /// Removes what nobody said in time, and what was taken back. Returns how many files went.
    pub async fn sweep(&self, now: Millis) -> Result<usize, StoreError> {
        let before = now - UNSAID.as_millis() as Millis;
        let stale = self.store.stale_files(before, BATCH).await?;
        self.wipe(&stale).await?;
        Ok(stale.len())
    }

    /// The bytes first, and then what is known of them: a crash between is mended by the next sweep.
    async fn wipe(&self, rows: &[FileRow]) -> Result<(), StoreError> {
        for row in rows {
            match self.bytes.delete(&Path::from(row.key.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        let folders: Vec<PathBuf> = rows.iter().map(|row| self.folder_of(row)).collect();
        let synced =
            tokio::task::spawn_blocking(move || folders.iter().try_for_each(|folder| sync(folder)));
        synced
            .await
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
            .map_err(failed)?;
        let ids: Vec<FileId> = rows.iter().map(|row| row.file.id.clone()).collect();
        match ids.is_empty() {
            true => Ok(()),
            false => self.store.forget_files(&ids).await,
        }
    }

    fn folder_of(&self, row: &FileRow) -> PathBuf {
        let file = self.folder.join(&row.key);
        file.parent().unwrap_or(&self.folder).to_owned()
    }

    async fn forget(&self, ids: &[FileId]) {
        if let Err(error) = self.store.forget_files(ids).await {
            tracing::warn!(%error, "a file that was not stored could not be forgotten");
        }
    }
}

/// Looks after old files until it is dropped.
pub async fn look_after(files: Arc<Files>) {
    let mut every = tokio::time::interval(EVERY);
    loop {
        every.tick().await;
        match files.sweep(clock::now()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "files that nobody needs were removed"),
            Err(error) => tracing::warn!(%error, "files that nobody needs could not be removed"),
        }
    }
}

/// Writes are synced with their folders before they count as done.
fn place(folder: &FilePath) -> io::Result<LocalFileSystem> {
    let place = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
    Ok(place.with_fsync(true))
}

/// Removals are durable when their folder is; `object_store` leaves that to its caller. A folder that is not there
/// has nothing to keep.
fn sync(folder: &FilePath) -> io::Result<()> {
    match std::fs::File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(error.to_string())
}

/// How large a picture is shown, when its first bytes tell.
fn extent(kind: &Kind, bytes: &[u8]) -> (Option<u32>, Option<u32>) {
    if !kind.mime.starts_with("image/") {
        return (None, None);
    }
    match imagesize::blob_size(bytes) {
        Ok(size) => (
            u32::try_from(size.width).ok(),
            u32::try_from(size.height).ok(),
        ),
        // A picture all the same; it is only shown without a place being kept for it.
        Err(_) => (None, None),
    }
}

/// A size as people write it, and as the configuration reads it.
fn in_words(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    match bytes {
        MB.. => format!("{} MB", bytes / MB),
        KB.. => format!("{} KB", bytes / KB),
        _ => format!("{bytes} bytes"),
    }
}
