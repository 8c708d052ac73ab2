//! Real archives, made by other tools.

use std::path::PathBuf;

use super::got::open;

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn every_container_gives_the_plain_file() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let folder = PathBuf::from(shared).join("corpus/containers");
    let stem = "Microsoft-Windows-Kernel-PnP__Configuration";
    let plain = std::fs::read(folder.join(format!("{stem}.evtx"))).unwrap();
    for ending in ["evtx.bz2", "evtx.gz", "evtx.xz", "tar", "zip"] {
        let name = format!("{stem}.{ending}");
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let got = open(&name, &bytes).expect_sound();
        assert_eq!(got.members.len(), 1, "{name}: {:?}", got.names());
        // The zip and the gzip remember the name with its `%4`.
        let member = format!("{name}!/Microsoft-Windows-Kernel-PnP");
        assert!(got.members[0].0.starts_with(&member), "{:?}", got.names());
        assert!(got.members[0].1 == plain, "{name} gives other bytes");
    }
}
