//! From a text to a [`Stamp`]. Knows nothing of other dates of the file.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::months::MONTHS;
use super::{Clock, Hint, Moment, OpenDate, Stamp, Unreadable, at, civil};

/// The longest text that is looked at: a date with the names of its day and month.
const LONGEST: usize = 80;
/// Years that are counted from 543 BC lie above this one, and all others below.
const BUDDHIST_FROM: i64 = 2400;
/// Years of the Islamic and the Persian calendar in our time, and those of an Emperor or of the
/// Republic of China, lie below this one.
const OURS_FROM: i64 = 1900;

/// Reads a time. `true` when its year was counted from 543 BC.
pub(crate) fn parse(text: &str) -> Result<(Stamp, bool), Unreadable> {
    let text = text.trim();
    let settled = |moment| Ok((Stamp::Settled(moment), false));
    if let Ok(time) = text.parse::<Timestamp>() {
        if hours_away(text).is_some_and(|hours| hours >= MOST_HOURS) {
            return Err(Unreadable::NotATime);
        }
        return settled(Moment { time, local: false });
    }
    if text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(':')
        && let Ok(civil) = text.parse::<DateTime>()
        && i64::from(civil.year()) < BUDDHIST_FROM
        && i64::from(civil.year()) >= OURS_FROM
    {
        return at(civil, None).map_or(Err(Unreadable::NotATime), settled);
    }
    if let Some(time) = of_json(text) {
        return settled(Moment { time, local: false });
    }
    if let Some(moment) = of_wmi(text).or_else(|| of_asctime(text)) {
        return settled(moment);
    }
    if text.len() > LONGEST * 4 {
        return Err(Unreadable::NotATime);
    }
    let plain = plain(text);
    let (plain, ahead) = zone(&plain);
    Parts::cut(plain).ok_or(Unreadable::NotATime)?.stamp(ahead)
}

/// `/Date(949799614000)/`, as Windows PowerShell writes times into JSON; the offset behind the
/// number says only how the time was shown.
fn of_json(text: &str) -> Option<Timestamp> {
    let number = text
        .trim_matches(['/', '\\'])
        .strip_prefix("Date(")?
        .strip_suffix(')')?;
    let sign = number.len() - number.trim_start_matches('-').len();
    let end = number
        .get(sign..)?
        .find(['+', '-'])
        .map_or(number.len(), |at| sign + at);
    Timestamp::from_millisecond(number.get(..end)?.parse().ok()?).ok()
}

