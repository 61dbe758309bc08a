//! The real binary in a fresh folder: started, killed, started again.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::{DEADLINE, within};

/// A hinny in a folder of its own.
pub struct Server {
    folder: TempDir,
    child: Option<Child>,
    /// Where it listens now, for instance `http://127.0.0.1:4321`. The port changes with each start.
    pub url: String,
    env: Vec<(String, String)>,
}

/// The configuration that most stories use: one site whose threads are at the desk, and little patience.
pub const SITE: &str = r#"
data = "data"
listen = "127.0.0.1:0"

[log]
level = "warn"

[timing]
outbox_poll = "100ms"
alarm_poll = "50ms"
quiet = "100ms"
retry_first = "50ms"
retry_max = "500ms"

[limits]
connections_per_address = 10000
messages_per_minute = 100000
messages_burst = 10000
address_messages_per_minute = 1000000
address_messages_burst = 100000
hellos_per_minute = 100000
hellos_burst = 10000
sessions_per_minute = 100000
sessions_burst = 10000

[desk]
enabled = true

[[site]]
id = "shop"
name = "Shop"
origins = ["https://shop.example"]
identity_secret_env = "SHOP_SECRET"

[site.knowledge]
paths = ["faq.md"]
"#;

/// What the bot of that site knows.
pub const FAQ: &str = include_str!("../../fixtures/stories/faq.md");

pub const IDENTITY_SECRET: &str = "kJ8s-2mQx!vB7tYw4Zr9Nc6Hd3Lf5Pg1";

/// The secret of a second site.
pub const OTHER_SECRET: &str = "wT3v-8hLs!nB1kRq6Xz0Jd9Mf4Gy7Cp2";

/// The token that the Telegram of the stories takes.
pub const TEAM_TOKEN: &str = "123:test-token_that-must-never-be-logged";

impl Server {
    /// A server with `config` and `FAQ`, indexed and ready.
    pub async fn start(config: &str) -> Server {
        let server = Server::prepare(config).await;
        server.launch().await
    }

    /// A folder with everything in it and the knowledge indexed, but no process yet.
    pub async fn prepare(config: &str) -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("hinny.toml"), config)
            .expect("the configuration is written");
        std::fs::write(folder.path().join("faq.md"), FAQ).expect("the FAQ is written");
        let server = Server {
            folder,
            child: None,
            url: String::new(),
            env: Vec::new(),
        };
        for site in sites(config) {
            let indexed = server.run(&["kb", "index", "--site", site]).await;
            assert!(indexed.ok, "the knowledge is indexed: {}", indexed.stderr);
        }
        server
    }

    /// Sets an environment variable of the next start, for instance `FAILPOINTS`.
    pub fn env(mut self, name: &str, value: &str) -> Server {
        self.set_env(name, value);
        self
    }

    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.push((name.into(), value.into()));
    }

    pub fn clear_env(&mut self) {
        self.env.clear();
    }

    pub async fn launch(mut self) -> Server {
        self.start_again().await;
        self
    }

    /// Starts the process in the same folder; returns when it listens.
    pub async fn start_again(&mut self) {
        let listens = self.try_start_again().await;
        assert!(
            listens,
            "it never said where it listens; its log: {}",
            self.log()
        );
    }

    /// The same for a process that may end before it listens; then `false`.
    pub async fn try_start_again(&mut self) -> bool {
        assert!(self.child.is_none(), "it runs already");
        let mut child = self
            .command(&["serve"])
            .envs(self.env.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(self.log_file())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        self.child = Some(child);
        let said = tokio::time::timeout(DEADLINE, spawn_blocking(|| address(stdout))).await;
        let said = said.unwrap_or_else(|_| panic!("it hangs; its log: {}", self.log()));
        let url = said.expect("reading does not panic");
        self.url = url.clone().unwrap_or_default();
        url.is_some()
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it can be waited for");
    }

    /// Waits until the process ends by itself.
    pub async fn ended(&mut self) {
        let child = self.child.as_mut().expect("it runs");
        // A planned death may have to wait for what happens rarely.
        within(4 * DEADLINE, "the end of the process", || {
            let ended = child.try_wait().expect("it can be waited for");
            async move { ended }
        })
        .await;
        self.child = None;
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("it runs");
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill runs").success());
        let ended = tokio::time::timeout(DEADLINE, spawn_blocking(move || child.wait())).await;
        let waited = ended.expect("it ends in time").expect("no panic");
        waited.expect("it can be waited for").code()
    }

    /// Runs another command of the binary in the same folder to its end.
    pub async fn run(&self, args: &[&str]) -> Ended {
        let mut command = self.command(args);
        let output = spawn_blocking(move || command.output()).await;
        let output = output.expect("no panic").expect("the binary runs");
        Ended {
            ok: output.status.success(),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts another command of the binary in the same folder, to be killed by the story.
    pub fn begin(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary starts")
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// All that it has logged since the first start.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn command(&self, args: &[&str]) -> Command {
        // Another build, for instance a released one, can be put to the same tests.
        let binary = std::env::var("HINNY_BINARY");
        let binary = binary.unwrap_or_else(|_| env!("CARGO_BIN_EXE_hinny").to_owned());
        let mut command = Command::new(binary);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("SHOP_SECRET", IDENTITY_SECRET)
            .env("BLOG_SECRET", OTHER_SECRET)
            .env("TEAM_TOKEN", TEAM_TOKEN)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        command
    }

    fn log_file(&self) -> Stdio {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"));
        log.expect("the log can be written").into()
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub ok: bool,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// The address from the first line that has one. The rest of the output is read too, so that it never blocks.
fn address(stdout: ChildStdout) -> Option<String> {
    let mut lines = BufReader::new(stdout).lines();
    while let Some(Ok(line)) = lines.next() {
        if let Some(at) = line.find("http://") {
            let url: String = line[at..]
                .chars()
                .take_while(|c| !c.is_whitespace())
                .collect();
            std::thread::spawn(move || lines.for_each(drop));
            return Some(url.trim_end_matches('/').to_owned());
        }
    }
    None
}

/// The ids of the sites in a configuration; each stands in the line below its heading.
fn sites(config: &str) -> impl Iterator<Item = &str> {
    let heads = config.split("[[site]]").skip(1);
    heads.filter_map(|site| site.split('"').nth(1))
}
