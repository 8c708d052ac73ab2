//! Every limit of the library, named, with its reason: those of reading logs are in
//! [`eventkb_logs::limits`].
//!
//! Log contents and signatures are foreign: whatever they hold, time and memory stay bounded by
//! these numbers.

pub use eventkb_logs::limits::*;

/// Size of a signature file in bytes. The largest built-in one has some 15 KB.
pub const MAX_SIGNATURE_BYTES: u64 = 1024 * 1024;

/// Nesting of a signature's rules.
pub const MAX_RULE_DEPTH: usize = 16;

/// Symptoms, rule-outs or examples of one signature.
pub const MAX_SIGNATURE_ITEMS: usize = 128;

/// Length of a pattern in a signature, in bytes. The pattern engine is linear in the text, and
/// its programs are bounded by this.
pub const MAX_PATTERN_BYTES: usize = 512;

/// Longest window a signature may ask for, in seconds: 31 days.
pub const MAX_WINDOW_S: u64 = 31 * 24 * 3600;

/// Single observations kept for one class (provider, event, computer and the values that matter)
/// before they are folded into runs with exact counts.
pub const MAX_SINGLE_OBSERVATIONS: usize = 256;

/// Seconds between two observations of one run, once a class is folded.
pub const RUN_GAP_S: i64 = 60;

/// Runs of one class. Where there are more, pauses between runs are taken twice as long, and so on.
pub const MAX_RUNS: usize = 4096;

/// From this number of classes on, fewer single observations are kept of each: no real dump has so
/// many kinds of relevant events, and those that vary one value on purpose gain nothing by it.
pub const MANY_CLASSES: usize = 2_000;

/// Single observations kept for one class when there are [`MANY_CLASSES`].
pub const FEW_OBSERVATIONS: usize = 16;

/// Records kept as proof at each end of a run.
pub const RUN_CITATIONS: usize = 3;

/// Classes of observations kept in one session. A log that has more of them varies the values on
/// purpose; what is dropped is counted and named.
pub const MAX_CLASSES: usize = 100_000;

/// Different events whose class is remembered while a session is fed: some 50 bytes for each.
pub const MAX_KNOWN_EVENTS: usize = 65_536;

/// Bytes of likenesses of records remembered while a session is fed: some thousand different events
/// that come again and again.
pub const MAX_FAMILIAR_BYTES: usize = 4 * 1024 * 1024;

/// Citations shown for one symptom of a finding; the count stays exact.
pub const MAX_CITATIONS: usize = 10;

/// Kinds of unexplained errors and warnings that are counted apart.
pub const MAX_TALLY_KINDS: usize = 20_000;

/// Rows in the list of unexplained errors and warnings.
pub const MAX_UNEXPLAINED: usize = 10;

/// Rows in the list of near misses.
pub const MAX_NEAR_MISSES: usize = 10;

/// Computers listed for one row of a list.
pub const MAX_COMPUTERS_LISTED: usize = 20;

/// Gaps in record ids listed for one file.
pub const MAX_GAPS: usize = 20;

/// Bytes up to which errors and warnings that nothing explains are counted unasked: beyond, the
/// count would take several times as long as the scan itself.
pub const MAX_COUNTED_BYTES: u64 = 256 * 1024 * 1024;
