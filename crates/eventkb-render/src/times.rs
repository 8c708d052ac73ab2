//! Times on the screen: every one has a zone.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The zone in which times are shown, and in which times without an offset are read.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    name: String,
}

impl Default for Zone {
    fn default() -> Zone {
        Zone {
            zone: TimeZone::UTC,
            name: "UTC".into(),
        }
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(name: &str) -> Result<Zone, String> {
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Ok(Zone::default());
        }
        if name.eq_ignore_ascii_case("local") {
            let zone = TimeZone::try_system().map_err(|error| {
                format!(
                    "this system does not say its time zone ({error}); name it, as in Europe/Berlin"
                )
            })?;
            let name = zone.iana_name().unwrap_or("local time").to_owned();
            return Ok(Zone { zone, name });
        }
        if let Some(offset) = offset(name) {
            return Ok(Zone {
                zone: TimeZone::fixed(offset),
                name: offset.to_string(),
            });
        }
        match TimeZone::get(name) {
            Ok(zone) => Ok(Zone {
                name: zone.iana_name().unwrap_or(name).to_owned(),
                zone,
            }),
            Err(_) => {
                Err("no such time zone here; give UTC, local, an offset such as +02:00, or a name as in \
                     Europe/Berlin"
                    .into())
            }
        }
    }
}

/// `+02:00`, `-0530`, `+2`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 4) => digits.split_at_checked(2)?,
        (None, _) => (digits, "0"),
    };
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|b| b.is_ascii_digit()) => text.parse::<i32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    // No zone of the world is further from UTC.
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

impl Zone {
    /// Its name, for a heading or a setting: `UTC`, `+02`, `Europe/Berlin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A time for a place whose header names the zone. Other zones than UTC add the offset, which
    /// summer time may change from row to row.
    pub(crate) fn cell(&self, time: Timestamp) -> String {
        let format = if self.is_utc() {
            "%Y-%m-%d %H:%M:%S"
        } else {
            "%Y-%m-%d %H:%M:%S%:z"
        };
        time.to_zoned(self.zone.clone())
            .strftime(format)
            .to_string()
    }

    /// The time of day, for a place whose header names the day and the zone.
    pub(crate) fn clock(&self, time: Timestamp) -> String {
        self.part(
            time,
            if self.is_utc() {
                "%H:%M:%S"
            } else {
                "%H:%M:%S%:z"
            },
        )
    }

    /// A time that stands alone.
    pub fn full(&self, time: Timestamp) -> String {
        if self.is_utc() {
            format!("{} UTC", self.cell(time))
        } else {
            self.cell(time)
        }
    }

    /// From the first to the last of some events, for a place whose header names the zone.
    pub(crate) fn span(&self, first: Option<Timestamp>, last: Option<Timestamp>) -> String {
        match (first, last) {
            (None, None) => "no time".into(),
            (Some(time), None) | (None, Some(time)) => self.cell(time),
            (Some(first), Some(last)) => {
                let (from, to) = (self.cell(first), self.cell(last));
                if from == to {
                    return from;
                }
                match (from.split_once(' '), to.split_once(' ')) {
                    (Some((a, _)), Some((b, hours))) if a == b => format!("{from} to {hours}"),
                    _ => format!("{from} to {to}"),
                }
            }
        }
    }

    /// The same, for a sentence.
    pub(crate) fn full_span(&self, first: Option<Timestamp>, last: Option<Timestamp>) -> String {
        let span = self.span(first, last);
        if self.is_utc() && (first.is_some() || last.is_some()) {
            format!("{span} UTC")
        } else {
            span
        }
    }

    /// A span for a list, shorter and shorter: to the minute, to the day.
    pub(crate) fn short_spans(
        &self,
        first: Option<Timestamp>,
        last: Option<Timestamp>,
    ) -> Vec<String> {
        let Some((first, last)) = first.or(last).zip(last.or(first)) else {
            return vec!["no time".into()];
        };
        let part = |time: Timestamp, format: &str| self.part(time, format);
        let span = |format: &str, later: &str| {
            let (from, to) = (part(first, format), part(last, format));
            let same_day = part(first, "%F") == part(last, "%F");
            match (from == to, same_day) {
                (true, _) => from,
                (false, true) => format!("{from} to {}", part(last, later)),
                (false, false) => format!("{from} to {to}"),
            }
        };
        vec![span("%F %H:%M", "%H:%M"), span("%F", "%F")]
    }

