//! `banwen render-paper`: the child's side of [`crate::engine::render`].

use super::voice::talk;
use std::process::ExitCode;

/// One paper, without a runtime.
pub(super) fn paper() -> ExitCode {
    match crate::engine::render::serve_one(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            talk(why);
            ExitCode::from(1)
        }
    }
}
