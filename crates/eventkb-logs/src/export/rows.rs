//! Cuts a stream of text into the rows of a table, and rows into fields.
//!
//! Not a common CSV reader: those follow an unclosed quote to the end of the file, and what tools
//! export is only half quoted. Here a quote opens a field only where a field begins and closes it
//! only where one can end; a row that never ends costs one line; and no row may grow beyond the
//! limit for one record.

use crate::export::text::Window;
use crate::limits;

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Fields(Vec<String>),
    /// A line that begins a quoted field which does not end.
    NotClosed,
    /// A line longer than any record may be.
    TooLarge,
}

/// Walks over the rows of a table.
pub(crate) struct Rows<'r> {
    pub(crate) window: Window<'r>,
    delimiter: u8,
    /// Length of the row that [`Rows::next`] gave.
    length: usize,
    /// Bytes from here on that belong to a row which did not end: they are read line by line.
    line_by_line: usize,
}

impl<'r> Rows<'r> {
    pub(crate) fn new(window: Window<'r>, delimiter: u8) -> Self {
        Rows {
            window,
            delimiter,
            length: 0,
            line_by_line: 0,
        }
    }

    /// The next row that is not empty; `None` at the end of the file. The window stands at the
    /// row until the next call.
    pub(crate) fn next(&mut self) -> Option<Row> {
        loop {
            self.window.skip(self.length);
            self.line_by_line = self.line_by_line.saturating_sub(self.length);
            self.length = 0;
            if self.window.rest().is_empty() && !self.window.more() {
                return None;
            }
            let row = self.row();
            self.window.look_for_fills(self.length);
            if !matches!(&row, Row::Fields(fields) if fields.iter().all(|field| field.trim().is_empty()))
            {
                return Some(row);
            }
        }
    }

    /// The text of the row that [`Rows::next`] gave.
    pub(crate) fn text(&self) -> &str {
        self.window
            .rest()
            .get(..self.length)
            .unwrap_or_default()
            .trim_end_matches(['\r', '\n'])
    }

    fn row(&mut self) -> Row {
        let mut scan = Scan {
            fresh: true,
            ..Scan::default()
        };
        loop {
            let rest = self.window.rest().as_bytes();
            match scan.go_on(rest, self.delimiter, self.line_by_line > 0) {
                Some(End::Row) => {
                    self.length = scan.at;
                    return self.fields();
                }
                Some(End::NotClosed) => {
                    self.length = scan.at;
                    return Row::NotClosed;
                }
                None => {}
            }
            let too_large = rest.len() > limits::MAX_EXPORT_RECORD;
            let ended = !too_large && !self.window.more();
            let length = self.window.rest().len();
            if !too_large && !ended {
                continue;
            }
            if scan.quoted && !scan.closing && self.line_by_line == 0 {
                // Once more, without a look beyond the line.
                self.line_by_line = length;
                scan = Scan {
                    fresh: true,
                    ..Scan::default()
                };
            } else if too_large {
                return self.too_large();
            } else {
                self.length = length;
                return if scan.quoted && !scan.closing {
                    Row::NotClosed
                } else {
                    self.fields()
                };
            }
        }
    }

    fn fields(&self) -> Row {
        Row::Fields(fields(self.text(), self.delimiter))
    }

    /// Leaves a long line behind, which may go on beyond what is held.
    fn too_large(&mut self) -> Row {
        loop {
            if let Some(at) = self.window.rest().find('\n') {
                self.length = at + 1;
                return Row::TooLarge;
            }
            let length = self.window.rest().len();
            self.window.skip(length);
            self.line_by_line = self.line_by_line.saturating_sub(length);
            if !self.window.more() {
                return Row::TooLarge;
            }
        }
    }
}

enum End {
    Row,
    NotClosed,
}

#[derive(Debug, Default)]
struct Scan {
    at: usize,
    /// A field begins here.
    fresh: bool,
    quoted: bool,
    /// The last byte was a quote that may close the field.
    closing: bool,
}

