//! The concept lexicon inside the artifact: text in version 1, the same text in a zlib stream since version 2.
//!
//! Phrases of twenty languages are far longer than the table's entries for them; packed, they leave room for a third
//! as many features again in a file of the same size.

use crate::error::{Error, Result};
use std::borrow::Cow;

/// The first version whose lexicon is packed.
const PACKED_SINCE: u64 = 2;

/// A stream may unpack to this many times its length: four is usual, and a bomb is stopped early.
const MAX_RATIO: usize = 16;

/// The lexicon's text.
pub(super) fn unpack(bytes: &[u8], format_version: u64) -> Result<Cow<'_, str>> {
    let not_text = || Error::artifact("the concept lexicon is not UTF-8");
    if format_version < PACKED_SINCE {
        return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| not_text());
    }
    let unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, bytes.len() * MAX_RATIO)
        .map_err(|error| Error::artifact(format!("the concept lexicon cannot be unpacked: {error}")))?;
    String::from_utf8(unpacked).map(Cow::Owned).map_err(|_| not_text())
}

/// The text as the newest version stores it. Equal text gives equal bytes.
#[cfg(feature = "train")]
pub(super) fn pack(text: &str) -> Vec<u8> {
    /// The strongest level that the usual tools know.
    const LEVEL: u8 = 9;
    miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), LEVEL)
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;

    #[test]
    fn packing_is_undone() {
        for text in ["", "fee\tpay the tax\n", "warning\t\u{8bc8}\u{9a97}\n"] {
            assert_eq!(unpack(&pack(text), PACKED_SINCE).unwrap(), text);
            assert_eq!(unpack(text.as_bytes(), PACKED_SINCE - 1).unwrap(), text);
        }
    }

    #[test]
    fn bombs_and_damage_are_errors() {
        let bomb = pack(&"a".repeat(1 << 20));
        assert!(unpack(&bomb, PACKED_SINCE).is_err());
        assert!(unpack(b"fee\tpay the tax\n", PACKED_SINCE).is_err());
        let mut cut = pack("fee\tpay the tax\n");
        cut.truncate(cut.len() / 2);
        assert!(unpack(&cut, PACKED_SINCE).is_err());
        assert!(unpack(&[0xff, 0xfe], 1).is_err());
    }
}
