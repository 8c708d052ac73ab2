//! Whether an article is about what the logs show: products by the providers that write, Windows by
//! its builds.

use super::evidence::Evidence;

/// What the logs say of an article's products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A product that writes here, as the article names it.
    Product(String),
    /// Its products are ones that write events, and none of them does here.
    NotHere,
    /// It is about other versions of Windows than the build that a start shows.
    OtherVersion { product: String, seen: String },
    /// The logs cannot say.
    Unknown,
}

/// Products by a word of their name, and how the names of their providers begin, as keys. A provider
/// that several products have is none of theirs.
const PRODUCTS: &[(&str, &[&str])] = &[
    ("active directory", &["ntds", "activedirectory"]),
    ("backoffice", &["msexchange", "mssql", "sms", "sna"]),
    ("biztalk", &["biztalk"]),
    (
        "certificate services",
        &["certsvc", "certificationauthority"],
    ),
    ("cluster", &["clussvc", "failoverclustering", "clusdisk"]),
    ("configuration manager", &["sms"]),
    ("exchange", &["msexchange", "ese97", "edb"]),
    ("hyper-v", &["hyperv"]),
    (
        "internet information",
        &["w3svc", "msftpsvc", "iis", "was", "asp"],
    ),
    (
        "isa server",
        &["microsoftisa", "microsoftfirewall", "microsoftwebproxy"],
    ),
    ("operations manager", &["healthservice", "opsmgr"]),
    (
        "proxy server",
        &["wsp", "msproxy", "webproxy", "winsockproxy"],
    ),
    ("sharepoint", &["sharepoint", "windowssharepoint"]),
    ("site server", &["siteserver", "ldapsvc", "gthr"]),
    ("sna server", &["sna", "tn3270", "tn5250", "comti"]),
    ("host integration", &["sna", "tn3270", "tn5250", "comti"]),
    (
        "sql server",
        &["mssql", "sqlserver", "sqlagent", "sqlexecutive"],
    ),
    ("systems management server", &["sms"]),
];

/// Versions of Windows by words of their names, and their builds. More telling names first: each
/// takes its words out of the text.
const VERSIONS: &[(&[&str], u32, u32)] = &[
    (&["2008 r2"], 7600, 7601),
    (&["2012 r2"], 9600, 9600),
    (&["2025"], 26100, 26299),
    (&["2022"], 20348, 20348),
    (&["2019"], 17763, 17763),
    (&["2016"], 14393, 14393),
    (&["2012"], 9200, 9200),
    (&["2008"], 6001, 6003),
    (&["2003"], 3790, 3790),
    (&["windows 2000", "win2000"], 2195, 2195),
    (&["windows 11"], 22000, 27999),
    (&["windows 10"], 10240, 19045),
    (&["windows 8.1"], 9600, 9600),
    (&["windows 8"], 9200, 9200),
    (&["windows 7"], 7600, 7601),
    (&["windows vista"], 6000, 6003),
    (&["windows xp"], 2600, 3790),
    (&["windows nt", "winnt"], 528, 1381),
];

/// Products that ran on Windows before Vista alone: a word of their names, versions of which one stands in
/// them too, and the builds of Windows that they were made for. Without them an article about the server
/// product of an old Windows would be held for a newer one than an article about that Windows.
const OLD_PRODUCTS: &[(&str, &[&str], u32, u32)] = &[
    ("backoffice", &[""], 528, 2195),
    ("exchange server", &["4.0", "5.0", "5.5"], 1057, 2195),
    ("exchange 2000", &[""], 2195, 3790),
    ("host integration server 2000", &[""], 1381, 3790),
    ("internet information server", &[""], 1057, 1381),
    ("internet information services", &["5.0"], 2195, 2195),
    ("proxy server", &[""], 1381, 2195),
    ("site server", &[""], 1381, 2195),
    ("sna server", &[""], 528, 2195),
    (
        "systems management server",
        &["1.0", "1.1", "1.2", "2.0"],
        528,
        3790,
    ),
];

/// The builds of Windows that an old product was made for.
fn made_for(product: &str) -> Option<(u32, u32)> {
    let (.., low, high) = OLD_PRODUCTS.iter().find(|(word, versions, ..)| {
        product.contains(word) && versions.iter().any(|version| product.contains(version))
    })?;
    Some((*low, *high))
}

/// The build of Windows Vista.
const FIRST_WITH_MANIFESTS: u32 = 6000;

