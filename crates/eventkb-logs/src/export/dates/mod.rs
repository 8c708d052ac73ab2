//! Dates and times as exports show them: in the order and with the signs of the server's language.
//!
//! A date such as `2/6/2000` does not say which number is the day. So reading has two steps: a text
//! becomes a [`Stamp`], which keeps both numbers, and the [`Dates`] of a file settle the order over
//! all of its rows. What cannot be read is refused by name ([`Unreadable`]), never guessed at.
//!
//! Folklore it knows: NT 4.0 shows years with two digits; dots mean that the day comes first;
//! Thailand counts years from 543 BC; a blank, narrow or not, may stand before AM and PM, and
//! marks of the writing direction before anything.

mod months;
mod order;
mod parse;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(crate) use order::{Dates, Order};
pub(crate) use parse::parse;

/// A point in time; `local` when the text does not say in which zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Local times are taken as if they were UTC.
    pub(crate) time: Timestamp,
    pub(crate) local: bool,
}

/// A time as it was read, before the order of its day and month is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// Nothing is open about it.
    Settled(Moment),
    /// Day and month are still to be told apart.
    Open(OpenDate),
}

/// A date that could be read with the day or with the month first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenDate {
    pub(crate) first: u8,
    pub(crate) second: u8,
    pub(crate) year: i16,
    clock: Clock,
    /// Seconds that its zone is ahead of UTC, where the text says so.
    ahead: Option<i32>,
    /// What its form tells of the order.
    pub(crate) hint: Hint,
}

/// What the form of a date tells of the order of day and month, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Only countries that put the day first write it so: `6/02`, `6-2`, a word for the half of the
    /// day that is not English, a Buddhist year.
    DayFirst,
    /// AM or PM: mostly American.
    HalfDay,
    None,
}

/// Hour, minute, second and nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
}

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is nothing that is known.
    NotATime,
    /// Its year is one of a calendar that is not converted.
    Calendar,
    /// Its date contradicts the order of day and month of the other dates.
    Order,
}

impl OpenDate {
    /// The moment, if the date exists in this order.
    pub(crate) fn moment(&self, order: Order) -> Option<Moment> {
        let (day, month) = match order {
            Order::DayFirst => (self.first, self.second),
            Order::MonthFirst => (self.second, self.first),
        };
        civil(self.year, month, day, self.clock, self.ahead)
    }
}

/// The moment of a date and a clock.
fn civil(year: i16, month: u8, day: u8, clock: Clock, ahead: Option<i32>) -> Option<Moment> {
    let civil = DateTime::new(
        year,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        clock.hour,
        clock.minute,
        clock.second,
        clock.nanosecond,
    );
    at(civil.ok()?, ahead)
}

fn at(civil: DateTime, ahead: Option<i32>) -> Option<Moment> {
    let time = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let shift = jiff::SignedDuration::from_secs(i64::from(ahead.unwrap_or(0)));
    Some(Moment {
        time: time.checked_sub(shift).ok()?,
        local: ahead.is_none(),
    })
}

/// A time in which nothing is open: RFC 3339 and its kin, the times of WMI and JSON. One without a
/// zone is taken as UTC.
pub(crate) fn unambiguous(text: &str) -> Option<Timestamp> {
    match parse(text) {
        Ok((Stamp::Settled(moment), _)) => Some(moment.time),
        _ => None,
    }
}

/// A time as a number: seconds, milli-, micro- or nanoseconds since 1970, or the 100 ns steps since
/// 1601 that Windows counts. The sizes do not overlap for the years from 1973 to 2262.
pub(crate) fn of_number(number: f64) -> Option<Timestamp> {
    let size = number.abs();
    let nanoseconds = if size < 1e11 {
        number * 1e9
    } else if size < 1e14 {
        number * 1e6
    } else if size < 1e17 {
        number * 1e3
    } else if size < 3e17 {
        (number - 116_444_736_000_000_000.0) * 100.0
    } else if size < 9e18 {
        number
    } else {
        return None;
    };
    // A float holds a time of today to some 200 ns: more digits would be made up.
    let micros = (nanoseconds / 1e3).round();
    Timestamp::from_microsecond(micros as i64).ok()
}

/// The same for a whole number, of which no digit is lost.
pub(crate) fn of_whole_number(number: i128) -> Option<Timestamp> {
    let size = number.unsigned_abs();
    let nanoseconds = if size < 100_000_000_000 {
        number * 1_000_000_000
    } else if size < 100_000_000_000_000 {
        number * 1_000_000
    } else if size < 100_000_000_000_000_000 {
        number * 1000
    } else if size < 300_000_000_000_000_000 {
        (number - 116_444_736_000_000_000) * 100
    } else if size < 9_000_000_000_000_000_000 {
        number
    } else {
        return None;
    };
    Timestamp::from_nanosecond(nanoseconds).ok()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
