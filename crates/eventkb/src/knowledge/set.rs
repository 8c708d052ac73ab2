//! The signatures a scan asks, with the catalogue and the codes that they use.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::catalogue::Catalogue;
use super::codes::Codes;
use super::index::EventIndex;
use crate::report::{Severity, SignatureRef, Standing};
use crate::signature::compile::{Compiled, Selector, compile, ids_of};
use crate::signature::examples::Examples;
use crate::signature::load::{self, Document, SignatureError};
use crate::signature::model::{EventSelector, Role, Signature, Symptom};

/// A signature's head: what is known of it without parsing it.
#[derive(Debug)]
pub struct SignatureHead {
    id: String,
    title: String,
    family: String,
    standing: Standing,
    text: Source,
    document: OnceLock<Option<Arc<Signature>>>,
    compiled: OnceLock<Option<Arc<Compiled>>>,
    examples: Option<Arc<Examples>>,
    built_in: bool,
}

#[derive(Debug)]
enum Source {
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
}

/// A set of signatures, ready to be asked.
#[derive(Debug, Default)]
pub struct SignatureSet {
    signatures: Vec<SignatureHead>,
    /// By id in lower case.
    by_id: HashMap<String, usize>,
    index: EventIndex,
    catalogue: Catalogue,
    codes: Codes,
    /// Documents of the catalogue and of codes that were added, in order: part of what saved
    /// observations rest on.
    added: Vec<String>,
}

