//! A plain HTTP client for the stories.

use serde_json::Value;

/// A status with its JSON (null where there is none).
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Value,
    pub text: String,
}

/// Sends a request; `headers` as they are.
pub async fn call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Answer {
    let called = try_call(method, url, headers, body).await;
    called.expect("the server answers, and the answer can be read")
}

/// The same for a server that may die meanwhile.
pub async fn try_call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Result<Answer, reqwest::Error> {
    let method = method.parse().expect("a method");
    let mut request = reqwest::Client::new().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request
            .header("Content-Type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await?;
    Ok(Answer {
        status,
        headers,
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    })
}

pub async fn get(url: &str) -> Answer {
    call("GET", url, &[], None).await
}
