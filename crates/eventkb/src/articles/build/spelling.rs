//! How names are written: what belongs to one, what is none, how far two are apart.

/// What is written in a field, without what does not belong to a name. `None` where it is none.
pub(super) fn clean(written: &str) -> Option<String> {
    let mut text = written
        .trim()
        .trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '*'));
    // "GroupPolicy (Microsoft-Windows-GroupPolicy)"
    if let Some((name, inner)) = text.split_once('(') {
        let inner = inner.trim_end_matches(')').trim();
        text = if inner.starts_with("Microsoft-Windows-") {
            inner
        } else {
            name
        };
    }
    for end in [
        ", ",
        "; ",
        " or ",
        "/ ",
        " - ",
        " \u{2013} ",
        ". ",
        "\"",
        "\u{201c}",
    ] {
        text = text.split(end).next().unwrap_or(text);
    }
    let text =
        text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '<' | '%' | '['));
    let text = text
        .trim()
        .trim_end_matches(['.', ',', ';', ':', '-'])
        .trim();
    let text = if text.contains('(') {
        text
    } else {
        text.trim_end_matches(')').trim_end()
    };
    let text = text.strip_prefix("the ").unwrap_or(text);
    // The log in place of the source: "Kernel-EventTracing/Admin".
    let text = ["/Admin", "/Operational", "/Debug", "/Analytic"]
        .iter()
        .find_map(|log| text.strip_suffix(log))
        .unwrap_or(text);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let words = text.split_whitespace().count();
    // "LS Address Book and Distribution List Expansion Web Service": no sentence has so many capitals.
    let most = match text.split_whitespace().all(is_capital_or_joint) {
        true => 10,
        false => 6,
    };
    if letters < 2 && text.len() < 2 || words == 0 || words > most || text.len() > 80 {
        return None;
    }
    Some(text.to_owned())
}

fn is_capital_or_joint(word: &str) -> bool {
    word.starts_with(char::is_uppercase) || ["and", "for", "of"].contains(&word)
}

/// "Link service name", "<driver>", "EMC_Driver_name", "xxx", "varies".
pub(super) fn is_placeholder(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    let stands_for = [
        "name", "your", "any", "varies", "various", "unknown", "n/a", "none", "driver", "adapter",
        "card", "nic", "see",
    ];
    let words: Vec<&str> = low
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let last_is = words.last().is_some_and(|word| stands_for.contains(word));
    // "MSExchange Store Driver": the first word is a name.
    let first = text.split_whitespace().next().unwrap_or_default();
    let named = words.last() == Some(&"driver")
        && !text.contains('_')
        && first.contains(char::is_lowercase)
        && first.chars().skip(1).any(char::is_uppercase);
    let several =
        words.len() > 1 || text.contains('_') || stands_for.iter().skip(1).any(|word| *word == low);
    // "ADAM [instance] General" has one within, and is a name.
    let bracket =
        text.contains('[') && !(text.starts_with(char::is_uppercase) && text.contains("] "));
    text.contains(['<', '>', '%', '?'])
        || bracket
        || last_is && several && !named
        || low.chars().all(|c| c == 'x')
        || words.len() > 1 && ["your", "any", "the"].contains(words.first().unwrap_or(&""))
        // A sentence.
        || low.split_whitespace().count() > 3
            && low.split_whitespace().any(|word| ["is", "the", "was", "to", "that"].contains(&word))
}

/// Letters to change, add, drop or swap between two names: `None` beyond two, or where only digits
/// differ, which tell instances and versions apart.
pub(super) fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let letters = |text: &[char]| -> Vec<char> {
        text.iter()
            .filter(|c| !c.is_ascii_digit())
            .copied()
            .collect()
    };
    if letters(&a) == letters(&b) || a.len() > 80 || b.len() > 80 {
        return None;
    }
    let mut rows = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    let get = |rows: &Vec<Vec<usize>>, i: usize, j: usize| {
        rows.get(i)
            .and_then(|row| row.get(j))
            .copied()
            .unwrap_or(99)
    };
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let value = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a.get(i - 1) != b.get(j - 1));
                let mut best = (get(&rows, i - 1, j) + 1)
                    .min(get(&rows, i, j - 1) + 1)
                    .min(get(&rows, i - 1, j - 1) + change);
                let swapped =
                    i > 1 && j > 1 && a.get(i - 1) == b.get(j - 2) && a.get(i - 2) == b.get(j - 1);
                if swapped {
                    best = best.min(get(&rows, i - 2, j - 2) + 1);
                }
                best
            };
            if let Some(slot) = rows.get_mut(i).and_then(|row| row.get_mut(j)) {
                *slot = value;
            }
        }
    }
    Some(get(&rows, a.len(), b.len())).filter(|distance| *distance <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("svr", "srv"), Some(1));
        assert_eq!(distance("ese97", "ese98"), None);
        assert_eq!(distance("abc", "xyz"), None);
    }
}
