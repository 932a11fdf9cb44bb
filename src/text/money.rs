//! Numbers, sums of money and periods, as they are written in the languages of the corpus.
//!
//! A sum is a number beside a currency sign, currency word or multiplier; what is kept of it is its order of
//! magnitude. A rate is a percentage with a period within a few words of it.

use super::normalize::{CharClass, Glyph};
use std::sync::LazyLock;

/// What a rate is paid per.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A number and the glyph after its last digit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) end: usize,
}

/// Glyphs looked at on either side of a percentage for its period.
const PERIOD_WINDOW: usize = 18;

/// Currency signs.
pub(crate) fn is_sign(ch: char) -> bool {
    matches!(ch, '$' | '\u{a3}' | '\u{a5}' | '\u{20a0}'..='\u{20cf}' | '\u{e3f}' | '\u{17db}' | '\u{a2}')
}

/// Words that follow a sum, and what they multiply it by. Normalised forms.
const UNITS: &[(&str, f64)] = &[
    ("k", 1e3),
    ("m", 1e6),
    ("mn", 1e6),
    ("mio", 1e6),
    ("million", 1e6),
    ("millions", 1e6),
    ("mil", 1e3),
    ("rb", 1e3),
    ("ribu", 1e3),
    ("jt", 1e6),
    ("juta", 1e6),
    ("tr", 1e6),
    ("tri\u{1ec7}u", 1e6),
    ("trieu", 1e6),
    ("ngh\u{ec}n", 1e3),
    ("ng\u{e0}n", 1e3),
    ("nghin", 1e3),
    ("ngan", 1e3),
    ("t\u{1ef7}", 1e9),
    ("lakh", 1e5),
    ("lakhs", 1e5),
    ("crore", 1e7),
    ("bin", 1e3),
    ("milyon", 1e6),
    ("millones", 1e6),
    ("milh\u{f5}es", 1e6),
    ("libo", 1e3),
    ("thousand", 1e3),
    ("\u{442}\u{44b}\u{441}", 1e3),
    ("\u{442}\u{44b}\u{441}\u{44f}\u{447}", 1e3),
    ("\u{43c}\u{43b}\u{43d}", 1e6),
    ("\u{4e07}", 1e4),
    ("\u{842c}", 1e4),
    ("\u{5343}", 1e3),
    ("\u{b9cc}", 1e4),
    ("\u{cc9c}", 1e3),
    ("\u{e1e}\u{e31}\u{e19}", 1e3),
    ("\u{e2b}\u{e21}\u{e37}\u{e48}\u{e19}", 1e4),
    ("\u{e41}\u{e2a}\u{e19}", 1e5),
    ("\u{e25}\u{e49}\u{e32}\u{e19}", 1e6),
    ("\u{932}\u{93e}\u{916}", 1e5),
    ("\u{939}\u{91c}\u{93e}\u{930}", 1e3),
    ("\u{623}\u{644}\u{641}", 1e3),
    ("\u{627}\u{644}\u{641}", 1e3),
    ("\u{645}\u{644}\u{64a}\u{648}\u{646}", 1e6),
    ("\u{1796}\u{17b6}\u{1793}\u{17cb}", 1e3),
    ("\u{1798}\u{17ba}\u{17bb}\u{1793}", 1e4),
    ("\u{179b}\u{17b6}\u{1793}", 1e6),
    // currencies
    ("usd", 1.0),
    ("usdt", 1.0),
    ("usdc", 1.0),
    ("u", 1.0),
    ("eur", 1.0),
    ("euro", 1.0),
    ("euros", 1.0),
    ("gbp", 1.0),
    ("dollar", 1.0),
    ("dollars", 1.0),
    ("bucks", 1.0),
    ("quid", 1.0),
    ("pounds", 1.0),
    ("btc", 1.0),
    ("eth", 1.0),
    ("trx", 1.0),
    ("chf", 1.0),
    ("fcfa", 1.0),
    ("cfa", 1.0),
    ("xaf", 1.0),
    ("xof", 1.0),
    ("pesos", 1.0),
    ("peso", 1.0),
    ("mxn", 1.0),
    ("cop", 1.0),
    ("clp", 1.0),
    ("ars", 1.0),
    ("soles", 1.0),
    ("reais", 1.0),
    ("brl", 1.0),
    ("rm", 1.0),
    ("myr", 1.0),
    ("sgd", 1.0),
    ("hkd", 1.0),
    ("idr", 1.0),
    ("rupiah", 1.0),
    ("vnd", 1.0),
    ("vn\u{111}", 1.0),
    ("\u{111}", 1.0),
    ("\u{111}\u{1ed3}ng", 1.0),
    ("dong", 1.0),
    ("baht", 1.0),
    ("thb", 1.0),
    ("php", 1.0),
    ("inr", 1.0),
    ("rs", 1.0),
    ("rupees", 1.0),
    ("rupaye", 1.0),
    ("tl", 1.0),
    ("lira", 1.0),
    ("try", 1.0),
    ("riel", 1.0),
    ("naira", 1.0),
    ("ngn", 1.0),
    ("ksh", 1.0),
    ("zar", 1.0),
    ("dh", 1.0),
    ("aed", 1.0),
    ("sar", 1.0),
    ("kr", 1.0),
    ("\u{440}", 1.0),
    ("\u{440}\u{443}\u{431}", 1.0),
    ("\u{440}\u{443}\u{431}\u{43b}\u{435}\u{439}", 1.0),
    ("\u{442}\u{433}", 1.0),
    ("\u{442}\u{435}\u{43d}\u{433}\u{435}", 1.0),
    ("\u{433}\u{440}\u{43d}", 1.0),
    ("\u{5143}", 1.0),
    ("\u{5757}", 1.0),
    ("\u{584a}", 1.0),
    ("\u{5186}", 1.0),
    ("\u{5713}", 1.0),
    ("\u{5200}", 1.0),
    ("\u{7f8e}\u{91d1}", 1.0),
    ("\u{7f8e}\u{5143}", 1.0),
    ("\u{c6d0}", 1.0),
    ("\u{b2ec}\u{b7ec}", 1.0),
    ("\u{e1a}\u{e32}\u{e17}", 1.0),
    ("\u{930}\u{941}\u{92a}\u{92f}\u{947}", 1.0),
    ("\u{930}\u{941}\u{92a}\u{90f}", 1.0),
    ("\u{631}\u{64a}\u{627}\u{644}", 1.0),
    ("\u{62f}\u{631}\u{647}\u{645}", 1.0),
    ("\u{62f}\u{648}\u{644}\u{627}\u{631}", 1.0),
    ("\u{62c}\u{646}\u{64a}\u{647}", 1.0),
    ("\u{62f}\u{64a}\u{646}\u{627}\u{631}", 1.0),
    ("\u{179a}\u{17c0}\u{179b}", 1.0),
    ("\u{178a}\u{17bb}\u{179b}\u{17d2}\u{179b}\u{17b6}\u{179a}", 1.0),
];

