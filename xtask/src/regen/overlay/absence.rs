//! Which servers do not send what an entry speaks of, from which its sentence is made.

use serde_json::Value;

use super::change::Complaint;
use super::evidence::{Citation, Version};

/// How the sentence begins that readers are told.
const NOT_SENT: &str = "Not sent by Lago";

/// The servers that do not send the property.
#[derive(Debug, PartialEq)]
pub(super) enum Absence {
    /// All before this version.
    Before(Version),
    /// These, and perhaps others: they were looked at.
    In(Vec<Version>),
}

impl Absence {
    /// Reads `absent_before` or `absent_in` of an entry.
    pub(super) fn read(entry: &Value) -> Result<Option<Self>, Complaint> {
        match (entry.get("absent_before"), entry.get("absent_in")) {
            (None, None) => Ok(None),
            (Some(before), None) => Ok(Some(Self::Before(version("absent_before", before)?))),
            (None, Some(Value::Array(versions))) if !versions.is_empty() => {
                let versions = versions.iter().map(|one| version("absent_in", one));
                let versions = versions.collect::<Result<Vec<_>, _>>()?;
                match versions.is_sorted_by(|a, b| a < b) {
                    true => Ok(Some(Self::In(versions))),
                    false => Err(complaint(
                        "`absent_in` does not name each version once, in order",
                        "sort the list, and remove what stands twice",
                    )),
                }
            }
            (None, Some(_)) => Err(complaint(
                "`absent_in` is no list of versions",
                "write `absent_in: [1.16.0, 1.33.4]`",
            )),
            (Some(_), Some(_)) => Err(complaint(
                "the entry has both `absent_before` and `absent_in`",
                "keep `absent_before` when the first version that sends it is known, `absent_in` otherwise",
            )),
        }
    }

    /// What readers are told.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Before(version) => format!("{NOT_SENT} before {version}"),
            Self::In(versions) => {
                let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
                let (last, others) = versions
                    .split_last()
                    .map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
                match others {
                    [] => format!("{NOT_SENT} {last}"),
                    others => format!("{NOT_SENT} {} and {last}", others.join(", ")),
                }
            }
        }
    }

    /// Refuses what the citations do not bear out.
    pub(super) fn borne_out(&self, citations: &[Citation]) -> Result<(), Complaint> {
        match self {
            Self::Before(before) => {
                let documented = citations.iter().any(|citation| {
                    matches!(citation, Citation::Published(Some(since)) if since <= before)
                });
                documented.then_some(()).ok_or_else(|| {
                    complaint(
                        format!("no evidence says that servers send it from {before} on"),
                        "cite `published since …` with the first document that has it; \
                         where none has it, write `absent_in` with the versions that were looked at",
                    )
                })
            }
            Self::In(versions) => {
                let unseen = versions.iter().find(|version| {
                    !citations.iter().any(|citation| match citation {
                        Citation::Recorded(recorded) => {
                            recorded.lack_it && recorded.set.as_ref() == Some(&version.set())
                        }
                        Citation::Live(Some(tried)) => tried == *version,
                        Citation::Inferred => true,
                        _ => false,
                    })
                });
                unseen.map_or(Ok(()), |version| {
                    Err(complaint(
                        format!("no evidence is of a server of {version}"),
                        format!(
                            "cite a recording `of {}` that lacks it, with the remark `(without)`, `live server` with the version in full, or what it is inferred from",
                            version.set()
                        ),
                    ))
                })
            }
        }
    }
}

/// Whether a description says nothing but which servers do not send what it describes.
pub(crate) fn says_only_who_lacks_it(description: &str) -> bool {
    let is_absence =
        |said: &str| said.starts_with(NOT_SENT) && said.ends_with('.') && !said.contains(". ");
    description.split("\n\n").all(is_absence)
}

fn version(key: &str, value: &Value) -> Result<Version, Complaint> {
    value.as_str().and_then(Version::read).ok_or_else(|| {
        complaint(
            format!("`{key}` says {value}, which is no version"),
            "write all three parts, `1.22.0`: of two parts YAML makes a number, and 1.30 becomes 1.3",
        )
    })
}

fn complaint(message: impl Into<String>, advice: impl Into<String>) -> Complaint {
    (message.into(), advice.into())
}
