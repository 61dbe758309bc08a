//! An agent at the desk, by its public interface.

use serde_json::{Value, json};

use super::http::{self, Answer};
use super::server::Server;
use super::{eventually, visitor};

#[derive(Clone)]
pub struct Desk {
    url: String,
    cookie: String,
    next_id: u64,
}

impl Desk {
    /// Uses a one-time link, as `hinny desk login` prints it.
    pub async fn log_in(server: &Server) -> Desk {
        Desk::log_in_to(server, "shop").await
    }

    pub async fn log_in_to(server: &Server, site: &str) -> Desk {
        let printed = server.run(&["desk", "login", "--site", site]).await;
        assert!(printed.ok, "a link is printed: {}", printed.stderr);
        let login = printed
            .stdout
            .split("#login=")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .expect("the link carries a login")
            .to_owned();
        let url = format!("{}/desk/api/login", server.url);
        let answer = http::call("POST", &url, &[], Some(json!({ "login": login }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let cookie = answer.headers["set-cookie"].to_str().expect("plain text");
        Desk {
            url: server.url.clone(),
            cookie: cookie.split(';').next().expect("a cookie").to_owned(),
            next_id: 0,
        }
    }

    /// The headers that prove who this is.
    pub fn papers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Cookie", self.cookie.clone()),
            ("Origin", self.url.clone()),
        ]
    }

    /// After a restart the server has another port; the session is still good.
    pub fn moved_to(&mut self, server: &Server) {
        self.moved_to_url(&server.url);
    }

    pub fn moved_to_url(&mut self, url: &str) {
        self.url = url.to_owned();
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let called = self.try_call(method, path, body).await;
        called.expect("the server answers")
    }

    /// The same for a server that may die meanwhile.
    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let url = format!("{}/desk/api/{path}", self.url);
        let headers = [
            ("Cookie", self.cookie.as_str()),
            ("Origin", self.url.as_str()),
        ];
        http::try_call(method, &url, &headers, body).await
    }

    pub async fn threads(&self, state: &str) -> Vec<Value> {
        let answer = self
            .call("GET", &format!("threads?state={state}"), None)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["threads"].as_array().expect("a list").clone()
    }

    /// What keeps the team from being told in its own place, as the desk's page shows it.
    pub async fn obstacle(&self) -> Option<String> {
        let answer = self.call("GET", "threads", None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["obstacle"].as_str().map(str::to_owned)
    }

    /// Waits until something is in the way.
    pub async fn sees_obstacle(&self) -> String {
        eventually("an obstacle", || self.obstacle()).await
    }

    /// Waits until nothing is in the way any more.
    pub async fn sees_no_obstacle(&self) {
        eventually("no obstacle", || async {
            self.obstacle().await.is_none().then_some(())
        })
        .await;
    }

    /// Waits until the conversation has a thread at the desk.
    pub async fn sees_thread(&self, conversation: &str) -> Value {
        eventually("a thread at the desk", || async {
            let threads = self.threads("all").await;
            threads
                .into_iter()
                .find(|thread| thread["conversation"] == conversation)
        })
        .await
    }

    pub async fn reads(&self, conversation: &str) -> Value {
        let answer = self
            .call("GET", &format!("conversations/{conversation}"), None)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json
    }

    /// What the team sees of a conversation: author and words.
    pub async fn transcript(&self, conversation: &str) -> Vec<String> {
        let read = self.reads(conversation).await;
        let events = read["events"].as_array().expect("a list").iter();
        let messages = events.filter(|event| event["event"]["kind"] == "message");
        messages
            .map(|event| {
                let event = &event["event"];
                let author = event["author"]["kind"].as_str().unwrap_or("?");
                format!("{author}: {}", visitor::plain(&event["text"]))
            })
            .collect()
    }

    /// Writes a line, plain words or a command.
    pub async fn writes(&mut self, conversation: &str, text: &str) -> u64 {
        self.next_id += 1;
        let id = format!("desk-{}", self.next_id);
        let answer = self.writes_as(&id, conversation, text).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["seq"].as_u64().expect("a seq")
    }

    pub async fn writes_as(&self, id: &str, conversation: &str, text: &str) -> Answer {
        let body = json!({"id": id, "text": text});
        self.call(
            "POST",
            &format!("conversations/{conversation}/lines"),
            Some(body),
        )
        .await
    }

    /// Presses a button of the transcript, changes or removes a line: `verb` is press, edit or delete.
    pub async fn does(&mut self, conversation: &str, verb: &str, mut body: Value) -> Answer {
        self.next_id += 1;
        body["id"] = format!("desk-{}", self.next_id).into();
        let path = format!("conversations/{conversation}/{verb}");
        self.call("POST", &path, Some(body)).await
    }

    /// Sends a file and returns its id.
    pub async fn uploads(&self, name: &str, bytes: &[u8]) -> String {
        let url = format!("{}/desk/api/files?name={name}", self.url);
        let headers = [
            ("Cookie", self.cookie.as_str()),
            ("Origin", self.url.as_str()),
        ];
        let answer = super::files::upload(&url, &headers, bytes.to_vec()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["id"].as_str().expect("an id").to_owned()
    }

    pub async fn writes_files(&mut self, conversation: &str, text: &str, files: &[&str]) {
        let body = json!({"text": text, "files": files});
        let answer = self.does(conversation, "lines", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}
