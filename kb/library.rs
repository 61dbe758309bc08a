//! One site's knowledge on disk: `gen-<id>` folders behind one pointer file `CURRENT`. A generation is built
//! beside the others under a name that no reader looks at, synced, renamed, and only then pointed to; so a
//! crash at any instruction leaves the old one in use, and what it left half built is swept next time.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use crate::embed::Embedder;
use crate::error::KbError;
use crate::generation::Generation;

const CURRENT: &str = "CURRENT";
const LOCK: &str = "LOCK";
const GENERATION: &str = "gen-";
/// What half-built folders are called.
const BUILDING: &str = ".building-";

/// One site's knowledge; clones share one state and may be used from many threads.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    embedder: Embedder,
    current: RwLock<Option<Arc<Generation>>>,
    /// Every generation handed out, so that none is deleted below a running query.
    alive: Mutex<Vec<Weak<Generation>>>,
    /// Held while a new generation is built.
    indexing: Mutex<()>,
}

impl Library {
    /// Opens what the pointer names, with the embedder of this binary. A folder that is absent or empty has no
    /// generation yet.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Library, KbError> {
        Library::open_with(dir, Embedder::BuiltIn)
    }

    /// The same with an embedder of the site's own.
    pub fn open_with(dir: impl Into<PathBuf>, embedder: Embedder) -> Result<Library, KbError> {
        let library = Library::closed(dir.into(), embedder);
        library.refresh()?;
        Ok(library)
    }

    /// For a command that is about to index: a broken generation counts as none and is built anew.
    pub fn open_to_index(dir: impl Into<PathBuf>, embedder: Embedder) -> Library {
        let library = Library::closed(dir.into(), embedder);
        if let Err(error) = library.refresh() {
            tracing::warn!(%error, "the index is broken and will be built anew");
        }
        library
    }

    fn closed(dir: PathBuf, embedder: Embedder) -> Library {
        Library {
            inner: Arc::new(Inner {
                dir,
                embedder,
                current: RwLock::new(None),
                alive: Mutex::new(Vec::new()),
                indexing: Mutex::new(()),
            }),
        }
    }

    /// The folder this library lives in.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Who makes its vectors.
    pub fn embedder(&self) -> &Embedder {
        &self.inner.embedder
    }

    /// The generation in use. A query holds the one it began with.
    pub fn generation(&self) -> Option<Arc<Generation>> {
        let current = self.inner.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the pointer again, for when another process has indexed; true if another generation is in
    /// use now.
    pub fn refresh(&self) -> Result<bool, KbError> {
        let named = self.pointer()?;
        let held = self.generation();
        if named.as_deref() == held.as_ref().map(|generation| generation.id()) {
            return Ok(false);
        }
        let opened = named.map(|id| self.open_generation(&id)).transpose()?;
        let changed = opened.is_some() || held.is_some();
        let mut current = write(&self.inner.current);
        *current = opened;
        Ok(changed)
    }

    fn pointer(&self) -> Result<Option<String>, KbError> {
        let path = self.inner.dir.join(CURRENT);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KbError::io(&path)(error)),
        };
        let id = text.trim().strip_prefix(GENERATION).unwrap_or_default();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(KbError::broken(&path, "it names no generation"));
        }
        Ok(Some(id.to_owned()))
    }

    fn open_generation(&self, id: &str) -> Result<Arc<Generation>, KbError> {
        let generation = Arc::new(Generation::open(&self.folder(id), id, self.embedder())?);
        let mut alive = lock(&self.inner.alive);
        alive.retain(|weak| weak.strong_count() > 0);
        alive.push(Arc::downgrade(&generation));
        Ok(generation)
    }

    fn folder(&self, id: &str) -> PathBuf {
        self.inner.dir.join(format!("{GENERATION}{id}"))
    }

    /// Keeps other threads and processes from indexing until the guard is dropped, and sweeps what a
    /// crash left half built.
    pub(crate) fn begin(&self) -> Result<Indexing<'_>, KbError> {
        let turn = lock(&self.inner.indexing);
        let dir = &self.inner.dir;
        fs::create_dir_all(dir).map_err(KbError::io(dir))?;
        let path = dir.join(LOCK);
        let file = File::create(&path).map_err(KbError::io(&path))?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => KbError::Busy { path: dir.clone() },
            fs::TryLockError::Error(error) => KbError::io(&path)(error),
        })?;
        for (path, name) in self.folders()? {
            if name.starts_with(BUILDING) {
                fs::remove_dir_all(&path).map_err(KbError::io(&path))?;
            }
        }
        Ok(Indexing {
            library: self,
            _turn: turn,
            _file: file,
        })
    }

    fn folders(&self) -> Result<Vec<(PathBuf, String)>, KbError> {
        let dir = &self.inner.dir;
        let mut folders = Vec::new();
        for item in fs::read_dir(dir).map_err(KbError::io(dir))? {
            let item = item.map_err(KbError::io(dir))?;
            if item.path().is_dir() {
                folders.push((item.path(), item.file_name().to_string_lossy().into_owned()));
            }
        }
        Ok(folders)
    }
}

