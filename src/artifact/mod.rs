//! The model file: one safetensors container, described byte by byte in `docs/artifact.md`.
//!
//! Bytes are checked before they are believed: any input gives a [`Model`] or an error, without a panic and without
//! allocating more than a small multiple of the input's size. Equal content gives equal bytes.

mod concepts;
pub(crate) mod weights;
#[cfg(feature = "train")]
mod write;

use crate::error::{Error, ErrorKind, Result};
use crate::features::FeatureParams;
use crate::features::concept::Lexicon;
use crate::linear::calibration::Calibration;
use crate::linear::combination::{self, RiskCombination, Role};
use crate::passages::PassageParams;
use crate::verdict::{MAX_LABELS, Thresholds};
use safetensors::tensor::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use weights::{LEVELS, Weights};

#[cfg(feature = "train")]
pub(crate) use write::build_table;

/// Version written by this program; older ones keep loading.
pub const FORMAT_VERSION: u64 = 3;

/// Slots of one bucket of the feature table.
pub(crate) const BUCKET: usize = 8;

/// The one metadata key of the container.
const METADATA_KEY: &str = "lurewatch";

/// Longest metadata that is read, in bytes.
const MAX_METADATA: usize = 1 << 20;

/// Everything about a model that is not a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Version of the file; at most [`FORMAT_VERSION`].
    pub format_version: u64,
    /// Name of the model.
    pub name: String,
    /// Labels, in the order of the heads. The heads of `auxiliary` follow; one more head, the last, is the risk.
    pub labels: Vec<String>,
    /// Labels that do not count as risk.
    pub neutral_labels: Vec<String>,
    /// Kinds of ordinary text that have a head of their own, which enters the risk only. New in version 2.
    #[serde(default)]
    pub auxiliary: Vec<String>,
    /// Which features are counted.
    pub features: FeatureParams,
    /// Whether a term's frequency counts by its logarithm.
    pub sublinear_tf: bool,
    /// Usual length of each view, which `features.length_slope` refers to. New in version 3.
    #[serde(default)]
    pub pivots: [f32; 5],
    /// How long texts are read. New in version 3.
    #[serde(default)]
    pub passages: PassageParams,
    /// Smallest idf and step of the codes in the table: `idf = idf_min + code * idf_step`.
    pub idf_min: f32,
    /// See `idf_min`.
    pub idf_step: f32,
    /// Calibration of each label, then of each auxiliary kind.
    pub calibrations: Vec<Calibration>,
    /// How the heads make the risk. In version 1 it was one more calibration.
    #[serde(default)]
    pub risk: RiskCombination,
    /// Lowest risk of each band.
    pub thresholds: Thresholds,
    /// Rules for texts that cannot be judged.
    pub abstention: Abstention,
    /// Versions of what the analyser depends on.
    pub analyzer: AnalyzerVersions,
    /// What the model was trained on and how well it did on held-out rows.
    pub training: TrainingRecord,
    /// For each head, the features with the largest positive and negative weights.
    pub top_features: Vec<Vec<(String, f32)>>,
    /// BLAKE3 of all that stands before this field and of the tables, in hexadecimal. Always the last field.
    pub checksum: String,
}

impl Metadata {
    /// Labels, auxiliary kinds and the risk.
    pub(crate) fn n_heads(&self) -> usize {
        self.labels.len() + self.auxiliary.len() + 1
    }

    /// What each head stands for.
    pub(crate) fn roles(&self) -> Vec<Role> {
        combination::roles(&self.labels, &self.neutral_labels, self.auxiliary.len())
    }

    /// Brings what an older version said into the form of the newest one.
    fn upgrade(&mut self) {
        if self.format_version == 1 && self.calibrations.len() == self.labels.len() + 1 {
            self.risk = self.calibrations.pop().unwrap_or_default().into();
        }
    }
}

/// When a text cannot be judged, and when its band is limited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Abstention {
    /// Scripts that the model has read, by ISO 15924 code.
    pub scripts: Vec<String>,
    /// A text of fewer tokens is not judged.
    pub min_tokens: usize,
    /// A text of fewer tokens gets at most the band `watch`, unless it shows one of `decisive_tags`.
    pub short_tokens: usize,
    /// Concepts that decide even in a short text.
    pub decisive_tags: Vec<String>,
}

impl Default for Abstention {
    fn default() -> Abstention {
        let decisive =
            ["payout_fee", "credential_harvest", "remote_control", "bank_coaching", "guaranteed_return"];
        Abstention {
            scripts: Vec::new(),
            min_tokens: 2,
            short_tokens: 4,
            decisive_tags: decisive.map(str::to_owned).to_vec(),
        }
    }
}