impl Scan {
    /// Goes on to the end of the row, if it is in `text`; with `one_line` a quoted field must end
    /// on its line.
    fn go_on(&mut self, text: &[u8], delimiter: u8, one_line: bool) -> Option<End> {
        while let Some(byte) = text.get(self.at) {
            self.at += 1;
            if self.quoted {
                match byte {
                    b'"' => self.closing = !self.closing,
                    b'\r' if self.closing => {}
                    b'\n' if self.closing => return Some(End::Row),
                    b'\n' if one_line => return Some(End::NotClosed),
                    byte if self.closing && *byte == delimiter => {
                        *self = Scan {
                            at: self.at,
                            fresh: true,
                            ..Scan::default()
                        };
                    }
                    _ => self.closing = false,
                }
                continue;
            }
            match byte {
                b'\n' => return Some(End::Row),
                b'"' if self.fresh => self.quoted = true,
                _ => {}
            }
            self.fresh = *byte == delimiter;
        }
        None
    }
}

/// The fields of one row.
pub(crate) fn fields(row: &str, delimiter: u8) -> Vec<String> {
    let delimiter = char::from(delimiter);
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted, delimiter),
            None => match rest.split_once(delimiter) {
                Some((field, after)) => (field.to_owned(), Some(after)),
                None => (rest.to_owned(), None),
            },
        };
        fields.push(field);
        match after {
            Some(after) if fields.len() < limits::MAX_STRINGS => rest = after,
            _ => return fields,
        }
    }
}

/// Whether the last field of a row is in quotes that close: nothing behind it belongs to its text.
pub(crate) fn ends_quoted(row: &str, delimiter: u8) -> bool {
    let delimiter = char::from(delimiter);
    let mut rest = row.trim_end_matches('\r');
    loop {
        let quoted = rest.strip_prefix('"');
        let after = match quoted {
            Some(quoted) => quoted_field(quoted, delimiter).1,
            None => rest.split_once(delimiter).map(|(_, after)| after),
        };
        match after {
            Some(after) => rest = after,
            None => return quoted.is_some_and(|quoted| quoted.ends_with('"')),
        }
    }
}

/// Reads up to the quote that closes the field; a quote elsewhere is part of the text.
fn quoted_field(text: &str, delimiter: char) -> (String, Option<&str>) {
    let mut field = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        field.push_str(before);
        if let Some(after) = after.strip_prefix('"') {
            field.push('"');
            rest = after;
        } else if let Some(after) = after.strip_prefix(delimiter) {
            return (field, Some(after));
        } else if after.trim_end_matches('\r').is_empty() {
            return (field, None);
        } else {
            field.push('"');
            rest = after;
        }
    }
    field.push_str(rest);
    (field, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let mut input = text.as_bytes();
        let mut rows = Rows::new(Window::new(&mut input), b',');
        std::iter::from_fn(|| rows.next()).collect()
    }

    fn row(fields: &[&str]) -> Row {
        Row::Fields(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn half_quoted_and_multi_line() {
        assert_eq!(
            rows("a,b,\"c, d\"\r\n\r\n,,\ne,\"f\r\ng\",\"h \"\"i\"\"\"\r\nj,\"\",k\"l"),
            [
                row(&["a", "b", "c, d"]),
                row(&["e", "f\r\ng", "h \"i\""]),
                row(&["j", "", "k\"l"]),
            ]
        );
        // Quotes inside that nobody doubled.
        assert_eq!(
            rows("a,\"the \"b\" service\"\nc,d\n"),
            [row(&["a", "the \"b\" service"]), row(&["c", "d"])]
        );
    }

    #[test]
    fn rows_whose_last_text_is_in_quotes() {
        for (row, quoted) in [
            ("a,\"b\"", true),
            ("a,\"b, \"\"c\"\"\"\r", true),
            ("a,b says \"c\"", false),
            ("\"a\",b", false),
            ("a,\"b", false),
            ("a,", false),
        ] {
            assert_eq!(ends_quoted(row, b','), quoted, "{row}");
        }
    }

    #[test]
    fn what_does_not_end_costs_one_line() {
        assert_eq!(
            rows("a,b\nc,\"d\ne,f\n"),
            [row(&["a", "b"]), Row::NotClosed, row(&["e", "f"])]
        );
        let many = "x,\"y\n".repeat(400_000) + "e,f\n";
        let found = rows(&many);
        assert_eq!(
            (found.len(), found.last()),
            (400_001, Some(&row(&["e", "f"])))
        );
        let long = format!("a,b\n{}\nc,d", "x".repeat(3 * limits::MAX_EXPORT_RECORD));
        assert_eq!(
            rows(&long),
            [row(&["a", "b"]), Row::TooLarge, row(&["c", "d"])]
        );
    }
}
