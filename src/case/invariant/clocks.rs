//! 12. A clock's due date equals the replay of its ledger.

use crate::case::ledger::Ledgers;
use crate::case::{Case, decide};

/// What was told of a clock is what is counted, as long as the calendar is the one it was told by: its log gives its date.
pub(super) fn check(case: &Case, ledgers: &Ledgers, found: &mut Vec<String>) {
    for clock in case.running() {
        let calendar = ledgers.calendar.of(clock.region.as_deref());
        if clock.calendar != calendar.version() || calendar.region() != clock.region.as_deref() {
            continue;
        }
        let counted = decide::deadline_of(clock).due(&ledgers.calendar).map(|due| due.date);
        if clock.told != counted {
            found.push(format!("12: clock {} was told with {:?} and counts to {counted:?}", clock.id, clock.told));
        }
    }
}
