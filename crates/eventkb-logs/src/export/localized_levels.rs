//! Words that exports use for numbers, in the languages that customers' servers speak, and the
//! notes that every export reader makes at the end of a file.

use crate::event::Event;
use crate::integrity::DefectCode;
use crate::sink::Delivery;

/// The level that a word or number stands for: the words of Event Viewer and of the classic event
/// types in the languages that Windows servers spoke, and those of Winlogbeat.
pub(crate) fn level(word: &str) -> Option<u8> {
    let word = word.trim().to_lowercase();
    Some(match word.as_str() {
        "critical"
        | "kritisch"
        | "critique"
        | "crítico"
        | "critico"
        | "kritiek"
        | "重大"
        | "严重"
        | "嚴重"
        | "критический"
        | "критическая" => 1,
        "error" | "fehler" | "erreur" | "errore" | "erro" | "fout" | "fel" | "エラー" | "错误"
        | "錯誤" | "오류" | "ошибка" | "błąd" => 2,
        "warning"
        | "warnung"
        | "avertissement"
        | "advertencia"
        | "avviso"
        | "aviso"
        | "waarschuwing"
        | "varning"
        | "警告"
        | "경고"
        | "предупреждение"
        | "ostrzeżenie" => 3,
        "information"
        | "info"
        | "informationen"
        | "informations"
        | "información"
        | "informazioni"
        | "informações"
        | "informatie"
        | "情報"
        | "信息"
        | "資訊"
        | "정보"
        | "сведения"
        | "уведомление"
        | "informacje"
        | "success"
        | "none" => 4,
        "verbose" | "ausführlich" | "commentaires" | "detallado" | "dettagliato" => 5,
        "log always"
        | "audit success"
        | "audit failure"
        | "success audit"
        | "failure audit"
        | "successaudit"
        | "failureaudit"
        | "überwachung erfolgreich"
        | "überwachung gescheitert"
        | "erfolgsüberwachung"
        | "fehlerüberwachung"
        | "succès de l'audit"
        | "échec de l'audit"
        | "succès de l’audit"
        | "échec de l’audit"
        | "audit des succès"
        | "audit des échecs" => 0,
        number => number.parse().ok().filter(|level| *level <= 5)?,
    })
}

/// The level of a classic event type (`EntryType`, `EventType`): a number or its word.
pub(crate) fn classic_level(kind: &str) -> Option<u8> {
    match kind.trim() {
        "0" | "4" => Some(4),
        "1" => Some(2),
        "2" => Some(3),
        "8" | "16" => Some(0),
        word => level(word),
    }
}

/// What an export lacks. One note per file: the same shortcoming repeats with every record.
#[derive(Debug, Default)]
pub(crate) struct MissingFields {
    /// Events without insertion strings.
    without_strings: u64,
    /// Events whose insertion strings come from a text that says there is no text.
    from_text: u64,
    /// Events whose time is that of some unnamed zone.
    local_times: u64,
    /// Dates could be read either way, and nothing in the export told which.
    pub(crate) dates_guessed: bool,
    /// What the export says of its zone.
    pub(crate) zone: Option<String>,
    first: Option<u64>,
}

impl MissingFields {
    /// Looks at an event before it is handed over.
    pub(crate) fn see(&mut self, event: &Event, local_time: bool) {
        let without_strings = event.strings.is_none();
        let local_time = local_time && event.time.is_some();
        self.without_strings += u64::from(without_strings);
        self.local_times += u64::from(local_time);
        if self.first.is_none() && (without_strings || local_time) {
            self.first = event.offset;
        }
    }

    /// Looks at an event whose insertion strings were taken from its text.
    pub(crate) fn taken_from_text(&mut self) {
        self.from_text += 1;
    }

    /// Notes what was missing.
    pub(crate) fn tell(self, delivery: &mut Delivery<'_>) {
        let mut parts = Vec::new();
        if self.without_strings > 0 {
            parts.push("no insertion strings in this export".to_owned());
        }
        if self.from_text > 0 {
            parts.push(
                "insertion strings are taken from texts, where a comma inside one cuts it"
                    .to_owned(),
            );
        }
        if self.local_times > 0 {
            parts.push(match self.zone {
                None => "times are local time of the server, its zone is unknown: shown as if UTC"
                    .to_owned(),
                Some(zone) => {
                    format!("times are local time of the server ({zone}): shown as if UTC")
                }
            });
        }
        if self.dates_guessed {
            parts.push("whether day or month comes first in its dates is a guess".to_owned());
        }
        let count = self
            .without_strings
            .max(self.local_times)
            .max(self.from_text);
        if count > 0 {
            let integrity = &mut delivery.account.integrity;
            integrity.note_many(DefectCode::Incomplete, self.first, count, parts.join("; "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers() {
        assert_eq!(level("Fehler"), Some(2));
        assert_eq!(level(" AVERTISSEMENT "), Some(3));
        assert_eq!(level("Überwachung gescheitert"), Some(0));
        assert_eq!(level("警告"), Some(3));
        assert_eq!(level("Предупреждение"), Some(3));
        assert_eq!(level("4"), Some(4));
        assert_eq!(level("9"), None);
        assert_eq!(level("Source"), None);
        assert_eq!(classic_level("1"), Some(2));
        assert_eq!(classic_level("FailureAudit"), Some(0));
    }
}
