//! Fits the coefficients of `confidence.rs` that take part in meaning, and prints them. One command, from the
//! repository's root: `cargo run --release -p hinny-kb --example fit -- DIR`, where DIR holds banking77 and hwu64 as `NAME.kb.jsonl` and
//! `NAME.queries.jsonl`. Each set is used as many small knowledge bases: with 0, 1 and 5 phrasings, as
//! documents, whole and in parts. Questions whose entry is left out are the near misses, questions of
//! the other set the foreign ones. Nothing is random: parts are chosen by a hash of the id.

use std::fs;
use std::path::{Path, PathBuf};

use hinny_kb::{Generation, IndexJob, Library, Settings};
use serde::Deserialize;
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

/// Questions asked per knowledge base and sort.
const PER_SORT: usize = 70;
/// Where the constants of each model stand, by a feature that only it has.
const MODELS: [(&str, &str); 2] = [("PHRASED", "head"), ("ANY", "vector_gap")];
/// The parts of a set that are a knowledge base of their own: all, all but a third, and small ones, down to two
/// or three entries, because what everything is compared with is missing there.
const PARTS: [(usize, usize); 11] = [
    (0, 1),
    (0, 3),
    (0, 6),
    (3, 6),
    (1, 8),
    (0, 16),
    (5, 16),
    (9, 16),
    (3, 20),
    (7, 20),
    (11, 20),
];
/// The penalty on large coefficients.
const RIDGE: f64 = 1e-3;

#[derive(Deserialize)]
struct Row {
    id: String,
    question: String,
    alternates: Vec<String>,
}

#[derive(Deserialize)]
struct Asked {
    query: String,
    expect: Option<String>,
}

struct Set {
    rows: Vec<Row>,
    asked: Vec<Asked>,
}

/// What each sort weighs in the fit, for a knowledge base of so many entries: the more entries, the fewer
/// questions remain beside them.
fn weights(entries: usize) -> [f64; 3] {
    let missing = (0.75 - 0.13 * (entries as f64).ln()).clamp(0.1, 0.5);
    [1.0 - missing, 0.6 * missing, 0.4 * missing]
}

/// One question's features, whether the best entry was right, and what it weighs.
struct Sample {
    names: Vec<String>,
    features: Vec<f64>,
    right: f64,
    weight: f64,
}

fn main() -> Result<(), Failure> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("usage: fit DIR")?);
    let sets = [load(&dir, "banking77")?, load(&dir, "hwu64")?];
    let mut samples = Vec::new();
    for (n, set) in sets.iter().enumerate() {
        for (phrasings, as_document) in [(0, false), (1, false), (5, false), (5, true)] {
            for (part, of) in PARTS {
                let kept = |id: &str| (hash(id) as usize % of == part) == (of > 3) || of == 1;
                if set.rows.iter().filter(|row| kept(&row.id)).count() < 2 {
                    continue;
                }
                let generation = index(set, phrasings, as_document, &kept)?;
                let near = set.asked.iter().collect();
                let foreign = sets[1 - n].asked.iter().collect();
                ask(&generation.1, near, foreign, &kept, &mut samples)?;
                eprintln!("{} questions", samples.len());
            }
        }
    }
    for (model, feature) in MODELS {
        let own = samples
            .iter()
            .filter(|sample| sample.names.iter().any(|name| name == feature));
        let own: Vec<&Sample> = own.collect();
        let names = &own
            .first()
            .ok_or("no question was judged by this model")?
            .names;
        print(model, names, &fit_without_negative(&own));
        println!("// {} questions", own.len());
    }
    Ok(())
}

fn load(dir: &Path, name: &str) -> Result<Set, Failure> {
    Ok(Set {
        rows: lines(&dir.join(format!("{name}.kb.jsonl")))?,
        asked: lines(&dir.join(format!("{name}.queries.jsonl")))?,
    })
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, Failure> {
    let text = fs::read_to_string(path)?;
    let items = text.lines().map(serde_json::from_str);
    Ok(items.collect::<Result<_, _>>()?)
}

fn hash(text: &str) -> u8 {
    blake3::hash(text.as_bytes()).as_bytes()[0]
}

/// Indexes the kept rows with so many phrasings, as alternates or as the text of a document.
fn index(
    set: &Set,
    phrasings: usize,
    as_document: bool,
    kept: &dyn Fn(&str) -> bool,
) -> Result<(tempfile::TempDir, std::sync::Arc<Generation>), Failure> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("kb.jsonl");
    let mut text = String::new();
    for row in set.rows.iter().filter(|row| kept(&row.id)) {
        let some = &row.alternates[..phrasings.min(row.alternates.len())];
        let line = if as_document {
            json!({"id": row.id, "question": row.question, "answer": some.join(".\n")})
        } else {
            json!({"id": row.id, "question": row.question, "alternates": some, "answer": "-"})
        };
        text += &format!("{line}\n");
    }
    fs::write(&path, text)?;
    let library = Library::open(dir.path().join("kb"))?;
    let job = IndexJob {
        paths: vec![path],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {})?;
    let generation = library.generation().ok_or("nothing was indexed")?;
    Ok((dir, generation))
}

