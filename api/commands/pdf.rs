//! `hinny read-pdf`: the process that reads one PDF for the index. It may use so much memory and time and no more, so
//! that a file made to exhaust the machine costs one line in the report.

use std::io::{Read, stdin, stdout};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Failure;

/// All of the process's memory, the program itself included.
const MEMORY: u64 = 1 << 30;
/// Seconds of computing; whoever waits for the answer gives up at about the same time.
const SECONDS: u64 = 30;
/// The largest file that is read.
const FILE: u64 = 64 << 20;

pub fn run() -> Result<ExitCode, Failure> {
    for (what, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(what, limit)?;
    }
    hinny_kb::read_pdf(&mut stdin().lock().take(FILE), &mut stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}
