//! The two ends of the program: what it prints, and what it complains about.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use eventkb_render::{Clean, Doc, Look};

use crate::args::{ColorChoice, GlobalArgs};

/// Width when there is no terminal to ask.
const DEFAULT_WIDTH: u16 = 100;
/// Wider lines are hard to read.
const WIDEST: u16 = 200;

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Wrong usage, in a sentence that says the way out.
    Usage(String),
    /// The output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Output(error)
    }
}

/// How tables shall look here.
pub(crate) fn look(global: &GlobalArgs, to_file: bool) -> Look {
    let is_terminal = !to_file && io::stdout().is_terminal();
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && !set("NO_COLOR") && !dumb,
    };
    let of_terminal = || {
        if to_file {
            return None;
        }
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width.0.clamp(40, WIDEST))
    };
    // A shell or a user may know better than the terminal.
    let of_columns = || {
        let columns = std::env::var("COLUMNS").ok()?.trim().parse::<u16>().ok()?;
        (columns > 0).then(|| columns.clamp(40, 1000))
    };
    let width = global.width.or_else(of_columns).or_else(of_terminal);
    let width = width.unwrap_or(DEFAULT_WIDTH);
    Look {
        width: usize::from(width),
        color,
        ascii: global.ascii,
    }
}

/// Standard output and standard error.
pub(crate) struct Output<'a> {
    pub(crate) out: &'a mut (dyn Write + Send),
    pub(crate) err: &'a mut (dyn Write + Send),
    pub(crate) look: Look,
    pub(crate) quiet: bool,
}

impl Output<'_> {
    /// Prints a document as tables.
    pub(crate) fn tables(&mut self, doc: &Doc) -> Result<(), Stop> {
        self.text(&eventkb_render::terminal(doc, self.look))
    }

    /// Prints text that is safe already.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Stop> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Prints a value as JSON, over several lines or in one.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize, pretty: bool) -> Result<(), Stop> {
        let text = if pretty {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        let text = text.map_err(|error| Stop::Output(error.into()))?;
        self.text(&eventkb_render::safe_json(&text))?;
        self.text("\n")
    }

    /// One line on stderr about something that went wrong.
    ///
    /// A complaint that cannot be written has nowhere to go.
    pub(crate) fn error(&mut self, text: impl Display) {
        let _ = writeln!(
            self.err,
            "eventkb: {}",
            Clean::new(&text.to_string()).as_str()
        );
    }

    /// The same for something worth knowing, unless the user asked for quiet.
    pub(crate) fn warning(&mut self, text: impl Display) {
        if !self.quiet {
            self.error(text);
        }
    }
}
