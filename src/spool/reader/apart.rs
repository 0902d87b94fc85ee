//! Children that read: kept while they are well, killed and replaced when they overrun.
//!
//! A request is the length of its JSON and the JSON; an answer the lengths and bytes of its JSON and of what follows it. Lengths are
//! 64 bits, little-endian. A child ends when its stdin does; one that was left reading when the daemon ended is ended by the
//! kernel after [`CPU_SECONDS_MAX`]. It is first in line when memory runs out.

use super::{Asked, Pdfs, Told, answer};
use crate::files;
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long one file may be read.
pub const SECONDS_MAX: u64 = 20;
/// Memory a child may ask for besides that of the program itself, in bytes of addresses.
pub const MEMORY_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Time of a processor that all files of one child may take.
const CPU_SECONDS_MAX: u64 = 300;
/// Files after which a child ends: what a library keeps by mistake does not grow for ever.
const FILES_MAX: u32 = 2_000;
/// Children that read at once; so many are kept while there is nothing to read.
const CHILDREN_MAX: usize = 4;
/// Longest request, and longest part of an answer.
pub(crate) const PART_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Bytes of memory the shell's `ulimit` counts as one.
const ULIMIT_BYTES: u64 = 1024;
/// Starts a program under limits: first in line when memory runs out, so much memory, so much time of a processor.
const UNDER_LIMITS: &str = r#"echo 1000 2>/dev/null >/proc/self/oom_score_adj
ulimit -c 0; ulimit -v "$1" && ulimit -t "$2" && exec "$3" read-drops"#;

/// Children of one program, and those of them that wait for work.
#[derive(Debug)]
pub struct Children {
    program: PathBuf,
    limit: Duration,
    memory_bytes: u64,
    idle: Mutex<Vec<Running>>,
    asking: Mutex<usize>,
    answered: Condvar,
}

/// Somebody's turn to ask a child.
struct Turn<'a>(&'a Children);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *whole(&self.0.asking) -= 1;
        self.0.answered.notify_one();
    }
}

/// What is behind these locks is whole whoever left it.
fn whole<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

type Answer = (Told, Vec<u8>);

#[derive(Debug)]
struct Running {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<std::io::Result<Answer>>,
    files: u32,
}

/// How asking a child ended.
enum Ended {
    Answered(Box<(Running, Answer)>),
    /// it broke off, or took too long and was killed
    Overran {
        late: bool,
    },
}

impl Children {
    /// Children of this very program, also when its file has been replaced meanwhile.
    pub fn of_this_program() -> Arc<Children> {
        let program = PathBuf::from(format!("/proc/{}/exe", std::process::id()));
        Children::of(program, Duration::from_secs(SECONDS_MAX), MEMORY_BYTES_MAX)
    }

    /// Children of a program that is started with `read-drops`, under other limits than the daemon's.
    pub fn with_limits(program: PathBuf, limit: Duration, memory_bytes: u64) -> Arc<Children> {
        Children::of(program, limit, memory_bytes)
    }

    pub(super) fn of(program: PathBuf, limit: Duration, memory_bytes: u64) -> Arc<Children> {
        let (idle, asking, answered) = (Mutex::default(), Mutex::default(), Condvar::new());
        Arc::new(Children { program, limit, memory_bytes, idle, asking, answered })
    }

    /// Has one of them do it; nothing when the file made its reader overrun.
    ///
    /// # Errors
    /// No child can be started, or the file cannot be read now.
    pub(super) fn ask(&self, asked: &Asked) -> Result<Option<Answer>, files::Error> {
        let failed = |why: std::io::Error| files::failed("read", asked.path())(why);
        let request = serde_json::to_vec(asked).map_err(|error| failed(error.into()))?;
        let _turn = self.turn();
        let kept = whole(&self.idle).pop();
        let ended = match kept {
            Some(kept) => match kept.ask(&request, self.limit) {
                // one that broke off may have died while it waited, or of files before: that says nothing about this one
                Ended::Overran { late: false } => self.start().map_err(failed)?.ask(&request, self.limit),
                ended @ (Ended::Answered(_) | Ended::Overran { late: true }) => ended,
            },
            None => self.start().map_err(failed)?.ask(&request, self.limit),
        };
        match ended {
            Ended::Answered(answered) => {
                let (child, answer) = *answered;
                self.keep(child);
                match answer {
                    (Told::Failed { absent: true, why }, _) => {
                        Err(failed(std::io::Error::new(ErrorKind::NotFound, why)))
                    }
                    (Told::Failed { absent: false, why }, _) => {
                        Err(failed(std::io::Error::new(ErrorKind::ResourceBusy, why)))
                    }
                    answer => Ok(Some(answer)),
                }
            }
            Ended::Overran { late } => {
                let why = if late { "took too long" } else { "broke off: too much memory, or a fault of the reader" };
                tracing::warn!("the reader of a dropped file {why}; the file is returned");
                Ok(None)
            }
        }
    }

