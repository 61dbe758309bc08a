//! The signing examples of `docs/signing.md` as a reader would use them: cut out of the page, run by the
//! language's own interpreter or compiler, and their tokens shown to the real binary.
//!
//! `tests/run` installs what they need, but for Java and C#: those are run where a compiler is at hand.

mod rust;

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::http;
use crate::support::server::{IDENTITY_SECRET, SITE, Server};

const PAGE: &str = include_str!("../../docs/signing.md");

/// What a program must get right to make good JSON of it: quotes, a backslash, other alphabets.
const NAME: &str = "Ada \"Countess\" Ångström \\ O'Neil 日本 😀";
const EMAIL: &str = "ada+shop@example.com";
const ID: &str = "user/7";

/// The one code block of a language.
fn example(language: &str) -> &'static str {
    let fence = format!("\n```{language}\n");
    let mut blocks = PAGE.split(&fence).skip(1);
    let block = blocks.next().expect("the page has the language");
    assert!(
        blocks.next().is_none(),
        "the page has one block of {language}"
    );
    block.split("\n```").next().expect("the block ends")
}

/// A folder for one example.
struct Workshop {
    folder: tempfile::TempDir,
    secret: &'static str,
}

impl Workshop {
    fn new(secret: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Workshop { folder, secret }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        let parent = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(parent).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    /// Runs a program to its end and gives the last line it printed.
    fn run(&self, program: &str, args: &[&str]) -> String {
        let output = self
            .command(program, args)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {args:?}: {said}");
        let printed = String::from_utf8(output.stdout).expect("a token is text");
        printed.lines().last().unwrap_or_default().trim().to_owned()
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("USER_ID", ID)
            .env("USER_NAME", NAME)
            .env("USER_EMAIL", EMAIL)
            .env("HINNY_SECRET", self.secret)
            .env("LC_ALL", "C.UTF-8")
            .env("GOCACHE", self.folder.path().join("go-cache"))
            .env("GOFLAGS", "-mod=mod")
            .env("DOTNET_CLI_HOME", self.folder.path())
            .env("DOTNET_CLI_TELEMETRY_OPTOUT", "1");
        command
    }
}

/// Whether a program can be started here; it is asked for its version.
fn at_hand(program: &str, version: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(version)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Makes a token with the language's example and shows it to the server, then one with another secret.
async fn check(program: &str, version: &str, sign: fn(&Workshop) -> String) {
    assert!(
        at_hand(program, version),
        "{program} is missing; tests/run installs it"
    );
    let (good, forged) = tokio::task::spawn_blocking(move || {
        let other = "another-Secret_2mQx!vB7tYw4Zr9Nc6";
        (
            sign(&Workshop::new(IDENTITY_SECRET)),
            sign(&Workshop::new(other)),
        )
    })
    .await
    .expect("the example runs");
    accepts(&good, &forged).await;
}

/// The server takes one token for who it says, and the other for nobody.
async fn accepts(good: &str, forged: &str) {
    let server = Server::start(SITE).await;
    let ada = begin(&server.url, good).await;
    assert_eq!(ada.status, 200, "{}", ada.text);
    let expected = json!({"kind": "identified", "name": NAME});
    assert_eq!(ada.json["visitor"], expected);
    let nobody = begin(&server.url, forged).await;
    assert_eq!(nobody.status, 401, "{}", nobody.text);
    assert_eq!(nobody.json["error"], "identity_invalid");
}

async fn begin(server: &str, identity: &str) -> http::Answer {
    let hello = json!({"protocol": 1, "site": "shop", "identity": identity});
    http::call(
        "POST",
        &format!("{server}/v1/session"),
        &[],
        Some(hello as Value),
    )
    .await
}

#[tokio::test]
async fn the_example_in_node_js() {
    check("node", "--version", |workshop| {
        workshop.write("hinny.mjs", example("js"));
        workshop.write(
            "try.mjs",
            "import { hinnyToken } from './hinny.mjs';
             const { USER_ID: id, USER_NAME: name, USER_EMAIL: email, HINNY_SECRET } = process.env;
             console.log(hinnyToken({ id, name, email }, HINNY_SECRET));",
        );
        workshop.run("node", &["try.mjs"])
    })
    .await;
}

#[tokio::test]
async fn the_example_in_python() {
    check("python3", "--version", |workshop| {
        workshop.write("hinny.py", example("python"));
        workshop.write(
            "try.py",
            "from os import environ as env\nfrom hinny import hinny_token\n\
             user = {'id': env['USER_ID'], 'name': env['USER_NAME'], 'email': env['USER_EMAIL']}\n\
             print(hinny_token(user, env['HINNY_SECRET']))\n",
        );
        workshop.run("python3", &["try.py"])
    })
    .await;
}

#[tokio::test]
async fn the_example_in_php() {
    check("php", "--version", |workshop| {
        workshop.write("hinny.php", &format!("<?php\n{}\n", example("php")));
        workshop.write(
            "try.php",
            "<?php require 'hinny.php';
             $user = ['id' => getenv('USER_ID'), 'name' => getenv('USER_NAME'), 'email' => getenv('USER_EMAIL')];
             echo hinny_token($user, getenv('HINNY_SECRET'));",
        );
        workshop.run("php", &["try.php"])
    })
    .await;
}

#[tokio::test]
async fn the_example_in_ruby() {
    check("ruby", "--version", |workshop| {
        workshop.write("hinny.rb", example("ruby"));
        workshop.write(
            "try.rb",
            "require_relative 'hinny'
             user = { id: ENV['USER_ID'], name: ENV['USER_NAME'], email: ENV['USER_EMAIL'] }
             puts hinny_token(user, ENV['HINNY_SECRET'])",
        );
        workshop.run("ruby", &["try.rb"])
    })
    .await;
}

#[tokio::test]
async fn the_example_in_go() {
    check("go", "version", |workshop| {
        workshop.write("go.mod", "module example.com/try\n\ngo 1.18\n");
        workshop.write("hinny/token.go", example("go"));
        workshop.write(
            "main.go",
            "package main
             import (\"fmt\"; \"os\"; \"example.com/try/hinny\")
             func main() {
                 token, err := hinny.Token(os.Getenv(\"USER_ID\"), os.Getenv(\"USER_NAME\"),
                     os.Getenv(\"USER_EMAIL\"), os.Getenv(\"HINNY_SECRET\"))
                 if err != nil { panic(err) }
                 fmt.Println(token)
             }",
        );
        workshop.run("go", &["run", "."])
    })
    .await;
}

#[tokio::test]
async fn the_examples_in_java_and_c_sharp_where_a_compiler_is_at_hand() {
    // Debian has no compiler for C# as it is today, and Java's is larger than all others together.
    if at_hand("javac", "-version") {
        java().await;
    }
    if at_hand("dotnet", "--version") {
        c_sharp().await;
    }
}

async fn java() {
    check("javac", "-version", |workshop| {
        workshop.write("HinnyToken.java", example("java"));
        workshop.write(
            "Try.java",
            "public class Try {
                 public static void main(String[] none) throws Exception {
                     var env = System.getenv();
                     System.out.println(HinnyToken.sign(env.get(\"USER_ID\"), env.get(\"USER_NAME\"),
                         env.get(\"USER_EMAIL\"), env.get(\"HINNY_SECRET\")));
                 }
             }",
        );
        workshop.run("javac", &["-encoding", "UTF-8", "HinnyToken.java", "Try.java"]);
        workshop.run("java", &["Try"])
    })
    .await;
}

async fn c_sharp() {
    check("dotnet", "--version", |workshop| {
        let version = workshop.run("dotnet", &["--version"]);
        let major = version.split('.').next().unwrap_or_default();
        workshop.write(
            "try.csproj",
            &format!(
                "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType>\
                 <TargetFramework>net{major}.0</TargetFramework></PropertyGroup></Project>"
            ),
        );
        workshop.write("Hinny.cs", example("csharp"));
        workshop.write(
            "Try.cs",
            "static class Try {
                 static string Env(string name) => System.Environment.GetEnvironmentVariable(name);
                 static void Main() => System.Console.WriteLine(Hinny.Token(Env(\"USER_ID\"),
                     Env(\"USER_NAME\"), Env(\"USER_EMAIL\"), Env(\"HINNY_SECRET\")));
             }",
        );
        workshop.run("dotnet", &["run"])
    })
    .await;
}

#[tokio::test]
async fn the_example_in_rust() {
    let compiled = include_str!("signing/rust.rs");
    let (_, code) = compiled
        .split_once("\n\n")
        .expect("the file begins with its noun");
    assert_eq!(code.trim_end(), example("rust"));
    let sign = |secret| rust::hinny_token(ID, NAME, EMAIL, secret).expect("it signs");
    let other = "another-Secret_2mQx!vB7tYw4Zr9Nc6";
    accepts(&sign(IDENTITY_SECRET), &sign(other)).await;
}

/// A language of the page without a test would be a promise that nobody keeps.
#[test]
fn every_language_of_the_page_has_its_test() {
    let fences = PAGE.lines().filter_map(|line| line.strip_prefix("```"));
    let found: Vec<&str> = fences.filter(|language| !language.is_empty()).collect();
    let tested = [
        "js", "python", "php", "ruby", "go", "rust", "java", "csharp",
    ];
    assert_eq!(found, tested);
}
