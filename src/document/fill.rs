//! Word templates: a `.docx` an office made in Word or WPS, filled by the same data and language as a text template.
//!
//! The file keeps its looks; `{{ … }}` prints a value, `{% for %}`, `{% if %}`, `{% set %}` repeat, choose and name. A control tag
//! alone in a paragraph takes the paragraph away with it, alone in a row the row; the two ends of a loop each alone in a cell of one row
//! repeat the columns between them. `{{ x|merge_down }}` merges a cell with equal ones above. A picture whose alternative text
//! is a tag shows the file that the tag names; a content control whose tag is one holds its value. Body, tables, headers,
//! footers, notes, text boxes and the file's properties are filled.
//!
//! What the file cannot say stands in a text file of its name, `NAME.md`: front matter alone with `文种`, `标题` and, where wanted,
//! `公开属性`. So a text template becomes a Word template by cutting its text and laying the `.docx` beside it; a definition names
//! neither ending; and whoever looks through the folder sees at once what a paper is and what it is called. (Keys in the
//! definition would part a paper from its template; the file's own properties are a place Word fills with what it likes.)
//!
//! Guarantees: a value is text, whatever is in it; the same template and data give the same bytes; what is schema-clean stays so.
//! Failures: [`Problem`]s, all at once, each with its tag, the words around it and what to do.
//! Limits: [`TEMPLATE_BYTES_MAX`], [`PICTURE_BYTES_MAX`], those of [`crate::ooxml`], the fuel of [`super::template`], and
//! [`FILLED_BYTES_MAX`].

mod elsewhere;
mod emit;
mod failing;
mod finish;
mod lacking;
mod missed;
mod mistaken;
mod page;
mod picture;
mod place;
mod problem;
mod safe;
mod scope;
mod tag;
mod told;
#[cfg(test)]
mod tests;

pub use page::Filled;
pub use picture::{PICTURE_BYTES_MAX, Pictures};
pub use problem::{Fault, NoPicture, Problem, Spot};
pub use safe::TEMPLATE_BYTES_MAX;

use super::template::{Hint, Openness, Template, example, values};
use crate::diag::Diagnostic;
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::{self, Element};
use crate::workflow::{WORD_MARK, WORD_MARK_END, rule};
use emit::Piece;
use lacking::Reads;
use minijinja::{Environment, Error, ErrorKind, Output, State, Value};
use place::{Placed, Reader};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use told::Told;

/// Longest XML one filling may produce, in bytes.
pub const FILLED_BYTES_MAX: usize = 32 * 1024 * 1024;
const WHOLE: &str = "Word";
/// What to do with a file whose parts cannot be put together.
const SAVE: (&str, &str) = ("open it in Word or WPS and save it as .docx", "请用Word或WPS打开后另存为.docx");
/// Parts that are filled, by the end of their relationship, and what they are called to a person.
const PARTS: [(&str, &str); 4] =
    [("/header", "页眉"), ("/footer", "页脚"), ("/footnotes", "脚注"), ("/endnotes", "尾注")];

/// The parts that were filled: what each is called, and its tree.
type Trees = Vec<(&'static str, Element)>;

/// A Word template that has been read and found well-formed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WordTemplate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    digest: String,
    source: String,
    front: Template,
    environment: Environment<'static>,
    package: Package,
    /// parts with tags, in the order they are rendered: name, and what it is called
    parts: Vec<(String, &'static str)>,
    pieces: Vec<Piece>,
    tags: Vec<Placed>,
    /// where each tag begins in the text of the language
    places: Vec<(usize, usize)>,
    reads: Reads,
}

/// Why a Word template was not filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillError {
    /// the template
    pub template: String,
    /// of the title
    pub title: Option<super::template::TemplateError>,
    /// of the file
    pub problems: Vec<Problem>,
}

