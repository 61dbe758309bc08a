//! `FileStore`: what is known of files. Their bytes are kept by `crate::files`.

use async_trait::async_trait;

use super::Stored;
use crate::body::FileRef;
use crate::ids::{ConversationId, FileId, Millis, SiteId, VisitorId};

/// A file, whose it is, and where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub file: FileRef,
    pub site: SiteId,
    /// Who uploaded it, aliases resolved; nobody for the team's.
    pub visitor: Option<VisitorId>,
    /// Where it was said. Set by the commit whose bodies refer to it.
    pub conversation: Option<ConversationId>,
    /// The name of the bytes.
    pub key: String,
    pub at: Millis,
}

#[async_trait]
pub trait FileStore: Send + Sync {
    /// Remembers a file before its bytes are written, so that bytes without a row never lie about.
    async fn add_file(&self, file: &FileRow) -> Stored<()>;

    /// A file that nobody removed.
    async fn file(&self, id: &FileId) -> Stored<Option<FileRow>>;

    /// Nobody sees it from here on; its bytes are among the stale.
    async fn drop_file(&self, id: &FileId) -> Stored<()>;

    /// What nobody said although it came before `before`, and what was taken back; at most `limit`.
    async fn stale_files(&self, before: Millis, limit: u32) -> Stored<Vec<FileRow>>;

    /// The file that has what a platform calls `picture`.
    async fn face(&self, site: &SiteId, picture: &str) -> Stored<Option<FileId>>;

    /// Remembers it. The file is never stale from here on; one that was there before stays.
    async fn add_face(&self, site: &SiteId, picture: &str, file: &FileId) -> Stored<()>;

    /// Forgets files whose bytes are gone.
    async fn forget_files(&self, ids: &[FileId]) -> Stored<()>;
}
