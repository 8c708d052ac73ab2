//! Adds what authors wrote to a set: signatures, examples, files of the catalogue and of codes.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::head::{SignatureHead, Source};
use super::set::SignatureSet;
use crate::signature::compile::{compile, ids_of};
use crate::signature::load::{self, Document};
use crate::signature::model::Signature;
use crate::signature::problem::SignatureError;

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

impl Added {
    fn add(&mut self, other: Added) {
        self.signatures += other.signatures;
        self.catalogue += other.catalogue;
        self.codes += other.codes;
        self.examples += other.examples;
    }
}

impl SignatureSet {
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
        signature.for_each_selector(&mut |selector| {
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
}