    /// Waits until fewer than [`CHILDREN_MAX`] are asked.
    fn turn(&self) -> Turn<'_> {
        let all_asked = |asking: &mut usize| *asking >= CHILDREN_MAX;
        let waited = self.answered.wait_while(whole(&self.asking), all_asked);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        Turn(self)
    }

    fn keep(&self, mut child: Running) {
        child.files += 1;
        let mut idle = whole(&self.idle);
        if child.files < FILES_MAX && idle.len() < CHILDREN_MAX {
            idle.push(child);
        }
    }

    fn start(&self) -> std::io::Result<Running> {
        let mut command = Command::new("sh");
        let addresses = self.memory_bytes + std::fs::metadata(&self.program)?.len();
        command.args(["-c", UNDER_LIMITS, "sh", &(addresses / ULIMIT_BYTES).to_string()]);
        command.arg(CPU_SECONDS_MAX.to_string()).arg(&self.program);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (Some(requests), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("it has no pipes"));
        };
        let (to, answers) = channel();
        // ends with the child's stdout, or when nobody listens any more
        std::thread::spawn(move || {
            loop {
                let answer = answer_from(&mut from);
                let last = answer.is_err();
                if to.send(answer).is_err() || last {
                    return;
                }
            }
        });
        Ok(Running { child, requests, answers, files: 0 })
    }
}

impl Running {
    fn ask(mut self, request: &[u8], limit: Duration) -> Ended {
        // one that died while it waited cannot be written to, or says nothing
        if send(&mut self.requests, &[request]).is_err() {
            return Ended::Overran { late: false };
        }
        match self.answers.recv_timeout(limit) {
            Ok(Ok(answer)) => Ended::Answered(Box::new((self, answer))),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Ended::Overran { late: false },
            Err(RecvTimeoutError::Timeout) => Ended::Overran { late: true },
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's side: reads files until there are no more requests.
///
/// # Errors
/// A request that cannot be read or an answer that cannot be written.
pub fn serve(mut from: impl Read, to: impl Write, pdfs: Pdfs) -> Result<(), String> {
    let mut to = BufWriter::new(to);
    while let Some(request) = part(&mut from).map_err(|error| error.to_string())? {
        let asked: Asked = serde_json::from_slice(&request).map_err(|error| error.to_string())?;
        let (told, bytes) = answer(&asked, pdfs);
        let told = serde_json::to_vec(&told).map_err(|error| error.to_string())?;
        send(&mut to, &[&told, &bytes]).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn answer_from(from: &mut impl Read) -> std::io::Result<Answer> {
    let end = || std::io::Error::from(ErrorKind::UnexpectedEof);
    let told = part(from)?.ok_or_else(end)?;
    let bytes = part(from)?.ok_or_else(end)?;
    Ok((serde_json::from_slice(&told)?, bytes))
}

/// Sends parts, each behind its length.
pub(crate) fn send(to: &mut impl Write, parts: &[&[u8]]) -> std::io::Result<()> {
    for part in parts {
        to.write_all(&(part.len() as u64).to_le_bytes())?;
        to.write_all(part)?;
    }
    to.flush()
}

/// The next part; nothing at the end.
pub(crate) fn part(from: &mut impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    let first = from.read(&mut length)?;
    if first == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[first..])?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    from.by_ref().take(length.min(PART_BYTES_MAX)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(bytes)) } else { Err(ErrorKind::UnexpectedEof.into()) }
}
