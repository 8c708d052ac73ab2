//! Writes small logs the way Windows does: a ring of records with an EOF record behind the newest.

use std::collections::VecDeque;

const MARK: u32 = 0x654C_664C;

/// What goes into a record; numbers are given by the log.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) time: u32,
    pub(super) id: u32,
    pub(super) kind: u16,
    pub(super) category: u16,
    pub(super) source: String,
    pub(super) computer: String,
    pub(super) sid: Vec<u8>,
    pub(super) strings: Vec<String>,
    pub(super) data: Vec<u8>,
}

impl Event {
    /// An event whose content and size depend on `n` only.
    pub(super) fn sample(n: u32) -> Self {
        let mut sid = vec![1, 2, 0, 0, 0, 0, 0, 5];
        sid.extend(32_u32.to_le_bytes());
        sid.extend(n.to_le_bytes());
        Self {
            time: 1_100_000_000 + n,
            id: 0xC000_0000 | (9000 + n % 500),
            kind: [1, 2, 4, 8, 16, 0][n as usize % 6],
            category: (n % 7) as u16,
            source: format!("MSExchange{}", n % 3),
            computer: "EX55-A".to_owned(),
            sid: if n.is_multiple_of(3) { sid } else { Vec::new() },
            strings: vec![
                format!("no {n}"),
                String::new(),
                "é".repeat(n as usize % 23),
            ],
            data: (0..n % 11).map(|byte| byte as u8).collect(),
        }
    }

    pub(super) fn encode(&self, number: u32) -> Vec<u8> {
        let mut text = utf16z(&self.source);
        text.extend(utf16z(&self.computer));
        let sid_at = (0x38 + text.len()).next_multiple_of(4);
        text.resize(sid_at - 0x38, 0);
        text.extend(&self.sid);
        let strings_at = 0x38 + text.len();
        self.strings
            .iter()
            .for_each(|string| text.extend(utf16z(string)));
        let data_at = 0x38 + text.len();
        text.extend(&self.data);
        let len = (0x38 + text.len()).next_multiple_of(4) + 4;
        let strings = self.strings.len() as u32;
        let mut bytes = words(&[
            len as u32,
            MARK,
            number,
            self.time,
            self.time + 1,
            self.id,
            strings << 16 | u32::from(self.kind),
            u32::from(self.category),
            0,
            strings_at as u32,
            self.sid.len() as u32,
            sid_at as u32,
            self.data.len() as u32,
            data_at as u32,
        ]);
        bytes.extend(text);
        bytes.resize(len - 4, 0);
        bytes.extend((len as u32).to_le_bytes());
        bytes
    }
}

pub(super) fn utf16z(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

pub(super) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub(super) fn poke(bytes: &mut [u8], offset: usize, word: u32) {
    bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
}

/// A log being written. Positions count bytes since the log began; the ring takes them modulo.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) bytes: Vec<u8>,
    /// Position, length and number of each record still in the log.
    pub(super) records: VecDeque<(usize, usize, u32)>,
    pub(super) end: usize,
    pub(super) next: u32,
}

impl Log {
    pub(super) fn new(size: usize) -> Self {
        let mut log = Self {
            bytes: vec![0; size],
            records: VecDeque::new(),
            end: 0,
            next: 1,
        };
        log.put_eof();
        log.close();
        log
    }

    /// A closed log with the sample events 1 to `count`.
    pub(super) fn with(size: usize, count: u32) -> Self {
        let mut log = Self::new(size);
        log.samples(count);
        log.close();
        log
    }

    pub(super) fn samples(&mut self, count: u32) {
        for _ in 0..count {
            self.write(&Event::sample(self.next));
        }
    }

    fn ring(&self) -> usize {
        self.bytes.len() - 0x30
    }

    pub(super) fn physical(&self, position: usize) -> usize {
        0x30 + position % self.ring()
    }

    fn put(&mut self, position: usize, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            let at = self.physical(position + index);
            self.bytes[at] = *byte;
        }
    }

    pub(super) fn write(&mut self, event: &Event) {
        self.write_numbered(event, self.next);
    }

    pub(super) fn write_numbered(&mut self, event: &Event, number: u32) {
        let record = event.encode(number);
        let left = self.ring() - self.end % self.ring();
        let filler = if left < 0x38 { left } else { 0 };
        let new_end = self.end + filler + record.len() + 0x28;
        while self
            .records
            .front()
            .is_some_and(|(at, ..)| new_end > at + self.ring())
        {
            self.records.pop_front();
        }
        self.put(self.end, &words(&vec![0x27; filler / 4]));
        let at = self.end + filler;
        self.put(at, &record);
        self.records.push_back((at, record.len(), number));
        self.end = at + record.len();
        self.next = number.wrapping_add(1);
        self.put_eof();
    }

    /// Oldest offset, EOF offset, next and oldest number.
    pub(super) fn state(&self) -> [u32; 4] {
        let oldest = self
            .records
            .front()
            .map_or((self.end, 0), |(at, _, number)| (*at, *number));
        let offsets = [oldest.0, self.end].map(|at| self.physical(at) as u32);
        [offsets[0], offsets[1], self.next, oldest.1]
    }

    pub(super) fn put_eof(&mut self) {
        let [oldest_at, eof_at, next, oldest] = self.state();
        let mut eof = words(&[0x28, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444]);
        eof.extend(words(&[oldest_at, eof_at, next, oldest, 0x28]));
        self.put(self.end, &eof);
    }

    /// Writes the header, as closing the log does.
    pub(super) fn close(&mut self) {
        let [oldest_at, eof_at, next, oldest] = self.state();
        let wrapped = if self.end > self.ring() { 2 } else { 0 };
        let size = self.bytes.len() as u32;
        let header = [
            0x30, MARK, 1, 1, oldest_at, eof_at, next, oldest, size, wrapped, 604_800, 0x30,
        ];
        self.bytes[..0x30].copy_from_slice(&words(&header));
    }

    /// Marks the header as that of a log in use.
    pub(super) fn set_dirty(&mut self) {
        self.bytes[0x24] |= 1;
    }

    pub(super) fn first(&self) -> u32 {
        self.records.front().map_or(0, |(.., number)| *number)
    }
}

/// A small generator of numbers (xorshift), so that a failing case can be had again.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below.max(1)
    }
}