/// Versions that the features of a text depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyzerVersions {
    /// Version of this crate.
    pub lurewatch: String,
    /// What stems words.
    pub stemmer: String,
    /// Where NFKC and character properties come from.
    pub unicode: String,
    /// How features are hashed.
    pub hash: String,
}

impl Default for AnalyzerVersions {
    fn default() -> AnalyzerVersions {
        AnalyzerVersions {
            lurewatch: env!("CARGO_PKG_VERSION").to_owned(),
            stemmer: "rust-stemmers 1.2".to_owned(),
            unicode: "icu4x 2".to_owned(),
            hash: "xxh3-64".to_owned(),
        }
    }
}

/// What a model was trained on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingRecord {
    /// Rows.
    pub n_records: usize,
    /// Rows of each label, in the order of the labels.
    pub n_labelled: Vec<usize>,
    /// Rows of each language.
    pub languages: Vec<(String, usize)>,
    /// BLAKE3 of the rows' texts and labels, in order.
    pub data_checksum: String,
    /// The settings, as JSON.
    pub config: String,
    /// How rows were held out.
    pub folds: String,
    /// Measures on held-out rows, by name.
    pub measures: Vec<(String, f64)>,
}

/// A model whose tables may lie in someone else's bytes.
#[derive(Debug, Clone)]
pub(crate) struct Model<'a> {
    /// Everything that is not a table.
    pub(crate) metadata: Metadata,
    /// The concept lexicon.
    pub(crate) lexicon: Arc<Lexicon>,
    /// Little-endian `u32` a slot; 0 marks an empty one. `BUCKET` slots a bucket.
    pub(crate) keys: Cow<'a, [u8]>,
    /// One code a slot.
    pub(crate) idf: Cow<'a, [u8]>,
    /// Shape `(n_slots, n_heads)`.
    pub(crate) weights: Weights<'a>,
    /// One a head.
    pub(crate) intercepts: Vec<f32>,
    /// Which keys can occur at all: most features that are not in the table are told from this alone.
    pub(crate) filter: KeyFilter,
}

/// A bit for each value of a key's last bits: set if a key of the table ends in them.
///
/// About 40,000 keys in 2^18 bits: six of seven absent features stop here, and the bits stay in the nearest cache.
#[derive(Debug, Clone)]
pub(crate) struct KeyFilter {
    words: Box<[u64]>,
}

/// Bits of the filter, a power of two.
const FILTER_BITS: usize = 1 << 18;

impl KeyFilter {
    pub(crate) fn of(keys: &[u8]) -> KeyFilter {
        let mut words = vec![0u64; FILTER_BITS / 64].into_boxed_slice();
        for key in keys.as_chunks::<4>().0 {
            let bit = u32::from_le_bytes(*key) as usize % FILTER_BITS;
            words[bit / 64] |= u64::from(*key != [0; 4]) << (bit % 64);
        }
        KeyFilter { words }
    }

    #[inline]
    fn may_have(&self, key: u32) -> bool {
        let bit = key as usize % FILTER_BITS;
        self.words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }
}

/// Where a feature lies: bucket and key. The table is read by [`Model::slot`] alone.
#[inline]
fn address(hash: u64, n_buckets: usize) -> (usize, u32) {
    let bucket = ((hash >> 32) * n_buckets as u64) >> 32;
    (bucket as usize, (hash as u32).max(1))
}

