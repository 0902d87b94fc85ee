//! A definition as a picture: stages in reading order, who acts and by when, where each outcome leads; a case, with where
//! everything in it stands.
//!
//! A definition becomes a [`Diagram`], which says what there is to see and nothing of how it looks; [`Diagram::mermaid`] and
//! [`Diagram::svg`] write it as text. Pure, and the same from the same: nothing is measured, asked or drawn by chance. Words
//! are Chinese, for the picture hangs where offices read it. Names are data and are escaped by whoever writes them.

mod arrows;
mod build;
mod counting;
mod mermaid;
mod route;
mod rows;
mod standing;
mod svg;
#[cfg(test)]
mod tests;
mod words;

pub use build::of_workflow;
pub use standing::of_case;

use crate::workflow::Kind;

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagram {
    /// what it is of
    pub title: String,
    /// lines under the title
    pub subtitle: Vec<String>,
    /// everything that has a place: the start, the stages in reading order, the finish; then the ends
    pub nodes: Vec<Node>,
    /// what leads where
    pub arrows: Vec<Arrow>,
    /// named clocks
    pub spans: Vec<Span>,
    /// what is told below: a heading and a line
    pub notes: Vec<(String, String)>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// the case opens
    Start,
    /// a stage
    Stage(Kind),
    /// an item leaves under a label
    Ended,
    /// what has passed every stage
    Finish,
}

/// Something with a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// what it is
    pub shape: Shape,
    /// its title
    pub title: String,
    /// what is said of it: a heading and a text
    pub rows: Vec<(&'static str, String)>,
    /// only side items pass it
    pub side: bool,
    /// it takes its items together
    pub gate: bool,
    /// (a case) how things stand here
    pub now: Vec<String>,
}

/// How something leads somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// onward
    Onward,
    /// back to be mended
    Back,
    /// there again, in a new round
    Again,
    /// out, under a label
    End,
    /// held where it is
    Stay,
    /// a side item comes to be
    Side,
    /// what a side item means for what it is about
    About,
}

/// What leads where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// index of the node it leaves
    pub from: usize,
    /// index of the node it comes to
    pub to: usize,
    /// what is written on it, a line each; may be empty
    pub label: Vec<String>,
    /// how
    pub way: Way,
}

/// A named clock, from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// its name
    pub name: String,
    /// its budget, and what happens by it
    pub text: String,
    /// index of the node it runs from
    pub from: usize,
    /// index of the node that ends it
    pub until: usize,
}

impl Way {
    /// What a line of this kind means.
    pub fn title(self) -> &'static str {
        match self {
            Way::Onward => "往下办理",
            Way::Back => "退回补正",
            Way::Again => "重新办理一轮",
            Way::End => "就此结束",
            Way::Stay => "留在本环节",
            Way::Side => "产生附属事项",
            Way::About => "附属事项的影响",
        }
    }
}

/// What a kind of stage does, in two characters.
pub(crate) fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Recommend => "收件",
        Kind::Assess => "考察",
        Kind::Review => "审核",
        Kind::Publicise => "公开",
        Kind::Decide => "决定",
        Kind::File => "归档",
    }
}

impl Diagram {
    /// As a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        mermaid::write(self)
    }

    /// As a drawing.
    pub fn svg(&self) -> String {
        svg::write(self)
    }
}
