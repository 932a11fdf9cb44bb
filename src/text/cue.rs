//! Cues: things in a text that are not words, found on the normalised glyphs.
//!
//! A link, a wallet or a phone number is evidence by its kind, never by its value: what was matched is masked, so that
//! no address or number becomes a feature. Sums keep their order of magnitude, rates keep their period. One list,
//! [`CUES`], names them all.

use super::money::{self, Period};
use super::normalize::{CharClass, Disguise, Glyph};

/// A kind of cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // named and described in CUES
#[repr(u8)]
pub enum Cue {
    Link,
    Invite,
    Email,
    Handle,
    Phone,
    WalletBtc,
    WalletEvm,
    WalletTron,
    WalletOther,
    Money0,
    Money1,
    Money2,
    Money3,
    Money4,
    Money5,
    Money6,
    Percent,
    RateMinute,
    RateHour,
    RateDay,
    RateWeek,
    RateMonth,
    RateYear,
    Invisible,
    Styled,
    Stacked,
    MixedScript,
    Leet,
    Spaced,
}

/// Every cue, its name (stored in artifacts through its hash, so never renamed) and what it stands for.
pub const CUES: &[(Cue, &str, &str)] = &[
    (Cue::Link, "link", "a web address"),
    (Cue::Invite, "invite", "an invitation link of a messenger"),
    (Cue::Email, "email", "an e-mail address"),
    (Cue::Handle, "handle", "an account name after an at sign"),
    (Cue::Phone, "phone", "a telephone number"),
    (Cue::WalletBtc, "wallet:btc", "a Bitcoin address"),
    (Cue::WalletEvm, "wallet:evm", "an Ethereum-style address"),
    (Cue::WalletTron, "wallet:tron", "a TRON address"),
    (Cue::WalletOther, "wallet:other", "a wallet address"),
    (Cue::Money0, "money:0", "a sum below 10"),
    (Cue::Money1, "money:1", "a sum of tens"),
    (Cue::Money2, "money:2", "a sum of hundreds"),
    (Cue::Money3, "money:3", "a sum of thousands"),
    (Cue::Money4, "money:4", "a sum of tens of thousands"),
    (Cue::Money5, "money:5", "a sum of hundreds of thousands"),
    (Cue::Money6, "money:6", "a sum of a million or more"),
    (Cue::Percent, "percent", "a percentage"),
    (Cue::RateMinute, "rate:minute", "a percentage per second or minute"),
    (Cue::RateHour, "rate:hour", "a percentage per hour"),
    (Cue::RateDay, "rate:day", "a percentage per day"),
    (Cue::RateWeek, "rate:week", "a percentage per week"),
    (Cue::RateMonth, "rate:month", "a percentage per month"),
    (Cue::RateYear, "rate:year", "a percentage per year"),
    (Cue::Invisible, "disguise:invisible", "invisible characters inside a word"),
    (Cue::Styled, "disguise:styled", "decorative letters"),
    (Cue::Stacked, "disguise:stacked", "letters with marks stacked on them"),
    (Cue::MixedScript, "disguise:mixed_script", "a word that mixes look-alike letters of two scripts"),
    (Cue::Leet, "disguise:leet", "digits or signs in place of letters"),
    (Cue::Spaced, "disguise:spaced", "a word with its letters set apart"),
];

impl Cue {
    /// The stable name, for example `"rate:day"`.
    pub fn name(self) -> &'static str {
        CUES[self as usize].1
    }

    /// What the cue stands for, in plain English.
    pub fn description(self) -> &'static str {
        CUES[self as usize].2
    }

    /// Whether the cue says that the text was disguised.
    pub fn is_disguise(self) -> bool {
        self >= Cue::Invisible
    }

    fn money(magnitude: u32) -> Cue {
        CUES[Cue::Money0 as usize + magnitude.min(6) as usize].0
    }

    fn rate(period: Period) -> Cue {
        match period {
            Period::Minute => Cue::RateMinute,
            Period::Hour => Cue::RateHour,
            Period::Day => Cue::RateDay,
            Period::Week => Cue::RateWeek,
            Period::Month => Cue::RateMonth,
            Period::Year => Cue::RateYear,
        }
    }
}

/// A cue and the half-open range of glyphs that it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CueMatch {
    pub(crate) cue: Cue,
    pub(crate) first: usize,
    pub(crate) end: usize,
    /// Whether the tokenizer writes the cue's name instead of the glyphs.
    pub(crate) masks: bool,
}

