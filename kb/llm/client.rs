//! How the model is asked: one streamed chat completion on any OpenAI-compatible endpoint. Own types for what
//! comes back, because half-compatible servers leave fields out that the library's types insist on; no retries,
//! no redirects, and a limit on the bytes of an answer. What the server says in an error is never repeated: it
//! may quote the prompt.
//! <https://platform.openai.com/docs/api-reference/chat-streaming>

use std::time::Duration;

use async_openai::Client as OpenAi;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::{Stream, StreamExt};
use reqwest_model::{Body, Response, redirect};
use serde::{Deserialize, Serialize};

use super::phraser::Model;
use super::prompt::Message;

/// The most bytes of one response, with everything that JSON and the event stream put around the words.
const MOST_BYTES: usize = 512 * 1024;

const CONNECT_WITHIN: Duration = Duration::from_secs(4);

/// Why there is no text from the model. All of them mean: answer without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the model cannot be reached, or it hung up")]
    Unreachable,
    #[error("the model's server answered with status {0}")]
    Status(u16),
    #[error("the model was too slow")]
    Late,
    #[error("the model's server sent something that cannot be read")]
    Garbled,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: &'a [Message],
    max_completion_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    stream: bool,
    stream_options: StreamOptions,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// One event of the stream. Everything may be missing; an `error` may come in its place.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Usage>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: Option<u64>,
}

/// A piece of the answer, and what it has cost where the server says so.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Piece {
    pub text: String,
    pub tokens: Option<u64>,
}

pub(super) struct Client {
    openai: OpenAi<OpenAIConfig>,
    model: String,
    most_tokens: u32,
    temperature: Option<f32>,
}

impl Client {
    /// Fails only when the machine's TLS cannot be set up.
    pub fn new(model: &Model) -> Result<Client, String> {
        Ok(Client {
            openai: connect(&model.base_url, model.key.as_deref(), MOST_BYTES)?,
            model: model.name.clone(),
            most_tokens: model.most_tokens,
            temperature: model.temperature,
        })
    }

    /// Puts the request; the pieces of the answer come as they are written.
    pub async fn ask(
        &self,
        messages: &[Message],
    ) -> Result<impl Stream<Item = Result<Piece, Trouble>> + Send + Unpin + use<>, Trouble> {
        let request = Request {
            model: &self.model,
            messages,
            max_completion_tokens: self.most_tokens,
            temperature: self.temperature,
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
        };
        let chat = self.openai.chat();
        let opened = chat.create_stream_byot::<_, Chunk>(request).await;
        let chunks = opened.map_err(trouble)?;
        Ok(chunks.map(|chunk| chunk.map_err(trouble).and_then(piece)))
    }
}

/// The library's client for a server, of whose answers no more than `most_bytes` are read.
pub(super) fn connect(
    base_url: &str,
    key: Option<&str>,
    most_bytes: usize,
) -> Result<OpenAi<OpenAIConfig>, String> {
    let http = reqwest_model::Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| error.to_string())?;
    let service = tower::service_fn(move |request: HttpRequestFactory| {
        let http = http.clone();
        async move {
            let response = http.execute(request.build().await?).await?;
            capped(response, most_bytes)
        }
    });
    let config = OpenAIConfig::new()
        .with_api_base(base_url.trim_end_matches('/'))
        .with_api_key(key.unwrap_or_default());
    Ok(OpenAi::with_config(config).with_http_service(service))
}

fn piece(chunk: Chunk) -> Result<Piece, Trouble> {
    if chunk.error.is_some() {
        return Err(Trouble::Garbled);
    }
    let choices = chunk.choices.unwrap_or_default();
    let delta = choices.into_iter().next().and_then(|choice| choice.delta);
    Ok(Piece {
        text: delta.and_then(|delta| delta.content).unwrap_or_default(),
        tokens: chunk.usage.and_then(|usage| usage.total_tokens),
    })
}

/// The same response, which breaks off when it gets too long. An error's words are not read at all.
fn capped(response: Response, most_bytes: usize) -> Result<Response, OpenAIError> {
    let status = response.status();
    let mut copy = http::Response::builder().status(status);
    for (name, value) in response.headers() {
        copy = copy.header(name, value);
    }
    let mut left = most_bytes;
    let bytes = response.bytes_stream().map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other)?;
        let too_long = || std::io::Error::other("the response is too long");
        left = left.checked_sub(chunk.len()).ok_or_else(too_long)?;
        Ok::<_, std::io::Error>(chunk)
    });
    let body = match status.is_success() {
        true => Body::wrap_stream(bytes),
        false => Body::from("{\"error\":{\"message\":\"\"}}"),
    };
    let copied = copy.body(body);
    let copied = copied.map_err(|error| OpenAIError::InvalidArgument(error.to_string()))?;
    Ok(Response::from(copied))
}

pub(super) fn trouble(error: OpenAIError) -> Trouble {
    match error {
        OpenAIError::ApiError(answer) => Trouble::Status(answer.status_code.as_u16()),
        OpenAIError::JSONDeserialize(..) => Trouble::Garbled,
        OpenAIError::StreamError(_) | OpenAIError::Reqwest(_) => Trouble::Unreachable,
        _ => Trouble::Garbled,
    }
}
