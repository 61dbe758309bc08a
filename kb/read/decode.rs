//! From bytes to text: what a byte order mark, the page itself or its server says about the encoding, else UTF-8,
//! else the encoding that the bytes look like. What is no text at all is refused.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Fault, lines_in};

/// So much of a file is looked at to tell whether it is text.
const SAMPLE: usize = 64 << 10;
/// Where a page says its encoding: <https://html.spec.whatwg.org/multipage/semantics.html#charset>.
const META_WITHIN: usize = 1024;
/// How kinds of files begin that are no text, and what they are called.
const SIGNATURES: [(&[u8], &str); 11] = [
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\xca\xfe\xba\xbe", "a program"),
];

/// The text of a file. `told` is the encoding that its server named.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    told: Option<&str>,
    is_html: bool,
) -> Result<Cow<'a, str>, Fault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]);
    }
    let signature = SIGNATURES
        .iter()
        .find(|(start, _)| bytes.starts_with(start));
    if let Some((_, what)) = signature {
        return Err(Fault::at(1, format!("it is no text but {what}")));
    }
    let wide = wide(bytes);
    if wide.is_none() && is_binary(bytes) {
        return Err(Fault::at(
            1,
            "it is no text: it is full of control characters",
        ));
    }
    if let Some(encoding) = wide {
        return with(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => other(bytes, error.valid_up_to(), told, is_html),
    }
}

/// The text of bytes that are not UTF-8.
fn other<'a>(
    bytes: &'a [u8],
    valid: usize,
    told: Option<&str>,
    is_html: bool,
) -> Result<Cow<'a, str>, Fault> {
    let meta = || is_html.then(|| meta(bytes)).flatten();
    let said = told
        .and_then(|name| Encoding::for_label(name.as_bytes()))
        .or_else(meta);
    let said = said.filter(|encoding| *encoding != UTF_8);
    if let Some(Ok(text)) = said.map(|encoding| with(encoding, bytes)) {
        return Ok(text);
    }
    if is_damaged(bytes) {
        let line = lines_in(&bytes[..valid]) + 1;
        return Err(Fault::at(
            line,
            "the file is not UTF-8 text from this line on",
        ));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    with(detector.guess(None, Utf8Detection::Deny), bytes)
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Fault> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or_default();
    let what = match encoding == UTF_8 {
        true => "the file is not UTF-8 text from this line on".to_owned(),
        false => format!("the file is not {} text from this line on", encoding.name()),
    };
    Err(Fault::at(lines_in(&text.as_bytes()[..at]) + 1, what))
}

/// Whether it is UTF-8 that was cut or mixed with something: most of what is not ASCII is sound.
fn is_damaged(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken
}

/// UTF-16 without a byte order mark: nearly every second byte of Western text is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes[..bytes.len().min(SAMPLE)].as_chunks::<2>().0;
    let (count, mut first, mut second) = (pairs.len(), 0, 0);
    for [one, two] in pairs {
        first += usize::from(*one == 0);
        second += usize::from(*two == 0);
    }
    let most = |zeros: usize| count > 1 && zeros * 10 > count * 6;
    let few = |zeros: usize| zeros * 20 < count;
    match (most(first) && few(second), most(second) && few(first)) {
        (true, _) => Some(UTF_16BE),
        (_, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// More than one in a hundred bytes is a control character that no text has.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let odd = |byte: &&u8| **byte < 32 && !b"\t\n\r\x0b\x0c\x1b".contains(byte);
    let count = sample.iter().filter(odd).count();
    count > 4 && count * 100 > sample.len()
}

/// What a page says of itself, in `<meta charset=…>` or the older form.
fn meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_WITHIN)]);
    let head = head.to_ascii_lowercase();
    let after = &head[head.find("charset")? + "charset".len()..];
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
    Encoding::for_label(&value.as_bytes()[..end.unwrap_or(value.len())])
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_KR, GBK, SHIFT_JIS, UTF_8, WINDOWS_1251, WINDOWS_1252};

    use super::decode;

    fn read(bytes: &[u8]) -> String {
        decode(bytes, None, false).unwrap().into_owned()
    }

    #[test]
    fn encodings_are_told_from_the_bytes() {
        let german = "Über die Größe: für Ärzte, Mütter und Söhne. Öffnungszeiten täglich.";
        let russian = "Как вернуть деньги? Возврат занимает пять рабочих дней.";
        let japanese = "パスワードを忘れた場合はどうすればいいですか。設定を開いてください。";
        let korean = "비밀번호를 잊어버렸을 때 어떻게 하나요? 설정을 여세요.";
        let chinese = "忘记密码怎么办?请打开设置页面,然后点击重置密码按钮。";
        for (encoding, text) in [
            (UTF_8, german),
            (WINDOWS_1252, german),
            (WINDOWS_1251, russian),
            (SHIFT_JIS, japanese),
            (EUC_KR, korean),
            (GBK, chinese),
        ] {
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost);
            assert_eq!(read(&bytes), text, "{}", encoding.name());
        }
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        let text = "How do I pay?\nBy card, für 5 €.";
        let big = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect::<Vec<_>>()
        };
        let little = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>()
        };
        for bytes in [
            big(&format!("\u{feff}{text}")),
            little(&format!("\u{feff}{text}")),
            big(text),
            little(text),
        ] {
            assert_eq!(read(&bytes), text);
        }
    }

    #[test]
    fn a_page_or_its_server_may_say_the_encoding() {
        let (bytes, _, _) = WINDOWS_1251.encode("<meta charset=\"windows-1251\"><p>Да</p>");
        assert!(decode(&bytes, None, true).unwrap().contains("Да"));
        let old = "<meta http-equiv=content-type content='text/html; charset=windows-1251'>Да";
        let (bytes, _, _) = WINDOWS_1251.encode(old);
        assert!(decode(&bytes, None, true).unwrap().contains("Да"));
        let (bytes, _, _) = WINDOWS_1251.encode("<p>Да</p>");
        let told = decode(&bytes, Some("windows-1251"), true).unwrap();
        assert_eq!(told, "<p>Да</p>");
    }

    #[test]
    fn damaged_utf8_is_named_with_its_line_and_not_guessed() {
        let fault = decode(b"\xc3\xa4\n\xc3\xb6\xc3\xbc\n\xff", None, false).unwrap_err();
        assert_eq!(fault.line, Some(3));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b"PK\x03\x04rest"[..],
            b"\x89PNG\r\n",
            b"%PDF-1.7",
            &(0..=255).cycle().take(5000).collect::<Vec<u8>>(),
        ] {
            let fault = decode(bytes, None, false).unwrap_err();
            assert!(fault.what.contains("no text"), "{}", fault.what);
        }
    }
}
