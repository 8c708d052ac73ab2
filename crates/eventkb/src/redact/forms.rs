//! Names that show by their form: in DNs, paths, addresses of mail and web, `DOMAIN\user`.
//!
//! Finds them; what becomes of them is decided elsewhere.

use super::NameKind;
use super::called::kind_of_value;
use super::known;
use super::scan_text::is_unspaced;

/// Longest text that is taken for a name.
pub(super) const LONGEST_NAME: usize = 256;

/// Tells every name that shows by its form, with its kind; names of hosts whole, with their
/// domains. In `prose` a name may end where a sentence goes on.
pub(super) fn names(text: &str, prose: bool, each: &mut dyn FnMut(NameKind, &str)) {
    if text.contains('=') {
        dn_parts(text, prose, each);
    }
    if text.contains('\\') {
        backslashes(text, each);
    }
    if text.contains('/') {
        slashes(text, each);
    }
    if text.contains('@') {
        mails(text, each);
    }
    if text.contains('.') {
        hosts(text, each);
    }
}

/// Tells every value that stands behind what it is called, as messages have them: `Account Name:  jo`.
pub(super) fn labelled(text: &str, each: &mut dyn FnMut(NameKind, &str)) {
    for line in text.split(['\n', '\r']) {
        let mut rest = line;
        while let Some(at) = rest.find(':') {
            let (label, after) = rest.split_at(at);
            rest = after.get(1..).unwrap_or("");
            let mut values = rest.split_whitespace();
            let Some(value) = values.next().filter(|_| rest.starts_with([' ', '\t'])) else {
                continue;
            };
            // Alone on its line it is a value whatever it is called; in one long line, as exports
            // have messages, only behind two words that mean nothing else.
            let is_alone = values.next().is_none() && label.split_whitespace().count() <= 4;
            let words: Vec<&str> = label.split_whitespace().rev().take(2).collect();
            let kind = match words.as_slice() {
                [last, first] if known::is_label(first, last) => {
                    kind_of_value(last).or_else(|| kind_of_value(&format!("{first}{last}")))
                }
                _ if is_alone => kind_of_value(label),
                _ => None,
            };
            let value = value.trim_end_matches(['.', ',', ';']);
            if let Some(kind) = kind.filter(|_| !value.ends_with(':')) {
                each(kind, value);
            }
        }
    }
}

/// The labels of a DNS name that say who owns it: the host's, and those of its domain.
pub(super) fn labels(name: &str, first: NameKind, each: &mut dyn FnMut(NameKind, &str)) {
    let name = name.trim_end_matches('.');
    if known::is_public_host(&name.to_lowercase()) {
        return;
    }
    for (at, label) in name.split('.').enumerate() {
        let folded = label.to_lowercase();
        if label.is_empty() || (at > 0 && known::is_top_label(&folded)) {
            continue;
        }
        // An unknown last label (`fritz.box`) is a name like the others.
        let kind = if at == 0 { first } else { NameKind::Domain };
        each(kind, label);
    }
}

/// Whether text is a DNS name: labels of letters, digits, `-` and `_`.
pub(super) fn is_dns_name(text: &str) -> bool {
    text.contains('.')
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(is_host_char))
}

pub(super) fn is_host_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// `/o=Contoso/ou=Sales/cn=Jo`, `CN=Jo,OU=Sales,DC=contoso,DC=com`, `c=US;p=Contoso;s=Doe`.
fn dn_parts(text: &str, prose: bool, each: &mut dyn FnMut(NameKind, &str)) {
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (before, after) = rest.split_at(at);
        let after = after.get(1..).unwrap_or("");
        let key = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or("");
        let ahead = before.get(..before.len() - key.len()).unwrap_or("");
        let mark = ahead.trim_end_matches(' ').chars().next_back();
        let Some(kind) = dn_kind(key) else {
            rest = after;
            continue;
        };
        let slash = mark == Some('/');
        // Alone, `s=x` is no DN; with a slash or a comma before it, or among the usual keys, it is.
        let is_part = slash || matches!(mark, Some(',' | ';')) || key.len() > 1;
        let value = dn_value(after, slash, prose);
        let name = value.trim().trim_matches('"');
        if is_part && !name.is_empty() && name.len() <= LONGEST_NAME {
            let folded = name.to_lowercase();
            if kind == NameKind::Domain {
                if !known::is_top_label(&folded) {
                    each(kind, name);
                }
            } else if !known::is_directory_part(&folded) {
                each(kind, name);
                // `CN=JO\0ADEL:...`, `cn=user@contoso.com`
                if let Some((front, _)) = name.split_once('\\') {
                    each(kind, front);
                }
            }
        }
        rest = after.get(value.len()..).unwrap_or("");
    }
}