/// What the logs say of these products.
pub(crate) fn shown<'p>(
    products: impl Iterator<Item = &'p str> + Clone,
    evidence: &Evidence<'_>,
) -> Shown {
    if let Some(other) = other_version(products.clone(), evidence) {
        return other;
    }
    let mut known = false;
    for product in products {
        let folded = product.to_lowercase();
        for (word, prefixes) in PRODUCTS {
            if !folded.contains(word) {
                continue;
            }
            known = true;
            let writes = |provider: &String| prefixes.iter().any(|p| provider.starts_with(p));
            if evidence.providers.iter().any(writes) {
                return Shown::Product(product.to_owned());
            }
        }
    }
    if known {
        Shown::NotHere
    } else {
        Shown::Unknown
    }
}

fn other_version<'p>(
    products: impl Iterator<Item = &'p str>,
    evidence: &Evidence<'_>,
) -> Option<Shown> {
    // Where no start shows the build: providers with manifests are of Windows Vista and later.
    let seen = match evidence.builds.first() {
        Some(build) => build.to_string(),
        None if evidence.has_manifests => format!("{FIRST_WITH_MANIFESTS} or later"),
        None => return None,
    };
    let mut about = None;
    for product in products {
        let mut folded = product.to_lowercase();
        if let Some((low, high)) = made_for(&folded) {
            if evidence
                .builds
                .iter()
                .any(|build| (low..=high).contains(build))
            {
                return None;
            }
            about.get_or_insert_with(|| product.to_owned());
            continue;
        }
        // SQL Server 2019 and Exchange Server 2016 are no versions of Windows.
        if !folded.contains("windows") && !folded.contains("winnt") {
            continue;
        }
        for (words, low, high) in VERSIONS {
            let Some(word) = words.iter().find(|word| folded.contains(**word)) else {
                continue;
            };
            folded = folded.replace(word, " ");
            let fits = |build: &u32| (*low..=*high).contains(build);
            let may = evidence.builds.is_empty() && *high >= FIRST_WITH_MANIFESTS;
            if may || evidence.builds.iter().any(fits) {
                return None;
            }
            about.get_or_insert_with(|| product.to_owned());
        }
    }
    let product = about?;
    Some(Shown::OtherVersion { product, seen })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(providers: &[&str], builds: &[u32]) -> Evidence<'static> {
        Evidence {
            providers: providers.iter().map(|p| (*p).to_owned()).collect(),
            builds: builds.iter().copied().collect(),
            ..Evidence::default()
        }
    }

    #[test]
    fn products_by_what_writes() {
        let exchange = ["Microsoft Exchange Server, version 5.5"];
        let here = evidence(&["msexchangemta"], &[]);
        assert!(matches!(
            shown(exchange.into_iter(), &here),
            Shown::Product(_)
        ));
        let elsewhere = evidence(&["disk"], &[]);
        assert_eq!(shown(exchange.into_iter(), &elsewhere), Shown::NotHere);
        let unknown = ["Contoso Backup"];
        assert_eq!(shown(unknown.into_iter(), &here), Shown::Unknown);
    }

    #[test]
    fn windows_by_its_build() {
        let server = evidence(&[], &[17763]);
        let exchange = ["Microsoft Exchange Server, version 5.5"];
        let old = ["Microsoft Windows NT Server version 4.0"];
        assert!(matches!(
            shown(old.into_iter(), &server),
            Shown::OtherVersion { .. }
        ));
        for fits in ["Windows Server 2019", "Windows Server 2016, 2019"] {
            assert_eq!(shown([fits].into_iter(), &server), Shown::Unknown, "{fits}");
        }
        let r2 = ["Windows Server 2012 R2"];
        assert_eq!(
            shown(r2.into_iter(), &evidence(&[], &[9600])),
            Shown::Unknown
        );
        assert!(matches!(
            shown(r2.into_iter(), &evidence(&[], &[9200])),
            Shown::OtherVersion { .. }
        ));
        let sql = ["SQL Server 2016"];
        assert_eq!(shown(sql.into_iter(), &server), Shown::NotHere);
        assert_eq!(shown(old.into_iter(), &evidence(&[], &[])), Shown::Unknown);
        let modern = Evidence {
            has_manifests: true,
            ..evidence(&[], &[])
        };
        assert!(matches!(
            shown(old.into_iter(), &modern),
            Shown::OtherVersion { .. }
        ));
        assert_eq!(shown(r2.into_iter(), &modern), Shown::Unknown);
        assert!(matches!(
            shown(exchange.into_iter(), &modern),
            Shown::OtherVersion { .. }
        ));
        let newer = ["Microsoft Exchange Server 2016"];
        assert_eq!(shown(newer.into_iter(), &modern), Shown::NotHere);
    }
}
