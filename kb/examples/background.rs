//! Makes `kb/semantic/background.bin` of the sentences beside it, from the repository's root:
//! `cargo run --release -p hinny-kb --example background`.

use std::{fs, io};

use hinny_encoder::Encoder;

const SENTENCES: &str = "kb/semantic/background.txt";
const VECTORS: &str = "kb/semantic/background.bin";

fn main() -> io::Result<()> {
    let sentences = fs::read_to_string(SENTENCES)?;
    let encoder = Encoder::shared();
    let vectors = sentences.lines().map(|line| encoder.one(line));
    let bytes: Vec<u8> = vectors.flat_map(|vector| vector.bytes()).collect();
    fs::write(VECTORS, &bytes)?;
    println!("{} bytes", bytes.len());
    Ok(())
}
