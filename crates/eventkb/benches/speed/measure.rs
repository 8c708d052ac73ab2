//! Runs programs in turns and takes the medians of their wall time, processor time and memory.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::logs::{Made, typical_record_bytes};

/// GNU time, which knows the processor time and the memory of a process that has ended.
const TIME: &str = "/usr/bin/time";

/// What is run.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) eventkb: PathBuf,
    pub(crate) evtx_dump: Option<PathBuf>,
    /// This program, for its children.
    own: PathBuf,
    /// GNU time is there.
    time: bool,
}

impl Programs {
    pub(crate) fn find(eventkb: Option<&Path>, evtx_dump: Option<&Path>) -> io::Result<Programs> {
        let own = std::env::current_exe()?;
        let eventkb = match eventkb {
            Some(path) => path.to_owned(),
            None => build(&own)?,
        };
        let version = |path: &Path| Command::new(path).arg("--version").output().ok();
        let given = evtx_dump.map(Path::to_owned);
        let given = given.or_else(|| std::env::var_os("EVTX_DUMP").map(PathBuf::from));
        let dump = given.unwrap_or_else(|| PathBuf::from("evtx_dump"));
        let found =
            version(&dump).map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
        let evtx_dump = match found {
            None => {
                println!("evtx_dump is missing: its rows are left out (see --evtx-dump)\n");
                None
            }
            Some(version) => {
                if !version.contains("0.15.1") {
                    println!("evtx_dump is {version}, the figures in the docs are of 0.15.1\n");
                }
                Some(dump)
            }
        };
        let time = Command::new(TIME)
            .arg("--version")
            .output()
            .is_ok_and(|out| out.status.success());
        if !time {
            println!("GNU time is missing ({TIME}): no processor time, no memory\n");
        }
        Ok(Programs {
            eventkb,
            evtx_dump,
            own,
            time,
        })
    }
}

/// Builds the program beside this one.
fn build(own: &Path) -> io::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            "eventkb-cli",
            "--bin",
            "eventkb",
        ])
        .status()?;
    if !built.success() {
        return Err(io::Error::other("eventkb could not be built"));
    }
    // This program is target/release/deps/speed-...
    let release = own
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new("target/release"));
    Ok(release.join("eventkb"))
}

/// The processor, its count, the date, and what is measured.
pub(crate) fn machine(programs: &Programs) -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let version = Command::new(&programs.eventkb).arg("--version").output();
    let version = version.map_or_else(
        |_| String::new(),
        |out| String::from_utf8_lossy(&out.stdout).trim().to_owned(),
    );
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    format!(
        "{cores} x {model}, load {load} before, {date}; {version}; page cache warm; \
         records of {} bytes on average where nothing is relevant",
        typical_record_bytes()
    )
}

/// The head of the table.
pub(crate) const HEAD: &str = "\
| case | program | wall s, median (min) | CPU s | peak RSS MB | MB/s |
|---|---|---|---|---|---|";

/// One program with its arguments.
#[derive(Debug)]
pub(crate) enum Program<'a> {
    Eventkb {
        threads: usize,
        programs: &'a Programs,
    },
    /// eventkb with other words on its command line.
    EventkbJob {
        words: &'static [&'static str],
        threads: usize,
        programs: &'a Programs,
    },
    EvtxDump {
        threads: usize,
        programs: &'a Programs,
    },
    /// A process for each file: it takes one.
    EvtxDumpEach {
        programs: &'a Programs,
    },
    Read {
        programs: &'a Programs,
    },
    Inflate {
        programs: &'a Programs,
    },
    /// Every record as an event, or as what the plain crate gives.
    Records {
        reader: Reader,
        programs: &'a Programs,
    },
    Library {
        signatures: PathBuf,
        count: usize,
        programs: &'a Programs,
    },
}

/// Who reads every record of a log, in one thread.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reader {
    /// eventkb's library: an event with its fields.
    Eventkb,
    /// The plain `evtx` crate: a JSON value, whose fields can be asked for too.
    CrateValues,
    /// The plain `evtx` crate: JSON text.
    CrateText,
}

impl Reader {
    pub(crate) const ALL: [Reader; 3] = [Reader::Eventkb, Reader::CrateValues, Reader::CrateText];

