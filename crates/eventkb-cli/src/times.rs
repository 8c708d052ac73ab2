//! Times on the command line and on the screen: every one has a zone.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The zone in which times are shown, and in which times without an offset are read.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
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
        match TimeZone::get(name) {
            Ok(zone) => Ok(Zone {
                name: zone.iana_name().unwrap_or(name).to_owned(),
                zone,
            }),
            Err(_) => {
                Err("no such time zone here; give UTC, local, or a name as in Europe/Berlin".into())
            }
        }
    }
}

impl Zone {
    /// Its name, for headers.
    pub(crate) fn name(&self) -> &str {
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

    /// A time that stands alone.
    pub(crate) fn full(&self, time: Timestamp) -> String {
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

    fn is_utc(&self) -> bool {
        self.name == "UTC"
    }
}

/// A time as a person types it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TimeArg {
    /// With an offset.
    Instant(Timestamp),
    /// A date and time of the display zone.
    Clock(DateTime),
    /// A whole day of the display zone.
    Day(Date),
    /// So long before now.
    Ago(SignedDuration),
}

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeArg, String> {
        let text = text.trim();
        if let Some(ago) = ago(text) {
            return Ok(TimeArg::Ago(ago));
        }
        if let Ok(instant) = text.parse() {
            return Ok(TimeArg::Instant(instant));
        }
        if text.len() == 10
            && let Ok(day) = text.parse()
        {
            return Ok(TimeArg::Day(day));
        }
        text.parse().map(TimeArg::Clock).map_err(|_| {
            "give a date (2000-02-06), a date and time (\"2000-02-06 10:00\"), RFC 3339 \
             (2000-02-06T10:00:00Z), or how long ago (7d, 24h, 30m)"
                .into()
        })
    }
}

fn ago(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(SignedDuration::from_secs(
        number.parse::<i64>().ok()?.checked_mul(seconds)?,
    ))
}

impl TimeArg {
    /// The instant it names. As the end of a range, a day means its end.
    pub(crate) fn resolve(
        &self,
        zone: &Zone,
        now: Timestamp,
        is_end: bool,
    ) -> Result<Timestamp, String> {
        let clock = match self {
            TimeArg::Instant(time) => return Ok(*time),
            TimeArg::Ago(duration) => {
                return now
                    .checked_sub(*duration)
                    .map_err(|_| "that long ago is out of range".into());
            }
            TimeArg::Clock(clock) => *clock,
            TimeArg::Day(day) if is_end => day
                .tomorrow()
                .map_err(|_| "the day is out of range")?
                .to_datetime(jiff::civil::Time::midnight()),
            TimeArg::Day(day) => day.to_datetime(jiff::civil::Time::midnight()),
        };
        let zoned = clock
            .to_zoned(zone.zone.clone())
            .map_err(|_| "the time is out of range")?;
        Ok(zoned.timestamp())
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

    fn resolve(text: &str, is_end: bool) -> Result<String, String> {
        let now: Timestamp = "2000-02-06T12:00:00Z"
            .parse()
            .map_err(|error| format!("{error}"))?;
        Ok(text
            .parse::<TimeArg>()?
            .resolve(&Zone::default(), now, is_end)?
            .to_string())
    }

    #[test]
    fn times_are_read_in_every_documented_form() -> Checked {
        for (text, wanted) in [
            ("2000-02-06", "2000-02-06T00:00:00Z"),
            ("2000-02-06 10:00", "2000-02-06T10:00:00Z"),
            ("2000-02-06T10:00:05", "2000-02-06T10:00:05Z"),
            ("2000-02-06T10:00:00+01:00", "2000-02-06T09:00:00Z"),
            ("7d", "2000-01-30T12:00:00Z"),
            ("24h", "2000-02-05T12:00:00Z"),
            ("30m", "2000-02-06T11:30:00Z"),
        ] {
            assert_eq!(resolve(text, false)?, wanted, "{text}");
        }
        assert_eq!(resolve("2000-02-06", true)?, "2000-02-07T00:00:00Z");
        Ok(())
    }

    #[test]
    fn nonsense_is_refused_with_a_way_out() {
        for text in [
            "",
            "yesterday",
            "7",
            "d",
            "2000-13-01",
            "999999999999999999d",
            "-7d",
        ] {
            assert!(resolve(text, false).is_err(), "{text}");
        }
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
