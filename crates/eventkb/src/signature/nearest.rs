//! The name that was probably meant.

/// The known name that is nearest to a mistyped one, if one is near.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.chars().count() / 4)
        .min()
        .map(|(_, known)| known)
}

/// What to say to one who wrote a name that is not there.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if known.is_empty() {
        return "there are none".to_owned();
    }
    let shown: Vec<String> = known
        .iter()
        .take(MOST_SHOWN)
        .map(|k| format!("`{k}`"))
        .collect();
    let rest = known.len().saturating_sub(shown.len());
    let and = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    format!("there are: {}{and}", shown.join(", "))
}

/// Names listed where none is near: as many as a reader looks through.
const MOST_SHOWN: usize = 16;

/// Longest name that is compared: no name of the format is as long, and the time is its square.
const MOST_COMPARED: usize = 64;

/// Levenshtein distance, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let letters = |text: &str| -> Vec<char> {
        let all = text.chars().flat_map(char::to_lowercase);
        all.take(MOST_COMPARED).collect()
    };
    let (a, b) = (letters(a), letters(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        // The row of the shorter beginning becomes the row of this one, from the left.
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (above, cb) in row.iter().skip(1).zip(&b) {
            let substituted = diagonal + usize::from(ca != cb);
            left = substituted.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, wanted) in [
            ("rolle", "role", 1),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("Role", "role", 0),
        ] {
            assert_eq!(distance(a, b), wanted, "{a} {b}");
        }
    }

    #[test]
    fn far_names_are_listed() {
        assert_eq!(
            did_you_mean("scan_startd", &["job", "scan_started"]),
            "did you mean `scan_started`?"
        );
        assert_eq!(
            did_you_mean("xyz", &["job", "scan_started"]),
            "there are: `job`, `scan_started`"
        );
        assert_eq!(did_you_mean("xyz", &[]), "there are none");
    }
}
