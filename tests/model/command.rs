//! What both sides are told: commands by the names of things, not by the numbers of workbooks.

/// A nomination as it is written down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// place in the list of categories
    pub(crate) category: usize,
    pub(crate) name: String,
    pub(crate) number: i64,
    /// 东 or 西
    pub(crate) group: usize,
}

/// The commands. Offices by id, stages by place, items and questions by number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    /// hands in nominations; `complete`: 报送完毕
    Nominate {
        stage: usize,
        office: &'static str,
        entries: Vec<Entry>,
        complete: bool,
    },
    /// hands its nominations in again
    NominateAnew {
        stage: usize,
        office: &'static str,
        entries: Vec<Entry>,
        complete: bool,
    },
    /// one of several hands in again what it said last
    AnswerAnew {
        stage: usize,
        office: &'static str,
        rows: Vec<(usize, Option<&'static str>)>,
    },
    /// has nobody to nominate
    Decline {
        stage: usize,
        office: &'static str,
    },
    /// takes back what it handed in last
    TakeBack {
        stage: usize,
        office: &'static str,
    },
    /// answers a stage; the outcome is none where conditions choose it
    Answer {
        stage: usize,
        office: &'static str,
        rows: Vec<(usize, Option<&'static str>)>,
    },
    /// one of several takes back what it said last, of this item and what it said with it
    Unsay {
        item: usize,
        office: &'static str,
    },
    /// hands a mended item in again
    Mend {
        item: usize,
        office: &'static str,
        number: i64,
    },
    /// closes an intake, or opens it again
    Close {
        stage: usize,
        office: &'static str,
        reopen: bool,
    },
    /// withdraws an item
    Withdraw {
        item: usize,
        office: &'static str,
    },
    /// asks for an item to be sent back
    AskBack {
        item: usize,
        office: &'static str,
    },
    /// raises a side item
    Raise {
        about: usize,
        office: &'static str,
    },
    /// answers a question, with its first answer or its second
    Reply {
        question: usize,
        office: &'static str,
        yes: bool,
    },
    /// papers are made and notices put up
    Settle,
    /// time goes on to the next thing that is due, or by a day
    Wait,
    Hold,
    Release,
    Cancel,
}
