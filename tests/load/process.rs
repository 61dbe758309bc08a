//! What another process on this machine used, from Linux' `/proc`.

use std::fs;

/// Linux tells processor time in hundredths of a second to every program, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time so far, in seconds, of all threads.
pub fn cpu_seconds(pid: u32) -> Result<f64, String> {
    let file = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    parse_cpu(&stat).ok_or_else(|| format!("{file} is not understood"))
}

/// Memory in use, in KiB.
pub fn rss_kib(pid: u32) -> Result<f64, String> {
    let file = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    parse_rss(&status).ok_or_else(|| format!("{file} is not understood"))
}

/// Fields 14 and 15; the name in field 2 may contain anything, so counting starts behind its bracket.
fn parse_cpu(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

fn parse_rss(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn the_kernels_files_are_understood() {
    let stat = "7 (a ) b) S 1 7 7 0 -1 0 0 0 0 0 250 50 0 0 20 0 9 0 1 2";
    assert_eq!(parse_cpu(stat), Some(3.0));
    assert_eq!(parse_rss("Name:\tx\nVmRSS:\t    2048 kB\n"), Some(2048.0));
    let own = std::process::id();
    assert!(cpu_seconds(own).is_ok() && rss_kib(own).unwrap() > 100.0);
}
