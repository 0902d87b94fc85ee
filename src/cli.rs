//! The command line: what an operator types, and what comes back.
//!
//! stdout is data, stderr is talk. Exit status 0: done; 1: asked, and the answer is no; 2: could not try. Commands that only
//! look take no lock and work beside a running daemon; an operator's commands are handed to it when one runs.

mod check;
mod coverage;
mod date;
mod doctor;
mod erase;
mod explain;
mod fonts;
mod form;
mod gallery;
mod gongwen;
mod graph;
mod init;
mod list;
mod log;
mod look;
mod operate;
mod play;
mod render;
mod returns;
mod scratch;
mod show;
mod verify;
mod voice;

use crate::service;
use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
pub use log::lines as log_lines;
use look::{require, view};
use operate::{DocumentVerb, Repairs};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use voice::talk;

/// Threads that run the daemon's tasks; papers are set on others, one at a time.
const WORKER_THREADS: usize = 2;

/// Carries official paper (公文) through a Chinese township or county office.
#[derive(Parser)]
#[command(name = "banwen", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
    /// The spool: the folder with offices.yaml, workflows/, templates/ and the offices' folders
    #[arg(long, global = true, default_value = "./spool", value_name = "DIR")]
    spool: PathBuf,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Verb {
    /// Play a whole “七一” commendation round on a simulated clock and leave its spool
    Demo {
        /// Where to leave the spool
        #[arg(long, default_value = "./demo", value_name = "DIR")]
        out: PathBuf,
    },
    /// Serve the spool as a daemon, until a signal
    Run,
    /// Play a scenario on a simulated clock and leave its spool
    Simulate {
        /// The scenario
        #[arg(value_name = "SCENARIO.yaml")]
        scenario: PathBuf,
        /// Where to leave the spool: a directory that is empty or not there yet
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Stop at this moment, e.g. 2022-06-06T09:00
        #[arg(long, value_name = "MOMENT")]
        until: Option<String>,
    },
    /// Check definitions, registers, templates, offices and calendars, and report every problem at once
    Check {
        /// Files and folders; by default those of the spool, or the shipped ones when there is no spool
        paths: Vec<PathBuf>,
    },
    /// Explain a kind of problem; without a name, list them all
    Explain {
        /// The name in brackets at the end of a problem
        name: Option<String>,
    },
    /// What is written to clerks: every sentence of returns, receipts and notices, with its cause and what to do (Chinese)
    Returns {
        /// What a clerk has in hand, a sentence or a few words of it: its entry alone
        words: Option<String>,
    },
    /// Draw a definition, or a case with where everything in it stands
    Graph {
        /// A definition's file, the name of a deployed workflow, or a case's id
        #[arg(value_name = "WORKFLOW|CASE")]
        what: PathBuf,
        /// As text for Mermaid (the default), or as a drawing
        #[arg(long, value_enum)]
        format: Option<graph::Format>,
        /// Where to write it; by default to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Play scenarios and say which parts of a definition none of them reached
    Coverage {
        /// The definition
        definition: PathBuf,
        /// The scenarios; the definition they name must be this one
        #[arg(required = true, value_name = "SCENARIO.yaml")]
        scenarios: Vec<PathBuf>,
        /// Exit with status 1 when something was not reached
        #[arg(long)]
        strict: bool,
    },
    /// Make every kind of paper with short, long and nasty data, in Word and PDF, and a page that lists them
    Gallery {
        /// Where to write them
        #[arg(long, default_value = "./gallery", value_name = "DIR")]
        out: PathBuf,
    },
    /// List the cases
    List,
    /// Tell a case's whole story
    Show {
        /// Its id, as `list` gives it
        case: String,
        /// Also what a timeline leaves out
        #[arg(long)]
        all: bool,
    },
    /// What is next, whose turn it is, since when, until when and why
    Due,
    /// Reckon a date, and say why
    Date {
        /// The day it starts, e.g. 2026-09-24
        date: String,
        /// How long, e.g. "5 workdays", "1 month"
        #[arg(long, value_name = "SPAN")]
        plus: String,
        /// In the calendar of this office, and until the hour at which it closes
        #[arg(long, value_name = "OFFICE")]
        office: Option<String>,
    },
    /// Write a workbook an office can fill in
    Form {
        /// A workflow, or a register
        workflow: String,
        /// A stage; `启动` or `open` is the form that opens a case
        stage: Option<String>,
        /// The office it is for
        #[arg(long, value_name = "OFFICE")]
        office: Option<String>,
        /// As a Word form, in place of a workbook
        #[arg(long)]
        word: bool,
        /// Where to write it; by default its title, here
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Show which face serves what, from which file, and how much of GB 18030 the faces have
    Fonts {
        /// Characters to look up: which face each is set in
        text: Option<String>,
    },
    /// Make Word and PDF of a template with data, to look at
    Render(render::Asked),
    /// Verify the hash chain, every case's invariants, every paper and every archive package
    Verify,
    /// Try out what is in effect on this machine: folders, clock, room, faces, mail; and say what to do
    Doctor {
        /// Also connect to the mail server
        #[arg(long)]
        network: bool,
    },
    /// Stop a case's automatic moves
    Hold {
        /// The case
        case: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Let a held case go on
    Release {
        /// The case
        case: String,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// End a case
    Cancel {
        /// The case
        case: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Move a running case to another version of its workflow; without --yes, say what that would do
    Migrate {
        /// The case
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        case: Option<String>,
        /// Every open case of this workflow that runs under another version
        #[arg(long, value_name = "WORKFLOW")]
        all: Option<String>,
        /// The version: `deployed`, or how its digest begins
        #[arg(long, value_name = "VERSION")]
        to: String,
        /// What things are called in the new version
        #[arg(long, value_name = "FILE.yaml")]
        mapping: Option<PathBuf>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// List personal fields that are due for erasure, or erase them by the list that was signed
    Erase {
        /// The signed list, as --due wrote it
        #[arg(required_unless_present = "due", conflicts_with = "due", requires = "signed", value_name = "LIST.csv")]
        list: Option<PathBuf>,
        /// List what is due, to be signed
        #[arg(long)]
        due: bool,
        /// Who signed the list
        #[arg(long, value_name = "NAME")]
        signed: Option<String>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// Put right by hand what a file lists; without --yes, say what that would do
    Repair {
        /// The case
        case: String,
        /// What is to be put right
        #[arg(value_name = "FILE.yaml")]
        file: PathBuf,
        /// Why
        #[arg(long)]
        reason: String,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// Try an effect again that was given up
    Retry {
        /// The effect, as `due` gives it
        effect: String,
    },
    /// Give a document up, or make it anew
    Document {
        #[command(subcommand)]
        verb: DocumentVerb,
    },
    /// Examine any official paper against GB/T 9704
    Gongwen {
        #[command(subcommand)]
        verb: gongwen::GongwenVerb,
    },
    /// Lay out a new spool with the shipped definitions and example offices
    Init,
    /// Make one paper: the daemon asks its own program for it
    #[command(hide = true)]
    RenderPaper,
    #[command(hide = true)]
    ReadDrops,
}

/// What came of a command that could be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// done
    Yes,
    /// the answer is no; it has been told why
    No,
}

impl Answer {
    fn of(good: bool) -> Answer {
        if good { Answer::Yes } else { Answer::No }
    }
}

/// Runs the command line and gives the exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(matches!(arguments.command, Verb::Run));
    if let Some(ended) = render::child(&arguments.command) {
        return ended;
    }
    match obey(arguments) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => {
            talk(format_args!("banwen: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn obey(arguments: Arguments) -> anyhow::Result<Answer> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKER_THREADS).enable_all().build();
    let runtime = runtime.context("the runtime cannot start")?;
    let answer = runtime.block_on(do_it(arguments));
    // What still reads on a thread of its own ends with the process.
    runtime.shutdown_background();
    answer
}

async fn do_it(arguments: Arguments) -> anyhow::Result<Answer> {
    use crate::engine::commands::Request;
    let Arguments { command, spool, json } = arguments;
    let spool = spool.as_path();
    match command {
        Verb::Demo { out } => play::demo(&out).await,
        Verb::Simulate { scenario, out, until } => play::simulate(&scenario, &out, until.as_deref()).await,
        Verb::Run => serve(spool).await,
        Verb::Check { paths } => check::check(spool, &paths, json),
        Verb::Explain { name } => explain::explain(name.as_deref(), json),
        Verb::Returns { words } => returns::returns(words.as_deref(), json),
        Verb::Gallery { out } => gallery::gallery(spool, &out),
        Verb::Graph { what, format, out } if what.is_file() => graph::of_file(spool, &what, format, out.as_deref()),
        Verb::Graph { what, format, out } => {
            graph::of_spool(&view(spool).await?, &what.to_string_lossy(), format, out.as_deref())
        }
        Verb::Coverage { definition, scenarios, strict } => {
            coverage::coverage(&definition, &scenarios, strict, json).await
        }
        Verb::List => list::list(&view(spool).await?, json),
        Verb::Due => list::due(&view(spool).await?, json).await,
        Verb::Show { case, all } => show::show(&view(spool).await?, &case, all, json).await,
        Verb::Date { date, plus, office } => date::date(spool, &date, &plus, office.as_deref(), json),
        Verb::Form { workflow, stage, office, word, out } => {
            let asked = form::Asked { workflow, stage, office, word, out };
            form::form(&view(spool).await?, &asked)
        }
        Verb::Fonts { text } => fonts::fonts(spool, text.as_deref(), json),
        Verb::Render(asked) => render::render(spool, &asked),
        Verb::Verify => verify::verify(&view(spool).await?, json).await,
        Verb::Doctor { network } => doctor::doctor(spool, network, json).await,
        Verb::Hold { case, reason } => operate::operate(spool, Request::Hold { case, reason }, json).await,
        Verb::Release { case, reason } => operate::operate(spool, Request::Release { case, reason }, json).await,
        Verb::Cancel { case, reason } => operate::operate(spool, Request::Cancel { case, reason }, json).await,
        Verb::Migrate { case, all, to, mapping, yes } => {
            let which = operate::Which { case, all };
            operate::migrate(spool, &which, &to, mapping.as_deref(), yes, json).await
        }
        Verb::Erase { list: Some(list), signed, yes, .. } => {
            let list = erase::read(&list, signed.unwrap_or_default())?;
            operate::operate(spool, Request::Erase { list, yes }, json).await
        }
        Verb::Erase { list: None, .. } => erase::due(&view(spool).await?, json),
        Verb::Repair { case, file, reason, yes } => {
            let Repairs { repair } = operate::read_yaml(&file)?;
            operate::operate(spool, Request::Repair { case, repair, reason, yes }, json).await
        }
        Verb::Retry { effect } => operate::operate(spool, Request::Retry { effect }, json).await,
        Verb::Document { verb: DocumentVerb::Void { case, document, reason } } => {
            operate::operate(spool, Request::Void { case, document, reason }, json).await
        }
        Verb::Document { verb: DocumentVerb::Replace { case, document, reason } } => {
            operate::operate(spool, Request::Replace { case, document, reason }, json).await
        }
        Verb::Gongwen { verb } => gongwen::obey(verb, json),
        Verb::Init => init::init(spool).await,
        Verb::RenderPaper | Verb::ReadDrops => bail!("what a child does is done before anything else is begun"),
    }
}

async fn serve(root: &Path) -> anyhow::Result<Answer> {
    require(root)?;
    Ok(service::run(root).await.map(|()| Answer::Yes)?)
}