/// Currency words that stand before a sum.
const PREFIXES: &[&str] = &[
    "rp", "rm", "rs", "usd", "eur", "gbp", "hk", "nt", "s", "php", "thb", "vnd", "inr", "chf", "aed", "ksh",
];

/// Words for periods, and whether they may be glued to other letters (unspaced scripts, Korean).
const PERIODS: &[(Period, &[&str])] = &[
    (
        Period::Minute,
        &[
            "minute",
            "minutes",
            "min",
            "second",
            "seconds",
            "minuto",
            "minutos",
            "minuti",
            "ph\u{fa}t",
            "menit",
            "minit",
            "dakika",
            "minuten",
            "\u{43c}\u{438}\u{43d}\u{443}\u{442}",
            "\u{5206}\u{949f}",
            "\u{5206}\u{9418}",
            "\u{79d2}",
            "\u{e19}\u{e32}\u{e17}\u{e35}",
            "\u{bd84}\u{b9cc}",
        ],
    ),
    (
        Period::Hour,
        &[
            "hour",
            "hours",
            "hourly",
            "hr",
            "hrs",
            "heure",
            "heures",
            "hora",
            "horas",
            "stunde",
            "stunden",
            "ora",
            "ore",
            "gi\u{1edd}",
            "jam",
            "saat",
            "oras",
            "\u{447}\u{430}\u{441}",
            "\u{447}\u{430}\u{441}\u{430}",
            "\u{447}\u{430}\u{441}\u{43e}\u{432}",
            "\u{5c0f}\u{65f6}",
            "\u{5c0f}\u{6642}",
            "\u{6642}\u{9593}",
            "\u{e0a}\u{e31}\u{e48}\u{e27}\u{e42}\u{e21}\u{e07}",
            "\u{c2dc}\u{ac04}",
            "\u{633}\u{627}\u{639}\u{629}",
            "\u{918}\u{902}\u{91f}\u{947}",
            "\u{1798}\u{17c9}\u{17c4}\u{1784}",
        ],
    ),
    (
        Period::Day,
        &[
            "day",
            "days",
            "daily",
            "jour",
            "jours",
            "quotidien",
            "journalier",
            "d\u{ed}a",
            "dia",
            "d\u{ed}as",
            "dias",
            "diario",
            "diarios",
            "diaria",
            "di\u{e1}rio",
            "di\u{e1}ria",
            "tag",
            "tage",
            "t\u{e4}glich",
            "giorno",
            "giorni",
            "giornaliero",
            "ng\u{e0}y",
            "ngay",
            "hari",
            "harian",
            "perhari",
            "sehari",
            "g\u{fc}n",
            "g\u{fc}nde",
            "g\u{fc}nl\u{fc}k",
            "gunluk",
            "gunde",
            "araw",
            "din",
            "roz",
            "\u{434}\u{435}\u{43d}\u{44c}",
            "\u{434}\u{43d}\u{44f}",
            "\u{434}\u{43d}\u{435}\u{439}",
            "\u{441}\u{443}\u{442}\u{43a}\u{438}",
            "\u{435}\u{436}\u{435}\u{434}\u{43d}\u{435}\u{432}\u{43d}\u{43e}",
            "\u{5929}",
            "\u{6bcf}\u{65e5}",
            "\u{65e5}\u{6536}",
            "\u{65e5}\u{5229}",
            "\u{6bce}\u{65e5}",
            "\u{4e00}\u{65e5}",
            "\u{65e5}\u{5316}",
            "\u{e27}\u{e31}\u{e19}",
            "\u{d558}\u{b8e8}",
            "\u{b9e4}\u{c77c}",
            "\u{c77c}\u{b2f9}",
            "\u{64a}\u{648}\u{645}",
            "\u{64a}\u{648}\u{645}\u{64a}\u{627}",
            "\u{64a}\u{648}\u{645}\u{64a}",
            "\u{627}\u{644}\u{64a}\u{648}\u{645}",
            "\u{926}\u{93f}\u{928}",
            "\u{930}\u{94b}\u{91c}",
            "\u{930}\u{94b}\u{91c}\u{93c}",
            "\u{1790}\u{17d2}\u{1784}\u{17c3}",
        ],
    ),
    (
        Period::Week,
        &[
            "week",
            "weeks",
            "weekly",
            "semaine",
            "semaines",
            "semana",
            "semanas",
            "semanal",
            "woche",
            "wochen",
            "w\u{f6}chentlich",
            "settimana",
            "settimane",
            "tu\u{1ea7}n",
            "tuan",
            "minggu",
            "seminggu",
            "hafta",
            "haftal\u{131}k",
            "linggo",
            "hafte",
            "\u{43d}\u{435}\u{434}\u{435}\u{43b}\u{44e}",
            "\u{43d}\u{435}\u{434}\u{435}\u{43b}\u{44f}",
            "\u{5468}",
            "\u{661f}\u{671f}",
            "\u{9031}",
            "\u{79ae}\u{62dc}",
            "\u{e2a}\u{e31}\u{e1b}\u{e14}\u{e32}\u{e2b}\u{e4c}",
            "\u{e2d}\u{e32}\u{e17}\u{e34}\u{e15}\u{e22}\u{e4c}",
            "\u{c77c}\u{c8fc}",
            "\u{b9e4}\u{c8fc}",
            "\u{623}\u{633}\u{628}\u{648}\u{639}",
            "\u{627}\u{633}\u{628}\u{648}\u{639}",
            "\u{939}\u{92b}\u{94d}\u{924}\u{947}",
            "\u{179f}\u{1794}\u{17d2}\u{178f}\u{17b6}\u{17a0}\u{17cd}",
        ],
    ),
    (
        Period::Month,
        &[
            "month",
            "months",
            "monthly",
            "mois",
            "mensuel",
            "mensuels",
            "mes",
            "meses",
            "mensual",
            "m\u{ea}s",
            "mensal",
            "monat",
            "monate",
            "monatlich",
            "mese",
            "mesi",
            "mensile",
            "th\u{e1}ng",
            "thang",
            "bulan",
            "bulanan",
            "sebulan",
            "ay",
            "ayda",
            "ayl\u{131}k",
            "buwan",
            "mahine",
            "mahina",
            "\u{43c}\u{435}\u{441}\u{44f}\u{446}",
            "\u{43c}\u{435}\u{441}",
            "\u{6708}",
            "\u{e40}\u{e14}\u{e37}\u{e2d}\u{e19}",
            "\u{d55c}\u{b2ec}",
            "\u{b9e4}\u{b2ec}",
            "\u{c6d4}",
            "\u{634}\u{647}\u{631}",
            "\u{634}\u{647}\u{631}\u{64a}\u{627}",
            "\u{92e}\u{939}\u{940}\u{928}\u{947}",
            "\u{1781}\u{17c2}",
        ],
    ),
    (
        Period::Year,
        &[
            "year",
            "years",
            "yearly",
            "annual",
            "annually",
            "annum",
            "p.a",
            "pa",
            "apr",
            "apy",
            "an",
            "ann\u{e9}e",
            "annuel",
            "anuel",
            "a\u{f1}o",
            "anual",
            "ano",
            "jahr",
            "j\u{e4}hrlich",
            "anno",
            "annuo",
            "annui",
            "annua",
            "n\u{103}m",
            "nam",
            "tahun",
            "pertahun",
            "setahun",
            "y\u{131}l",
            "y\u{131}ll\u{131}k",
            "taon",
            "saal",
            "\u{433}\u{43e}\u{434}",
            "\u{433}\u{43e}\u{434}\u{43e}\u{432}\u{44b}\u{445}",
            "\u{5e74}",
            "\u{e1b}\u{e35}",
            "\u{c5f0}",
            "\u{633}\u{646}\u{629}",
            "\u{633}\u{646}\u{648}\u{64a}\u{627}",
            "\u{633}\u{646}\u{648}\u{64a}",
            "\u{938}\u{93e}\u{932}",
            "\u{935}\u{93e}\u{930}\u{94d}\u{937}\u{93f}\u{915}",
            "\u{1786}\u{17d2}\u{1793}\u{17b6}\u{17c6}",
        ],
    ),
];

