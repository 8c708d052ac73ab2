//! Deflate and Deflate64 as readers that tell the end of their data from the end of the file.
//!
//! The readers of the crates give a short read in both cases; where a member declares no size,
//! that would pass a truncated log off as a whole one.

use std::io::{self, BufRead, Read};

use deflate64::InflaterManaged;
use flate2::{Decompress, FlushDecompress, Status};

/// One step of a decoder.
pub(super) struct Step {
    taken: usize,
    given: usize,
    ended: bool,
}

/// A decoder that is fed and emptied in steps.
pub(super) trait Codec {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step>;
}

impl Codec for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        let before = (self.total_in(), self.total_out());
        let flush = if input.is_empty() {
            FlushDecompress::Finish
        } else {
            FlushDecompress::None
        };
        let status = self
            .decompress(input, output, flush)
            .map_err(|_| corrupt("deflate"))?;
        let difference = |after: u64, before: u64| usize::try_from(after - before).unwrap_or(0);
        Ok(Step {
            taken: difference(self.total_in(), before.0),
            given: difference(self.total_out(), before.1),
            ended: status == Status::StreamEnd,
        })
    }
}

impl Codec for Box<InflaterManaged> {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        let result = self.inflate(input, output);
        if result.data_error {
            return Err(corrupt("deflate64"));
        }
        Ok(Step {
            taken: result.bytes_consumed,
            given: result.bytes_written,
            ended: self.finished() && result.bytes_written < output.len(),
        })
    }
}

fn corrupt(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("its {what} data is corrupt"),
    )
}

/// Reads what a codec makes of `input`.
pub(super) struct Inflate<C, R> {
    codec: C,
    input: R,
    ended: bool,
}

impl<R: BufRead> Inflate<Decompress, R> {
    pub(super) fn deflate(input: R) -> Self {
        Inflate {
            codec: Decompress::new(false),
            input,
            ended: false,
        }
    }
}

impl<R: BufRead> Inflate<Box<InflaterManaged>, R> {
    pub(super) fn deflate64(input: R) -> Self {
        Inflate {
            codec: Box::new(InflaterManaged::new()),
            input,
            ended: false,
        }
    }
}

impl<C: Codec, R: BufRead> Read for Inflate<C, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let step = self.codec.step(input, buf)?;
            self.input.consume(step.taken);
            self.ended = step.ended;
            if step.given > 0 {
                return Ok(step.given);
            }
            if !step.ended && at_end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if !step.ended && step.taken == 0 {
                return Err(corrupt("deflate"));
            }
        }
        Ok(0)
    }
}
