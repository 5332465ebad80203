//! Which tools agents are offered. It is decided once, when the server starts.

use std::collections::BTreeSet;
use std::fmt;

use super::search;
use super::tools::{Tool, nearest};
use crate::operation::Effect;

/// The toolsets that are offered unless others are named.
pub const DEFAULT_TOOLSETS: [&str; 7] = [
    "analytics",
    "customers",
    "invoices",
    "plans",
    "subscriptions",
    "usage",
    "wallets",
];

/// Stands for every toolset.
const ALL: &str = "all";

/// What whoever starts the server wishes agents to have.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Tools")]
#[non_exhaustive]
pub struct Wish {
    /// Groups of tools to offer; `all` for every one. Without this: analytics, customers, invoices, plans,
    /// subscriptions, usage, wallets. The group `links` has the tools that hand out links and tokens with which one acts
    /// without a key, as in a customer's portal.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub toolsets: Vec<String>,
    /// Single tools to offer besides.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub tools: Vec<String>,
    /// Tools, or groups of them, to leave out; this wins over the two options above.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// Offer the tools that change something as well: without this, agents can only read.
    #[arg(long)]
    pub allow_writes: bool,
    /// Offer no tool that changes something or hands out a link or token with which one could, whatever else is asked for.
    #[arg(long)]
    pub read_only: bool,
}

/// The tools that are offered.
#[derive(Clone, Debug)]
pub struct Choice {
    known: Vec<&'static Tool>,
    /// In the order of `known`.
    offered: Vec<&'static Tool>,
    allows_writes: bool,
    /// Whether what hands out links and tokens with which one acts may be called.
    allows_grants: bool,
}

impl Choice {
    /// Chooses among the tools that are known.
    ///
    /// # Errors
    ///
    /// When a name is none of a toolset or a tool, when a tool is named that writes while only reading is allowed, and when
    /// no tool is left.
    pub fn new(
        known: impl IntoIterator<Item = &'static Tool>,
        wish: &Wish,
    ) -> Result<Self, InvalidWish> {
        let known: Vec<_> = known.into_iter().collect();
        let allows_writes = wish.allow_writes && !wish.read_only;
        let toolsets = toolsets(&known, wish)?;
        let named = named(&known, wish)?;
        let excluded = excluded(&known, wish)?;
        let is_wished = |tool: &Tool| toolsets.contains(tool.toolset) || named.contains(tool.name);
        let allows_grants = !wish.read_only;
        let mut offered: Vec<_> = known
            .iter()
            .copied()
            .filter(|tool| is_wished(tool))
            .collect();
        let wished = offered.len();
        let mut removed = Vec::new();
        let mut keep = |is_kept: &dyn Fn(&Tool) -> bool, why: &'static str| {
            let before = offered.len();
            offered.retain(|tool| is_kept(tool));
            removed.push((before - offered.len(), why));
        };
        keep(&|tool| !excluded.contains(tool.name), "by `--exclude`");
        let why = match wish.read_only {
            true => "because they change something, by `--read-only`",
            false => "because they change something, without `--allow-writes`",
        };
        keep(&|tool| allows_writes || reads(tool), why);
        let why = "because they hand out links or tokens, by `--read-only`";
        keep(&|tool| allows_grants || !tool.operation.grants, why);
        if offered.is_empty() {
            return Err(InvalidWish::nothing_left(wished, &removed));
        }
        Ok(Self {
            known,
            offered,
            allows_writes,
            allows_grants,
        })
    }

    /// The tools, in the order of the table.
    pub fn tools(&self) -> &[&'static Tool] {
        &self.offered
    }

    /// Whether tools that change something may be called.
    pub fn allows_writes(&self) -> bool {
        self.allows_writes
    }

    /// The tool of this name, or of this other name that is not listed.
    ///
    /// # Errors
    ///
    /// When there is none, or when it is not offered.
    pub fn find(&self, name: &str) -> Result<&'static Tool, NotOffered> {
        let is_meant = |tool: &&Tool| tool.name == name || tool.alias == Some(name);
        if let Some(tool) = self.offered.iter().copied().find(is_meant) {
            return Ok(tool);
        }
        let Some(tool) = self.known.iter().copied().find(is_meant) else {
            let names = self.offered.iter().map(|tool| tool.name);
            return Err(NotOffered::Unknown(question(name, names)));
        };
        Err(match tool {
            tool if !self.allows_writes && !reads(tool) => NotOffered::Writes(tool),
            tool if !self.allows_grants && tool.operation.grants => NotOffered::Grants(tool),
            tool => NotOffered::LeftOut(tool),
        })
    }

    /// Whether this tool is offered.
    pub fn offers(&self, tool: &Tool) -> bool {
        self.offered.iter().any(|offered| offered.name == tool.name)
    }
}

/// Whether a tool leaves everything as it is.
pub(crate) fn reads(tool: &Tool) -> bool {
    tool.operation.effect == Effect::Reads
}

