//! Mistakes on the command line: none of them takes away what a running server answers from.

use std::fs;
use std::path::Path;

use crate::{IndexJob, IndexReport, KbError, Library};

fn index(library: &Library, path: &Path) -> Result<IndexReport, KbError> {
    let job = IndexJob {
        paths: vec![path.to_owned()],
        base_url: None,
        saved: None,
    };
    library.index(&job, &mut |_| {})
}

#[test]
fn a_typing_mistake_never_empties_the_index() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let (good, broken) = (dir.path().join("faq.md"), dir.path().join("broken.yaml"));
    fs::write(&good, "# FAQ\n\n## Is it on?\n\nYes.\n").unwrap();
    fs::write(&broken, "- question: [").unwrap();
    let before = index(&library, &good).unwrap().generation;

    let missing = index(&library, &dir.path().join("absent.md"));
    assert!(matches!(missing, Err(KbError::Missing { .. })));
    let nothing = index(&library, &broken).unwrap_err().to_string();
    assert!(nothing.contains("broken.yaml:"), "{nothing}");
    assert_eq!(library.generation().unwrap().id(), before);
}
