//! What to do now: calm words for each family, without blame and without certainty.
//!
//! The wording follows `docs/labels.md` ("Words for users"): it speaks of the request and the text, never of a person;
//! it never says that something is safe; it sends people to numbers that they look up themselves.

/// Advice for a family of lures.
pub(crate) struct Advice {
    /// The label it belongs to.
    pub(crate) label: &'static str,
    /// What the family is called in front of a person.
    pub(crate) title: &'static str,
    /// What to do, most urgent first.
    pub(crate) steps: &'static [&'static str],
}

/// Advice for every family of the default model.
pub(crate) const ADVICE: &[Advice] = &[
    Advice {
        label: "romance",
        title: "romance lure",
        steps: &[
            "Send nothing for now: no money, gift cards, codes, documents or pictures.",
            "Your feelings are real; the request is the risk.",
            "Ask for a live video call with a small gesture you choose, and search the photo on the web.",
            "Tell one person you trust, and show them the messages.",
        ],
    },
    Advice {
        label: "investment",
        title: "crypto or investment lure",
        steps: &[
            "Do not deposit more and do not install anything from the message.",
            "Real platforms take fees from the balance; a fee before your own money is paid out matches a known pattern.",
            "Look the platform up in your financial regulator's list, from an address you find yourself.",
            "If you have paid: call your bank on the number on your card, now, and keep all messages.",
        ],
    },
    Advice {
        label: "task_job",
        title: "paid-task lure",
        steps: &[
            "Do not top up to finish a task or to free your earnings.",
            "Real employers pay you; they never ask you to pay in first.",
            "If you have paid: call your bank on the number on your card and keep all messages.",
        ],
    },
    Advice {
        label: "trafficking_job",
        title: "risky overseas job",
        steps: &[
            "Do not hand over a passport, take an advance or travel yet.",
            "Check the employer, the licence and the work visa with your own labour ministry or embassy.",
            "Leave the route and a daily check-in with someone you trust.",
            "If someone is held: contact your embassy or the local police.",
        ],
    },
    Advice {
        label: "recovery",
        title: "recovery offer",
        steps: &[
            "Pay nothing to get money back: authorities do not charge for an investigation.",
            "End this contact and call the police or the bank on a number that you look up yourself.",
        ],
    },
    Advice {
        label: "other_scam",
        title: "other scam pattern",
        steps: &[
            "Do not click, call back or share a code.",
            "Contact the organisation on a number or address that you look up yourself.",
            "If there is a threat to publish pictures: do not pay, keep the messages, and tell someone you trust.",
        ],
    },
];

/// What is always right.
pub(crate) const ALWAYS: &str = "Help: your bank's number on your card, the local police, the national consumer authority. \
     People of every age and education are targeted.";

/// What the lowest bands are followed by.
pub(crate) const NO_SIGNS: &str = "This reads one text only. It sees no pictures, profiles or payments, and friendly small talk \
     cannot be judged from text.";

/// The advice for a label, if there is any.
pub(crate) fn for_label(label: &str) -> Option<&'static Advice> {
    ADVICE.iter().find(|advice| advice.label == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that accuse, promise or shame.
    const FORBIDDEN: &[&str] =
        &["safe", "scammer", "victim", "pig", "you should have", "100%", "stupid", "definitely"];

    #[test]
    fn wording_keeps_the_rules() {
        let steps = ADVICE.iter().flat_map(|advice| advice.steps.iter().chain([&advice.title]));
        for text in steps.chain([&ALWAYS, &NO_SIGNS]) {
            for word in FORBIDDEN {
                assert!(!text.to_lowercase().contains(word), "\"{text}\" contains \"{word}\"");
            }
        }
    }

    #[test]
    fn every_risky_label_of_the_default_model_has_advice() {
        let classifier = lurewatch::Classifier::embedded();
        for (idx, label) in classifier.labels().iter().enumerate() {
            assert_eq!(for_label(label).is_some(), classifier.is_risky(idx), "{label}");
        }
    }
}
