//! Which archive a file is. Known in every build, so that an archive that cannot be read is named.

use std::fmt;

use super::tar_header;

/// Bytes at the beginning of a file that [`detect`] wants to see.
pub const PREFIX: usize = 512;

/// A kind of archive, or of packed file: a .gz is an archive with one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArchiveKind {
    /// .zip.
    Zip,
    /// .tar: ustar, GNU, pax and the old form.
    Tar,
    /// .gz.
    Gzip,
    /// .bz2.
    Bzip2,
    /// .xz.
    Xz,
    /// .cab, read with the feature `cab`.
    Cab,
    /// .7z, read with the feature `sevenz`.
    SevenZip,
    /// .zst, read with the feature `zstd`.
    Zstd,
}

impl ArchiveKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            ArchiveKind::Zip => "zip",
            ArchiveKind::Tar => "tar",
            ArchiveKind::Gzip => "gzip",
            ArchiveKind::Bzip2 => "bzip2",
            ArchiveKind::Xz => "xz",
            ArchiveKind::Cab => "cab",
            ArchiveKind::SevenZip => "7z",
            ArchiveKind::Zstd => "zstd",
        }
    }
}

impl fmt::Display for ArchiveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which archive begins with these bytes, of which there should be [`PREFIX`]. Kinds whose
/// feature is off are recognised too, so that they can be named.
pub fn detect(prefix: &[u8]) -> Option<ArchiveKind> {
    const MAGIC: [(&[u8], ArchiveKind); 9] = [
        (b"PK\x03\x04", ArchiveKind::Zip),
        // An empty zip, and one that was written to be split and was not.
        (b"PK\x05\x06", ArchiveKind::Zip),
        (b"PK00PK\x03\x04", ArchiveKind::Zip),
        (b"\x1f\x8b\x08", ArchiveKind::Gzip),
        (b"\xfd7zXZ\x00", ArchiveKind::Xz),
        (b"MSCF\0\0\0\0", ArchiveKind::Cab),
        (b"\x28\xb5\x2f\xfd", ArchiveKind::Zstd),
        (b"7z\xbc\xaf\x27\x1c", ArchiveKind::SevenZip),
        (b"PK\x07\x08PK\x03\x04", ArchiveKind::Zip),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Some(*kind);
    }
    // A frame to be skipped, as tools put before others.
    let skipped = prefix.get(1..4) == Some(b"\x2a\x4d\x18");
    if skipped && prefix.first().is_some_and(|byte| byte & 0xf0 == 0x50) {
        return Some(ArchiveKind::Zstd);
    }
    let bzip2 = prefix.starts_with(b"BZh")
        && matches!(prefix.get(3), Some(b'1'..=b'9'))
        && matches!(
            prefix.get(4..10),
            Some(b"1AY&SY" | b"\x17\x72\x45\x38\x50\x90")
        );
    if bzip2 {
        return Some(ArchiveKind::Bzip2);
    }
    tar_header::is_header(prefix).then_some(ArchiveKind::Tar)
}
