//! Telling an office what no task of its own would tell it: an intake closed and who was missing, a limit that has passed.

use super::Engine;
use super::perform::{Trouble, owing};
use crate::case::event::{Body, TOLD};
use crate::case::program::Program;
use crate::case::{Case, story};
use crate::deadline::Period;
use crate::spool::names;
use serde_json::{Value, json};

impl Engine {
    /// Writes a note into the office's 回执: to a missing office that its form is no longer taken, to the others who was missing.
    pub(super) async fn tell_missing(
        &self,
        program: &Program,
        case: &Case,
        (stage, key): (&str, &str),
        office: &str,
        missing: &[String],
    ) -> Result<Value, Trouble> {
        let core = self.core.lock().await;
        let title = |id: &String| core.ledgers.offices.title(id).to_string();
        let offices = &core.ledgers.offices;
        let Some(told) = offices.offices.get(offices.standing(office)).cloned() else { return Ok(json!({})) };
        let opener = offices.title(offices.standing(&case.opener)).to_string();
        let names_of = missing.iter().map(title).collect::<Vec<_>>().join("、");
        drop(core);
        let Some(folder) = told.folder else { return Ok(json!({})) };
        let definition = program.workflow().stage(stage);
        let period = Period::parse(key);
        let title = definition.map_or(stage, |s| s.title.as_str());
        let stage = period.map_or_else(|| title.to_string(), |period| format!("{title}（{}）", period.title()));
        let theirs = missing.iter().any(|m| m == office);
        let way = match (definition.is_some_and(|s| s.late_items_next_round), period, theirs) {
            (true, ..) => "此后报来的，列入下一轮办理。".to_string(),
            (false, Some(_), _) => "逾期不再受理。".to_string(),
            (false, None, true) => format!("确需补报的，请联系{opener}重开收件。"),
            (false, None, false) => "确需补报的，可交“表样”中的“结束或重开收件”表重开收件。".to_string(),
        };
        let says = if theirs {
            format!("“{stage}”的报送期限已过，贵单位没有报送，也没有答复无推荐对象，收件已经结束。{way}")
        } else {
            format!("“{stage}”收件已经结束，逾期未报送的单位：{names_of}。{way}")
        };
        let text =
            format!("收件结束通知\r\n\r\n{}：\r\n\r\n{}。{says}\r\n\r\n（系统自动生成）\r\n", told.title, case.title);
        let name = names::safe(&format!("{stage}收件结束（{}）.txt", case.title));
        self.write(&self.spool.office(&folder).receipts().join(name), text.as_bytes())?;
        Ok(json!({ "told": office }))
    }

    /// Writes a 督办 note into the office's 回执: what is overdue, since when, with whom it lies.
    pub(super) async fn tell_overdue(
        &self,
        id: &str,
        program: &Program,
        case: &Case,
        clock: u32,
        office: &str,
    ) -> Result<Value, Trouble> {
        let Some(clock) = case.clocks.get(&clock) else { return Ok(json!({})) };
        let core = self.core.lock().await;
        let Some(told) = core.ledgers.offices.offices.get(office).cloned() else { return Ok(json!({})) };
        let lies: Vec<String> = owing(case, clock.id)
            .iter()
            .map(|t| format!("{}（{}）", core.ledgers.offices.title(&t.office), story::task_title(program, case, t)))
            .collect();
        let what = story::limit_title(program, case, clock);
        let why = story::reason_of(clock, &core.ledgers);
        drop(core);
        let Some(folder) = told.folder else { return Ok(json!({})) };
        let with = if lies.is_empty() {
            "目前无人承办".to_string()
        } else {
            format!("现由{}办理", lies.join("、"))
        };
        let text = format!(
            "督办通知\r\n\r\n{}：\r\n\r\n{}：{what}已经届满，{with}，请督促尽快办结。{why}\r\n\r\n（系统自动生成）\r\n",
            told.title, case.title
        );
        let at = self.owed_at(id).await?;
        let name = names::safe_with(&format!("督办 {} {what}", at.date()), &format!("-{}.txt", clock.id));
        self.write(&self.spool.office(&folder).receipts().join(name), text.as_bytes())?;
        Ok(json!({ "told": office }))
    }

    /// Lets an office know what an event tells of: a 知会 note in its 回执, or a letter. The text stands in the log alone, where
    /// it can be erased.
    pub(super) async fn tell_of_event(
        &self,
        id: &str,
        case: &Case,
        seq: u64,
        office: &str,
        by_mail: bool,
    ) -> Result<Value, Trouble> {
        let known = self.store.events(&case.id).await?.into_iter().find(|e| e.seq == seq);
        let event = known.ok_or_else(|| Trouble::Never(format!("there is no event {seq}")))?;
        let event = super::memory::revive(event)?;
        let Body::Told { fields, .. } = &event.body else {
            return Err(Trouble::Never(format!("event {seq} tells nobody anything")));
        };
        let texts = fields.get(TOLD).and_then(Value::as_array).cloned().unwrap_or_default();
        let lines: Vec<String> = texts.iter().filter_map(Value::as_str).map(str::to_string).collect();
        let offices = self.core.lock().await.ledgers.offices.clone();
        let Some(told) = offices.offices.get(offices.standing(office)).cloned() else { return Ok(json!({})) };
        let at = self.owed_at(id).await?;
        let head = format!("{}：\r\n\r\n{}：\r\n{}", told.title, case.title, lines.join("\r\n"));
        let text = format!("{head}\r\n\r\n仅供知悉，不需答复。\r\n\r\n（系统自动生成）\r\n");
        if by_mail {
            return self.mail_word(id, &told, format!("知会：{}", case.title), text).await;
        }
        let Some(folder) = told.folder else { return Ok(json!({})) };
        let name = names::safe_with(&format!("知会 {} {}", at.date(), case.title), &format!("-{seq}.txt"));
        let text = format!("知会\r\n\r\n{text}");
        self.write(&self.spool.office(&folder).receipts().join(name), text.as_bytes())?;
        Ok(json!({ "told": office }))
    }
}
