//! The native part of the Python package: jobs of the library, run beside the interpreter.
//!
//! What people import is in `package/eventkb`; it turns JSON of reports into dataclasses and knows
//! nothing of logs. Here is only what needs Rust: options out of Python's values, work on a thread
//! of its own while the interpreter is free, and events as objects and as Arrow columns.

mod columns;
mod errors;
mod event;
mod events;
mod options;
mod render;
mod session;
mod signatures;
mod work;

use pyo3::prelude::*;

/// The native part of `eventkb`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("COLUMNS", columns::names())?;
    module.add_class::<event::Event>()?;
    module.add_class::<events::EventReader>()?;
    module.add_class::<session::Session>()?;
    module.add_class::<signatures::Signatures>()?;
    module.add_class::<work::Progress>()?;
    module.add_function(wrap_pyfunction!(session::merge, module)?)?;
    module.add_function(wrap_pyfunction!(render::render, module)?)?;
    module.add_function(wrap_pyfunction!(render::redact, module)?)?;
    module.add_function(wrap_pyfunction!(render::may_hide_something, module)?)?;
    Ok(())
}
