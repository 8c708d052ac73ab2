//! Every limit of reading logs, named, with its reason.
//!
//! Log contents are foreign: whatever they hold, time and memory stay bounded by these numbers.

use std::time::Duration;

/// Size of an .evtx chunk in bytes: fixed by the format.
pub const CHUNK_SIZE: usize = 64 * 1024;

/// Size of the .evtx file header block in bytes: fixed by the format.
pub const FILE_HEADER_SIZE: usize = 4096;

/// Chunks read in one block: 16 x 64 KiB = 1 MiB was the fastest safe way to read (larger blocks
/// gain nothing, smaller ones cost a fifth).
pub const CHUNKS_PER_BLOCK: usize = 16;

/// Depth of nested BinXML elements or fragments in one record. Real records stay below 12; the
/// deepest known crafted one has 130.
pub const MAX_XML_DEPTH: usize = 64;

/// Steps through templates, and 16 bytes of text for each, done for one chunk. A full chunk of real
/// records takes up to 20,000 where all of them are wanted; a crafted one is given up after some
/// milliseconds, and its other records count as failed.
pub const MAX_CHUNK_WORK: usize = 128 * 1024;

/// Records of one block of [`CHUNKS_PER_BLOCK`] chunks that are rendered by the `evtx` crate, a
/// tenth of a millisecond each. Nearly all logs need none.
pub const MAX_RENDERED_RECORDS: usize = 4096;

/// Bytes that the `evtx` crate may render for one block of [`CHUNKS_PER_BLOCK`] chunks: ten times
/// what real records give. A record that the crate gives up as too large counts as all of it.
pub const MAX_RENDERED_BYTES: usize = 8 * 1024 * 1024;

/// Bytes at the beginning of a log in which [`MAX_RENDERED_RECORDS`] and [`MAX_RENDERED_BYTES`] hold
/// for a block. Behind them an eighth of both does: a log whose every record is unusual is crafted,
/// and each of its megabytes would take a second.
pub const RENDERED_FREELY: u64 = 2 * 1024 * 1024;

/// Streams, one behind the other in a gzip or bzip2 file, besides one for each
/// [`STREAM_BYTES`] that came out of them. Each costs setting up a decoder, whatever it holds.
pub const MAX_EMPTY_STREAMS: u64 = 1024;
/// See [`MAX_EMPTY_STREAMS`]. Tools that pack in parallel make streams of 100 KB and more.
pub const STREAM_BYTES: u64 = 4096;

/// Times at which one log was cleared that are kept: the last ones.
pub const MAX_CLEARED: usize = 1000;

/// Elements in one template definition, or values in one record. Real ones stay below 200.
pub const MAX_TEMPLATE_NODES: usize = 4096;

/// Characters of text built for one record: a 64 KiB chunk holds at most 32,768 of them, so more
/// can only come from values that are placed again and again.
pub const MAX_RECORD_TEXT: usize = 256 * 1024;

/// Values kept for one event. `%99` is the highest that a message can use, but manifest events have
/// hundreds of values with names, and a chunk of 64 KiB has room for so many empty ones. More can
/// only come from exports; those that fit are kept.
pub const MAX_STRINGS: usize = 32_768;

/// Bytes of events that wait for a date which tells the order of day and month in a file: the
/// tables of some 20,000 events. Where they are exceeded, the order is decided by what was seen.
pub const MAX_WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of a text in which its first record must end to be recognised: as much as a record may
/// have. Other files are looked at no further than their first [`DETECTION_TEXT`] bytes.
pub const DETECTION_RECORD: usize = MAX_EXPORT_RECORD;

/// Bytes of a file whose beginning was wiped that are looked at for what is behind: where the first
/// chunk of a log is gone, the next one begins within this.
pub const DETECTION_WIPED: usize = FILE_HEADER_SIZE + 4 * CHUNK_SIZE;

/// Bytes of a text that are looked at before it is said to be no export.
pub const DETECTION_TEXT: usize = 64 * 1024;

