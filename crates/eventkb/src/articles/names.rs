//! Which names of a provider are the same.

/// What a provider's name is compared by: letters and digits in lower case, without the beginning
/// that manifests give it. `Service Control Manager` and `ServiceControlManager` are one,
/// `GroupPolicy` and `Microsoft-Windows-GroupPolicy` are one, and so are the names that the same
/// events had in different versions of Windows, such as `Srv` and `Server`.
pub fn provider_key(name: &str) -> String {
    // An instance of AD LDS writes as "ADAM [instance] General".
    let whole = match name.split_once('[').zip(name.split_once("] ")) {
        Some(((begin, _), (_, end))) if !begin.is_empty() => folded(&format!("{begin}{end}")),
        _ => folded(name),
    };
    let folded = whole;
    let short = folded
        .strip_prefix("microsoftwindows")
        .filter(|rest| !rest.is_empty())
        .unwrap_or(&folded);
    // An instance of SQL Server writes its name behind the product's.
    let short = match short.split_once('$') {
        Some((product, _)) if !product.is_empty() => product,
        _ => short,
    };
    let same = SAME.binary_search_by(|(alias, _)| (*alias).cmp(short));
    match same.ok().and_then(|at| SAME.get(at)) {
        Some((_, key)) => (*key).to_owned(),
        None => short.to_owned(),
    }
}

/// The letters and digits of a name, in lower case.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '$' | '+'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Names of one and the same source, sorted: what it is also called, and the key.
const SAME: &[(&str, &str)] = &[
    ("activedirectorydomainservice", "ntdsgeneral"),
    ("dcom", "distributedcom"),
    ("dns", "dnsserver"),
    ("dnsserverservice", "dnsserver"),
    ("kdc", "kerberoskeydistributioncenter"),
    ("kerberos", "securitykerberos"),
    ("ntdskcc", "ntdsgeneral"),
    ("ntdsreplication", "ntdsgeneral"),
    ("print", "printspooler"),
    ("printservice", "printspooler"),
    ("scm", "servicecontrolmanager"),
    ("server", "srv"),
    ("timeservice", "w32time"),
];

/// The key of the family that a source belongs to: `MSExchangeIS Private` and `MSExchangeIS Public`
/// are parts of `MSExchangeIS`, and articles name either. `None` for those without a family.
pub(super) fn family_key(key: &str) -> Option<&'static str> {
    FAMILIES
        .iter()
        .find(|family| key.len() > family.len() && key.starts_with(**family))
        .copied()
}

/// Sources that write under several names with the same beginning.
const FAMILIES: &[&str] = &["msexchangeis", "drwatson", "snaserver"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_provider() {
        for (a, b) in [
            ("Service Control Manager", "servicecontrolmanager"),
            ("GroupPolicy", "Microsoft-Windows-GroupPolicy"),
            ("Srv", "Server"),
            ("MSSQL$SQLEXPRESS", "MSSQL$PROD"),
            (
                "NTDS Replication",
                "Microsoft-Windows-ActiveDirectory_DomainService",
            ),
        ] {
            assert_eq!(provider_key(a), provider_key(b), "{a}, {b}");
        }
        assert_ne!(provider_key("MSExchangeIS"), provider_key("MSExchangeMTA"));
        assert_eq!(provider_key("Microsoft-Windows-"), "microsoftwindows");
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(SAME.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn families() {
        assert_eq!(family_key("msexchangeisprivate"), Some("msexchangeis"));
        assert_eq!(family_key("msexchangeis"), None);
        assert_eq!(family_key("netlogon"), None);
    }
}
