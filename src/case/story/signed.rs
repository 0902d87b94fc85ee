//! Who signs, when that is changed: told to whoever changed it.

use crate::case::Batch;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;

/// Who signs besides, who signs no more, who is down as absent; and who signs now.
pub fn signers_changed(
    program: &Program,
    ledgers: &Ledgers,
    was: &Batch,
    signers: &[String],
    absent: &[String],
) -> String {
    let titles = |offices: &mut dyn Iterator<Item = &String>| {
        offices.map(|office| ledgers.offices.title(office)).collect::<Vec<_>>().join("、")
    };
    let changes = [
        ("加签", titles(&mut signers.iter().filter(|office| !was.signers.contains(office)))),
        ("减签", titles(&mut was.signers.iter().filter(|office| !signers.contains(office)))),
        ("记为缺席：", titles(&mut absent.iter().filter(|office| !was.absent.contains(*office)))),
        (
            "不再记为缺席：",
            titles(&mut was.absent.iter().filter(|office| !absent.contains(office) && signers.contains(office))),
        ),
    ];
    let changes = changes.into_iter().filter(|(_, who)| !who.is_empty()).map(|(what, who)| format!("{what}{who}"));
    let stage = program.workflow().stage(&was.stage).map_or(was.stage.as_str(), |stage| stage.title.as_str());
    let now = titles(&mut signers.iter());
    format!("“{stage}”{}；签署单位现为{now}", changes.collect::<Vec<_>>().join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::command::{Command, SignerChange};
    use crate::case::decide::tests::{opened, row};
    use crate::case::event::Body;
    use serde_json::json;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 委员: { offices: [甲办, 乙办] } }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { review: 议, of: 事, by: 甲, sign: { vote: 委员, pass: more than 1/2 of members } }
  - { file: 归档, of: 事, by: 甲 }
";

    #[test]
    fn whoever_changes_who_signs_is_told_what_changed() {
        let offices = "offices:\n  甲办: {}\n  乙办: { title: 乙办公室 }\n  丙办: { title: 丙办公室 }\n";
        let mut run = opened(DEFINITION, None, offices);
        let now = run.now;
        run.fill(now, "甲办", vec![row(None, &json!({ "名称": "修路" }))]).unwrap();
        let mut changed = |change: SignerChange, office: &str| {
            let before = run.case.clone();
            let reason = "有关".to_string();
            run.tell(now, "甲办", Command::ChangeSigners { item: 1, change, office: office.into(), reason }).unwrap();
            let changed = run.log.iter().rev().find_map(|event| {
                let Body::SignersChanged { batch, signers, absent, .. } = &event.body else { return None };
                Some((*batch, signers, absent))
            });
            let (batch, signers, absent) = changed.unwrap();
            signers_changed(&run.program, &run.ledgers, before.batches.get(&batch).unwrap(), signers, absent)
        };
        assert_eq!(changed(SignerChange::Add, "丙办"), "“议”加签丙办公室；签署单位现为甲办、乙办公室、丙办公室");
        assert_eq!(
            changed(SignerChange::Absent, "乙办"),
            "“议”记为缺席：乙办公室；签署单位现为甲办、乙办公室、丙办公室"
        );
        assert_eq!(changed(SignerChange::Remove, "乙办"), "“议”减签乙办公室；签署单位现为甲办、丙办公室");
    }
}
