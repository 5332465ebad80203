//! How an entry of the overlay cites what it rests on: citations, with `; ` between them.
//!
//! | citation | what it points to |
//! |---|---|
//! | `recording 058`, `recordings 119-121, 214 of older-1.33` | exchanges, by number; without `of`, those of today's server |
//! | `webhook plan.created__hmac__1 of live-2` | a delivery, by the name of its file |
//! | `app/models/fee.rb:52,60-64` | lines of the server's source, as of the revision that the file names; `*` stands for any name |
//! | `column fees.grouped_by` | a column of the server's database |
//! | `published since 1.34.2` | the published documents; without `since`, the one in this repository |
//! | `live server`, `live server 1.16.0` | tried on a server of the revision that the file names, or of that version; not recorded |
//! | `inferred from …` | a conclusion: nobody has seen it |
//!
//! Each but the last may end with a remark in parentheses. `(without)` after recordings says that they lack
//! what the entry is about; all others have it.
//!
//! This file uses nothing of its crate: the test that looks up what is cited compiles it as well.

use std::fmt;

/// What to do about a citation that cannot be read.
pub(crate) const ADVICE: &str = "write `recording 058`, `recordings 119-121, 214 of older-1.33`, \
    `webhook plan.created__hmac__1 of live-2`, `app/models/fee.rb:52,60-64`, `column fees.grouped_by`, \
    `published since 1.34.2`, `live server` or `inferred from …`, with `; ` between them and remarks in parentheses";

/// One thing that an entry rests on.
#[derive(Debug, PartialEq)]
pub(crate) enum Citation {
    /// Recordings of a server.
    Recorded(Recorded),
    /// The published documents, from a version on.
    Published(Option<Version>),
    /// A server that was tried, of a version if not today's.
    Live(Option<Version>),
    /// Lines of the server's source.
    Source,
    /// A column of the server's database.
    Column,
    /// A conclusion.
    Inferred,
}

/// Recordings of one server.
#[derive(Debug, PartialEq)]
pub(crate) struct Recorded {
    /// The folder that holds them; none for today's server.
    pub(crate) set: Option<String>,
    /// Which of them.
    pub(crate) which: Vec<Recording>,
    /// Whether they show that it is not there: the remark is `(without)`.
    pub(crate) lack_it: bool,
}

/// One recording.
#[derive(Debug, PartialEq, PartialOrd)]
pub(crate) enum Recording {
    /// The number that the name of an exchange begins with.
    Exchange(u32),
    /// The name of a delivery, without `.json`.
    Delivery(String),
}

/// A version of the server or of the document.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Reads `1.34.2`. All three parts have to be there: as a number of YAML, 1.30 is 1.3.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(number);
        let version = Self {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next()??,
        };
        parts.next().is_none().then_some(version)
    }

    /// The folder of what was recorded on a server of this version, if that is an older one.
    pub(crate) fn set(self) -> String {
        format!("older-{}.{}", self.major, self.minor)
    }
}

/// As people write it: without a patch of nought.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.patch {
            0 => Ok(()),
            patch => write!(f, ".{patch}"),
        }
    }
}

/// Reads all citations; the error says what is wrong with the first that cannot be read.
pub(crate) fn parse(text: &str) -> Result<Vec<Citation>, String> {
    split(text).into_iter().map(citation).collect()
}

/// The citations as texts: a semicolon in a remark divides nothing.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let divides = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ';' && depth == 0
    };
    text.split(divides).map(str::trim).collect()
}

fn citation(text: &str) -> Result<Citation, String> {
    if let Some(source) = text.strip_prefix("inferred from ") {
        let said = !source.trim().is_empty();
        return said
            .then_some(Citation::Inferred)
            .ok_or_else(|| format!("`{text}` does not say from what"));
    }
    let (cited, remark) =
        divided(text).ok_or_else(|| format!("the remark of `{text}` does not end it"))?;
    let lack_it = remark == Some("without");
    let (kind, rest) = cited.split_once(' ').unwrap_or((cited, ""));
    let read = match (kind, rest) {
        ("recording" | "recordings", rest) => recorded(rest, lack_it, exchanges)?,
        ("webhook" | "webhooks", rest) => recorded(rest, lack_it, deliveries)?,
        ("published", "") => Some(Citation::Published(None)),
        ("published", rest) => rest
            .strip_prefix("since ")
            .and_then(Version::read)
            .map(|since| Citation::Published(Some(since))),
        ("live", "server") => Some(Citation::Live(None)),
        ("live", rest) => rest
            .strip_prefix("server ")
            .and_then(Version::read)
            .map(|version| Citation::Live(Some(version))),
        ("column", rest) => is_column(rest).then_some(Citation::Column),
        (place, "") => is_source(place).then_some(Citation::Source),
        _ => None,
    };
    read.ok_or_else(|| format!("`{text}` cites nothing that can be looked up"))
}

/// A citation and the remark at its end; none when parentheses stand anywhere else.
fn divided(text: &str) -> Option<(&str, Option<&str>)> {
    let (cited, remark) = match text.split_once(" (") {
        Some((cited, remark)) => (cited, Some(remark.strip_suffix(')')?)),
        None => (text, None),
    };
    (!cited.contains(['(', ')'])).then_some((cited, remark))
}

/// `LIST` or `LIST of SET`.
fn recorded(
    text: &str,
    lack_it: bool,
    read: impl Fn(&str) -> Option<Vec<Recording>>,
) -> Result<Option<Citation>, String> {
    let (list, set) = match text.split_once(" of ") {
        Some((list, set)) => (list, Some(set)),
        None => (text, None),
    };
    let is_name =
        |set: &str| !set.is_empty() && set.chars().all(|c| c.is_ascii_graphic() && c != '/');
    let items = list.split(", ").map(read).collect::<Option<Vec<_>>>();
    let Some(which) = items.filter(|_| set.is_none_or(is_name)) else {
        return Ok(None);
    };
    let recorded = Recorded {
        set: set.map(str::to_owned),
        which: which.into_iter().flatten().collect(),
        lack_it,
    };
    match recorded.which.is_sorted_by(|a, b| a < b) {
        true => Ok(Some(Citation::Recorded(recorded))),
        false => Err(format!(
            "`{text}` does not name each recording once, in order"
        )),
    }
}

/// `058` or `119-121`.
fn exchanges(text: &str) -> Option<Vec<Recording>> {
    // More than anyone looks up; and a slip must not become a million numbers.
    const MOST: u32 = 100;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    let fits = first <= last && last - first < MOST;
    fits.then(|| (first..=last).map(Recording::Exchange).collect())
}

fn deliveries(text: &str) -> Option<Vec<Recording>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let named = text.contains('.') || text.contains('_');
    (named && text.chars().all(is_name)).then(|| vec![Recording::Delivery(text.to_owned())])
}

fn is_column(text: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text.split_once('.')
        .is_some_and(|(table, column)| is_name(table) && is_name(column))
}

/// A path from the root of the server's source, with or without lines.
fn is_source(text: &str) -> bool {
    const FOLDERS: [&str; 5] = ["app/", "config/", "db/", "lib/", "spec/"];
    let (path, lines) = match text.split_once(':') {
        Some((path, lines)) => (path, Some(lines)),
        None => (text, None),
    };
    let is_range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        matches!((number(first), number(last)), (Some(first), Some(last)) if first <= last)
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    FOLDERS.iter().any(|folder| path.starts_with(folder))
        && name.contains(['.', '*'])
        && !path.contains([',', ';'])
        && lines.is_none_or(|lines| lines.split(',').all(is_range))
}

fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}
