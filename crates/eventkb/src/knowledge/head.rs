//! What is known of a signature without parsing it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::report::{Severity, Standing};
use crate::signature::compile::{Compiled, compile, ids_of};
use crate::signature::examples::Examples;
use crate::signature::model::Signature;

/// A signature's head: what is known of it without parsing it.
#[derive(Debug)]
pub struct SignatureHead {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) family: String,
    pub(super) standing: Standing,
    pub(super) text: Source,
    pub(super) document: OnceLock<Option<Arc<Signature>>>,
    pub(super) compiled: OnceLock<Option<Arc<Compiled>>>,
    pub(super) examples: Option<Arc<Examples>>,
    pub(super) built_in: bool,
}

#[derive(Debug)]
pub(super) enum Source {
    /// Of the built-in pack: parsed when it is first needed.
    #[cfg(feature = "packs")]
    Packed(&'static eventkb_packs::SignatureData),
    /// Given by the user, and checked.
    Given,
}

impl SignatureHead {
    /// The article's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Title in own words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The folder it stands in.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Problem, notice or harmless.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// How bad its problem is.
    pub fn severity(&self) -> Severity {
        match &self.text {
            #[cfg(feature = "packs")]
            Source::Packed(data) => match data.severity {
                "critical" => Severity::Critical,
                "high" => Severity::High,
                "low" => Severity::Low,
                _ => Severity::Medium,
            },
            Source::Given => self.given().map(|s| s.severity).unwrap_or_default(),
        }
    }

    /// Its revision.
    pub fn revision(&self) -> u32 {
        match &self.text {
            #[cfg(feature = "packs")]
            Source::Packed(data) => data.revision,
            Source::Given => self.given().map_or(1, |signature| signature.revision),
        }
    }

    /// Its products, each with the versions that the article names.
    pub fn products(&self) -> Vec<Cow<'_, str>> {
        match &self.text {
            #[cfg(feature = "packs")]
            Source::Packed(data) => data.products.iter().map(|text| Cow::from(*text)).collect(),
            Source::Given => {
                let products = self.given().into_iter().flat_map(|s| &s.products);
                let one = products.map(|p| format!("{} {}", p.name, p.versions.join(", ")));
                one.map(|text| text.trim().to_owned().into()).collect()
            }
        }
    }

    /// The events of its symptoms: provider as written, with a `*` at the end for any rest, first
    /// and last id.
    pub fn events(&self) -> Vec<(&str, u16, u16)> {
        match &self.text {
            #[cfg(feature = "packs")]
            Source::Packed(data) => data.symptoms.to_vec(),
            Source::Given => {
                let symptoms = self.given().into_iter().flat_map(|s| &s.symptoms);
                let selectors = symptoms.flat_map(|symptom| &symptom.events);
                let mut events: Vec<(&str, u16, u16)> = selectors
                    .flat_map(|selector| {
                        let ids = ids_of(&selector.id).unwrap_or_default().into_iter();
                        ids.map(|(low, high)| (selector.provider.as_str(), low, high))
                    })
                    .collect();
                events.sort_unstable();
                events.dedup();
                events
            }
        }
    }

    /// Whether a text occurs in the id, the title or another text for the reader, whatever the case
    /// of its letters. `text` is in lower case.
    pub fn mentions(&self, text: &str) -> bool {
        let has = |part: &str| part.to_lowercase().contains(text);
        if has(&self.id) || has(&self.title) {
            return true;
        }
        // Few of the built-in ones need to be parsed to know.
        #[cfg(feature = "packs")]
        if let Source::Packed(data) = &self.text
            && !has(data.text)
        {
            return false;
        }
        self.document().is_some_and(|signature| {
            let lists = [&signature.resolution, &signature.collect, &signature.notes];
            let symptoms = signature
                .symptoms
                .iter()
                .map(|symptom| &symptom.description);
            has(&signature.cause)
                || lists.into_iter().flatten().any(|part| has(part))
                || symptoms.into_iter().any(|part| has(part))
        })
    }

    /// The document of one that was added.
    fn given(&self) -> Option<&Signature> {
        self.document.get()?.as_deref()
    }

    /// Whether it came with eventkb.
    pub fn is_built_in(&self) -> bool {
        self.built_in
    }

    /// The whole document. `None` only where a built-in file is damaged, which the tests find.
    pub fn document(&self) -> Option<&Arc<Signature>> {
        let parsed = self.document.get_or_init(|| match &self.text {
            #[cfg(feature = "packs")]
            Source::Packed(data) => serde_json::from_str(data.text).ok().map(Arc::new),
            Source::Given => None,
        });
        parsed.as_ref()
    }

    /// It compiled, when it is first asked for.
    pub(super) fn compiled(&self) -> Option<&Arc<Compiled>> {
        let compiled = self.compiled.get_or_init(|| {
            let document = self.document()?;
            compile(Arc::clone(document)).map(Arc::new)
        });
        compiled.as_ref()
    }
}
