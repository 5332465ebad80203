//! Files that do not come: who refused, and what is said about it.

use lago_client::Error;

use super::*;

/// Why the PDF at this path of a storage cannot be fetched.
async fn failure(storage: &Scripted, path: &str) -> Result<Error, Box<dyn std::error::Error>> {
    let api = api_for(storage, path).await?;
    let request = api.client()?.invoices().fetch_pdf(ID).retry(hasty());
    let error = request.await.unwrap_err();
    assert!(error.is_storage() && !error.is_ambiguous(), "{error}");
    let line = error.to_string();
    assert!(
        line.starts_with("GET /invoices/{lago_id}, its file: "),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1);
    for secret in ["signature", "127.0.0.1", ID, API_KEY, "Jane"] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
    Ok(error)
}

#[tokio::test]
async fn a_file_that_is_not_made_in_time_is_an_error_of_its_own() -> Outcome {
    let api = Scripted::always(in_the_making()).await?;
    // The first pause would outlast the time, so that nothing is waited for.
    let request = api.client()?.invoices().fetch_pdf(ID);
    let request = request.total_timeout(Duration::from_secs(30));
    let error = request
        .poll_interval(Duration::from_secs(60))
        .await
        .unwrap_err();
    assert!(error.is_not_ready() && error.is_timeout() && !error.is_storage());
    assert_eq!(
        error.to_string(),
        "GET /invoices/{lago_id}: the server has not made the file within the time limit"
    );
    assert_eq!(calls(&api), ["POST /invoices/{id}/download"]);
    Ok(())
}

#[tokio::test]
async fn a_look_that_the_end_of_the_time_cuts_off_is_that_error_too() -> Outcome {
    let waits = Duration::from_millis(1);
    let api = in_turn([in_the_making(), invoice(None), ScriptedResponse::silence()]).await?;
    let request = api.client()?.invoices().fetch_pdf(ID).poll_interval(waits);
    let error = request
        .total_timeout(Duration::from_millis(500))
        .await
        .unwrap_err();
    assert!(error.is_not_ready() && error.is_timeout(), "{error}");
    assert!(!error.is_ambiguous() && !error.is_storage(), "{error}");

    // A server that does not answer, with time left, is another matter.
    let api = in_turn([in_the_making(), ScriptedResponse::silence()]).await?;
    let request = api.client()?.invoices().fetch_pdf(ID).poll_interval(waits);
    let request = request.timeout(Duration::from_millis(200));
    let error = request.retry(RetryPolicy::never()).await.unwrap_err();
    assert!(error.is_timeout() && !error.is_not_ready(), "{error}");
    Ok(())
}

#[tokio::test]
async fn what_the_api_refuses_is_its_error_and_nothing_is_waited_for() -> Outcome {
    for (status, code) in [
        ("404 Not Found", "invoice_not_found"),
        ("405 Method Not Allowed", "invalid_status"),
    ] {
        let (number, reason) = status.split_once(' ').unwrap();
        let number: u16 = number.parse().unwrap();
        let body = json!({ "status": number, "error": reason, "code": code });
        let api = Scripted::always(ScriptedResponse::json(status, body)).await?;
        let error = api.client()?.invoices().fetch_pdf(ID).await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert!(!error.is_not_ready() && !error.is_storage(), "{error}");
        assert_eq!(calls(&api), ["POST /invoices/{id}/download"]);
    }
    Ok(())
}

