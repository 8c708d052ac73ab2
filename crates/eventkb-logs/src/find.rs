//! Finds the files of a dump: paths in, files out, in a stable order.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::account::Ignored;
use crate::limits;

/// What was found at the paths that were given.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Files, in the order of paths, each once.
    pub files: Vec<PathBuf>,
    /// Pipes that were named, such as those of a shell's `<(...)`: they are read as they come.
    pub pipes: Vec<PathBuf>,
    /// Paths that were left alone, and why.
    pub ignored: Vec<Ignored>,
    /// Paths that could not be read, and why.
    pub failed: Vec<(PathBuf, io::Error)>,
}

impl Found {
    /// The sizes of all files together.
    pub fn bytes(&self) -> u64 {
        let sizes = self.files.iter().map(fs::metadata);
        sizes.flatten().map(|metadata| metadata.len()).sum()
    }
}

/// Finds every file at and below `paths`. Links are followed where they stay within `paths`, or
/// everywhere if that is asked for, but never to a folder that contains one of `paths`: a dump with a
/// link to `/` would be the whole machine. What lies outside is limited
/// ([`limits::MAX_LINKED_ENTRIES`]). Folders are entered once, however many links lead to them, so
/// that links cannot loop.
pub fn find(paths: &[PathBuf], follow_links: bool) -> Found {
    let real = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    let mut walk = Walk {
        found: Found::default(),
        entered: HashSet::new(),
        within: real.collect(),
        follow_links,
        is_outside: false,
        outside: 0,
    };
    for path in paths.iter().filter(|path| !is_standard_input(path)) {
        match fs::metadata(path) {
            Ok(_) if is_of_the_system(path) => walk.ignore(path, OF_THE_SYSTEM),
            // Within a folder a pipe is nobody's wish, and might never end.
            Ok(metadata) if is_pipe(&metadata) => walk.found.pipes.push(path.clone()),
            Ok(_) => walk.visit(path, 0),
            Err(error) => walk.found.failed.push((path.clone(), error)),
        }
    }
    walk.found.files.sort();
    walk.found.files.dedup();
    walk.found
}

/// Whether a path stands for standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(unix)]
fn is_pipe(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;

    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &fs::Metadata) -> bool {
    false
}

const OF_THE_SYSTEM: &str = "it is no file but a view of the running system";

/// Whether a path is in `/proc` or the like: its files say what the system does at this moment, and
/// some never end.
#[cfg(target_os = "linux")]
fn is_of_the_system(path: &Path) -> bool {
    /// What `statfs` calls proc, sysfs, debugfs, tracefs, securityfs and the trees of control groups
    /// and BPF.
    const KINDS: [u64; 8] = [
        0x9fa0,
        0x6265_6572,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x0027_e0eb,
        0x6367_7270,
        0xcafe_4a11,
    ];
    let kind = rustix::fs::statfs(path).map(|of| u64::try_from(of.f_type).unwrap_or(0));
    kind.is_ok_and(|kind| KINDS.contains(&kind))
}

#[cfg(not(target_os = "linux"))]
fn is_of_the_system(_: &Path) -> bool {
    false
}

struct Walk {
    found: Found,
    entered: HashSet<PathBuf>,
    /// What was asked for.
    within: Vec<PathBuf>,
    /// Links may lead out of it.
    follow_links: bool,
    /// What is visited now was reached through a link that led out.
    is_outside: bool,
    /// How much was visited there.
    outside: u64,
}

impl Walk {
    /// Where a link leads, if that is out of what was asked for. One that leads nowhere is named as
    /// such elsewhere.
    fn leads_out(&self, path: &Path) -> Option<PathBuf> {
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        let real = fs::canonicalize(path).ok().filter(|_| is_link)?;
        let stays = self.within.iter().any(|within| real.starts_with(within));
        (!stays).then_some(real)
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        let out = (depth > 0).then(|| self.leads_out(path)).flatten();
        let Some(out) = out else {
            return self.visit_here(path, depth);
        };
        if !self.follow_links {
            self.ignore(path, "it is a link that leads out of the given paths");
        } else if self.within.iter().any(|within| within.starts_with(&out)) {
            self.ignore(
                path,
                "it is a link to a folder that contains the given paths",
            );
        } else {
            let was_outside = std::mem::replace(&mut self.is_outside, true);
            self.visit_here(path, depth);
            self.is_outside = was_outside;
        }
    }

    fn visit_here(&mut self, path: &Path, depth: usize) {
        if self.is_outside {
            self.outside += 1;
            if self.outside == limits::MAX_LINKED_ENTRIES + 1 {
                let limit = limits::MAX_LINKED_ENTRIES;
                self.ignore(
                    path,
                    &format!("more than {limit} files and folders lie where links lead: the rest of them was not looked at"),
                );
            }
            if self.outside > limits::MAX_LINKED_ENTRIES {
                return;
            }
        }
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.found.failed.push((path.to_owned(), error));
                return;
            }
        };
        if metadata.is_dir() && is_of_the_system(path) {
            self.ignore(path, OF_THE_SYSTEM);
        } else if metadata.is_dir() {
            self.enter(path, depth);
        } else if metadata.is_file() {
            self.found.files.push(path.to_owned());
        } else {
            // A pipe would block, a device never ends.
            self.ignore(path, "it is neither a file nor a folder");
        }
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        if depth > limits::MAX_FOLDER_DEPTH {
            self.ignore(folder, "folders are nested too deep");
            return;
        }
        match fs::canonicalize(folder) {
            Ok(real) => {
                if !self.entered.insert(real) {
                    return;
                }
            }
            Err(error) => {
                self.found.failed.push((folder.to_owned(), error));
                return;
            }
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.found.failed.push((folder.to_owned(), error));
                return;
            }
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.found.failed.push((folder.to_owned(), error)),
            }
        }
        paths.sort();
        for path in paths {
            self.visit(&path, depth + 1);
        }
    }

    fn ignore(&mut self, path: &Path, reason: &str) {
        self.found
            .ignored
            .push(Ignored::new(path.display().to_string(), reason));
    }
}
