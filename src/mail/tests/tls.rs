//! STARTTLS, TLS and a login, against Python's ssl and certificates made on the spot by openssl.

use super::*;

const TLS_SERVER: &str = r#"
import base64, socket, ssl, sys
folder, mode = sys.argv[1], sys.argv[2]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/leaf.pem", folder + "/leaf.key")
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(5)
print(listener.getsockname()[1], flush=True)
while True:
    line, _ = listener.accept()
    try:
        safe = mode == "tls"
        if safe: line = context.wrap_socket(line, server_side=True)
        known = False; stream = line.makefile("rwb")
        def say(text):
            stream.write(text.encode() + b"\r\n"); stream.flush()
        say("220 ready")
        while True:
            word = stream.readline().decode().strip()
            if not word: break
            if word.startswith("EHLO"): say("250-here\r\n250 AUTH PLAIN LOGIN" if safe else "250-here\r\n250 STARTTLS")
            elif word == "STARTTLS":
                say("220 go"); line = context.wrap_socket(line, server_side=True); stream = line.makefile("rwb"); safe = True
            elif word.startswith("AUTH PLAIN"):
                known = base64.b64decode(word.split()[2]) == "\0zzb\0密码 1".encode()
                say("235 welcome" if known else "535 5.7.8 wrong password")
            elif word.startswith(("MAIL", "RCPT")): say("250 ok" if known and safe else "530 5.7.0 no")
            elif word == "DATA":
                say("354 go on")
                while stream.readline() != b".\r\n": pass
                say("250 taken over TLS")
            else: say("221 bye")
    except Exception as error: print(error, file=sys.stderr)
    line.close()
"#;

fn certificates(folder: &Path) -> bool {
    std::fs::write(folder.join("san"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let steps = [
        "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=ca -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=mail -keyout leaf.key -out leaf.csr",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile san -out leaf.pem",
    ];
    steps.iter().all(|step| {
        let output = Command::new("openssl").args(step.split(' ')).current_dir(folder).output();
        output.is_ok_and(|output| output.status.success())
    })
}

#[tokio::test]
async fn tls_and_a_login() {
    if !has("python3", "--version") || !has("openssl", "version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    assert!(certificates(dir.path()));
    let password = dir.path().join("password");
    std::fs::write(&password, "密码 1\n").unwrap();
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut server = tokio::process::Command::new("python3")
            .args(["-c", TLS_SERVER])
            .arg(dir.path())
            .arg(mode)
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap().parse().unwrap();
        let good = Smtp {
            security,
            user: Some("zzb".into()),
            password_file: Some(password.clone()),
            authority_file: Some(dir.path().join("ca.pem")),
            timeout_seconds: 10,
            ..plain(port)
        };
        let sent = send(&Transport::Smtp(good.clone()), &letter()).await.unwrap();
        assert_eq!(sent.response, "250 taken over TLS");
        let stranger = Smtp { authority_file: None, ..good.clone() };
        let error = send(&Transport::Smtp(stranger), &letter()).await.unwrap_err();
        assert!(matches!(&error, MailError::Deferred(text) if text.contains("certificate")), "{error}");
        std::fs::write(dir.path().join("wrong"), "x").unwrap();
        let wrong = Smtp { password_file: Some(dir.path().join("wrong")), ..good };
        let error = send(&Transport::Smtp(wrong), &letter()).await.unwrap_err();
        assert!(matches!(&error, MailError::Deferred(text) if text.contains("535 5.7.8 wrong password")), "{error}");
    }
}
