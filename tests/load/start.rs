//! From starting a server to its first healthy answer, and what it holds in memory then.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::client::check_loopback;
use crate::numbers::{Report, Times};
use crate::options::Start;
use crate::process::rss_kib;

const PATIENCE: Duration = Duration::from_secs(20);

pub fn run(options: &Start) -> Result<Report, String> {
    let mut times = Times::default();
    let mut memory = 0.0;
    for _ in 0..options.rounds {
        let (took, rss) = once(&options.command)?;
        times.extend([took]);
        memory = rss;
    }
    let mut report = Report::default();
    report.add(
        "start_ms",
        times.percentile(50),
        "ms from start to the first healthy answer, half of them",
    );
    report.add("start_slowest_ms", times.percentile(100), "ms, the slowest");
    report.add("rss_kib", memory, "KiB in use then");
    Ok(report)
}

/// A started server, killed at the end whatever happens.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill and nothing to do about it.
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

fn once(command: &[String]) -> Result<(Duration, f64), String> {
    let start = Instant::now();
    let child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", command[0]))?;
    let mut server = Started(child);
    let stdout = server.0.stdout.take().ok_or("the server has no output")?;
    let url = printed_address(stdout)?;
    check_loopback(&url)?;
    healthy(&url)?;
    Ok((start.elapsed(), rss_kib(server.0.id())?))
}

/// The address from the first line that has one.
fn printed_address(stdout: ChildStdout) -> Result<String, String> {
    let (found, wait) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        // All is read to the end, so that the server never waits for a reader.
        for url in lines.filter_map(|line| address(&line).map(str::to_owned)) {
            found.send(url).ok();
        }
    });
    let url = wait.recv_timeout(PATIENCE);
    url.map_err(|_| "the server did not say where it listens".to_owned())
}

fn address(line: &str) -> Option<&str> {
    let at = line.find("http://")?;
    line[at..]
        .split_whitespace()
        .next()
        .map(|url| url.trim_end_matches('/'))
}

/// The address was printed, so the port is open; what counts is the answer.
fn healthy(url: &str) -> Result<(), String> {
    let answer =
        get_health(url.trim_start_matches("http://")).map_err(|error| error.to_string())?;
    match answer.starts_with("HTTP/1.1 200") {
        true => Ok(()),
        false => Err(format!(
            "/healthz said {}",
            answer.lines().next().unwrap_or_default()
        )),
    }
}

fn get_health(host: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_address_is_found_in_what_is_printed() {
    assert_eq!(
        address("hinny listens on http://127.0.0.1:81/ now"),
        Some("http://127.0.0.1:81")
    );
    assert_eq!(address("nothing here"), None);
}
