//! Sections of an article: what each is for, and which belong to one problem.

use super::super::page::Line;
use super::numbers;

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Part {
    /// Before any heading, or under one that says nothing.
    #[default]
    Other,
    Summary,
    Symptoms,
    Cause,
    Resolution,
    Status,
    More,
    /// Links to other articles: what they name is not named here.
    References,
}

/// For each line of a page its part and its problem.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) parts: Vec<Part>,
    /// Numbers of problems grow; 0 is what stands before the first of several, or all there is.
    pub(super) problems: Vec<u32>,
}

/// Problems in one article: a list of every error code has many.
const MOST_PROBLEMS: u32 = 400;

pub(super) fn outline(lines: &[Line]) -> Outline {
    let starts = problem_starts(lines);
    let mut outline = Outline::default();
    let (mut part, mut depth, mut problem) = (Part::Other, 0_u8, 0_u32);
    for (at, line) in lines.iter().enumerate() {
        if starts.binary_search(&at).is_ok() && problem < MOST_PROBLEMS {
            problem += 1;
        }
        if let Some(level) = line.heading() {
            match part_of(&line.text) {
                // A heading inside a section that says nothing of its own stays in it.
                None if part != Part::Other && level > depth => {}
                None => (part, depth) = (Part::Other, level),
                Some(known) => {
                    // "Symptom 1" under "More information" is what it says.
                    (part, depth) = (known, level);
                }
            }
        }
        outline.parts.push(part);
        outline.problems.push(problem);
    }
    outline
}

/// What a heading says of its section.
fn part_of(heading: &str) -> Option<Part> {
    let low = heading.to_ascii_lowercase();
    let low = low.trim_start_matches(|c: char| !c.is_alphabetic());
    let begins = |words: &[&str]| words.iter().any(|word| low.starts_with(word));
    if begins(&[
        "symptom",
        "problem desc",
        "problem summ",
        "error message",
        "issue desc",
    ]) || low == "problem"
        || low == "issue"
    {
        return Some(Part::Symptoms);
    }
    if begins(&["cause", "root cause", "possible cause", "reason"]) {
        return Some(Part::Cause);
    }
    if begins(&[
        "resolution",
        "workaround",
        "work around",
        "solution",
        "fix",
        "method",
        "how to",
        "to resolve",
        "to work",
        "recovery",
        "step",
        "mitigation",
        "prevention",
        "hotfix",
        "verif",
        "action plan",
        "recommend",
        "next step",
    ]) {
        return Some(Part::Resolution);
    }
    if begins(&[
        "more info",
        "additional info",
        "further info",
        "background",
        "technical detail",
        "detail",
    ]) {
        return Some(Part::More);
    }
    if begins(&["status"]) {
        return Some(Part::Status);
    }
    if begins(&["summary", "introduction", "overview", "applies to"]) {
        return Some(Part::Summary);
    }
    if begins(&[
        "reference",
        "see also",
        "related",
        "feedback",
        "data collection",
        "third-party",
    ]) {
        return Some(Part::References);
    }
    None
}

/// Lines that begin a problem of their own, in an article that has several.
fn problem_starts(lines: &[Line]) -> Vec<usize> {
    let headings: Vec<(usize, u8, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, line.heading()?, line.text.as_str())))
        .collect();
    let symptoms: Vec<usize> = (0..headings.len())
        .filter(|n| {
            headings
                .get(*n)
                .is_some_and(|(_, _, text)| part_of(text) == Some(Part::Symptoms))
        })
        .collect();
    if symptoms.len() > 1 {
        let starts = symptoms.iter().map(|n| parent(&headings, *n));
        let mut starts: Vec<usize> = starts.collect();
        starts.sort_unstable();
        starts.dedup();
        if starts.len() > 1 {
            return starts;
        }
    }
    for level in 1..=6 {
        let numbered: Vec<usize> = headings
            .iter()
            .filter(|(_, depth, text)| *depth == level && is_problem(text))
            .map(|(at, ..)| *at)
            .collect();
        if numbered.len() > 1 {
            return numbered;
        }
    }
    Vec::new()
}

/// The heading above "Symptoms" that names the problem, or "Symptoms" itself.
fn parent(headings: &[(usize, u8, &str)], n: usize) -> usize {
    let Some((at, level, _)) = headings.get(n) else {
        return 0;
    };
    match n.checked_sub(1).and_then(|before| headings.get(before)) {
        Some((above, depth, text)) if depth < level && *depth > 1 && part_of(text).is_none() => {
            *above
        }
        _ => *at,
    }
}

/// "Scenario 2", "Problem 1:", "Event ID 1058: ...", "Error code 0x5: ...".
fn is_problem(heading: &str) -> bool {
    let low = heading.to_ascii_lowercase();
    let first = low
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let counted = ["problem", "issue", "scenario", "case", "symptom"].contains(&first)
        && low.contains(|c: char| c.is_ascii_digit());
    counted
        || low.starts_with("error code ")
        || numbers::mentions(heading)
            .first()
            .is_some_and(|mention| mention.form == numbers::Form::Id)
}

#[cfg(test)]
mod tests {
    use super::super::super::page::Kind;
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line> {
        let lines = texts.iter().map(|text| {
            let level = text.bytes().take_while(|byte| *byte == b'#').count();
            Line {
                text: text.trim_start_matches('#').trim().to_owned(),
                kind: match level {
                    0 => Kind::Text,
                    level => Kind::Heading(u8::try_from(level).unwrap()),
                },
                ..Line::default()
            }
        });
        lines.collect()
    }

    #[test]
    fn parts() {
        let outline = outline(&lines(&[
            "x",
            "## Symptoms",
            "a",
            "### On the server",
            "b",
            "## Cause",
            "c",
            "## Odd",
            "d",
        ]));
        use Part::*;
        assert_eq!(
            outline.parts,
            [
                Other, Symptoms, Symptoms, Symptoms, Symptoms, Cause, Cause, Other, Other
            ]
        );
        assert_eq!(outline.problems, [0; 9]);
    }

    #[test]
    fn several_problems() {
        let two = outline(&lines(&[
            "x",
            "## One",
            "### Symptoms",
            "a",
            "### Cause",
            "## Two",
            "### Symptoms",
            "b",
        ]));
        assert_eq!(two.problems, [0, 1, 1, 1, 1, 2, 2, 2]);
        let numbered = outline(&lines(&["# T", "## Event ID 5", "a", "## Event ID 6", "b"]));
        assert_eq!(numbered.problems, [0, 1, 1, 2, 2]);
    }
}
