//! What SQLite's result codes mean to a caller.

use crate::store::StoreError;

/// SQLite's primary result codes that have a meaning of their own here.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const FULL: i32 = 13;
/// The shared-memory file beside the log could not grow: no space either.
const IOERR_SHMSIZE: i32 = 4874;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match code(&error) {
            Some(IOERR_SHMSIZE) => StoreError::Full,
            Some(code) if code & 0xff == FULL => StoreError::Full,
            Some(code) if matches!(code & 0xff, BUSY | LOCKED) => StoreError::Locked,
            _ => StoreError::Failed(error.to_string()),
        }
    }
}

/// SQLite's extended result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// Whether waiting heals it. Such an error is about the store and not about what was to be written.
pub(super) fn passes(error: &StoreError) -> bool {
    matches!(error, StoreError::Full | StoreError::Locked)
}
