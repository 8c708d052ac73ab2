//! `config`: the settings, and where each comes from.

use eventkb_render::Clean;

use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, output: &mut Output) -> Result<Exit, Stop> {
    let file = match (&settings.file, settings.has_file) {
        (None, _) => "no settings file".to_owned(),
        (Some(path), true) => format!("settings file {}", path.display()),
        (Some(path), false) => format!("settings file {} (not there)", path.display()),
    };
    let shown = settings.shown();
    let clean = |text: &str| Clean::new(text).as_str().to_owned();
    let rows: Vec<(&str, String, &str)> = shown
        .iter()
        .flat_map(|setting| {
            let name = |n: usize| if n == 0 { setting.name } else { "" };
            let from = |n: usize| if n == 0 { setting.from.words() } else { "" };
            let values = setting.values.iter().enumerate();
            values.map(move |(n, value)| (name(n), clean(value), from(n)))
        })
        .collect();
    let name_width = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let value_width = rows.iter().map(|row| row.1.chars().count()).max();
    let value_width = value_width.unwrap_or(0);
    for (name, value, from) in rows {
        let line = format!("{name:name_width$}  {value:value_width$}  {from}");
        output.text(line.trim_end())?;
        output.text("\n")?;
    }
    output.text(&format!("\n{}\n", clean(&file)))?;
    Ok(Exit::Found)
}