/// Reads digits with `,` or `.` between them. A last group of one or two digits is a fraction, others are thousands.
pub(crate) fn read_number(glyphs: &[Glyph], at: usize) -> Number {
    let mut value = 0.0;
    let mut end = at;
    let mut group_start = at;
    let mut groups = 0;
    while let Some(glyph) = glyphs.get(end) {
        if let Some(digit) = glyph.ch.to_digit(10) {
            value = value * 10.0 + f64::from(digit);
        } else if matches!(glyph.ch, '.' | ',' | '\'') && is_digit(glyphs, end + 1) {
            groups += 1;
            group_start = end + 1;
        } else {
            break;
        }
        end += 1;
    }
    let last_group = end - group_start;
    if groups > 0 && last_group < 3 {
        value /= 10f64.powi(last_group as i32);
    }
    Number { value, end }
}

fn is_digit(glyphs: &[Glyph], at: usize) -> bool {
    glyphs.get(at).is_some_and(|glyph| glyph.class == CharClass::Digit)
}

/// One past the percent sign behind a number, a space between them allowed.
pub(crate) fn percent_end(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let skip = usize::from(glyphs.get(at).is_some_and(|glyph| glyph.ch == ' '));
    let sign = glyphs.get(at + skip)?;
    matches!(sign.ch, '%' | '\u{66a}').then_some(at + skip + 1)
}