/// `20000206012000.000000+060`, as WMI writes times: local time, and the minutes it is ahead of
/// UTC.
fn of_wmi(text: &str) -> Option<Moment> {
    let (digits, rest) = text.split_once('.')?;
    let (fraction, minutes) = rest.split_at_checked(6)?;
    let sign = minutes.chars().next()?;
    if digits.len() != 14 || !matches!(sign, '+' | '-') {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u8>().ok();
    let clock = Clock {
        hour: i8::try_from(number(8, 10)?).ok()?,
        minute: i8::try_from(number(10, 12)?).ok()?,
        second: i8::try_from(number(12, 14)?).ok()?,
        nanosecond: match fraction {
            "******" => 0,
            digits if !digits.starts_with(['+', '-']) => digits.parse::<i32>().ok()? * 1000,
            _ => return None,
        },
    };
    let ahead = match minutes.get(1..)? {
        "***" => None,
        minutes => {
            let minutes = i32::from(minutes.parse::<u16>().ok()?);
            (minutes < MOST_HOURS * 60).then_some(())?;
            Some(minutes * if sign == '-' { -60 } else { 60 })
        }
    };
    let year = digits.get(..4)?.parse().ok()?;
    civil(year, number(4, 6)?, number(6, 8)?, clock, ahead)
}

/// `Fri Nov 27 09:58:51 2015`, as C's `asctime` writes times and agents of syslog send them.
fn of_asctime(text: &str) -> Option<Moment> {
    let parts: Vec<&str> = text.split_whitespace().take(6).collect();
    let [weekday, name, day, clock, year] = parts.as_slice() else {
        return None;
    };
    let mut clock = clock.split(':').map(|part| part.parse::<i8>().ok());
    let mut next = || clock.next().flatten().filter(|part| *part >= 0);
    let clock = Clock {
        hour: next()?,
        minute: next()?,
        second: next()?,
        nanosecond: 0,
    };
    let plain = weekday.len() == 3 && name.len() == 3 && year.len() == 4;
    plain.then_some(())?;
    civil(
        year.parse().ok()?,
        month(name)?,
        day.parse().ok()?,
        clock,
        None,
    )
}

/// The text with the digits that everybody knows, plain blanks, and without what only directs the
/// writing.
fn plain(text: &str) -> String {
    let digit = |c: char| {
        let zeroes = ['٠', '۰', '๐', '०', '০', '０', '០', '၀'];
        let zero = zeroes.into_iter().find(|zero| {
            let zero = u32::from(*zero);
            (zero..zero + 10).contains(&u32::from(c))
        })?;
        char::from_digit(u32::from(c) - u32::from(zero), 10)
    };
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .map(|c| match c {
            '：' | '∶' => ':',
            '．' => '.',
            '／' => '/',
            '،' | '、' => ',',
            c if c.is_whitespace() => ' ',
            c => digit(c).unwrap_or(c),
        })
        .take(LONGEST)
        .collect()
}

/// Hours that no zone is away from UTC: today's end at 14, and those by the sun of a place ended at 15 and
/// some minutes.
const MOST_HOURS: i32 = 16;

/// Hours that the zone behind a time of RFC 3339 is away from UTC.
fn hours_away(text: &str) -> Option<i32> {
    let clock = text.get("2000-02-06T".len()..)?;
    let (_, zone) = clock.rsplit_once(['+', '-'])?;
    zone.get(..2)?.parse().ok()
}

/// What stands before a zone at the end, and the seconds that it is ahead of UTC.
fn zone(text: &str) -> (&str, Option<i32>) {
    let text = text.trim();
    for suffix in ["UTC", "GMT", "Z"] {
        if let Some(rest) = text.strip_suffix(suffix)
            && rest.ends_with([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        {
            return (rest.trim_end(), Some(0));
        }
    }
    let Some((at, sign)) = text
        .char_indices()
        .rev()
        .find(|(_, c)| matches!(c, '+' | '-'))
    else {
        return (text, None);
    };
    let (before, behind) = text.split_at(at);
    let digits: String = behind.chars().filter(char::is_ascii_digit).collect();
    let whole = behind
        .chars()
        .skip(1)
        .all(|c| c.is_ascii_digit() || c == ':');
    // A clock must stand before it, or it is a part of the date.
    if digits.len() != 4 || !whole || !before.contains(':') {
        return (text, None);
    }
    let number = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|n| n.parse::<i32>().ok())
    };
    let (Some(hours), Some(minutes)) = (number(0), number(2)) else {
        return (text, None);
    };
    // Left in, it makes no time of the text.
    if hours >= MOST_HOURS || minutes >= 60 {
        return (text, None);
    }
    let seconds = hours * 3600 + minutes * 60;
    let before = before.trim_end();
    let before = before
        .strip_suffix("UTC")
        .or(before.strip_suffix("GMT"))
        .unwrap_or(before);
    (
        before.trim_end(),
        Some(if sign == '-' { -seconds } else { seconds }),
    )
}

/// A text cut into numbers and what stands between them.
struct Parts<'t> {
    /// Numbers as they are written.
    numbers: Vec<&'t str>,
    /// What stands before each number, and behind the last one.
    between: Vec<&'t str>,
}

impl<'t> Parts<'t> {
    fn cut(text: &'t str) -> Option<Parts<'t>> {
        let (mut numbers, mut between) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (gap, from) = rest.split_at(start);
            let end = from
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(from.len());
            let (number, after) = from.split_at(end);
            between.push(gap);
            numbers.push(number);
            rest = after;
        }
        between.push(rest);
        (4..=7)
            .contains(&numbers.len())
            .then_some(Parts { numbers, between })
    }

    fn number(&self, at: usize) -> Option<i64> {
        let text = self.numbers.get(at)?;
        (text.len() <= 4).then(|| text.parse().ok()).flatten()
    }

