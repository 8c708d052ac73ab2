//! Turns the bytes of an export into text, block by block: UTF-8, UTF-16 or a Windows code page.
//!
//! Knows nothing of what the text means. Folklore it knows:
//! - PowerShell redirection of `wevtutil` makes UTF-16 of what the declaration calls UTF-8: the
//!   bytes decide, never the declaration;
//! - .evt-era exports are in the code page of the server, without a mark: which one is guessed from the
//!   bytes that are no UTF-8, and the guess is said.

use std::io::{self, Read};
#[cfg(feature = "exports")]
use std::ops::ControlFlow;

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// How the bytes are read.
enum State {
    /// Nothing was read yet.
    Start,
    /// Only ASCII so far: what the first other byte means is still open.
    Ascii,
    /// The encoding is known.
    Known(Decoder),
    /// The file has ended; a decoder must not be used again.
    Done,
}

/// Text decoded from a reader.
struct Text<'r> {
    input: &'r mut dyn Read,
    state: State,
    /// Bytes read and not yet decoded.
    raw: Vec<u8>,
    /// Length of the byte order mark.
    mark: u64,
    /// Bytes of text given so far.
    given: u64,
    /// Up to here, a offset in the text is a offset in the file (but for the mark).
    exact: u64,
    exact_ended: bool,
    /// The code page that was guessed.
    guessed: Option<&'static Encoding>,
    strange: Strange,
    /// Why reading ended, to be told when all that came before is given.
    failure: Option<io::Error>,
}

impl<'r> Text<'r> {
    fn new(input: &'r mut dyn Read) -> Self {
        Text {
            input,
            state: State::Start,
            raw: Vec::new(),
            mark: 0,
            given: 0,
            exact: 0,
            exact_ended: false,
            guessed: None,
            strange: Strange::default(),
            failure: None,
        }
    }

    /// Appends the next block to `out`; false when there is no more.
    fn more(&mut self, out: &mut String) -> io::Result<bool> {
        loop {
            let last = self.fill()? == 0;
            if matches!(self.state, State::Start) && (last || self.raw.len() >= 4) {
                self.begin();
            }
            let before = out.len();
            match &mut self.state {
                State::Done => return Ok(false),
                State::Start => continue,
                State::Ascii => {
                    if !self.ascii(out, last) {
                        continue;
                    }
                }
                State::Known(decoder) => {
                    let replaced = decode(decoder, &self.raw, out, last);
                    let utf8 = decoder.encoding() == UTF_8;
                    let ascii = out.get(before..).is_some_and(str::is_ascii);
                    self.raw.clear();
                    if !self.exact_ended && !replaced && (utf8 || ascii) {
                        self.exact = self.given + (out.len() - before) as u64;
                    } else {
                        self.exact_ended = true;
                    }
                }
            }
            self.given += (out.len() - before) as u64;
            self.strange.look(out.get(before..).unwrap_or_default());
            if last {
                self.state = State::Done;
            }
            if last || out.len() > before {
                return Ok(!last || out.len() > before);
            }
        }
    }

    /// Reads another block of bytes behind those that wait; 0 at the end.
    fn fill(&mut self) -> io::Result<usize> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let waiting = self.raw.len();
        let mut end = waiting;
        self.raw.resize(waiting + limits::TEXT_BLOCK, 0);
        // Some readers give a few bytes at a time.
        while end - waiting < limits::TEXT_BLOCK / 2 {
            match self.input.read(self.raw.get_mut(end..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(read) => end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What came before is not lost.
                Err(error) if end > waiting => {
                    self.failure = Some(error);
                    break;
                }
                Err(error) => {
                    self.raw.truncate(waiting);
                    return Err(error);
                }
            }
        }
        self.raw.truncate(end);
        Ok(end - waiting)
    }

    /// Looks at the first bytes.
    fn begin(&mut self) {
        let (encoding, mark) = match Encoding::for_bom(&self.raw) {
            Some((encoding, length)) => (Some(encoding), length),
            None => (unmarked(&self.raw), 0),
        };
        // Some programs put a second one before a text that has one.
        let mark_again = self.raw.get(..mark).unwrap_or_default().to_vec();
        let mut marks = mark;
        while mark > 0 && self.raw.get(marks..marks + mark) == Some(mark_again.as_slice()) {
            marks += mark;
        }
        self.raw.drain(..marks);
        self.mark = marks as u64;
        if encoding == Some(UTF_16LE) || encoding == Some(UTF_16BE) {
            self.exact_ended = true;
        }
        self.state = match encoding {
            Some(encoding) => State::Known(encoding.new_decoder_without_bom_handling()),
            None => State::Ascii,
        };
    }