/// The right to publish a new generation.
pub(crate) struct Indexing<'a> {
    library: &'a Library,
    _turn: MutexGuard<'a, ()>,
    /// Its lock tells other processes to wait.
    _file: File,
}

impl Indexing<'_> {
    /// The library's folder.
    pub fn dir(&self) -> &Path {
        &self.library.inner.dir
    }

    /// Who makes the vectors of what is built.
    pub fn embedder(&self) -> &Embedder {
        self.library.embedder()
    }

    /// An empty folder to build in.
    pub fn building(&self, id: &str) -> Result<PathBuf, KbError> {
        let path = self.library.inner.dir.join(format!("{BUILDING}{id}"));
        fs::create_dir_all(&path).map_err(KbError::io(&path))?;
        Ok(path)
    }

    /// The generation of this id, if it is on disk and sound: content that comes back is not built again.
    pub fn existing(&self, id: &str) -> Option<Arc<Generation>> {
        self.library.open_generation(id).ok()
    }

    /// Gives a built folder its final name, points to it, and removes generations nobody needs.
    pub fn publish(&self, built: &Path, id: &str) -> Result<Arc<Generation>, KbError> {
        let folder = self.library.folder(id);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(KbError::io(&folder))?;
        }
        fs::rename(built, &folder).map_err(KbError::io(&folder))?;
        sync_dir(&self.library.inner.dir)?;
        let generation = self.library.open_generation(id)?;
        self.switch(generation)
    }

    /// Points to a generation that is on disk under its final name.
    pub fn switch(&self, generation: Arc<Generation>) -> Result<Arc<Generation>, KbError> {
        let dir = &self.library.inner.dir;
        let pointer = format!("{GENERATION}{}\n", generation.id());
        let temporary = dir.join(".CURRENT.new");
        write_synced(&temporary, pointer.as_bytes())?;
        let current = dir.join(CURRENT);
        fs::rename(&temporary, &current).map_err(KbError::io(&current))?;
        sync_dir(dir)?;
        let before = write(&self.library.inner.current).replace(generation.clone());
        self.prune(&generation, before.as_deref());
        Ok(generation)
    }

    /// Keeps the new generation, the one before it and any that a query still holds. What cannot be
    /// deleted now is tried again after the next index.
    fn prune(&self, current: &Generation, before: Option<&Generation>) {
        let alive = lock(&self.library.inner.alive);
        let held: Vec<_> = alive.iter().filter_map(Weak::upgrade).collect();
        drop(alive);
        let keep = |id: &str| {
            id == current.id()
                || before.is_some_and(|before| before.id() == id)
                || held.iter().any(|generation| generation.id() == id)
        };
        for (path, name) in self.library.folders().unwrap_or_default() {
            let old = name.strip_prefix(GENERATION).is_some_and(|id| !keep(id));
            if let Some(error) = old.then(|| fs::remove_dir_all(&path).err()).flatten() {
                tracing::warn!(%error, path = %path.display(), "an old generation stays on disk");
            }
        }
    }
}

/// Writes a whole file and syncs it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), KbError> {
    let mut file = File::create(path).map_err(KbError::io(path))?;
    file.write_all(bytes).map_err(KbError::io(path))?;
    file.sync_all().map_err(KbError::io(path))
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), KbError> {
    let dir = File::open(path).map_err(KbError::io(path))?;
    dir.sync_all().map_err(KbError::io(path))
}

/// The values below are whole at every instruction, so a thread that panicked while holding a lock left
/// nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
