//! Exceptions of the package, which are classes of `eventkb._errors`.

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// An exception of the package by the name of its class.
pub(crate) fn raise<'py>(py: Python<'py>, class: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    let made = || {
        py.import("eventkb._errors")?
            .getattr(class)?
            .call1(arguments)
    };
    match made() {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
