//! How a server is asked for vectors: one call for some texts on any OpenAI-compatible endpoint, with a limit on
//! the bytes of an answer. What comes back is checked before anybody computes with it.
//! <https://platform.openai.com/docs/api-reference/embeddings/create>

use async_openai::Client as OpenAi;
use async_openai::config::OpenAIConfig;
use serde::{Deserialize, Serialize};

use super::client::{Trouble, connect, trouble};

/// The most bytes of one answer: 64 vectors of 4,096 numbers, as text.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most numbers of one vector.
const WIDEST: usize = 8_192;

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    /// Which of the texts it belongs to; servers that leave it out keep the order.
    index: Option<usize>,
    embedding: Vec<f32>,
}

/// One model on one server.
#[derive(Clone)]
pub(crate) struct EmbeddingsClient {
    openai: OpenAi<OpenAIConfig>,
    model: String,
}

impl EmbeddingsClient {
    /// Fails only when the machine's TLS cannot be set up.
    pub fn new(base_url: &str, model: &str, key: Option<&str>) -> Result<Self, String> {
        Ok(EmbeddingsClient {
            openai: connect(base_url, key, MOST_BYTES)?,
            model: model.to_owned(),
        })
    }

    /// The vectors of these texts, in their order, all of one width.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Trouble> {
        let request = Request {
            model: &self.model,
            input: texts,
            encoding_format: "float",
        };
        let embeddings = self.openai.embeddings();
        let answer = embeddings.create_byot::<_, Answer>(request).await;
        checked(answer.map_err(trouble)?, texts.len())
    }
}

fn checked(answer: Answer, count: usize) -> Result<Vec<Vec<f32>>, Trouble> {
    let mut data = answer.data;
    data.sort_by_key(|one| one.index);
    let in_order = (0..)
        .zip(&data)
        .all(|(n, one)| one.index.is_none_or(|index| index == n));
    let width = data.first().map_or(0, |one| one.embedding.len());
    let sound = |one: &One| {
        let finite = one.embedding.iter().all(|x| x.is_finite());
        finite && one.embedding.len() == width
    };
    let all = in_order && data.len() == count && (1..=WIDEST).contains(&width);
    match all && data.iter().all(sound) {
        true => Ok(data.into_iter().map(|one| one.embedding).collect()),
        false => Err(Trouble::Garbled),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Trouble, WIDEST, checked};

    fn read(data: serde_json::Value, count: usize) -> Result<Vec<Vec<f32>>, Trouble> {
        checked(
            serde_json::from_value(json!({"data": data})).unwrap(),
            count,
        )
    }

    #[test]
    fn vectors_come_back_in_the_order_of_their_texts() {
        let turned = json!([{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]);
        assert_eq!(read(turned, 2), Ok(vec![vec![1.0], vec![2.0]]));
        let plain = json!([{"embedding": [1.0, 0.5]}]);
        assert_eq!(read(plain, 1), Ok(vec![vec![1.0, 0.5]]));
    }

    #[test]
    fn what_nobody_can_compute_with_is_refused() {
        let wide = vec![0.5; WIDEST + 1];
        for (data, count) in [
            (json!([]), 1),
            (json!([{"index": 0, "embedding": []}]), 1),
            (json!([{"index": 0, "embedding": wide}]), 1),
            (json!([{"index": 3, "embedding": [1.0]}]), 1),
            (json!([{"index": 0, "embedding": [1.0]}]), 2),
            (
                json!([{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]),
                2,
            ),
            (json!([{"index": 0, "embedding": [1e300]}]), 1),
        ] {
            let words = data.to_string();
            assert_eq!(read(data, count), Err(Trouble::Garbled), "{words:.80}");
        }
    }
}
