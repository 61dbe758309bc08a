//! Files by the public interface: sent up as bytes, fetched by a link.

use super::http::Answer;
use serde_json::Value;

/// The smallest picture there is: one pixel.
pub const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// What a link gives.
pub struct Fetched {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

/// Sends bytes as they are, as a widget does.
pub async fn upload(url: &str, headers: &[(&str, &str)], bytes: Vec<u8>) -> Answer {
    let mut request = reqwest::Client::new().post(url).body(bytes);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("the server answers");
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await.expect("the answer can be read");
    Answer {
        status,
        headers,
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    }
}

pub async fn fetch(url: &str) -> Fetched {
    let response = reqwest::Client::new().get(url).send().await;
    let response = response.expect("the server answers");
    Fetched {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        bytes: response.bytes().await.expect("it can be read").to_vec(),
    }
}
