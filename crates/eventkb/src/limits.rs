//! Every limit of the engine, named, with its reason. Limits of reading are in
//! [`eventkb_logs::limits`].

/// Size of a signature, catalogue or example file in bytes. The largest built-in one has 40 KB.
pub const MAX_SIGNATURE_BYTES: u64 = 1024 * 1024;

/// Files read from one folder of signatures. The built-in pack has some 1,200.
pub const MAX_SIGNATURE_FILES: usize = 20_000;

/// Folders below a folder of signatures.
pub const MAX_SIGNATURE_DEPTH: usize = 16;

/// Nesting of a signature's rules and conditions.
pub const MAX_RULE_DEPTH: usize = 16;

/// Symptoms, rule-outs or examples of one signature.
pub const MAX_SIGNATURE_ITEMS: usize = 128;

/// Conditions of one symptom, nested ones counted.
pub const MAX_CONDITIONS: usize = 256;

/// Events of one example, repetitions counted. Every test of the pack runs all of them; storms are
/// shown well enough by a few hundred.
pub const MAX_EXAMPLE_EVENTS: usize = 10_000;

/// Length of a pattern in a signature, in bytes.
pub const MAX_PATTERN_BYTES: usize = 512;

/// Size of the program that a pattern is made into, in bytes. The pattern engine takes some 0.6 us for each
/// byte of text and each KiB of this: `(?:a.{0,300}b.{0,300}){1,9}z` would be made into 467 KiB, and take
/// minutes for a megabyte of values. The largest of the built-in ones has 4.2 KiB.
pub const MAX_PATTERN_PROGRAM: usize = 5 * 1024;

/// The same, of a pattern that begins with `^`: it is tried at one place of a text only. "More than 255
/// characters" has 12.2 KiB.
pub const MAX_ANCHORED_PROGRAM: usize = 13 * 1024;

/// The same, of all patterns of a signature. The most that a built-in one has is 19 KiB.
pub const MAX_PATTERN_PROGRAMS: usize = 32 * 1024;

/// Bytes of a value that patterns look at. A record holds at most 64 KiB; what tells articles
/// apart stands at a text's beginning.
pub const MAX_PATTERN_TEXT: usize = 16 * 1024;

/// Longest window a signature may ask for, in seconds: 31 days.
pub const MAX_WINDOW_S: u64 = 31 * 24 * 3600;

/// Single observations kept for one class (provider, event, computer and the values that matter)
/// before only those at the ends of runs are kept for citation, and as many runs at most: where there
/// are more, the pause that ends a run is taken twice as long, and so on. Only citations are thinned;
/// counts and times stay exact.
pub const MAX_SINGLE_OBSERVATIONS: usize = 256;

/// Seconds between two observations of one run, once a class is thinned.
pub const RUN_GAP_S: i64 = 60;

/// From this number of classes on, fewer single observations are kept of each.
pub const MANY_CLASSES: usize = 2_000;

/// Single observations kept for one class when there are [`MANY_CLASSES`].
pub const FEW_OBSERVATIONS: usize = 4;

/// Records kept as proof at each end of a run.
pub const RUN_CITATIONS: usize = 3;

/// Classes of observations kept in one session, some 500 bytes each. A log that has more of them
/// varies the values on purpose; what is dropped is counted and named.
pub const MAX_CLASSES: usize = 400_000;

/// Classes of one kind of answer that are looked at for a signature of which no occurrence can be
/// offered, whatever is joined: no event has the values that its rules ask for. It is ruled out a
/// hundred thousand times then, or has no verdict; counting to the end would take as long as
/// everything else together. What is left out is counted and named.
pub const MAX_CLASSES_RULED_OUT: usize = 1_000;

/// Seconds of classes with records, as evidence of the signatures that are judged at the same time:
/// each takes some 500 bytes. Signatures with more of them are judged one after the other.
pub const MAX_POINTS_AT_ONCE: usize = 50_000;

/// Different events whose class is remembered while a session is fed: some 200 bytes for each, in each
/// thread.
pub const MAX_KNOWN_EVENTS: usize = 65_536;

/// Bytes of fingerprints of records remembered while a session is fed: some ten thousand different
/// events that come again and again, in each thread.
pub const MAX_FINGERPRINT_BYTES: usize = 16 * 1024 * 1024;

/// Citations shown for one symptom of a finding; the count stays exact.
pub const MAX_CITATIONS: usize = 10;

/// Citations shown for one symptom of a ruled-out finding.
pub const MAX_RULED_OUT_CITATIONS: usize = 2;

/// Kinds of errors and warnings (provider, event, level, computer) that are counted apart.
pub const MAX_ERROR_KINDS: usize = 20_000;

/// Different contents of one kind of error that are counted apart.
pub const MAX_ERROR_FORMS: usize = 512;

/// Strings and bytes of each that are kept of one form of an error.
pub const MAX_FORM_STRINGS: usize = 32;
/// See [`MAX_FORM_STRINGS`].
pub const MAX_FORM_BYTES: usize = 512;

/// Rows in the list of unexplained errors and warnings.
pub const MAX_UNEXPLAINED: usize = 25;

/// Contents listed for one value of an unexplained error.
pub const MAX_TOP_VALUES: usize = 5;

/// Rows in the list of near misses.
pub const MAX_NEAR_MISSES: usize = 10;

/// Computers listed for one row of a list.
pub const MAX_COMPUTERS_LISTED: usize = 20;

/// Objects listed for one finding.
pub const MAX_OBJECTS_LISTED: usize = 50;