    fn gap(&self, at: usize) -> &'t str {
        self.between.get(at).copied().unwrap_or_default()
    }

    fn stamp(&self, ahead: Option<i32>) -> Result<(Stamp, bool), Unreadable> {
        if let Some(named) = self.with_month_name(ahead) {
            return named;
        }
        let before = self.gap(0).trim();
        if !before.is_empty() && !before.ends_with(',') {
            // The name of an era, or no date at all.
            return Err(Unreadable::NotATime);
        }
        let sign = Sign::between(self.gap(1), self.gap(2)).ok_or(Unreadable::NotATime)?;
        let (clock, half) = self.clock(3, false).ok_or(Unreadable::NotATime)?;
        let [a, b, c] = [0, 1, 2].map(|at| self.number(at).unwrap_or(i64::MAX));
        let length = |at: usize| self.numbers.get(at).map_or(0, |text| text.len());
        if length(0) == 4 {
            let (year, buddhist) = year(a)?;
            let moment = small(b)
                .zip(small(c))
                .and_then(|(month, day)| civil(year, month, day, clock, ahead));
            return moment
                .map(|moment| (Stamp::Settled(moment), buddhist))
                .ok_or(Unreadable::NotATime);
        }
        if length(0) > 2 || a > 31 || sign == Sign::YearFirst || length(2) == 3 {
            // A year of another calendar stands first, or last.
            return Err(Unreadable::Calendar);
        }
        let (year, buddhist) = year(c)?;
        let (Some(first), Some(second)) = (small(a), small(b)) else {
            return Err(Unreadable::NotATime);
        };
        let padded = length(0) == 1
            && self
                .numbers
                .get(1)
                .is_some_and(|text| text.starts_with('0'));
        let open = OpenDate {
            first,
            second,
            year,
            clock,
            ahead,
            hint: match half {
                _ if padded || buddhist || sign == Sign::Dash => Hint::DayFirst,
                Half::Foreign => Hint::DayFirst,
                Half::English => Hint::HalfDay,
                Half::None => Hint::None,
            },
        };
        let stamp = if sign == Sign::Dots {
            open.moment(super::Order::DayFirst).map(Stamp::Settled)
        } else {
            // One of the two orders must give a date.
            let any = open
                .moment(super::Order::DayFirst)
                .or(open.moment(super::Order::MonthFirst));
            any.map(|_| Stamp::Open(open))
        };
        stamp
            .map(|stamp| (stamp, buddhist))
            .ok_or(Unreadable::NotATime)
    }

    /// `06-Feb-2000`, `Feb 6, 2000`, `Sunday, February 6, 2000`, `dimanche 6 février 2000`.
    fn with_month_name(&self, ahead: Option<i32>) -> Option<Result<(Stamp, bool), Unreadable>> {
        // Names of days stand before the first number, and some begin as a month does.
        let (month, day, year_at) = match (month(self.gap(0)), month(self.gap(1))) {
            (_, Some(month)) if self.numbers.first()?.len() == 4 => (month, self.number(1)?, 0),
            (_, Some(month)) => (month, self.number(0)?, 1),
            (Some(month), None) => (month, self.number(0)?, 1),
            _ => return None,
        };
        let read = || {
            let (clock, _) = self.clock(2, true)?;
            let (year, buddhist) = year(self.number(year_at)?).ok()?;
            let moment = civil(year, month, small(day)?, clock, ahead)?;
            Some((Stamp::Settled(moment), buddhist))
        };
        Some(read().ok_or(Unreadable::NotATime))
    }

    /// The clock that begins with the number at `at`, and the half of the day if one is named. In a date `in_words`
    /// the day of the week may stand before it.
    fn clock(&self, at: usize, in_words: bool) -> Option<(Clock, Half)> {
        let numbers = self.numbers.get(at..)?;
        if !(2..=4).contains(&numbers.len()) || numbers.iter().take(3).any(|n| n.len() > 2) {
            return None;
        }
        let mut words = String::new();
        let mut letters = |text: &str| {
            words.extend(
                text.chars()
                    .filter(|c| c.is_alphabetic() || is_mark(*c))
                    .flat_map(char::to_lowercase),
            );
        };
        let before = self.gap(at).trim();
        let half = before.to_lowercase();
        let is_half = MORNING.contains(&half.as_str()) || EVENING.contains(&half.as_str());
        let before = if in_words && !is_half { "" } else { before };
        letters(
            [
                "г.", "г", "ж.", "日", "일", "T", "kl.", "klo", "à", "om", "ngày",
            ]
            .iter()
            .find_map(|word| before.strip_prefix(word))
            .unwrap_or(before),
        );
        let minutes = self.gap(at + 1).trim();
        let separator = |text: &str| matches!(text, ":" | "." | "h" | "H" | "時" | "时" | "시");
        if !separator(minutes) {
            return None;
        }
        let mut fraction = "";
        if numbers.len() > 2 {
            let seconds = self.gap(at + 2).trim();
            if !matches!(seconds, ":" | "." | "m" | "分" | "분") {
                return None;
            }
        }
        if let Some(digits) = numbers.get(3) {
            let sign = self.gap(at + 3).trim();
            if !(sign.ends_with(['.', ',', ':'])) {
                return None;
            }
            letters(sign);
            // No log keeps more than nanoseconds.
            fraction = digits.get(..9).unwrap_or(digits);
        }
        letters(
            self.between
                .last()
                .copied()
                .unwrap_or_default()
                .trim_matches(['秒', '초', ' '])
                .trim_end_matches("ч."),
        );
        let number = |n: usize| {
            numbers
                .get(n)
                .map_or(Some(0), |text| text.parse::<i8>().ok())
        };
        let (hour, half) = half_day(&words, number(0)?)?;
        // With dots (`p. m.`) it is Spanish, or of countries that put the day first.
        let dotted = self.between.last().is_some_and(|text| text.contains('.'));
        let half = match half {
            Half::English if dotted => Half::Foreign,
            half => half,
        };
        let clock = Clock {
            hour,
            minute: number(1)?,
            second: number(2)?,
            nanosecond: format!("{fraction:0<9}").parse().ok()?,
        };
        let real = clock.minute < 60 && clock.second < 60 && clock.hour < 24;
        real.then_some((clock, half))
    }
}

