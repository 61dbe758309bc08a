//! Prints how long loading and encoding take and what it costs in memory, on one thread:
//! `cargo run --release -p hinny-encoder --example speed`.

use std::time::Instant;

use hinny_encoder::Encoder;

const RUNS: u32 = 100;

fn main() -> std::io::Result<()> {
    println!("before: {}", memory()?);
    let start = Instant::now();
    let encoder = Encoder::shared();
    println!("loading: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let long = "words of a long document ".repeat(60);
    let short = "How do I reset my password?";
    let medium = "when will my parcel arrive and can I change the address of it";
    for text in [short, medium, &long] {
        encoder.one(text);
        let start = Instant::now();
        for _ in 0..RUNS {
            encoder.one(text);
        }
        let each = start.elapsed().as_secs_f64() * 1e3 / f64::from(RUNS);
        println!("{each:7.2} ms for {} characters", text.len());
    }
    println!("after: {}", memory()?);
    Ok(())
}

/// What the process has in memory, as Linux tells it.
fn memory() -> std::io::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let lines = status.lines().filter(|line| line.starts_with("VmRSS"));
    Ok(lines.collect())
}
