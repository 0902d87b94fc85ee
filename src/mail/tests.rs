//! Letters against a server that speaks SMTP over loopback, and against Python's own mail parser.

mod server;
mod tls;

use super::*;
use chrono::NaiveDate;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

fn letter() -> Letter {
    Letter {
        effect_id: "2022-qiyi-1/41/2".into(),
        from: Correspondent {
            name: "香山镇党委组织办公室".into(), address: "zzb@xiangshan.example.cn".into()
        },
        to: vec![
            Correspondent { name: "县委组织部".into(), address: "a@xian.example.cn".into() },
            Correspondent { name: "䶮㛃𬭊".into(), address: "b@xian.example.cn".into() },
        ],
        subject: "关于报送香山镇2022年“七一”表彰工作进展情况的报告（第2期），请于六月十日前确认并反馈意见".into(),
        text: "县委组织部：\n现将进展情况报来。\n.\n.行首有点\n".into(),
        attachments: vec![Attachment {
            file_name: "香党发〔2022〕8号 关于表彰先进基层党组织、优秀共产党员和优秀党务工作者的决定（䶮㛃𬭊）.docx"
                .into(),
            media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document".into(),
            bytes: (0..=255).cycle().take(5000).collect(),
        }],
        date: NaiveDate::from_ymd_opt(2022, 6, 8).unwrap().and_hms_opt(9, 30, 0).unwrap(),
    }
}

fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{program} is not installed");
        eprintln!("SKIPPED: no {program} on this machine");
    }
    found
}

#[test]
fn the_bytes_follow_from_the_letter() {
    let bytes = message(&letter()).unwrap();
    assert_eq!(bytes, message(&letter()).unwrap());
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().all(|line| line.len() <= 200), "no endless header line");
    assert!(text.contains("Date: Wed, 08 Jun 2022 01:30:00 +0000\r\n"));
    assert!(text.contains(&format!("Message-ID: {}\r\n", message_id(&letter()))));
    assert_ne!(message_id(&letter()), message_id(&Letter { effect_id: "2022-qiyi-1/41/3".into(), ..letter() }));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends in CRLF");
}

#[test]
fn no_name_and_no_subject_adds_a_header() {
    let mut evil = letter();
    evil.subject = "进展\r\nBcc: x@evil.example\r\n\r\nbody".into();
    evil.from.name = "组织办\r\nX-Evil: 1".into();
    evil.to[0].name = "\"a\" <x@evil.example>, b\nX-Evil: 2".into();
    evil.attachments[0].file_name = "../a\"; x=\"\r\nX-Evil: 3\u{202E}cod.exe".into();
    evil.attachments[0].media_type = "text/plain\r\nX-Evil: 4".into();
    let text = String::from_utf8(message(&evil).unwrap()).unwrap();
    for line in text.split("\r\n") {
        assert!(!line.starts_with("X-Evil") && !line.starts_with("Bcc"), "{text}");
    }
    for address in ["a@b\r\nRCPT TO:<x@evil.example>", "a b@c.cn", "无@例.cn", "", "a@"] {
        let bad = Letter { from: Correspondent { name: String::new(), address: address.into() }, ..letter() };
        let error = message(&bad).unwrap_err();
        assert!(matches!(error, MailError::Malformed(_)) && !error.is_transient(), "{address:?}");
    }
    assert!(message(&Letter { to: Vec::new(), ..letter() }).is_err());
}

#[test]
fn pythons_parser_reads_the_names_back() {
    if !has("python3", "--version") {
        return;
    }
    let script = "import sys,json,email,email.policy\n\
        m=email.message_from_binary_file(open(sys.argv[1],'rb'),policy=email.policy.default)\n\
        l=email.message_from_binary_file(open(sys.argv[1],'rb'))\n\
        from email.header import decode_header,make_header\n\
        a=list(m.iter_attachments())\n\
        old=[str(make_header(decode_header(p.get_param('name')))) for p in l.get_payload()[1:]]\n\
        print(json.dumps([m['subject'],[x.display_name for x in m['from'].addresses],\n\
        [[x.display_name,x.addr_spec] for x in m['to'].addresses],m.get_body().get_content(),\n\
        [x.get_filename() for x in a],old,[len(x.get_content()) for x in a],m['date'].datetime.isoformat()]))\n";
    let mut sent = letter();
    for name in ["a.pdf", "公示.pdf", "甲、乙; 丙=丁'戊%20.csv"] {
        sent.attachments.push(Attachment {
            file_name: name.into(),
            media_type: "application/pdf".into(),
            bytes: b"%PDF\x00\r\n.\r\n".to_vec(),
        });
    }
    sent.to.push(Correspondent { name: "O'Neil, \"J\" (x)".into(), address: "c@xian.example.cn".into() });
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("one.eml");
    std::fs::write(&path, message(&sent).unwrap()).unwrap();
    let output = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> = sent.attachments.iter().map(|one| one.file_name.as_str()).collect();
    assert_eq!(read[0], sent.subject.as_str());
    assert_eq!(read[1], serde_json::json!([sent.from.name]));
    let to: Vec<_> = sent.to.iter().map(|one| serde_json::json!([one.name, one.address])).collect();
    assert_eq!(read[2], serde_json::json!(to));
    assert_eq!(read[3].as_str().unwrap().replace("\r\n", "\n"), sent.text);
    assert_eq!(read[4], serde_json::json!(names));
    assert_eq!(read[5], serde_json::json!(names));
    assert_eq!(read[6], serde_json::json!([5000, 10, 10, 10]));
    assert_eq!(read[7], "2022-06-08T01:30:00+00:00");
}