fn dn_kind(key: &str) -> Option<NameKind> {
    let key = key.to_ascii_lowercase();
    match key.as_str() {
        "dc" => Some(NameKind::Domain),
        "cn" | "ou" | "ou1" | "ou2" | "ou3" | "ou4" | "o" | "uid" | "a" | "p" | "s" | "g" | "i"
        | "l" | "st" | "sn" => Some(NameKind::Directory),
        _ => None,
    }
}

/// The value of a part of a DN, up to where the next part begins or the sentence goes on.
fn dn_value(text: &str, slash: bool, prose: bool) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or("");
        let ends = match c {
            _ if escaped => false,
            '/' if slash => begins_part(rest) || prose && !rest.starts_with(' '),
            ',' | ';' | '+' if !slash => true,
            ';' if slash => begins_part(rest),
            _ if !prose => false,
            '"' | '\'' | '<' | '>' | '|' | '\n' | '\r' | '\t' | '\0' => at > 0,
            // A sentence goes on behind it.
            '.' | ':' | ',' => rest.starts_with([' ', '\n', '\r', '\t']) || rest.is_empty(),
            ')' | ']' | '}' => !text.get(..at).is_some_and(|t| t.contains(['(', '[', '{'])),
            _ => false,
        };
        if ends {
            return text.get(..at).unwrap_or(text);
        }
        escaped = c == '\\' && !slash && !escaped;
    }
    text
}

fn begins_part(text: &str) -> bool {
    text.split_once('=')
        .is_some_and(|(key, _)| dn_kind(key.trim()).is_some())
}

/// `\\server\share`, `C:\Users\name`, `DOMAIN\name`.
fn backslashes(text: &str, each: &mut dyn FnMut(NameKind, &str)) {
    for word in text.split(ends_a_path) {
        let word = word.trim_end_matches(['.', ':', '!', '?']);
        let word = without_words_around(word);
        if let Some(unc) = word.find("\\\\").and_then(|at| word.get(at + 2..)) {
            let unc = unc.trim_start_matches("?\\").trim_start_matches("UNC\\");
            if !unc.get(1..).is_some_and(|rest| rest.starts_with(':')) {
                unc_path(unc, each);
            }
        }
        profile(word, '\\', each);
        account(word, each);
    }
    // Folders have spaces: `C:\Documents and Settings\Jo Doe\...`
    profile(text, '\\', each);
}

/// A path without the words of a script without spaces that stand before and behind it. Names in such
/// a script stay whole: nothing tells where they end.
fn without_words_around(path: &str) -> &str {
    let (Some(first), Some(last)) = (path.find('\\'), path.rfind('\\')) else {
        return path;
    };
    let front = path.get(..first).unwrap_or("");
    let start = match front.char_indices().rev().find(|(_, c)| is_unspaced(*c)) {
        Some((at, c)) if at + c.len_utf8() < first || first == 0 => at + c.len_utf8(),
        // `\\\\server`: what is before the first mark is no part of it.
        Some(_)
            if path
                .get(first + 1..)
                .is_some_and(|rest| rest.starts_with('\\')) =>
        {
            first
        }
        _ => 0,
    };
    let behind = path.get(last + 1..).unwrap_or("");
    let end = match behind.find(is_unspaced) {
        Some(at) if at > 0 => last + 1 + at,
        _ => path.len(),
    };
    path.get(start..end).unwrap_or(path)
}

