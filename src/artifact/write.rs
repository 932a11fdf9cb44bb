//! Model to bytes: the other half of the artifact, needed for training only.

use super::weights::LEVELS;
use super::{BUCKET, FORMAT_VERSION, METADATA_KEY, Metadata, Model, address, checksum, concepts};
use crate::error::{Error, Result};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::HashMap;

impl Model<'_> {
    /// The artifact's bytes, with the checksum filled in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Artifact`] if the parts do not make a valid model.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let concepts = concepts::pack(&self.lexicon.to_text());
        let n_heads = self.metadata.n_heads();
        let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let (scales, levels) = self.weights.values();
        let (scales, levels) = (scales.map(bytes), levels.map(bytes));
        let intercepts = bytes(&self.intercepts);
        let mut tensors = vec![
            ("concepts", Dtype::U8, vec![concepts.len()], concepts.as_slice()),
            ("idf", Dtype::U8, vec![self.n_slots()], &self.idf),
            ("intercepts", Dtype::F32, vec![n_heads], &intercepts),
            ("keys", Dtype::U32, vec![self.n_slots()], &self.keys),
        ];
        let codes = self.weights.codes();
        if let Some(levels) = &levels {
            tensors.push(("levels", Dtype::F32, vec![n_heads, LEVELS], levels));
            tensors.push(("weights", Dtype::U8, vec![self.n_slots(), self.weights.width()], codes));
        }
        if let Some(scales) = &scales {
            tensors.push(("scales", Dtype::F32, vec![n_heads], scales));
            tensors.push(("weights", Dtype::I8, vec![self.n_slots(), n_heads], codes));
        }
        let mut views = Vec::new();
        for (name, dtype, shape, data) in tensors {
            let view =
                TensorView::new(dtype, shape, data).map_err(|error| Error::artifact(error.to_string()))?;
            views.push((name, view));
        }
        let write = |json: String| {
            let texts = HashMap::from([(METADATA_KEY.to_owned(), json)]);
            serialize(views.clone(), Some(texts)).map_err(|error| Error::artifact(error.to_string()))
        };
        let mut metadata = self.metadata.clone();
        metadata.format_version = FORMAT_VERSION;
        metadata.checksum = "0".repeat(64);
        let json = to_json(&metadata)?;
        let draft = write(json.clone())?;
        let (header_len, _) =
            SafeTensors::read_metadata(&draft).map_err(|error| Error::artifact(error.to_string()))?;
        let data = draft.get(header_len + 8..).unwrap_or(&[]);
        metadata.checksum =
            checksum(&json, data).ok_or_else(|| Error::artifact("metadata without a checksum field"))?;
        let bytes = write(to_json(&metadata)?)?;
        Model::from_bytes(&bytes)?;
        Ok(bytes)
    }
}

/// Builds the table of a model from features in any order: hash, idf code and the codes of all weights, `width` bytes.
pub(crate) fn build_table(features: &[(u64, u8, Vec<u8>)], width: usize) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    /// Part of the slots that are used; more makes the file smaller and misses slower.
    const LOAD: f64 = 0.92;
    let n_buckets = ((features.len() as f64 / LOAD / BUCKET as f64).ceil() as usize).max(1) + 1;
    let n_slots = n_buckets * BUCKET;
    let (mut keys, mut idf, mut weights) = (vec![0; n_slots * 4], vec![0; n_slots], vec![0; n_slots * width]);
    let mut sorted: Vec<&(u64, u8, Vec<u8>)> = features.iter().collect();
    sorted.sort_by_key(|feature| feature.0);
    for (hash, code, values) in sorted {
        let (mut bucket, key) = address(*hash, n_buckets);
        let slot = loop {
            let slots = bucket * BUCKET..(bucket + 1) * BUCKET;
            if let Some(slot) = slots.clone().find(|slot| keys[slot * 4..slot * 4 + 4] == [0; 4]) {
                break slot;
            }
            bucket = (bucket + 1) % n_buckets;
        };
        keys[slot * 4..slot * 4 + 4].copy_from_slice(&key.to_le_bytes());
        idf[slot] = *code;
        weights[slot * width..(slot + 1) * width].copy_from_slice(values);
    }
    (keys, idf, weights)
}

fn to_json(metadata: &Metadata) -> Result<String> {
    serde_json::to_string(metadata).map_err(|error| Error::artifact(error.to_string()))
}
