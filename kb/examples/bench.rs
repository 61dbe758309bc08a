//! Prints what a question costs, in parts, and what indexing takes in memory, on one core:
//! `taskset -c 0 cargo run --release -p hinny-kb --example bench -- 200 10000 pages=10000`, where a bare number is one of
//! FAQ entries, and the other one of Markdown pages with three sections each. The texts are made of the words of this
//! repository's documents, always the same ones. What is printed is kept in `docs/internals/answers.md`.

use std::fs;
use std::path::{Path, PathBuf};
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
/// Words of one section of a page, and sections of a page.
const SECTION: usize = 100;
const SECTIONS: usize = 3;

/// Makes texts of pieces of real documents, three words long, from all over them.
struct Texts {
    words: Vec<String>,
    /// A linear congruential generator, so that every run has the same texts.
    state: u64,
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
            state: 1,
        })
    }

    fn some(&mut self, count: usize) -> String {
        let starts: Vec<usize> = (0..count.div_ceil(3)).map(|_| self.anywhere()).collect();
        let words = (0..count).map(|n| {
            let at = (starts[n / 3] + n % 3) % self.words.len();
            self.words[at].as_str()
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn page(&mut self) -> String {
        let sections = (0..SECTIONS).map(|_| {
            let (title, text) = (self.some(WORDS[1]), self.some(SECTION));
            format!("## {title}\n\n{text}.\n\n")
        });
        sections.collect()
    }

    fn anywhere(&mut self) -> usize {
        let next = self.state.wrapping_mul(6_364_136_223_846_793_005);
        self.state = next.wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % self.words.len()
    }
}

fn main() -> Result<(), Failure> {
    let mut texts = Texts::new()?;
    println!("before anything: {}", memory("VmRSS")?);
    Encoder::shared().one("hello");
    println!("with the encoder: {}", memory("VmRSS")?);
    println!("entries       part     p50 ms   p99 ms");
    for what in std::env::args().skip(1) {
        let start = Instant::now();
        let dir = tempfile::tempdir()?;
        let paths = match what.strip_prefix("pages=") {
            Some(pages) => pages_in(dir.path(), &mut texts, pages.parse()?)?,
            None => faq_in(dir.path(), &mut texts, what.parse()?)?,
        };
        let generation = index(dir.path(), paths)?;
        let size = generation.len();
        let seconds = start.elapsed().as_secs_f64();
        measure(&mut texts, &generation)?;
        println!(
            "{size} entries were indexed in {seconds:.0} s; at most {}",
            memory("VmHWM")?
        );
    }
    Ok(())
}

/// An FAQ of so many entries.
fn faq_in(dir: &Path, texts: &mut Texts, size: usize) -> Result<PathBuf, Failure> {
    let path = dir.join("kb.jsonl");
    let mut lines = String::new();
    for _ in 0..size {
        let (title, answer) = (texts.some(WORDS[1]), texts.some(WORDS[2]));
        lines += &format!("{}\n", json!({"question": title, "answer": answer}));
    }
    fs::write(&path, lines)?;
    Ok(path)
}

/// A folder with so many pages.
fn pages_in(dir: &Path, texts: &mut Texts, pages: usize) -> Result<PathBuf, Failure> {
    let folder = dir.join("pages");
    fs::create_dir(&folder)?;
    for page in 0..pages {
        fs::write(folder.join(format!("{page}.md")), texts.page())?;
    }
    Ok(folder)
}

fn index(dir: &Path, path: PathBuf) -> Result<Arc<Generation>, Failure> {
    let library = Library::open(dir.join("kb"))?;
    let job = IndexJob {
        paths: vec![path],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {})?;
    Ok(library.generation().ok_or("nothing was indexed")?)
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
