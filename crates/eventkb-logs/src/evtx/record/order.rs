//! Whether a record stands where it belongs. The log of one machine gives each of its records the next
//! id, and the next number to its frame: what a record says of itself and where it stands agree. A
//! body that was put into the place of another record brings its own id along.
//!
//! Forwarded events keep the ids of the logs they came from, and exports leave records out: there ids
//! and numbers differ by ever more, and nothing follows from it.

use std::ops::Range;

use super::row::{read_values_of_head, text};
use super::start::start_of;
use super::{Decoder, read_once};
use crate::event::Trust;
use crate::evtx::frames::Frame;
use crate::evtx::value::{DecodeError, Unsupported};

/// How many records on each side of one are asked where it belongs.
const NEAR: usize = 16;

/// What a record says of where it belongs.
struct Place {
    id: u64,
    computer: Range<usize>,
    channel: Range<usize>,
}

impl Place {
    fn is_of_log_of(&self, other: &Place, chunk: &[u8]) -> bool {
        let same = |a: &Range<usize>, b: &Range<usize>| {
            a == b || chunk.get(a.clone()) == chunk.get(b.clone())
        };
        same(&self.computer, &other.computer) && same(&self.channel, &other.channel)
    }
}

impl Decoder {
    /// What must be added to the numbers of a chunk's frames to get the ids of its records, where most
    /// have the same: nothing in the log of a machine, one number in an export of all of it.
    pub(in crate::evtx) fn usual_difference(
        &mut self,
        chunk: &[u8],
        frames: &[Frame],
    ) -> Option<u64> {
        let is_live = |frame: &&Frame| frame.trust == Trust::Intact;
        let last = frames.iter().take_while(is_live).count().checked_sub(1)?;
        if last < 2 {
            return None;
        }
        let mut of = |at: usize| {
            let frame = frames.get(at)?;
            let place = self.place(chunk, frame).ok()?;
            Some(place.id.wrapping_sub(frame.number))
        };
        let (first, end) = (of(0), of(last));
        if first == end {
            return first;
        }
        let quarters = [1, 2, 3].map(|n| of((n * last).div_ceil(4)));
        let all = [first, end, quarters[0], quarters[1], quarters[2]];
        let most = |wanted: &Option<u64>| all.iter().filter(|one| *one == wanted).count() >= 3;
        all.into_iter().find(most).flatten()
    }

    /// Whether a record whose id has not the `usual` difference to its frame's number belongs elsewhere:
    /// its log goes on around it as if another record stood there.
    pub(in crate::evtx) fn is_out_of_order(
        &mut self,
        chunk: &[u8],
        (frames, at): (&[Frame], usize),
        usual: Option<u64>,
    ) -> bool {
        let own = frames.get(at).map(|frame| self.place(chunk, frame));
        let (Some(Ok(own)), Some(usual)) = (own, usual) else {
            return false;
        };
        let mut id_near = |frame: &Frame| {
            let place = self.place(chunk, frame).ok()?;
            let is_usual = frame.trust == Trust::Intact
                && place.id.wrapping_sub(frame.number) == usual
                && place.is_of_log_of(&own, chunk);
            is_usual.then_some(place.id)
        };
        let before = frames.iter().take(at).rev().take(NEAR);
        let before = before.into_iter().find_map(&mut id_near);
        let after = frames.iter().skip(at + 1).take(NEAR).find_map(&mut id_near);
        let is_low = before.map(|id| own.id <= id);
        let is_high = after.map(|id| own.id >= id);
        match (is_low, is_high) {
            (Some(is_low), Some(is_high)) => is_low || is_high,
            // Collectors get the records of a log in several ways, old ones behind new ones. That their
            // ids are the numbers of the frames all the same would be a rare chance.
            (Some(out), None) | (None, Some(out)) => out && usual == 0,
            (None, None) => false,
        }
    }

    fn place(&mut self, chunk: &[u8], frame: &Frame) -> Result<Place, DecodeError> {
        let start = start_of(chunk, &frame.body, &mut self.head_fuel)?;
        let entry = self.entries.of(&start)?;
        let fuel = &mut self.head_fuel;
        let system = read_once(&mut entry.system, chunk, (&start, &frame.body), fuel)?;
        read_values_of_head(chunk, (&start, frame), system, &mut self.values)?;
        let values = &self.values;
        Ok(Place {
            id: super::number(chunk, values, &system.record_id).ok_or(Unsupported)?,
            computer: text(values, &system.computer)?,
            channel: text(values, &system.channel)?,
        })
    }
}
