//! Scripts (ISO 15924), by code-point block.
//!
//! A character goes in, the script whose habits govern it comes out. Blocks are enough here: the questions asked
//! are "does this script put spaces between words?" and "does this word mix scripts that look alike?".

/// A writing system, or `Zyyy` for characters that belong to none (digits, punctuation, symbols).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)] // the variants are the ISO 15924 codes
pub enum Script {
    Zyyy,
    Latn,
    Cyrl,
    Grek,
    Armn,
    Hebr,
    Arab,
    Deva,
    Beng,
    Guru,
    Gujr,
    Taml,
    Telu,
    Knda,
    Mlym,
    Sinh,
    Thai,
    Laoo,
    Mymr,
    Geor,
    Hang,
    Ethi,
    Khmr,
    Kana,
    Hani,
    Zzzz,
}

/// Every script, in the order of the enum.
pub const SCRIPTS: &[(Script, &str)] = &[
    (Script::Zyyy, "Zyyy"),
    (Script::Latn, "Latn"),
    (Script::Cyrl, "Cyrl"),
    (Script::Grek, "Grek"),
    (Script::Armn, "Armn"),
    (Script::Hebr, "Hebr"),
    (Script::Arab, "Arab"),
    (Script::Deva, "Deva"),
    (Script::Beng, "Beng"),
    (Script::Guru, "Guru"),
    (Script::Gujr, "Gujr"),
    (Script::Taml, "Taml"),
    (Script::Telu, "Telu"),
    (Script::Knda, "Knda"),
    (Script::Mlym, "Mlym"),
    (Script::Sinh, "Sinh"),
    (Script::Thai, "Thai"),
    (Script::Laoo, "Laoo"),
    (Script::Mymr, "Mymr"),
    (Script::Geor, "Geor"),
    (Script::Hang, "Hang"),
    (Script::Ethi, "Ethi"),
    (Script::Khmr, "Khmr"),
    (Script::Kana, "Kana"),
    (Script::Hani, "Hani"),
    (Script::Zzzz, "Zzzz"),
];

impl Script {
    /// The ISO 15924 code, for example `"Latn"`.
    pub fn code(self) -> &'static str {
        SCRIPTS[self as usize].1
    }

    /// Whether words of this script are written without spaces between them, so that characters are the tokens.
    pub fn is_unspaced(self) -> bool {
        use Script::*;
        matches!(self, Hani | Kana | Thai | Laoo | Khmr | Mymr)
    }

    /// Whether ZERO WIDTH (NON-)JOINER is part of correct spelling between letters of this script.
    pub(crate) fn uses_joiners(self) -> bool {
        use Script::*;
        matches!(self, Arab | Deva | Beng | Guru | Gujr | Taml | Telu | Knda | Mlym | Sinh)
    }
}

