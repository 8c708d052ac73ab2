//! Dates and times as tables show them: in the order and with the signs of the server's language.
//!
//! Folklore it knows: NT 4.0 shows years with two digits; dots mean that the day comes first;
//! with slashes only a number above 12 tells, and else the clock does: where there is AM and PM,
//! the month comes first.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Which of day and month comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// A point in time; `local` when the text does not say in which zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Local times are taken as if they were UTC.
    pub(crate) time: Timestamp,
    pub(crate) local: bool,
}

/// Reads a date and a time in one text.
pub(crate) fn moment(text: &str, order: Order) -> Option<Moment> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(Moment { time, local: false });
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return local(civil);
    }
    let (date, time) = text.split_once(char::is_whitespace)?;
    date_and_time(date, time, order)
}

/// Reads a date and a time that stand apart.
pub(crate) fn date_and_time(date: &str, time: &str, order: Order) -> Option<Moment> {
    let date = Date::parse(date)?;
    let (day, month) = match (date.signs, order) {
        (Signs::YearFirst, _) => (date.third, date.second),
        (Signs::Dots, _) => (date.first, date.second),
        (Signs::Open, _) if date.first > 12 => (date.first, date.second),
        (Signs::Open, _) if date.second > 12 => (date.second, date.first),
        (Signs::Open, Order::DayFirst) => (date.first, date.second),
        (Signs::Open, Order::MonthFirst) => (date.second, date.first),
    };
    let year = if date.signs == Signs::YearFirst {
        date.first
    } else {
        date.third
    };
    let year = match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    };
    let [hour, minute, second, nanosecond] = clock(time)?;
    let civil = DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(nanosecond).ok()?,
    );
    local(civil.ok()?)
}

/// What a date says of the order, if it is one that tells.
pub(crate) fn order_of(date: &str) -> Told {
    match Date::parse(date) {
        Some(Date {
            signs: Signs::Open,
            first,
            ..
        }) if first > 12 => Told::Surely(Order::DayFirst),
        Some(Date {
            signs: Signs::Open,
            second,
            ..
        }) if second > 12 => Told::Surely(Order::MonthFirst),
        Some(Date {
            signs: Signs::Open, ..
        }) => Told::Nothing,
        _ => Told::NotNeeded,
    }
}

/// What a date tells of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Surely(Order),
    /// It could be read either way.
    Nothing,
    /// It can be read in one way only, whatever the order is elsewhere; or it is no date.
    NotNeeded,
}

/// Whether a clock with AM and PM is in use.
pub(crate) fn half_day_clock(time: &str) -> bool {
    let time = time.trim().to_ascii_lowercase();
    time.ends_with('m') || time.ends_with("m.")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signs {
    YearFirst,
    Dots,
    Open,
}

struct Date {
    first: u32,
    second: u32,
    third: u32,
    signs: Signs,
}

impl Date {
    fn parse(text: &str) -> Option<Date> {
        let text = text.trim().trim_end_matches('.');
        let sign = text
            .chars()
            .find(|c| !c.is_ascii_digit())
            .filter(|c| matches!(c, '/' | '.' | '-'))?;
        let mut parts = text.split(sign);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        let number = |part: &str| {
            let digits =
                !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
            if digits {
                part.parse::<u32>().ok()
            } else {
                None
            }
        };
        let signs = match (first.len(), sign) {
            (4, _) => Signs::YearFirst,
            (_, '.') => Signs::Dots,
            _ => Signs::Open,
        };
        let date = Date {
            first: number(first)?,
            second: number(second)?,
            third: number(third)?,
            signs,
        };
        parts.next().is_none().then_some(date)
    }
}

/// Hour, minute, second, nanosecond.
fn clock(text: &str) -> Option<[u32; 4]> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
        .unwrap_or(text.len());
    let (digits, half) = text.split_at(end);
    let sign = if digits.contains(':') { ':' } else { '.' };
    let mut parts = digits.split(sign);
    let mut hour: u32 = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let (second, fraction) = parts
        .next()
        .map_or(("0", ""), |part| part.split_once('.').unwrap_or((part, "")));
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<9}").parse().ok()?;
    let half: String = half
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    match (half.as_str(), hour) {
        ("", _) => {}
        ("am", 12) => hour = 0,
        ("am", 1..12) | ("pm", 12) => {}
        ("pm", 1..12) => hour += 12,
        _ => return None,
    }
    Some([hour, minute, second.parse().ok()?, fraction])
}

fn local(civil: DateTime) -> Option<Moment> {
    let time = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Moment { time, local: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_many_countries() {
        let wanted = "2000-02-05T18:20:40Z";
        for (text, order) in [
            ("02/05/2000 06:20:40 PM", Order::MonthFirst),
            ("2/5/2000 6:20:40\u{202f}PM", Order::MonthFirst),
            ("2/5/00 6:20:40 p.m.", Order::MonthFirst),
            ("05/02/2000 18:20:40", Order::DayFirst),
            ("5-2-2000 18:20:40", Order::DayFirst),
            ("05.02.2000 18:20:40", Order::MonthFirst),
            ("05.02.2000 18.20.40", Order::MonthFirst),
            ("2000-02-05 18:20:40", Order::MonthFirst),
            ("2000/02/05 18:20:40", Order::DayFirst),
            ("2000-02-05T18:20:40.000", Order::DayFirst),
        ] {
            let moment = moment(text, order).expect(text);
            assert_eq!(
                (moment.time.to_string().as_str(), moment.local),
                (wanted, true),
                "{text}"
            );
        }
        let zoned = moment("2000-02-05T18:20:40-05:00", Order::DayFirst).expect("a time");
        assert_eq!(
            (zoned.time.to_string().as_str(), zoned.local),
            ("2000-02-05T23:20:40Z", false)
        );
        let midnight = moment("1/31/99 12:05 AM", Order::DayFirst).expect("a time");
        assert_eq!(midnight.time.to_string(), "1999-01-31T00:05:00Z");
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "Source",
            "1/2 3:4:5",
            "1/2/3/4 5:6:7",
            "13/13/2000 1:02:03",
            "2/5/2000 25:00:00",
            "2/5/2000 1:2:3:4",
            "2/5/2000 13:00:00 PM",
            "2/5/2000 1:00:00 午後",
            "2/5/2000",
            "1.2.3 x",
            "é/é/é 1:02",
        ] {
            assert_eq!(moment(text, Order::MonthFirst), None, "{text}");
        }
    }

    #[test]
    fn a_date_may_tell_the_order() {
        assert_eq!(order_of("2/13/2000"), Told::Surely(Order::MonthFirst));
        assert_eq!(order_of("13/2/2000"), Told::Surely(Order::DayFirst));
        assert_eq!(order_of("2/3/2000"), Told::Nothing);
        assert_eq!(order_of("02.03.2000"), Told::NotNeeded);
    }
}