fn ends_a_path(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '<' | '>' | '|' | ',' | ';' | '(' | ')' | '=' | '[' | ']'
        )
}

fn unc_path(path: &str, each: &mut dyn FnMut(NameKind, &str)) {
    let mut parts = path.split('\\');
    let Some(server) = parts.next().filter(|server| !server.is_empty()) else {
        return;
    };
    if matches!(server, "." | "?") {
        return;
    }
    let server = server.split('@').next().unwrap_or(server);
    if server.parse::<std::net::IpAddr>().is_err()
        && server.chars().all(|c| is_host_char(c) || c == '.')
    {
        each(NameKind::Computer, server);
    }
    if let Some(share) = parts.next().filter(|share| !share.is_empty())
        && !known::is_path_part(&share.to_lowercase())
    {
        each(NameKind::Share, share);
    }
}

/// The user whose profile a path lies in.
fn profile(path: &str, separator: char, each: &mut dyn FnMut(NameKind, &str)) {
    let mut parts = path.split([separator, '/', '\\']).peekable();
    let mut outer = String::new();
    while let Some(part) = parts.next() {
        let folded = part.to_lowercase();
        // `SAM\Domains\Account\Users\000001F4` is a key of the registry.
        let is_key = matches!(outer.as_str(), "account" | "builtin");
        outer.clone_from(&folded);
        if is_key {
            continue;
        }
        // In a sentence the first folder has words before it.
        let is_profiles = matches!(folded.as_str(), "users" | "home" | "profiles")
            || folded.ends_with("documents and settings")
            || folded.ends_with("dokumente und einstellungen");
        if !is_profiles {
            continue;
        }
        let Some(name) = parts.peek() else { continue };
        let end = name.find(['"', '<', '>', '|', ',', ';', '\n', '\r', '\t']);
        let mut name = name.get(..end.unwrap_or(name.len())).unwrap_or("").trim();
        // As the last part it may be followed by the rest of a sentence.
        if end.is_some() || name.contains(". ") {
            name = name.split([' ']).next().unwrap_or(name);
        }
        let name = name.trim_end_matches(['.', ':', '\'', ')']);
        if !name.is_empty() && name.len() <= 64 && !known::is_account(&name.to_lowercase()) {
            each(NameKind::User, name);
        }
    }
}

/// `DOMAIN\name`, and nothing around it: told as one.
fn account(word: &str, each: &mut dyn FnMut(NameKind, &str)) {
    let mut parts = word.split('\\');
    let (Some(domain), Some(user), None) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let folded = domain.to_lowercase();
    let named = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .chars()
                .all(|c| is_host_char(c) || matches!(c, '.' | '$'))
    };
    if !named(domain) || !named(user) || known::is_root(&folded) || known::is_account(&folded) {
        return;
    }
    // A NetBIOS name has at most 15 letters; a file has an ending.
    let is_file = user.rsplit_once('.').is_some_and(|(_, end)| {
        matches!(
            end.to_ascii_lowercase().as_str(),
            "exe" | "dll" | "sys" | "log" | "inf" | "ini" | "cpp"
        ) || known::is_ending(&end.to_ascii_lowercase())
    });
    let has_letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    if is_file
        || domain.len() > 15 && !domain.contains('.')
        || !has_letters(domain)
        || !has_letters(user)
    {
        return;
    }
    each(NameKind::Domain, word);
}

/// Whether `DOMAIN` of `DOMAIN\name` is written as a domain's name is: in a text that may have any
/// words with a backslash between.
pub(super) fn looks_like_a_domain(domain: &str) -> bool {
    is_dns_name(domain) || domain.len() >= 3 && !domain.contains(char::is_lowercase)
}

/// A user, or a computer's account.
pub(super) fn person(name: &str, each: &mut dyn FnMut(NameKind, &str)) {
    match name.strip_suffix('$') {
        Some(computer) if !computer.is_empty() => each(NameKind::Computer, computer),
        _ if known::is_account(&name.to_lowercase()) => {}
        _ => each(NameKind::User, name),
    }
}

