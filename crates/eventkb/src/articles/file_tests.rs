use super::*;

fn full() -> Article {
    Article {
        id: "Q253307".into(),
        title: "A connector stops".into(),
        path: Some("kb/Q253307.md".into()),
        url: Some("https://example.com/q".into()),
        products: vec!["Exchange".into(), "Windows NT".into()],
        date: Some("2000-02-06".into()),
        problems: vec![Problem {
            lines: Lines {
                first: 10,
                last: 40,
            },
            events: vec![
                EventNamed {
                    provider: Some("MSExchangeMTA".into()),
                    provider_written: Some("MTA".into()),
                    provider_how: Some(ProviderHow::Inferred),
                    provider_from: Some("Q1".into()),
                    event_id: 9322,
                    level: Some(LevelName::Warning),
                    role: EventRole::Harmless,
                    lines: Lines {
                        first: 12,
                        last: 15,
                    },
                    log: Some("Application".into()),
                    category: Some("X.400 Service".into()),
                    codes: vec![CodeNamed {
                        value: 5,
                        written: "5".into(),
                        line: 14,
                    }],
                    phrases: vec![Phrase {
                        text: "Bind {1} failed".into(),
                        line: 14,
                    }],
                    id_line: 13,
                    provider_line: 9,
                    level_line: 0,
                },
                EventNamed::default(),
            ],
        }],
        codes: vec![CodeNamed {
            value: 0x8007_0005,
            written: "0x80070005".into(),
            line: 33,
        }],
        unclear: vec![17],
    }
}

fn bare(id: &str) -> Article {
    Article {
        id: id.into(),
        ..Article::default()
    }
}

fn sealed(content: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(INDEX_VERSION.to_le_bytes());
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(xxh3_128(content).to_le_bytes());
    bytes.extend(content);
    bytes
}

fn of_content(content: &Content<'_>) -> Result<ArticleIndex, ArticleIndexError> {
    ArticleIndex::from_bytes(&sealed(&postcard::to_stdvec(content).unwrap()))
}

#[test]
fn what_was_written_is_read() {
    let index = ArticleIndex::new(vec![full(), bare("Q1")]);
    let bytes = index.to_bytes();
    assert_eq!(ArticleIndex::from_bytes(&bytes), Ok(index));
    let empty = ArticleIndex::default();
    assert_eq!(ArticleIndex::from_bytes(&empty.to_bytes()), Ok(empty));
}

#[test]
fn the_order_of_articles_does_not_matter() {
    let one = ArticleIndex::new(vec![full(), bare("Q1"), bare("b")]);
    let other = ArticleIndex::new(vec![bare("b"), full(), bare("Q1")]);
    assert_eq!(one.to_bytes(), other.to_bytes());
}

#[test]
fn a_foreign_version_is_refused_by_name() {
    let mut bytes = ArticleIndex::default().to_bytes();
    bytes[8] = 7;
    let error = ArticleIndex::from_bytes(&bytes).unwrap_err();
    assert_eq!(error, ArticleIndexError::Version { found: 7 });
    assert!(error.to_string().contains("version 7"), "{error}");
}

#[test]
fn every_changed_or_missing_byte_is_found() {
    let bytes = ArticleIndex::new(vec![full()]).to_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(ArticleIndex::from_bytes(&changed).is_err(), "byte {at}");
        assert!(
            ArticleIndex::from_bytes(&bytes[..at]).is_err(),
            "cut at {at}"
        );
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(
        ArticleIndex::from_bytes(&longer),
        Err(ArticleIndexError::Damaged)
    );
}

#[test]
fn a_vouched_for_change_is_read_or_refused() {
    let bytes = ArticleIndex::new(vec![full(), bare("Q1")]).to_bytes();
    let content = &bytes[HEAD..];
    for at in 0..content.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, content[at].wrapping_add(1)] {
            let mut changed = content.to_vec();
            changed[at] = value;
            if let Ok(index) = ArticleIndex::from_bytes(&sealed(&changed)) {
                assert_eq!(ArticleIndex::from_bytes(&index.to_bytes()), Ok(index));
            }
        }
    }
}

