//! What it cannot go on with is said, and what to do.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_that_is_refused_ends_it_and_loses_nothing() -> Outcome {
    let directory = tempfile::tempdir()?;
    let refuses = Lago::with(Store::new(Kind::Postgres), |_, _| unauthorized()).await?;
    fs::write(
        directory.path().join("events.jsonl"),
        lines((0..30).map(event)),
    )?;
    let output = run(&refuses, directory.path(), &["events.jsonl"])?;
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(
        errors.starts_with("error: the server accepts nothing: "),
        "{errors}"
    );
    assert!(
        errors.contains("run it again when that is changed"),
        "{errors}"
    );

    let lago = Lago::start().await?;
    let output = run(&lago, directory.path(), &["events.jsonl"])?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(lago.rows().len(), 30);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn files_that_are_none_are_said() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let said = |name: &str, content: &str| -> Result<String, Box<dyn std::error::Error>> {
        fs::write(directory.path().join(name), content)?;
        let output = run(&lago, directory.path(), &[name])?;
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        Ok(text(&output.stderr))
    };
    assert_eq!(
        said("a.csv", "transaction_id,code,timestamp,gb\n")?,
        "error: a.csv:1: there is no field `gb` of events: transaction_id, external_subscription_id, code, timestamp, \
         precise_total_amount_cents and properties are; name the column `properties.gb` if it is a property\n"
    );
    assert_eq!(
        said("b.csv", "transaction_id,code,timestamp\n")?,
        "error: b.csv:1: there is no column `external_subscription_id`\n"
    );
    let output = run(&lago, directory.path(), &["none.jsonl"])?;
    assert!(
        text(&output.stderr).starts_with("error: cannot open none.jsonl: "),
        "{}",
        text(&output.stderr)
    );

    // Another file of the same name.
    fs::write(
        directory.path().join("events.jsonl"),
        lines((0..30).map(event)),
    )?;
    run(&lago, directory.path(), &["events.jsonl"])?;
    let other = said("events.jsonl", &lines((100..130).map(event)))?;
    assert!(
        other.contains("was written for another file") && other.contains("delete the checkpoint"),
        "{other}"
    );
    Ok(())
}
