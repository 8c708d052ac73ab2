//! Files packed alone: gzip, bzip2 and xz. Each is read as an archive with one member, which may
//! be a tar.

use std::io::{BufReader, Read};

use super::guard::{Metered, Supply, Terms};
use super::place::{decode, last_part};
use super::{Reading, Stop};
use crate::limits::MAX_LZMA_DICTIONARY;

type Input<'a> = Metered<BufReader<Supply<'a>>>;

fn metered(input: Supply<'_>) -> Input<'_> {
    Metered::new(BufReader::with_capacity(64 * 1024, input))
}

/// Reads a .gz, whose parts, if there are several, make one member.
pub(super) fn gzip(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let mut decoder = flate2::bufread::MultiGzDecoder::new(input);
    let named = decoder
        .header()
        .and_then(|header| header.filename())
        .map(decode);
    let name = named.filter(|name| !last_part(name).is_empty());
    single(
        reading,
        name,
        &[(".tgz", ".tar"), (".gz", "")],
        &mut decoder,
        meter,
    )
}

/// Reads a .bz2, whose parts, if there are several, make one member.
pub(super) fn bzip2(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let mut decoder = ::bzip2::bufread::MultiBzDecoder::new(input);
    let endings = [(".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")];
    single(reading, None, &endings, &mut decoder, meter)
}

/// Reads an .xz, whose streams, if there are several, make one member.
pub(super) fn xz(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    // The crate counts what it needs beyond the dictionary too, below one MiB.
    let memory = u32::try_from(MAX_LZMA_DICTIONARY / 1024 + 1024).unwrap_or(u32::MAX);
    let mut decoder = lzma_rust2::XzReader::new_mem_limit(input, true, memory);
    single(
        reading,
        None,
        &[(".txz", ".tar"), (".xz", "")],
        &mut decoder,
        meter,
    )
}

fn single(
    reading: &mut Reading<'_>,
    name: Option<String>,
    endings: &[(&str, &str)],
    decoder: &mut dyn Read,
    meter: super::guard::Meter,
) -> Result<(), Stop> {
    reading.entry()?;
    let name = match name {
        // gzip keeps no folders; where there are some, someone put them there.
        Some(name) => last_part(&name).to_owned(),
        None => unpacked_name(last_part(reading.places.archive()), endings),
    };
    let path = reading.places.place(&name);
    reading.deliver(
        &path,
        decoder,
        Terms {
            meter: Some(meter),
            ..Terms::default()
        },
    )?;
    Ok(())
}

/// The name of a packed file without its ending.
fn unpacked_name(packed: &str, endings: &[(&str, &str)]) -> String {
    for (ending, instead) in endings {
        let Some(at) = packed.len().checked_sub(ending.len()) else {
            continue;
        };
        if at > 0
            && let (Some(stem), Some(end)) = (packed.get(..at), packed.get(at..))
            && end.eq_ignore_ascii_case(ending)
        {
            return format!("{stem}{instead}");
        }
    }
    "content".to_owned()
}

#[cfg(test)]
mod tests {
    use super::unpacked_name;

    #[test]
    fn names_lose_their_ending() {
        let endings = [(".tgz", ".tar"), (".gz", "")];
        let table = [
            ("AppEvent.Evt.gz", "AppEvent.Evt"),
            ("case.TGZ", "case.tar"),
            ("case.tar.gz", "case.tar"),
            (".gz", "content"),
            ("log", "content"),
            ("ü.gz", "ü"),
        ];
        for (packed, unpacked) in table {
            assert_eq!(unpacked_name(packed, &endings), unpacked);
        }
    }
}