/// Pairs of computer and channel told apart in one file. Collectors hold hundreds of computers;
/// more than this in one file is crafted.
pub const MAX_SPANS: usize = 4096;

/// Folders below a path given on the command line.
pub const MAX_FOLDER_DEPTH: usize = 64;

/// Files and folders that are looked at where links lead that leave the given paths. A collection
/// holds some 20,000; a link to a disk would be all of it.
pub const MAX_LINKED_ENTRIES: u64 = 65_536;

/// Files whose SHA-256 is computed unasked: larger ones would cost more than the scan.
pub const MAX_HASHED_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes of all files up to which their SHA-256 is computed unasked: over more of them, hashing
/// would take longer than everything else.
pub const MAX_HASHED_TOTAL_BYTES: u64 = 256 * 1024 * 1024;

/// Threads that read at one time. More than there are cores gains nothing, and each costs a sink
/// and a buffer of 1 MiB; the largest machines have some hundred cores.
pub const MAX_THREADS: usize = 512;

/// Bytes that a listing in order of time holds; what is more waits in a temporary file. Enough that
/// the listings people read need none.
#[cfg(feature = "spill")]
pub const SORTING_MEMORY: usize = 128 * 1024 * 1024;

/// Events that are kept to be sorted by time as events: some 500 bytes each, so that a listing of millions
/// does not take gigabytes. The earliest are kept.
pub const MAX_SORTED_EVENTS: usize = 500_000;

/// Time between two calls of a progress callback: more often than 20 times a second shows nobody
/// more, and the callback runs in the threads that read.
pub const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// Size from which the chunks of one .evtx log are spread over all workers. A smaller one is read
/// by one of them faster than it is shared out.
pub const SPREAD_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of all holes of a sparse file that are read as the zeroes that they are; of what is more
/// [`HOLE_KEPT_AT_LEAST`] of each.
pub const HOLE_BYTES: u64 = 64 * 1024 * 1024;
/// See [`HOLE_BYTES`].
pub const HOLE_KEPT_AT_LEAST: u64 = 4096;
/// A hole up to this size is read: passing over it would take as long.
pub const SMALL_HOLE: u64 = 256 * 1024;

/// Bytes of a hole that are read of an export: more than a record may have, so that what lies before
/// it and what lies behind it are never taken for one.
pub const HOLE_IN_EXPORT: u64 = 2 * MAX_EXPORT_RECORD as u64;

/// A hole in a member of an archive that is stored as it is, up to which it is read as zeroes: new
/// logs have such holes. The rest of a member with a larger one is not read.
pub const MAX_HOLE_IN_MEMBER: u64 = 32 * 1024 * 1024;

/// Bytes of a hole that are read where only padding may be: behind what is packed alone.
pub const HOLE_IN_PADDING: u64 = 64 * 1024;

/// Size from which the holes of a file are passed over: smaller files are hashed, and that takes
/// all of their bytes.
pub const SPARSE_BYTES: u64 = MAX_HASHED_BYTES;

/// Bytes of nothing but one value, again and again, in an .evt log that comes as a stream. They
/// cost a packer nothing and us memory; Windows fills a log as it grows.
pub const MAX_BLANK_BYTES: usize = 64 * 1024 * 1024;

/// Entries read from one file given by the user, and again from all archives nested in it together:
/// the most that a zip without its 64-bit extension can name. The largest collections of logs hold
/// some 20,000.
pub const MAX_ARCHIVE_ENTRIES: u64 = 65_535;

/// Members of one archive that are named one by one when they are not read; the others are counted.
pub const MAX_UNREAD_MEMBERS: usize = 1000;

/// Bytes read from one archive entry. Windows keeps no log near this size, but a disk image or
/// the .tar of a .tar.gz may be one entry; entries are streamed, so this bounds time only.
pub const MAX_ARCHIVE_ENTRY_BYTES: u64 = 64 * 1024 * 1024 * 1024;

/// Bytes that come out of one file given by the user, counted again for each archive around them.
pub const MAX_ARCHIVE_TOTAL_BYTES: u64 = 256 * 1024 * 1024 * 1024;

