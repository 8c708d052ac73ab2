//! What Event Viewer shows when it has no text for an event: a sorry, and then the insertion
//! strings. They are as good as gold where an export carries nothing else.
//!
//! Folklore it knows: NT 4.0 and 2000 put commas between the strings, XP and 2003 semicolons,
//! .NET quotes each, Vista and later give each a line, and say something more behind them. A comma
//! inside a string cannot be told from one between strings; what is read here is therefore marked
//! as uncertain by the reader.

use crate::limits;

/// Words before strings that stand on lines of their own, in the languages of Windows.
const BEFORE_LINES: &[&str] = &[
    "The following information was included with the event:",
    "Folgende Informationen waren in dem Ereignis enthalten:",
    "Die folgenden Informationen waren im Ereignis enthalten:",
    "Die folgenden Informationen wurden mit dem Ereignis eingeschlossen:",
    "Les informations suivantes étaient incluses avec l’événement :",
    "Les informations suivantes étaient incluses avec l'événement :",
    "La información siguiente se incluyó con el evento:",
    "La siguiente información se incluyó con el evento:",
    "Le seguenti informazioni sono incluse nell'evento:",
    "Al evento sono state aggiunte le seguenti informazioni:",
    "As seguintes informações foram incluídas com o evento:",
    "イベントには次の情報が含まれていました:",
    "次の情報がイベントに含まれていました:",
    "次の情報はイベントに含まれています:",
    "以下信息包含在事件中:",
    "以下是包含在事件中的信息:",
    "事件包含下列資訊:",
    "이벤트에 포함된 정보는 다음과 같습니다.",
    "다음 정보가 이벤트에 포함되어 있습니다.",
    "В событии содержались следующие данные:",
    "К событию были добавлены следующие сведения:",
    "De volgende informatie is opgenomen bij de gebeurtenis:",
    "Do zdarzenia zostały dołączone następujące informacje:",
];

/// Words before strings in one row, with signs between them: those of NT 4.0 to 2003.
const BEFORE_ROW: &[&str] = &[
    "insertion string(s):",
    "is part of the event:",
    "die folgenden Zeichenfolgen:",
    "die folgende(n) Zeichenfolge(n):",
    "sind Teil des Ereignisses:",
    "Teil des Ereignisses ist:",
    "font partie de l'événement :",
    "font partie de l'événement:",
    "es parte del evento:",
    "fanno parte dell'evento:",
    "faz parte do evento:",
    "イベントの一部です:",
    "下列信息是事件的一部分:",
    "下列資訊是部份事件:",
    "является частью события:",
];

/// How the text goes on behind strings that stand on lines.
const BEHIND_LINES: &[&str] = &[
    "The message resource is present",
    "The locale specific resource",
    "The specified resource type cannot be found",
    "The system cannot find the file specified",
    "The publisher has been disabled",
    "Die Meldungsressource ist vorhanden",
    "Die Nachrichtenressource ist vorhanden",
    "Die Ressource für die Meldung",
    "Die gebietsschemaspezifische Ressource",
    "La ressource du message est présente",
    "La ressource de message est présente",
    "El recurso de mensaje está presente",
    "La risorsa del messaggio è presente",
    "O recurso da mensagem está presente",
    "メッセージ リソースは存在しますが",
    "消息资源存在",
    "訊息資源存在",
    "메시지 리소스가 있지만",
    "Ресурс сообщения существует",
    "De berichtresource is aanwezig",
    "Zasób komunikatu istnieje",
];

/// The insertion strings in such a text; `None` if it is another text.
pub(crate) fn strings(message: &str, provider: &str, event_id: u16) -> Option<Vec<String>> {
    let message = message.trim();
    let after = |marks: &[&str]| {
        let found = marks.iter().find_map(|mark| message.split_once(mark));
        found.map(|(_, rest)| rest)
    };
    let english = message
        .get(..28)
        .is_some_and(|begin| begin.eq_ignore_ascii_case("The description for Event ID"));
    let begin = message.lines().next().unwrap_or_default();
    let id = event_id.to_string();
    let names_event = begin.contains(&id) && begin.contains(provider);
    if !english && !names_event {
        return None;
    }
    if let Some(rest) = after(BEFORE_ROW) {
        return Some(row(rest.trim()));
    }
    if let Some(rest) = after(BEFORE_LINES) {
        return Some(lines(rest));
    }
    if english || provider.is_empty() {
        return None;
    }
    in_unknown_words(message)
}

/// Strings in one row.
fn row(rest: &str) -> Vec<String> {
    if let Some(quoted) = rest.strip_prefix('\'') {
        let quoted = quoted
            .trim_end_matches('.')
            .strip_suffix('\'')
            .unwrap_or(quoted);
        return split(quoted, "', '");
    }
    let rest = rest.strip_suffix('.').unwrap_or(rest);
    split(rest, if rest.contains("; ") { "; " } else { ", " })
}

/// Strings on lines of their own. Where the words behind them are known, empty lines among them are
/// empty strings; else the first empty line ends them.
fn lines(rest: &str) -> Vec<String> {
    let mut all: Vec<&str> = rest.lines().map(str::trim).collect();
    let begin = all.iter().skip(1).position(|line| !line.is_empty());
    // The words before end their line; one line is left empty.
    all.drain(..begin.map_or(all.len(), |_| 2.min(all.len())));
    let behind = all
        .iter()
        .position(|line| BEHIND_LINES.iter().any(|words| line.starts_with(words)));
    let end = match behind {
        Some(at) => {
            let before = all.get(at.wrapping_sub(1));
            at - usize::from(before.is_some_and(|line| line.is_empty()))
        }
        None => all
            .iter()
            .position(|line| line.is_empty())
            .unwrap_or(all.len()),
    };
    all.into_iter()
        .take(end.min(limits::MAX_STRINGS))
        .map(str::to_owned)
        .collect()
}

