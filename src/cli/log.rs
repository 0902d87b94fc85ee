//! The log: one event a line, whatever words of others stand in it.

use std::io::{IsTerminal, Write};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// The log goes to stderr; `RUST_LOG` says how much of it.
pub(super) fn start(daemon: bool) {
    let usual = if daemon { "error,banwen=info" } else { "error" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    let to = Lines { to: std::io::stderr, colours };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(to)
        .with_ansi(colours)
        .with_target(false)
        .finish()
        .init();
}

/// The log without colours, as it is written to something else than a terminal.
pub fn lines<M>(to: M) -> impl tracing::Subscriber + Send + Sync
where
    M: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let to = Lines { to, colours: false };
    tracing_subscriber::fmt().with_writer(to).with_ansi(false).with_target(false).finish()
}

/// Makes writers of which each writes one event.
struct Lines<M> {
    to: M,
    colours: bool,
}

/// Writes an event: what would end its line, move a cursor or turn the text around is written as a number.
struct Line<W> {
    to: W,
    colours: bool,
}

impl<'w, M: MakeWriter<'w>> MakeWriter<'w> for Lines<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line { to: self.to.make_writer(), colours: self.colours }
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let (body, end) = text.strip_suffix('\n').map_or((&*text, ""), |body| (body, "\n"));
        let mut line = String::with_capacity(text.len());
        for c in body.chars() {
            // colours are the log's own: it writes those of others as numbers itself
            let own = c == '\u{1B}' && self.colours;
            let turns = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            if (c.is_control() && !own) || turns {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
        }
        self.to.write_all(line.as_bytes())?;
        self.to.write_all(end.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
