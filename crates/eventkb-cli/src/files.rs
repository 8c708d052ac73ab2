//! Files that the program writes: never over what it reads, never half.
//!
//! A file is written aside, in the folder where it will lie, and renamed when it is whole. Whoever
//! looks sees the old file or the new one, a full disk leaves the old one, and a name that leads
//! onto an input (by a link, or as another name of the same file) is refused.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::output::Stop;

/// Why a file could not be read, in words that say what to do, without the operating system's number.
pub(crate) fn unread(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "no such file; check the spelling, and the folder you are in".to_owned()
        }
        io::ErrorKind::PermissionDenied => "there is no permission to read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder; name a file".to_owned(),
        _ => error.to_string(),
    }
}

/// Why a file could not be written, in the same way.
pub(crate) fn unwritten(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "there is no permission to write there; name another place".to_owned()
        }
        io::ErrorKind::StorageFull => {
            "no space is left there; make room, or name another place".to_owned()
        }
        io::ErrorKind::NotFound => "there is no such folder, or none that takes files".to_owned(),
        _ => error.to_string(),
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever the user's settings say, or those who may read the file that is replaced.
    Usual,
    /// Only the user.
    Private,
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    access: Access,
    /// What may not be written over.
    inputs: Vec<PathBuf>,
    /// The file aside, from the first byte on.
    aside: Option<(PathBuf, BufWriter<File>)>,
}

impl NewFile {
    /// A file to be written at `path`, which may not be any of `inputs` or lie in one of them
    /// already. Nothing is written yet.
    pub(crate) fn new(path: &Path, access: Access, inputs: &[PathBuf]) -> Result<NewFile, Stop> {
        let file = NewFile {
            path: path.to_owned(),
            access,
            inputs: inputs.to_owned(),
            aside: None,
        };
        file.check()?;
        Ok(file)
    }

    /// Whether the file may be written, with what to do where it may not.
    fn check(&self) -> Result<(), Stop> {
        let refuse = |why: &str| Err(Stop::Usage(format!("{}: {why}", self.path.display())));
        if self.path.file_name().is_none() {
            return refuse("names no file; name one, such as report.md");
        }
        if !self.folder().is_dir() {
            return refuse("there is no such folder; make it first");
        }
        let metadata = match fs::symlink_metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return refuse(&format!("{error}; name another file")),
        };
        let kind = metadata.file_type();
        if kind.is_symlink() {
            return refuse(
                "it is a link, and what it leads to would be written over; name the file itself, or \
                 another one",
            );
        }
        if kind.is_dir() {
            return refuse("it is a folder; name a file in it");
        }
        if !kind.is_file() {
            return refuse("it is no ordinary file; write to standard output and send that there");
        }
        if metadata.permissions().readonly() {
            return refuse("it may not be written; name another file, or allow it first");
        }
        if self.is_input(&metadata) {
            return refuse(
                "it is one of the files that are read, and is left as it is; name another file",
            );
        }
        Ok(())
    }

    /// Whether this file is an input, by whatever name.
    fn is_input(&self, target: &Metadata) -> bool {
        let inputs = self.inputs.iter().filter(|path| path.as_os_str() != "-");
        let inputs: Vec<PathBuf> = inputs.cloned().collect();
        let found = eventkb::logs::find::find(&inputs, true);
        let files = found.files.iter().chain(&inputs);
        let mut metadata = files.filter_map(|file| Some((file, fs::metadata(file).ok()?)));
        metadata.any(|(file, input)| is_same(file, &input, &self.path, target))
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Whether two new files would be one.
    pub(crate) fn is_same_as(&self, other: &NewFile) -> bool {
        let place = |file: &NewFile| {
            let folder = fs::canonicalize(file.folder()).ok();
            (folder, file.path.file_name().map(ToOwned::to_owned))
        };
        place(self) == place(other)
    }

    /// The file aside. It is made with the first byte: a folder that is read should not hold it.
    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.aside.is_none() {
            self.aside = Some(self.make()?);
        }
        match &mut self.aside {
            Some((_, file)) => Ok(file),
            None => Err(io::Error::other("the file was not made")),
        }
    }

    fn make(&self) -> io::Result<(PathBuf, BufWriter<File>)> {
        let name = self.path.file_name().unwrap_or_default();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if self.access == Access::Private {
            private(&mut options);
        }
        for number in 0..100 {
            let mut aside = std::ffi::OsString::from(".");
            aside.push(name);
            aside.push(format!(".{}-{number}.eventkb-part", std::process::id()));
            let aside = self.folder().join(aside);
            match options.open(&aside) {
                Ok(file) => return Ok((aside, BufWriter::new(file))),
                // Left behind by a run that was ended.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Puts the file in its place.
    pub(crate) fn finish(mut self) -> Result<(), Stop> {
        // The place may have changed while the logs were read.
        self.check()?;
        if let Err(error) = self.open().map(drop) {
            return Err(self.failed(&error));
        }
        let Some((aside, file)) = self.aside.take() else {
            return Ok(());
        };
        let renamed = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| {
                self.keep_permissions(&file)?;
                file.sync_all()?;
                fs::rename(&aside, &self.path)
            });
        renamed.map_err(|error| {
            let _ = fs::remove_file(&aside);
            self.failed(&error)
        })
    }

    fn keep_permissions(&self, file: &File) -> io::Result<()> {
        match fs::metadata(&self.path) {
            Ok(old) if self.access == Access::Usual => file.set_permissions(old.permissions()),
            _ => Ok(()),
        }
    }

    fn failed(&self, error: &io::Error) -> Stop {
        Stop::Usage(format!(
            "{}: it could not be written: {}; what was there before is still there",
            self.path.display(),
            unwritten(error)
        ))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

/// A file that was not finished leaves nothing behind.
impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some((aside, _)) = self.aside.take() {
            let _ = fs::remove_file(aside);
        }
    }
}

/// Writes a whole file.
pub(crate) fn write(mut file: NewFile, bytes: &[u8]) -> Result<(), Stop> {
    if let Err(error) = file.write_all(bytes) {
        return Err(file.failed(&error));
    }
    file.finish()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;

    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(unix)]
fn is_same(_: &Path, a: &Metadata, _: &Path, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &Path, _: &Metadata, b: &Path, _: &Metadata) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_file_that_was_not_finished() {
        let folder = std::env::temp_dir().join(format!("eventkb-files-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("report.md");
        fs::write(&path, "old").expect("written");
        let mut file = NewFile::new(&path, Access::Usual, &[]).expect("it may be written");
        file.write_all(b"half").expect("memory");
        file.flush().expect("flushed");
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 2);
        drop(file);
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1);
        assert_eq!(fs::read(&path).expect("read"), b"old");

        write(
            NewFile::new(&path, Access::Usual, &[]).expect("again"),
            b"new",
        )
        .expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1);
        assert!(NewFile::new(&path, Access::Usual, std::slice::from_ref(&path)).is_err());
        assert!(NewFile::new(&path, Access::Usual, std::slice::from_ref(&folder)).is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
