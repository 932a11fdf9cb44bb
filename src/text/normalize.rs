//! Text in, [`Glyph`]s out: one normalised character each, with the bytes of the original that it came from.
//!
//! Steps, in the order in which they act on each character cluster, and what each destroys:
//!
//! | step | destroys |
//! | --- | --- |
//! | drop default-ignorable characters | zero-width, soft hyphen, bidi controls, variation selectors, tags; joiners stay between letters of scripts that spell with them |
//! | NFKC | width, ligatures, circled and mathematical letters |
//! | lower case | case; the dot of a decomposed dotted capital I |
//! | plain letters | small capitals and negative-squared letters |
//! | digits | the script a decimal digit is written in |
//! | marks | Arabic vowel signs and tatweel, variants of alef; Latin, Cyrillic and Greek marks that no precomposed letter has |
//! | squeeze | a third and further repetition of a letter |
//!
//! Law: folding twice gives what folding once gives. Genuine letters of every script stay what they are.

use super::confusables::STYLED;
use super::script::{Script, script_of};
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// What a normalised character is to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharClass {
    /// A letter or a mark that belongs to one.
    Letter,
    /// A decimal digit, `0` to `9` after folding.
    Digit,
    /// An emoji, a currency or mathematical sign.
    Symbol,
    /// Punctuation.
    Punctuation,
    /// White space, a line break or a control character.
    Space,
}

/// One normalised character and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    /// The normalised character.
    pub ch: char,
    /// First byte in the original text.
    pub start: u32,
    /// One past the last byte in the original text.
    pub end: u32,
    /// What it is to the tokenizer.
    pub class: CharClass,
    /// The script it belongs to.
    pub script: Script,
}

/// How often each style of disguise was undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disguise {
    /// Invisible characters between two letters.
    pub invisible: u32,
    /// Mathematical, circled, squared or small-capital letters.
    pub styled: u32,
    /// Letters with marks stacked on them.
    pub stacked: u32,
    /// Words that mixed look-alike scripts.
    pub mixed_script: u32,
    /// Words with digits or signs for letters.
    pub leet: u32,
    /// Words with separators between their letters.
    pub spaced: u32,
}

/// At most this many marks of one cluster are read; real spelling uses four or fewer.
const MAX_MARKS: usize = 8;

/// Folds text into glyphs. The buffers are reused: after the first long text nothing is allocated.
#[derive(Debug)]
pub(crate) struct Normalizer {
    nfkc: ComposingNormalizerBorrowed<'static>,
    combining_class: CanonicalCombiningClassMapBorrowed<'static>,
    category: icu_properties::CodePointMapDataBorrowed<'static, GeneralCategory>,
    ignorable: icu_properties::CodePointSetDataBorrowed<'static>,
    cluster: Vec<char>,
    folded: Vec<char>,
}

impl Normalizer {
    pub(crate) fn new() -> Normalizer {
        Normalizer {
            nfkc: ComposingNormalizerBorrowed::new_nfkc(),
            combining_class: CanonicalCombiningClassMapBorrowed::new(),
            category: CodePointMapData::<GeneralCategory>::new(),
            ignorable: CodePointSetData::new::<DefaultIgnorableCodePoint>(),
            cluster: Vec::new(),
            folded: Vec::new(),
        }
    }

