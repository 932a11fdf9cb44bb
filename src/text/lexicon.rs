//! Words that senders disguise: messengers, coins, the vocabulary of offers.
//!
//! Leet spelling, spaced-out letters and the like are undone only where the result is one of these words, so that
//! ordinary text, names and number plates are left alone. All entries are in normalised form.

/// Sorted; looked up by binary search.
pub(crate) const DISGUISABLE: &[&str] = &[
    "account", "admin", "affiliate", "airdrop", "arbitrage", "argent", "bank", "binary", "bitcoin", "bonus",
    "broker", "bsc", "cash", "click", "coin", "commission", "crypto", "cryptocurrency", "cuan", "daily",
    "deposit", "deposito", "deposits", "dinero", "dinheiro", "discord", "dollar", "dollars", "earn",
    "earning", "earnings", "ether", "ethereum", "exchange", "facebook", "forex", "free", "fund", "funds",
    "gains", "ganancias", "ganhos", "geld", "gewinn", "gift", "google", "guaranteed", "hangouts",
    "imessage", "income", "instagram", "invest", "investasi", "investieren", "investimento",
    "investissement", "investment", "investments", "investor", "kakao", "kakaotalk", "kazanc", "kontakt",
    "line", "login", "lucro", "messenger", "metamask", "mining", "money", "offer", "online", "password",
    "payment", "paypal", "platform", "profit", "profits", "rendement", "rendimiento", "rendite", "return",
    "returns", "reward", "rewards", "risk", "signal", "signals", "skype", "snapchat", "staking", "telegram",
    "telegramm", "telegran", "tether", "token", "trade", "trader", "trading", "uang", "untung", "usdc",
    "usdt", "verify", "viber", "vip", "wallet", "wechat", "weixin", "whatsap", "whatsapp", "win",
    "withdraw", "withdrawal", "yatirim", "zalo", "\u{431}\u{438}\u{442}\u{43a}\u{43e}\u{438}\u{43d}",
    "\u{431}\u{438}\u{442}\u{43a}\u{43e}\u{439}\u{43d}", "\u{431}\u{43e}\u{43d}\u{443}\u{441}",
    "\u{432}\u{430}\u{439}\u{431}\u{435}\u{440}", "\u{432}\u{430}\u{442}\u{441}\u{430}\u{43f}",
    "\u{432}\u{43e}\u{442}\u{441}\u{430}\u{43f}", "\u{432}\u{44b}\u{43f}\u{43b}\u{430}\u{442}\u{430}",
    "\u{434}\u{435}\u{43d}\u{44c}\u{433}\u{438}", "\u{434}\u{43e}\u{445}\u{43e}\u{434}",
    "\u{437}\u{430}\u{440}\u{430}\u{431}\u{43e}\u{442}\u{43e}\u{43a}",
    "\u{438}\u{43d}\u{432}\u{435}\u{441}\u{442}\u{438}\u{446}\u{438}\u{438}",
    "\u{43a}\u{440}\u{438}\u{43f}\u{442}\u{430}", "\u{43f}\u{440}\u{438}\u{431}\u{44b}\u{43b}\u{44c}",
    "\u{442}\u{435}\u{43b}\u{435}\u{433}\u{430}",
    "\u{442}\u{435}\u{43b}\u{435}\u{433}\u{440}\u{430}\u{43c}",
    "\u{442}\u{435}\u{43b}\u{435}\u{433}\u{440}\u{430}\u{43c}\u{43c}", "\u{4f53}\u{5f69}",
    "\u{52a0}\u{7fa4}", "\u{5e01}\u{5b89}", "\u{5fae}\u{4fe1}", "\u{6295}\u{8cc7}", "\u{6295}\u{8d44}",
    "\u{7535}\u{62a5}", "\u{7eb8}\u{98de}\u{673a}", "\u{8fd4}\u{5229}", "\u{98db}\u{6a5f}",
    "\u{98de}\u{673a}",
];

/// Length in characters of the longest entry.
pub(crate) const LONGEST: usize = 14;

/// Whether the normalised word is in the list.
pub(crate) fn is_disguisable(word: &str) -> bool {
    DISGUISABLE.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_without_duplicates_and_not_longer_than_stated() {
        for pair in DISGUISABLE.windows(2) {
            assert!(pair[0] < pair[1], "{} must come after {}", pair[0], pair[1]);
        }
        assert_eq!(DISGUISABLE.iter().map(|word| word.chars().count()).max(), Some(LONGEST));
    }
}