/// What was found at a path of signatures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// Signatures.
    pub signatures: usize,
    /// Files of the catalogue.
    pub catalogue: usize,
    /// Tables of codes.
    pub codes: usize,
    /// Files of examples.
    pub examples: usize,
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

    /// Adds one signature.
    ///
    /// # Errors
    /// When it has mistakes, or when the set already has a signature with this id, whatever the
    /// case of its letters.
    pub fn add(&mut self, file: &str, signature: Signature) -> Result<(), SignatureError> {
        let problems = load::problems_of(&signature);
        if !problems.is_empty() {
            return Err(SignatureError::new(file, problems));
        }
        self.insert(file, "", signature)
    }

    fn insert(
        &mut self,
        file: &str,
        family: &str,
        signature: Signature,
    ) -> Result<(), SignatureError> {
        let folded = signature.id.to_ascii_lowercase();
        if let Some(known) = self
            .by_id
            .get(&folded)
            .and_then(|n| self.signatures.get(*n))
        {
            let from = if known.built_in {
                "the built-in ones have"
            } else {
                "there is"
            };
            return Err(SignatureError::plain(
                file,
                format!("{from} a signature `{}` already", known.id),
            ));
        }
        let signature = Arc::new(signature);
        let Some(compiled) = compile(Arc::clone(&signature)) else {
            // What cannot be compiled was reported by the check; this is for what slipped by it.
            return Err(SignatureError::plain(file, "it names what is not there"));
        };
        let at = self.signatures.len();
        for_each_selector(&signature, &mut |selector| {
            for (low, high) in ids_of(&selector.id).unwrap_or_default() {
                let provider = selector.provider.to_ascii_lowercase();
                self.index.add(&provider, low, high, at);
            }
        });
        self.by_id.insert(folded, at);
        self.signatures.push(SignatureHead {
            id: signature.id.clone(),
            title: signature.title.clone(),
            family: family.to_owned(),
            standing: signature.standing,
            text: Source::Given,
            document: OnceLock::from(Some(signature)),
            compiled: OnceLock::from(Some(Arc::new(compiled))),
            examples: None,
            built_in: false,
        });
        Ok(())
    }

    /// Adds a JSON text of any kind: a signature, examples, a file of the catalogue or of codes.
    /// `family` is the folder that a signature stands in.
    ///
    /// # Errors
    /// When it is none of these, with every problem found.
    pub fn add_text(
        &mut self,
        file: &str,
        family: &str,
        text: &str,
    ) -> Result<Added, SignatureError> {
        let mut added = Added::default();
        match load::read_document(file, text)? {
            Document::Signature(signature) => {
                self.insert(file, family, *signature)?;
                added.signatures = 1;
            }
            Document::Catalogue(entry) => {
                self.catalogue.add_entry(*entry);
                self.added.push(text.to_owned());
                added.catalogue = 1;
            }
            Document::Codes(codes) => {
                self.codes.add_file(*codes);
                self.added.push(text.to_owned());
                added.codes = 1;
            }
            Document::Examples(examples) => {
                let at = self.position(&examples.examples_of).ok_or_else(|| {
                    let id = &examples.examples_of;
                    SignatureError::plain(
                        file,
                        format!("there is no signature `{id}` to exemplify"),
                    )
                })?;
                if let Some(head) = self.signatures.get_mut(at) {
                    head.examples = Some(Arc::new(*examples));
                }
                added.examples = 1;
            }
        }
        Ok(added)
    }

    /// Adds a file, or every `.json` file of a folder and those below it, in the order of names.
    /// Sound files are added even when others are not.
    ///
    /// # Errors
    /// One for each file that is not usable, with all its problems; what was added is kept.
    pub fn add_path(&mut self, path: &Path) -> Result<Added, Vec<SignatureError>> {
        let mut added = Added::default();
        let mut errors = Vec::new();
        let mut examples = Vec::new();
        for file in load::files_at(path).map_err(|error| vec![error])? {
            let name = file.display().to_string();
            let text = match load::read_file(&file) {
                Ok(text) => text,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            // Examples may stand before what they exemplify.
            if load::is_examples(&text) {
                examples.push((name, text));
                continue;
            }
            let family = file.parent().and_then(Path::file_name).unwrap_or_default();
            match self.add_text(&name, &family.to_string_lossy(), &text) {
                Ok(one) => added.add(one),
                Err(error) => errors.push(error),
            }
        }
        for (name, text) in examples {
            match self.add_text(&name, "", &text) {
                Ok(one) => added.add(one),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(added)
        } else {
            Err(errors)
        }
    }

    /// Adds what the files of a path say of events and codes, and leaves its signatures out: for
    /// checking signatures that stand beside it. Files with mistakes are left out.
    pub fn add_knowledge(&mut self, path: &Path) -> Added {
        let mut added = Added::default();
        for file in load::files_at(path).unwrap_or_default() {
            let Ok(text) = load::read_file(&file) else {
                continue;
            };
            let name = file.display().to_string();
            let is_knowledge = matches!(
                load::read_document(&name, &text),
                Ok(Document::Catalogue(_) | Document::Codes(_))
            );
            if is_knowledge && let Ok(one) = self.add_text(&name, "", &text) {
                added.add(one);
            }
        }
        added
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
                    other.id != signature.id && rests_on(other, selector).next().is_some()
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
        let head = self.signatures.get(at)?;
        let compiled = head.compiled.get_or_init(|| {
            let document = head.document()?;
            compile(Arc::clone(document)).map(Arc::new)
        });
        compiled.as_ref()
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

    /// Whether any signature asks for any event of this provider.
    pub fn knows(&self, provider: &str) -> bool {
        self.index.knows(provider) || self.meant(provider, None).is_some()
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

/// Whether some event is meant by both.
pub fn meets(one: &EventSelector, other: &EventSelector) -> bool {
    Selector::of(one)
        .zip(Selector::of(other))
        .is_some_and(|(one, other)| one.meets(&other))
}

/// The core and strong symptoms of a signature that some event of a selector is.
pub fn rests_on<'s>(
    signature: &'s Signature,
    selector: &EventSelector,
) -> impl Iterator<Item = &'s Symptom> {
    let wanted = Selector::of(selector);
    let telling = signature.symptoms.iter();
    let telling = telling.filter(|symptom| symptom.role <= Role::Strong);
    telling.filter(move |symptom| {
        let mut theirs = symptom.events.iter().filter_map(Selector::of);
        wanted
            .as_ref()
            .is_some_and(|wanted| theirs.any(|theirs| wanted.meets(&theirs)))
    })
}

/// How a report names a signature.
pub(crate) fn reference(signature: &Signature) -> SignatureRef {
    SignatureRef {
        id: signature.id.clone(),
        revision: signature.revision,
        title: signature.title.clone(),
        url: signature.url.clone(),
    }
}

impl Added {
    fn add(&mut self, other: Added) {
        self.signatures += other.signatures;
        self.catalogue += other.catalogue;
        self.codes += other.codes;
        self.examples += other.examples;
    }
}

/// Every event that any part of a signature asks for.
pub(crate) fn for_each_selector(signature: &Signature, each: &mut dyn FnMut(&EventSelector)) {
    use crate::signature::model::CauseCheck;
    let symptoms = signature.symptoms.iter().flat_map(|s| &s.events);
    let rules_out = signature.rules_out.iter().flat_map(|r| &r.events);
    let versions = signature.applies_to.iter().flat_map(|a| &a.events);
    symptoms
        .chain(rules_out)
        .chain(versions)
        .for_each(&mut *each);
    for check in &signature.cause_checks {
        match check {
            CauseCheck::ComputerNames(check) => {
                let sources = check.names.iter().chain(&check.own_names);
                sources
                    .flat_map(|source| &source.events)
                    .for_each(&mut *each);
            }
            CauseCheck::Event(check) => check.events.iter().for_each(&mut *each),
            CauseCheck::Absence(check) => check.events.iter().for_each(&mut *each),
        }
    }
}