#[test]
fn what_is_no_index() {
    for bytes in [&b""[..], b"EKBART", b"# An article\n", &[0; 64]] {
        assert_eq!(
            ArticleIndex::from_bytes(bytes),
            Err(ArticleIndexError::Foreign)
        );
    }
}

#[test]
fn a_count_that_promises_too_much_costs_nothing() {
    // "4,294,967,295 strings follow", and nothing follows.
    let hostile = sealed(&[0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert_eq!(
        ArticleIndex::from_bytes(&hostile),
        Err(ArticleIndexError::TooLarge { what: "texts" })
    );
    // As many as there may be.
    let hostile = sealed(&postcard::to_stdvec(&limits::MAX_INDEX_TEXTS).unwrap());
    assert!(matches!(
        ArticleIndex::from_bytes(&hostile),
        Err(ArticleIndexError::Unsound { .. })
    ));
}

#[test]
fn what_cannot_be_is_refused() {
    let plain = |id| FileArticle {
        id,
        title: 0,
        path: 0,
        url: 0,
        date: 0,
        products: vec![],
        problems: vec![],
        codes: vec![],
        unclear: vec![],
    };
    let content = |article| Content {
        strings: vec!["Q1"],
        articles: vec![article],
    };
    assert!(of_content(&content(plain(1))).is_ok());
    assert!(of_content(&content(plain(0))).is_err(), "no id");
    assert!(of_content(&content(plain(2))).is_err(), "no such text");
    let event = |provider, provider_how, level, role| FileEvent {
        event_id: 1,
        lines: FileLines(u32::MAX, u32::MAX),
        provider,
        provider_written: 0,
        provider_from: 0,
        provider_how,
        level,
        role,
        log: 0,
        category: 0,
        codes: vec![],
        phrases: vec![],
        id_line: i32::MIN,
        provider_line: i32::MAX,
        level_line: 0,
    };
    let with = |event| {
        let mut article = plain(1);
        article.problems.push(FileProblem {
            lines: FileLines(0, 0),
            events: vec![event],
        });
        of_content(&content(article))
    };
    assert!(with(event(1, 1, 5, 3)).is_ok());
    assert!(with(event(1, 0, 0, 0)).is_err(), "known in no way");
    assert!(with(event(0, 1, 0, 0)).is_err(), "unknown in some way");
    assert!(with(event(1, 6, 0, 0)).is_err(), "no such way");
    assert!(with(event(0, 0, 6, 0)).is_err(), "no such level");
    assert!(with(event(0, 0, 0, 4)).is_err(), "no such role");
}

#[test]
fn a_text_is_not_multiplied_by_being_named_often() {
    let text = "x".repeat(limits::MAX_INDEX_TEXT + 1);
    let content = Content {
        strings: vec![&text],
        articles: vec![],
    };
    assert!(matches!(
        of_content(&content),
        Err(ArticleIndexError::TooLarge { .. })
    ));
}

#[test]
fn more_than_an_index_may_hold_is_refused_before_it_is_read() {
    // Texts of no length, one byte each.
    let many = limits::MAX_INDEX_TEXTS + 1;
    let mut texts = postcard::to_stdvec(&many).unwrap();
    texts.resize(texts.len() + many, 0);
    let too_large = |what| Err(ArticleIndexError::TooLarge { what });
    assert_eq!(
        ArticleIndex::from_bytes(&sealed(&texts)),
        too_large("texts")
    );
    // One article with codes without end, three bytes each.
    let codes = limits::MAX_INDEX_ARTICLE / 3 + 1;
    let mut article = vec![0, 1, 1, 1, 1, 1, 1, 0, 0];
    article.extend(postcard::to_stdvec(&codes).unwrap());
    article.resize(article.len() + codes * 3 + 1, 0);
    assert_eq!(
        ArticleIndex::from_bytes(&sealed(&article)),
        too_large("an article in it")
    );
    let behind = [&[0_u8, 0, 7][..]].concat();
    assert!(matches!(
        ArticleIndex::from_bytes(&sealed(&behind)),
        Err(ArticleIndexError::Unsound { .. })
    ));
}
