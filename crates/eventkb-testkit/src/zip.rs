//! Writes zip archives of stored (uncompressed) entries: enough to hand over logs as customers do.

/// One local header, its data, and its line in the directory.
const LOCAL: u32 = 0x0403_4b50;
const DIRECTORY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// 1980-01-01, the earliest date that a zip knows.
const DATE: u16 = (1 << 5) | 1;

/// The bytes of an archive with these entries, `(name, content)`, in this order.
///
/// # Panics
///
/// When an entry or the archive is larger than 4 GiB, or a name longer than 64 KiB.
#[must_use]
pub fn write(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let offset = size(bytes.len());
        let mut fields = Vec::new();
        // Version 2.0, no flags, stored, no time of day.
        for value in [20_u16, 0, 0, 0, DATE] {
            fields.extend(value.to_le_bytes());
        }
        for value in [
            crc32fast::hash(content),
            size(content.len()),
            size(content.len()),
        ] {
            fields.extend(value.to_le_bytes());
        }
        fields.extend(length(name.len()).to_le_bytes());
        fields.extend(0_u16.to_le_bytes());

        bytes.extend(LOCAL.to_le_bytes());
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(*content);

        directory.extend(DIRECTORY.to_le_bytes());
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&fields);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (size(bytes.len()), length(entries.len()));
    bytes.extend(&directory);
    bytes.extend(END.to_le_bytes());
    for value in [0, 0, count, count] {
        bytes.extend(value.to_le_bytes());
    }
    for value in [size(directory.len()), start] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(0_u16.to_le_bytes());
    bytes
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("less than 4 GiB")
}

fn length(bytes: usize) -> u16 {
    u16::try_from(bytes).expect("less than 64 KiB")
}
