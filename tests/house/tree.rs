//! The source tree as the rules see it.

use std::path::{Path, PathBuf};

/// A text file with its path from the root of the repository.
pub struct File {
    pub path: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with one of these endings; what is built or installed is left out.
pub fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), endings, &mut found);
    assert!(
        !found.is_empty(),
        "no {endings:?} below {folder}: the rule would test nothing"
    );
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            let skipped = ["target", "node_modules", "dist", ".git", "screenshots"];
            if !skipped.contains(&name.as_str()) {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(read(&path));
        }
    }
}

fn read(path: &Path) -> File {
    let relative = path.strip_prefix(root()).unwrap();
    File {
        path: relative.to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    }
}
