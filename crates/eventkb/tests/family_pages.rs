//! `docs/families/` is made from the built-in pack: a page for each family, and a list of them.
//!
//! `EVENTKB_BLESS=1 cargo test -p eventkb --test family_pages` writes the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::report::Standing;
use eventkb::signature::model::{
    Condition, ConditionTest, EventSelector, IdOrRange, Ids, Number, OneOrMany, Qualifier, Role,
    Signature, Symptom,
};
use eventkb::{SignatureHead, SignatureSet};

type Families<'s> = BTreeMap<&'s str, Vec<(&'s SignatureHead, &'s Arc<Signature>)>>;

const MADE: &str =
    "Made from the built-in pack by `EVENTKB_BLESS=1 cargo test -p eventkb --test family_pages`.";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/families")
}

fn families(set: &SignatureSet) -> Families<'_> {
    let mut families = Families::new();
    for head in set.iter() {
        let document = head
            .document()
            .expect("a built-in signature is of the format");
        families
            .entry(head.family())
            .or_default()
            .push((head, document));
    }
    families
}

/// All pages by file name.
fn pages(set: &SignatureSet) -> BTreeMap<String, String> {
    let families = families(set);
    let of_family = |(family, signatures): (&&str, &Vec<_>)| {
        (format!("{family}.md"), family_page(family, signatures))
    };
    let mut pages: BTreeMap<String, String> = families.iter().map(of_family).collect();
    pages.insert("README.md".to_owned(), list_page(&families, set.len()));
    pages
}

fn list_page(families: &Families<'_>, signatures: usize) -> String {
    let mut page = format!(
        "# Families\n\nThe {signatures} built-in signatures by family: signatures that share events. {MADE}\n\n\
         | family | articles | notices | harmless | most asked sources |\n|---|---|---|---|---|\n"
    );
    for (family, signatures) in families {
        let standing = |wanted| {
            let those = signatures
                .iter()
                .filter(|(head, _)| head.standing() == wanted);
            those.count()
        };
        // By name ignoring case: how many ask for it, and how the first one spells it.
        let mut sources: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        for (_, document) in signatures {
            let selectors = evidence(document).flat_map(|symptom| &symptom.events);
            let names = selectors.map(|selector| source(&selector.provider));
            let names: BTreeMap<String, &str> = names.map(|n| (n.to_lowercase(), n)).collect();
            for (folded, name) in names {
                sources.entry(folded).or_insert((0, name)).0 += 1;
            }
        }
        let mut sources: Vec<(usize, &str)> = sources.into_values().collect();
        sources.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let sources: Vec<String> = sources.iter().take(4).map(|(_, name)| cell(name)).collect();
        writeln!(
            page,
            "| [{family}]({family}.md) | {} | {} | {} | {} |",
            signatures.len(),
            standing(Standing::Notice),
            standing(Standing::Harmless),
            sources.join(", "),
        )
        .expect("a string");
    }
    page
}

fn family_page(family: &str, signatures: &[(&SignatureHead, &Arc<Signature>)]) -> String {
    let mut page = format!(
        "# {family}\n\n{}. {MADE}\n\n\
         | article | what | standing | severity | events |\n|---|---|---|---|---|\n",
        match signatures.len() {
            1 => "One article".to_owned(),
            many => format!("{many} articles"),
        },
    );
    for (head, document) in signatures {
        writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            article(document),
            cell(head.title()),
            head.standing().as_str(),
            document.severity.as_str(),
            events(document),
        )
        .expect("a string");
    }
    shared_events(signatures, &mut page);
    authors_words(signatures, &mut page);
    page
}

/// The id, with a link where it can be read.
fn article(document: &Signature) -> String {
    match &document.url {
        Some(url) if !url.contains([' ', ')', '|', '<']) => format!("[{}]({url})", document.id),
        _ => document.id.clone(),
    }
}

fn evidence(document: &Signature) -> impl Iterator<Item = &Symptom> {
    document
        .symptoms
        .iter()
        .filter(|symptom| symptom.role != Role::Context)
}