impl FillError {
    /// As the check of a definition tells them, each at its place; `path` is the template's.
    pub fn diagnostics(&self, path: &str) -> Vec<String> {
        let title = self.title.iter().map(ToString::to_string);
        title.chain(self.problems.iter().map(|problem| problem.diagnostic(path).to_string())).collect()
    }

    /// Sentences in Chinese, one for each problem.
    pub fn sentences(&self) -> Vec<String> {
        self.title
            .iter()
            .map(super::template::TemplateError::sentence)
            .chain(self.problems.iter().map(Problem::sentence))
            .collect()
    }
}

impl std::fmt::Display for FillError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let title = self.title.iter().map(ToString::to_string);
        let told: Vec<String> = title.chain(self.problems.iter().map(ToString::to_string)).collect();
        write!(f, "Word template {:?}: {}", self.template, told.join("; "))
    }
}

impl std::error::Error for FillError {}

impl WordTemplate {
    /// Reads a template: its front matter and the file. `name` is what workflows call it, `path` what diagnostics name.
    /// All problems are reported at once.
    pub fn read(name: &str, path: &str, front: &str, bytes: &[u8]) -> Result<WordTemplate, Vec<Diagnostic>> {
        WordTemplate::taken(name, path, front, bytes, true)
    }

    /// Reads a template that a closure keeps: what was deployed once goes on, be it refused since.
    pub fn kept(name: &str, front: &str, bytes: &[u8]) -> Result<WordTemplate, Vec<Diagnostic>> {
        WordTemplate::taken(name, name, front, bytes, false)
    }

    fn taken(name: &str, path: &str, front: &str, bytes: &[u8], is_new: bool) -> Result<WordTemplate, Vec<Diagnostic>> {
        let placed = |problems: Vec<Problem>| problems.iter().map(|it| it.diagnostic(path)).collect::<Vec<_>>();
        let told = path.strip_suffix(".docx").map_or_else(|| name.to_owned(), |stem| format!("{stem}.md"));
        let package = safe::open(bytes).map_err(placed);
        let front_text = front.replace("\r\n", "\n");
        let front = Template::of_word(&told, &front_text);
        let (package, front) = match (package, front) {
            (Ok(package), Ok(front)) => (package, front),
            (package, front) => return Err(package.err().into_iter().chain(front.err()).flatten().collect()),
        };
        let mut environment = environment();
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let above = format!("{}\n{WORD_MARK}{digest}{WORD_MARK_END}\n", front_text.trim_end());
        let (mut read, mistakes) =
            Contents::of(&environment, &package, is_new.then_some((above.as_str(), told.as_str(), path)))
                .map_err(|it| placed(vec![safe::unreadable(&it)]))?;
        if !read.problems.is_empty() || !mistakes.is_empty() {
            return Err(placed(read.problems).into_iter().chain(mistakes).collect());
        }
        let (told, reads) = read.told.written();
        let source = format!("{above}{told}");
        let reads = Reads::of(&source, above.lines().count(), reads);
        let (text, places) = emit::source(&read.pieces, &read.tags, &[]);
        if let Err(error) = environment.add_template_owned(WHOLE, text) {
            let fault = Fault::Syntax(error.to_string(), None);
            return Err(placed(vec![Problem { spot: None, tag: String::new(), fault }]));
        }
        let (parts, pieces, tags) = (std::mem::take(&mut read.parts), read.pieces, read.tags);
        let name = name.to_owned();
        Ok(WordTemplate(Arc::new(Inner {
            name,
            digest,
            source,
            front,
            environment,
            package,
            parts,
            pieces,
            tags,
            places,
            reads,
        })))
    }

    /// What could be read of a template that [`WordTemplate::read`] refuses, as [`WordTemplate::source`] gives it: so that it
    /// can be told of the names it reads at once with what is wrong otherwise. None where nothing can be said.
    pub fn partly(front: &str, bytes: &[u8]) -> Option<String> {
        lacking::partly(front, bytes).map(|it| it.source)
    }