/// Finds all cues. Matches come in rising order of `first`; masking matches do not overlap.
pub(crate) fn find(glyphs: &[Glyph], found: &mut Vec<CueMatch>) {
    found.clear();
    let mut at = 0;
    while at < glyphs.len() {
        let (end, interesting) = run_end(glyphs, at);
        if interesting {
            read_run(glyphs, at, end, found);
        }
        // A telephone number may go on behind the space that ended the run.
        at = found.last().map_or(end, |last| last.end.max(end)).max(at + 1);
    }
}

/// The cues for the disguises that were undone, without a place.
pub(crate) fn of_disguise(disguise: &Disguise) -> impl Iterator<Item = Cue> {
    let counts = [
        (disguise.invisible, Cue::Invisible),
        (disguise.styled, Cue::Styled),
        (disguise.stacked, Cue::Stacked),
        (disguise.mixed_script, Cue::MixedScript),
        (disguise.leet, Cue::Leet),
        (disguise.spaced, Cue::Spaced),
    ];
    counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, cue)| cue)
}

/// One past a run of characters that addresses and sums are written with, and whether any of them can start a cue.
fn run_end(glyphs: &[Glyph], at: usize) -> (usize, bool) {
    let mut seen = 0;
    for (idx, glyph) in glyphs.iter().enumerate().skip(at) {
        let part = part_of(glyph.ch);
        if part & IN_RUN == 0 {
            return (idx, seen & STARTS != 0);
        }
        seen |= part;
    }
    (glyphs.len(), seen & STARTS != 0)
}

/// The character may stand in a run.
const IN_RUN: u8 = 1;

/// A run with this character may be a cue.
const STARTS: u8 = 2;

/// What each ASCII character can be in a run.
const PARTS: [u8; 128] = {
    let mut parts = [0; 128];
    let mut code = b'!';
    while code <= b'~' {
        if !matches!(code, b'"' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'\\') {
            parts[code as usize] = IN_RUN;
        }
        if matches!(code, b'0'..=b'9' | b'.' | b'/' | b'@' | b'<' | b':' | b'$') {
            parts[code as usize] |= STARTS;
        }
        code += 1;
    }
    parts
};

#[inline]
fn part_of(ch: char) -> u8 {
    match PARTS.get(ch as usize) {
        Some(part) => *part,
        // Digits of other scripts were folded to ASCII.
        None if money::is_sign(ch) => IN_RUN | STARTS,
        None => 0,
    }
}

/// Reads one run: an address as a whole, else the sums and rates inside it.
fn read_run(glyphs: &[Glyph], first: usize, end: usize, found: &mut Vec<CueMatch>) {
    let end = trim(glyphs, first, end);
    if let Some(cue) = address(&glyphs[first..end]) {
        found.push(CueMatch { cue, first, end, masks: true });
    } else {
        read_numbers(glyphs, first, end, found);
    }
}