/// What it asks for by source, core events first and bold.
fn events(document: &Signature) -> String {
    let mut symptoms: Vec<&Symptom> = evidence(document).collect();
    symptoms.sort_by_key(|symptom| symptom.role);
    let mut sources: Vec<(&str, Vec<String>)> = Vec::new();
    for symptom in symptoms {
        for selector in &symptom.events {
            let source = source(&selector.provider);
            let at = sources.iter().position(|(known, _)| *known == source);
            let at = at.unwrap_or_else(|| {
                sources.push((source, Vec::new()));
                sources.len() - 1
            });
            for id in ids(selector) {
                let bold = format!("**{id}**");
                let told = &mut sources[at].1;
                if !told.contains(&id) && !told.contains(&bold) {
                    told.push(if symptom.role == Role::Core { bold } else { id });
                }
            }
        }
    }
    let told = sources
        .iter()
        .map(|(source, ids)| format!("{} {}", cell(source), ids.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

fn source(provider: &str) -> &str {
    match provider {
        "*" => "any source",
        provider => provider,
    }
}

fn ids(selector: &EventSelector) -> Vec<String> {
    match &selector.id {
        Ids::One(id) => vec![id.to_string()],
        Ids::Range(range) => vec![range.clone()],
        Ids::Many(ids) => {
            let id = |id: &IdOrRange| match id {
                IdOrRange::One(id) => id.to_string(),
                IdOrRange::Range(range) => range.clone(),
            };
            ids.iter().map(id).collect()
        }
    }
}

/// Events that several articles of a family rest on, and the values by which these differ.
fn shared_events(signatures: &[(&SignatureHead, &Arc<Signature>)], page: &mut String) {
    let mut rows: BTreeMap<String, (String, Vec<(String, String)>)> = BTreeMap::new();
    for (_, document) in signatures {
        for symptom in evidence(document).filter(|symptom| symptom.role != Role::Supporting) {
            let events = symptom.events.iter().flat_map(|selector| {
                let source = source(&selector.provider);
                ids(selector)
                    .into_iter()
                    .map(move |id| format!("{source} {id}"))
            });
            for event in events {
                let (_, articles) = rows
                    .entry(event.to_lowercase())
                    .or_insert_with(|| (event, Vec::new()));
                articles.push((document.id.clone(), wanted(symptom)));
            }
        }
    }
    rows.retain(|_, (_, articles)| {
        let ids: BTreeSet<&String> = articles.iter().map(|(id, _)| id).collect();
        ids.len() > 1
    });
    if rows.is_empty() {
        return;
    }
    page.push_str(
        "\n## What tells rivals apart\n\nEvents that several of these articles rest on (core and strong), \
         and what each wants of them.\n\n| event | article | wanted |\n|---|---|---|\n",
    );
    for (event, articles) in rows.values() {
        for (n, (id, wanted)) in articles.iter().enumerate() {
            let event = if n == 0 { cell(event) } else { String::new() };
            writeln!(page, "| {event} | {id} | {wanted} |").expect("a string");
        }
    }
}

/// What authors know beyond shared events.
fn authors_words(signatures: &[(&SignatureHead, &Arc<Signature>)], page: &mut String) {
    let mut rows = String::new();
    for (_, document) in signatures {
        for rival in &document.rivals {
            let next = rival.next.as_deref().unwrap_or_default();
            let text = format!("{} {next}", rival.difference);
            writeln!(
                rows,
                "| {} | {} | {} |",
                document.id,
                rival.id,
                cell(text.trim())
            )
            .expect("a string");
        }
    }
    if !rows.is_empty() {
        page.push_str(
            "\n## What their authors add\n\n| article | rival | difference |\n|---|---|---|\n",
        );
        page.push_str(&rows);
    }
}

/// The conditions of a symptom in short.
fn wanted(symptom: &Symptom) -> String {
    let mut all: Vec<String> = symptom.conditions.iter().map(condition).collect();
    all.extend(symptom.only_if.iter().map(qualifier));
    match (all.is_empty(), symptom.own) {
        (true, true) => "any: the event is its own".to_owned(),
        (true, false) => "any".to_owned(),
        (false, _) => all.join("; "),
    }
}

fn condition(wanted: &Condition) -> String {
    let parts = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(condition).collect();
        format!("({})", parts.join(word))
    };
    let text = if !wanted.any.is_empty() {
        parts(&wanted.any, " or ")
    } else if !wanted.all.is_empty() {
        parts(&wanted.all, " and ")
    } else {
        format!("{} {}", subject(wanted), test(wanted))
    };
    let not = if wanted.not { "not " } else { "" };
    match &wanted.meaning {
        Some(meaning) => format!("{not}{text} ({})", cell(meaning)),
        None => format!("{not}{text}"),
    }
}

fn subject(wanted: &Condition) -> String {
    if let Some(position) = wanted.string {
        format!("string {position}")
    } else if let Some(name) = &wanted.value {
        cell(name)
    } else if wanted.any_value {
        "any value".to_owned()
    } else if wanted.message {
        "message".to_owned()
    } else if let Some(word) = wanted.binary {
        format!("binary data at {}", word.offset)
    } else if let Some(field) = wanted.system {
        let name = serde_json::to_value(field).expect("JSON");
        name.as_str().unwrap_or_default().to_owned()
    } else {
        String::new()
    }
}

fn test(wanted: &Condition) -> String {
    let texts = |texts: &OneOrMany| {
        let texts: Vec<String> = texts.as_slice().iter().map(|text| code(text)).collect();
        texts.join(" or ")
    };
    let numbers = |all: &[Number]| {
        let all: Vec<String> = all.iter().map(number).collect();
        all.join(" or ")
    };
    let Some(test) = wanted.tests().next() else {
        return String::new();
    };
    match test {
        ConditionTest::Number(wanted) => number(wanted),
        ConditionTest::NumberIn(wanted) => numbers(wanted),
        ConditionTest::ContainsNumber(wanted) => format!("contains {}", numbers(wanted)),
        ConditionTest::MoreThan(limit) => format!("above {}", number(limit)),
        ConditionTest::LessThan(limit) => format!("below {}", number(limit)),
        ConditionTest::Bits(bits) => {
            format!("bits {} of {}", number(&bits.set), number(&bits.mask))
        }
        ConditionTest::Is(wanted) => texts(wanted),
        ConditionTest::IsExactly(wanted) => format!("exactly {}", texts(wanted)),
        ConditionTest::StartsWith(wanted) => format!("begins with {}", texts(wanted)),
        ConditionTest::EndsWith(wanted) => format!("ends with {}", texts(wanted)),
        ConditionTest::Contains(wanted) => format!("contains {}", texts(wanted)),
        ConditionTest::Pattern(pattern) => format!("like {}", code(pattern)),
        ConditionTest::Present(true) => "is there".to_owned(),
        ConditionTest::Present(false) => "is empty".to_owned(),
    }
}

fn number(number: &Number) -> String {
    match number {
        Number::Plain(number) => number.to_string(),
        Number::Written(text) => cell(text),
    }
}

fn qualifier(qualifier: &Qualifier) -> String {
    match qualifier {
        Qualifier::Count(count) => format!("{} times in {} s", count.at_least, count.within_s),
        Qualifier::AtStart(within) => format!("within {} s of a start", within.within_s),
        Qualifier::AtShutdown(within) => format!("within {} s of a shutdown", within.within_s),
        Qualifier::PrecededBy(other) => format!("after `{}`", other.symptom),
        Qualifier::FollowedBy(other) => format!("before `{}`", other.symptom),
        Qualifier::NotPrecededBy(other) => format!("not after `{}`", other.symptom),
        Qualifier::NotFollowedBy(other) => format!("no `{}` after it", other.symptom),
    }
}

/// A text that stays within its cell and is no markup.
fn cell(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\' => {
                clean.push('\\');
                clean.push(c);
            }
            c if c.is_control() => clean.push(' '),
            c => clean.push(c),
        }
    }
    clean
}