#[tokio::test]
async fn a_folder_gets_one_file_per_letter() {
    let dir = tempfile::tempdir().unwrap();
    let transport = Transport::Files { dir: dir.path().to_owned() };
    let first = send(&transport, &letter()).await.unwrap();
    let again = send(&transport, &letter()).await.unwrap();
    assert_eq!(first, again);
    assert!(first.response.starts_with("20220608T093000-2022-qiyi-1-41-2-"), "{}", first.response);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [first.response.as_str()]);
    let odd = Letter { effect_id: "../七一/1/1".into(), ..letter() };
    let name = send(&transport, &odd).await.unwrap().response;
    assert!(name.is_ascii() && !name.contains('/'), "{name}");
}

/// What the server answers at each step; an empty answer drops the line, `hang` stays silent.
#[derive(Clone)]
struct Script {
    greeting: &'static str,
    sender: &'static str,
    recipient: fn(&str) -> &'static str,
    data: &'static str,
    end: &'static str,
}

const GOOD: Script = Script {
    greeting: "220 ready",
    sender: "250 ok",
    recipient: |_| "250 ok",
    data: "354 go on",
    end: "250 2.0.0 queued as 4711",
};

struct Server {
    smtp: Smtp,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(script: Script) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                converse(stream, &script, &ear).await;
            }
        });
        Server { smtp: plain(port), heard }
    }

    async fn send(&self) -> Result<Sent, MailError> {
        send(&Transport::Smtp(self.smtp.clone()), &letter()).await
    }
}

fn plain(port: u16) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        user: None,
        password_file: None,
        authority_file: None,
        timeout_seconds: 1,
    }
}

/// False when the line is to be dropped.
async fn answer(writer: &mut (impl AsyncWriteExt + Unpin), text: &str) -> bool {
    if text == "hang" {
        std::future::pending::<()>().await;
    }
    !text.is_empty() && writer.write_all(format!("{text}\r\n").as_bytes()).await.is_ok()
}

async fn converse(stream: TcpStream, script: &Script, heard: &Mutex<Vec<String>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut go_on = answer(&mut writer, script.greeting).await;
    let mut body = false;
    while go_on {
        let Ok(Some(line)) = lines.next_line().await else { return };
        heard.lock().unwrap().push(line.clone());
        let reply = if body {
            if line != "." {
                continue;
            }
            body = false;
            script.end
        } else if line.starts_with("EHLO") {
            "250-here\r\n250 SIZE 100000000"
        } else if line.starts_with("MAIL") {
            script.sender
        } else if let Some(address) = line.strip_prefix("RCPT TO:") {
            (script.recipient)(address)
        } else if line == "DATA" {
            body = script.data.starts_with("354");
            script.data
        } else {
            "221 bye"
        };
        go_on = answer(&mut writer, reply).await && line != "QUIT";
    }
}

#[tokio::test]
async fn a_server_that_takes_it() {
    let server = Server::start(GOOD).await;
    let sent = server.send().await.unwrap();
    assert_eq!(sent.response, "250 2.0.0 queued as 4711");
    assert_eq!(sent.message_id, message_id(&letter()));
    assert!(sent.refused.is_empty() && sent.deferred.is_empty());
    let heard = server.heard.lock().unwrap().clone();
    assert_eq!(heard[0], "EHLO xiangshan.example.cn");
    assert_eq!(heard[1], "MAIL FROM:<zzb@xiangshan.example.cn>");
    let start = heard.iter().position(|line| line == "DATA").unwrap() + 1;
    let end = heard.iter().position(|line| line == ".").unwrap();
    let mut whole = heard[start..end].join("\r\n");
    whole.push_str("\r\n");
    let expected = String::from_utf8(message(&letter()).unwrap()).unwrap();
    assert_eq!(whole.trim_end(), expected.trim_end());
}

