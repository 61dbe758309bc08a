//! What is particular to SQLite: files, locks, full disks, crashes, migrations and speed. What any backend
//! must do is in `suite`.

mod load;

use tempfile::TempDir;

use crate::store::suite::Fresh;
use crate::store::{SqliteStore, Store};

/// A store in a folder of its own, which goes away with it.
struct Scratch {
    store: SqliteStore,
    _folder: TempDir,
}

impl Fresh for Scratch {
    fn store(&self) -> &dyn Store {
        &self.store
    }
}

async fn scratch() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    Scratch {
        store: SqliteStore::open(folder.path()).await.unwrap(),
        _folder: folder,
    }
}

mod suite {
    crate::store::suite::suite!(crate::store::sqlite::tests::scratch);
}
