//! Undoing disguises that span a word: mixed scripts, leet, letters set apart.
//!
//! Glyphs in, glyphs out, in place. Nothing here touches a word of a single script, and nothing turns digits or
//! separated letters into words that are not in the [lexicon](super::lexicon), so genuine text stays as it is.

use super::confusables::{LEET, LOOK_ALIKES};
use super::lexicon::{LONGEST, is_disguisable};
use super::normalize::{CharClass, Disguise, Glyph};
use super::script::Script;

/// Letters set apart count as a disguise from this many on: shorter runs are initials and lists.
const MIN_SPACED: usize = 4;

/// Leet is looked for in words of at least this many characters.
const MIN_LEET: usize = 4;

/// Which scripts that have letters like Latin ones the text has whole words of.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    cyrillic: bool,
    greek: bool,
}

impl Written {
    fn of(glyphs: &[Glyph]) -> Written {
        let mut written = Written::default();
        if glyphs.iter().any(|glyph| matches!(glyph.script, Script::Cyrl | Script::Grek)) {
            for word in glyphs.split(|glyph| glyph.class != CharClass::Letter).filter(|word| word.len() > 1) {
                written.cyrillic |= word.iter().all(|glyph| glyph.script == Script::Cyrl);
                written.greek |= word.iter().all(|glyph| glyph.script == Script::Grek);
            }
        }
        written
    }

    fn has(self, script: Script) -> bool {
        if script == Script::Cyrl { self.cyrillic } else { self.greek }
    }
}

/// Undoes the disguises of all words.
pub(crate) fn undo(glyphs: &mut Vec<Glyph>, word: &mut String, disguise: &mut Disguise) {
    if has_spaced(glyphs) {
        join_spaced(glyphs, word, disguise);
    }
    if !has_folding(glyphs) {
        return;
    }
    let written = Written::of(glyphs);
    let mut at = 0;
    while at < glyphs.len() {
        let end = chunk_end(glyphs, at);
        if end > at {
            undo_chunk(&mut glyphs[at..end], word, written, disguise);
        }
        at = end + 1;
    }
    if disguise.leet > 0 || disguise.mixed_script > 0 {
        squeeze(glyphs);
    }
}

/// Widens the second of more than two equal letters in a row over the others: folding makes letters equal that were
/// not when the text was first read.
fn squeeze(glyphs: &mut Vec<Glyph>) {
    let mut write = 0;
    for read in 0..glyphs.len() {
        let glyph = glyphs[read];
        if glyph.class == CharClass::Letter
            && glyph.script != Script::Hani
            && write >= 2
            && glyphs[write - 1].ch == glyph.ch
            && glyphs[write - 2].ch == glyph.ch
        {
            glyphs[write - 1].end = glyph.end;
        } else {
            glyphs[write] = glyph;
            write += 1;
        }
    }
    glyphs.truncate(write);
}

/// One past the last glyph of the run without white space that starts at `at`.
fn chunk_end(glyphs: &[Glyph], at: usize) -> usize {
    glyphs[at..].iter().position(|glyph| glyph.class == CharClass::Space).map_or(glyphs.len(), |len| at + len)
}

fn undo_chunk(chunk: &mut [Glyph], word: &mut String, written: Written, disguise: &mut Disguise) {
    let letters = chunk.iter().filter(|glyph| glyph.class == CharClass::Letter).count();
    if letters == 0 {
        return;
    }
    if letters < chunk.len() && chunk.len() >= MIN_LEET {
        disguise.leet += u32::from(undo_leet(chunk, word));
    }
    let mut at = 0;
    while at < chunk.len() {
        let len = chunk[at..].iter().take_while(|glyph| glyph.class == CharClass::Letter).count();
        disguise.mixed_script += u32::from(undo_mixed(&mut chunk[at..at + len], word, written));
        at += len + 1;
    }
}

/// Folds a word that mixes Latin with Cyrillic or Greek to one script, if every foreign letter has a look-alike there.
///
/// Where the text has whole words of the other script, a Latin stem with an ending of it ("USDT" in a Russian sentence)
/// is ordinary spelling and stays, unless the folded word is one that senders disguise.
fn undo_mixed(word: &mut [Glyph], text: &mut String, written: Written) -> bool {
    let count = |script| word.iter().filter(|glyph| glyph.script == script).count();
    let latin = count(Script::Latn);
    let other = if count(Script::Cyrl) > 0 { Script::Cyrl } else { Script::Grek };
    let foreign = count(other);
    if latin == 0 || foreign == 0 || latin + foreign != word.len() {
        return false;
    }
    if spells_lexicon_word(word, text) {
        return fold_word(word, Script::Latn);
    }
    let stem_with_ending = word[..latin].iter().all(|glyph| glyph.script == Script::Latn);
    if stem_with_ending && written.has(other) {
        return false;
    }
    let order = if latin >= foreign { [Script::Latn, other] } else { [other, Script::Latn] };
    order.into_iter().any(|target| fold_word(word, target))
}

