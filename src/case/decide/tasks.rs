//! Tasks: what is handed in finds its task, and tasks are opened, written anew and closed.

use super::Deciding;
use super::operate::{may_be_sent_back, may_be_withdrawn};
use crate::case::command::HandIn;
use crate::case::event::{Ask, Body, TaskEnd};
use crate::case::story::item_name;
use crate::case::{Item, Task};
use std::collections::BTreeSet;

impl Deciding<'_> {
    pub(super) fn hand_in(&mut self, hand_in: &HandIn) {
        let Some(task) = self.case.tasks.get(&hand_in.task).cloned() else {
            return self.refuse("", "没有这项待办，请使用“待办”文件夹中的最新表格。");
        };
        if task.office != self.by {
            let (theirs, ours) = (self.ledgers.offices.title(&task.office), self.ledgers.offices.title(&self.by));
            return self.refuse("", format!("这是{theirs}的待办，不是{ours}的。"));
        }
        let intake = self.case.intake_of(&task);
        if task.ask == Ask::Nominate
            && task.closed.is_some()
            && task.submissions.is_empty()
            && intake.is_some_and(|i| i.closed)
        {
            let opener = self.standing(&self.case.opener);
            let opener = self.ledgers.offices.title(&opener).to_string();
            return self
                .refuse("", format!("报送已经截止，逾期不再受理。确需补报的，请与{opener}联系，由其重开收件。"));
        }
        if let Some(again) = super::replaceable(self.program.workflow(), &self.case, &task) {
            self.replace(&task, &again, hand_in);
            return;
        }
        if task.closed.is_some() {
            let newer =
                self.case.open_tasks().find(|t| t.office == task.office && t.stage == task.stage && t.ask == task.ask);
            let say = match newer {
                Some(newer) => format!("这份表格已经过时，请使用“待办”中最新的{}号表。", newer.id),
                None => self.takes_no_more(&task),
            };
            return self.refuse("", say);
        }
        if !self.current(&task, hand_in) {
            return;
        }
        self.speak_for(&task);
        let hand_in = &self.return_rows(&task.ask, hand_in);
        match task.ask.clone() {
            Ask::Nominate => self.nominate(&task, hand_in),
            Ask::Correct => self.correct(&task, hand_in),
            Ask::Answer => self.answer(&task, hand_in),
            Ask::Post(channel) => self.post(&task, hand_in, &channel),
            Ask::Seal(document) => self.seal(&task, hand_in, document),
            Ask::Question(question) => self.answer_question(&task, hand_in, question),
            Ask::Report(document) => self.confirm_report(&task, hand_in, document),
            Ask::Serve(document) => self.serve(&task, hand_in, document),
            Ask::Witness(batch) => self.testify(&task, hand_in, batch),
            Ask::Copies => self.take_copies(&task, hand_in),
            Ask::Acknowledge(document) => self.acknowledge(&task, hand_in, document),
        }
    }

    /// What is said of a task that takes no more, and what may be asked for instead.
    pub(super) fn takes_no_more(&self, task: &Task) -> String {
        let way = self.way_to_correct(task);
        match task.submissions.is_empty() {
            true => format!("这项待办已经办结或已取消，不再收件。如需更正，{way}。"),
            false => format!("先前报送的已经往下办理，不能再用重交来更正。如需更正，{way}。"),
        }
    }

    /// What an office does that cannot correct by handing in again: it takes back, which needs nobody's consent, or asks for return.
    pub(super) fn way_to_correct(&self, task: &Task) -> String {
        if let Some(paper) = self.retraction(task) {
            return format!("请先交“表样”中的“{paper}”表，再把“待办”里的新表改好重报");
        }
        let workflow = self.program.workflow();
        // of what was handed in otherwise it cannot be told by the task
        let of_it = |item: &&Item| task.ask != Ask::Nominate || item.task == Some(task.id);
        let mine = || self.case.living().filter(|i| self.standing(&i.owner) == task.office).filter(of_it);
        match mine().any(|item| may_be_sent_back(workflow, item)) {
            true => "请交“申请退回”表".to_string(),
            false => self.way_beside_return(mine().any(|item| may_be_withdrawn(workflow, &self.case, item))),
        }
    }

    /// What is left to do where nothing is sent back any more, and where its owner may still withdraw it.
    pub(super) fn way_beside_return(&self, withdrawn: bool) -> String {
        let opener = self.standing(&self.case.opener);
        let opener = self.ledgers.offices.title(&opener);
        match withdrawn {
            true => format!("请与{opener}联系；不再报送的，请交“撤回对象”表"),
            false => format!("请与{opener}联系"),
        }
    }

    /// What a window hands in for an outsider, and who acts for an office for that, is recorded as done for them (由…代).
    pub(super) fn speak_for(&mut self, task: &Task) {
        if let Some((office, _)) = &task.lent {
            self.on_behalf = Some(self.ledgers.offices.title(office).to_string());
        }
        let workflow = self.program.workflow();
        let Some(stage) = task.stage.as_ref().and_then(|s| workflow.stage(s)).filter(|_| task.ask == Ask::Answer)
        else {
            return;
        };
        let item = task.items.front().and_then(|i| self.case.item(*i));
        let outsider = stage.by.iter().find(|role| self.roles().is_outsider(role));
        self.on_behalf = outsider.and_then(|role| self.roles().outsider_name(role, item)).or(self.on_behalf.take());
    }

    /// An answer to items that are no longer asked is refused by name (ANSWERS 83), and one to nobody is no answer.
    pub(super) fn current(&mut self, task: &Task, hand_in: &HandIn) -> bool {
        let filled = if hand_in.revision < task.revision {
            format!("您填的是第{}版，现为第{}版", hand_in.revision, task.revision)
        } else {
            "已撤回、已答复或不属本表".to_string()
        };
        let mut said = BTreeSet::new();
        let stage = task.stage.as_ref().and_then(|s| self.program.workflow().stage(s));
        let ballots = task.ask == Ask::Answer && stage.is_some_and(|s| s.ballot.is_some());
        for (row, place) in &hand_in.rows {
            let Some(id) = row.item else {
                // a ballot is about no item
                if ballots {
                    continue;
                }
                if matches!(task.ask, Ask::Answer | Ask::Correct) && !row.is_blank() {
                    let named = self.named(&task.items.iter().copied().collect::<Vec<u32>>());
                    let listed = if named.is_empty() { String::new() } else { format!("本表列有{named}。") };
                    let say =
                        format!("看不出这一行是哪个对象。{listed}请在“待办”表格中各对象原有的行里填写，不要另加行。");
                    self.refuse(place.clone(), say);
                }
                continue;
            };
            if !task.items.contains(&id) {
                let name = self
                    .case
                    .items
                    .get(&id)
                    .map_or_else(|| format!("{id}号"), |i| item_name(self.program.workflow(), i));
                self.refuse(place.clone(), format!("{name}已不在本待办之内（{filled}），请使用“待办”中的最新表格。"));
            } else if row.assessor.is_none() && !row.is_blank() && !said.insert(id) {
                // two answers of one office about one item: nobody could say which holds
                let item = self.case.item(id);
                let name = item.map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
                self.refuse(place.clone(), format!("{name}填写了不止一行，请只保留一行后重报。"));
            }
        }
        self.faults.is_empty()
    }

    /// Records an answer and closes its task when nothing is left to answer.
    pub(super) fn answered(&mut self, task: &Task, hand_in: &HandIn, complete: bool) {
        let stage = task.stage.as_ref().and_then(|s| self.program.workflow().stage(s));
        let part = task.ask == Ask::Answer && stage.is_some_and(crate::workflow::Stage::takes_several);
        self.emit(Body::TaskAnswered {
            task: task.id,
            submission: hand_in.submission.clone(),
            fields: hand_in.fields.clone(),
            rows: hand_in.rows.iter().map(|(row, _)| row.clone()).collect(),
            attachments: hand_in.attachments.clone(),
            declined: None,
            complete,
            part,
            count: None,
            saw: Vec::new(),
        });
        if !complete && task.ask != Ask::Nominate {
            // The workbook is gone with the answer: what is left to answer gets a new one.
            self.revise_task(task.id, Vec::new());
            return;
        }
        if task.closed.is_none() {
            self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Answered });
        }
        if !complete {
            self.open_task(task.batch, task.stage.as_deref(), &task.office, Vec::new(), task.ask.clone());
        }
    }

    /// A task that goes on otherwise than its workbook says gets a new revision of it.
    pub(super) fn revise_task(&mut self, task: u64, without: Vec<u32>) {
        let Some(revision) = self.case.tasks.get(&task).filter(|t| t.closed.is_none()).map(|t| t.revision + 1) else {
            return;
        };
        self.emit(Body::TaskRevised { task, without, revision });
    }

    pub(super) fn open_task(
        &mut self,
        batch: Option<u32>,
        stage: Option<&str>,
        office: &str,
        items: Vec<u32>,
        ask: Ask,
    ) {
        let task = self.case.tasks.keys().next_back().copied().unwrap_or(0) + 1;
        self.emit(Body::TaskOpened {
            task,
            batch,
            stage: stage.map(str::to_string),
            office: office.to_string(),
            items,
            revision: 1,
            ask,
        });
        self.lend(task);
    }

    /// Closes the open tasks of which this is true; looks at all of them.
    pub(super) fn close_tasks(&mut self, which: impl Fn(&Task) -> bool, why: TaskEnd) {
        let open: Vec<u64> = self.case.open_tasks().filter(|t| which(t)).map(|t| t.id).collect();
        for task in open {
            self.emit(Body::TaskClosed { task, why });
        }
    }
}