    /// What the data lack of what could be read of a template that [`WordTemplate::read`] refuses.
    /// `paths` are what diagnostics name: the text beside the file, and the file.
    pub fn partly_lacking(front: &str, bytes: &[u8], data: &Json, paths: (&str, &str)) -> Vec<Diagnostic> {
        lacking::partly(front, bytes).map(|it| it.problems(data, paths)).unwrap_or_default()
    }

    /// What workflows call it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// sha256 of the file, hex.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// What a closure keeps of it: the front matter, the digest of the file, and each paragraph that has tags. Whoever asks
    /// which names a template reads, asks this text.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// 文种.
    pub fn kind(&self) -> &str {
        self.0.front.kind()
    }

    /// 公开属性, when it states one.
    pub fn openness(&self) -> Option<Openness> {
        self.0.front.openness()
    }

    /// Data to begin with, as YAML: every variable that file and front matter refer to.
    pub fn example(&self) -> String {
        // what was read could be read: the names are those `banwen check` asks for
        example(&rule::text_names(&self.0.source).unwrap_or_default(), std::iter::once(self.0.source.as_str()), |_| {
            true
        })
    }

    /// Fills it. The data are those of [`super::template`]; `pictures` gives the files that values name.
    ///
    /// # Errors
    /// Everything that keeps it from being filled.
    pub fn fill(&self, data: &Json, pictures: Pictures<'_>) -> Result<Filled, Box<FillError>> {
        let inner = &self.0;
        let title = inner.front.title(data);
        let filled = self.parts(data, pictures);
        match (title, filled) {
            (Ok(title), Ok((package, trees))) => Ok(Filled { title, kind: self.kind().to_owned(), package, trees }),
            (title, filled) => Err(Box::new(FillError {
                template: inner.name.clone(),
                title: title.err(),
                problems: filled.err().unwrap_or_default(),
            })),
        }
    }

    fn parts(&self, data: &Json, pictures: Pictures<'_>) -> Result<(Package, Trees), Vec<Problem>> {
        let inner = &self.0;
        let whole = |fault: Fault| vec![Problem { spot: None, tag: String::new(), fault }];
        let rendered = inner.environment.get_template(WHOLE).and_then(|it| it.render(values::value(data)));
        let text = rendered.map_err(|error| self.failures(data, &error, pictures))?;
        if text.len() > FILLED_BYTES_MAX {
            return Err(whole(Fault::TooLong(text.len())));
        }
        let (package, trees, wrong) = self.placed(&text, data, pictures)?;
        if wrong.is_empty() { Ok((package, trees)) } else { Err(wrong) }
    }

    /// Puts what was printed into the parts, and pictures into them; with what is wrong with those.
    fn placed(
        &self,
        text: &str,
        data: &Json,
        pictures: Pictures<'_>,
    ) -> Result<(Package, Trees, Vec<Problem>), Vec<Problem>> {
        let inner = &self.0;
        let mut package = inner.package.clone();
        let (mut trees, mut ids, mut wrong) = (Vec::new(), finish::Ids::default(), Vec::new());
        let broken = |error: String| {
            let fault = Fault::Evaluation(String::new(), error, Box::new(Hint::Way(SAVE.0, SAVE.1)));
            vec![Problem { spot: None, tag: String::new(), fault }]
        };
        for ((name, called), xml) in inner.parts.iter().zip(text.split(emit::BETWEEN)) {
            let mut tree = xml::parse(xml.as_bytes()).map_err(|error| broken(error.to_string()))?;
            finish::finish(&mut tree, &mut ids);
            let (part, known) = (name.clone(), BTreeMap::new());
            let (wrong_here, stood) = (Vec::new(), Vec::new());
            let mut placing =
                picture::Placing { package: &mut package, part, pictures, known, wrong: wrong_here, stood };
            let filled = placing.fill(&mut tree).and_then(|()| placing.clear(&mut tree));
            filled.map_err(|error| broken(error.to_string()))?;
            wrong.append(&mut placing.wrong);
            package.put(name, tree.write());
            trees.push((*called, tree));
        }
        Ok((package, trees, wrong.iter().flat_map(|it| self.no_picture(data, it)).collect()))
    }
}

