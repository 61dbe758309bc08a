//! Finds the files to read below the given paths: hidden ones and unknown kinds are passed over in folders,
//! links are not followed, and every file gets one name that is unique in the index.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::index::Problem;
use crate::read::{EXTENSIONS, Format};

/// Folders deeper than this are not entered.
const MAX_DEPTH: usize = 64;

/// One file to read.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    pub path: PathBuf,
    pub format: Format,
    /// The path below the indexed folder, with `/`: what links are made of.
    pub relative: String,
    /// `relative`, made unique among all indexed paths.
    pub name: String,
    /// Which of the indexed paths it lies below.
    pub root: usize,
    /// Where the page was fetched from, if it was.
    pub page: Option<String>,
}

impl Found {
    /// A file that was named itself.
    pub fn alone(path: PathBuf, format: Format, name: String) -> Found {
        Found {
            path,
            format,
            relative: name.clone(),
            name,
            root: 0,
            page: None,
        }
    }
}

/// All files below the paths that are wanted, in a stable order, and the paths that cannot be read. `wanted` is asked
/// with the number of the indexed path and the file below it.
pub(crate) fn scan(
    paths: &[PathBuf],
    wanted: &mut dyn FnMut(usize, &str) -> bool,
) -> (Vec<Found>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let (mut names, mut seen) = (HashSet::new(), HashSet::new());
    for (number, root) in paths.iter().enumerate() {
        for item in files(root) {
            let (path, format) = match item {
                Ok(item) => item,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let relative = relative(root, &path);
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            if !wanted(number, &relative) || !seen.insert(real) {
                continue;
            }
            let name = unique(root, &relative, &mut names);
            found.push(Found {
                path,
                format,
                relative,
                name,
                root: number,
                page: None,
            });
        }
    }
    (found, problems)
}

type Item = Result<(PathBuf, Format), Problem>;

fn files(root: &Path) -> Vec<Item> {
    let file = root.display().to_string();
    let problem = |what: String| {
        vec![Err(Problem {
            file: file.clone(),
            line: None,
            what,
        })]
    };
    let kind = match root.metadata() {
        Ok(kind) => kind,
        Err(error) => return problem(error.to_string()),
    };
    if kind.is_dir() {
        return walk(root);
    }
    if !kind.is_file() {
        return problem("it is neither a file nor a folder".to_owned());
    }
    match Format::of(root) {
        Some(format) => vec![Ok((root.to_owned(), format))],
        None => problem(format!("the kinds of files that are read are {EXTENSIONS}")),
    }
}

fn walk(root: &Path) -> Vec<Item> {
    let walk = WalkDir::new(root)
        .max_depth(MAX_DEPTH)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|item| item.depth() == 0 || !hidden(item));
    walk.filter_map(|item| match item {
        Ok(item) if item.file_type().is_file() => {
            Format::of(item.path()).map(|format| Ok((item.into_path(), format)))
        }
        Ok(_) => None,
        Err(error) => Some(Err(Problem {
            file: error.path().unwrap_or(root).display().to_string(),
            line: None,
            what: error
                .io_error()
                .map_or_else(|| "it cannot be read".to_owned(), ToString::to_string),
        })),
    })
    .collect()
}

fn hidden(item: &DirEntry) -> bool {
    let name = item.file_name().to_string_lossy();
    // What others wrote and a package manager put there is nobody's knowledge.
    name.starts_with('.') || name == "node_modules"
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = if below.as_os_str().is_empty() {
        path.file_name().map_or(path, Path::new)
    } else {
        below
    };
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Two indexed folders may hold the same relative path; the second one is told apart by its folder.
fn unique(root: &Path, relative: &str, names: &mut HashSet<String>) -> String {
    let root = root.to_string_lossy();
    let root = root.trim_end_matches('/');
    let candidates = [
        relative.to_owned(),
        format!("{}/{relative}", root.rsplit('/').next().unwrap_or(root)),
        format!("{root}/{relative}"),
    ];
    let numbered = (2..).map(|n| format!("{relative} ({n})"));
    let name = candidates
        .into_iter()
        .chain(numbered)
        .find(|name| !names.contains(name))
        .expect("the numbers do not end");
    names.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::scan;

    #[test]
    fn folders_are_walked_without_hidden_files_and_unknown_kinds() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a/README.md", "a/.git/x.md", "a/logo.png", "b/README.md"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let (found, problems) = scan(
            &[dir.path().join("a"), dir.path().join("b")],
            &mut |_, _| true,
        );
        assert!(problems.is_empty());
        let names: Vec<_> = found.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["README.md", "b/README.md"]);
        assert_eq!(found[1].relative, "README.md");
    }

    #[cfg(unix)]
    #[test]
    fn links_in_folders_lead_nowhere_and_a_named_one_is_followed() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let (docs, secret) = (dir.path().join("docs"), dir.path().join("secret.md"));
        std::fs::create_dir(&docs).unwrap();
        std::fs::write(docs.join("faq.yaml"), "").unwrap();
        std::fs::write(&secret, "").unwrap();
        symlink(&docs, docs.join("again")).unwrap();
        symlink(&secret, docs.join("out.md")).unwrap();
        symlink(docs.join("nowhere.md"), docs.join("broken.md")).unwrap();
        let link = dir.path().join("named");
        symlink(&docs, &link).unwrap();
        for path in [docs, link] {
            let (found, problems) = scan(&[path], &mut |_, _| true);
            let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
            assert_eq!((names, problems), (vec!["faq.yaml"], Vec::new()));
        }
    }

    #[test]
    fn a_path_given_twice_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("faq.yaml");
        fs::write(&file, "x").unwrap();
        let (found, _) = scan(&[dir.path().to_owned(), file], &mut |_, _| true);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let picture = dir.path().join("logo.png");
        fs::write(&picture, "x").unwrap();
        let (found, problems) = scan(&[dir.path().join("absent"), picture], &mut |_, _| true);
        assert!(found.is_empty());
        assert!(problems[0].file.ends_with("absent"));
        assert!(problems[1].what.contains(".yaml"));
    }
}
