//! Words that exports use for levels, in the languages that customers' servers speak.

/// The level that a word or number stands for: the words of Event Viewer and of the classic event
/// types in the languages that Windows servers spoke, and those of Winlogbeat.
pub(crate) fn level(word: &str) -> Option<u8> {
    let word = word.trim().to_lowercase();
    let named = WORDS
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()));
    match named {
        Some((level, _)) => Some(*level),
        None => word.parse().ok().filter(|level| *level <= 5),
    }
}

/// The words of each level.
const WORDS: [(u8, &[&str]); 6] = [
    (
        1,
        &[
            "critical",
            "kritisch",
            "critique",
            "crítico",
            "critico",
            "kritiek",
            "重大",
            "严重",
            "嚴重",
            "критический",
            "критическая",
            "위험",
            "krytyczne",
            "kritická",
            "kritické",
            "kritikus",
            "kritik",
            "kritiskt",
            "kritisk",
            "kriittinen",
            "κρίσιμο",
            "κρίσιμη",
            "критично",
            "critic",
            "حرج",
            "קריטי",
            "สำคัญ",
            "วิกฤต",
        ],
    ),
    (
        2,
        &[
            "error",
            "err",
            "fehler",
            "erreur",
            "errore",
            "erro",
            "fout",
            "fel",
            "エラー",
            "错误",
            "錯誤",
            "오류",
            "ошибка",
            "błąd",
            "hiba",
            "chyba",
            "hata",
            "fejl",
            "feil",
            "virhe",
            "σφάλμα",
            "грешка",
            "помилка",
            "eroare",
            "pogreška",
            "napaka",
            "greška",
            "خطأ",
            "שגיאה",
            "ข้อผิดพลาด",
            "lỗi",
            "kesalahan",
            "ralat",
            "viga",
            "kļūda",
            "klaida",
        ],
    ),
    (
        3,
        &[
            "warning",
            "warnung",
            "avertissement",
            "advertencia",
            "avviso",
            "aviso",
            "waarschuwing",
            "varning",
            "警告",
            "경고",
            "предупреждение",
            "ostrzeżenie",
            "warn",
            "figyelmeztetés",
            "upozornění",
            "varování",
            "upozornenie",
            "uyarı",
            "advarsel",
            "varoitus",
            "προειδοποίηση",
            "попередження",
            "avertizare",
            "avertisment",
            "peringatan",
            "amaran",
            "avís",
            "advertència",
            "upozorenje",
            "opozorilo",
            "تحذير",
            "אזהרה",
            "คำเตือน",
            "cảnh báo",
            "hoiatus",
            "brīdinājums",
            "įspėjimas",
        ],
    ),
    (
        4,
        &[
            "information",
            "info",
            "informationen",
            "informations",
            "información",
            "informazioni",
            "informações",
            "informatie",
            "情報",
            "信息",
            "資訊",
            "정보",
            "сведения",
            "уведомление",
            "informacje",
            "információ",
            "informace",
            "informácie",
            "informácia",
            "bilgi",
            "oplysninger",
            "informasjon",
            "tiedot",
            "πληροφορίες",
            "информация",
            "відомості",
            "інформація",
            "informații",
            "informacija",
            "informacije",
            "informasi",
            "maklumat",
            "informació",
            "معلومات",
            "מידע",
            "ข้อมูล",
            "thông tin",
            "teave",
            "informācija",
            "notice",
            "success",
            "none",
        ],
    ),
    (
        5,
        &[
            "verbose",
            "詳細",
            "详细",
            "詳細資訊",
            "자세한 정보 표시",
            "подробно",
            "подробности",
            "pełne",
            "podrobné",
            "részletes",
            "ayrıntılı",
            "detalhado",
            "uitgebreid",
            "utförlig",
            "udførlig",
            "detaljert",
            "ausführlich",
            "commentaires",
            "detallado",
            "dettagliato",
        ],
    ),
    (
        0,
        &[
            "log always",
            "audit success",
            "audit failure",
            "success audit",
            "failure audit",
            "audit_success",
            "audit_failure",
            "logalways",
            "감사 성공",
            "감사 실패",
            "成功の監査",
            "失敗の監査",
            "审核成功",
            "审核失败",
            "稽核成功",
            "稽核失敗",
            "auditoría correcta",
            "error de auditoría",
            "auditoria con successo",
            "controllo riuscito",
            "controllo non riuscito",
            "аудит успеха",
            "аудит отказа",
            "successaudit",
            "failureaudit",
            "überwachung erfolgreich",
            "überwachung gescheitert",
            "erfolgsüberwachung",
            "fehlerüberwachung",
            "succès de l'audit",
            "échec de l'audit",
            "succès de l’audit",
            "échec de l’audit",
            "audit des succès",
            "audit des échecs",
        ],
    ),
];

/// The level of an event type of WMI: its numbers count on where those of logs double.
#[cfg(feature = "exports")]
pub(crate) fn wmi_level(kind: &str) -> Option<u8> {
    match kind.trim() {
        "3" => Some(4),
        "4" | "5" => Some(0),
        kind => classic_level(kind),
    }
}

/// The level of a classic event type (`EntryType`, `EventType`): a number or its word, which
/// LogParser follows with another (`Warning event`).
pub(crate) fn classic_level(kind: &str) -> Option<u8> {
    match kind.trim() {
        "0" | "4" => Some(4),
        "1" => Some(2),
        "2" => Some(3),
        "8" | "16" => Some(0),
        word => level(word.strip_suffix(" event").unwrap_or(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "exports")]
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
        assert_eq!(classic_level("Warning event"), Some(3));
        assert_eq!(
            ["1", "2", "3", "4", "5"].map(wmi_level),
            [Some(2), Some(3), Some(4), Some(0), Some(0)]
        );
    }
}
