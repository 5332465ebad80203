//! Who has a directory, and what there is no room for.

use super::child::{Process, numbers};
use super::*;

#[test]
fn one_process_has_a_directory() -> Outcome {
    let directory = tempfile::tempdir()?;
    let mut process = Process::start("hold", directory.path(), None)?;
    assert_eq!(process.line()?.as_deref(), Some("open"));
    let error = open(directory.path()).err().ok_or("two have it")?;
    assert!(error.is_locked());
    let text = error.to_string();
    let owner = format!("process {} (", process.child.id());
    assert!(
        text.contains(&owner) && text.contains("give each process a directory of its own"),
        "{text}"
    );
    process.kill()?;

    // A lock goes with its process. A second spool in this one is one too many as well.
    let _spool = open(directory.path())?;
    let error = open(directory.path()).err().ok_or("two have it")?;
    assert!(
        error
            .to_string()
            .contains(&format!("process {} (", std::process::id())),
        "{error}"
    );
    Ok(())
}

/// A limit of the size of files is the full disk that needs no administrator.
#[cfg(unix)]
#[test]
fn a_full_disk_refuses_and_keeps() -> Outcome {
    let directory = tempfile::tempdir()?;
    let limited = r#"trap "" XFSZ; ulimit -f 16; exec "$0" "$@""#;
    let mut process = Process::start("fill", directory.path(), Some(limited))?;
    let refused = process.line()?.ok_or("nothing was refused")?;
    assert!(
        refused.starts_with("true spool ") && refused.ends_with("cannot append to the segment"),
        "{refused}"
    );
    let counted = process.line()?.ok_or("nothing was counted")?;
    let [accepted, left] = *numbers(&counted) else {
        return Err(counted.into());
    };
    assert!(accepted > 20, "{accepted}");
    assert_eq!(accepted, left);
    assert_eq!(process.line()?, None);

    let mut spool = open(directory.path())?;
    assert_eq!(spool.recovery().unacknowledged, accepted);
    assert_eq!(
        (spool.recovery().torn_bytes, spool.recovery().damage.len()),
        (0, 0),
        "nothing of what was refused is left"
    );
    let known: Option<Vec<u64>> = read_all(&mut spool)?
        .iter()
        .map(|(_, bytes)| number(bytes))
        .collect();
    assert_eq!(known, Some((0..accepted).collect()));
    spool.append(&[b"and on"])?;
    Ok(())
}

#[test]
fn what_is_no_directory_is_said() -> Outcome {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("file");
    std::fs::write(&file, "")?;
    let error = open(&file).err().ok_or("it was opened")?;
    assert_eq!(
        error.to_string(),
        format!("spool {}: cannot make the directory", file.display())
    );
    assert_eq!(error.path(), Some(&*file));
    assert!(std::error::Error::source(&error).is_some());
    Ok(())
}

#[test]
fn a_damaged_file_is_set_aside_as_it_was() -> Outcome {
    let directory = tempfile::tempdir()?;
    let mut spool = open(directory.path())?;
    for number in 0..5 {
        spool.append(&[&record(number)])?;
    }
    drop(spool);
    let path = directory.path().join("00000000000000000000.log");
    let mut content = std::fs::read(&path)?;
    content[64 + 16 + 8 + 16 + 3] ^= 1;
    std::fs::write(&path, &content)?;
    for already in 0..2 {
        let spool = open(directory.path())?;
        assert_eq!(spool.recovery().damage.len(), 1 - already, "said once");
        if let [damage] = &*spool.recovery().damage {
            assert_eq!((damage.kept, damage.lost_at_least), (4, 1));
            assert_eq!(std::fs::read(&damage.set_aside)?, content);
            let text = damage.to_string();
            assert!(
                text.starts_with("a segment is damaged (bytes 88 to "),
                "{text}"
            );
        }
    }
    Ok(())
}
