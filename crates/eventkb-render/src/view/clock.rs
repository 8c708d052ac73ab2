//! Times of a list: where all are of one day, its title names the day and they are told without it.

use jiff::Timestamp;

use super::Reader;
use crate::times::Zone;

/// How the times of one list are told.
pub(super) struct Clock<'z> {
    zone: &'z Zone,
    day: Option<String>,
}

impl<'z> Clock<'z> {
    /// For these times.
    pub(super) fn of(times: impl Iterator<Item = Timestamp>, zone: &'z Zone) -> Clock<'z> {
        let mut days = times.map(|time| zone.part(time, "%F"));
        let first = days.next();
        let day = first.filter(|first| days.all(|day| day == *first));
        Clock { zone, day }
    }

    /// The title of the times: `2000-02-06 (UTC)`, or `time (UTC)`.
    pub(super) fn title(&self, reader: &Reader) -> String {
        reader.timed(self.day.as_deref().unwrap_or("time"))
    }

    /// The same behind what the list is: `Evidence of 2000-02-06 (UTC)`.
    pub(super) fn title_of(&self, list: &str, reader: &Reader) -> String {
        match &self.day {
            Some(day) => reader.timed(&format!("{list} of {day}")),
            None => reader.timed(list),
        }
    }

    /// One time.
    pub(super) fn cell(&self, time: Timestamp) -> String {
        match self.day {
            Some(_) => self.zone.clock(time),
            None => self.zone.cell(time),
        }
    }
}
