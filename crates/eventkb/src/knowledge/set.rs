//! The signatures a scan asks, with the catalogue and the codes that they use.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
#[cfg(feature = "packs")]
use std::sync::OnceLock;

use super::catalogue::Catalogue;
use super::codes::Codes;
use super::head::{SignatureHead, Source};
use super::index::EventIndex;
#[cfg(feature = "packs")]
use crate::report::Standing;
use crate::signature::compile::{Compiled, ids_of};
use crate::signature::examples::Examples;
use crate::signature::lint::Neighbours;
use crate::signature::model::{Role, Signature, Symptom};

/// A set of signatures, ready to be asked.
#[derive(Debug, Default)]
pub struct SignatureSet {
    pub(super) signatures: Vec<SignatureHead>,
    /// By id in lower case.
    pub(super) by_id: HashMap<String, usize>,
    pub(super) index: EventIndex,
    pub(super) catalogue: Catalogue,
    pub(super) codes: Codes,
    /// Documents of the catalogue and of codes that were added, in order: part of what saved
    /// observations rest on.
    pub(super) added: Vec<String>,
}

impl SignatureSet {
    /// A set without any signature, catalogue or code.
    pub fn empty() -> Self {
        SignatureSet::default()
    }

    /// The signatures, catalogue and codes that come with eventkb.
    #[cfg(feature = "packs")]
    pub fn built_in() -> Self {
        let mut set = SignatureSet::knowledge_only();
        for data in eventkb_packs::signatures() {
            let standing = match data.standing {
                "harmless" => Standing::Harmless,
                "notice" => Standing::Notice,
                _ => Standing::Problem,
            };
            let at = set.signatures.len();
            for (provider, low, high) in data.events {
                set.index.add(provider, *low, *high, at);
            }
            set.by_id.insert(data.id.to_ascii_lowercase(), at);
            set.signatures.push(SignatureHead {
                id: data.id.to_owned(),
                title: data.title.to_owned(),
                family: data.family.to_owned(),
                standing,
                text: Source::Packed(data),
                document: OnceLock::new(),
                compiled: OnceLock::new(),
                examples: None,
                built_in: true,
            });
        }
        set
    }

    /// The catalogue and codes that come with eventkb, without its signatures: for listing events
    /// with their sentences, or for signatures of one's own alone.
    #[cfg(feature = "packs")]
    pub fn knowledge_only() -> Self {
        let mut set = SignatureSet::empty();
        for data in eventkb_packs::catalogue() {
            set.catalogue
                .add_text(data.providers, data.exported_as, data.text);
        }
        for data in eventkb_packs::codes() {
            set.codes.add_text(data.table, data.text);
        }
        set
    }

    /// A set with all that this one knows of events and codes, and no signature.
    pub(crate) fn knowledge_alone(&self) -> Self {
        #[cfg(feature = "packs")]
        let mut set = match self.catalogue.is_empty() {
            true => SignatureSet::empty(),
            false => SignatureSet::knowledge_only(),
        };
        #[cfg(not(feature = "packs"))]
        let mut set = SignatureSet::empty();
        for text in &self.added {
            // It was added to this set before, so it is sound.
            let _ = set.add_text("", "", text);
        }
        set
    }

    /// The signatures that rest on events that a signature rests on, whatever their values: those
    /// with the most in common first.
    pub fn sharing(&self, signature: &Signature) -> Vec<&SignatureHead> {
        let telling = |symptom: &&Symptom| symptom.role <= Role::Strong;
        let own = signature.symptoms.iter().filter(telling);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for selector in own.flat_map(|symptom| &symptom.events) {
            let mut asking: Vec<usize> = Vec::new();
            for (low, high) in ids_of(&selector.id).unwrap_or_default() {
                // The ends of a range tell of its neighbours.
                for id in [low, high] {
                    asking.extend(self.index.asking_for(&selector.provider, None, id));
                }
            }
            asking.sort_unstable();
            asking.dedup();
            for at in asking {
                let head = self.signatures.get(at).and_then(SignatureHead::document);
                let rests_on = head.is_some_and(|other| {
                    other.id != signature.id && other.symptoms_resting_on(selector).next().is_some()
                });
                if rests_on {
                    *shared.entry(at).or_default() += 1;
                }
            }
        }
        let mut order: Vec<(usize, usize)> = shared.into_iter().collect();
        order.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
        let order = order.into_iter();
        order
            .filter_map(|(at, _)| self.signatures.get(at))
            .collect()
    }

    /// The signature with this id; ids compare ignoring case, so that `q253307` can be typed.
    pub fn get(&self, id: &str) -> Option<&Arc<Signature>> {
        self.head(self.position(id)?)?.document()
    }

    /// The examples of a signature.
    pub fn examples(&self, id: &str) -> Option<Arc<Examples>> {
        let head = self.head(self.position(id)?)?;
        #[cfg(feature = "packs")]
        if head.built_in {
            let mut all = eventkb_packs::examples().iter();
            let (_, text) = all.find(|(known, _)| *known == head.id)?;
            return serde_json::from_str(text).ok().map(Arc::new);
        }
        head.examples.clone()
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(&id.to_ascii_lowercase()).copied()
    }

