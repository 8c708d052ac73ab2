//! Settings: what people would otherwise type with every command. An option goes before a variable
//! `EVENTKB_*`, and that before the settings file. `docs/settings.md` says the same for people.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, ValueEnum};
use eventkb_render::Zone;
use serde::{Deserialize, Deserializer};

use crate::args::{ColorChoice, GlobalArgs};

/// Names another settings file; empty for none.
const FILE: &str = "EVENTKB_CONFIG";
const SIGNATURES: &str = "EVENTKB_SIGNATURES";
const ARTICLES: &str = "EVENTKB_ARTICLES";
const ZONE: &str = "EVENTKB_ZONE";
const COLOR: &str = "EVENTKB_COLOR";

/// What a settings file may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    signatures: Option<Vec<PathBuf>>,
    articles: Option<Vec<PathBuf>>,
    #[serde(default, deserialize_with = "zone")]
    zone: Option<Zone>,
    #[serde(default, deserialize_with = "color")]
    color: Option<ColorChoice>,
}

fn zone<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Zone>, D::Error> {
    let text = String::deserialize(value)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

fn color<'de, D: Deserializer<'de>>(value: D) -> Result<Option<ColorChoice>, D::Error> {
    let text = String::deserialize(value)?;
    read_color(&text)
        .map(Some)
        .map_err(serde::de::Error::custom)
}

fn read_color(text: &str) -> Result<ColorChoice, String> {
    ColorChoice::from_str(text, true).map_err(|_| "give auto, always or never".into())
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum From {
    #[default]
    Default,
    File,
    Variable(&'static str),
    Option(&'static str),
}

impl From {
    pub(crate) fn words(self) -> &'static str {
        match self {
            From::Default => "default",
            From::File => "settings file",
            From::Variable(name) | From::Option(name) => name,
        }
    }
}

/// A value and where it comes from.
type Sourced<T> = Option<(T, From)>;

/// What variables and the settings file say.
#[derive(Debug, Default)]
pub(crate) struct Found {
    file: Option<PathBuf>,
    has_file: bool,
    signatures: Sourced<Vec<PathBuf>>,
    articles: Sourced<Vec<PathBuf>>,
    zone: Sourced<Zone>,
    color: Sourced<ColorChoice>,
}

/// The settings that hold.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The settings file, if there is a place for one.
    pub(crate) file: Option<PathBuf>,
    /// It is there.
    pub(crate) has_file: bool,
    signatures: (Vec<PathBuf>, From),
    articles: (Vec<PathBuf>, From),
    zone: (Zone, From),
    color: (ColorChoice, From),
}

/// One setting, to be shown.
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<String>,
    pub(crate) from: From,
}

impl Settings {
    /// Reads the variables and the settings file.
    pub(crate) fn find() -> Result<Found, String> {
        Found::of(&|name| env::var_os(name))
    }

    /// Indexes of articles where the command line names none.
    pub(crate) fn articles(&self) -> (&[PathBuf], From) {
        (&self.articles.0, self.articles.1)
    }

    /// All of them, in the order of the manual.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let paths = |paths: &[PathBuf]| match paths {
            [] => vec!["none but the built-in ones".to_owned()],
            paths => paths
                .iter()
                .map(|path| path.display().to_string())
                .collect(),
        };
        let color = self.color.0.to_possible_value();
        let color = color.map_or_else(String::new, |value| value.get_name().to_owned());
        vec![
            Shown {
                name: "signatures",
                values: paths(&self.signatures.0),
                from: self.signatures.1,
            },
            Shown {
                name: "articles",
                values: paths(&self.articles.0),
                from: self.articles.1,
            },
            Shown {
                name: "zone",
                values: vec![self.zone.0.name().to_owned()],
                from: self.zone.1,
            },
            Shown {
                name: "color",
                values: vec![color],
                from: self.color.1,
            },
        ]
    }
}