    /// Gives the ASCII at the front; false when the rest has to be looked at again, now that the
    /// encoding is known or more bytes are there.
    fn ascii(&mut self, out: &mut String, last: bool) -> bool {
        let length = Encoding::ascii_valid_up_to(&self.raw);
        if let Some(text) = self
            .raw
            .get(..length)
            .and_then(|raw| std::str::from_utf8(raw).ok())
        {
            out.push_str(text);
        }
        self.raw.drain(..length);
        self.exact = self.given + length as u64;
        // A character of UTF-8 may be cut at the end of the block.
        let enough = self.raw.len() >= 4 && mostly_utf8(&self.raw, last);
        if !self.raw.is_empty() && (last || enough || self.raw.len() >= GUESSED_FROM) {
            let encoding = if mostly_utf8(&self.raw, last) {
                UTF_8
            } else {
                *self.guessed.insert(code_page(&self.raw))
            };
            let mut decoder = encoding.new_decoder_without_bom_handling();
            if last {
                decode(&mut decoder, &self.raw, out, true);
                self.raw.clear();
                self.exact_ended = true;
            }
            self.state = State::Known(decoder);
        }
        length > 0 || last
    }

    /// Where in the file a offset in the text is, if that is known.
    fn offset(&self, at: u64) -> Option<u64> {
        (at <= self.exact).then_some(at + self.mark)
    }
}

/// Counts what no text holds: what disks and failed transfers leave where a text was overwritten.
/// Rows and records in it may be gone without a trace.
#[derive(Debug, Default, Clone, Copy)]
struct Strange {
    /// Control characters, and bytes that are of no character.
    characters: u64,
    /// Rows of one and the same character that nobody writes.
    runs: u64,
    run: (char, usize),
}

/// The same character so often in a row is a fill.
const FILL: usize = 48;

