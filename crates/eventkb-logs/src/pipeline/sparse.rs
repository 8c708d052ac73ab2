//! The chunks of a large .evtx file that are in no hole.

use std::fs::File;

use crate::holes::next_data;
use crate::limits::{CHUNK_SIZE, CHUNKS_PER_BLOCK};

/// The regions of an .evtx file that hold data: runs of chunks, each of one block at most, without
/// those that lie in holes as a whole.
pub(crate) struct DataRegions<'f> {
    file: &'f File,
    /// Where the chunks begin.
    beginning: u64,
    at: u64,
    size: u64,
}

impl<'f> DataRegions<'f> {
    /// The chunks from `beginning` to `size`, the end of the file.
    pub(crate) fn new(file: &'f File, beginning: u64, size: u64) -> DataRegions<'f> {
        DataRegions {
            file,
            beginning,
            at: beginning,
            size,
        }
    }
}

impl Iterator for DataRegions<'_> {
    /// Offset and length in bytes.
    type Item = (u64, usize);

    fn next(&mut self) -> Option<(u64, usize)> {
        const BLOCK: usize = CHUNK_SIZE * CHUNKS_PER_BLOCK;
        if self.at >= self.size {
            return None;
        }
        let data = next_data(self.file, self.at, self.size).max(self.at);
        let chunk = (data - self.beginning) / CHUNK_SIZE as u64;
        let offset = self.beginning + chunk * CHUNK_SIZE as u64;
        let left = self.size.saturating_sub(offset);
        let bytes = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
        self.at = offset + bytes as u64;
        (bytes > 0).then_some((offset, bytes))
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "it says what the disk can do")]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    #[test]
    fn chunks_in_holes_are_left_out() {
        let path = std::env::temp_dir().join(format!("eventkb-holes-{}", std::process::id()));
        let mut file = File::create(&path).expect("a file");
        let chunk = CHUNK_SIZE as u64;
        let size = 4096 + 1000 * chunk;
        file.set_len(size).expect("room");
        // In the middle of chunk 300, and at the end of the last one.
        for path in [4096 + 300 * chunk + 20_000, size - 1] {
            file.seek(SeekFrom::Start(path)).expect("there");
            file.write_all(b"x").expect("written");
        }
        let regions: Vec<(u64, usize)> = DataRegions::new(&file, 4096, size).collect();
        std::fs::remove_file(&path).expect("it is there");
        let read: usize = regions.iter().map(|(_, bytes)| bytes).sum();
        for chunk_number in [300, 999] {
            let path = 4096 + chunk_number * chunk;
            let covers = |&(offset, bytes): &(u64, usize)| {
                offset <= path && path + chunk <= offset + bytes as u64
            };
            assert!(regions.iter().any(covers), "{regions:?}");
        }
        let aligned = |&(offset, _): &(u64, usize)| (offset - 4096).is_multiple_of(chunk);
        assert!(regions.iter().all(aligned), "{regions:?}");
        // Not every disk's format has holes.
        println!("{read} of {size} bytes are read");
        assert!(regions.is_sorted() && read as u64 <= size - 4096);
    }
}