/// First and last code point of each block, in rising order.
const BLOCKS: &[(u32, u32, Script)] = &[
    (0x00AA, 0x00AA, Script::Latn),
    (0x00BA, 0x00BA, Script::Latn),
    (0x00C0, 0x00D6, Script::Latn),
    (0x00D8, 0x00F6, Script::Latn),
    (0x00F8, 0x02AF, Script::Latn),
    (0x0370, 0x03FF, Script::Grek),
    (0x0400, 0x052F, Script::Cyrl),
    (0x0531, 0x058F, Script::Armn),
    (0x0591, 0x05FF, Script::Hebr),
    (0x0600, 0x06FF, Script::Arab),
    (0x0750, 0x077F, Script::Arab),
    (0x08A0, 0x08FF, Script::Arab),
    (0x0900, 0x097F, Script::Deva),
    (0x0980, 0x09FF, Script::Beng),
    (0x0A00, 0x0A7F, Script::Guru),
    (0x0A80, 0x0AFF, Script::Gujr),
    (0x0B80, 0x0BFF, Script::Taml),
    (0x0C00, 0x0C7F, Script::Telu),
    (0x0C80, 0x0CFF, Script::Knda),
    (0x0D00, 0x0D7F, Script::Mlym),
    (0x0D80, 0x0DFF, Script::Sinh),
    (0x0E01, 0x0E3A, Script::Thai),
    (0x0E40, 0x0E5B, Script::Thai),
    (0x0E80, 0x0EFF, Script::Laoo),
    (0x1000, 0x109F, Script::Mymr),
    (0x10A0, 0x10FF, Script::Geor),
    (0x1100, 0x11FF, Script::Hang),
    (0x1200, 0x139F, Script::Ethi),
    (0x1780, 0x17DA, Script::Khmr),
    (0x17DC, 0x17FF, Script::Khmr),
    (0x1C80, 0x1C8F, Script::Cyrl),
    (0x1D00, 0x1DBF, Script::Latn),
    (0x1E00, 0x1EFF, Script::Latn),
    (0x1F00, 0x1FFF, Script::Grek),
    (0x2C60, 0x2C7F, Script::Latn),
    (0x2DE0, 0x2DFF, Script::Cyrl),
    (0x2E80, 0x2FDF, Script::Hani),
    (0x3005, 0x3007, Script::Hani),
    (0x3041, 0x309F, Script::Kana),
    (0x30A1, 0x30FA, Script::Kana),
    (0x30FC, 0x30FF, Script::Kana),
    (0x3131, 0x318F, Script::Hang),
    (0x31F0, 0x31FF, Script::Kana),
    (0x3400, 0x4DBF, Script::Hani),
    (0x4E00, 0x9FFF, Script::Hani),
    (0xA640, 0xA69F, Script::Cyrl),
    (0xA720, 0xA7FF, Script::Latn),
    (0xA9E0, 0xA9FF, Script::Mymr),
    (0xAA60, 0xAA7F, Script::Mymr),
    (0xAB30, 0xAB6F, Script::Latn),
    (0xAC00, 0xD7FF, Script::Hang),
    (0xF900, 0xFAFF, Script::Hani),
    (0xFB50, 0xFDFF, Script::Arab),
    (0xFE70, 0xFEFC, Script::Arab),
    (0x20000, 0x3FFFF, Script::Hani),
];

/// The script of a character; `Zyyy` outside the known blocks.
pub fn script_of(ch: char) -> Script {
    let code = u32::from(ch);
    if code < 0x80 {
        return if ch.is_ascii_alphabetic() { Script::Latn } else { Script::Zyyy };
    }
    if (0x4E00..=0x9FFF).contains(&code) {
        return Script::Hani;
    }
    let idx = BLOCKS.partition_point(|&(_, last, _)| last < code);
    match BLOCKS.get(idx) {
        Some(&(first, _, script)) if first <= code => script,
        _ if ch.is_alphabetic() => Script::Zzzz,
        _ => Script::Zyyy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_rise_and_do_not_overlap() {
        assert!(BLOCKS.iter().all(|&(first, last, _)| first <= last));
        assert!(BLOCKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn list_follows_the_enum() {
        for (idx, (script, code)) in SCRIPTS.iter().enumerate() {
            assert_eq!(*script as usize, idx);
            assert_eq!(script.code(), *code);
        }
    }

    #[test]
    fn one_letter_of_each_language_has_its_script() {
        use Script::*;
        let cases = [
            ('a', Latn),
            ('\u{1ea1}', Latn),
            ('\u{436}', Cyrl),
            ('\u{3b1}', Grek),
            ('\u{645}', Arab),
            ('\u{928}', Deva),
            ('\u{e01}', Thai),
            ('\u{1780}', Khmr),
            ('\u{3042}', Kana),
            ('\u{4f60}', Hani),
            ('\u{d55c}', Hang),
            ('7', Zyyy),
            ('\u{1f600}', Zyyy),
            ('\u{e3f}', Zyyy),
        ];
        for (ch, script) in cases {
            assert_eq!(script_of(ch), script, "{ch}");
        }
    }
}