    /// The signature of an article, whose number others may write with `Q`, `KB` or nothing before
    /// it.
    pub(crate) fn of_article(&self, id: &str) -> Option<usize> {
        let folded = id.trim().to_ascii_lowercase();
        let digits = folded
            .strip_prefix("kb")
            .or_else(|| folded.strip_prefix('q'));
        let digits = digits.unwrap_or(&folded);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let with = |prefix: &str| self.by_id.get(&format!("{prefix}{digits}")).copied();
        let by_number = || ["q", "kb", ""].into_iter().find_map(with);
        self.by_id
            .get(&folded)
            .copied()
            .or_else(|| is_number.then(by_number).flatten())
    }

    pub(crate) fn head(&self, at: usize) -> Option<&SignatureHead> {
        self.signatures.get(at)
    }

    /// A signature, compiled when it is first asked for.
    pub(crate) fn compiled(&self, at: usize) -> Option<&Arc<Compiled>> {
        self.signatures.get(at)?.compiled()
    }

    /// The heads of all signatures, built-in ones first.
    pub fn iter(&self) -> impl Iterator<Item = &SignatureHead> {
        self.signatures.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.signatures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// How many of them are built in.
    pub fn built_in_count(&self) -> usize {
        self.signatures.iter().filter(|head| head.built_in).count()
    }

    /// What is known of events.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Meanings of codes.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Whether any signature asks for this event.
    pub fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.index.wants(provider, event_source, event_id)
            || self
                .meant(provider, event_source)
                .is_some_and(|name| self.index.wants(&name, None, event_id))
    }

    /// The provider, in lower case, that is meant by a name for which nobody asks: exports and
    /// old tools write `DCOM` or `Kernel-Power`, where records say
    /// `Microsoft-Windows-DistributedCOM` and `Microsoft-Windows-Kernel-Power`.
    pub(crate) fn meant(&self, provider: &str, event_source: Option<&str>) -> Option<String> {
        const MAKER: &str = "microsoft-windows-";
        // Who tells both names, or the whole one, is understood.
        let is_whole = provider
            .get(..MAKER.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(MAKER));
        if is_whole || event_source.is_some_and(|source| source != provider) {
            return None;
        }
        // Asked for every record that nobody wants: nothing is allocated for those.
        let mut buffer = [0_u8; 96];
        let whole = buffer.get_mut(..MAKER.len() + provider.len())?;
        let (maker, name) = whole.split_at_mut_checked(MAKER.len())?;
        maker.copy_from_slice(MAKER.as_bytes());
        name.copy_from_slice(provider.as_bytes());
        name.make_ascii_lowercase();
        let whole = std::str::from_utf8(whole).ok()?;
        let folded = whole.get(MAKER.len()..)?;
        if self.index.names(folded) {
            return None;
        }
        let meant = match self.catalogue.exported_as(folded) {
            Some(name) => name,
            // A source of its own, of an older system too: `Perflib`, `Winlogon`.
            None if self.catalogue.names(folded) && !folded.contains('-') => return None,
            None => whole,
        };
        self.index.names(meant).then(|| meant.to_owned())
    }

    /// The signatures that ask for an event, in the order of the set.
    pub fn for_event(&self, provider: &str, event_id: u16) -> impl Iterator<Item = &SignatureHead> {
        let asking = self.asking_for(provider, None, event_id).into_iter();
        asking.filter_map(|at| self.signatures.get(at))
    }

    pub(crate) fn asking_for(
        &self,
        provider: &str,
        event_source: Option<&str>,
        event_id: u16,
    ) -> Vec<usize> {
        let mut asking = self.index.asking_for(provider, event_source, event_id);
        if let Some(name) = self.meant(provider, event_source) {
            asking.extend(self.index.asking_for(&name, None, event_id));
            asking.sort_unstable();
            asking.dedup();
        }
        asking
    }

    /// Hands over the text of every document that observations depend on.
    pub(crate) fn for_each_text(&self, each: &mut dyn FnMut(&str)) {
        for head in &self.signatures {
            match &head.text {
                #[cfg(feature = "packs")]
                Source::Packed(data) => each(data.text),
                Source::Given => {
                    if let Some(document) = head.document() {
                        // Plain data: it cannot fail to be written.
                        each(&serde_json::to_string(&**document).unwrap_or_default());
                    }
                }
            }
        }
        self.added.iter().for_each(|text| each(text));
    }
}

impl Neighbours for SignatureSet {
    fn asking_for_event(&self, provider: &str, event_id: u16) -> Vec<(usize, &Signature)> {
        let asking = self.asking_for(provider, None, event_id).into_iter();
        asking
            .filter_map(|at| Some((at, &**self.signatures.get(at)?.document()?)))
            .collect()
    }

    fn value_names(&self, provider: &str, event_id: u16) -> Vec<String> {
        let facts = self.catalogue.event(provider, None, event_id);
        let names = facts.iter().flat_map(|facts| facts.value_names());
        names.map(str::to_owned).collect()
    }
}