#[tokio::test]
async fn answers_that_put_off() {
    let cases = [
        (Script { sender: "451 4.3.0 try again later", ..GOOD }, "451 4.3.0 try again later"),
        (Script { recipient: |_| "450 4.2.0 greylisted", ..GOOD }, "450 4.2.0 greylisted"),
        (Script { data: "421 going down", ..GOOD }, "421 going down"),
        (Script { end: "452 4.3.1 disk full", ..GOOD }, "452 4.3.1 disk full"),
        (Script { greeting: "421 too busy", ..GOOD }, "421 too busy"),
        (Script { greeting: "554 not for you", ..GOOD }, "554 not for you"),
        (Script { sender: "530 5.7.0 log in first", ..GOOD }, "530 5.7.0 log in first"),
        (Script { greeting: "hang", ..GOOD }, "no answer within 1 s"),
        (Script { data: "hang", ..GOOD }, "no answer within 1 s while DATA"),
        (Script { end: "hang", ..GOOD }, "no answer within 1 s while the end of DATA"),
        (Script { end: "", ..GOOD }, "incomplete response"),
        (Script { recipient: |_| "", ..GOOD }, "incomplete response"),
    ];
    for (script, words) in cases {
        let error = Server::start(script).await.send().await.unwrap_err();
        assert!(matches!(&error, MailError::Deferred(text) if text.contains(words)), "{words}: {error}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn answers_that_refuse() {
    let cases = [
        (Script { sender: "553 5.1.8 no such sender", ..GOOD }, "553 5.1.8 no such sender"),
        (
            Script { recipient: |_| "550-5.1.1 no such user\r\n550 5.1.1 really", ..GOOD },
            "550 5.1.1 no such user really",
        ),
        (Script { end: "550 5.7.1 looks like spam", ..GOOD }, "550 5.7.1 looks like spam"),
    ];
    for (script, words) in cases {
        let error = Server::start(script).await.send().await.unwrap_err();
        assert!(matches!(&error, MailError::Refused(text) if text.contains(words)), "{words}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn each_recipient_has_his_own_answer() {
    let one_refused: fn(&str) -> &'static str =
        |address| if address.contains("b@") { "550 5.1.1 unknown" } else { "250 ok" };
    let sent = Server::start(Script { recipient: one_refused, ..GOOD }).await.send().await.unwrap();
    let refused = Rejection { address: "b@xian.example.cn".into(), response: "550 5.1.1 unknown".into() };
    assert_eq!(sent.refused, [refused]);
    let one_deferred: fn(&str) -> &'static str = |address| if address.contains("a@") { "450 later" } else { "250 ok" };
    let server = Server::start(Script { recipient: one_deferred, ..GOOD }).await;
    let sent = server.send().await.unwrap();
    assert_eq!(sent.deferred[0].address, "a@xian.example.cn");
    let left = [sent.deferred[0].address.clone()];
    let error = send_to(&Transport::Smtp(server.smtp.clone()), &letter(), &left).await.unwrap_err();
    assert!(matches!(error, MailError::Deferred(_)));
    let mixed: fn(&str) -> &'static str = |address| if address.contains("a@") { "450 later" } else { "550 never" };
    let error = Server::start(Script { recipient: mixed, ..GOOD }).await.send().await.unwrap_err();
    assert!(matches!(error, MailError::Deferred(_)), "somebody may still get it: {error}");
}

#[tokio::test]
async fn nobody_listens_or_nobody_has_that_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = send(&Transport::Smtp(plain(port)), &letter()).await.unwrap_err();
    assert!(matches!(&error, MailError::Deferred(text) if text.contains("refused")), "{error}");
    let nameless = Smtp { host: "no-such-host.invalid".into(), timeout_seconds: 5, ..plain(25) };
    let error = send(&Transport::Smtp(nameless), &letter()).await.unwrap_err();
    assert!(matches!(error, MailError::Deferred(_)), "{error}");
}

#[tokio::test]
async fn settings_that_are_wrong_defer() {
    let server = Server::start(GOOD).await;
    let dir = tempfile::tempdir().unwrap();
    let user = Some("zzb".to_owned());
    let cases = [
        Smtp { user: user.clone(), ..server.smtp.clone() },
        Smtp { user: user.clone(), password_file: Some(dir.path().join("none")), ..server.smtp.clone() },
        Smtp { security: Security::StartTls, ..server.smtp.clone() },
        Smtp { security: Security::Tls, authority_file: Some(dir.path().join("none")), ..server.smtp.clone() },
    ];
    for smtp in cases {
        let error = send(&Transport::Smtp(smtp.clone()), &letter()).await.unwrap_err();
        assert!(matches!(error, MailError::Deferred(_)), "{smtp:?}: {error}");
    }
    assert!(!server.heard.lock().unwrap().iter().any(|line| line.starts_with("MAIL")), "nothing said in the clear");
}
