//! The axis of a timeline: which parts of time are drawn, and where an instant stands on it.

use jiff::Timestamp;

use crate::Clean;
use crate::doc::{AxisPart, Extent};
use crate::times::Zone;

/// Parts drawn at most: where what happened lies far apart, the time between is left out.
const MOST_PARTS: usize = 4;
/// A pause is left out when it takes more than this share of everything ...
const LONG_PAUSE: i64 = 5;
/// ... and more seconds than this.
const LONG_PAUSE_S: i64 = 3_600;
/// Seconds that are drawn at least on both sides of what happened.
const LEAST_MARGIN_S: i64 = 120;
/// Room between two parts.
const BETWEEN: f64 = 0.02;

/// The parts of time that are drawn, with their places.
pub(super) struct Axis {
    parts: Vec<Part>,
}

struct Part {
    from: i64,
    to: i64,
    x: Extent,
}

impl Axis {
    /// From one instant to another, in one part.
    pub(super) fn between(from: Timestamp, to: Timestamp) -> Axis {
        Axis {
            parts: vec![Part {
                from: from.as_second(),
                to: to.as_second().max(from.as_second() + 1),
                x: [0.0, 1.0],
            }],
        }
    }

    /// Around these instants; nothing where there is none.
    pub(super) fn around(times: impl Iterator<Item = Timestamp>) -> Option<Axis> {
        let mut seconds: Vec<i64> = times.map(|time| time.as_second()).collect();
        seconds.sort_unstable();
        let (first, last) = (*seconds.first()?, *seconds.last()?);
        let all = last.saturating_sub(first);
        let least = (all / LONG_PAUSE).max(LONG_PAUSE_S);
        let mut pauses: Vec<(i64, i64)> = seconds
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] if b.saturating_sub(*a) > least => Some((*a, *b)),
                _ => None,
            })
            .collect();
        pauses.sort_by_key(|(a, b)| (a.saturating_sub(*b), *a));
        pauses.truncate(MOST_PARTS - 1);
        pauses.sort_unstable();
        let mut spans = Vec::new();
        let mut from = first;
        for (end, next) in pauses {
            spans.push((from, end));
            from = next;
        }
        spans.push((from, last));
        Some(Axis::of(&spans))
    }

    fn of(spans: &[(i64, i64)]) -> Axis {
        let length = |(from, to): &(i64, i64)| to.saturating_sub(*from).max(1) as f64;
        let all: f64 = spans.iter().map(length).sum();
        let room = 1.0 - BETWEEN * (spans.len() - 1) as f64;
        let mut x = 0.0;
        let mut parts = Vec::new();
        for span in spans {
            // Half of the room is shared alike, so that a short part stays readable.
            let share = room * (0.5 / spans.len() as f64 + 0.5 * length(span) / all);
            let margin = (span.1.saturating_sub(span.0) / 12).max(LEAST_MARGIN_S);
            parts.push(Part {
                from: span.0.saturating_sub(margin),
                to: span.1.saturating_add(margin),
                x: [x, x + share],
            });
            x += share + BETWEEN;
        }
        Axis { parts }
    }

    /// The places from one instant to another, as far as they are drawn.
    pub(super) fn extents(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Extent> + '_ {
        let (from, to) = (from.as_millisecond(), to.as_millisecond());
        self.parts.iter().filter_map(move |part| {
            let (first, last) = (part.from.saturating_mul(1000), part.to.saturating_mul(1000));
            if to < first || from > last {
                return None;
            }
            let length = last.saturating_sub(first).max(1) as f64;
            let x = |time: i64| {
                let share = time.clamp(first, last).saturating_sub(first) as f64 / length;
                part.x[0] + share * (part.x[1] - part.x[0])
            };
            Some([x(from), x(to)])
        })
    }

    /// The day that all of it lies in, where it lies in one.
    pub(super) fn day(&self, zone: &Zone) -> Option<String> {
        let (first, last) = (self.parts.first()?, self.parts.last()?);
        let day = |second: i64| Some(zone.part(Timestamp::from_second(second).ok()?, "%F"));
        let (first, last) = (day(first.from)?, day(last.to)?);
        (first == last).then_some(first)
    }

    /// The parts with their times in words.
    pub(super) fn parts(&self, zone: &Zone) -> Vec<AxisPart> {
        let formats: &[&str] = match (self.day(zone).is_some(), self.is_short()) {
            (true, true) => &["%H:%M:%S", "%H:%M"],
            (true, false) => &["%H:%M"],
            (false, _) => &["%F %H:%M", "%F", "%m-%d"],
        };
        let said = |second: i64| {
            let time = Timestamp::from_second(second).unwrap_or_default();
            let forms = formats.iter().map(|format| zone.part(time, format));
            forms.map(|form| Clean::new(&form)).collect()
        };
        let part = |part: &Part| AxisPart {
            x: part.x,
            begin: said(part.from),
            end: said(part.to),
        };
        self.parts.iter().map(part).collect()
    }

    fn is_short(&self) -> bool {
        let ends = self.parts.first().zip(self.parts.last());
        ends.is_some_and(|(first, last)| last.to.saturating_sub(first.from) < 2 * LONG_PAUSE_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn long_pauses_are_left_out() {
        let day = 86_400;
        let times = [0, 60, 120, 30 * day, 30 * day + 60].map(second);
        let axis = Axis::around(times.into_iter()).unwrap();
        assert_eq!(axis.parts.len(), 2);
        let drawn = |at| axis.extents(second(at), second(at)).next();
        assert_eq!(drawn(10 * day), None);
        let place = |at| drawn(at).unwrap()[0];
        assert!(place(60) < place(120) && place(120) < place(30 * day));
        // What lasts over the pause is drawn on both sides of it.
        assert_eq!(axis.extents(second(0), second(31 * day)).count(), 2);
    }

    #[test]
    fn any_instants_have_places_within_the_axis() {
        assert!(Axis::around(std::iter::empty()).is_none());
        for times in [
            vec![0],
            vec![0, 1],
            vec![-62_135_596_800, 253_402_207_199],
            (0..50).map(|n| n * n * n * 1000).collect(),
        ] {
            let axis = Axis::around(times.iter().map(|s| second(*s))).unwrap();
            assert!(axis.parts.len() <= MOST_PARTS);
            for time in times {
                let [x, _] = axis.extents(second(time), second(time)).next().unwrap();
                assert!((0.0..=1.0).contains(&x), "{time}: {x}");
            }
        }
    }
}
