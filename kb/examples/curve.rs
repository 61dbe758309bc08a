//! Draws wrong answers against hand-overs for every border, with the three settings as dots, as the picture in
//! `docs/knowledge.md`: `cargo run --release -p hinny-kb --example curve -- docs/answers.svg SET…`, where a set
//! is a path without `.kb.jsonl`.

use std::fmt::Write as _;
use std::path::PathBuf;

use hinny_kb::{Boldness, Outcome, Settings, evaluate};

type Failure = Box<dyn std::error::Error>;

const COLOURS: [&str; 4] = ["#1f6feb", "#bf3989", "#1a7f37", "#9a6700"];
const NAMES: [(Boldness, &str); 3] = [
    (Boldness::Careful, "careful"),
    (Boldness::Balanced, "balanced"),
    (Boldness::Eager, "eager"),
];
/// The drawing's area: hand-overs from 0 to 100 %, wrong answers from 0 to `MOST` %.
const LEFT: f64 = 60.0;
const TOP: f64 = 20.0;
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 320.0;
const MOST: f64 = 0.3;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let picture = arguments.next().ok_or("usage: curve PICTURE SET…")?;
    let mut svg = frame();
    for (n, set) in arguments.enumerate() {
        let file = |end: &str| PathBuf::from(format!("{set}.{end}.jsonl"));
        let evaluation = evaluate(&file("kb"), &file("queries"), &Settings::default())?;
        let name = set.rsplit('/').next().unwrap_or(&set);
        draw(&mut svg, n, name, &evaluation.outcomes)?;
    }
    svg += "</svg>\n";
    std::fs::write(picture, svg)?;
    Ok(())
}

/// Shares of hand-overs and of wrong answers with a border at this confidence.
fn shares(outcomes: &[Outcome], border: f64) -> (f64, f64) {
    let all = outcomes.len().max(1) as f64;
    let answered = outcomes
        .iter()
        .filter(|outcome| outcome.confidence >= border);
    let wrong = answered.clone().filter(|outcome| !outcome.right()).count() as f64;
    (1.0 - answered.count() as f64 / all, wrong / all)
}

fn place((handed_over, wrong): (f64, f64)) -> (f64, f64) {
    (
        LEFT + handed_over * WIDTH,
        TOP + HEIGHT * (1.0 - wrong.min(MOST) / MOST),
    )
}

fn draw(svg: &mut String, n: usize, name: &str, outcomes: &[Outcome]) -> std::fmt::Result {
    let colour = COLOURS[n % COLOURS.len()];
    let points = (0..=100).map(|border| place(shares(outcomes, f64::from(border) / 100.0)));
    let line: Vec<String> = points.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let line = line.join(" ");
    writeln!(
        svg,
        r#"<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>"#
    )?;
    for (boldness, setting) in NAMES {
        let at = shares(outcomes, boldness.borders().0);
        let (x, y) = place(at);
        let (handed, wrong) = (100.0 * at.0, 100.0 * at.1);
        println!("{name} {setting}: {handed:.1} % handed over, {wrong:.1} % wrong");
        writeln!(
            svg,
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#
        )?;
        let (x, y) = (x + 6.0, y - 6.0);
        writeln!(
            svg,
            r#"<text x="{x:.1}" y="{y:.1}" fill="{colour}">{setting}</text>"#
        )?;
    }
    let y = TOP + 16.0 * (n as f64 + 1.0);
    writeln!(
        svg,
        r#"<text x="430" y="{y}" fill="{colour}">{name}</text>"#
    )
}

fn frame() -> String {
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="12">
<rect width="640" height="400" fill="#ffffff"/>
<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#57606a"/>
<text x="230" y="385" fill="#57606a">handed over, % of all questions</text>
<text x="16" y="260" fill="#57606a" transform="rotate(-90 16 260)">wrong answers, % of all questions</text>
"##
    );
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (x, y) = (LEFT + share * WIDTH - 8.0, bottom + 16.0);
        svg += &format!(
            "<text x=\"{x}\" y=\"{y}\" fill=\"#57606a\">{:.0}</text>\n",
            100.0 * share
        );
    }
    for wrong in [0.0, 0.1, 0.2, 0.3] {
        let y = bottom - HEIGHT * wrong / MOST + 4.0;
        svg += &format!(
            "<text x=\"36\" y=\"{y}\" fill=\"#57606a\">{:.0}</text>\n",
            100.0 * wrong
        );
    }
    svg
}