    fn label(self) -> &'static str {
        match self {
            Reader::Eventkb => "eventkb, events",
            Reader::CrateValues => "evtx crate, JSON values",
            Reader::CrateText => "evtx crate, JSON text",
        }
    }

    fn job(self) -> &'static str {
        match self {
            Reader::Eventkb => "child-events",
            Reader::CrateValues => "child-crate-values",
            Reader::CrateText => "child-crate-text",
        }
    }
}

impl Program<'_> {
    fn label(&self) -> String {
        match self {
            Program::Eventkb { .. } | Program::EventkbJob { .. } => "eventkb".to_owned(),
            Program::EvtxDump { .. } => "evtx_dump to JSON Lines".to_owned(),
            Program::EvtxDumpEach { .. } => "evtx_dump, a process for each".to_owned(),
            Program::Read { .. } => "reading, and one search".to_owned(),
            Program::Inflate { .. } => "inflating".to_owned(),
            Program::Records { reader, .. } => reader.label().to_owned(),
            Program::Library { count, .. } => format!("eventkb, {count} signatures"),
        }
    }

    fn programs(&self) -> &Programs {
        match self {
            Program::Eventkb { programs, .. }
            | Program::EventkbJob { programs, .. }
            | Program::EvtxDump { programs, .. }
            | Program::EvtxDumpEach { programs }
            | Program::Read { programs }
            | Program::Inflate { programs }
            | Program::Records { programs, .. }
            | Program::Library { programs, .. } => programs,
        }
    }

    /// Too slow over so many bytes to be run more than once.
    fn once(&self, bytes: u64) -> bool {
        match self {
            Program::EvtxDumpEach { .. } => true,
            Program::EvtxDump { .. } => bytes > 2_000_000_000,
            _ => false,
        }
    }

    /// The command line; `None` when the program is missing.
    fn command(&self, path: &Path) -> Option<Vec<String>> {
        let text = |path: &Path| path.display().to_string();
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let path = text(path);
        let own = text(&self.programs().own);
        Some(match self {
            Program::Eventkb { threads, programs } => words(&[
                &text(&programs.eventkb),
                "scan",
                "--format",
                "json",
                "--threads",
                &threads.to_string(),
                &path,
            ]),
            Program::EventkbJob {
                words: job,
                threads,
                programs,
            } => {
                let mut command = words(&[&text(&programs.eventkb)]);
                command.extend(words(job));
                command.extend(words(&["--threads", &threads.to_string(), &path]));
                command
            }
            Program::EvtxDump { threads, programs } => {
                let dump = text(programs.evtx_dump.as_deref()?);
                words(&[&dump, "-o", "jsonl", "-t", &threads.to_string(), &path])
            }
            Program::EvtxDumpEach { programs } => {
                let dump = text(programs.evtx_dump.as_deref()?);
                let script = "for file in \"$2\"/*; do \"$1\" -o jsonl -t 1 \"$file\"; done";
                words(&["sh", "-c", script, "sh", &dump, &path])
            }
            Program::Read { .. } => words(&[&own, "child-read", &path]),
            Program::Inflate { .. } => words(&[&own, "child-inflate", &path]),
            Program::Records { reader, .. } => words(&[&own, reader.job(), &path]),
            Program::Library { signatures, .. } => {
                words(&[&own, "child-scan", &text(signatures), &path])
            }
        })
    }
}

/// What a run cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    wall: f64,
    cpu: Option<f64>,
    rss: Option<f64>,
}

/// Programs to be run over the same bytes.
pub(crate) struct Case<'a> {
    pub(crate) name: String,
    make: Box<dyn Fn() -> io::Result<Made> + 'a>,
    programs: Vec<Program<'a>>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(name: String, make: impl Fn() -> io::Result<Made> + 'a) -> Case<'a> {
        Case {
            name,
            make: Box::new(make),
            programs: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, program: Program<'a>) -> Case<'a> {
        self.programs.push(program);
        self
    }

    /// Makes the bytes, and reads them once.
    pub(crate) fn prepared(self) -> io::Result<Prepared<'a>> {
        let made = (self.make)()?;
        Ok(Prepared { case: self, made })
    }
}

/// A case whose bytes are there.
pub(crate) struct Prepared<'a> {
    case: Case<'a>,
    made: Made,
}