/// Leaves sentence punctuation at the end of a run outside.
fn trim(glyphs: &[Glyph], first: usize, end: usize) -> usize {
    let ends = |glyph: &Glyph| !matches!(glyph.ch, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*');
    glyphs[first..end].iter().rposition(ends).map_or(first, |idx| first + idx + 1)
}

fn address(run: &[Glyph]) -> Option<Cue> {
    placeholder(run).or_else(|| wallet(run)).or_else(|| link(run))
}

/// `<URL>`, `<WALLET:TRON>` and the like: what redacted texts have in place of the value.
fn placeholder(run: &[Glyph]) -> Option<Cue> {
    let inner = run.strip_prefix_char('<')?.strip_suffix_char('>')?;
    let names = [
        ("url", Cue::Link),
        ("link", Cue::Link),
        ("invite", Cue::Invite),
        ("email", Cue::Email),
        ("handle", Cue::Handle),
        ("phone", Cue::Phone),
        ("wallet:btc", Cue::WalletBtc),
        ("wallet:evm", Cue::WalletEvm),
        ("wallet:tron", Cue::WalletTron),
        ("wallet", Cue::WalletOther),
    ];
    names.into_iter().find(|(name, _)| inner.starts_with_text(name)).map(|(_, cue)| cue)
}

/// Hosts whose addresses invite into a chat.
const INVITE_HOSTS: &[&str] = &[
    "t.me/",
    "telegram.me/",
    "wa.me/",
    "chat.whatsapp.com/",
    "line.me/",
    "lin.ee/",
    "zalo.me/",
    "m.me/",
    "discord.gg/",
    "open.kakao.com/",
    "u.wechat.com/",
    "signal.me/",
    "viber.me/",
    "ig.me/",
    "joinchat/",
];

fn link(run: &[Glyph]) -> Option<Cue> {
    let bare = ["https://", "http://", "hxxps://", "hxxp://", "www."];
    let rest = bare.iter().find(|scheme| run.starts_with_text(scheme)).map(|scheme| &run[scheme.len()..]);
    let host = rest.unwrap_or(run);
    if INVITE_HOSTS.iter().any(|name| host.starts_with_text(name)) {
        return Some(Cue::Invite);
    }
    if rest.is_some() {
        return Some(Cue::Link);
    }
    match run.iter().position(|glyph| glyph.ch == '@') {
        Some(0) if is_name(&run[1..]) => Some(Cue::Handle),
        Some(at) if at > 0 && is_host(&run[at + 1..]) => Some(Cue::Email),
        _ if is_host(run) => Some(Cue::Link),
        _ => None,
    }
}

fn is_name(run: &[Glyph]) -> bool {
    run.len() >= 3
        && run.iter().all(|glyph| glyph.ch.is_ascii_alphanumeric() || matches!(glyph.ch, '_' | '.'))
}

/// `name.tld` or `name.tld/path`: labels of letters, digits and hyphens, the last one two letters or more.
fn is_host(run: &[Glyph]) -> bool {
    let len = run.iter().position(|glyph| matches!(glyph.ch, '/' | '?' | '#' | ':')).unwrap_or(run.len());
    let host = &run[..len];
    let mut labels = host.split(|glyph| glyph.ch == '.');
    let valid = |label: &[Glyph]| {
        !label.is_empty() && label.iter().all(|glyph| glyph.ch.is_ascii_alphanumeric() || glyph.ch == '-')
    };
    let top = host.rsplit(|glyph| glyph.ch == '.').next().unwrap_or(&[]);
    let letters = top.iter().all(|glyph| glyph.ch.is_ascii_alphabetic());
    // Without a path, a missing space after a full stop ("ok.see") looks like a host: ask for a longer name.
    let plausible = len < run.len() || host.len() >= top.len() + 4;
    labels.clone().count() >= 2 && labels.all(valid) && letters && is_top_level(top) && plausible
}

/// Top-level domains that bare host names are recognised by; with a scheme or a path any other one counts too.
const TOP_LEVEL: &[&str] = &[
    "com", "net", "org", "info", "biz", "io", "co", "app", "xyz", "top", "vip", "site", "online", "shop",
    "club", "live", "pro", "me", "cc", "tv", "edu", "gov", "example", "test", "invalid", "ru", "cn", "fr",
    "de", "es", "it", "vn", "th", "id", "my", "kh", "in", "tr", "ph", "jp", "kr", "br", "mx", "ar", "cl",
    "pe", "uk", "us", "ca", "au", "nz", "sg", "hk", "tw", "eu", "ch", "at", "be", "nl", "pl", "ua", "kz",
    "by", "ng", "za", "ke", "gh", "ma", "eg", "sa", "ae", "pt", "ie", "se",
];

fn is_top_level(label: &[Glyph]) -> bool {
    TOP_LEVEL.iter().any(|name| name.len() == label.len() && label.starts_with_text(name))
}

/// Full or shortened wallet addresses (`0x12ab...9f`). Case is folded by now, so forms are looser than the formats.
fn wallet(run: &[Glyph]) -> Option<Cue> {
    let shortened = run.windows(2).any(|pair| pair[0].ch == '.' && pair[1].ch == '.')
        || run.iter().any(|glyph| matches!(glyph.ch, '\u{2026}' | '*'));
    let body = run.iter().filter(|glyph| glyph.ch != '.' && glyph.ch != '*');
    if !body.clone().all(|glyph| glyph.ch.is_ascii_alphanumeric()) {
        return None;
    }
    let len = body.clone().count();
    let hex = body.clone().skip(2).all(|glyph| glyph.ch.is_ascii_hexdigit());
    let digits = body.filter(|glyph| glyph.ch.is_ascii_digit()).count();
    match () {
        () if run.starts_with_text("0x") && hex && (len >= 40 || (shortened && len >= 5)) => {
            Some(Cue::WalletEvm)
        }
        () if run.starts_with_text("bc1") && (len >= 26 || (shortened && len >= 5)) => Some(Cue::WalletBtc),
        () if run.starts_with_text("t")
            && digits > 0
            && (len == 34 || (shortened && (5..=12).contains(&len))) =>
        {
            Some(Cue::WalletTron)
        }
        () if (26..=44).contains(&len) && digits >= 3 && digits < len => Some(Cue::WalletOther),
        () => None,
    }
}

/// Sums, rates and telephone numbers that start inside the run.
fn read_numbers(glyphs: &[Glyph], first: usize, end: usize, found: &mut Vec<CueMatch>) {
    let mut at = first;
    while at < end {
        if glyphs[at].class != CharClass::Digit {
            at += 1;
            continue;
        }
        let number = money::read_number(glyphs, at);
        if let Some(phone_end) = phone_end(glyphs, at) {
            found.push(CueMatch { cue: Cue::Phone, first: at, end: phone_end, masks: true });
            at = phone_end;
            continue;
        }
        if let Some(percent_end) = money::percent_end(glyphs, number.end) {
            let cue = money::period_near(glyphs, at, percent_end).map_or(Cue::Percent, Cue::rate);
            found.push(CueMatch { cue, first: at, end: percent_end, masks: false });
        } else if let Some(magnitude) = money::magnitude(glyphs, at, &number) {
            found.push(CueMatch { cue: Cue::money(magnitude), first: at, end: number.end, masks: false });
        }
        at = number.end;
    }
}

/// Eight to fifteen digits, grouped or not, behind a plus or a zero or with two separators.
fn phone_end(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let plus = at > 0 && glyphs[at - 1].ch == '+';
    let mut digits = 0;
    let mut separators = 0;
    let mut end = at;
    for (idx, glyph) in glyphs.iter().enumerate().skip(at) {
        match glyph.ch {
            '0'..='9' => {
                digits += 1;
                end = idx + 1;
            }
            ' ' | '-' | '(' | ')' if idx == end || separators > 0 && idx <= end + 1 => separators += 1,
            _ => break,
        }
    }
    let plausible = plus || (glyphs[at].ch == '0' && digits >= 9) || (separators >= 2 && digits >= 9);
    (plausible && (8..=15).contains(&digits)).then_some(end)
}

/// Comparisons of glyph slices with ASCII text.
trait GlyphSlice {
    fn starts_with_text(&self, text: &str) -> bool;
    fn strip_prefix_char(&self, ch: char) -> Option<&[Glyph]>;
    fn strip_suffix_char(&self, ch: char) -> Option<&[Glyph]>;
}

impl GlyphSlice for [Glyph] {
    fn starts_with_text(&self, text: &str) -> bool {
        self.len() >= text.len() && self.iter().zip(text.chars()).all(|(glyph, ch)| glyph.ch == ch)
    }

    fn strip_prefix_char(&self, ch: char) -> Option<&[Glyph]> {
        self.split_first().filter(|(first, _)| first.ch == ch).map(|(_, rest)| rest)
    }

    fn strip_suffix_char(&self, ch: char) -> Option<&[Glyph]> {
        self.split_last().filter(|(last, _)| last.ch == ch).map(|(_, rest)| rest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::normalize::Normalizer;
    use super::*;

    fn cues(text: &str) -> Vec<&'static str> {
        let mut glyphs = Vec::new();
        let mut disguise = Disguise::default();
        Normalizer::new().fold(text, &mut glyphs, &mut disguise);
        let mut found = Vec::new();
        find(&glyphs, &mut found);
        found.iter().map(|found| found.cue.name()).collect()
    }

    #[test]
    fn list_follows_the_enum_and_names_are_unique() {
        for (idx, (cue, name, _)) in CUES.iter().enumerate() {
            assert_eq!(*cue as usize, idx);
            assert!(CUES[..idx].iter().all(|(_, other, _)| other != name));
        }
    }

    #[test]
    fn each_kind_is_found() {
        let cases: &[(&str, &[&str])] = &[
            ("see https://pay.example.com/x?y=1.", &["link"]),
            ("go to shop.example now", &["link"]),
            ("\u{52a0}\u{6211}t.me/example_x\u{9886}\u{53d6}", &["invite"]),
            ("wa.me/15550100", &["invite"]),
            ("mail me: a.b@example.org", &["email"]),
            ("@name_example hi", &["handle"]),
            ("call +1 202 555 0143 now", &["phone"]),
            ("0x12ab...9f", &["wallet:evm"]),
            ("TXk3...e1", &["wallet:tron"]),
            ("bc1q...7m", &["wallet:btc"]),
            ("<WALLET:BTC> or <INVITE>", &["wallet:btc", "invite"]),
            ("pay $200 today", &["money:2"]),
            ("1.500 \u{20ac}", &["money:3"]),
            ("500k", &["money:5"]),
            ("300\u{4e07}", &["money:6"]),
            ("3 tri\u{1ec7}u", &["money:6"]),
            ("2% daily", &["rate:day"]),
            ("\u{6bcf}\u{5929}3%", &["rate:day"]),
            ("1,5 % par jour", &["rate:day"]),
            ("4% p.a.", &["rate:year"]),
            ("15% off", &["percent"]),
            ("ok.see you at 10.30", &[]),
            ("room 101 at 7", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(cues(text), *want, "{text}");
        }
    }
}