fn spells_lexicon_word(word: &[Glyph], text: &mut String) -> bool {
    text.clear();
    let latin = |glyph: &Glyph| {
        if glyph.script == Script::Latn { Some(glyph.ch) } else { look_alike(glyph.ch, Script::Latn) }
    };
    text.extend(word.iter().filter_map(latin));
    is_disguisable(text)
}

/// Writes every letter of the word in the script `target`; changes nothing and answers false if one has no look-alike.
fn fold_word(word: &mut [Glyph], target: Script) -> bool {
    let folded = |glyph: &Glyph| {
        if glyph.script == target { Some(glyph.ch) } else { look_alike(glyph.ch, target) }
    };
    if !word.iter().all(|glyph| folded(glyph).is_some()) {
        return false;
    }
    for glyph in word {
        glyph.ch = folded(glyph).unwrap_or(glyph.ch);
        glyph.script = target;
    }
    true
}

fn look_alike(ch: char, target: Script) -> Option<char> {
    let wanted = |candidate: char| super::script::script_of(candidate) == target;
    LOOK_ALIKES.iter().find_map(|&(other, latin)| match ch {
        _ if ch == other && target == Script::Latn => Some(latin),
        _ if ch == latin && wanted(other) => Some(other),
        _ => None,
    })
}

/// Replaces digits and signs by letters where the whole word between punctuation becomes a word of the lexicon.
fn undo_leet(chunk: &mut [Glyph], word: &mut String) -> bool {
    let outside = |glyph: &Glyph| glyph.class != CharClass::Letter && leet_letters(glyph.ch).is_none();
    let first = chunk.iter().position(|glyph| !outside(glyph)).unwrap_or(0);
    let last = chunk.iter().rposition(|glyph| !outside(glyph)).map_or(0, |idx| idx + 1);
    for core in [first..last, first..trim_end(chunk, first, last), trim_start(chunk, first, last)..last] {
        if core.len() >= MIN_LEET && core.len() <= LONGEST && replace_leet(&mut chunk[core], word) {
            return true;
        }
    }
    false
}

fn trim_end(chunk: &[Glyph], first: usize, last: usize) -> usize {
    chunk[first..last]
        .iter()
        .rposition(|glyph| glyph.class == CharClass::Letter)
        .map_or(first, |idx| first + idx + 1)
}

fn trim_start(chunk: &[Glyph], first: usize, last: usize) -> usize {
    chunk[first..last]
        .iter()
        .position(|glyph| glyph.class == CharClass::Letter)
        .map_or(last, |idx| first + idx)
}

fn replace_leet(core: &mut [Glyph], word: &mut String) -> bool {
    let cyrillic = core.iter().any(|glyph| glyph.script == Script::Cyrl);
    let is_letter = |glyph: &Glyph| glyph.class == CharClass::Letter;
    let readable = |glyph: &Glyph| is_letter(glyph) || leet_letters(glyph.ch).is_some();
    if core.iter().all(is_letter) || !core.iter().any(is_letter) || !core.iter().all(readable) {
        return false;
    }
    for choice in 0..2 {
        word.clear();
        word.extend(
            core.iter().map(
                |glyph| {
                    if is_letter(glyph) { glyph.ch } else { leet(glyph.ch, cyrillic, choice) }
                },
            ),
        );
        if is_disguisable(word) {
            for (glyph, ch) in core.iter_mut().zip(word.chars()) {
                glyph.ch = ch;
                glyph.class = CharClass::Letter;
                glyph.script = if cyrillic { Script::Cyrl } else { Script::Latn };
            }
            return true;
        }
    }
    false
}

fn leet_letters(ch: char) -> Option<&'static [char]> {
    LEET.iter().find(|(sign, _)| *sign == ch).map(|&(_, letters)| letters)
}

/// The `choice`-th letter of the wanted script that the sign stands for, the last one if there are fewer.
fn leet(ch: char, cyrillic: bool, choice: usize) -> char {
    let fits = |letter: &&char| letter.is_ascii() != cyrillic;
    let letters = leet_letters(ch).unwrap_or(&[]);
    let mut fitting = letters.iter().filter(fits);
    let first = fitting.next().copied().unwrap_or(ch);
    if choice == 0 { first } else { fitting.next().copied().unwrap_or(first) }
}

/// Whether the text can have letters set apart at all: enough single letters, or Han characters.
fn has_spaced(glyphs: &[Glyph]) -> bool {
    let (mut n_single, mut beside) = (0, false);
    for (idx, glyph) in glyphs.iter().enumerate() {
        let text = joins(glyph);
        n_single += u32::from(text && !beside && !glyphs.get(idx + 1).is_some_and(joins));
        if glyph.script == Script::Hani || n_single as usize >= MIN_SPACED {
            return true;
        }
        beside = text;
    }
    false
}

/// Whether any character could be folded: a letter of a script with look-alikes, or a sign that stands for letters.
fn has_folding(glyphs: &[Glyph]) -> bool {
    glyphs.iter().any(|glyph| match glyph.class {
        CharClass::Letter => matches!(glyph.script, Script::Cyrl | Script::Grek),
        CharClass::Space => false,
        _ => leet_letters(glyph.ch).is_some(),
    })
}