/// In a language whose words are not known the form is the same: a first paragraph that names the
/// event, a line that ends with a colon, an empty one, the strings, and a last paragraph.
fn in_unknown_words(message: &str) -> Option<Vec<String>> {
    let lines: Vec<&str> = message.lines().map(str::trim).collect();
    let colon = lines.windows(2).position(|pair| match pair {
        [line, below] => line.ends_with([':', '：']) && below.is_empty(),
        _ => false,
    })?;
    let first_paragraph = lines.iter().position(|line| line.is_empty())?;
    let last = lines.iter().rposition(|line| line.is_empty())?;
    // Nothing else may stand between.
    (colon > first_paragraph && last > colon + 1).then(|| {
        let strings = lines.get(colon + 2..last).unwrap_or(&[]);
        let strings = strings.iter().take(limits::MAX_STRINGS);
        strings.map(|line| (*line).to_owned()).collect()
    })
}

/// The strings between braces: how the collectors of Microsoft support write what has no text.
pub(crate) fn in_braces(description: &str) -> Option<Vec<String>> {
    in_braces_with(description, ", ")
}

/// The strings between braces, with this sign between them.
pub(crate) fn in_braces_with(text: &str, sign: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    Some(split(inner, sign))
}

fn split(text: &str, sign: &str) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    text.split(sign)
        .take(limits::MAX_STRINGS)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_saying_sorry() {
        let want = Some(
            ["68", "5", "PORTLAND", "ncacn_ip_tcp:172.16.0.2[3208]"]
                .map(str::to_owned)
                .to_vec(),
        );
        for text in [
            "The description for Event ID ( 9322 ) in Source ( MSExchangeMTA ) could not be found. It contains the following insertion string(s): 68, 5, PORTLAND, ncacn_ip_tcp:172.16.0.2[3208].",
            "The description for Event ID ( 9322 ) in Source ( MSExchangeMTA ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. The following information is part of the event: 68; 5; PORTLAND; ncacn_ip_tcp:172.16.0.2[3208].",
            "The description for Event ID '9322' in Source 'MSExchangeMTA' cannot be found.  The following information is part of the event:'68', '5', 'PORTLAND', 'ncacn_ip_tcp:172.16.0.2[3208]'",
            "The description for Event ID 9322 from source MSExchangeMTA cannot be found. Either the component is not installed.\r\n\r\nThe following information was included with the event: \r\n\r\n68\r\n5\r\nPORTLAND\r\nncacn_ip_tcp:172.16.0.2[3208]\r\n\r\nThe message resource is present but the message was not found in the message table",
        ] {
            assert_eq!(strings(text, "MSExchangeMTA", 9322), want, "{text}");
        }
        assert_eq!(
            in_braces("{68, 5, PORTLAND, ncacn_ip_tcp:172.16.0.2[3208]}"),
            want
        );
        assert_eq!(in_braces("{}"), Some(vec![]));
        assert_eq!(in_braces("an {ordinary} text"), None);
        assert_eq!(strings("The service was stopped.", "x", 1), None);
        assert_eq!(strings("éééééééééééééééééééé", "x", 1), None);
        assert_eq!(
            strings(
                "The description for Event ID ( 1 ) in Source ( x ) cannot be found. The following information is part of the event: .",
                "x",
                1
            ),
            Some(vec![])
        );
    }

    #[test]
    fn other_languages_and_empty_strings() {
        for text in [
            "Die Beschreibung für Ereignis-ID 9322 aus der Quelle MSExchangeMTA wurde nicht gefunden. Die Installation ist beschädigt.\r\n\r\nFolgende Informationen waren in dem Ereignis enthalten: \r\n\r\n68\r\n\r\nPORTLAND\r\n\r\nDie Meldungsressource ist vorhanden, aber die Meldung nicht.\r\n",
            "ソース \"MSExchangeMTA\" からのイベント ID 9322 の説明が見つかりません。\n\nイベントには次の情報が含まれていました: \n\n68\n\nPORTLAND\n\nメッセージ リソースは存在しますが、メッセージが見つかりませんでした。",
            "Kuvausta tapahtumalle 9322 lähteestä MSExchangeMTA ei löydy.\n\nSeuraavat tiedot:\n\n68\n\nPORTLAND\n\nViestiresurssi on olemassa.",
            "The description for Event ID 9322 from source MSExchangeMTA cannot be found. x\n\nThe following information was included with the event: \n\n68\n\nPORTLAND\n\nThe message resource is present but the message was not found",
            "Die Beschreibung der Ereigniskennung ( 9322 ) in ( MSExchangeMTA ) wurde nicht gefunden. Folgende Informationen sind Teil des Ereignisses: 68; ; PORTLAND.",
        ] {
            let wanted = ["68", "", "PORTLAND"].map(str::to_owned).to_vec();
            assert_eq!(strings(text, "MSExchangeMTA", 9322), Some(wanted), "{text}");
            assert_eq!(
                strings(text, "Other", 9999).is_some(),
                text.starts_with("The")
            );
        }
        let ordinary = "MSExchangeMTA 9322 failed.\n\nDetails:\nnone";
        assert_eq!(strings(ordinary, "MSExchangeMTA", 9322), None);
    }
}
