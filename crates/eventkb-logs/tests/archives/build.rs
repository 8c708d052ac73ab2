//! Archives made by other people's writers, and zips put together by hand where those refuse.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Bytes that pack about as well as a log.
pub(crate) fn log(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(size);
    while bytes.len() < size {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(b"ElfChnk MSExchangeMTA 9322 /o=Org/ou=");
        bytes.extend_from_slice(&(state >> 40).to_le_bytes());
        bytes.extend_from_slice(&[0; 24]);
    }
    bytes.truncate(size);
    bytes
}

pub(crate) fn zip(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn deflated(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip(members, CompressionMethod::Deflated)
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gzip(name: Option<&str>, content: &[u8]) -> Vec<u8> {
    let mut builder = flate2::GzBuilder::new();
    if let Some(name) = name {
        builder = builder.filename(name);
    }
    let mut writer = builder.write(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// LZMA as a zip has it.
pub(crate) fn zip_lzma(content: &[u8], end_marker: bool) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut head = vec![9, 20, 5, 0];
    head.push(((options.pb * 5 + options.lp) * 9 + options.lc) as u8);
    head.extend(options.dict_size.to_le_bytes());
    let mut writer = lzma_rust2::LzmaWriter::new_no_header(head, &options, end_marker).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

#[cfg(feature = "cab")]
pub(crate) fn cab(members: &[(&str, &[u8])], packing: cab::CompressionType) -> Vec<u8> {
    let mut builder = cab::CabinetBuilder::new();
    let folder = builder.add_folder(packing);
    for (name, _) in members {
        folder.add_file(*name);
    }
    let mut writer = builder.build(Cursor::new(Vec::new())).unwrap();
    let mut contents = members.iter();
    while let Some(mut file) = writer.next_file().unwrap() {
        file.write_all(contents.next().unwrap().1).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(feature = "sevenz")]
pub(crate) fn sevenz(members: &[(&str, &[u8])], solid: bool) -> Vec<u8> {
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter};
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    if solid {
        let entries = members
            .iter()
            .map(|(name, _)| ArchiveEntry::new_file(name))
            .collect();
        let readers = members
            .iter()
            .map(|(_, content)| (*content).into())
            .collect();
        writer.push_archive_entries(entries, readers).unwrap();
    } else {
        for (name, content) in members {
            writer
                .push_archive_entry(ArchiveEntry::new_file(name), Some(*content))
                .unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A zip written field by field.
#[derive(Default)]
pub(crate) struct RawZip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

/// What the headers of an entry say, true or not.
#[derive(Clone, Copy)]
pub(crate) struct Claims {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) size: u32,
}

impl RawZip {
    pub(crate) fn position(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Writes a member and lists it.
    pub(crate) fn member(&mut self, name: &[u8], claims: Claims, data: &[u8]) {
        let offset = self.position();
        self.local(name, claims);
        self.bytes.extend_from_slice(data);
        self.list(name, claims, offset);
    }

    pub(crate) fn local(&mut self, name: &[u8], claims: Claims) {
        self.bytes.extend_from_slice(b"PK\x03\x04\x14\x00");
        Self::common(&mut self.bytes, name, claims);
        self.bytes.extend_from_slice(name);
    }

    pub(crate) fn data(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    pub(crate) fn list(&mut self, name: &[u8], claims: Claims, offset: u32) {
        self.entries = self.entries.wrapping_add(1);
        self.directory
            .extend_from_slice(b"PK\x01\x02\x14\x00\x14\x00");
        Self::common(&mut self.directory, name, claims);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name);
    }

    fn common(to: &mut Vec<u8>, name: &[u8], claims: Claims) {
        to.extend_from_slice(&claims.flags.to_le_bytes());
        to.extend_from_slice(&claims.method.to_le_bytes());
        to.extend_from_slice(&[0; 4]);
        to.extend_from_slice(&claims.crc.to_le_bytes());
        to.extend_from_slice(&claims.packed.to_le_bytes());
        to.extend_from_slice(&claims.size.to_le_bytes());
        to.extend_from_slice(&(name.len() as u16).to_le_bytes());
        to.extend_from_slice(&[0; 2]);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let offset = self.position();
        let size = self.directory.len() as u32;
        self.bytes.extend_from_slice(&self.directory);
        self.bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend_from_slice(&self.entries.to_le_bytes());
        self.bytes.extend_from_slice(&self.entries.to_le_bytes());
        self.bytes.extend_from_slice(&size.to_le_bytes());
        self.bytes.extend_from_slice(&offset.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 2]);
        self.bytes
    }
}

/// Claims that are true of a stored member.
pub(crate) fn stored(content: &[u8]) -> Claims {
    let size = content.len() as u32;
    Claims {
        flags: 0,
        method: 0,
        crc: crc32fast::hash(content),
        packed: size,
        size,
    }
}

/// Claims that are true of a deflated member, and its data.
pub(crate) fn deflate(content: &[u8]) -> (Claims, Vec<u8>) {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    let data = writer.finish().unwrap();
    let claims = Claims {
        method: 8,
        packed: data.len() as u32,
        ..stored(content)
    };
    (claims, data)
}

/// Deflate data that gives `megabytes` MiB of zeroes: one MiB, written again and again.
pub(crate) fn zeroes(megabytes: usize) -> Vec<u8> {
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let mut block = Vec::with_capacity(64 * 1024);
    let input = vec![0; 1 << 20];
    compress
        .compress_vec(&input, &mut block, flate2::FlushCompress::Sync)
        .unwrap();
    assert_eq!(compress.total_in(), 1 << 20);
    let mut data = block.repeat(megabytes);
    // The last block, which is empty.
    data.extend_from_slice(&[3, 0]);
    data
}