    /// Replaces the content of `glyphs` by the folded text. Offsets are 32-bit: the caller passes less than 4 GiB.
    pub(crate) fn fold(&mut self, text: &str, glyphs: &mut Vec<Glyph>, disguise: &mut Disguise) {
        glyphs.clear();
        glyphs.reserve(text.len());
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let run = ascii_run(&bytes[at..]);
            if run > 0 {
                push_ascii_run(glyphs, &bytes[at..at + run], at);
                at += run;
            } else {
                at = self.fold_cluster(text, at, glyphs, disguise);
            }
        }
    }

    /// Folds the cluster (a base and its marks) that starts at byte `at`; returns where the next one starts.
    fn fold_cluster(
        &mut self,
        text: &str,
        at: usize,
        glyphs: &mut Vec<Glyph>,
        disguise: &mut Disguise,
    ) -> usize {
        self.cluster.clear();
        let mut end = at;
        let mut invisible = false;
        for ch in text[at..].chars() {
            if self.is_invisible(ch, glyphs, &text[end + ch.len_utf8()..]) {
                invisible |= !is_variation_or_joiner(ch);
            } else if self.cluster.is_empty() || self.continues(ch) {
                if self.cluster.len() <= MAX_MARKS {
                    self.cluster.push(ch);
                }
            } else {
                break;
            }
            end += ch.len_utf8();
        }
        let joined = invisible && touches_letters(glyphs, &self.cluster, &text[end..]);
        disguise.invisible += u32::from(joined);
        self.fold_letters(disguise);
        for idx in 0..self.folded.len() {
            let ch = self.folded[idx];
            self.push(glyphs, ch, at, end);
        }
        end
    }

    /// `cluster` into `folded`.
    fn fold_letters(&mut self, disguise: &mut Disguise) {
        self.folded.clear();
        let Some(&base) = self.cluster.first() else { return };
        disguise.styled += u32::from(is_styled(base));
        if self.is_inert() {
            self.folded.extend(self.cluster.iter().flat_map(|ch| ch.to_lowercase()));
        } else {
            let once = self.nfkc.normalize_iter(self.cluster.iter().map(|&ch| plain(ch)));
            self.folded.extend(self.nfkc.normalize_iter(once.flat_map(char::to_lowercase).map(plain)));
        }
        let category = self.category;
        let ignorable = self.ignorable;
        let mut stacked = 0;
        let mut script = Script::Zyyy;
        self.folded.retain_mut(|ch| {
            let mark =
                matches!(category.get(*ch), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark);
            // Marks without a script of their own take that of their letter; NFKC also starts clusters with a mark of
            // Thai or Lao (the first half of SARA AM), which belongs to the word.
            let own = script_of(*ch);
            if !mark || own != Script::Zyyy {
                script = own;
            }
            let bare = matches!(script, Script::Latn | Script::Cyrl | Script::Grek | Script::Zyyy);
            let foreign = mark && (bare || matches!(u32::from(*ch), 0x300..=0x36F | 0x20D0..=0x20FF));
            stacked += u32::from(foreign && !is_spelling_mark(*ch));
            let dropped = ignorable.contains(*ch) && !is_joiner(*ch);
            let keep = !foreign && !dropped && !is_arabic_extra(*ch);
            *ch = fold_letter(*ch);
            keep
        });
        disguise.stacked += u32::from(stacked > 0);
    }

    /// Whether NFKC and mark handling leave this cluster alone.
    fn is_inert(&self) -> bool {
        let mut last_class = 0;
        self.cluster.iter().enumerate().all(|(idx, &ch)| {
            let class = if idx == 0 { 0 } else { self.combining_class.get_u8(ch) };
            let ordered = class == 0 || class >= last_class;
            last_class = class;
            ordered && is_nfkc_inert(ch)
        })
    }

    /// Whether the character attaches to the one before it: a mark, or a vowel or final jamo.
    fn continues(&self, ch: char) -> bool {
        let code = u32::from(ch);
        if code < 0x300 || (0x4E00..=0xA4FF).contains(&code) || (0xAC00..=0xD7A3).contains(&code) {
            return false;
        }
        matches!(
            self.category.get(ch),
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark
        ) || (0x1160..=0x11FF).contains(&code)
    }

    /// Whether the character is dropped, given what was written before it and the text after it.
    fn is_invisible(&self, ch: char, before: &[Glyph], after: &str) -> bool {
        if u32::from(ch) < 0xAD || !self.ignorable.contains(ch) {
            return false;
        }
        let left =
            self.cluster.last().map_or_else(|| before.last().map(|g| g.script), |&ch| Some(script_of(ch)));
        let spells = |script: Script| script.uses_joiners();
        // A vowel sign that is dropped leaves nothing to join to.
        let right = after.chars().next().filter(|&ch| !is_arabic_extra(ch)).map(script_of);
        !(is_joiner(ch) && left.is_some_and(spells) && right.is_some_and(spells))
    }

    fn push(&self, glyphs: &mut Vec<Glyph>, ch: char, start: usize, end: usize) {
        if is_joiner(ch) {
            let script = glyphs.last().map_or(Script::Zyyy, |glyph| glyph.script);
            return glyphs.push(Glyph {
                ch,
                start: start as u32,
                end: end as u32,
                class: CharClass::Letter,
                script,
            });
        }
        let script = script_of(ch);
        let class = match script {
            _ if ch.is_ascii() => ascii_class(ch as u8),
            Script::Zyyy => self.common_class(ch),
            _ => self.script_class(ch),
        };
        push_glyph(glyphs, Glyph { ch, start: start as u32, end: end as u32, class, script });
    }

    fn common_class(&self, ch: char) -> CharClass {
        use GeneralCategory as C;
        if ch.is_whitespace() {
            return CharClass::Space;
        }
        match self.category.get(ch) {
            C::Control | C::Format | C::SpaceSeparator | C::LineSeparator | C::ParagraphSeparator => {
                CharClass::Space
            }
            C::CurrencySymbol | C::OtherSymbol | C::MathSymbol | C::ModifierSymbol | C::OtherNumber => {
                CharClass::Symbol
            }
            C::NonspacingMark | C::SpacingMark | C::EnclosingMark | C::OtherLetter | C::LowercaseLetter => {
                CharClass::Letter
            }
            _ => CharClass::Punctuation,
        }
    }

    fn script_class(&self, ch: char) -> CharClass {
        use GeneralCategory as C;
        match self.category.get(ch) {
            C::OtherPunctuation | C::DashPunctuation | C::OpenPunctuation | C::ClosePunctuation => {
                CharClass::Punctuation
            }
            C::CurrencySymbol | C::OtherSymbol | C::MathSymbol => CharClass::Symbol,
            _ => CharClass::Letter,
        }
    }
}