impl Found {
    fn of(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Found, String> {
        let file = file(variable);
        let text = match &file {
            None => None,
            Some((path, is_named)) => read(path, *is_named)?,
        };
        let file = file.map(|(path, _)| path);
        let stored = match (&text, &file) {
            (Some(text), Some(path)) => parse(text, path, variable)?,
            _ => Stored::default(),
        };
        let from_file = |value| (value, From::File);
        let paths_of = |name| {
            let value = set(variable, name)?;
            let paths = env::split_paths(&value).filter(|path| !path.as_os_str().is_empty());
            Some((paths.collect(), From::Variable(name)))
        };
        let signatures = paths_of(SIGNATURES);
        let articles = paths_of(ARTICLES);
        let zone = text_of(variable, ZONE, str::parse)?;
        let color = text_of(variable, COLOR, read_color)?;
        Ok(Found {
            has_file: text.is_some(),
            file,
            signatures: signatures.or(stored.signatures.map(|value| (value, From::File))),
            articles: articles.or(stored.articles.map(|value| (value, From::File))),
            zone: zone.or(stored.zone.map(|value| (value, From::File))),
            color: color.or(stored.color.map(from_file)),
        })
    }

    /// Completes what the command line leaves open.
    pub(crate) fn complete(self, global: &mut GlobalArgs, matches: &ArgMatches) -> Settings {
        let is_given = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
        let signatures = settle(
            &mut global.signatures,
            is_given("signatures").then_some("--signatures"),
            self.signatures,
        );
        let zone = is_given("zone").then_some("--zone");
        let color = is_given("color").then_some("--color");
        Settings {
            file: self.file,
            has_file: self.has_file,
            signatures,
            articles: self.articles.unwrap_or_default(),
            zone: settle(&mut global.zone, zone, self.zone),
            color: settle(&mut global.color, color, self.color),
        }
    }
}

/// The value that holds. `option` is the option's name, if the user gave it.
fn settle<T: Clone>(value: &mut T, option: Option<&'static str>, found: Sourced<T>) -> (T, From) {
    match (option, found) {
        (Some(name), _) => (value.clone(), From::Option(name)),
        (None, Some((other, from))) => {
            *value = other;
            (value.clone(), from)
        }
        (None, None) => (value.clone(), From::Default),
    }
}

/// A variable that is set to something.
fn set(variable: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Option<OsString> {
    variable(name).filter(|value| !value.is_empty())
}

fn text_of<T>(
    variable: &dyn Fn(&str) -> Option<OsString>,
    name: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Sourced<T>, String> {
    let Some(value) = set(variable, name) else {
        return Ok(None);
    };
    let value = value.to_string_lossy();
    match read(&value) {
        Ok(value) => Ok(Some((value, From::Variable(name)))),
        Err(problem) => Err(format!("{name}: `{value}`: {problem}")),
    }
}

/// Where the settings file is, and whether the user named it.
fn file(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<(PathBuf, bool)> {
    if let Some(named) = variable(FILE) {
        return (!named.is_empty()).then(|| (PathBuf::from(named), true));
    }
    let folder = if cfg!(windows) {
        PathBuf::from(set(variable, "APPDATA")?)
    } else {
        // A relative path there counts as not set, as the XDG rules say.
        let xdg = set(variable, "XDG_CONFIG_HOME").map(PathBuf::from);
        match xdg.filter(|folder| folder.is_absolute()) {
            Some(folder) => folder,
            None => PathBuf::from(set(variable, "HOME")?).join(".config"),
        }
    };
    Some((folder.join("eventkb").join("config.toml"), false))
}

/// The text of the file; `None` when there is none, unless the user named it.
fn read(path: &Path, is_named: bool) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        // A service whose home is another user's has no settings there.
        Err(error)
            if !is_named
                && matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::PermissionDenied
                ) =>
        {
            Ok(None)
        }
        Err(error) => {
            let why = if is_named {
                format!(", which {FILE} names")
            } else {
                String::new()
            };
            Err(format!(
                "settings file {}{why}: {}",
                path.display(),
                crate::files::unread(&error)
            ))
        }
    }
}

/// Relative paths in it are relative to its folder, and `~/` is the home folder.
fn parse(
    text: &str,
    path: &Path,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Stored, String> {
    let mut stored: Stored = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        let message = error.message().trim().replace('\n', ", ");
        format!("{}:{line}: {message}", path.display())
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let home = set(variable, "HOME").map(PathBuf::from);
    let paths = stored.signatures.iter_mut().chain(&mut stored.articles);
    for path in paths.flatten() {
        *path = match (path.strip_prefix("~"), &home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => folder.join(&path),
        };
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A settings file in a folder of its own, which goes away with it.
    struct Folder(PathBuf);

    impl Folder {
        fn with(name: &str, text: &str) -> Folder {
            let folder =
                env::temp_dir().join(format!("eventkb-settings-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("eventkb")).expect("a folder");
            fs::write(folder.join("eventkb/config.toml"), text).expect("a file");
            Folder(folder)
        }

        fn found(&self, variables: &[(&str, &str)]) -> Result<Found, String> {
            Found::of(&|name| {
                let given = variables.iter().find(|(other, _)| *other == name);
                match (given, name) {
                    (Some((_, value)), _) => Some(value.into()),
                    (None, "XDG_CONFIG_HOME" | "APPDATA") => Some(self.0.clone().into()),
                    (None, "HOME") => Some("/home/me".into()),
                    _ => None,
                }
            })
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_variable_goes_before_the_file() -> Result<(), String> {
        let folder = Folder::with("order", "zone = \"+02:00\"\ncolor = \"never\"\n");
        let found = folder.found(&[(ZONE, "+05:00")])?;
        let zone = found
            .zone
            .map(|(zone, from)| (zone.name().to_owned(), from));
        assert_eq!(zone, Some(("+05".to_owned(), From::Variable(ZONE))));
        assert_eq!(found.color, Some((ColorChoice::Never, From::File)));
        assert!(found.has_file && found.signatures.is_none());
        // An empty variable is as good as none.
        let found = folder.found(&[(ZONE, "")])?;
        assert_eq!(found.zone.map(|(_, from)| from), Some(From::File));
        Ok(())
    }

    #[test]
    fn paths_are_those_of_the_files_folder() -> Result<(), String> {
        let text = "signatures = [\"mine\", \"~/kb\", \"/srv/kb\"]\n";
        let folder = Folder::with("paths", text);
        let found = folder.found(&[])?;
        let paths = found.signatures.map(|(paths, _)| paths).unwrap_or_default();
        let wanted = [
            folder.0.join("eventkb/mine"),
            "/home/me/kb".into(),
            "/srv/kb".into(),
        ];
        assert_eq!(paths, wanted);
        Ok(())
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (name, text, wanted) in [
            (
                "unknown",
                "\nzon = \"UTC\"\n",
                "config.toml:2: unknown field `zon`",
            ),
            (
                "zone",
                "# mine\n\nzone = \"Mars\"\n",
                "config.toml:3: no such time zone",
            ),
            (
                "color",
                "color = \"red\"",
                "config.toml:1: give auto, always or never",
            ),
            (
                "kind",
                "zone = 7",
                "config.toml:1: invalid type: integer `7`",
            ),
            (
                "syntax",
                "zone = \"UTC\"\nsignatures = [",
                "config.toml:2: ",
            ),
        ] {
            let error = Folder::with(name, text)
                .found(&[])
                .err()
                .unwrap_or_default();
            assert!(error.contains(wanted), "{name}: {error}");
        }
        let folder = Folder::with("variable", "");
        let error = folder.found(&[(COLOR, "red")]).err();
        let wanted = "EVENTKB_COLOR: `red`: give auto, always or never";
        assert_eq!(error.as_deref(), Some(wanted));
    }

    #[test]
    fn a_file_that_is_named_must_be_there() -> Result<(), String> {
        let folder = Folder::with("named", "zone = \"local\"");
        let error = folder.found(&[(FILE, "/no/such/file.toml")]).err();
        assert!(error.is_some_and(|error| error.contains("which EVENTKB_CONFIG names")));
        let none = folder.found(&[(FILE, "")])?;
        assert!(none.file.is_none() && none.zone.is_none());
        Ok(())
    }
}
