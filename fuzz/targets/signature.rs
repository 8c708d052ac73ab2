//! The loader of signatures, and a session over what it lets through.
#![no_main]

use std::path::PathBuf;

use eventkb::{SignatureSet, check_signature, test_signatures};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let folder = if cfg!(target_os = "linux") { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    let path = folder.join(format!("eventkb-fuzz-{}.json", std::process::id()));
    std::fs::write(&path, data).expect("a temporary file");
    let mut set = SignatureSet::empty();
    let (signature, problems) = check_signature(&path, &set);
    for problem in &problems {
        assert!(!problem.to_string().is_empty());
    }
    if let Some(signature) = signature
        && set.add("fuzz.json", signature).is_ok()
    {
        test_signatures(&set);
    }
});