/// Joins single letters with one separator between each (`t e l e`, `W.h.a.t.s`) where they spell a lexicon word.
fn join_spaced(glyphs: &mut Vec<Glyph>, word: &mut String, disguise: &mut Disguise) {
    let mut read = 0;
    let mut write = 0;
    while read < glyphs.len() {
        let units = if starts_unit(glyphs, read) { spelled_units(glyphs, read, word) } else { 0 };
        for _ in 1..units {
            glyphs[write] = glyphs[read];
            write += 1;
            read += 2;
        }
        disguise.spaced += u32::from(units > 0);
        glyphs[write] = glyphs[read];
        write += 1;
        read += 1;
    }
    glyphs.truncate(write);
}

/// Whether a single letter with a separator behind it stands at `at`, and no letter before it.
fn starts_unit(glyphs: &[Glyph], at: usize) -> bool {
    is_single(glyphs, at) && glyphs.get(at + 1).is_some_and(is_separator)
}

/// Whether a letter makes one word with the letters beside it. Digits and letters of unspaced scripts do not: "400U S D T".
fn joins(glyph: &Glyph) -> bool {
    glyph.class == CharClass::Letter && !glyph.script.is_unspaced()
}

/// A letter without another letter of its word beside it. Han characters stand alone anyway.
fn is_single(glyphs: &[Glyph], at: usize) -> bool {
    let alone = |idx: Option<usize>| !idx.and_then(|idx| glyphs.get(idx)).is_some_and(joins);
    glyphs[at].class == CharClass::Letter
        && (glyphs[at].script == Script::Hani || (alone(at.checked_sub(1)) && alone(Some(at + 1))))
}

fn is_separator(glyph: &Glyph) -> bool {
    matches!(
        glyph.ch,
        ' ' | '.' | '-' | '_' | '*' | '/' | '|' | '\u{b7}' | '\u{2022}' | '~' | ',' | '\'' | '+'
    )
}

/// How many single letters from `at` on spell the longest lexicon word; 0 if none do.
fn spelled_units(glyphs: &[Glyph], at: usize, word: &mut String) -> usize {
    word.clear();
    let mut best = 0;
    let min_len = if glyphs[at].script == Script::Hani { 2 } else { MIN_SPACED };
    for idx in 0..LONGEST {
        let here = at + 2 * idx;
        let separated = idx == 0 || glyphs.get(here - 1).is_some_and(is_separator);
        if here >= glyphs.len() || !separated || !is_single(glyphs, here) {
            break;
        }
        word.push(glyphs[here].ch);
        if idx + 1 >= min_len && is_disguisable(word) {
            best = idx + 1;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::normalize::Normalizer;
    use super::*;

    fn undone(text: &str) -> (String, Disguise) {
        let mut glyphs = Vec::new();
        let mut disguise = Disguise::default();
        Normalizer::new().fold(text, &mut glyphs, &mut disguise);
        undo(&mut glyphs, &mut String::new(), &mut disguise);
        (glyphs.iter().map(|glyph| glyph.ch).collect(), disguise)
    }

    #[test]
    fn disguised_words_read_as_plain_ones() {
        let cases = [
            ("wh\u{430}tsapp me", "whatsapp me"),
            ("Te1egram", "telegram"),
            ("pr0fit!", "profit!"),
            ("(U$DT)", "(usdt)"),
            ("t e l e g r a m now", "telegram now"),
            ("W.h.a.t.s.A.p.p", "whatsapp"),
            (
                "\u{442}\u{435}\u{43b}\u{435}\u{433}p\u{430}\u{43c}",
                "\u{442}\u{435}\u{43b}\u{435}\u{433}\u{440}\u{430}\u{43c}",
            ),
            (
                "\u{442}\u{435}\u{43b}3\u{433}\u{440}\u{430}\u{43c}",
                "\u{442}\u{435}\u{43b}\u{435}\u{433}\u{440}\u{430}\u{43c}",
            ),
            ("dividend\u{43e} now", "dividendo now"),
            ("\u{52a0}\u{5fae} \u{4fe1}", "\u{52a0}\u{5fae}\u{4fe1}"),
            ("400U S D T\u{3067}\u{3059}", "400usdt\u{3067}\u{3059}"),
            ("\u{e42}\u{e2d}\u{e19}U.S.D.T\u{e21}\u{e32}", "\u{e42}\u{e2d}\u{e19}usdt\u{e21}\u{e32}"),
        ];
        for (text, want) in cases {
            assert_eq!(undone(text).0, want, "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        let cases = [
            "covid19",
            "b2b",
            "mp3",
            "a b c d e",
            "3 x 4",
            "usdt\u{448}\u{43a}\u{438}",
            "\u{432}\u{441}\u{435} usdt\u{430}",
            "iphone-\u{43e}\u{43c}",
            "j. r. r. tolkien",
            "4you",
            "\u{6211} \u{7231} \u{4f60}",
            "10 euros!",
            "1 line",
            "room 101",
        ];
        for text in cases {
            assert_eq!(undone(text), (text.to_owned(), Disguise::default()));
        }
    }
}
