//! Names of providers.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, provider_mistake, walk};
use crate::signature::problem::ProblemSeverity;
use std::collections::HashSet;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK502",
    name: "catalogue_provider",
    severity: ProblemSeverity::Error,
    summary: "A provider and its aliases have names, all different ignoring case; `*` stands only at the end.",
    why: "Events are looked up by these names, ignoring case.",
    example: example(
        "",
        r#"{ "aliases": ["*SCM"] }"#,
        r#"{ "aliases": ["SCM*"] }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    let mut names = vec![(walk::at("provider"), &entry.provider)];
    let aliases = entry.aliases.iter().enumerate();
    names.extend(aliases.map(|(n, alias)| (walk::at("aliases").index(n), alias)));
    let exported = entry.exported_as.iter().enumerate();
    names.extend(exported.map(|(n, name)| (walk::at("exported_as").index(n), name)));
    let mut seen = HashSet::new();
    for (path, name) in names {
        if let Some(mistake) = provider_mistake(name) {
            found.add(&path, mistake);
        } else if !seen.insert(name.to_lowercase()) {
            found.add(&path, format!("`{name}` is there twice"));
        }
    }
}
