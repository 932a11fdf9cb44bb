//! Letters that look alike, as pairs (other, Latin), all lower case.
//!
//! Written by hand for this project from what the letters look like in common sans-serif fonts. Only Latin, Cyrillic
//! and Greek are here: these are the scripts whose mixture inside one word is a disguise. Used by
//! [`disguise`](super::disguise), and only inside mixed-script words.

/// Cyrillic or Greek letter, the Latin letter it looks like.
pub(crate) const LOOK_ALIKES: &[(char, char)] = &[
    ('\u{430}', 'a'), // Cyrillic a
    ('\u{432}', 'b'), // ve, as the capital B
    ('\u{441}', 'c'), // es
    ('\u{501}', 'd'), // komi de
    ('\u{435}', 'e'), // ie
    ('\u{451}', 'e'), // io
    ('\u{4bb}', 'h'), // shha
    ('\u{43d}', 'h'), // en, as the capital H
    ('\u{456}', 'i'), // Ukrainian i
    ('\u{457}', 'i'), // yi
    ('\u{458}', 'j'), // je
    ('\u{43a}', 'k'), // ka
    ('\u{4cf}', 'l'), // palochka
    ('\u{43c}', 'm'), // em
    ('\u{43e}', 'o'), // o
    ('\u{440}', 'p'), // er
    ('\u{51b}', 'q'), // qa
    ('\u{455}', 's'), // dze
    ('\u{442}', 't'), // te
    ('\u{475}', 'v'), // izhitsa
    ('\u{445}', 'x'), // ha
    ('\u{443}', 'y'), // u
    ('\u{4af}', 'y'), // straight u
    ('\u{3b1}', 'a'), // Greek alpha
    ('\u{3b2}', 'b'), // beta
    ('\u{3f2}', 'c'), // lunate sigma
    ('\u{3b5}', 'e'), // epsilon
    ('\u{3b7}', 'n'), // eta
    ('\u{3b9}', 'i'), // iota
    ('\u{3ba}', 'k'), // kappa
    ('\u{3bd}', 'v'), // nu
    ('\u{3bf}', 'o'), // omicron
    ('\u{3c1}', 'p'), // rho
    ('\u{3c4}', 't'), // tau
    ('\u{3c5}', 'u'), // upsilon
    ('\u{3c7}', 'x'), // chi
    ('\u{3b3}', 'y'), // gamma
    ('\u{3c9}', 'w'), // omega
    ('\u{3b6}', 'z'), // zeta
    ('\u{3bc}', 'u'), // mu
];

/// Small capitals and other one-letter styles that NFKC leaves alone.
pub(crate) const STYLED: &[(char, char)] = &[
    ('\u{1d00}', 'a'),
    ('\u{299}', 'b'),
    ('\u{1d04}', 'c'),
    ('\u{1d05}', 'd'),
    ('\u{1d07}', 'e'),
    ('\u{a730}', 'f'),
    ('\u{262}', 'g'),
    ('\u{29c}', 'h'),
    ('\u{26a}', 'i'),
    ('\u{1d0a}', 'j'),
    ('\u{1d0b}', 'k'),
    ('\u{29f}', 'l'),
    ('\u{1d0d}', 'm'),
    ('\u{274}', 'n'),
    ('\u{1d0f}', 'o'),
    ('\u{1d18}', 'p'),
    ('\u{280}', 'r'),
    ('\u{a731}', 's'),
    ('\u{1d1b}', 't'),
    ('\u{1d1c}', 'u'),
    ('\u{1d20}', 'v'),
    ('\u{1d21}', 'w'),
    ('\u{28f}', 'y'),
    ('\u{1d22}', 'z'),
];

/// Digits and signs that stand for letters in leet spelling; `1` and `!` are tried as both of their letters.
pub(crate) const LEET: &[(char, &[char])] = &[
    ('0', &['o', '\u{43e}']),
    ('1', &['i', 'l']),
    ('3', &['e', '\u{437}', '\u{435}']),
    ('4', &['a', '\u{447}']),
    ('5', &['s']),
    ('6', &['b', '\u{431}']),
    ('7', &['t']),
    ('8', &['b']),
    ('9', &['g']),
    ('$', &['s']),
    ('@', &['a', '\u{430}']),
    ('!', &['i', 'l']),
    ('|', &['l', 'i']),
    ('+', &['t']),
    ('\u{20ac}', &['e']),
    ('\u{a3}', &['l']),
];
