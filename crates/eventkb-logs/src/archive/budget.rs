//! What all archives nested in one file may use together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::refusal::Refusal;
use crate::limits;
use crate::passwords::Passwords;

/// Limits for the archives in one file. The default is [`crate::limits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// See [`limits::MAX_ARCHIVE_ENTRIES`].
    pub entries: u64,
    /// See [`limits::MAX_ARCHIVE_ENTRY_BYTES`].
    pub entry_bytes: u64,
    /// See [`limits::MAX_ARCHIVE_TOTAL_BYTES`].
    pub total_bytes: u64,
    /// See [`limits::MAX_ARCHIVE_RATIO`].
    pub ratio: u64,
    /// See [`limits::ARCHIVE_RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
    /// See [`limits::ARCHIVE_RATIO_FREE_TOTAL`].
    pub ratio_free_total: u64,
    /// See [`limits::ARCHIVE_RATIO_FREE_FILE`].
    pub ratio_free_file: u64,
    /// See [`limits::MAX_ARCHIVE_DEPTH`].
    pub depth: usize,
    /// See [`limits::MAX_ARCHIVE_HELD_BYTES`].
    pub held_bytes: u64,
    /// See [`limits::MAX_NESTED_ZIP_BYTES`].
    pub nested_zip_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        ArchiveLimits {
            entries: limits::MAX_ARCHIVE_ENTRIES,
            entry_bytes: limits::MAX_ARCHIVE_ENTRY_BYTES,
            total_bytes: limits::MAX_ARCHIVE_TOTAL_BYTES,
            ratio: limits::MAX_ARCHIVE_RATIO,
            ratio_free_bytes: limits::ARCHIVE_RATIO_FREE_BYTES,
            ratio_free_total: limits::ARCHIVE_RATIO_FREE_TOTAL,
            ratio_free_file: limits::ARCHIVE_RATIO_FREE_FILE,
            depth: limits::MAX_ARCHIVE_DEPTH,
            held_bytes: limits::MAX_ARCHIVE_HELD_BYTES,
            nested_zip_bytes: limits::MAX_NESTED_ZIP_BYTES,
        }
    }
}

/// What all archives of one run may use together beyond what is each one's own: see
/// [`limits::ARCHIVE_RATIO_FREE_RUN`]. Clones draw from the same account.
#[derive(Debug, Clone)]
pub struct RunBudget {
    left: Arc<AtomicU64>,
    whole: u64,
}

impl Default for RunBudget {
    fn default() -> Self {
        RunBudget::new(limits::ARCHIVE_RATIO_FREE_RUN)
    }
}

impl RunBudget {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        RunBudget {
            left: Arc::new(AtomicU64::new(bytes)),
            whole: bytes,
        }
    }

    fn take(&self, bytes: u64) -> Result<(), Refusal> {
        let taken = self
            .left
            .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(bytes));
        match taken {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::RunRatio { limit: self.whole }),
        }
    }
}

/// What is left for one file and all archives nested in it. Clones, and what [`Budget::deeper`]
/// gives, draw from the same account: entries and expansion are limited once for the outermost
/// archive and once for all archives in it, so that a nest of bombs ends itself and nothing else. Make a
/// new budget for each file: what is read of one then does not depend on the others, but for what all
/// files of a run share ([`RunBudget`]), which only bombs use up.
#[derive(Debug, Clone)]
pub struct Budget {
    account: Arc<Account>,
    depth: usize,
    passwords: Passwords,
    run: Option<RunBudget>,
}

#[derive(Debug)]
struct Account {
    limits: ArchiveLimits,
    /// What the outermost archive used. Apart from the rest, so that a bomb in one of its members
    /// costs no other member.
    outermost: Used,
    /// What all archives inside it used together.
    nested: Used,
    /// Bytes of the outermost archive: known beforehand, or as far as it was read.
    supplied: AtomicU64,
    /// Bytes that came out of members at every depth, zeroes for less: see
    /// [`limits::ZEROES_COUNT_AS`].
    weight: AtomicU64,
    held: AtomicU64,
    /// Work on passwords that did not fit.
    #[cfg(feature = "passwords")]
    password_work: AtomicU64,
    /// Which password fitted last: it is tried first.
    #[cfg(feature = "passwords")]
    fitting: AtomicU64,
}

#[derive(Debug, Default)]
struct Used {
    entries: AtomicU64,
    /// Bytes that came out of members.
    delivered: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(ArchiveLimits::default())
    }
}

impl Budget {
    /// A fresh budget for one file.
    pub fn new(limits: ArchiveLimits) -> Self {
        let account = Account {
            limits,
            outermost: Used::default(),
            nested: Used::default(),
            supplied: AtomicU64::new(0),
            weight: AtomicU64::new(0),
            held: AtomicU64::new(0),
            #[cfg(feature = "passwords")]
            password_work: AtomicU64::new(0),
            #[cfg(feature = "passwords")]
            fitting: AtomicU64::new(0),
        };
        Budget {
            account: Arc::new(account),
            depth: 1,
            passwords: Passwords::default(),
            run: None,
        }
    }

    /// The same budget, of a run of which other archives are a part.
    #[must_use]
    pub fn of_run(self, run: &RunBudget) -> Budget {
        Budget {
            run: Some(run.clone()),
            ..self
        }
    }

    /// The same budget, with passwords for encrypted members.
    #[must_use]
    pub fn with_passwords(self, passwords: Passwords) -> Budget {
        Budget { passwords, ..self }
    }

    /// How many passwords there are.
    #[cfg(feature = "passwords")]
    pub(super) fn passwords(&self) -> usize {
        self.passwords.len()
    }