fn toolsets<'w>(known: &[&'static Tool], wish: &'w Wish) -> Result<BTreeSet<&'w str>, InvalidWish> {
    let names: BTreeSet<&'static str> = known.iter().map(|tool| tool.toolset).collect();
    if wish.toolsets.is_empty() {
        return Ok(DEFAULT_TOOLSETS.into());
    }
    for name in &wish.toolsets {
        if name != ALL && !names.contains(name.as_str()) {
            let near = question(name, names.iter().copied());
            return Err(InvalidWish::unknown("toolset", name, &near, known));
        }
    }
    match wish.toolsets.iter().any(|name| name == ALL) {
        true => Ok(names),
        false => Ok(wish.toolsets.iter().map(String::as_str).collect()),
    }
}

fn named(known: &[&'static Tool], wish: &Wish) -> Result<BTreeSet<&'static str>, InvalidWish> {
    let named = wish.tools.iter().map(|name| {
        let Some(tool) = by_name(known, name) else {
            return Err(InvalidWish::unknown("tool", name, &near_tools(name, known), known));
        };
        match reads(tool) || wish.allow_writes || wish.read_only {
            true => Ok(tool.name),
            false => Err(InvalidWish(format!(
                "the tool {} changes something, which is not allowed: add --allow-writes, or leave it away",
                tool.name
            ))),
        }
    });
    named.collect()
}

fn excluded(known: &[&'static Tool], wish: &Wish) -> Result<BTreeSet<&'static str>, InvalidWish> {
    let mut excluded = BTreeSet::new();
    for name in &wish.exclude {
        let meant = |tool: &&&Tool| {
            tool.name == name || tool.alias == Some(name.as_str()) || tool.toolset == name
        };
        let tools: Vec<_> = known.iter().filter(meant).map(|tool| tool.name).collect();
        if tools.is_empty() {
            let toolsets = known.iter().map(|tool| tool.toolset);
            let near = match question(name, toolsets) {
                near if near.is_empty() => near_tools(name, known),
                near => near,
            };
            return Err(InvalidWish::unknown("tool or toolset", name, &near, known));
        }
        excluded.extend(tools);
    }
    Ok(excluded)
}

fn by_name(known: &[&'static Tool], name: &str) -> Option<&'static Tool> {
    let mut tools = known.iter().copied();
    tools.find(|tool| tool.name == name || tool.alias == Some(name))
}

/// A wish that cannot be fulfilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidWish(String);

impl InvalidWish {
    /// That every tool is left out, and how many by what: a server without tools would look like one that works.
    fn nothing_left(wished: usize, removed: &[(usize, &str)]) -> Self {
        let removed = removed.iter().filter(|(count, _)| *count > 0);
        let removed = removed.map(|(count, why)| format!("{count} {why}"));
        let removed: Vec<String> = removed.collect();
        Self(format!(
            "no tool is left to offer: of {wished} in `--toolsets` and `--tools` are left out {}; change one of these",
            removed.join(", ")
        ))
    }

    /// A name that means nothing, with a question that offers others, and with all toolsets: nobody has a list of the
    /// tools at hand, and their names begin with those of toolsets, mostly.
    fn unknown(what: &str, name: &str, near: &str, known: &[&'static Tool]) -> Self {
        let toolsets: BTreeSet<&str> = known.iter().map(|tool| tool.toolset).collect();
        let toolsets: Vec<&str> = toolsets.into_iter().collect();
        Self(format!(
            "there is no {what} `{name}`.{near} The toolsets are {}, and `{ALL}` is every one of them; tools are called \
             like `plans_get`",
            toolsets.join(", ")
        ))
    }
}

/// A question that offers the tools with the nearest names, or else those that the words of the name find.
fn near_tools(name: &str, known: &[&'static Tool]) -> String {
    const MOST: usize = 3;
    match question(name, known.iter().map(|tool| tool.name)) {
        near if near.is_empty() => {
            let found = search::search(known.iter().copied(), name, MOST);
            did_you_mean(&found.iter().map(|tool| tool.name).collect::<Vec<_>>())
        }
        near => near,
    }
}

impl fmt::Display for InvalidWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidWish {}

/// A question that offers the nearest names: ` Did you mean a or b?`; empty when there are none.
fn question<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: BTreeSet<&str> = known.into_iter().collect();
    did_you_mean(&nearest(&name.to_ascii_lowercase(), known))
}

fn did_you_mean(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        names => format!(" Did you mean {}?", names.join(" or ")),
    }
}

/// Why a tool cannot be called.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotOffered {
    /// There is no such tool; a question that offers the nearest ones, or nothing.
    Unknown(String),
    /// It changes something, and this server only reads.
    Writes(&'static Tool),
    /// It hands out a link or a token with which one could change something, and this server only reads.
    Grants(&'static Tool),
    /// It is in no group that this server offers.
    LeftOut(&'static Tool),
}

impl fmt::Display for NotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(question) => write!(f, "There is no such tool.{question}"),
            Self::Writes(tool) => write!(
                f,
                "{} changes something, and this server is read-only: nothing was done. Whoever runs it can allow \
                 changes (--allow-writes).",
                tool.name
            ),
            Self::Grants(tool) => write!(
                f,
                "{} hands out a link or token with which one can act without a key, and this server is read-only: nothing \
                 was done. Whoever runs it can allow that (without --read-only).",
                tool.name
            ),
            Self::LeftOut(tool) => write!(
                f,
                "{} is not offered here: nothing was done. Whoever runs this server can offer it (--tools {0}, or \
                 --toolsets {}).",
                tool.name, tool.toolset
            ),
        }
    }
}

impl std::error::Error for NotOffered {}
