//! The weights of the table: for each slot and head a byte, or half a byte.
//!
//! A byte counts steps of its head's scale. Half a byte names one of the sixteen levels of its head, which are learned
//! from the head's weights; two heads share a byte, the first in the low half.

use crate::error::{Error, Result};
use crate::verdict::MAX_LABELS;
use std::borrow::Cow;

/// Levels of a head whose weights are half a byte.
pub(crate) const LEVELS: usize = 16;

/// Room for the sum of every head, an even number.
pub(crate) const MAX_HEADS: usize = (MAX_LABELS + 2) / 2 * 2;

/// Weights that may lie in someone else's bytes.
#[derive(Debug, Clone)]
pub(crate) struct Weights<'a> {
    codes: Cow<'a, [u8]>,
    coding: Coding,
    n_heads: usize,
}

/// What a code means.
#[derive(Debug, Clone)]
enum Coding {
    /// Two's-complement bytes: steps of each head's scale.
    Steps { scales: Vec<f32> },
    /// Half bytes: indices into the levels of each head.
    Levels { levels: Vec<[f32; LEVELS]>, pairs: Vec<PairTable> },
}

/// For each value of a byte, the weights that its two halves stand for.
type PairTable = [[f32; 2]; 256];

impl<'a> Weights<'a> {
    /// Weights of one byte each.
    pub(crate) fn of_steps(codes: Cow<'a, [u8]>, scales: Vec<f32>) -> Weights<'a> {
        Weights { codes, n_heads: scales.len(), coding: Coding::Steps { scales } }
    }

    /// Weights of half a byte each.
    pub(crate) fn of_levels(codes: Cow<'a, [u8]>, levels: Vec<[f32; LEVELS]>) -> Weights<'a> {
        let level = |head: usize, code: usize| levels.get(head).map_or(0.0, |levels| levels[code]);
        let table = |first: usize| {
            std::array::from_fn(|byte| [level(first, byte % LEVELS), level(first + 1, byte / LEVELS)])
        };
        let pairs = (0..levels.len()).step_by(2).map(table).collect();
        Weights { codes, n_heads: levels.len(), coding: Coding::Levels { levels, pairs } }
    }

    /// Checks that the weights fit a table and are numbers.
    pub(crate) fn check(&self, n_slots: usize, n_heads: usize) -> Result<()> {
        if self.n_heads != n_heads || self.codes.len() != n_slots * self.width() {
            return Err(Error::artifact("the tables do not fit together"));
        }
        let finite = match &self.coding {
            Coding::Steps { scales } => scales.iter().all(|scale| scale.is_finite()),
            Coding::Levels { levels, .. } => levels.as_flattened().iter().all(|level| level.is_finite()),
        };
        if finite { Ok(()) } else { Err(Error::artifact("a weight is not a finite number")) }
    }

    /// Bytes of a slot.
    pub(crate) fn width(&self) -> usize {
        match self.coding {
            Coding::Steps { .. } => self.n_heads,
            Coding::Levels { .. } => self.n_heads.div_ceil(2),
        }
    }

    /// Heads.
    pub(crate) fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// The codes as they lie in the file.
    #[cfg(feature = "train")]
    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Scales or levels, whichever there are.
    #[cfg(feature = "train")]
    pub(crate) fn values(&self) -> (Option<&[f32]>, Option<&[f32]>) {
        match &self.coding {
            Coding::Steps { scales } => (Some(scales), None),
            Coding::Levels { levels, .. } => (None, Some(levels.as_flattened())),
        }
    }

    #[cfg(all(test, feature = "train"))]
    pub(crate) fn codes_mut(&mut self) -> &mut Vec<u8> {
        self.codes.to_mut()
    }

    pub(crate) fn into_owned(self) -> Weights<'static> {
        let Weights { codes, coding, n_heads } = self;
        Weights { codes: Cow::Owned(codes.into_owned()), coding, n_heads }
    }

    fn of_slot(&self, slot: usize) -> &[u8] {
        &self.codes[slot * self.width()..(slot + 1) * self.width()]
    }

    /// The weights of a slot, one a head.
    pub(crate) fn of(&self, slot: usize) -> [f32; MAX_HEADS] {
        self.sums(std::iter::once((slot, 1.0)))
    }

    /// For all heads, the sum over the slots of value times weight.
    #[inline]
    pub(crate) fn sums(&self, found: impl Iterator<Item = (usize, f32)>) -> [f32; MAX_HEADS] {
        let mut sums = [0f32; MAX_HEADS];
        match &self.coding {
            Coding::Steps { scales } => {
                for (slot, value) in found {
                    let codes = self.of_slot(slot);
                    // Sixteen heads: a fixed length lets the compiler use vectors.
                    match <&[u8; 16]>::try_from(codes) {
                        Ok(codes) => add_steps(&mut sums, codes, value),
                        Err(_) => add_steps(&mut sums, codes, value),
                    }
                }
                sums.iter_mut().zip(scales).for_each(|(sum, scale)| *sum *= scale);
            }
            Coding::Levels { pairs, .. } => {
                for (slot, value) in found {
                    let codes = self.of_slot(slot);
                    match (<&[u8; 8]>::try_from(codes), <&[PairTable; 8]>::try_from(&pairs[..])) {
                        (Ok(codes), Ok(pairs)) => add_levels(&mut sums, codes, pairs, value),
                        _ => add_levels(&mut sums, codes, pairs, value),
                    }
                }
            }
        }
        sums
    }
}

/// Adds `value` times each weight, in steps, to the sum of its head.
#[inline]
fn add_steps<'w>(sums: &mut [f32], codes: impl IntoIterator<Item = &'w u8>, value: f32) {
    for (sum, &code) in sums.iter_mut().zip(codes) {
        *sum += value * f32::from(code as i8);
    }
}

