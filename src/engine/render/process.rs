//! A child's process, which takes with it what it has started.
//!
//! The office suite runs in a group of its own under `timeout`, and would outlive a maker that is killed by as long as its
//! limit. So whoever lets a maker go ends the groups below it too. Nothing is ended that is not a child of the maker.

use crate::files;
use std::path::Path;
use std::process::{Command, Stdio};
use tokio::process::Child;

/// Longest line of `/proc/PID/stat` that is read.
const STAT_BYTES_MAX: u64 = 4096;

/// A process that ends, with the groups it has started, when it is dropped.
#[derive(Debug)]
pub(super) struct Process(pub(super) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let Some(id) = self.0.id() else { return };
        // once it is dead nobody can tell what it had started; before it is dead it may start something again
        let below = groups_below(id);
        let _ = self.0.start_kill();
        if !below.is_empty() {
            let mut kill = Command::new("sh");
            kill.args(["-c", "kill -s KILL -- \"$@\"", "kill"]).args(below);
            let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }
}

/// Children of a process as `kill` takes them: a group by its leader, one that leads none by itself.
fn groups_below(parent: u32) -> Vec<String> {
    let processes = files::list(Path::new("/proc")).unwrap_or_default();
    let numbers = processes.iter().filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let child = |id: u32| {
        let stat =
            files::read_at_most(&Path::new("/proc").join(id.to_string()).join("stat"), STAT_BYTES_MAX).ok()??;
        let stat = String::from_utf8_lossy(&stat).into_owned();
        // its name stands in brackets and may hold anything; then its state, its parent, its group
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(1);
        let (of, group) = (fields.next()?, fields.next()?);
        (of.parse() == Ok(parent)).then(|| if group.parse() == Ok(id) { format!("-{id}") } else { id.to_string() })
    };
    numbers.filter_map(child).collect()
}