/// The order of magnitude of the sum, if the number is a sum of money.
pub(crate) fn magnitude(glyphs: &[Glyph], at: usize, number: &Number) -> Option<u32> {
    let before = glyphs[..at].iter().rev().find(|glyph| glyph.class != CharClass::Space);
    let signed = before.is_some_and(|glyph| is_sign(glyph.ch)) || has_prefix(glyphs, at);
    let mut value = number.value;
    let mut end = number.end;
    let mut named = false;
    // "20 k usd", "300 wan yuan": a multiplier, then a currency.
    for _ in 0..2 {
        let Some((factor, unit_end)) = unit_at(glyphs, end) else {
            break;
        };
        value *= factor;
        end = unit_end;
        named = true;
    }
    (signed || named).then(|| if value < 10.0 { 0 } else { value.log10() as u32 })
}

fn has_prefix(glyphs: &[Glyph], at: usize) -> bool {
    let end =
        glyphs[..at].iter().rposition(|glyph| !matches!(glyph.ch, ' ' | '.' | '$')).map_or(0, |idx| idx + 1);
    PREFIXES
        .iter()
        .any(|prefix| ends_with_word(&glyphs[..end], prefix) && (prefix.len() > 1 || end + 1 == at))
}

/// Currency word or multiplier right behind a number, a space between them allowed.
fn unit_at(glyphs: &[Glyph], at: usize) -> Option<(f64, usize)> {
    let skip = usize::from(glyphs.get(at).is_some_and(|glyph| glyph.ch == ' '));
    let rest = &glyphs[at + skip.min(glyphs.len() - at)..];
    if let Some(sign) = rest.first().filter(|glyph| is_sign(glyph.ch)) {
        return Some((1.0, at + skip + usize::from(sign.end > sign.start)));
    }
    let longest = UNITS
        .iter()
        .filter_map(|&(unit, factor)| Some((word_len(rest, unit)?, factor)))
        .max_by_key(|unit| unit.0)?;
    Some((longest.1, at + skip + longest.0))
}