impl Strange {
    fn look(&mut self, text: &str) {
        let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
        if text.bytes().all(plain) && !text.contains("UUUUUUUUUUUUUUUU") {
            self.run = (' ', 0);
            return;
        }
        for c in text.chars() {
            if c == self.run.0 {
                self.run.1 += 1;
                self.runs += u64::from(self.run.1 == FILL && is_fill(c));
            } else {
                self.run = (c, 1);
            }
            let blank = matches!(c, '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\x1a' | '\x1b');
            self.characters += u64::from(c < ' ' && !blank || c == char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Whether a row of this character is no line that people draw, and no padding.
fn is_fill(c: char) -> bool {
    let drawn = matches!(c, '\u{b7}' | '\u{2000}'..='\u{201f}' | '\u{2022}'..='\u{202f}' | '\u{2190}'..='\u{33ff}' | '\u{ff00}'..='\u{ffef}');
    c == 'U' || !c.is_ascii() && !drawn
}

/// Decodes all of `raw`; true if something had to be replaced.
fn decode(decoder: &mut Decoder, raw: &[u8], out: &mut String, last: bool) -> bool {
    let Some(room) = decoder.max_utf8_buffer_length(raw.len()) else {
        return true;
    };
    out.reserve(room);
    let (_, _, replaced) = decoder.decode_to_string(raw, out, last);
    replaced
}

/// The encoding of a text without a byte order mark, where its first bytes show it.
fn unmarked(raw: &[u8]) -> Option<&'static Encoding> {
    match raw {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => return Some(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => return Some(UTF_16BE),
        _ => {}
    }
    if let Some(encoding) = by_zeroes(raw) {
        return Some(encoding);
    }
    declared(raw)
}

/// UTF-16 of a text that does not begin with ASCII: signs, digits and blanks among it show which
/// half of a unit is zero.
fn by_zeroes(raw: &[u8]) -> Option<&'static Encoding> {
    const LOOKED_AT: usize = 2048;
    let (units, _) = raw.get(..LOOKED_AT).unwrap_or(raw).as_chunks::<2>();
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    // PowerShell puts UTF-16 behind what another program wrote.
    let begins_plain = raw.get(..24)?.iter().all(|byte| plain(*byte));
    if begins_plain {
        return None;
    }
    let little = units.iter().filter(|unit| plain(unit[0]) && unit[1] == 0);
    let big = units.iter().filter(|unit| unit[0] == 0 && plain(unit[1]));
    let (little, big) = (little.count(), big.count());
    let enough = |these: usize, others: usize| these > 4 * others && these * 10 >= units.len();
    if units.len() >= 16 && enough(little, big) {
        Some(UTF_16LE)
    } else if units.len() >= 16 && enough(big, little) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The code page that an XML declaration names; Unicode is seen from the bytes.
fn declared(raw: &[u8]) -> Option<&'static Encoding> {
    let declaration = raw.strip_prefix(b"<?xml")?;
    let end = declaration
        .iter()
        .take(200)
        .position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let value = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    (encoding.is_ascii_compatible() && encoding != UTF_8).then_some(encoding)
}

/// Bytes from the first one that is no ASCII on, from which a code page is guessed; fewer at the end
/// of a file.
const GUESSED_FROM: usize = 16 * 1024;

/// The code page that bytes are most likely in which are no UTF-8.
#[cfg(not(feature = "exports"))]
fn code_page(_: &[u8]) -> &'static Encoding {
    encoding_rs::WINDOWS_1252
}

/// The code page that bytes are most likely in which are no UTF-8.
#[cfg(feature = "exports")]
fn code_page(raw: &[u8]) -> &'static Encoding {
    use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
    let raw = raw.get(..4 * GUESSED_FROM).unwrap_or(raw);
    // Guessing takes longer than all else that is done to tell what a program or a picture is.
    if is_binary(raw) {
        return encoding_rs::WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(raw, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether more than one byte of twenty is of a kind that no code page has in a text. Rows of equal bytes
/// are left out: what is filled in is damage.
#[cfg(feature = "exports")]
fn is_binary(raw: &[u8]) -> bool {
    let (mut seen, mut strange) = (0_usize, 0_usize);
    for (before, byte) in raw.iter().zip(raw.iter().skip(1)) {
        if before != byte {
            seen += 1;
            strange += usize::from(matches!(byte, 0..=8 | 14..=25 | 28..=31 | 127));
        }
    }
    seen >= 64 && strange * 20 > seen
}

/// Whether bytes that are not all ASCII are UTF-8, perhaps with damage.
fn mostly_utf8(raw: &[u8], last: bool) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in raw.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // The last character of the block may be cut.
    let cut = !last && std::str::from_utf8(raw).is_err_and(|error| error.error_len().is_none());
    good > 0 && good >= bad || bad == 1 && cut
}

/// The beginning of a file as text, for telling formats apart.
pub(crate) fn beginning(prefix: &[u8]) -> String {
    let mut out = String::new();
    let mut prefix = prefix;
    let mut text = Text::new(&mut prefix);
    while let Ok(true) = text.more(&mut out) {}
    out
}

/// The part of the text that is being looked at: it moves over the file and holds no more than it
/// must.
pub(crate) struct Window<'r> {
    text: Text<'r>,
    buffer: String,
    /// Bytes of the buffer that are done with.
    done: usize,
    /// Bytes of text before the buffer.
    before: u64,
    ended: bool,
    failure: Option<io::Error>,
    ends: LineEnds,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    /// It makes no difference.
    Any,
    /// It does, and none was seen yet.
    Unknown,
    /// With a line feed, as nearly everywhere.
    Feed,
    /// With a carriage return alone, as old Macs had it.
    Return,
}

impl LineEnds {
    /// The ends of a text that begins so.
    fn of(text: &str) -> LineEnds {
        // One at the end of what is there may have its line feed behind it.
        let whole = text.strip_suffix('\r').unwrap_or(text);
        match (text.contains('\n'), whole.contains('\r')) {
            (true, _) => LineEnds::Feed,
            (false, true) => LineEnds::Return,
            (false, false) => LineEnds::Unknown,
        }
    }
}

/// A line without the byte order mark of a file that was put behind another one.
#[cfg(feature = "exports")]
pub(crate) fn without_mark(line: &str) -> &str {
    line.strip_prefix('\u{feff}').unwrap_or(line)
}

/// The text with line feeds, where all it has are carriage returns.
#[cfg(feature = "exports")]
pub(crate) fn with_line_feeds(text: &str) -> std::borrow::Cow<'_, str> {
    match LineEnds::of(text) {
        LineEnds::Return => text.replace('\r', "\n").into(),
        _ => text.into(),
    }
}

impl<'r> Window<'r> {
    pub(crate) fn new(input: &'r mut dyn Read) -> Self {
        Window {
            text: Text::new(input),
            buffer: String::new(),
            done: 0,
            before: 0,
            ended: false,
            failure: None,
            ends: LineEnds::Any,
        }
    }

    /// Of a text whose lines matter: they end with a line feed, whatever the file has.
    pub(crate) fn of_lines(input: &'r mut dyn Read) -> Self {
        Window {
            ends: LineEnds::Unknown,
            ..Window::new(input)
        }
    }

