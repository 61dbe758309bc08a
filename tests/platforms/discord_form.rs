//! Reads bodies: JSON, or a form of several parts with the JSON in `payload_json` and files in `files[n]`
//! (<https://discord.com/developers/docs/reference#uploading-files>).

use serde_json::Value;

/// A file of a form.
pub struct Upload {
    pub index: u64,
    pub name: String,
    pub bytes: Vec<u8>,
}

pub struct Body {
    pub json: Value,
    pub files: Vec<Upload>,
}

/// The body, or nothing when it is not what the content type says.
pub fn read(content_type: &str, bytes: &[u8]) -> Option<Body> {
    if bytes.is_empty() {
        let (json, files) = (Value::Null, Vec::new());
        return Some(Body { json, files });
    }
    match content_type.split_once("boundary=") {
        Some((kind, boundary)) if kind.starts_with("multipart/form-data") => {
            form(boundary.trim_matches('"'), bytes)
        }
        _ => {
            let json = serde_json::from_slice(bytes).ok()?;
            let files = Vec::new();
            content_type
                .starts_with("application/json")
                .then_some(Body { json, files })
        }
    }
}

fn form(boundary: &str, bytes: &[u8]) -> Option<Body> {
    let mut body = Body {
        json: Value::Null,
        files: Vec::new(),
    };
    let border = format!("--{boundary}");
    for part in parts(bytes, border.as_bytes()) {
        let at = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..at]).ok()?;
        let content = part[at + 4..].strip_suffix(b"\r\n")?;
        let name = attribute(head, "name")?;
        match name
            .strip_prefix("files[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(index) => body.files.push(Upload {
                index: index.parse().ok()?,
                name: attribute(head, "filename")?,
                bytes: content.to_vec(),
            }),
            None if name == "payload_json" => body.json = serde_json::from_slice(content).ok()?,
            None => return None,
        }
    }
    Some(body)
}

/// What stands between the borders, without the line end that follows each.
fn parts<'a>(bytes: &'a [u8], border: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, border) {
        if let Some(part) = rest[..at].strip_prefix(b"\r\n") {
            found.push(part);
        }
        rest = &rest[at + border.len()..];
    }
    found
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let at = head.find(&format!("; {name}=\""))? + name.len() + 4;
    let rest = &head[at..];
    Some(rest[..rest.find('"')?].to_owned())
}