/// How many ASCII bytes the text starts with, without the last one if a character of another kind, such as a mark,
/// follows it.
fn ascii_run(bytes: &[u8]) -> usize {
    match bytes.iter().position(|byte| *byte >= 0x80) {
        Some(end) => end.saturating_sub(1),
        None => bytes.len(),
    }
}

/// Appends glyphs for ASCII bytes. Where no letter stands three times in a row they need not be looked at one by one.
fn push_ascii_run(glyphs: &mut Vec<Glyph>, bytes: &[u8], at: usize) {
    let glyph = |(idx, byte): (usize, &u8)| {
        let class = ASCII_CLASSES[usize::from(byte & 0x7F)];
        let script = if class == CharClass::Letter { Script::Latn } else { Script::Zyyy };
        let start = (at + idx) as u32;
        Glyph { ch: char::from(byte.to_ascii_lowercase()), start, end: start + 1, class, script }
    };
    let tripled = bytes.windows(3).any(|three| {
        three[0].is_ascii_alphabetic()
            && three[0] | 0x20 == three[1] | 0x20
            && three[1] | 0x20 == three[2] | 0x20
    });
    // What stands before the run may be the same letter as its first two.
    let checked = if tripled { bytes.len() } else { bytes.len().min(2) };
    bytes[..checked].iter().enumerate().map(glyph).for_each(|glyph| push_glyph(glyphs, glyph));
    glyphs.extend(bytes.iter().enumerate().skip(checked).map(glyph));
}

/// Appends a glyph, or widens the last one where it would be the third of the same letter in a row.
fn push_glyph(glyphs: &mut Vec<Glyph>, glyph: Glyph) {
    if glyph.class == CharClass::Letter
        && glyph.script != Script::Hani
        && let [.., second, last] = glyphs.as_mut_slice()
        && second.ch == glyph.ch
        && last.ch == glyph.ch
    {
        last.end = glyph.end;
        return;
    }
    glyphs.push(glyph);
}

