//! `signatures list`: by family, without parsing what the built-in table already says.

use eventkb::report::Standing;
use eventkb::{SignatureHead, SignatureSet};
use eventkb_render::Reader;
use serde::Serialize;

use crate::args::{ListArgs, PlainFormat, StandingArg};
use crate::exit::Exit;
use crate::output::{Output, Stop};

/// A signature in JSON.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    revision: u32,
    title: &'a str,
    family: &'a str,
    standing: &'static str,
    severity: &'static str,
    products: Vec<std::borrow::Cow<'a, str>>,
    events: Vec<Events<'a>>,
    built_in: bool,
}

/// Events of one provider: an id, or a range of them.
#[derive(Debug, Serialize)]
struct Events<'a> {
    provider: &'a str,
    first: u16,
    last: u16,
}

impl<'a> Row<'a> {
    fn of(head: &'a SignatureHead) -> Row<'a> {
        let events = head.events().into_iter();
        Row {
            id: head.id(),
            revision: head.revision(),
            title: head.title(),
            family: head.family(),
            standing: head.standing().as_str(),
            severity: head.severity().as_str(),
            products: head.products(),
            events: events
                .map(|(provider, first, last)| Events {
                    provider,
                    first,
                    last,
                })
                .collect(),
            built_in: head.is_built_in(),
        }
    }
}

pub(super) fn list(
    args: &ListArgs,
    set: &SignatureSet,
    reader: &Reader,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let wanted = Wanted::of(args);
    let found: Vec<&SignatureHead> = set.iter().filter(|head| wanted.fits(head)).collect();
    let exit = match found.is_empty() {
        true => Exit::Nothing,
        false => Exit::Found,
    };
    if args.format == PlainFormat::Json {
        let rows: Vec<Row<'_>> = found.into_iter().map(Row::of).collect();
        output.json(&rows, true)?;
        return Ok(exit);
    }
    let mut families: Vec<&str> = Vec::new();
    for head in &found {
        if !families.contains(&head.family()) {
            families.push(head.family());
        }
    }
    // Family by family, so that the first stands there before the last is laid out.
    for name in &families {
        let heads = found.iter().copied().filter(|head| head.family() == *name);
        output.tables(&eventkb_render::family(name, heads, reader))?;
        output.text("\n")?;
    }
    if found.is_empty() && !args.family.is_empty() {
        let mut known: Vec<&str> = set.iter().map(SignatureHead::family).collect();
        known.dedup();
        output.warning(format_args!("the families are {}", known.join(", ")));
    }
    output.tables(&eventkb_render::signatures_listed(
        found.len(),
        families.len(),
    ))?;
    Ok(exit)
}

/// What is asked for, in lower case.
struct Wanted<'a> {
    args: &'a ListArgs,
    families: Vec<String>,
    products: Vec<String>,
    providers: Vec<String>,
    texts: Vec<String>,
}

impl Wanted<'_> {
    fn of(args: &ListArgs) -> Wanted<'_> {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        Wanted {
            args,
            families: lower(&args.family),
            products: lower(&args.product),
            providers: lower(&args.provider),
            texts: lower(&args.text),
        }
    }

    fn fits(&self, head: &SignatureHead) -> bool {
        let has = |wanted: &[String], text: &str| {
            let text = text.to_lowercase();
            wanted.is_empty() || wanted.iter().any(|part| text.contains(part))
        };
        let product = || {
            let mut products = head.products().into_iter();
            self.products.is_empty() || products.any(|product| has(&self.products, &product))
        };
        let standing = &self.args.standing;
        has(&self.families, head.family())
            && (standing.is_empty() || standing.iter().any(|one| one.is(head.standing())))
            && product()
            && self.fits_event(head)
            && (self.texts.is_empty() || self.texts.iter().any(|text| head.mentions(text)))
    }

    /// Whether one of its events is of a wanted provider and has a wanted id.
    fn fits_event(&self, head: &SignatureHead) -> bool {
        let ids = &self.args.id;
        if self.providers.is_empty() && ids.is_empty() {
            return true;
        }
        head.events().into_iter().any(|(provider, first, last)| {
            let provider = provider.to_lowercase();
            // `MSSQL$*` is `mssql$sqlexpress` as well.
            let is_wanted = |wanted: &String| {
                provider.contains(wanted)
                    || provider
                        .strip_suffix('*')
                        .is_some_and(|prefix| wanted.starts_with(prefix))
            };
            let has_id =
                |range: &crate::args::IdRange| *range.0.start() <= last && first <= *range.0.end();
            (self.providers.is_empty() || self.providers.iter().any(is_wanted))
                && (ids.is_empty() || ids.iter().any(has_id))
        })
    }
}

impl StandingArg {
    fn is(self, standing: Standing) -> bool {
        match self {
            StandingArg::Problem => standing == Standing::Problem,
            StandingArg::Notice => standing == Standing::Notice,
            StandingArg::Harmless => standing == Standing::Harmless,
        }
    }
}
