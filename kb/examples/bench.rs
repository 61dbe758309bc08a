//! Prints what a question costs, in parts, and what indexing takes in memory, on one core:
//! `taskset -c 0 cargo run --release -p hinny-kb --example bench -- 200 10000`, where the numbers are entries. The
//! texts are made of the words of this repository's documents; nothing is random. What is printed is kept in
//! `docs/internals/answers.md`.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hinny_encoder::Encoder;
use hinny_kb::{Generation, IndexJob, Library, Settings};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

/// Questions asked of each knowledge base.
const QUESTIONS: usize = 300;
/// Words of a question, a title and an answer.
const WORDS: [usize; 3] = [9, 7, 60];

/// Makes texts from the words of real documents, by counting through them with a stride.
struct Texts {
    words: Vec<String>,
    at: usize,
}

impl Texts {
    fn new() -> Result<Texts, Failure> {
        let mut text = String::new();
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        let mut files: Vec<_> = fs::read_dir(docs)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        for file in files {
            if file.path().extension().is_some_and(|end| end == "md") {
                text += &fs::read_to_string(file.path())?;
            }
        }
        let words = text.split(|c: char| !c.is_ascii_alphabetic());
        let words = words.filter(|word| word.len() > 1).map(str::to_owned);
        Ok(Texts {
            words: words.collect(),
            at: 0,
        })
    }

    fn some(&mut self, count: usize) -> String {
        let words = (0..count).map(|n| {
            let stride = if n % 3 == 0 { 977 } else { 1 };
            self.at = (self.at + stride) % self.words.len();
            self.words[self.at].as_str()
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

fn main() -> Result<(), Failure> {
    let mut texts = Texts::new()?;
    println!("before anything: {}", memory("VmRSS")?);
    Encoder::shared().one("hello");
    println!("with the encoder: {}", memory("VmRSS")?);
    println!("entries       part     p50 ms   p99 ms");
    for size in std::env::args().skip(1) {
        let size: usize = size.parse()?;
        let start = Instant::now();
        let (_dir, generation) = index(&mut texts, size)?;
        let seconds = start.elapsed().as_secs_f64();
        measure(&mut texts, &generation)?;
        println!(
            "{size} entries were indexed in {seconds:.0} s; at most {}",
            memory("VmHWM")?
        );
    }
    Ok(())
}

/// A knowledge base of so many entries.
fn index(texts: &mut Texts, size: usize) -> Result<(tempfile::TempDir, Arc<Generation>), Failure> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("kb.jsonl");
    let mut lines = String::new();
    for _ in 0..size {
        let (title, answer) = (texts.some(WORDS[1]), texts.some(WORDS[2]));
        lines += &format!("{}\n", json!({"question": title, "answer": answer}));
    }
    fs::write(&path, lines)?;
    let library = Library::open(dir.path().join("kb"))?;
    let job = IndexJob {
        paths: vec![path],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {})?;
    let generation = library.generation().ok_or("nothing was indexed")?;
    Ok((dir, generation))
}

fn measure(texts: &mut Texts, generation: &Generation) -> Result<(), Failure> {
    let settings = Settings::default();
    // The first question reads the vectors.
    generation.judge("hello there", &settings)?;
    let [mut encode, mut search, mut all] = [const { Vec::new() }; 3];
    for _ in 0..QUESTIONS {
        let question = texts.some(WORDS[0]);
        let start = Instant::now();
        Encoder::shared().one(&question);
        encode.push(start.elapsed());
        let start = Instant::now();
        generation.judge(&question, &settings)?;
        all.push(start.elapsed());
        // Its vector is remembered now, so this is searching and judging alone.
        let start = Instant::now();
        generation.judge(&question, &settings)?;
        search.push(start.elapsed());
    }
    for (part, mut times) in [
        ("encode", encode),
        ("search + judge", search),
        ("together", all),
    ] {
        times.sort_unstable();
        let at = |share: f64| times[(share * (QUESTIONS - 1) as f64) as usize].as_secs_f64() * 1e3;
        println!(
            "{:>7} {part:>14} {:8.2} {:8.2}",
            generation.len(),
            at(0.5),
            at(0.99)
        );
    }
    Ok(())
}

/// What the process has or had in memory, as Linux tells it.
fn memory(line: &str) -> Result<String, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let found = status.lines().find(|l| l.starts_with(line));
    let text = found.ok_or("this system does not say")?;
    Ok(text
        .split_whitespace()
        .skip(1)
        .collect::<Vec<_>>()
        .join(" "))
}
