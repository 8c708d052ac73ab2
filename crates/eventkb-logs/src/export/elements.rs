//! Cuts a stream of XML into single elements, so that one damaged element costs only itself and
//! no document is ever held whole.
//!
//! This is a splitter, not a parser: it keeps the names of the open tags and knows where comments,
//! CDATA and instructions end. Whether an element is well formed is decided by who parses it.
//! Folklore it knows: `wevtutil` writes elements without a root, `evtx_dump` puts a line and a
//! declaration between them.

use crate::export::flaw::Flaw;
use crate::export::text::Window;
use crate::limits;

/// What stands at the front of the window.
pub(crate) enum Piece {
    /// A whole element, this many bytes long.
    Whole(usize),
    /// An element that cannot be read; the search goes on behind its first tag.
    Damaged(Flaw),
}

/// Walks over the elements of one name.
pub(crate) struct Elements<'r> {
    pub(crate) window: Window<'r>,
    /// The start of the tag: `<Event`.
    tag: String,
    /// The end of the root, if these elements have one: `</Events`.
    root_end: String,
    rooted: bool,
    closed: bool,
    scan: Scan,
    absent: [Absent; 3],
    /// The end of an element: `</Event>`.
    element_end: String,
    /// Ends of elements that were cut out as damaged, still to come.
    owed: u64,
    /// Ends of elements of which no beginning was found, and where the first one stands.
    strays: u64,
    first_stray: Option<u64>,
}

impl<'r> Elements<'r> {
    /// `tag` and `root_end` without their ends, as in `<Event` and `</Events`: the name of the root
    /// begins with that of the element.
    pub(crate) fn new(window: Window<'r>, tag: &str, root_end: &str) -> Self {
        Elements {
            window,
            tag: tag.to_owned(),
            root_end: root_end.to_owned(),
            rooted: false,
            closed: false,
            scan: Scan::default(),
            absent: Default::default(),
            element_end: format!("</{}>", tag.trim_start_matches('<')),
            owed: 0,
            strays: 0,
            first_stray: None,
        }
    }

    /// Elements of which only the end was found, and where the first one stands.
    pub(crate) fn strays(&self) -> (u64, Option<u64>) {
        (self.strays, self.first_stray)
    }

    /// Looks for ends of elements in so many bytes that are passed over.
    fn pass_over(&mut self, length: usize) {
        let passed = self.window.rest().get(..length).unwrap_or_default();
        let mut ends = passed.matches(&self.element_end).count() as u64;
        let owed = ends.min(self.owed);
        self.owed -= owed;
        ends -= owed;
        if ends > 0 {
            self.strays += ends;
            let here = self.window.offset();
            self.first_stray = self.first_stray.or(here);
        }
        self.skip(length);
    }

    /// Whether a root was opened and never closed: the end of the file is missing, even if no
    /// element is cut.
    pub(crate) fn unclosed(&self) -> bool {
        self.rooted && !self.closed
    }

    /// Moves the window to the next element and says what it is; `None` at the end of the file.
    /// The caller takes the element from the window and calls [`Elements::pass`].
    pub(crate) fn next(&mut self) -> Option<Piece> {
        if !self.seek() {
            return None;
        }
        self.scan = Scan::default();
        loop {
            match self
                .scan
                .go_on(self.window.rest().as_bytes(), &mut self.absent)
            {
                Step::Whole(length) => return Some(Piece::Whole(length)),
                Step::Damaged(flaw) => return Some(Piece::Damaged(flaw)),
                Step::More if self.window.rest().len() > limits::MAX_EXPORT_RECORD => {
                    return Some(Piece::Damaged(Flaw::TooLarge));
                }
                Step::More if !self.window.more() => return Some(Piece::Damaged(Flaw::Cut)),
                Step::More => {}
            }
        }
    }

    /// Leaves the element behind, or only its first tag if it was damaged: the next element may
    /// stand inside what looks like its content.
    pub(crate) fn pass(&mut self, piece: &Piece) {
        match piece {
            Piece::Whole(length) => self.skip(*length),
            Piece::Damaged(_) => {
                self.owed += 1;
                self.skip(self.tag.len());
            }
        }
    }

    fn skip(&mut self, length: usize) {
        self.window.skip(length);
        for absent in &mut self.absent {
            absent.from = absent.from.saturating_sub(length);
            absent.to = absent.to.saturating_sub(length);
        }
    }

