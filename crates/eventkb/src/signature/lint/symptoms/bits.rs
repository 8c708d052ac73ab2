//! Bits are within their mask.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::number;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK217",
    name: "bits",
    severity: ProblemSeverity::Error,
    summary: "The bits in `set` are within `mask`, and the mask has some.",
    why: "What the mask leaves out is never looked at, so it is never set: such a test can \
          never hold, and one with an empty mask always does.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "bits": { "mask": "0xF0", "set": "0x01" } }] }"#,
        r#"{ "where": [{ "value": "error", "bits": { "mask": "0xF0", "set": "0x10" } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        let bits = condition.bits.as_ref();
        let numbers = bits.and_then(|b| Some((number::of(&b.mask)?, number::of(&b.set)?)));
        let Some((mask, set)) = numbers else {
            continue;
        };
        let path = path.key("bits");
        if mask == 0 {
            found.add(&path.key("mask"), "looks at no bit, so it always holds");
        } else if set & !mask != 0 {
            let message = "has bits that the mask leaves out, so it can never hold";
            found.add(&path.key("set"), message);
        }
    }
}