/// Landmarks kept for one session, and shown in one report.
pub const MAX_LANDMARKS: usize = 20_000;
/// See [`MAX_LANDMARKS`].
pub const MAX_LANDMARKS_SHOWN: usize = 500;

/// Pairs of computer and channel told apart in one session of fed events.
pub const MAX_SPANS: usize = 4096;

/// Records of a match that are set against those of others. An article with more of them stands for
/// itself: no particular one explains so many.
pub const MAX_RECORDS_COMPARED: usize = 20_000;

/// Rivals shown for one finding.
pub const MAX_RIVALS: usize = 6;

/// Rows of record ids without a gap that are kept for one log of a timeline: some 60 bytes each.
/// Threads bring the parts of a log in any order, so there are more while it is read than gaps.
pub const MAX_ROWS_OF_IDS: usize = 65_536;

/// Gaps shown for one log of a timeline. Filtered exports have thousands, which tell nothing.
pub const MAX_GAPS_OF_LOG: usize = 64;

/// Gaps shown for one computer of a timeline.
pub const MAX_GAPS_OF_LANE: usize = 200;

/// Computers of a timeline. Nobody reads more lanes than these.
pub const MAX_LANES: usize = 100;

/// Marks of a timeline: enough for a page, few enough for a browser.
pub const MAX_TIMELINE_MARKS: usize = 2_000;

/// Marks of one finding in a timeline: where it has more occurrences, those that follow each other
/// closely share a mark.
pub const MAX_FINDING_MARKS: usize = 64;

/// Records of one finding in a timeline.
pub const MAX_FINDING_EVENTS: usize = 200;

/// Objects named by one mark of a timeline.
pub const MAX_MARK_OBJECTS: usize = 5;

/// Seconds within which starts, or stops, of one computer are one: a start is logged by several
/// providers.
pub const SAME_LANDMARK_S: i64 = 300;

/// A clock that was set by no more seconds than this was only adjusted, which happens all the time.
pub const CLOCK_ADJUSTED_S: i64 = 1;

/// Events shown in the timeline of an occurrence.
pub const MAX_TIMELINE: usize = 20;

/// Computers that one name can mean: a first label that more of them share names none.
pub const MAX_MEANT: usize = 64;

/// Occurrences of one round that an event without a key is offered to.
pub const MAX_COMPETING: usize = 8;

/// Occurrences of one signature whose cause is looked into, best first, where no rule depends on
/// it.
pub const MAX_CAUSES_CHECKED: usize = 256;

/// Size of an index of articles in bytes. That of an archive of 60,000 articles has some 2 MB.
pub const MAX_INDEX_BYTES: usize = 32 * 1024 * 1024;

/// Articles in one index, some 300 bytes of memory each. Microsoft has published some 200,000.
pub const MAX_INDEX_ARTICLES: usize = 200_000;

/// Events named in one index, some 400 bytes of memory each. 60,000 articles name some 5,000.
pub const MAX_INDEX_EVENTS: usize = 400_000;

/// Codes, phrases, products and problems in one index, some 40 bytes of memory each.
pub const MAX_INDEX_FACTS: usize = 2_000_000;

/// One article in an index, in bytes: while it is read, it has ten times as many of memory.
pub const MAX_INDEX_ARTICLE: usize = 4 * 1024 * 1024;

/// Texts in one index, some 60 bytes of memory each. 60,000 articles have some 20,000.
pub const MAX_INDEX_TEXTS: usize = 1_000_000;

/// Length of one text in an index, in bytes: paths are the longest.
pub const MAX_INDEX_TEXT: usize = 4096;

/// Kinds of unexplained errors and warnings for which leads are looked up, the gravest and most
/// frequent first. A dump that has more of them has other problems.
pub const MAX_LEAD_KINDS: usize = 1_000;

/// Articles that are looked at for one kind of event. The most shared one of the largest public
/// collection is named by some fifty.
pub const MAX_LEAD_CANDIDATES: usize = 4_096;

/// Leads listed in one report, and for one kind of event.
pub const MAX_LEADS: usize = 100;
/// See [`MAX_LEADS`].
pub const MAX_LEADS_OF_KIND: usize = 5;

/// Different numbers of one kind of event that are held against articles.
pub const MAX_LEAD_NUMBERS: usize = 2_048;

/// Different texts of one kind of event that are held against articles: each is looked for in each
/// phrase.
pub const MAX_LEAD_TEXTS: usize = 256;

/// Whole messages of one kind of event that are held against articles.
pub const MAX_LEAD_MESSAGES: usize = 16;

/// Bytes of binary data in which codes are looked for: longer data is a dump of something.
pub const MAX_LEAD_DATA: usize = 64;

/// Codes of one event and of one article that are looked at.
pub const MAX_LEAD_CODES: usize = 256;

/// Bytes of descriptions, times the texts that are held against them, in one report: about a second.
pub const MAX_LEAD_WORK: usize = 1_000_000_000;

/// Seconds with an event of one kind on one computer that are held against those of others. Where
/// there are more, every second, third, ... is left out, the first and the last never.
pub const MAX_LEAD_POINTS: usize = 20_000;
/// Size of one article in bytes. The largest real ones have some 300 KB.
pub const MAX_ARTICLE_BYTES: u64 = 4 * 1024 * 1024;

/// Files of one collection of articles: every article that Microsoft ever published, ten times.
pub const MAX_ARTICLE_FILES: usize = 2_000_000;

/// Folders below a folder of articles.
pub const MAX_ARTICLE_DEPTH: usize = 64;

/// Threads that read articles; more do not read faster.
pub const MAX_ARTICLE_THREADS: usize = 64;