/// The class of each ASCII character.
const ASCII_CLASSES: [CharClass; 128] = {
    let mut classes = [CharClass::Space; 128];
    let mut code = 0;
    while code < 128 {
        classes[code] = ascii_class(code as u8);
        code += 1;
    }
    classes
};

const fn ascii_class(byte: u8) -> CharClass {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => CharClass::Letter,
        b'0'..=b'9' => CharClass::Digit,
        b'$' | b'%' | b'+' | b'<' | b'>' | b'=' | b'~' | b'^' | b'|' | b'`' => CharClass::Symbol,
        0..=b' ' | 0x7F => CharClass::Space,
        _ => CharClass::Punctuation,
    }
}

/// Ranges of characters that NFKC maps to themselves whatever stands before them (apart from mark order).
/// The test below checks every one of them against the normaliser.
const NFKC_INERT: &[(u32, u32)] = &[
    (0x00C0, 0x0131),
    (0x0134, 0x013E),
    (0x0141, 0x0148),
    (0x014A, 0x017E),
    (0x01A0, 0x01A1),
    (0x01AF, 0x01B0),
    (0x0400, 0x045F),
    (0x0490, 0x04FF),
    (0x0620, 0x063F),
    (0x0641, 0x0652),
    (0x0904, 0x0939),
    (0x093E, 0x094D),
    (0x0E01, 0x0E32),
    (0x0E34, 0x0E3A),
    (0x0E40, 0x0E4E),
    (0x1780, 0x17D2),
    (0x1EA0, 0x1EF9),
    (0x3041, 0x3096),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FC),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
];

fn is_nfkc_inert(ch: char) -> bool {
    let code = u32::from(ch);
    let idx = NFKC_INERT.partition_point(|&(_, last)| last < code);
    NFKC_INERT.get(idx).is_some_and(|&(first, _)| first <= code)
}

/// Styled letters that Unicode does not decompose, as their plain letter.
fn plain(ch: char) -> char {
    match u32::from(ch) {
        code @ 0x1F150..=0x1F169 => char::from(b'a' + (code - 0x1F150) as u8),
        code @ 0x1F170..=0x1F189 => char::from(b'a' + (code - 0x1F170) as u8),
        code if code < 0x250 => ch,
        _ => STYLED.iter().find(|(styled, _)| *styled == ch).map_or(ch, |&(_, plain)| plain),
    }
}

fn is_styled(ch: char) -> bool {
    matches!(u32::from(ch), 0x1D400..=0x1D7CB | 0x24B6..=0x24E9 | 0x1F110..=0x1F189)
        || (u32::from(ch) >= 0x250 && plain(ch) != ch)
}

/// One letter for one letter: digits of all scripts, alef variants, teh marbuta left as it is.
fn fold_letter(ch: char) -> char {
    if let Some(value) = digit_value(ch) {
        return char::from(b'0' + value);
    }
    match ch {
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => '\u{627}',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => '\'',
        _ => ch,
    }
}

/// First code point of each decimal-digit block that people type in.
const DIGIT_ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
    0x17E0, 0x1810,
];

fn digit_value(ch: char) -> Option<u8> {
    let code = u32::from(ch);
    if code < 0x660 {
        return None;
    }
    let zero = DIGIT_ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code))?;
    Some((code - zero) as u8)
}

/// Arabic vowel signs, superscript alef and tatweel: decoration that carries no letter.
fn is_arabic_extra(ch: char) -> bool {
    matches!(ch, '\u{64b}'..='\u{652}' | '\u{670}' | '\u{640}')
}

/// Marks that real Latin, Cyrillic and Greek spelling puts on letters without a precomposed form.
fn is_spelling_mark(ch: char) -> bool {
    matches!(u32::from(ch), 0x300..=0x304 | 0x306..=0x30C | 0x323 | 0x327 | 0x328 | 0x331 | 0x20E3)
}

/// ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.
fn is_joiner(ch: char) -> bool {
    matches!(ch, '\u{200c}' | '\u{200d}')
}

fn is_variation_or_joiner(ch: char) -> bool {
    matches!(u32::from(ch), 0xFE00..=0xFE0F | 0x200C | 0x200D)
}

/// Whether an invisible character stood between two letters of a script that does not need it there.
fn touches_letters(before: &[Glyph], cluster: &[char], after: &str) -> bool {
    let spaced = |ch: char| ch.is_alphabetic() && !script_of(ch).is_unspaced();
    let left = before.last().map(|glyph| glyph.ch);
    let here = cluster.first().copied();
    let right = after.chars().next();
    [left, here, right].into_iter().flatten().filter(|&ch| spaced(ch)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> (String, Disguise) {
        let mut glyphs = Vec::new();
        let mut disguise = Disguise::default();
        Normalizer::new().fold(text, &mut glyphs, &mut disguise);
        (glyphs.iter().map(|glyph| glyph.ch).collect(), disguise)
    }

    #[test]
    fn inert_ranges_are_what_they_claim() {
        let nfkc = ComposingNormalizerBorrowed::new_nfkc();
        for &(first, last) in NFKC_INERT {
            for ch in (first..=last).filter_map(char::from_u32) {
                let text = ch.to_string();
                assert_eq!(nfkc.normalize(&text), text, "U+{:04X}", u32::from(ch));
                let lower: String = ch.to_lowercase().collect();
                assert_eq!(nfkc.normalize(&lower), lower, "lower case of U+{:04X}", u32::from(ch));
            }
        }
    }

    #[test]
    fn each_step_does_what_the_table_says() {
        let cases = [
            ("Hello", "hello"),
            ("\u{ff34}\u{ff25}\u{ff2c}", "tel"),
            ("\u{1d42d}\u{1d41e}", "te"),
            ("\u{1f183}\u{1f174}\u{1f17b}", "tel"),
            ("\u{1d1b}\u{1d07}\u{29f}", "tel"),
            ("pro\u{200b}fit", "profit"),
            ("pro\u{ad}fit", "profit"),
            ("\u{130}stanbul", "istanbul"),
            ("\u{661}\u{662}", "12"),
            ("\u{967}\u{968}", "12"),
            ("e\u{301}", "\u{e9}"),
            ("a\u{33c}b\u{33c}", "ab"),
            ("\u{643}\u{640}\u{640}\u{62a}\u{64e}\u{628}", "\u{643}\u{62a}\u{628}"),
            ("loooooove", "loove"),
            ("100000", "100000"),
            ("\u{54c8}\u{54c8}\u{54c8}\u{54c8}", "\u{54c8}\u{54c8}\u{54c8}\u{54c8}"),
        ];
        for (text, want) in cases {
            assert_eq!(fold(text).0, want, "{text}");
        }
    }

    #[test]
    fn joiners_stay_where_spelling_needs_them() {
        let persian = "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}";
        assert_eq!(fold(persian), (persian.to_owned(), Disguise::default()));
        let hindi = "\u{915}\u{94d}\u{200d}\u{937}";
        assert_eq!(fold(hindi).0, hindi);
    }

    #[test]
    fn disguises_are_counted() {
        assert_eq!(fold("pro\u{200b}fit").1.invisible, 1);
        assert_eq!(fold("\u{1d42d}\u{1d41e}").1.styled, 2);
        assert_eq!(fold("a\u{33c}").1.stacked, 1);
        // Thai SARA AM is two characters under NFKC, the first of them a mark.
        assert_eq!(fold("\u{e08}\u{e33}"), ("\u{e08}\u{e4d}\u{e32}".to_owned(), Disguise::default()));
        assert_eq!(fold("\u{2764}\u{fe0f} ok").1, Disguise::default());
    }
}
