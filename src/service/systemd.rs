//! What the daemon tells systemd. Without `NOTIFY_SOCKET` nobody listens, and nothing is said.

use sd_notify::NotifyState;

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!("systemd does not listen: {error}");
    }
}

/// Every case stands, drops are taken.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// One whole turn went well, or a drop of it came to its end.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// The end has begun.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// One line for `systemctl status`.
pub(super) fn status(text: &str) {
    tell(&[NotifyState::Status(&text.replace('\n', " "))]);
}
