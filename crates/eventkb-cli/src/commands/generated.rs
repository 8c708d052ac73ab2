//! `completions` and `man`: made from the one definition of the command line.

use std::fs;
use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, CommandFactory};
use clap_complete::{Shell as Generator, generate};
use eventkb::SignatureSet;

use crate::args::{Cli, CompletionsArgs, ManArgs, ShellArg};
use crate::exit::Exit;
use crate::output::{Output, Stop};

/// Prints the completions of a shell. They know the built-in signatures by id and title.
pub(super) fn completions(args: &CompletionsArgs, output: &mut Output) -> Result<Exit, Stop> {
    let set = SignatureSet::built_in();
    let ids: Vec<PossibleValue> = set
        .iter()
        .map(|head| PossibleValue::new(head.id().to_owned()).help(head.title().to_owned()))
        .collect();
    let know_ids = |command: clap::Command, name: &'static str| {
        let ids = PossibleValuesParser::new(ids.clone());
        command.mut_arg(name, |arg| arg.value_parser(ids))
    };
    let mut command = Cli::command()
        .mut_subcommand("explain", |command| know_ids(command, "signature"))
        .mut_subcommand("signatures", |command| {
            command
                .mut_subcommand("show", |command| know_ids(command, "id"))
                .mut_subcommand("test", |command| know_ids(command, "ids"))
        });
    let shell = match args.shell {
        ShellArg::Bash => Generator::Bash,
        ShellArg::Zsh => Generator::Zsh,
        ShellArg::Fish => Generator::Fish,
        ShellArg::PowerShell => Generator::PowerShell,
    };
    let mut script = Vec::new();
    generate(shell, &mut command, "eventkb", &mut script);
    output.out.write_all(&script)?;
    if shell == Generator::Fish {
        command.build();
        let mut lines = String::new();
        for command in command.get_subcommands() {
            let used = format!("__fish_eventkb_using_subcommand {}", command.get_name());
            fish_values(command, &used, &mut lines);
            for below in command.get_subcommands() {
                let name = below.get_name();
                let used = format!("{used}; and __fish_seen_subcommand_from {name}");
                fish_values(below, &used, &mut lines);
            }
        }
        output.text(&lines)?;
    }
    Ok(Exit::Found)
}

/// The values of a command's positions, which the generator for fish leaves out.
fn fish_values(command: &clap::Command, used: &str, lines: &mut String) {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    for value in command.get_positionals().flat_map(Arg::get_possible_values) {
        let name = value.get_name();
        let help = value
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        lines.push_str(&format!(
            "complete -c eventkb -n \"{used}\" -a '{}' -d '{}'\n",
            quoted(name),
            quoted(&help)
        ));
    }
}

/// Prints the manual page, or writes one for each command.
pub(super) fn man(args: &ManArgs, output: &mut Output) -> Result<Exit, Stop> {
    match &args.folder {
        None => clap_mangen::Man::new(Cli::command()).render(&mut output.out)?,
        Some(folder) => write_pages(folder).map_err(|error| {
            Stop::Usage(format!(
                "{}: the manual pages could not be written: {}",
                folder.display(),
                crate::files::unwritten(&error)
            ))
        })?,
    }
    Ok(Exit::Found)
}

fn write_pages(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)
}