fn ask(
    generation: &Generation,
    own: Vec<&Asked>,
    foreign: Vec<&Asked>,
    kept: &dyn Fn(&str) -> bool,
    samples: &mut Vec<Sample>,
) -> Result<(), Failure> {
    let known = |asked: &&&Asked| asked.expect.as_deref().is_some_and(kept);
    let sorts: [Vec<&Asked>; 3] = [
        own.iter().filter(known).copied().collect(),
        own.iter().filter(|asked| !known(asked)).copied().collect(),
        foreign,
    ];
    for (sort, asked) in sorts.iter().enumerate() {
        let step = (asked.len() / PER_SORT).max(1);
        let chosen: Vec<_> = asked.iter().step_by(step).take(PER_SORT).collect();
        for asked in &chosen {
            let judgement = generation.judge(&asked.query, &Settings::default())?;
            let best = judgement.candidates.first().map(|c| c.entry.clone());
            if judgement.features.is_empty() || judgement.confidence == 0.99 {
                continue;
            }
            samples.push(Sample {
                names: judgement.features.keys().cloned().collect(),
                features: judgement.features.into_values().collect(),
                right: f64::from(sort == 0 && best == asked.expect),
                weight: weights(generation.len())[sort] / chosen.len() as f64,
            });
        }
    }
    Ok(())
}

/// Each feature speaks for being right. One that would speak against it only makes up for another, which is
/// different in the next knowledge base, so it is left out.
fn fit_without_negative(samples: &[&Sample]) -> Vec<f64> {
    let mut kept: Vec<bool> = samples[0]
        .names
        .iter()
        .map(|name| name != "length")
        .collect();
    loop {
        let beta = fit(samples, &kept);
        let worst = (0..kept.len()).min_by(|a, b| beta[*a].total_cmp(&beta[*b]));
        match worst {
            Some(worst) if beta[worst] < 0.0 => kept[worst] = false,
            _ => return beta,
        }
    }
}

/// Weighted logistic regression by Newton's method; the last coefficient is the constant, and features that
/// are not kept have a coefficient of zero.
fn fit(samples: &[&Sample], kept: &[bool]) -> Vec<f64> {
    let size = samples[0].features.len() + 1;
    let total: f64 = samples.iter().map(|sample| sample.weight).sum();
    let mut beta = vec![0.0; size];
    for _ in 0..50 {
        let mut gradient: Vec<f64> = beta.iter().map(|b| -RIDGE * b).collect();
        let mut hessian = vec![vec![0.0; size]; size];
        for (n, row) in hessian.iter_mut().enumerate() {
            row[n] = RIDGE;
        }
        for sample in samples {
            let features = sample.features.iter().zip(kept);
            let features = features.map(|(x, kept)| if *kept { *x } else { 0.0 });
            let x: Vec<f64> = features.chain([1.0]).collect();
            let z: f64 = x.iter().zip(&beta).map(|(x, b)| x * b).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let weight = sample.weight / total;
            for i in 0..size {
                gradient[i] += weight * (sample.right - p) * x[i];
                for j in 0..size {
                    hessian[i][j] += weight * p * (1.0 - p) * x[i] * x[j];
                }
            }
        }
        for (b, step) in beta.iter_mut().zip(solve(hessian, gradient)) {
            *b += step;
        }
    }
    beta
}

/// Gauss elimination with pivots.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|i, j| a[*i][column].abs().total_cmp(&a[*j][column].abs()));
        let pivot = pivot.unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..n {
            let factor = a[row][column] / a[column][column];
            let above = a[column].clone();
            for (below, above) in a[row].iter_mut().zip(&above).skip(column) {
                *below -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}

fn print(model: &str, names: &[String], beta: &[f64]) {
    let (bias, weights) = beta.split_last().expect("there is a constant term");
    println!("const {model}_BIAS: f64 = {bias:.3};");
    println!("const {model}: [(&str, f64); {}] = [", weights.len());
    for (name, weight) in names.iter().zip(weights) {
        println!("    (\"{name}\", {weight:.3}),");
    }
    println!("];");
}
