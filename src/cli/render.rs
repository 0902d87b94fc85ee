//! `banwen render-paper`: the child's side of [`crate::engine::render`].

use super::voice::talk;
use std::process::ExitCode;

/// Papers one after the other, without a runtime.
pub(super) fn paper() -> ExitCode {
    match crate::engine::render::serve(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            talk(why);
            ExitCode::from(1)
        }
    }
}
