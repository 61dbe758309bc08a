//! The path of a file as addresses are made of it.

/// A path taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Path<'a> {
    /// Without a slash at its end; empty at the top.
    pub folder: &'a str,
    /// Without extension.
    pub name: &'a str,
    pub extension: &'a str,
}

impl<'a> Path<'a> {
    pub fn of(path: &'a str) -> Path<'a> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (name, extension) = match file.rsplit_once('.') {
            Some((name, extension)) if !name.is_empty() => (name, extension),
            _ => (file, ""),
        };
        Path {
            folder,
            name,
            extension,
        }
    }

    pub fn is_markdown(&self) -> bool {
        matches!(self.extension, "md" | "markdown" | "mdx")
    }

    pub fn is_index(&self) -> bool {
        matches!(self.name, "index" | "README")
    }

    /// The path without its extension.
    pub fn plain(&self) -> String {
        match self.is_index() {
            true => below(self.folder, ""),
            false => below(self.folder, self.name),
        }
    }

    /// A file that is published as it is.
    pub fn verbatim(&self) -> String {
        match (self.name, self.extension) {
            ("index", "html") => below(self.folder, ""),
            (name, "") => below(self.folder, name),
            (name, extension) => below(self.folder, &format!("{name}.{extension}")),
        }
    }
}

/// A name within a folder; the folder's own address for an empty one.
pub(super) fn below(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// A path with `.` and `..` gone through, without a slash at its start. What leads above the top stays there.
pub(super) fn walked(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut walked = parts.join("/");
    if ends_open && !walked.is_empty() {
        walked.push('/');
    }
    walked
}

/// A path as it stands in an address.
pub(super) fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~=".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
