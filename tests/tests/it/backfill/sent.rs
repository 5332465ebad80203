//! What is right is sent, and the rest is among the dead letters.

use std::io::Write;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_is_sent_and_what_is_wrong_is_kept() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let mut file = lines((0..250).map(event));
    file += "\n{\"transaction_id\": 7}\n";
    file += &lines((250..300).map(event));
    fs::write(directory.path().join("events.jsonl"), &file)?;
    for time in 0..2 {
        let output = run(&lago, directory.path(), &["events.jsonl"])?;
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        let counts =
            ["delivered", "duplicates", "rejected", "unreadable"].map(|name| count(&output, name));
        assert_eq!(counts, [293, 0, 7, 1].map(Some), "{}", text(&output.stdout));
        let errors = text(&output.stderr);
        match time {
            0 => assert!(
                errors.starts_with("events.jsonl:252:20: `transaction_id`: invalid type: integer `7`, expected a string"),
                "{errors}"
            ),
            // The second time it is all done.
            _ => assert_eq!(errors, "301 events are done; it goes on behind line 302\n"),
        }
        assert_eq!(lago.rows().len(), 293);
        let letters = json_lines(&directory.path().join("events.jsonl.dead-letters.jsonl"))?;
        assert_eq!(letters.len(), 8);
        assert_eq!(letters[0]["event"], event(39));
        assert_eq!(
            letters[0]["codes"],
            json!([{"field": "code", "code": "value_is_mandatory"}])
        );
        assert_eq!(letters[0]["line"], 40);
        let unreadable = letters
            .iter()
            .find(|letter| letter["input"] == "{\"transaction_id\": 7}");
        assert_eq!(unreadable.map(|letter| &letter["line"]), Some(&json!(252)));
    }
    assert!(lago.server.requests().len() < 40, "batches");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn csv_and_standard_input_are_sent() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let csv = "transaction_id,external_subscription_id,code,timestamp,properties.gb,properties,precise_total_amount_cents\n\
               one,sub_1,storage,1700000000.5,12.50,\"{\"\"region\"\": \"\"eu\"\"}\",3.5\n\
               two,sub_1,storage,1700000001,,,\n\
               three,sub_1,storage,yesterday,,,\n\
               four,sub_1\n";
    fs::write(directory.path().join("events.csv"), csv)?;
    let output = run(&lago, directory.path(), &["events.csv"])?;
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let errors = text(&output.stderr);
    assert!(errors.contains("events.csv:4: `timestamp`: "), "{errors}");
    assert!(
        errors.contains("events.csv:5: the row has 2 values, and the header 7\n"),
        "{errors}"
    );
    assert_eq!(sorted(ids(&lago)), ["one", "two"]);
    let sent: Vec<Value> = lago
        .server
        .requests()
        .iter()
        .filter_map(|request| serde_json::from_slice::<Value>(&request.body).ok())
        .flat_map(|body| body["events"].as_array().cloned().unwrap_or_default())
        .collect();
    assert_eq!(
        sent[0],
        json!({
            "transaction_id": "one", "external_subscription_id": "sub_1", "code": "storage", "timestamp": 1_700_000_000.5,
            "precise_total_amount_cents": "3.5", "properties": {"gb": "12.50", "region": "eu"},
        })
    );

    let mut child = program(&lago, directory.path(), &["-"])
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no input")?;
    input.write_all(lines((0..20).map(event)).as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(count(&output, "delivered"), Some(20));
    assert_eq!(lago.rows().len(), 22);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_dry_run_sends_nothing_and_says_what_is_wrong() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let mut file = lines((0..10).map(event));
    let with = |field: &str, value: Value| {
        let mut event = event(1);
        event[field] = value;
        event
    };
    file += &lines([
        with("timestamp", Value::Null),
        with("timestamp", json!(1_700_000_000_000_u64)),
        with("code", json!(" ")),
    ]);
    file += "{\"transaction_id\": \"x\", \n";
    fs::write(directory.path().join("events.jsonl"), &file)?;
    let output = run(&lago, directory.path(), &["events.jsonl", "--dry-run"])?;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        (count(&output, "events"), count(&output, "unreadable")),
        (Some(10), Some(4))
    );
    assert!(
        text(&output.stdout).contains("timestamps from 1700000000 to 1700000009"),
        "{}",
        text(&output.stdout)
    );
    let errors = text(&output.stderr);
    let expected = [
        "events.jsonl:11: `timestamp`: it is missing; without it a repeat can be billed as another event",
        "events.jsonl:12: seconds since 1970 are expected, these may be milliseconds",
        "events.jsonl:13: `code`: it is empty",
        "events.jsonl:14:",
    ];
    let errors: Vec<&str> = errors.lines().collect();
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for (error, expected) in errors.iter().zip(expected) {
        assert!(error.starts_with(expected), "{error}");
    }
    assert!(lago.server.requests().is_empty());
    let names: Vec<_> = fs::read_dir(directory.path())?
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(names, ["events.jsonl"]);
    Ok(())
}