/// A text as it stands, within a cell.
fn code(text: &str) -> String {
    let text = text.replace('`', "'").replace('|', "\\|");
    format!("`{}`", text.replace(char::is_control, " "))
}

#[test]
fn the_pages_are_what_the_pack_says() {
    let pages = pages(&SignatureSet::built_in());
    assert!(pages.len() > 30, "families");
    let there: BTreeSet<String> = fs::read_dir(folder())
        .into_iter()
        .flatten()
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let left_over: Vec<&String> = there
        .iter()
        .filter(|name| !pages.contains_key(*name))
        .collect();
    if std::env::var_os("EVENTKB_BLESS").is_some() {
        fs::create_dir_all(folder()).expect("the folder");
        for (name, page) in &pages {
            fs::write(folder().join(name), page).expect("written");
        }
        for name in left_over {
            fs::remove_file(folder().join(name)).expect("removed");
        }
        return;
    }
    let differing: Vec<&String> = pages
        .iter()
        .filter(|(name, page)| fs::read_to_string(folder().join(name)).ok().as_ref() != Some(*page))
        .map(|(name, _)| name)
        .collect();
    assert!(
        differing.is_empty() && left_over.is_empty(),
        "not what the pack says: {differing:?}; no family of this name: {left_over:?}; \
         EVENTKB_BLESS=1 writes the pages"
    );
}

#[test]
fn a_cell_cannot_be_left() {
    assert_eq!(cell("a|b_c\n<d>"), "a\\|b\\_c \\<d>");
    assert_eq!(code("x|y`z"), "`x\\|y'z`");
}
