//! `eventkb`: which Knowledge Base article explains these Windows event logs, and why.

mod args;
mod commands;
mod exit;
mod files;
mod interrupt;
mod output;
mod progress;
mod settings;
mod times;

fn main() -> std::process::ExitCode {
    commands::run(std::env::args_os()).into()
}
