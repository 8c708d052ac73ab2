//! Message texts that lie beside a log: which file belongs to which log, and what became of it.
//!
//! Windows writes `LocaleMetaData/<log>_<LCID>.MTA` beside a log that is exported with its texts.
//! The pair is known by its names; customers flatten folders, so the texts may also lie right
//! beside the log. They are read when the first event of the log is wanted, and not before: they
//! may be as large as half the log. Inside archives, only a zip that is a file of its own can be
//! looked into a second time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::account::Ignored;
use crate::evtx::mta::MessageTexts;
use crate::limits;

#[cfg(feature = "archives")]
mod in_zip;

/// The folder that Windows makes.
const FOLDER: &str = "LocaleMetaData";
/// English, United States: what most articles quote.
const ENGLISH: u32 = 1033;

/// The texts of one log, read when they are first asked for.
#[derive(Debug)]
pub(crate) struct LogTexts {
    at: At,
    texts: OnceLock<Option<MessageTexts>>,
    fate: Arc<OnceLock<Result<(), String>>>,
}

#[derive(Debug, Clone)]
enum At {
    File(PathBuf),
    /// A member of a zip, by its path.
    #[cfg(feature = "archives")]
    Zip(PathBuf, String),
}

impl LogTexts {
    /// The texts, if they can be read.
    pub(crate) fn texts(&self) -> Option<&MessageTexts> {
        let read = || match self
            .bytes()
            .and_then(|bytes| MessageTexts::read(&bytes).map_err(|error| error.to_string()))
        {
            Ok(texts) => {
                let _ = self.fate.set(Ok(()));
                Some(texts)
            }
            Err(why) => {
                let _ = self.fate.set(Err(why));
                None
            }
        };
        self.texts.get_or_init(read).as_ref()
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        match &self.at {
            At::File(path) => {
                let file = File::open(path).map_err(|error| error.to_string())?;
                let most = limits::MAX_MESSAGE_FILE_BYTES + 1;
                file.take(most)
                    .read_to_end(&mut bytes)
                    .map_err(|error| error.to_string())?;
            }
            #[cfg(feature = "archives")]
            At::Zip(zip, member) => in_zip::member(zip, member, &mut bytes)?,
        }
        if bytes.len() as u64 > limits::MAX_MESSAGE_FILE_BYTES {
            return Err(format!(
                "it is larger than {} bytes",
                limits::MAX_MESSAGE_FILE_BYTES
            ));
        }
        Ok(bytes)
    }
}

/// Where a file of texts lies, by its name.
#[derive(Debug, Clone)]
struct Known {
    language: u32,
    path: String,
    at: At,
}

/// A log that texts were found for, and what became of them.
type Claim = (String, Arc<OnceLock<Result<(), String>>>);

/// What is known of texts beside logs during one run.
#[derive(Debug, Default)]
pub(crate) struct LocaleMetadata {
    /// Folders that were looked into: texts by the path of their log, in lower case.
    folders: HashMap<PathBuf, HashMap<String, Known>>,
    /// Texts in the zip that is being read.
    zip: HashMap<String, Known>,
    /// Texts that a log was found for, by path.
    claimed: BTreeMap<String, Claim>,
    /// Texts that were met among the files.
    met: Vec<String>,
}

impl LocaleMetadata {
    /// Looks for texts in a zip that is about to be read.
    #[cfg(feature = "archives")]
    pub(crate) fn enter_zip(&mut self, path: &Path, zip: &mut File) {
        self.zip = in_zip::texts(path, zip);
    }

    /// The zip was read.
    #[cfg(feature = "archives")]
    pub(crate) fn leave_zip(&mut self) {
        self.zip.clear();
    }

    /// The texts of a member of the zip that is being read.
    pub(crate) fn of_member(&mut self, path: &str) -> Option<Arc<LogTexts>> {
        let known = self.zip.get(&log_key(path))?.clone();
        Some(self.claim(known, path))
    }

    /// The texts of a log that is a file of its own.
    pub(crate) fn of_file(&mut self, log: &Path) -> Option<Arc<LogTexts>> {
        let folder = log.parent()?;
        if !self.folders.contains_key(folder) {
            self.folders.insert(folder.to_owned(), look_into(folder));
        }
        let path = log.display().to_string();
        let known = self.folders.get(folder)?.get(&log_key(&path))?.clone();
        Some(self.claim(known, &path))
    }

    fn claim(&mut self, known: Known, log: &str) -> Arc<LogTexts> {
        let fate = Arc::default();
        self.claimed
            .insert(known.path, (log.to_owned(), Arc::clone(&fate)));
        Arc::new(LogTexts {
            at: known.at,
            texts: OnceLock::new(),
            fate,
        })
    }

    /// A file of texts was met among the files.
    pub(crate) fn met(&mut self, path: &str) {
        self.met.push(path.to_owned());
    }