    /// Moves to the next tag of the wanted name.
    fn seek(&mut self) -> bool {
        loop {
            let rest = self.window.rest();
            let mut from = 0;
            let found = loop {
                let Some(at) = rest.get(from..).and_then(|text| text.find(&self.tag)) else {
                    break None;
                };
                let at = from + at;
                from = at + self.tag.len();
                match rest.as_bytes().get(from) {
                    // `<Events>` is another element.
                    Some(b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/') => break Some(at),
                    Some(_) => self.rooted = true,
                    None => {
                        from = at;
                        break None;
                    }
                }
            };
            if let Some(at) = found {
                self.pass_over(at);
                return true;
            }
            self.closed |= rest.contains(&self.root_end);
            // Part of a tag may stand at the end of what is there.
            let kept = self.root_end.len().max(self.element_end.len());
            let done = rest.len().saturating_sub(kept).max(from.min(rest.len()));
            self.pass_over(done);
            if !self.window.more() {
                return false;
            }
        }
    }
}

enum Step {
    Whole(usize),
    More,
    Damaged(Flaw),
}

/// How far one element was scanned; places count from its start.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    /// Where the names of the open tags stand.
    open: Vec<(usize, usize)>,
}

impl Scan {
    fn go_on(&mut self, text: &[u8], absent: &mut [Absent; 3]) -> Step {
        loop {
            let Some(next) = find(text, self.at, b"<") else {
                self.at = text.len();
                return Step::More;
            };
            self.at = next;
            let rest = text.get(next..).unwrap_or_default();
            let end = match rest {
                [b'<', b'/', ..] => match self.end_tag(text) {
                    Ok(Some(end)) if self.open.is_empty() => return Step::Whole(end),
                    other => other,
                },
                [b'<', b'?', ..] => Ok(close(text, next, Closer::Instruction, absent)),
                [b'<', b'!', ..] => comment_or_cdata(text, next, absent),
                [b'<', _, ..] => match self.start_tag(text) {
                    Ok(Some(end)) if self.open.is_empty() => return Step::Whole(end),
                    other => other,
                },
                _ => Ok(None),
            };
            match end {
                Ok(Some(end)) => self.at = end,
                Ok(None) => return Step::More,
                Err(flaw) => return Step::Damaged(flaw),
            }
        }
    }

    fn end_tag(&mut self, text: &[u8]) -> Result<Option<usize>, Flaw> {
        let start = self.at + 2;
        let Some(end) = find(text, start, b">") else {
            return Ok(None);
        };
        let name = text.get(start..end).unwrap_or_default().trim_ascii_end();
        let wanted = self.open.pop().and_then(|(from, to)| text.get(from..to));
        if wanted == Some(name) {
            Ok(Some(end + 1))
        } else {
            Err(Flaw::EndTag)
        }
    }

    fn start_tag(&mut self, text: &[u8]) -> Result<Option<usize>, Flaw> {
        let start = self.at + 1;
        let mut quote = None;
        let mut end = None;
        for (at, byte) in text.iter().enumerate().skip(start) {
            match (quote, byte) {
                // Never allowed in a tag, not even inside quotes.
                (_, b'<') => return Err(Flaw::Tag),
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                (None, b'>') => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { return Ok(None) };
        let tag = text.get(start..end).unwrap_or_default();
        if tag.last() != Some(&b'/') {
            let name = tag
                .iter()
                .position(|byte| byte.is_ascii_whitespace())
                .unwrap_or(tag.len());
            if name == 0 {
                return Err(Flaw::Tag);
            }
            if self.open.len() >= limits::MAX_XML_DEPTH {
                return Err(Flaw::TooDeep);
            }
            self.open.push((start, start + name));
        }
        Ok(Some(end + 1))
    }
}

/// What ends a part that is not looked into.
#[derive(Debug, Clone, Copy)]
enum Closer {
    Instruction,
    Comment,
    Data,
}

impl Closer {
    fn mark(self) -> &'static [u8] {
        match self {
            Closer::Instruction => b"?>",
            Closer::Comment => b"-->",
            Closer::Data => b"]]>",
        }
    }
}

/// Between these places of the window a closer was looked for in vain. Without this, a file of
/// comments that never end would be searched from each of them to the end of the window.
#[derive(Debug, Clone, Copy, Default)]
struct Absent {
    from: usize,
    to: usize,
}

/// The offset behind the closer of what begins at `at`.
fn close(text: &[u8], at: usize, closer: Closer, absent: &mut [Absent; 3]) -> Option<usize> {
    let mark = closer.mark();
    let known = absent.get_mut(closer as usize)?;
    // A closer may stand across either end of what is known.
    let overlap = mark.len() - 1;
    if at < known.from {
        let until = (known.from + overlap).min(text.len());
        if let Some(found) = find(text.get(..until)?, at, mark) {
            return Some(found + mark.len());
        }
    }
    let start = if known.to > at {
        known.to.saturating_sub(overlap).max(at)
    } else {
        at
    };
    match find(text, start, mark) {
        Some(found) => Some(found + mark.len()),
        None => {
            let from = if known.to > at {
                known.from.min(at)
            } else {
                at
            };
            *known = Absent {
                from,
                to: text.len(),
            };
            None
        }
    }
}

fn comment_or_cdata(
    text: &[u8],
    at: usize,
    absent: &mut [Absent; 3],
) -> Result<Option<usize>, Flaw> {
    let rest = text.get(at..).unwrap_or_default();
    for (open, closer) in [
        (&b"<!--"[..], Closer::Comment),
        (b"<![CDATA[", Closer::Data),
    ] {
        if rest.starts_with(open) {
            return Ok(close(text, at + open.len(), closer, absent));
        }
        if open.starts_with(rest) {
            return Ok(None);
        }
    }
    Err(Flaw::Declaration)
}

/// The first offset of `needle` at or after `from`.
fn find(text: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = from;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if text.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        let mut input = text.as_bytes();
        let mut elements = Elements::new(Window::new(&mut input), "<Event", "</Events");
        let mut found = Vec::new();
        while let Some(piece) = elements.next() {
            found.push(match &piece {
                Piece::Whole(length) => elements.window.rest()[..*length].to_owned(),
                Piece::Damaged(flaw) => format!("{flaw:?}"),
            });
            elements.pass(&piece);
        }
        found
    }

