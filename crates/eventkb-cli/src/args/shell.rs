//! Commands that give the command line itself to a shell or to `man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Print the completions of a shell, to be loaded or saved by it
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: ShellArg,
}

const COMPLETIONS: &str = "\
Where they go:
  bash        eventkb completions bash > ~/.local/share/bash-completion/completions/eventkb
  zsh         eventkb completions zsh > a folder of $fpath, as _eventkb
  fish        eventkb completions fish > ~/.config/fish/completions/eventkb.fish
  powershell  eventkb completions powershell >> $PROFILE";

/// Shells that completions are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellArg {
    /// bash, with its package bash-completion or without
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell 5 or newer
    #[value(name = "powershell")]
    PowerShell,
}

/// Print the manual page, or write the pages of all commands
///
/// `eventkb man | man -l -` shows it.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, which is made if need be
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
