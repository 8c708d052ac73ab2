//! Indexes of articles from strangers, and articles. Data that begins as an index does is taken as
//! it is, or as the content of one, with a head that vouches for it (no mutation would come past the
//! checksum); other data is an article of the kind that its first byte says.
#![no_main]

use eventkb::articles::{ArticleIndex, BuildOptions, INDEX_VERSION, Listed, build_from_bytes};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_128;

const MAGIC: &[u8] = b"EKBARTIX";

/// An index with this content and a sound head.
fn vouched_for(content: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend(INDEX_VERSION.to_le_bytes());
    file.extend((content.len() as u64).to_le_bytes());
    file.extend(xxh3_128(content).to_le_bytes());
    file.extend(content);
    file
}

/// What can be asked of an index without a panic.
fn ask(index: &ArticleIndex) {
    let again = ArticleIndex::from_bytes(&index.to_bytes()).expect("what was written is read");
    assert_eq!(&again, index);
    for article in index.articles().iter().take(50) {
        serde_json::to_string(&Listed::of(article)).expect("plain data");
        assert!(index.by_id(&article.id).next().is_some());
        for event in article.events().take(50) {
            let provider = event.provider.as_deref().unwrap_or("x");
            assert!(index.naming(provider, None, event.event_id).next().is_some());
            for phrase in &event.phrases {
                assert!(phrase.parts().count() <= phrase.text.len() + 1);
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(index) = ArticleIndex::from_bytes(data) {
        ask(&index);
    }
    let Some((kind, rest)) = data.split_first() else { return };
    if let Some(content) = rest.strip_prefix(MAGIC) {
        if let Ok(index) = ArticleIndex::from_bytes(&vouched_for(content)) {
            ask(&index);
        }
        return;
    }
    let path = ["a.md", "a.txt", "a.html"][usize::from(*kind) % 3];
    let built = build_from_bytes([(path, rest)], &BuildOptions::default());
    ask(&built.index);
});