impl<'a> Model<'a> {
    /// Reads and checks an artifact.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Artifact`] says what is wrong; [`ErrorKind::Version`] if the file is newer than this program.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Result<Model<'a>> {
        let (header_len, header) =
            SafeTensors::read_metadata(bytes).map_err(|error| Error::artifact(error.to_string()))?;
        let texts = header.metadata().as_ref();
        let json = texts
            .and_then(|texts| texts.get(METADATA_KEY))
            .ok_or_else(|| Error::artifact("no lurewatch metadata"))?;
        if json.len() > MAX_METADATA {
            return Err(Error::artifact(format!(
                "metadata of {} bytes; at most {MAX_METADATA} are read",
                json.len()
            )));
        }
        check_version(json)?;
        let mut metadata: Metadata =
            serde_json::from_str(json).map_err(|error| Error::artifact(error.to_string()))?;
        metadata.upgrade();
        let data = bytes.get(header_len + 8..).unwrap_or(&[]);
        if checksum(json, data) != Some(metadata.checksum.clone()) {
            return Err(Error::artifact("the checksum does not match: the file was damaged or changed"));
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| Error::artifact(error.to_string()))?;
        let model = Model::assemble(metadata, &tensors)?;
        model.validate()?;
        Ok(model)
    }

    fn assemble(metadata: Metadata, tensors: &SafeTensors<'a>) -> Result<Model<'a>> {
        let n_heads = metadata.n_heads();
        let concepts = concepts::unpack(bytes_of(tensors, "concepts", Dtype::U8)?, metadata.format_version)?;
        let keys = bytes_of(tensors, "keys", Dtype::U32)?;
        let model = Model {
            lexicon: Lexicon::from_canonical(&concepts)
                .map(Arc::new)
                .map_err(|error| Error::artifact(error.to_string()))?,
            filter: KeyFilter::of(keys),
            keys: Cow::Borrowed(keys),
            idf: Cow::Borrowed(bytes_of(tensors, "idf", Dtype::U8)?),
            weights: weights_of(tensors)?,
            intercepts: floats(bytes_of(tensors, "intercepts", Dtype::F32)?),
            metadata,
        };
        let n_slots = model.n_slots();
        model.weights.check(n_slots, n_heads)?;
        if model.intercepts.len() != n_heads || model.keys.len() != n_slots * 4 {
            return Err(Error::artifact("the tables do not fit together"));
        }
        Ok(model)
    }

    /// Checks what [`assemble`](Model::assemble) cannot see from lengths.
    fn validate(&self) -> Result<()> {
        let metadata = &self.metadata;
        let n_labels = metadata.labels.len();
        let n_scored = n_labels + metadata.auxiliary.len();
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        let calibrated = metadata
            .calibrations
            .iter()
            .all(|c| c.slope.is_finite() && c.offset.is_finite() && c.slope > 0.0);
        let full = self.n_slots() > 0 && !self.keys.chunks_exact(4).any(|key| key == [0; 4]);
        let problem = match () {
            () if n_labels == 0 || n_scored > MAX_LABELS => {
                format!("{n_scored} labels and auxiliary kinds; 1 to {MAX_LABELS} are possible")
            }
            () if metadata.calibrations.len() != n_scored || !calibrated => {
                "calibrations are missing or invalid".into()
            }
            () if !metadata.risk.is_valid() => "the risk's factors are invalid".into(),
            () if !metadata.thresholds.are_valid() => "thresholds must lie in (0, 1] and not fall".into(),
            () if !finite(&self.intercepts) => "an intercept is not a finite number".into(),
            () if !finite(&metadata.pivots) || metadata.pivots.iter().any(|pivot| *pivot < 0.0) => {
                "a pivot is not a length".into()
            }
            () if !(metadata.idf_min.is_finite() && metadata.idf_step.is_finite()) => {
                "idf is not a finite number".into()
            }
            () if self.n_slots() == 0 || !self.n_slots().is_multiple_of(BUCKET) => {
                "the table has no whole buckets".into()
            }
            () if full => "the table has no empty slot".into(),
            () => match metadata.features.problem().or_else(|| metadata.passages.problem()) {
                Some((name, value, requirement)) => format!("{name} is {value}, but must be {requirement}"),
                None => return Ok(()),
            },
        };
        Err(Error::artifact(problem))
    }

    /// The same model with tables of its own.
    pub(crate) fn into_owned(self) -> Model<'static> {
        Model {
            keys: Cow::Owned(self.keys.into_owned()),
            idf: Cow::Owned(self.idf.into_owned()),
            weights: self.weights.into_owned(),
            metadata: self.metadata,
            lexicon: self.lexicon,
            intercepts: self.intercepts,
            filter: self.filter,
        }
    }

    /// Slots of the feature table, empty ones included.
    pub(crate) fn n_slots(&self) -> usize {
        self.idf.len()
    }

    /// Features in the table.
    pub(crate) fn n_features(&self) -> usize {
        self.keys.chunks_exact(4).filter(|key| *key != [0; 4]).count()
    }

    /// The slot of a feature, if the model has it.
    #[inline]
    pub(crate) fn slot(&self, hash: u64) -> Option<usize> {
        let n_buckets = self.n_slots() / BUCKET;
        let (mut bucket, key) = address(hash, n_buckets);
        if !self.filter.may_have(key) {
            return None;
        }
        loop {
            // One bucket is half a cache line; all its keys are compared at once.
            let first = bucket * BUCKET * 4;
            let (slots, _) = self.keys.get(first..first + BUCKET * 4)?.as_chunks::<4>();
            let mut keys = [0; BUCKET];
            for (key, slot) in keys.iter_mut().zip(slots) {
                *key = u32::from_le_bytes(*slot);
            }
            let found = hits(&keys, key);
            if found != 0 {
                return Some(bucket * BUCKET + (found.trailing_zeros() / 8) as usize);
            }
            // Where a slot is empty, wherever it stands in the bucket, nothing went on to the next one. At least one slot
            // of every table is empty, so this ends whatever the file holds.
            if hits(&keys, 0) != 0 {
                return None;
            }
            bucket = if bucket + 1 == n_buckets { 0 } else { bucket + 1 };
        }
    }

    /// The idf of a slot.
    #[inline]
    pub(crate) fn idf(&self, slot: usize) -> f32 {
        self.metadata.idf_min + f32::from(self.idf[slot]) * self.metadata.idf_step
    }
}

