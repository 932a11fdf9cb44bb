//! Opening a model: the built-in one, or a file.

use anyhow::{Context, bail};
use lurewatch::Classifier;
use std::path::Path;

/// Larger files are not models; reading them would only cost memory.
const MAX_MODEL_BYTES: u64 = 1 << 30;

/// The model to use.
pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Classifier<'static>> {
    match path {
        None => Ok(Classifier::embedded()),
        Some(path) => Classifier::from_vec(&bytes(path)?).with_context(|| {
            format!("cannot use {} as a model (`lurewatch train` writes one)", path.display())
        }),
    }
}

/// The bytes of a model file.
pub(crate) fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path).with_context(|| format!("cannot open {}", path.display()))?.len();
    if size > MAX_MODEL_BYTES {
        bail!("{} has {size} bytes; models are smaller than {MAX_MODEL_BYTES}", path.display());
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