    /// Says of each file of texts what became of it.
    pub(crate) fn account(self) -> impl Iterator<Item = Ignored> {
        let claimed = self.claimed;
        // Those of a log that was named by itself are not met, and were used all the same.
        let used = claimed.iter().filter(|(_, (_, fate))| fate.get().is_some());
        let paths: BTreeSet<String> = self
            .met
            .into_iter()
            .chain(used.map(|(path, _)| path.clone()))
            .collect();
        let reason = move |path: &str| match claimed.get(path) {
            Some((log, fate)) => match fate.get() {
                Some(Ok(())) => format!("message texts, shown with the events of {log}"),
                Some(Err(why)) => {
                    format!("message texts of {log} that cannot be used: {why}")
                }
                None => format!("message texts of {log}; no event of it needed them"),
            },
            None if path.contains("!/") => {
                "message texts of a log: no such log beside them, or in an archive of a kind that \
                 is read only once"
                    .to_owned()
            }
            None => "message texts of a log that is not beside them".to_owned(),
        };
        paths.into_iter().map(move |path| Ignored {
            reason: reason(&path),
            path,
        })
    }
}

/// The texts beside the logs of a folder. What cannot be listed has no texts.
fn look_into(folder: &Path) -> HashMap<String, Known> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        // An empty parent is that of a bare name: the current folder.
        let here = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let names = fs::read_dir(here).into_iter().flatten().flatten();
        names.map(|entry| folder.join(entry.file_name())).collect()
    };
    let mut paths = entries(folder);
    let named = |path: &&PathBuf| {
        path.file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case(FOLDER))
    };
    let inner: Vec<PathBuf> = paths
        .iter()
        .filter(named)
        .flat_map(|path| entries(path))
        .collect();
    paths.extend(inner);
    let mut known = HashMap::new();
    for path in paths {
        let shown = path.display().to_string();
        note(&mut known, &shown, || At::File(path));
    }
    known
}

/// Notes a file if it is one of texts: by the log that it belongs to, the best language wins.
fn note(known: &mut HashMap<String, Known>, path: &str, at: impl FnOnce() -> At) {
    let Some((log, language)) = log_of(path) else {
        return;
    };
    let rank = |known: &Known| {
        (
            known.language != ENGLISH,
            known.language,
            known.path.clone(),
        )
    };
    let found = Known {
        language,
        path: path.to_owned(),
        at: at(),
    };
    if known
        .get(&log)
        .is_none_or(|other| rank(&found) < rank(other))
    {
        known.insert(log, found);
    }
}

/// The key of the log that a file of texts belongs to, and their language; `None` for other files.
fn log_of(path: &str) -> Option<(String, u32)> {
    let (folder, name) = split(path);
    let dot = name.len().checked_sub(4)?;
    let stem = name.get(..dot).filter(|_| {
        name.get(dot..)
            .is_some_and(|e| e.eq_ignore_ascii_case(".mta"))
    })?;
    let (log, language) = stem.rsplit_once('_')?;
    let language = language.parse().ok()?;
    let (around, last) = split(folder.trim_end_matches(['/', '\\']));
    let folder = if last.eq_ignore_ascii_case(FOLDER) {
        around
    } else {
        folder
    };
    Some((format!("{folder}{log}").to_lowercase(), language))
}

/// The key of a log: its path without its extension, ignoring case.
fn log_key(path: &str) -> String {
    let (folder, name) = split(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{folder}{stem}").to_lowercase()
}

/// The folder, with its separator, and the name in it.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind(['/', '\\']).map_or(0, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_belong_to_the_log_of_their_name() {
        for (texts, log) in [
            ("dump/LocaleMetaData/System_1033.MTA", "dump/System.evtx"),
            ("dump/localemetadata/system_1033.mta", "dump/SYSTEM.EVTX"),
            (
                "case.zip!/a/LocaleMetaData/My_log_1031.MTA",
                "case.zip!/a/My_log.evtx",
            ),
            ("System_1033.MTA", "System.evtx"),
            ("LocaleMetaData/a.b_9.MTA", "a.b.evtx"),
        ] {
            let (found, _) = log_of(texts).expect(texts);
            assert_eq!(found, log_key(log), "{texts}");
        }
        for other in [
            "System.evtx",
            "System.MTA",
            "System_x.MTA",
            ".MTA",
            "é.mta",
            "a/b",
        ] {
            assert!(log_of(other).is_none(), "{other}");
        }
    }

    #[test]
    fn english_comes_before_other_languages() {
        let mut known = HashMap::new();
        for language in [1041, 1033, 1031] {
            let path = format!("a_{language}.MTA");
            note(&mut known, &path, || At::File(PathBuf::from(&path)));
        }
        assert_eq!(known.get("a").map(|known| known.language), Some(1033));
    }
}
