//! Runs Python scripts of `tests/emulators/python/`: clients that other people wrote, against our platform servers.
//! What they need is installed once into a virtual environment below cargo's target folder; tests that run at
//! the same time wait for each other there. Scripts and tests talk in lines of JSON.

// Every test binary uses its own part of this.
#![allow(dead_code)]

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/emulators/python");
const PATIENCE: Duration = Duration::from_secs(60);

/// A running script.
pub struct Script {
    process: Child,
    input: Option<ChildStdin>,
    /// What it prints; a line that is no JSON comes as it is.
    lines: UnboundedReceiver<Result<Value, String>>,
}

impl Script {
    /// Starts `name` (for instance `slack_web.py`), installing what it needs first.
    pub async fn start(name: &str, arguments: &[&str]) -> Self {
        let name = name.to_owned();
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        let started = tokio::task::spawn_blocking(move || Script::spawn(&name, &arguments));
        started.await.expect("the script starts")
    }

    fn spawn(name: &str, arguments: &[String]) -> Self {
        let mut process = Command::new(interpreter())
            .args(["-u", "-B", name])
            .args(arguments)
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the virtual environment has an interpreter");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("the output is piped"));
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).map_err(|_| line);
                let Ok(()) = sender.send(value) else { return };
            }
        });
        Script {
            process,
            input,
            lines,
        }
    }

    /// The next line that the script prints.
    pub async fn line(&mut self) -> Value {
        match tokio::time::timeout(PATIENCE, self.lines.recv()).await {
            Ok(Some(line)) => json(line),
            Ok(None) => panic!("the script ended: {}", self.complaint()),
            Err(_) => panic!("the script says nothing"),
        }
    }

    pub fn say(&mut self, message: &Value) {
        let input = self.input.as_mut().expect("the input is open");
        writeln!(input, "{message}").expect("the script reads its input");
    }

    /// Waits for the end and returns what was printed. Any status but 0 fails the test.
    pub async fn finish(mut self) -> Vec<Value> {
        drop(self.input.take());
        let mut printed = Vec::new();
        let end = async {
            while let Some(line) = self.lines.recv().await {
                printed.push(json(line));
            }
        };
        let ended = tokio::time::timeout(PATIENCE, end).await;
        assert!(
            ended.is_ok(),
            "the script does not end; it said {printed:?}"
        );
        let status = self.ended().await;
        assert!(
            status.is_some_and(|status| status.success()),
            "{printed:?}\n{}",
            self.complaint()
        );
        printed
    }

    /// Its output is at an end, so it is about to end too.
    async fn ended(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let status = self.process.try_wait();
            match status.expect("the script can be waited for") {
                Some(status) => return Some(status),
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        None
    }

    /// What the script wrote on its standard error. It is ended first, because reading waits for its end.
    fn complaint(&mut self) -> String {
        self.process.kill().ok();
        let mut text = String::new();
        if let Some(mut errors) = self.process.stderr.take() {
            errors.read_to_string(&mut text).ok();
        }
        text
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to kill.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn json(line: Result<Value, String>) -> Value {
    line.unwrap_or_else(|line| panic!("not a line of JSON: {line}"))
}

/// The interpreter of a virtual environment that holds exactly `requirements.txt`.
fn interpreter() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.join("python");
    let wanted = Path::new(FOLDER).join("requirements.txt");
    let wanted = std::fs::read(wanted).expect("the requirements are part of the repository");
    let lock = File::create(target.join("python.lock")).expect("the target folder is writable");
    lock.lock().expect("the file system knows locks");
    let stamp = folder.join("installed.txt");
    if std::fs::read(&stamp).ok().as_ref() != Some(&wanted) {
        install(&folder);
        std::fs::write(&stamp, wanted).expect("the target folder is writable");
    }
    folder.join("bin/python")
}

fn install(folder: &Path) {
    let started = Instant::now();
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(folder));
    run(Command::new(folder.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--requirement", "requirements.txt"])
        .current_dir(FOLDER));
    println!("installed Python's clients in {:?}", started.elapsed());
}

fn run(command: &mut Command) {
    let output = command.output();
    let output = output.expect("python3 is installed (tests/run does that on Debian)");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}