    /// What is there and not yet done with.
    pub(crate) fn rest(&self) -> &str {
        self.buffer.get(self.done..).unwrap_or_default()
    }

    /// Leaves `length` bytes behind.
    pub(crate) fn skip(&mut self, length: usize) {
        self.done = (self.done + length).min(self.buffer.len());
        while !self.buffer.is_char_boundary(self.done) {
            self.done += 1;
        }
    }

    /// Reads on; false at the end of the file.
    pub(crate) fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.before += self.done as u64;
        self.buffer.drain(..self.done);
        self.done = 0;
        let held = self.buffer.len();
        match self.text.more(&mut self.buffer) {
            Ok(true) => {
                if self.ends == LineEnds::Unknown {
                    self.ends = LineEnds::of(&self.buffer);
                    if self.ends == LineEnds::Return {
                        self.buffer = self.buffer.replace('\r', "\n");
                    }
                } else if self.ends == LineEnds::Return {
                    let new = self.buffer.split_off(held);
                    self.buffer.push_str(&new.replace('\r', "\n"));
                }
                true
            }
            Ok(false) => {
                self.ended = true;
                false
            }
            Err(error) => {
                self.ended = true;
                self.failure = Some(error);
                false
            }
        }
    }

    /// Hands over each line that is left, without its end, and where it begins. One beyond the limit of
    /// a record comes in pieces.
    #[cfg(feature = "exports")]
    pub(crate) fn each_line(&mut self, take: &mut dyn FnMut(&str, Option<u64>) -> ControlFlow<()>) {
        loop {
            let end = self.rest().find('\n');
            if end.is_none() && self.rest().len() <= limits::MAX_EXPORT_RECORD && self.more() {
                continue;
            }
            let length = end.unwrap_or(self.rest().len());
            self.look_for_fills(length);
            let line = self.rest().get(..length).unwrap_or_default();
            let line = without_mark(line);
            let taken = take(line, self.offset());
            if end.is_none() && !self.more() {
                break;
            }
            self.skip(length + usize::from(end.is_some()));
            if taken.is_break() {
                break;
            }
        }
    }

    /// Looks at so many bytes at the front: a line or row that was overwritten is told in the end.
    #[cfg(feature = "exports")]
    pub(crate) fn look_for_fills(&mut self, length: usize) {
        let line = self.rest().get(..length).unwrap_or_default();
        if crate::export::fills::is_filled(line) {
            self.text.strange.runs += 1;
        }
    }

    /// Where in the file [`Window::rest`] begins, if that is known.
    pub(crate) fn offset(&self) -> Option<u64> {
        self.text.offset(self.before + self.done as u64)
    }

    /// Bytes of memory in use for text.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.buffer.capacity() + self.text.raw.capacity()
    }

    /// Why reading ended early.
    pub(crate) fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }
}

