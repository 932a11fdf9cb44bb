//! Which language a text is in, where its function words say so with confidence.
//!
//! Used for one thing only: choosing a stemmer. No score needs it, and "unknown" is an ordinary answer: a wrong guess
//! would be worse than none. Each word votes for the languages whose list it is in; the winner needs two votes and
//! twice as many as the next.

use crate::features::hashing::{self, Seed};
use std::collections::HashMap;

/// A language (ISO 639-3) that there is a stemmer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
#[allow(missing_docs)] // the variants are the ISO 639-3 codes
pub enum Language {
    Eng,
    Fra,
    Spa,
    Por,
    Deu,
    Ita,
    Nld,
    Swe,
    Tur,
    Rus,
    Ara,
}

/// Each language, its ISO 639-3 code and its commonest function words in normalised form.
pub const LANGUAGES: &[(Language, &str, &str)] = &[
    (
        Language::Eng,
        "eng",
        "the and you to is it of that for are with this have not was my your what but just be will from at they we can about",
    ),
    (
        Language::Fra,
        "fra",
        "le la les des et est je tu vous pas que une un pour dans sur avec ce mon votre nous mais qui ton ai du au plus sont",
    ),
    (
        Language::Spa,
        "spa",
        "el la los las que de y es en un una por con para no se mi tu lo como pero su del al muy est\u{e1} yo si eres",
    ),
    (
        Language::Por,
        "por",
        "o a os as que de e \u{e9} em um uma por com para n\u{e3}o se meu voc\u{ea} como mas do da no na muito est\u{e1} eu seu minha",
    ),
    (
        Language::Deu,
        "deu",
        "der die das und ist ich du nicht ein eine zu mit f\u{fc}r auf den von es wir sie aber dir mir dein sich auch hat dem bei",
    ),
    (
        Language::Ita,
        "ita",
        "il lo la gli che di e \u{e8} un una per con non mi ti si ma come del della sono hai ho anche questo tuo mio pi\u{f9} nel",
    ),
    (
        Language::Nld,
        "nld",
        "de het een en is ik je niet van dat op te voor met zijn maar er ook we hij naar mijn jij aan wat dit heb deze",
    ),
    (
        Language::Swe,
        "swe",
        "och att det en jag som p\u{e5} \u{e4}r inte f\u{f6}r med har du till den av om men ett vi din mig s\u{e5} kan hej dig vad",
    ),
    (
        Language::Tur,
        "tur",
        "ve bir bu i\u{e7}in de da ben sen ile \u{e7}ok ne var ama gibi daha m\u{131} mi benim senin kadar olarak olan yok \u{15f}ey nas\u{131}l",
    ),
    (
        Language::Rus,
        "rus",
        "\u{438} \u{432} \u{43d}\u{435} \u{43d}\u{430} \u{44f} \u{447}\u{442}\u{43e} \u{441} \u{44d}\u{442}\u{43e} \u{43a}\u{430}\u{43a} \u{430} \u{43f}\u{43e} \u{442}\u{44b} \u{43c}\u{44b} \u{432}\u{44b} \u{434}\u{43b}\u{44f} \u{443} \u{436}\u{435} \u{43d}\u{43e} \u{438}\u{437} \u{437}\u{430} \u{43e}\u{442} \u{442}\u{430}\u{43a} \u{432}\u{430}\u{441} \u{43c}\u{435}\u{43d}\u{44f} \u{435}\u{441}\u{43b}\u{438} \u{442}\u{435}\u{431}\u{44f}",
    ),
    (
        Language::Ara,
        "ara",
        "\u{645}\u{646} \u{641}\u{64a} \u{639}\u{644}\u{649} \u{627}\u{646} \u{647}\u{630}\u{627} \u{627}\u{644}\u{649} \u{639}\u{646} \u{645}\u{639} \u{645}\u{627} \u{644}\u{627} \u{647}\u{648} \u{627}\u{646}\u{627} \u{627}\u{646}\u{62a} \u{643}\u{644} \u{647}\u{630}\u{647} \u{627}\u{644}\u{62a}\u{64a} \u{644}\u{643} \u{644}\u{643}\u{646}",
    ),
];

/// Votes that the winner needs.
const MIN_VOTES: u32 = 2;

impl Language {
    /// The ISO 639-3 code, for example `"fra"`.
    pub fn code(self) -> &'static str {
        LANGUAGES[self as usize].1
    }
}

/// The function words of all languages, by hash.
#[derive(Debug)]
pub(crate) struct Identifier {
    /// Hash of a word, bit set of the languages (by index in [`LANGUAGES`]) that have it.
    votes: HashMap<u64, u16>,
}

impl Identifier {
    pub(crate) fn new() -> Identifier {
        let mut votes = HashMap::new();
        for (idx, (_, _, words)) in LANGUAGES.iter().enumerate() {
            for word in words.split(' ') {
                *votes.entry(hashing::of_text(Seed::Token, word)).or_insert(0) |= 1 << idx;
            }
        }
        Identifier { votes }
    }

    /// The language that the words, given by their token hashes, agree on.
    pub(crate) fn identify(&self, words: impl Iterator<Item = u64>) -> Option<Language> {
        let mut counts = [0u32; LANGUAGES.len()];
        for hash in words {
            let mut set = self.votes.get(&hash).copied().unwrap_or(0);
            while set != 0 {
                counts[set.trailing_zeros() as usize] += 1;
                set &= set - 1;
            }
        }
        let best = (0..counts.len()).max_by_key(|&idx| (counts[idx], counts.len() - idx))?;
        let second = (0..counts.len()).filter(|&idx| idx != best).map(|idx| counts[idx]).max()?;
        (counts[best] >= MIN_VOTES && counts[best] >= 2 * second).then(|| LANGUAGES[best].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identify(text: &str) -> Option<&'static str> {
        let words = text.split(' ').map(|word| hashing::of_text(Seed::Token, word));
        Identifier::new().identify(words).map(Language::code)
    }

    #[test]
    fn plain_sentences_are_recognised_and_others_are_unknown() {
        let cases = [
            ("what are you doing with the car", Some("eng")),
            ("je ne sais pas ce que tu fais dans la vie", Some("fra")),
            ("wir sind nicht auf der arbeit", Some("deu")),
            ("bu \u{e7}ok g\u{fc}zel ama benim i\u{e7}in de\u{11f}il", Some("tur")),
            ("hello", None),
            ("anh \u{1a1}i em \u{111}i ch\u{1a1}i nha", None),
            ("saya mau pergi ke pasar", None),
        ];
        for (text, want) in cases {
            assert_eq!(identify(text), want, "{text}");
        }
    }

    #[test]
    fn list_follows_the_enum() {
        for (idx, (language, code, _)) in LANGUAGES.iter().enumerate() {
            assert_eq!(*language as usize, idx);
            assert_eq!(language.code(), *code);
        }
    }
}