    #[test]
    fn cuts_elements_with_and_without_a_root() {
        assert_eq!(
            pieces("<Events><Event a='>'><b/></Event>\r\n<Event/></Events>"),
            ["<Event a='>'><b/></Event>", "<Event/>"]
        );
        assert_eq!(
            pieces("Record 1\n<?xml version='1.0'?><Event>1</Event>Record 2\n<Event>2</Event >"),
            ["<Event>1</Event>", "<Event>2</Event >"]
        );
    }

    #[test]
    fn what_looks_like_a_tag_inside_comments_and_cdata_is_none() {
        for inside in [
            "<!-- </Event> -->",
            "<![CDATA[</Event><Event>]]>",
            "<?x </Event> ?>",
            "<a><Event>x</Event></a>",
        ] {
            let whole = format!("<Event>{inside}</Event>");
            assert_eq!(pieces(&format!("{whole}{whole}")), [whole.clone(), whole]);
        }
    }

    #[test]
    fn damage_costs_only_its_own_element() {
        for (damaged, flaw) in [
            ("<Event><a></Event>", "EndTag"),
            ("<Event><a", "Tag"),
            ("<Event><a b='<'/></Event>", "Tag"),
            (
                "<Event><!DOCTYPE a [<!ENTITY b 'c'>]></Event>",
                "Declaration",
            ),
        ] {
            assert_eq!(
                pieces(&format!("<Event>1</Event>{damaged}<Event>2</Event>")),
                ["<Event>1</Event>", flaw, "<Event>2</Event>"],
                "{damaged}"
            );
        }
        assert_eq!(
            pieces("<Event><a/><Event>2</Event>"),
            ["Cut", "<Event>2</Event>"]
        );
        let deep = format!("<Event>{}", "<a>".repeat(100));
        assert_eq!(
            pieces(&format!("{deep}<Event>2</Event>")),
            ["TooDeep", "<Event>2</Event>"]
        );
    }

    #[test]
    fn comments_that_never_end_cost_their_length_once() {
        for open in ["<!-- x ", "<![CDATA[ x ", "<? x "] {
            let text = format!("<Event>{open}").repeat(200_000);
            let found = pieces(&format!("{text}{}", "<Event>2</Event>"));
            assert_eq!(
                found.last().map(String::as_str),
                Some("<Event>2</Event>"),
                "{open}"
            );
        }
        let closed = "<Event><!-- 1 --></Event>";
        let found = pieces(&format!("<Event><!-- <Event><!-- 1 --><a>{closed}"));
        assert_eq!(found, ["Cut", "Cut", closed]);
    }

    #[test]
    fn too_large_is_refused_and_left_behind() {
        let large = format!(
            "<Event>{}</Event><Event>2</Event>",
            "x".repeat(3 * limits::MAX_EXPORT_RECORD)
        );
        assert_eq!(pieces(&large), ["TooLarge", "<Event>2</Event>"]);

        let mut input = large.as_bytes();
        let mut elements = Elements::new(Window::new(&mut input), "<Event", "</Events");
        while let Some(piece) = elements.next() {
            elements.pass(&piece);
            assert!(elements.window.held() < 3 * limits::MAX_EXPORT_RECORD);
        }
    }
}