/// Marks that belong to the letter before them: Thai and Indian vowels.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0e31}'..='\u{0e4e}' | '\u{0300}'..='\u{036f}' | '\u{093a}'..='\u{094d}')
}

/// The signs between the numbers of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Slashes,
    Dots,
    Dash,
    YearFirst,
}

impl Sign {
    fn between(first: &str, second: &str) -> Option<Sign> {
        match (first.trim(), second.trim()) {
            ("/", "/") => Some(Sign::Slashes),
            ("." | ".,", "." | ".,") => Some(Sign::Dots),
            ("-", "-") => Some(Sign::Dash),
            ("年", "月") | ("년", "월") => Some(Sign::YearFirst),
            _ => None,
        }
    }
}

/// A day or a month.
fn small(number: i64) -> Option<u8> {
    u8::try_from(number).ok().filter(|n| (1..=31).contains(n))
}

/// The year that is meant, and whether it was counted from 543 BC.
fn year(number: i64) -> Result<(i16, bool), Unreadable> {
    let year = match number {
        0..70 => number + 2000,
        70..100 => number + 1900,
        BUDDHIST_FROM..=9999 => number - 543,
        OURS_FROM..BUDDHIST_FROM => number,
        _ => return Err(Unreadable::Calendar),
    };
    let year = i16::try_from(year).map_err(|_| Unreadable::NotATime)?;
    Ok((year, number >= BUDDHIST_FROM))
}

/// The month that a word among these names, in the languages of Windows.
fn month(text: &str) -> Option<u8> {
    let words = text.split(|c: char| !c.is_alphabetic() && !is_mark(c));
    words.filter(|word| !word.is_empty()).find_map(|word| {
        let word = word.to_lowercase();
        let mut months = MONTHS.iter();
        let at = months.position(|names| names.contains(&word.as_str()))?;
        u8::try_from(at + 1).ok()
    })
}

/// How the half of the day is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    None,
    English,
    Foreign,
}

/// Words for the first half of the day, without dots and in small letters.
const MORNING: &[&str] = &[
    "am",
    "오전",
    "上午",
    "午前",
    "πμ",
    "ص",
    "sa",
    "de",
    "dop",
    "fm",
    "ap",
    "قظ",
    "पूर्वाह्न",
    "vm",
    "pg",
    "eparadites",
    "paradite",
    "मपू",
];
/// Words for the second half of the day.
const EVENING: &[&str] = &[
    "pm",
    "오후",
    "下午",
    "午後",
    "μμ",
    "م",
    "ch",
    "du",
    "odp",
    "em",
    "ip",
    "بظ",
    "अपराह्न",
    "nm",
    "ptg",
    "epasdites",
    "pasdite",
    "मनं",
];

/// The hour of 24, from one of 12 and the word for the half of the day.
fn half_day(word: &str, hour: i8) -> Option<(i8, Half)> {
    if word.is_empty() {
        return Some((hour, Half::None));
    }
    let half = if matches!(word, "am" | "pm") {
        Half::English
    } else {
        Half::Foreign
    };
    let hour = match (MORNING.contains(&word), EVENING.contains(&word), hour) {
        (true, _, 12) => 0,
        (true, _, 0..12) | (_, true, 12) => hour,
        (_, true, 1..12) => hour + 12,
        _ => return None,
    };
    Some((hour, half))
}