/// The period named nearest to the percentage at glyphs `first..end`; what follows it goes first.
pub(crate) fn period_near(glyphs: &[Glyph], first: usize, end: usize) -> Option<Period> {
    let after = (end..glyphs.len().min(end + PERIOD_WINDOW)).find_map(|at| period_at(glyphs, at));
    after.or_else(|| (first.saturating_sub(PERIOD_WINDOW)..first).rev().find_map(|at| period_at(glyphs, at)))
}

fn period_at(glyphs: &[Glyph], at: usize) -> Option<Period> {
    let starts_word = at == 0 || glyphs[at - 1].class != CharClass::Letter || glyphs[at].script.is_unspaced();
    let glued = glyphs[at].script == super::script::Script::Hang;
    if glyphs[at].class != CharClass::Letter || !(starts_word || glued) {
        return None;
    }
    let initial = glyphs[at].ch;
    let first = PERIODS_BY_INITIAL.partition_point(|entry| entry.0 < initial);
    let mut candidates = PERIODS_BY_INITIAL[first..].iter().take_while(|entry| entry.0 == initial);
    candidates.find(|entry| word_len(&glyphs[at..], entry.1).is_some()).map(|entry| entry.2)
}

/// The words of [`PERIODS`] by their first character, those of one character in the order of the list.
static PERIODS_BY_INITIAL: LazyLock<Vec<(char, &str, Period)>> = LazyLock::new(|| {
    let words = PERIODS.iter().flat_map(|&(period, words)| words.iter().map(move |&word| (word, period)));
    let mut entries: Vec<(char, &str, Period)> =
        words.filter_map(|(word, period)| Some((word.chars().next()?, word, period))).collect();
    entries.sort_by_key(|entry| entry.0);
    entries
});

/// The number of glyphs of `word`, if the glyphs start with it and, in spaced scripts, it ends there.
fn word_len(glyphs: &[Glyph], word: &str) -> Option<usize> {
    let mut len = 0;
    for ch in word.chars() {
        if glyphs.get(len)?.ch != ch {
            return None;
        }
        len += 1;
    }
    let last = glyphs.get(len.checked_sub(1)?)?;
    let open = last.script.is_unspaced() || last.script == super::script::Script::Hang;
    let ends =
        glyphs.get(len).is_none_or(|next| next.class != CharClass::Letter || next.script != last.script);
    (open || ends).then_some(len)
}

fn ends_with_word(glyphs: &[Glyph], word: &str) -> bool {
    let Some(start) = glyphs.len().checked_sub(word.len()) else {
        return false;
    };
    let same = glyphs[start..].iter().zip(word.chars()).all(|(glyph, ch)| glyph.ch == ch);
    same && (start == 0 || glyphs[start - 1].class != CharClass::Letter)
}