/// How far an entry may expand. Real logs, zeroes included, expand 20 to 100 times (deflate) or
/// 100 to 200 times (xz); deflate cannot exceed 1,032, and bombs come within a few of that. It is
/// what bounds the time for each byte given: a megabyte may become a quarter of a gigabyte.
pub const MAX_ARCHIVE_RATIO: u64 = 250;

/// Bytes that may come out of an entry before [`MAX_ARCHIVE_RATIO`] holds for it: a new log of
/// 20 MB with nothing in it is no bomb.
pub const ARCHIVE_RATIO_FREE_BYTES: u64 = 32 * 1024 * 1024;

/// Bytes that may come out of one file, and again of all archives nested in it, before
/// [`MAX_ARCHIVE_RATIO`] holds for them together. It is what stops a nest of small archives.
pub const ARCHIVE_RATIO_FREE_TOTAL: u64 = 64 * 1024 * 1024;

/// Bytes that may come out of all archives of one run beyond [`MAX_ARCHIVE_RATIO`] for each of them.
/// Without it a thousand bombs would each have their free bytes. Zeroes count as
/// [`ZEROES_COUNT_AS`] of them: new logs are full of them, and they cost little.
pub const ARCHIVE_RATIO_FREE_RUN: u64 = 64 * 1024 * 1024;
/// See [`ARCHIVE_RATIO_FREE_RUN`]: so many zeroes count as one byte.
pub const ZEROES_COUNT_AS: u64 = 4;
/// Bytes of each file that are not taken from [`ARCHIVE_RATIO_FREE_RUN`]: a new, empty log.
pub const ARCHIVE_RATIO_FREE_FILE: u64 = 128 * 1024;

/// Work spent on passwords that do not fit, for all archives in one file: so many wrong ones for an
/// AES member of a zip, each a thousandth of a second; one for a .7z counts as 32 of them.
pub const MAX_PASSWORD_WORK: u64 = 4096;

/// Window of a zstd frame: what `zstd --long` asks for. It is memory from the beginning.
pub const MAX_ZSTD_WINDOW: u64 = 128 * 1024 * 1024;

/// Archives inside archives. A .tar.gz counts as two; customers go four deep.
pub const MAX_ARCHIVE_DEPTH: usize = 8;

/// Bytes of archives held in memory at one time because their format needs seeking and they lie
/// inside another archive.
pub const MAX_ARCHIVE_HELD_BYTES: u64 = 256 * 1024 * 1024;

/// Bytes of zips inside other archives that are held at one time to read them by their directory;
/// a larger one is read from its beginning, member after member, and not held.
pub const MAX_NESTED_ZIP_BYTES: u64 = 32 * 1024 * 1024;

/// Window of an xz or 7z stream: what 7-Zip's strongest preset asks for. It is memory, but only
/// as much of it as comes out.
pub const MAX_LZMA_DICTIONARY: u64 = 256 * 1024 * 1024;

/// The index of a 7z archive, packed or not, and the extended header of a .tar member, in bytes.
pub const MAX_ARCHIVE_INDEX_BYTES: u64 = 16 * 1024 * 1024;

/// Length of a member's name that is kept. Windows' own limit is 260 unless lifted.
pub const MAX_MEMBER_NAME: usize = 1024;

/// Size of a file of message texts (.MTA), and bytes that its tables may name together. It is read
/// whole, one for each log at a time; Windows makes it 16 to 69 % of a log's size.
pub const MAX_MESSAGE_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes of text of one record in an export. A record of a log is at most 64 KiB; escaping, the
/// rendered message beside the strings and pretty printing make it larger, but never this large.
pub const MAX_EXPORT_RECORD: usize = 1024 * 1024;

/// Names of types remembered for one CLIXML export, each of which may name a channel.
pub const MAX_CLIXML_TYPES: usize = 20_000;

/// Bytes of an export decoded at once.
pub const TEXT_BLOCK: usize = 64 * 1024;
