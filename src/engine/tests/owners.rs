//! Whose file a drop is.

use super::*;
use std::os::unix::fs::{chown, lchown};

/// Users of nobody here.
const CLERK: u32 = 47_101;
const COLLEAGUE: u32 = 47_102;
const STRANGER: u32 = 47_103;

#[test]
fn a_drop_of_a_user_to_whom_the_folder_does_not_belong_is_returned_unread() {
    let probe = tempfile::NamedTempFile::new().unwrap();
    if chown(probe.path(), Some(CLERK), None).is_err() {
        eprintln!("SKIPPED: only root can give files to other users");
        return;
    }
    run(async {
        let mut desk = Desk::open().await;
        let spool = desk.root.path().join("spool");
        let workbook = task_of(&desk);
        let place = desk.place(OTHER, "交件");
        let put = |name: &str, owner: u32| {
            let path = place.join(name);
            std::fs::copy(&workbook, &path).unwrap();
            chown(path, Some(owner), None).unwrap();
        };
        put("先前.xlsx", STRANGER);
        assert_eq!(desk.player.engine().unwrap().look().await.unwrap(), 1);
        let unchecked = returned(&desk);
        assert!(!unchecked[0].contains("不是本单位的用户"), "off by default: {unchecked:?}");

        std::fs::write(spool.join("banwen.yaml"), "owner_check: on\n").unwrap();
        chown(desk.place(OTHER, "交件"), Some(CLERK), None).unwrap();
        let offices = std::fs::read_to_string(spool.join("offices.yaml")).unwrap();
        let wanted = format!("  {OTHER}:\n");
        assert!(offices.contains(&wanted), "{offices}");
        let offices = offices.replace(&wanted, &format!("{wanted}    owners: [{COLLEAGUE}]\n"));
        std::fs::write(spool.join("offices.yaml"), offices).unwrap();
        desk.player.restart().await.unwrap();
        let events = desk.player.events().await.unwrap().len();

        put("外人.xlsx", STRANGER);
        std::fs::create_dir(desk.place(OTHER, "交件").join("材料")).unwrap();
        put("材料/自己的.xlsx", CLERK);
        put("材料/外人的.xlsx", STRANGER);
        chown(desk.place(OTHER, "交件").join("材料"), Some(CLERK), None).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", desk.place(OTHER, "交件").join("链接")).unwrap();
        lchown(desk.place(OTHER, "交件").join("链接"), Some(STRANGER), None).unwrap();
        assert_eq!(desk.player.engine().unwrap().look().await.unwrap(), 3);
        let refused: Vec<String> =
            returned(&desk).into_iter().filter(|note| note.contains("不是本单位的用户")).collect();
        assert_eq!(refused.len(), 3, "{refused:?}");
        assert_eq!(desk.player.events().await.unwrap().len(), events, "no case hears of it");
        let told = desk.entries(OFFICE, "退件");

        put("经办人.xlsx", CLERK);
        // a form as we have made it, moved from 待办
        std::fs::copy(&workbook, place.join("移来.xlsx")).unwrap();
        put("同事.xlsx", COLLEAGUE);
        assert_eq!(desk.player.engine().unwrap().look().await.unwrap(), 3);
        let refused = returned(&desk).into_iter().filter(|note| note.contains("不是本单位的用户")).count();
        assert_eq!((refused, desk.entries(OFFICE, "退件")), (3, told), "nobody else is told");
    });
}

/// An empty form the other office was given to fill in.
fn task_of(desk: &Desk) -> PathBuf {
    let tasks = std::fs::read_dir(desk.place(OTHER, "待办")).unwrap().map(|e| e.unwrap().path());
    tasks.into_iter().find(|path| path.extension().is_some_and(|end| end == "xlsx")).unwrap()
}

/// Every note in the other office's 退件.
fn returned(desk: &Desk) -> Vec<String> {
    let folders = std::fs::read_dir(desk.place(OTHER, "退件")).unwrap().map(|e| e.unwrap().path());
    folders.map(|folder| std::fs::read_to_string(folder.join("退件说明.txt")).unwrap_or_default()).collect()
}
