//! How an attempt at an effect ended, and what that means for the effect.

use crate::clock::Moment;
use serde_json::Value;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// it is done
    Done {
        /// what it gave
        result: Value,
    },
    /// not now; try again
    Defer {
        /// why, in the remote's words
        error: String,
        /// the wait the remote asked for, in seconds; None: as long as it has waited
        after_seconds: Option<u32>,
    },
    /// what it needs is not there yet; waiting for it is no attempt and does not age it
    Postpone {
        /// what it waits for
        error: String,
        /// look again after so many seconds
        after_seconds: u32,
    },
    /// never
    Dead {
        /// why
        error: String,
    },
}

/// What an outcome means for the effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// done
    Done {
        /// what it gave
        result: Value,
    },
    /// waits
    Wait {
        /// why
        error: String,
        /// until when
        run_at: Moment,
    },
    /// waits for others, without growing older
    Postponed {
        /// what it waits for
        error: String,
        /// until when
        run_at: Moment,
        /// since when it counts as tried from now on
        since: Moment,
    },
    /// dead, because the handler said so or patience is at its end
    Dead {
        /// why
        error: String,
    },
}
