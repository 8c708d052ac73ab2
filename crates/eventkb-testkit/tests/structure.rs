//! The shape of the house: folders import each other one way, and no module grows without end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a module, its tests apart.
const MOST_LINES: usize = 600;

/// A module by its path: `judge`, `verdict`.
type Module = Vec<String>;

/// The modules of a crate, with their text as far as it is no test.
fn modules(src: &Path) -> BTreeMap<Module, String> {
    let mut modules = BTreeMap::new();
    for file in files(src) {
        let inside = file.strip_prefix(src).expect("it lies within");
        let parts = inside.with_extension("");
        let mut module: Module = parts
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let is_test = |part: &String| part == "testing" || part.ends_with("tests");
        if module.iter().any(is_test) {
            continue;
        }
        if matches!(
            module.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            module.pop();
        }
        let text = fs::read_to_string(&file).expect("it is text");
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        modules.insert(module, code.to_owned());
    }
    modules
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn crates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = fs::read_dir(folder).expect("the crates");
    let mut all: Vec<PathBuf> = all.map(|entry| entry.expect("one").path()).collect();
    all.retain(|path| path.join("src").is_dir());
    all.sort();
    all
}

/// The paths that a module names with `crate::` and `super::`, from the root of its crate.
fn named(module: &Module, text: &str) -> Vec<Module> {
    let mut code = String::new();
    for line in text.lines() {
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    let mut all = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        tree(&code[at + "crate::".len()..], &[], &mut all);
    }
    for (at, word) in code.match_indices("super::") {
        // `super::super::` is one path: its beginning counts.
        if code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut around = module.clone();
        while let Some(inner) = rest.strip_prefix(word) {
            around.pop();
            rest = inner;
        }
        tree(rest, &around, &mut all);
    }
    all
}

/// Reads the tree of a path, such as `a::{b, c::d}`, and gives what follows it.
fn tree<'t>(text: &'t str, around: &[String], all: &mut Vec<Module>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = tree(rest, around, all).trim_start();
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut path = around.to_vec();
    if !name.is_empty() {
        path.push(name.to_owned());
        if let Some(inner) = rest.strip_prefix("::") {
            return tree(inner, &path, all);
        }
    }
    all.push(path);
    match rest.trim_start().strip_prefix("as ") {
        Some(other) => other.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
        None => rest,
    }
}

/// For each folder of a crate: which of the folders in it import which, with an example of each.
fn imports(src: &Path) -> BTreeMap<Module, BTreeMap<(String, String), String>> {
    let modules = modules(src);
    let is_folder = |path: &[String]| {
        modules
            .keys()
            .any(|module| module.len() > path.len() && module.starts_with(path))
    };
    let mut all: BTreeMap<Module, BTreeMap<(String, String), String>> = BTreeMap::new();
    for (module, text) in &modules {
        for mut other in named(module, text) {
            while !modules.contains_key(&other) {
                other.pop();
            }
            let common = module.iter().zip(&other).take_while(|(a, b)| a == b);
            let common = common.count();
            let (Some(from), Some(to)) = (module.get(common), other.get(common)) else {
                continue;
            };
            if is_folder(&module[..=common]) && is_folder(&other[..=common]) {
                let example = format!("{} -> {}", module.join("/"), other.join("/"));
                let around = all.entry(module[..common].to_vec()).or_default();
                around.entry((from.clone(), to.clone())).or_insert(example);
            }
        }
    }
    all
}

#[test]
fn folders_import_each_other_one_way() {
    let mut circles = Vec::new();
    let mut seen = 0;
    for folder in crates() {
        for (around, edges) in imports(&folder.join("src")) {
            seen += edges.len();
            for ((from, to), example) in &edges {
                let mut reached = BTreeSet::from([to]);
                let mut open = vec![to];
                while let Some(at) = open.pop() {
                    let next = edges.keys().filter(|(one, _)| one == at);
                    open.extend(next.map(|(_, other)| other).filter(|o| reached.insert(o)));
                }
                if reached.contains(from) {
                    circles.push(format!(
                        "{} {}: {example}",
                        folder.file_name().unwrap_or_default().to_string_lossy(),
                        around.join("/")
                    ));
                }
            }
        }
    }
    assert!(seen > 20, "imports are found: {seen}");
    assert!(
        circles.is_empty(),
        "folders that import each other in a circle:\n{}",
        circles.join("\n")
    );
}

#[test]
fn no_module_grows_without_end() {
    let mut long = Vec::new();
    let mut seen = 0;
    for folder in crates() {
        for (module, text) in modules(&folder.join("src")) {
            seen += 1;
            if text.lines().count() > MOST_LINES {
                long.push(module.join("/"));
            }
        }
    }
    assert!(seen > 300, "modules are found: {seen}");
    assert!(
        long.is_empty(),
        "modules of more than {MOST_LINES} lines: {long:?}"
    );
}

#[test]
fn paths_are_read_out_of_imports() {
    let module = ["judge", "verdict"].map(str::to_owned).to_vec();
    let text = "use super::{items::{Item, Kind as K}, case};\nuse crate::report::Verdict; // crate::not\n\
                fn f() { super::super::limits::MOST }";
    let mut all: Vec<String> = named(&module, text).iter().map(|p| p.join("/")).collect();
    all.sort();
    assert_eq!(
        all,
        [
            "judge/case",
            "judge/items/Item",
            "judge/items/Kind",
            "limits/MOST",
            "report/Verdict",
        ]
    );
}
