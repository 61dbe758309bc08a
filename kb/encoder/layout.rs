//! The file of weights: one header line, then everything in the order in which it is used. Matrices stand in
//! panels of 16 outputs and groups of 32 inputs: 16 scales (f16), then 32 rows of 16 numbers of 4 bits.
//! The word table stands row by row, so that one row can be decoded alone. `examples/convert.rs` writes it.

use half::f16;

/// The first bytes of the file; another layout has another line.
pub const MAGIC: &[u8] = b"hinny encoder 1\n";
/// The size of a vector.
pub const WIDTH: usize = 384;
/// The size of the layer between.
pub const INNER: usize = 1536;
pub const LAYERS: usize = 6;
pub const WORDS: usize = 30_522;
/// Tokens in one window, with the two marks at its ends.
pub const WINDOW: usize = 128;
/// Outputs that stand beside each other.
pub const PANEL: usize = 16;
/// Inputs that share a scale.
pub const GROUP: usize = 32;
/// Bytes of one panel and group.
const BLOCK: usize = 2 * PANEL + GROUP * PANEL / 2;
/// Bytes of one group of a word's row.
const WORD_GROUP: usize = 2 + GROUP / 2;

/// One matrix, read in place: only its scales are copied.
pub(crate) struct Matrix {
    pub outputs: usize,
    pub inputs: usize,
    blocks: &'static [u8],
    /// `PANEL` scales for each block.
    scales: Vec<f32>,
    pub bias: Vec<f32>,
}

/// Gain and offset of a normalisation.
pub(crate) struct Norm {
    pub gain: Vec<f32>,
    pub offset: Vec<f32>,
}

/// One layer of the model.
pub(crate) struct Layer {
    pub query: Matrix,
    pub key: Matrix,
    pub value: Matrix,
    pub mixed: Matrix,
    pub after_attention: Norm,
    pub widen: Matrix,
    pub narrow: Matrix,
    pub after_inner: Norm,
}

/// All weights.
pub(crate) struct Weights {
    words: &'static [u8],
    /// `WINDOW` rows; the only sentence type is added already.
    pub positions: Vec<f32>,
    pub embedded: Norm,
    pub layers: Vec<Layer>,
}

/// Takes pieces off the front of the file.
struct Reader(&'static [u8]);

impl Reader {
    fn bytes(&mut self, count: usize) -> Option<&'static [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
        let (numbers, _) = self.bytes(4 * count)?.as_chunks::<4>();
        Some(
            numbers
                .iter()
                .map(|four| f32::from_le_bytes(*four))
                .collect(),
        )
    }

    fn norm(&mut self) -> Option<Norm> {
        Some(Norm {
            gain: self.floats(WIDTH)?,
            offset: self.floats(WIDTH)?,
        })
    }

    fn matrix(&mut self, outputs: usize, inputs: usize) -> Option<Matrix> {
        let blocks = self.bytes(outputs / PANEL * (inputs / GROUP) * BLOCK)?;
        let scales = blocks.chunks_exact(BLOCK).flat_map(|block| {
            let (scales, _) = block[..2 * PANEL].as_chunks::<2>();
            scales.iter().map(|two| f16::from_le_bytes(*two).to_f32())
        });
        Some(Matrix {
            outputs,
            inputs,
            blocks,
            scales: scales.collect(),
            bias: self.floats(outputs)?,
        })
    }

    fn layer(&mut self) -> Option<Layer> {
        Some(Layer {
            query: self.matrix(WIDTH, WIDTH)?,
            key: self.matrix(WIDTH, WIDTH)?,
            value: self.matrix(WIDTH, WIDTH)?,
            mixed: self.matrix(WIDTH, WIDTH)?,
            after_attention: self.norm()?,
            widen: self.matrix(INNER, WIDTH)?,
            narrow: self.matrix(WIDTH, INNER)?,
            after_inner: self.norm()?,
        })
    }
}

impl Weights {
    /// Reads the file; nothing if it is cut or of another layout.
    pub fn read(file: &'static [u8]) -> Option<Weights> {
        let mut reader = Reader(file.strip_prefix(MAGIC)?);
        let weights = Weights {
            words: reader.bytes(WORDS * WIDTH / GROUP * WORD_GROUP)?,
            positions: reader.floats(WINDOW * WIDTH)?,
            embedded: reader.norm()?,
            layers: (0..LAYERS).map(|_| reader.layer()).collect::<Option<_>>()?,
        };
        reader.0.is_empty().then_some(weights)
    }

    /// Adds a word's row to `sum`. Numbers outside the table add nothing.
    pub fn add_word(&self, word: u32, sum: &mut [f32]) {
        let size = WIDTH / GROUP * WORD_GROUP;
        let Some(row) = self.words.chunks_exact(size).nth(word as usize) else {
            return;
        };
        let groups = row.chunks_exact(WORD_GROUP);
        for (group, sum) in groups.zip(sum.chunks_exact_mut(GROUP)) {
            let scale = f16::from_le_bytes([group[0], group[1]]).to_f32();
            let (low, high) = sum.split_at_mut(GROUP / 2);
            for ((byte, low), high) in group[2..].iter().zip(low).zip(high) {
                *low += scale * (f32::from(byte & 15) - 8.0);
                *high += scale * (f32::from(byte >> 4) - 8.0);
            }
        }
    }
}

impl Matrix {
    /// Decodes one panel, `lanes` outputs at a time: first all inputs of the first `lanes` outputs, and so
    /// on. `panel` has room for `PANEL` numbers per input.
    #[inline(always)]
    pub fn decode(&self, number: usize, lanes: usize, panel: &mut [f32]) {
        let groups = self.inputs / GROUP;
        let range = number * groups..(number + 1) * groups;
        let blocks = self.blocks[range.start * BLOCK..range.end * BLOCK].chunks_exact(BLOCK);
        let scales = self.scales[range.start * PANEL..range.end * PANEL]
            .as_chunks::<PANEL>()
            .0;
        for (group, (block, scales)) in blocks.zip(scales).enumerate() {
            let rows = block[2 * PANEL..].as_chunks::<{ PANEL / 2 }>().0;
            for (n, row) in rows.iter().enumerate() {
                let mut values = [0.0; PANEL];
                for lane in 0..PANEL / 2 {
                    values[lane] = (i32::from(row[lane] & 15) - 8) as f32;
                    values[lane + PANEL / 2] = (i32::from(row[lane] >> 4) - 8) as f32;
                }
                for lane in 0..PANEL {
                    values[lane] *= scales[lane];
                }
                let input = group * GROUP + n;
                for (strip, part) in values.chunks_exact(lanes).enumerate() {
                    let at = (strip * self.inputs + input) * lanes;
                    panel[at..at + lanes].copy_from_slice(part);
                }
            }
        }
    }
}