    /// Some part of a time, as `strftime` names it.
    pub(crate) fn part(&self, time: Timestamp, format: &str) -> String {
        time.to_zoned(self.zone.clone())
            .strftime(format)
            .to_string()
    }

    /// The instant of a clock time here; `None` when it is out of range.
    pub fn instant(&self, clock: DateTime) -> Option<Timestamp> {
        Some(clock.to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    fn is_utc(&self) -> bool {
        self.name == "UTC"
    }
}

/// A signed time difference: `+00:00:41`, with milliseconds where there are some.
pub(crate) fn delta(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "unknown".into();
    }
    let sign = if seconds < 0.0 { '-' } else { '+' };
    // Reports keep fractions of seconds; a report read from a file may hold any number.
    let millis = (seconds.abs() * 1000.0).round().min(9.0e15) as u64;
    let (whole, millis) = (millis / 1000, millis % 1000);
    let clock = format!(
        "{sign}{:02}:{:02}:{:02}",
        whole / 3600,
        whole / 60 % 60,
        whole % 60
    );
    if millis == 0 {
        clock
    } else {
        format!("{clock}.{millis:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Checked = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn zones_may_be_offsets() -> Checked {
        let time = "2000-02-06T10:00:00Z".parse()?;
        for (zone, wanted) in [
            ("+02:00", "2000-02-06 12:00:00+02:00"),
            ("-0530", "2000-02-06 04:30:00-05:30"),
            ("+2", "2000-02-06 12:00:00+02:00"),
        ] {
            assert_eq!(zone.parse::<Zone>()?.full(time), wanted, "{zone}");
        }
        for bad in ["+", "+25", "+1:2:3", "+02:60", "+-1", "+\u{661}"] {
            assert!(bad.parse::<Zone>().is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn short_spans_get_shorter() -> Checked {
        let (a, b) = (
            "2000-02-06T10:00:01Z".parse()?,
            "2000-02-07T12:00:01Z".parse()?,
        );
        let zone = Zone::default();
        assert_eq!(
            zone.short_spans(Some(a), Some(b)),
            [
                "2000-02-06 10:00 to 2000-02-07 12:00",
                "2000-02-06 to 2000-02-07"
            ]
        );
        assert_eq!(
            zone.short_spans(Some(a), None),
            ["2000-02-06 10:00", "2000-02-06"]
        );
        Ok(())
    }

    #[test]
    fn spans_repeat_the_date_only_when_it_changes() -> Checked {
        let (a, b, c) = (
            "2000-02-06T10:00:01Z".parse()?,
            "2000-02-06T12:00:01Z".parse()?,
            "2000-02-07T00:00:00Z".parse()?,
        );
        let zone = Zone::default();
        assert_eq!(
            zone.span(Some(a), Some(b)),
            "2000-02-06 10:00:01 to 12:00:01"
        );
        assert_eq!(
            zone.span(Some(a), Some(c)),
            "2000-02-06 10:00:01 to 2000-02-07 00:00:00"
        );
        assert_eq!(zone.full_span(Some(a), Some(a)), "2000-02-06 10:00:01 UTC");
        assert_eq!(zone.full_span(None, None), "no time");
        Ok(())
    }

    #[test]
    fn other_zones_show_their_offset() -> Checked {
        let berlin: Zone = "Europe/Berlin".parse()?;
        assert_eq!(
            berlin.full("2000-02-06T10:00:00Z".parse()?),
            "2000-02-06 11:00:00+01:00"
        );
        assert!("Atlantis/Capital".parse::<Zone>().is_err());
        Ok(())
    }

    #[test]
    fn deltas_are_signed() {
        assert_eq!(delta(41.0), "+00:00:41");
        assert_eq!(delta(-3.25), "-00:00:03.250");
        assert_eq!(delta(0.0), "+00:00:00");
        assert_eq!(delta(90_061.0), "+25:01:01");
        assert_eq!(delta(f64::NAN), "unknown");
    }
}