/// Adds `value` times each weight to the sum of its head, two heads a byte.
#[inline]
fn add_levels<'w>(
    sums: &mut [f32; MAX_HEADS],
    codes: impl IntoIterator<Item = &'w u8>,
    pairs: impl IntoIterator<Item = &'w PairTable>,
    value: f32,
) {
    for ((sums, &code), pairs) in sums.as_chunks_mut::<2>().0.iter_mut().zip(codes).zip(pairs) {
        let [first, second] = pairs[usize::from(code)];
        sums[0] += value * first;
        sums[1] += value * second;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_codings_give_the_sums_of_their_weights() {
        for n_heads in [1, 3, 15, 16] {
            let levels: Vec<[f32; LEVELS]> = (0..n_heads)
                .map(|head| std::array::from_fn(|code| (code as f32 - 7.0) * (head + 1) as f32))
                .collect();
            let scales = (0..n_heads).map(|head| 0.5 + head as f32).collect();
            let codes = |width: usize| (0..3 * width).map(|idx| (idx * 37 % 251) as u8).collect::<Vec<u8>>();
            let halves = Weights::of_levels(codes(usize::div_ceil(n_heads, 2)).into(), levels.clone());
            assert_eq!(halves.of(0)[0], levels[0][usize::from(halves.of_slot(0)[0] & 15)]);
            for weights in [halves, Weights::of_steps(codes(n_heads).into(), scales)] {
                weights.check(3, n_heads).unwrap();
                assert!(weights.check(4, n_heads).is_err() && weights.check(3, n_heads + 1).is_err());
                let found = [(2, 0.5), (0, -1.5)];
                let sums = weights.sums(found.into_iter());
                for (head, sum) in sums.iter().enumerate().take(n_heads) {
                    let expected: f32 =
                        found.iter().map(|&(slot, value)| value * weights.of(slot)[head]).sum();
                    assert!((sum - expected).abs() < 1e-3, "{n_heads} heads, head {head}: {sum} {expected}");
                }
            }
        }
    }
}
