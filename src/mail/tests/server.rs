//! A mail server in a process of its own, aiosmtpd: one that takes letters, puts off, refuses, hangs and drops the line.

use super::*;

/// Answers by the name before the @; what it took is printed, the letter's bytes in hexadecimal.
const SERVER: &str = r#"
import asyncio
from aiosmtpd.smtp import SMTP

class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "later": return "451 4.3.0 try again later"
        if name == "nobody": return "550 5.1.1 no such user"
        if name == "hang": await asyncio.sleep(60)
        if name == "drop": server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 ok"
    async def handle_DATA(self, server, session, envelope):
        print(" ".join(envelope.rcpt_tos), envelope.original_content.hex(), flush=True)
        return "250 2.0.0 queued as 4711"

async def serve():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"#;

/// The Python that has aiosmtpd: the system's own, where another stands before it.
fn python() -> Option<&'static str> {
    let found = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python).args(["-c", "import aiosmtpd"]).output().is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "python3-aiosmtpd is not installed");
        eprintln!("SKIPPED: no aiosmtpd on this machine, no letter was sent to a real mail server");
    }
    found
}

#[tokio::test]
async fn a_server_of_its_own_process() {
    let Some(python) = python() else { return };
    let mut server = tokio::process::Command::new(python)
        .args(["-c", SERVER])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let smtp = Smtp { timeout_seconds: 2, ..plain(lines.next_line().await.unwrap().unwrap().parse().unwrap()) };
    let to = |name: &str| {
        let correspondent =
            Correspondent { name: "县委组织部".into(), address: format!("{name}@xian.example.cn") };
        Letter { to: vec![correspondent], ..letter() }
    };
    let transport = Transport::Smtp(smtp);
    let sent = send(&transport, &to("zzb")).await.unwrap();
    assert_eq!(sent.response, "250 2.0.0 queued as 4711");
    let taken = lines.next_line().await.unwrap().unwrap();
    let (recipient, bytes) = taken.split_once(' ').unwrap();
    let whole: String = message(&to("zzb")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(recipient, "zzb@xian.example.cn");
    let same = bytes.trim_end_matches("0d0a") == whole.trim_end_matches("0d0a");
    assert!(same, "no byte is changed on the way but the line ends after the last part");
    for (name, words) in
        [("later", "451 4.3.0 try again later"), ("hang", "no answer within 2 s"), ("drop", "incomplete response")]
    {
        let error = send(&transport, &to(name)).await.unwrap_err();
        assert!(matches!(&error, MailError::Deferred(text) if text.contains(words)), "{name}: {error}");
    }
    let error = send(&transport, &to("nobody")).await.unwrap_err();
    assert!(matches!(&error, MailError::Refused(text) if text.contains("550 5.1.1 no such user")), "{error}");
    assert_eq!(send(&transport, &to("zzb")).await.unwrap().response, sent.response, "the next letter goes as ever");
}
