//! PDF files made to do harm.

pub(crate) use crate::pdf_files::pdf;
use crate::pdf_files::{of, stream};

fn page(content: &str, more: &str) -> [String; 3] {
    [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] {more} /Contents {content} >>"),
    ]
}

/// A page whose content grows from nine megabytes to one and a half gigabytes.
pub fn bomb() -> Vec<u8> {
    let packed = zeros(6_000_000);
    let head = format!("/Length {} /Filter /FlateDecode", packed.len());
    let mut objects: Vec<Vec<u8>> = page("4 0 R", "").map(String::into_bytes).to_vec();
    objects.push(stream(&head, &packed));
    of(&objects)
}

/// A page that draws a form that draws itself.
pub fn circle() -> Vec<u8> {
    let resources = "/Resources << /XObject << /X 5 0 R >> >>";
    let mut objects: Vec<Vec<u8>> = page("4 0 R", resources).map(String::into_bytes).to_vec();
    objects.push(stream("/Length 5", b"/X Do"));
    let head = format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources} /Length 5");
    objects.push(stream(&head, b"/X Do"));
    of(&objects)
}

/// A file with a password.
pub fn locked() -> Vec<u8> {
    let file = pdf(&["secret"]);
    let text = String::from_utf8(file).expect("it is ASCII");
    let key = "00".repeat(32);
    let lock = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{key}> /U <{key}> >> \
         /ID [<0102> <0102>] /Root 1 0 R"
    );
    text.replace("/Root 1 0 R", &lock).into_bytes()
}

/// zlib's format by hand: one zero, then copies of 258 bytes before, thirteen bits each.
/// <https://www.rfc-editor.org/rfc/rfc1951>
fn zeros(copies: usize) -> Vec<u8> {
    let (mut bytes, mut held, mut count) = (vec![0x78, 0x9c], 0_u64, 0_u32);
    let mut put = |bits: u64, length: u32| {
        held |= bits << count;
        count += length;
        while count >= 8 {
            bytes.push(held as u8);
            (held, count) = (held >> 8, count - 8);
        }
    };
    // The last block, with the fixed codes; then a literal zero.
    put(0b011, 3);
    put(0b0000_1100, 8);
    for _ in 0..copies {
        // The longest length, from one byte before.
        put(0b1010_0011, 8);
        put(0, 5);
    }
    put(0, 7 + 8);
    bytes
}