impl Prepared<'_> {
    /// Runs all programs in turns; gives a row for each.
    pub(crate) fn run(&self, runs: usize) -> io::Result<Vec<Row>> {
        let jobs: Vec<(&Program<'_>, Vec<String>)> = self
            .case
            .programs
            .iter()
            .filter_map(|program| Some((program, program.command(&self.made.path)?)))
            .collect();
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); jobs.len()];
        // The first turn only warms the caches.
        for turn in 0..=runs {
            for ((program, command), costs) in jobs.iter().zip(&mut costs) {
                let once = program.once(self.made.bytes);
                if once && turn > 0 {
                    continue;
                }
                let cost = run(command, program.programs().time)?;
                if turn > 0 || once {
                    costs.push(cost);
                }
            }
        }
        Ok(jobs
            .iter()
            .zip(costs)
            .map(|((program, _), costs)| {
                Row::of(&self.case.name, program.label(), &self.made, &costs)
            })
            .collect())
    }
}

fn run(command: &[String], time: bool) -> io::Result<Cost> {
    let told = std::env::temp_dir().join(format!("eventkb-bench-{}.time", std::process::id()));
    let mut words = command.iter();
    let mut process = if time {
        let mut process = Command::new(TIME);
        process
            .args(["-f", "%U %S %M", "-o"])
            .arg(&told)
            .args(words);
        process
    } else {
        let mut process = Command::new(words.next().map_or("", String::as_str));
        process.args(words);
        process
    };
    process
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let status = process.status()?;
    let wall = begun.elapsed().as_secs_f64();
    // 1 is eventkb's "nothing found".
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(io::Error::other(format!("{}: {status}", command.join(" "))));
    }
    let told = fs::read_to_string(&told).unwrap_or_default();
    let numbers: Vec<f64> = told
        .lines()
        .last()
        .unwrap_or("")
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [user, system, kib] = numbers.as_slice() else {
        return Ok(Cost {
            wall,
            ..Cost::default()
        });
    };
    Ok(Cost {
        wall,
        cpu: Some(user + system),
        rss: Some(kib * 1024.0 / 1e6),
    })
}

/// The medians of one program over one case.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) case: String,
    pub(crate) program: String,
    pub(crate) wall: f64,
    least: f64,
    cpu: Option<f64>,
    pub(crate) rss: Option<f64>,
    bytes: u64,
    pub(crate) relevant: u64,
}

impl Row {
    fn of(case: &str, program: String, made: &Made, costs: &[Cost]) -> Row {
        let walls: Vec<f64> = costs.iter().map(|cost| cost.wall).collect();
        let all = |get: fn(&Cost) -> Option<f64>| costs.iter().map(get).collect::<Option<Vec<_>>>();
        Row {
            case: case.to_owned(),
            program,
            least: walls.iter().copied().fold(f64::INFINITY, f64::min),
            wall: median(walls),
            cpu: all(|cost| cost.cpu).map(median),
            rss: all(|cost| cost.rss).map(median),
            bytes: made.bytes,
            relevant: made.relevant,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let optional = |number: Option<f64>, digits: usize| {
            number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
        };
        write!(
            f,
            "| {} | {} | {:.3} ({:.3}) | {} | {} | {:.0} |",
            self.case,
            self.program,
            self.wall,
            self.least,
            optional(self.cpu, 2),
            optional(self.rss, 1),
            self.bytes as f64 / 1e6 / self.wall
        )
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match (numbers.get(middle), numbers.len() % 2) {
        (Some(&high), 0) => numbers
            .get(middle.wrapping_sub(1))
            .map_or(high, |low| (low + high) / 2.0),
        (Some(&number), _) => number,
        (None, _) => 0.0,
    }
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Results {
    rows: Vec<Row>,
    /// Seconds until `signatures list` gives its first byte.
    pub(crate) first_byte: Option<f64>,
}

impl Results {
    pub(crate) fn extend(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
    }

    /// The rows of cases whose names begin and end like this, of one program.
    pub(crate) fn find(
        &self,
        begins: &str,
        ends: &str,
        program: &str,
    ) -> impl Iterator<Item = &Row> {
        let fits = move |row: &&Row| {
            row.case.starts_with(begins)
                && row.case.ends_with(ends)
                && row.program.starts_with(program)
        };
        self.rows.iter().filter(fits)
    }
}

/// The median time until `signatures list` gives its first byte.
pub(crate) fn first_byte(eventkb: &Path, runs: usize) -> io::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let begun = Instant::now();
        let mut child = Command::new(eventkb)
            .args(["signatures", "list"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut out = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no output"))?;
        out.read_exact(&mut [0])?;
        times.push(begun.elapsed().as_secs_f64());
        io::copy(&mut out, &mut io::sink())?;
        child.wait()?;
    }
    Ok(median(times))
}
