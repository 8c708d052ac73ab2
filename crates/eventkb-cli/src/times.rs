//! Times as a person types them.

use std::str::FromStr;

use eventkb_render::Zone;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

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

/// `7d`, and `-7d`, which people type as well.
pub(crate) fn ago(text: &str) -> Option<SignedDuration> {
    let text = text.strip_prefix('-').unwrap_or(text);
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
        zone.instant(clock)
            .ok_or_else(|| "the time is out of range".into())
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
            ("-1d", "2000-02-05T12:00:00Z"),
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
            "--7d",
        ] {
            assert!(resolve(text, false).is_err(), "{text}");
        }
    }
}