/// `https://host/...`, `ldap://host`, `/home/name`, `HTTP/host.contoso.com`.
fn slashes(text: &str, each: &mut dyn FnMut(NameKind, &str)) {
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        rest = rest.get(at + 3..).unwrap_or("");
        let end = rest
            .find(|c: char| ends_a_path(c) || matches!(c, '/' | '\\' | '?' | '#' | '{' | '}'))
            .unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or("");
        let (user, at_host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let user = user.split(':').next().unwrap_or("");
        if !user.is_empty() {
            each(NameKind::User, user);
        }
        let name = at_host.split(':').next().unwrap_or("");
        if is_host(name) {
            each(kind_of_host(name), name);
        }
    }
    for word in text.split(ends_a_path) {
        if word.starts_with('/') || word.get(1..3) == Some(":/") {
            profile(word, '/', each);
        }
        principal(word, each);
    }
}

/// `HTTP/web01:8080`, `krbtgt/CONTOSO`: who a Kerberos ticket is for.
fn principal(word: &str, each: &mut dyn FnMut(NameKind, &str)) {
    let Some((class, rest)) = word.split_once('/') else {
        return;
    };
    let end = rest.find(['/', ':', '@']).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or("");
    match class.to_ascii_lowercase().as_str() {
        "krbtgt" if is_host(name) => each(NameKind::Domain, name),
        class if known::is_service_class(class) && is_host(name) => {
            each(NameKind::Computer, name);
        }
        _ => {}
    }
}

fn is_host(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.parse::<std::net::IpAddr>().is_err()
        && name.chars().all(|c| is_host_char(c) || c == '.')
        && !known::is_no_computer(&name.to_lowercase())
}

/// `jo@contoso.com`
fn mails(text: &str, each: &mut dyn FnMut(NameKind, &str)) {
    let local_char = |c: char| {
        c.is_alphanumeric() && !is_unspaced(c) || matches!(c, '.' | '-' | '_' | '+' | '\'' | '$')
    };
    for (at, _) in text.match_indices('@') {
        let (before, after) = (
            text.get(..at).unwrap_or(""),
            text.get(at + 1..).unwrap_or(""),
        );
        let local = before.rsplit(|c: char| !local_char(c)).next().unwrap_or("");
        let end = after
            .find(|c: char| !is_host_char(c) && c != '.' || is_unspaced(c))
            .unwrap_or(after.len());
        let domain = after.get(..end).unwrap_or("").trim_end_matches(['.', '-']);
        let local = local.trim_matches(['.', '\'']);
        if local.is_empty() || domain.is_empty() || !domain.contains(char::is_alphanumeric) {
            continue;
        }
        // `user@SSL` of a web share is no mail, nor is `E5-2697 @ 2.30GHz`.
        let last = domain.rsplit('.').next().unwrap_or(domain);
        let is_measure = last.starts_with(|c: char| c.is_ascii_digit());
        if !is_measure && (is_dns_name(domain) || domain.len() > 3) {
            person(local, each);
            each(NameKind::Domain, domain);
        }
    }
}

/// DNS names in a text: by their last label.
fn hosts(text: &str, each: &mut dyn FnMut(NameKind, &str)) {
    for word in text.split(|c: char| !is_host_char(c) && c != '.' || is_unspaced(c)) {
        let word = word.trim_matches('.');
        let Some((_, last)) = word.rsplit_once('.') else {
            continue;
        };
        if word.len() <= LONGEST_NAME
            && is_dns_name(word)
            && known::ends_a_host(&last.to_lowercase())
            && !word
                .split('.')
                .any(|label| label.chars().all(|c| c.is_ascii_digit()))
        {
            each(kind_of_host(word), word);
        }
    }
}

/// `contoso.com` is a domain, `mail.contoso.com` a computer in it.
fn kind_of_host(name: &str) -> NameKind {
    match name.trim_end_matches('.').split('.').count() {
        2 => NameKind::Domain,
        _ => NameKind::Computer,
    }
}
