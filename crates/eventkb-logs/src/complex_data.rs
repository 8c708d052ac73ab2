//! Lists of `ComplexData`: providers write how long each is as a value before it, which is no
//! insertion string.

/// Lists, and lengths of them, that are told apart in one event.
const MOST: usize = 16;

/// The lists of an event, and values that may be their lengths.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The string's position, and the number.
    lengths: Vec<(usize, u64)>,
    lists: Vec<List>,
}

#[derive(Debug)]
struct List {
    name: Option<String>,
    entries: u64,
    /// How many lengths were before it.
    lengths_before: usize,
}

impl Lists {
    /// One more entry of the list with this name.
    pub(crate) fn entry(&mut self, name: Option<String>) {
        let has_room = self.lists.len() < MOST;
        match self.lists.iter_mut().find(|list| list.name == name) {
            Some(list) => list.entries += 1,
            None if has_room => self.lists.push(List {
                name,
                entries: 1,
                lengths_before: self.lengths.len(),
            }),
            None => {}
        }
    }

    /// The string at this position is called as a length is.
    pub(crate) fn length(&mut self, position: usize, text: &str) {
        if self.lengths.len() < MOST
            && let Ok(length) = text.trim().parse()
        {
            self.lengths.push((position, length));
        }
    }

    /// Takes what is the length of a list behind it out of the strings.
    pub(crate) fn take_lengths_out(&self, strings: &mut Vec<String>) {
        let is_length = |n: usize, length: u64| {
            let mut lists = self.lists.iter();
            lists.any(|list| list.entries == length && n < list.lengths_before)
        };
        for (n, &(at, length)) in self.lengths.iter().enumerate().rev() {
            if is_length(n, length) && at < strings.len() {
                strings.remove(at);
            }
        }
    }
}
