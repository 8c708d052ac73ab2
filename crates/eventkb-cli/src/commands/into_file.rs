//! Commands whose document goes into a file, and what no file that is written may be.

use std::path::{Path, PathBuf};

use super::{UNWRITTEN, dispatch, leads};
use crate::args::{
    ArticlesCommand, Cli, Command, GlobalArgs, LeadsArgs, ReadArgs, RedactArgs, SignaturesCommand,
};
use crate::exit::Exit;
use crate::files::{Access, NewFile};
use crate::output::{Output, Stop};

/// Runs a command whose document goes into a file.
pub(super) fn run(path: &Path, cli: &Cli, output: &mut Output) -> Result<Exit, Stop> {
    let inputs = inputs(&cli.command, &cli.global);
    let mut file = NewFile::new(path, Access::Usual, &inputs)?;
    for other in other_outputs(&cli.command) {
        if file.is_same_as(&NewFile::new(other, Access::Private, &inputs)?) {
            return Err(Stop::Usage(format!(
                "{}: two things would be written into this file; name two files",
                path.display()
            )));
        }
    }
    let mut into_file = Output {
        out: &mut file,
        err: &mut *output.err,
        look: output.look,
        quiet: output.quiet,
    };
    let exit = match dispatch(&cli.command, &cli.global, &mut into_file) {
        // A file does not end as a pipe does.
        Err(Stop::Output(error)) => {
            return Err(Stop::Usage(format!(
                "{}: {UNWRITTEN}: {}",
                path.display(),
                crate::files::unwritten(&error)
            )));
        }
        result => result?,
    };
    file.finish()?;
    Ok(exit)
}

/// Where the document of a command goes, if not to standard output.
pub(super) fn of(cli: &Cli) -> Option<&Path> {
    // Of these it is what they make, not what they print.
    let owned = matches!(
        cli.command,
        Command::Articles(ArticlesCommand::Build(_))
            | Command::Signatures(SignaturesCommand::Draft(_))
    );
    let path = cli.global.output.as_deref().filter(|_| !owned);
    path.filter(|path| path.as_os_str() != "-")
}

/// What a command reads, which may not be written over.
fn inputs(command: &Command, global: &GlobalArgs) -> Vec<PathBuf> {
    let (paths, read): (&[PathBuf], Option<&ReadArgs>) = match command {
        Command::Scan(args) => (&args.paths, Some(&args.read)),
        Command::Explain(args) => (&args.paths, Some(&args.read)),
        Command::Compare(args) => (&args.words, Some(&args.read)),
        Command::Events(args) => (&args.paths, Some(&args.read)),
        Command::Logs(args) => (&args.paths, Some(&args.read)),
        Command::Merge(args) => (&args.files, None),
        Command::Render(args) => (std::slice::from_ref(&args.report), None),
        Command::Signatures(SignaturesCommand::Check { files, .. }) => (files, None),
        Command::Articles(ArticlesCommand::Build(args)) => (&args.paths, None),
        Command::Signatures(SignaturesCommand::Draft(args)) => (&args.from, None),
        _ => (&[], None),
    };
    let mut inputs = inputs_of_reading(paths, read, global);
    let indexes = articles(command).map(|args| leads::named(args, global));
    inputs.extend(indexes.unwrap_or_default());
    inputs
}

/// What a command that reads these may not write over.
pub(super) fn inputs_of_reading(
    paths: &[PathBuf],
    read: Option<&ReadArgs>,
    global: &GlobalArgs,
) -> Vec<PathBuf> {
    let passwords = read.and_then(|read| read.password_file.as_ref());
    let others = global.signatures.iter().chain(passwords);
    paths.iter().chain(others).cloned().collect()
}

/// The indexes of articles that a command opens.
fn articles(command: &Command) -> Option<&LeadsArgs> {
    match command {
        Command::Scan(args) => Some(&args.leads),
        Command::Merge(args) => Some(&args.leads),
        Command::Articles(ArticlesCommand::List(args)) => Some(&args.leads),
        Command::Articles(ArticlesCommand::Show(args)) => Some(&args.leads),
        Command::Articles(ArticlesCommand::Check(args)) => Some(&args.leads),
        Command::Articles(ArticlesCommand::Find(args)) => Some(&args.leads),
        Command::Signatures(SignaturesCommand::Draft(args)) => Some(&args.leads),
        _ => None,
    }
}

/// Refuses files that may not be written, before anything is read.
pub(super) fn check_others(cli: &Cli) -> Result<(), Stop> {
    let others = other_outputs(&cli.command);
    if others.is_empty() {
        return Ok(());
    }
    let inputs = inputs(&cli.command, &cli.global);
    let mut others = others.into_iter();
    others.try_for_each(|path| NewFile::new(path, Access::Private, &inputs).map(drop))
}

/// Files that a command writes besides its document.
fn other_outputs(command: &Command) -> Vec<&Path> {
    let redact: Option<&RedactArgs> = match command {
        Command::Scan(args) => Some(&args.show.redact),
        Command::Explain(args) => Some(&args.show.redact),
        Command::Compare(args) => Some(&args.show.redact),
        Command::Logs(args) => Some(&args.show.redact),
        Command::Merge(args) => Some(&args.show.redact),
        Command::Render(args) => Some(&args.show.redact),
        Command::Events(args) => Some(&args.redact),
        _ => None,
    };
    let observations = match command {
        Command::Scan(args) => args.emit_observations.as_deref(),
        _ => None,
    };
    let map = redact.and_then(|redact| redact.redact_map.as_deref());
    let files = map.into_iter().chain(observations);
    files.filter(|path| path.as_os_str() != "-").collect()
}
