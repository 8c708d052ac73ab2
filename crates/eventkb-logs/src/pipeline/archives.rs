//! Archives on the way: their members go through the dispatcher that found them. Without the
//! feature `archives`, an archive is named as one that cannot be read.

use std::collections::HashMap;
use std::fs::File;
use std::io;
#[cfg(feature = "archives")]
use std::io::{Cursor, Read};
#[cfg(feature = "archives")]
use std::ops::ControlFlow;
use std::path::Path;

use super::dispatcher::Dispatcher;
#[cfg(feature = "archives")]
use super::dispatcher::{MANY_JOBS, looks_like_a_log};
#[cfg(feature = "archives")]
use super::tracked_reader::{Failing, Watched};
#[cfg(feature = "archives")]
use crate::account::Ignored;
use crate::archive::ArchiveKind;
#[cfg(feature = "archives")]
use crate::archive::{self, ArchiveInput, Budget, Members, Refusal};
use crate::passwords::Passwords;
use crate::sink::Sink;

/// How deep in archives a stream lies, and what may still come out of them.
#[cfg(feature = "archives")]
pub(super) struct Nesting(Budget);

#[cfg(feature = "archives")]
impl Nesting {
    pub(super) fn new(passwords: &Passwords, run: &Run) -> Self {
        let budget = Budget::default().of_run(run);
        Nesting(budget.with_passwords(passwords.clone()))
    }
}

/// What the archives of one run may use together.
#[cfg(feature = "archives")]
pub(super) type Run = archive::RunBudget;

/// There is no depth where no archive is read.
#[cfg(not(feature = "archives"))]
pub(super) struct Nesting(());

#[cfg(not(feature = "archives"))]
impl Nesting {
    pub(super) fn new(_: &Passwords, _: &Run) -> Self {
        Nesting(())
    }
}

/// Where no archive is read, none uses anything.
#[cfg(not(feature = "archives"))]
pub(super) type Run = ();

/// Members of an archive that were not read. An archive may hold a hundred thousand of them.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// The archive.
    pub(super) path: String,
    /// How many were named one by one.
    pub(super) named: usize,
    /// Where the accounts of those stand that should have been logs, by their paths.
    pub(super) failed: HashMap<String, usize>,
    /// How many more there are: those that should have been logs, and others.
    pub(super) more_failed: u64,
    pub(super) more_ignored: u64,
}

#[cfg(not(feature = "archives"))]
impl<S: Sink> Dispatcher<'_, S> {
    pub(super) fn archive_file(&mut self, kind: ArchiveKind, _: &Path, path: &str, _: &mut File) {
        self.not_built_in(kind, path);
    }

    pub(super) fn archive_stream(
        &mut self,
        kind: ArchiveKind,
        path: &str,
        _: (Vec<u8>, Option<io::Error>),
        _: &mut dyn io::Read,
        _: &Nesting,
    ) {
        self.not_built_in(kind, path);
    }

    fn not_built_in(&mut self, kind: ArchiveKind, path: &str) {
        let why = format!("reading {kind} archives is not built in (feature `archives`)");
        self.leave(path, why, true);
    }
}

#[cfg(feature = "archives")]
impl<S: Sink> Dispatcher<'_, S> {
    /// Reads an archive that is a file of its own.
    pub(super) fn archive_file(
        &mut self,
        kind: ArchiveKind,
        on_disk: &Path,
        path: &str,
        file: &mut File,
    ) {
        if kind == ArchiveKind::Zip {
            self.locale_metadata.enter_zip(on_disk, file);
        }
        let mut watched = Watched::new(file, self.plan.progress);
        let input = ArchiveInput::File(&mut watched);
        let Nesting(budget) = self.plan.nesting();
        self.archive(kind, path, input, &budget);
        self.locale_metadata.leave_zip();
    }

    /// Reads an archive of which the beginning was read, with the error that ended it.
    pub(super) fn archive_stream(
        &mut self,
        kind: ArchiveKind,
        path: &str,
        (prefix, error): (Vec<u8>, Option<io::Error>),
        rest: &mut dyn Read,
        Nesting(budget): &Nesting,
    ) {
        let mut whole = Cursor::new(prefix).chain(Failing(error)).chain(rest);
        self.archive(kind, path, ArchiveInput::Stream(&mut whole), budget);
    }

    /// Reads the members of an archive, archives among them too.
    fn archive(&mut self, kind: ArchiveKind, path: &str, input: ArchiveInput<'_>, budget: &Budget) {
        let outermost = self.unread.is_none();
        self.unread.get_or_insert_with(|| Unread {
            path: path.to_owned(),
            ..Unread::default()
        });
        let mut opened = Opened {
            dispatcher: self,
            budget,
        };
        // Stopping is remembered by the dispatcher itself.
        let _ = archive::read(kind, path, input, budget, &mut opened);
        if outermost && let Some(unread) = self.unread.take() {
            self.name_the_rest(path, &unread);
        }
    }

    fn name_the_rest(&mut self, path: &str, unread: &Unread) {
        if unread.more_failed > 0 {
            let count = unread.more_failed;
            self.failed(
                path,
                format!("{count} more of its members could not be read"),
            );
        }
        if unread.more_ignored > 0 {
            let count = unread.more_ignored;
            self.own.result.ignored.push(Ignored::new(
                path,
                format!("{count} more of its members are no event logs"),
            ));
        }
    }

    /// Notes what an archive would not give.
    fn refused(&mut self, path: &str, refusal: &Refusal) {
        let (code, message) = (refusal.code(), refusal.to_string());
        let open = self.open.iter().rev().find(|o| *o.job.path == *path);
        let files = &mut self.own.result.files;
        let failed = self.unread.as_ref();
        let failed = failed.and_then(|unread| unread.failed.get(path));
        // A log that was just read is among the last ones: to look through all of them for each
        // member would take minutes.
        let last = files.len().saturating_sub(2 * MANY_JOBS);
        let near = files.iter().skip(last).rposition(|f| f.input.path == path);
        let at = failed.copied().or(near.map(|at| last + at));
        if let Some(open) = open {
            open.job.note(code, message);
        } else if let Some(file) = at.and_then(|at| files.get_mut(at)) {
            file.note(code, message);
        } else {
            // A link is worth a word, and an error only where a log was meant.
            let should_be_log = !matches!(refusal, Refusal::Link) || looks_like_a_log(path);
            self.leave(path, message, should_be_log);
        }
    }
}

/// The members of an archive go through the dispatcher that found it.
#[cfg(feature = "archives")]
struct Opened<'r, 'a, S> {
    dispatcher: &'r mut Dispatcher<'a, S>,
    budget: &'r Budget,
}

#[cfg(feature = "archives")]
impl<S: Sink> Members for Opened<'_, '_, S> {
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()> {
        if self.dispatcher.ended() {
            return ControlFlow::Break(());
        }
        match self.budget.deeper() {
            Ok(budget) => self
                .dispatcher
                .stream(path, reader, &Nesting(budget), false),
            Err(refusal) => self.dispatcher.refused(path, &refusal),
        }
        // Sizes and checksums are checked at the end; what is behind a log's end is thrown away.
        let mut block = [0; 16 * 1024];
        while !self.dispatcher.ended() && reader.read(&mut block).is_ok_and(|read| read > 0) {}
        if self.dispatcher.ended() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn refused(&mut self, path: &str, refusal: Refusal) {
        self.dispatcher.refused(path, &refusal);
    }
}
