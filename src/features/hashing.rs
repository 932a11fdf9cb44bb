//! Stable hashes of features.
//!
//! Everything that an artifact stores or looks up goes through XXH3 (64 bits), whose values are the same on every
//! machine and in every version. Each kind of feature has its own seed, so a word and an equal n-gram never meet.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What is hashed. The numbers are part of the artifact format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Seed {
    Token = 0,
    Cue = 1,
    Characters = 2,
    Reduced = 3,
    Concept = 4,
}

/// A map whose keys are hashes already: it uses them as they are.
pub(crate) type HashKeyMap<V> = HashMap<u64, V, BuildHasherDefault<Identity>>;

/// Passes a hash on as it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = of_bytes(Seed::Concept, bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Hash of a text.
#[inline]
pub(crate) fn of_text(seed: Seed, text: &str) -> u64 {
    of_bytes(seed, text.as_bytes())
}

/// Hash of bytes.
#[inline]
pub(crate) fn of_bytes(seed: Seed, bytes: &[u8]) -> u64 {
    match seed {
        Seed::Token => xxh3_64(bytes),
        _ => xxh3_64_with_seed(bytes, seed as u64),
    }
}

/// Hash of two features in order.
#[inline]
pub(crate) fn of_pair(first: u64, second: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    xxh3_64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the XXH3 reference, so that an exchange of the crate cannot go unnoticed.
    #[test]
    fn values_are_those_of_the_specification() {
        assert_eq!(of_text(Seed::Token, ""), 0x2d06_8005_38d3_94c2);
        assert_ne!(of_text(Seed::Token, "a"), of_text(Seed::Characters, "a"));
        assert_ne!(of_pair(1, 2), of_pair(2, 1));
    }
}
