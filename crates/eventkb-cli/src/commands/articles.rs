//! `articles`: which events collections of articles name.

use super::articles_find;
use crate::args::{ArticlesCommand, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(
    command: &ArticlesCommand,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    match command {
        ArticlesCommand::Find(args) => articles_find::run(args, global, output),
    }
}