#[tokio::test]
async fn an_expired_link_is_no_refusal_of_the_api() -> Outcome {
    for (status, code) in [("403 Forbidden", 403), ("404 Not Found", 404)] {
        let body = "<Error><Key>Jane</Key></Error>";
        let storage = Scripted::always(ScriptedResponse::new(status, &[], body)).await?;
        let error = failure(&storage, "/a?signature=x").await?;
        assert!(!error.is_not_found() && !error.is_forbidden());
        assert_eq!(error.status().unwrap().as_u16(), code);
        assert_eq!(error.body(), body);
        let line = error.to_string();
        assert!(line.ends_with(&format!(
            "the storage answered {status}, the link has expired or the file is gone"
        )));
        assert_eq!(storage.requests().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_storage_in_trouble_is_asked_again_and_then_given_up() -> Outcome {
    let storage = Scripted::always(ScriptedResponse::new("500 Oops", &[], "")).await?;
    let error = failure(&storage, "/a?signature=x").await?;
    let expected = "the storage answered 500 Internal Server Error, after 4 attempts";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert_eq!(storage.requests().len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_page_or_nothing_is_no_file() -> Outcome {
    let html = [("content-type", "text/html; charset=utf-8")];
    let page = ScriptedResponse::new("200 OK", &html, "<p>Jane, log in</p>");
    let storage = Scripted::always(page).await?;
    let error = failure(&storage, "/a").await?;
    assert!(
        error
            .to_string()
            .ends_with("19 bytes of text/html in place of a file")
    );
    assert_eq!(error.body(), "<p>Jane, log in</p>");

    let storage = Scripted::always(file("")).await?;
    let error = failure(&storage, "/a").await?;
    assert!(error.to_string().ends_with("0 bytes in place of a file"));

    let storage = Scripted::always(ScriptedResponse::new("204 No Content", &[], "")).await?;
    let error = failure(&storage, "/a").await?;
    assert!(
        error
            .to_string()
            .ends_with("the storage answered 204 No Content")
    );
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_always_cut_off_is_an_error() -> Outcome {
    let torn = ScriptedResponse::raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n%PDF").closing();
    let storage = Scripted::always(torn).await?;
    let error = failure(&storage, "/a?signature=x").await?;
    assert!(error.is_transport());
    assert_eq!((storage.requests().len(), error.attempts()), (4, 4));
    Ok(())
}

#[tokio::test]
async fn redirects_that_do_not_end_are_not_followed_for_ever() -> Outcome {
    let storage = Scripted::always(redirect("/a?signature=x")).await?;
    let error = failure(&storage, "/a?signature=x").await?;
    assert!(error.to_string().ends_with("more than 5 redirects"));
    assert_eq!(storage.requests().len(), 6);
    Ok(())
}

#[tokio::test]
async fn only_addresses_of_web_servers_are_fetched_from() -> Outcome {
    let storage = Scripted::always(redirect("file:///etc/hosts?signature=x")).await?;
    let error = failure(&storage, "/a").await?;
    assert!(
        error
            .to_string()
            .ends_with("a redirect names no address of a web server")
    );

    let api = Scripted::always(invoice(Some("file:///Jane.pdf"))).await?;
    let error = api.client()?.invoices().fetch_pdf(ID).await.unwrap_err();
    assert!(error.is_storage() && error.attempts() == 0);
    assert!(!format!("{error} {error:?}").contains("Jane"));
    Ok(())
}

#[tokio::test]
async fn a_storage_that_is_not_there_or_says_nothing_is_told_from_the_api() -> Outcome {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/a?signature=x", nobody.local_addr()?);
    drop(nobody);
    let api = Scripted::always(invoice(Some(&url))).await?;
    let request = api.client()?.invoices().fetch_pdf(ID);
    let error = request.retry(RetryPolicy::never()).await.unwrap_err();
    assert!(error.is_connect() && error.is_storage(), "{error}");
    assert!(!format!("{error:?}").contains("signature"));

    let storage = Scripted::always(ScriptedResponse::silence()).await?;
    let api = api_for(&storage, "/a").await?;
    let request = api.client()?.invoices().fetch_pdf(ID);
    let request = request.timeout(Duration::from_secs(1));
    let error = request.retry(RetryPolicy::never()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_storage() && !error.is_not_ready());
    Ok(())
}

#[tokio::test]
async fn a_file_in_one_piece_may_be_as_large_as_a_response() -> Outcome {
    let large = format!("%PDF-{}", "x".repeat(20 << 10));
    let storage = Scripted::always(file(&large)).await?;
    let api = api_for(&storage, "/a").await?;
    let lago = api.builder().max_response_bytes(16 << 10).build()?;
    let error = lago.invoices().fetch_pdf(ID).await.unwrap_err();
    assert!(error.is_too_large() && error.is_storage(), "{error}");
    assert_eq!(storage.requests().len(), 1);

    let mut stream = lago.invoices().fetch_pdf(ID).stream();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        length += chunk?.len();
    }
    assert_eq!(length, large.len());
    Ok(())
}
