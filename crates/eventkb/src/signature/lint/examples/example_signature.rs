//! Whose examples they are.

use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, is_id, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK605",
    name: "example_signature",
    severity: ProblemSeverity::Error,
    summary: "`examples_of` and `better` are ids of signatures.",
    why: "Examples find their signature by it.",
    example: example(
        "",
        r#"{ "examples_of": "KB 1" }"#,
        r#"{ "examples_of": "KB1" }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    let mut ids = vec![(walk::at("examples_of"), file.examples_of.as_str())];
    for (n, example) in file.examples.iter().enumerate() {
        let path = walk::at("examples").index(n).key("better");
        ids.extend(example.better.as_deref().map(|id| (path, id)));
    }
    for (path, id) in ids {
        if !is_id(id) {
            found.add(&path, format!("`{id}` is no id of a signature"));
        }
    }
}