/// The language of text templates, printing into runs.
fn environment() -> Environment<'static> {
    let mut environment = values::environment();
    environment.set_formatter(write);
    environment.add_filter(tag::MERGE, |value: Value| value);
    environment.add_filter(emit::IN_LINE, |value: &Value| tag::in_line(value));
    environment
}

fn write(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    match value.as_str().filter(|_| value.is_safe()) {
        Some(safe) => out.write_str(safe).map_err(Error::from),
        None => out.write_str(&tag::in_run(&values::text(value)?)).map_err(Error::from),
    }
}

/// What is read of the parts.
struct Contents {
    parts: Vec<(String, &'static str)>,
    pieces: Vec<Piece>,
    tags: Vec<Placed>,
    told: Told,
    problems: Vec<Problem>,
}

impl Contents {
    /// Reads the parts; of a file that is new also what is wrong with what they read or call, and what is not filled. `new` is
    /// what stands over their paragraphs in what a closure keeps, the path of the text beside the file, and that of the file.
    fn of(
        environment: &Environment<'_>,
        package: &Package,
        new: Option<(&str, &str, &str)>,
    ) -> Result<(Contents, Vec<Diagnostic>), PackageError> {
        let main = package.main_part()?;
        let mut named = vec![(main.clone(), "正文")];
        let mut related = package.related(&main)?;
        related.sort_by(|a, b| a.part.cmp(&b.part));
        for (end, called) in PARTS {
            named.extend(related.iter().filter(|it| it.kind.ends_with(end)).map(|it| (it.part.clone(), called)));
        }
        let core = package.related("")?.into_iter().find(|it| it.kind.ends_with("/core-properties"));
        named.extend(core.map(|it| (it.part, "属性")));
        named.dedup();
        let mut reader = Reader::new(environment);
        let (mut parts, mut pieces) = (Vec::new(), Vec::new());
        let all: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
        for (name, called) in named {
            let mut tree = package.xml(&name)?;
            if name == main && tree.name != "w:document" {
                let reason = format!("its main part is <{}>, not <w:document>", tree.name);
                reader.problems.push(safe::refused(reason, "open it in Word or WPS and save it as .docx"));
            }
            let before = reader.tags.len();
            if called == "属性" {
                reader.properties(&mut tree);
            } else {
                reader.part(called, &mut tree);
            }
            if new.is_some() {
                reader.elsewhere(elsewhere::left(called, &tree));
            }
            let mends = scope::pair(&mut reader.tags, before, &mut reader.problems);
            reader.told.mend(&mends);
            let mut scopes = scope::Scopes::new(&reader.tags);
            scopes.settle(&mut tree);
            let crossed = scopes.problems;
            reader.problems.extend(crossed);
            // a part without tags stays as it is, byte for byte
            if reader.tags.len() > before || name == main {
                if !parts.is_empty() {
                    emit::part(&mut pieces);
                }
                emit::emit(&tree, &mut pieces);
                parts.push((name, called));
            }
        }
        let mut mistakes = Vec::new();
        if let Some((above, front, path)) = new {
            reader.elsewhere(elsewhere::unread(package, &all)?);
            let (told, places) = reader.told.written();
            let source = format!("{above}{told}");
            mistakes =
                mistaken::of(&source, above.lines().count(), environment, (&places, &reader.tags), (front, path));
        }
        let Reader { tags, mut problems, told, missed, .. } = reader;
        if let Some((above, ..)) = new {
            problems.extend(missed::problems(missed, above, &told));
        }
        problems.sort_by_key(|it| it.spot.as_ref().map(|spot| spot.line));
        Ok((Contents { parts, pieces, tags, told, problems }, mistakes))
    }
}