/// A byte for each key of the bucket, 1 if it equals `wanted`; in this form the compiler compares all at once.
#[inline]
fn hits(keys: &[u32; BUCKET], wanted: u32) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|idx| u8::from(keys[idx] == wanted)))
}

/// BLAKE3 of the metadata up to its last field and of the tables; `None` if the last field is not the checksum.
fn checksum(json: &str, data: &[u8]) -> Option<String> {
    let (before, _) = json.rsplit_once(",\"checksum\":\"")?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(before.as_bytes());
    hasher.update(data);
    Some(hasher.finalize().to_hex().to_string())
}

fn check_version(json: &str) -> Result<()> {
    #[derive(Deserialize)]
    struct Version {
        format_version: u64,
    }
    let version: Version = serde_json::from_str(json).map_err(|error| Error::artifact(error.to_string()))?;
    if !(1..=FORMAT_VERSION).contains(&version.format_version) {
        return Err(ErrorKind::Version { found: version.format_version, supported: FORMAT_VERSION }.into());
    }
    Ok(())
}

fn bytes_of<'a>(tensors: &SafeTensors<'a>, name: &str, dtype: Dtype) -> Result<&'a [u8]> {
    let tensor = tensors.tensor(name).map_err(|_| Error::artifact(format!("no table named {name}")))?;
    if tensor.dtype() != dtype {
        return Err(Error::artifact(format!("table {name} holds {:?} instead of {dtype:?}", tensor.dtype())));
    }
    Ok(tensor.data())
}

/// Half bytes with levels, or bytes with scales.
fn weights_of<'a>(tensors: &SafeTensors<'a>) -> Result<Weights<'a>> {
    if tensors.tensor("levels").is_ok() {
        let codes = bytes_of(tensors, "weights", Dtype::U8)?;
        let levels = floats(bytes_of(tensors, "levels", Dtype::F32)?);
        let (levels, rest) = levels.as_chunks::<LEVELS>();
        if !rest.is_empty() || levels.len() > MAX_LABELS + 1 {
            return Err(Error::artifact("the tables do not fit together"));
        }
        return Ok(Weights::of_levels(codes.into(), levels.to_vec()));
    }
    let codes = bytes_of(tensors, "weights", Dtype::I8)?;
    Ok(Weights::of_steps(codes.into(), floats(bytes_of(tensors, "scales", Dtype::F32)?)))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::dataset::read::{RecordFormat, read};
    use crate::{Classifier, config::TrainConfig, train};

    /// The format says in which bucket a feature lies, not where in it; no order may keep the search from ending.
    #[test]
    fn slots_of_a_bucket_may_stand_in_any_order() {
        let csv = include_bytes!("../../tests/data/small.csv");
        let records = read(&csv[..], RecordFormat::Csv, "small").unwrap();
        let config = TrainConfig { n_folds: 2, max_features: 600, ..TrainConfig::default() };
        let bytes = train(&records, &config, "", |_| {}).unwrap().bytes;
        let mut turned = Model::from_bytes(&bytes).unwrap().into_owned();
        let width = turned.weights.width();
        turn_buckets(turned.keys.to_mut(), 4);
        turn_buckets(turned.idf.to_mut(), 1);
        turn_buckets(turned.weights.codes_mut(), width);
        let turned = turned.to_bytes().unwrap();
        let (one, other) =
            (Classifier::from_bytes(&bytes).unwrap(), Classifier::from_bytes(&turned).unwrap());
        for record in &records {
            assert_eq!(one.score(&record.text), other.score(&record.text));
        }
    }

    /// The slots of each bucket, `width` bytes each, last one first.
    fn turn_buckets(table: &mut [u8], width: usize) {
        for bucket in table.chunks_exact_mut(BUCKET * width) {
            let slots: Vec<u8> = bucket.chunks_exact(width).rev().flatten().copied().collect();
            bucket.copy_from_slice(&slots);
        }
    }
}