/// Notes which code page was guessed, and why an export could not be read to its end, if so.
pub(crate) fn note_failure(delivery: &mut Delivery<'_>, window: &Window<'_>) {
    let Strange {
        characters, runs, ..
    } = window.text.strange;
    if characters + runs > 0 {
        delivery.account.integrity.note_many(
            DefectCode::Malformed,
            None,
            characters + runs,
            "it holds what no text does (control characters, bytes of no character, one sign again and \
             again): a part of it may be overwritten",
        );
    }
    if let Some(encoding) = window.text.guessed {
        let message = format!(
            "the text has no mark of its encoding; it was read as {}, which fits its bytes best",
            encoding.name()
        );
        delivery.defect(DefectCode::GuessedEncoding, None, message);
    }
    if let Some(error) = window.failure() {
        let message = format!("reading failed before the end: {error}");
        delivery.defect(DefectCode::ReadError, window.offset(), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let (Some(to), Some((first, rest))) = (buffer.first_mut(), self.0.split_first()) else {
                return Ok(0);
            };
            *to = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn lines_that_end_with_a_carriage_return_alone() {
        let lines = |bytes: &[u8]| {
            let mut input = Slow(bytes);
            let mut window = Window::of_lines(&mut input);
            while window.more() {}
            window.rest().to_owned()
        };
        assert_eq!(lines(b"a\rb\rc"), "a\nb\nc");
        assert_eq!(lines(b"a\r\nb\rc\n"), "a\r\nb\rc\n");
        assert_eq!(slow(b"a\rb\rc"), "a\rb\rc");
    }

    fn slow(bytes: &[u8]) -> String {
        let mut input = Slow(bytes);
        let mut window = Window::new(&mut input);
        while window.more() {}
        window.rest().to_owned()
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_whole_and_in_drops() {
        let text = "<Event>Zürich — Größe 漢字 😀</Event>";
        let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
            utf16(text, false),
            utf16(text, true),
            marked(b"\xff\xfe", utf16(text, false)),
            marked(b"\xfe\xff", utf16(text, true)),
        ] {
            assert_eq!(beginning(&bytes), text);
            assert_eq!(slow(&bytes), text);
        }
        for (words, page) in [
            (
                "오류,2000-02-06 오전 1:20:00,응용 프로그램,경고",
                encoding_rs::EUC_KR,
            ),
            (
                "エラー,2000/02/06 1:20:00,アプリケーション,警告",
                encoding_rs::SHIFT_JIS,
            ),
            (
                "錯誤,2000/2/6 上午 01:20:00,應用程式,警告",
                encoding_rs::BIG5,
            ),
            (
                "Błąd,2000-02-06 01:20:00,Źródło zdarzeń,Ostrzeżenie",
                encoding_rs::WINDOWS_1250,
            ),
            (
                "ข้อผิดพลาด,6/2/2543 1:20:00,แอปพลิเคชัน,คำเตือน",
                encoding_rs::WINDOWS_874,
            ),
            (
                "Fehler,06.02.2000 01:20:00,Größe überschritten,Übersicht für Geräte",
                encoding_rs::WINDOWS_1252,
            ),
        ] {
            let (bytes, _, lossy) = page.encode(words);
            assert!(!lossy, "{words}");
            assert_eq!(beginning(&bytes), words, "{}", page.name());
        }
        let ansi = b"Gr\xf6\xdfe \x80";
        assert_eq!(beginning(ansi), "Größe €");
        assert_eq!(slow(ansi), "Größe €");
        assert_eq!(
            beginning(b"<?xml version='1.0' encoding='windows-1250'?>\xec"),
            "<?xml version='1.0' encoding='windows-1250'?>ě"
        );
        assert_eq!(
            beginning(b"<?xml version='1.0' encoding='utf-16'?>ab"),
            "<?xml version='1.0' encoding='utf-16'?>ab"
        );
        for bytes in [
            &b""[..],
            b"a",
            b"\xc3",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\0\0\0",
        ] {
            slow(bytes);
            beginning(bytes);
        }
    }

    #[test]
    fn the_encoding_shows_late() {
        let mut bytes = vec![b'a'; 3 * limits::TEXT_BLOCK - 1];
        bytes.extend("ö".as_bytes());
        bytes.extend([b'b'; 10]);
        let text = beginning(&bytes);
        assert!(
            text.ends_with("aöbbbbbbbbbb"),
            "{:?}",
            text.get(text.len() - 20..)
        );
        // Damage in UTF-8 does not make it a code page.
        let mut damaged = "größer größer größer".as_bytes().to_vec();
        damaged.push(0xff);
        assert!(beginning(&damaged).starts_with("größer größer größer"));
    }

    /// Of the same bytes always.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn no_code_page_is_guessed_for_what_is_no_text() {
        assert!(is_binary(&noise(4096)));
        // A small program in a large file of zeroes.
        let mut padded = vec![0; 60_000];
        padded.extend(noise(2000));
        assert!(is_binary(&padded));
        let row = "오류,2000-02-06 오전 1:20:00,응용 프로그램,경고\r\n";
        let (page, _, _) = encoding_rs::EUC_KR.encode(row);
        let text = page.repeat(200);
        assert!(!is_binary(&text));
        // A sector that was filled, and one of something else, leave it a text.
        for sector in [vec![0; 4096], vec![0xf6; 4096], noise(512)] {
            let mut damaged = text.clone();
            damaged.splice(3000..3000, sector);
            assert!(!is_binary(&damaged));
        }
    }

    #[test]
    fn places_are_those_of_the_file_or_none() {
        let offset = |bytes: &[u8], at: usize| {
            let mut input = bytes;
            let mut window = Window::new(&mut input);
            while window.more() {}
            window.skip(at);
            window.offset()
        };
        assert_eq!(offset(b"abcdef", 3), Some(3));
        assert_eq!(offset(b"\xef\xbb\xbfabc\xc3\xb6def", 5), Some(8));
        assert_eq!(offset(b"\xff\xfea\0b\0c\0", 1), None);
        assert_eq!(offset(b"abc\xf6def", 2), Some(2));
        assert_eq!(offset(b"abc\xf6def", 6), None);
    }
}
