//! Exit codes: what a script may rely on. `docs/exit-codes.md` says the same for people.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// A signature is at least `possible`; for the other commands: it worked.
    Found = 0,
    /// Everything named was read, and no signature is at least `possible`; no record listed;
    /// an example failed.
    Nothing = 1,
    /// Wrong usage: an unknown option or id, a bad signature, a path that holds no readable log.
    /// What could be read was still processed.
    Unusable = 2,
    /// With `--strict`: part of the logs could not be read, so something may be hidden.
    Damaged = 3,
    /// The user stopped the reading: the answer is about the part that was read. 128 and the
    /// number of the signal, as shells have it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// The code of a command that read logs.
    ///
    /// Wrong usage outweighs damage: the user can put it right at once.
    pub(crate) fn of_reading(found: bool, unusable: bool, damaged: bool, strict: bool) -> Exit {
        match (unusable, strict && damaged, found) {
            (true, _, _) => Exit::Unusable,
            (false, true, _) => Exit::Damaged,
            (false, false, true) => Exit::Found,
            (false, false, false) => Exit::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_usage_outweighs_damage_and_damage_outweighs_the_answer() {
        assert_eq!(Exit::of_reading(true, false, false, false), Exit::Found);
        assert_eq!(Exit::of_reading(false, false, false, true), Exit::Nothing);
        assert_eq!(Exit::of_reading(true, false, true, false), Exit::Found);
        assert_eq!(Exit::of_reading(true, false, true, true), Exit::Damaged);
        assert_eq!(Exit::of_reading(false, false, true, true), Exit::Damaged);
        assert_eq!(Exit::of_reading(true, true, true, true), Exit::Unusable);
    }

    #[test]
    fn numbers_are_a_contract() {
        let codes = [
            Exit::Found,
            Exit::Nothing,
            Exit::Unusable,
            Exit::Damaged,
            Exit::Interrupted,
        ];
        assert_eq!(codes.map(|code| code as u8), [0, 1, 2, 3, 130]);
    }
}