    /// The passwords with their numbers, the one that fitted last before the others.
    #[cfg(feature = "passwords")]
    pub(super) fn candidates(&self) -> Vec<(u64, String)> {
        let fitting = self.account.fitting.load(Relaxed);
        let all = self.passwords.as_slice().iter().cloned();
        let mut all: Vec<(u64, String)> = (0..).zip(all).collect();
        all.sort_by_key(|(number, _)| *number != fitting);
        all
    }

    /// Notes which password fitted.
    #[cfg(feature = "passwords")]
    pub(super) fn fits(&self, number: u64) {
        self.account.fitting.store(number, Relaxed);
    }

    /// Counts work on a password that may not fit.
    #[cfg(feature = "passwords")]
    pub(super) fn try_password(&self, work: u64) -> Result<(), Refusal> {
        let before = self.account.password_work.fetch_add(work, Relaxed);
        match before.saturating_add(work) > limits::MAX_PASSWORD_WORK {
            true => Err(Refusal::PasswordWork),
            false => Ok(()),
        }
    }

    /// The budget for an archive that is a member of an archive read with this one.
    ///
    /// # Errors
    /// [`Refusal::Depth`] when archives are nested too deep.
    pub fn deeper(&self) -> Result<Budget, Refusal> {
        let limit = self.limits().depth;
        if self.depth >= limit {
            return Err(Refusal::Depth { limit });
        }
        Ok(Budget {
            account: Arc::clone(&self.account),
            depth: self.depth + 1,
            passwords: self.passwords.clone(),
            run: self.run.clone(),
        })
    }

    /// The limits it was made with.
    pub fn limits(&self) -> &ArchiveLimits {
        &self.account.limits
    }

    /// Entries seen so far, at every depth.
    pub fn entries(&self) -> u64 {
        let Account {
            outermost, nested, ..
        } = &*self.account;
        outermost.entries.load(Relaxed) + nested.entries.load(Relaxed)
    }

    /// Bytes that came out of members so far, at every depth.
    pub fn delivered(&self) -> u64 {
        let Account {
            outermost, nested, ..
        } = &*self.account;
        let bytes = outermost.delivered.load(Relaxed);
        bytes.saturating_add(nested.delivered.load(Relaxed))
    }

    /// Where this archive's use is counted.
    fn used(&self) -> &Used {
        if self.is_outermost() {
            &self.account.outermost
        } else {
            &self.account.nested
        }
    }

    /// Whether this is the budget of the archive that is not itself in an archive.
    pub(super) fn is_outermost(&self) -> bool {
        self.depth == 1
    }

    /// Entries that may still be read.
    pub(super) fn entries_left(&self) -> u64 {
        let used = self.used().entries.load(Relaxed);
        self.limits().entries.saturating_sub(used)
    }

    /// Counts one entry.
    pub(super) fn entry(&self) -> Result<(), Refusal> {
        let limit = self.limits().entries;
        let entries = &self.used().entries;
        if entries.fetch_add(1, Relaxed) >= limit {
            entries.store(limit, Relaxed);
            return Err(Refusal::Entries { limit });
        }
        Ok(())
    }

    /// Counts bytes of the outermost archive.
    pub(super) fn supply(&self, bytes: u64) {
        self.account.supplied.fetch_add(bytes, Relaxed);
    }

    /// Counts bytes that came out of a member.
    pub(super) fn deliver(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let limits = self.limits();
        let count = bytes.len() as u64;
        let before = self.used().delivered.fetch_add(count, Relaxed);
        let total = before.saturating_add(count);
        if self.delivered() > limits.total_bytes {
            return Err(Refusal::TotalBytes {
                limit: limits.total_bytes,
            });
        }
        let supplied = self.account.supplied.load(Relaxed);
        if total > limits.ratio_free_total && total / limits.ratio.max(1) > supplied {
            return Err(Refusal::TotalRatio {
                limit: limits.ratio,
            });
        }
        self.draw_from_the_run(bytes, supplied)
    }

    /// What goes beyond the file's own bytes is taken from those that all files share.
    fn draw_from_the_run(&self, bytes: &[u8], supplied: u64) -> Result<(), Refusal> {
        let Some(run) = &self.run else {
            return Ok(());
        };
        let count = bytes.len() as u64;
        let is_blank = bytes.iter().all(|byte| *byte == 0);
        let weight = match is_blank {
            true => count / limits::ZEROES_COUNT_AS,
            false => count,
        };
        let before = self.account.weight.fetch_add(weight, Relaxed);
        let limits = self.limits();
        let own = supplied
            .saturating_mul(limits.ratio)
            .saturating_add(limits.ratio_free_file);
        let over = before
            .saturating_add(weight)
            .saturating_sub(own.max(before));
        run.take(over)
    }

    /// Reserves memory until the guard is dropped.
    pub(super) fn hold(&self, bytes: u64) -> Result<Held, Refusal> {
        let limit = self.limits().held_bytes;
        let before = self.account.held.fetch_add(bytes, Relaxed);
        let held = Held {
            account: Arc::clone(&self.account),
            bytes,
        };
        match before.checked_add(bytes) {
            Some(sum) if sum <= limit => Ok(held),
            _ => Err(Refusal::Held { limit }),
        }
    }

    /// Memory held now.
    pub(super) fn held(&self) -> u64 {
        self.account.held.load(Relaxed)
    }
}

/// Memory reserved with [`Budget::hold`].
pub(super) struct Held {
    account: Arc<Account>,
    bytes: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.account.held.fetch_sub(self.bytes, Relaxed);
    }
}
