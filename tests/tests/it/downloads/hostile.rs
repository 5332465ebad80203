//! Storages, and those who name them, that do not mean well: what comes is no file or no whole one,
//! and where it is leads into the network of the client.

use lago_client::{Error, FileRequest};

use super::*;

/// A body that ends where the connection does.
fn endless(media_type: &str, body: &str) -> ScriptedResponse {
    let head = format!("HTTP/1.0 200 OK\r\ncontent-type: {media_type}\r\n\r\n");
    ScriptedResponse::raw(head + body).closing()
}

/// The PDF and the XML that are what this storage answers.
async fn both(storage: &Scripted) -> Result<[FileRequest; 2], Box<dyn std::error::Error>> {
    let url = format!("{}/a", storage.origin());
    let object = recorded(
        "137_invoice_with_file.json",
        "invoice",
        Some(&url),
        Some(&url),
    );
    let api = Scripted::always(ScriptedResponse::json(
        "200 OK",
        json!({ "invoice": object }),
    ))
    .await?;
    let invoices = api.client()?.invoices();
    Ok([invoices.fetch_pdf(ID), invoices.fetch_xml(ID)].map(|file| file.retry(hasty())))
}

/// Reads a file in both ways, which agree.
async fn read(request: FileRequest) -> Result<Vec<u8>, Error> {
    let mut stream = request.clone().stream();
    let mut streamed = Ok(Vec::new());
    while let Some(chunk) = stream.next().await {
        match (chunk, &mut streamed) {
            (Ok(chunk), Ok(bytes)) => bytes.extend_from_slice(&chunk),
            (Ok(_), Err(_)) => panic!("it goes on after an error"),
            (Err(error), _) => streamed = Err(error),
        }
    }
    let whole = request.await.map(Vec::from);
    match (&whole, &streamed) {
        (Ok(whole), Ok(streamed)) => assert_eq!(whole, streamed),
        (Err(whole), Err(streamed)) => {
            assert_eq!(
                whole.is_transport(),
                streamed.is_transport(),
                "{whole} {streamed}"
            );
            assert!(whole.is_storage() && streamed.is_storage());
        }
        _ => panic!("{whole:?} in one piece, {streamed:?} as a stream"),
    }
    whole
}

#[tokio::test]
async fn a_file_of_unknown_length_is_whole_when_it_ends_as_such_files_do() -> Outcome {
    let pdf = "%PDF-1.7 and more\n%%EOF\n";
    let xml = "<?xml version=\"1.0\"?>\n<x:Invoice><a>b</a></x:Invoice>\n";
    for (at, media_type, whole) in [(0, "application/pdf", pdf), (1, "application/xml", xml)] {
        let storage = Scripted::always(endless(media_type, whole)).await?;
        assert_eq!(
            read(both(&storage).await?[at].clone()).await?,
            whole.as_bytes()
        );
        for length in [0, 3, 19, whole.len() - 3] {
            let torn = endless(media_type, &whole[..length]);
            let storage = Scripted::always(torn).await?;
            let error = read(both(&storage).await?[at].clone()).await.unwrap_err();
            assert!(
                error.is_transport() && !error.is_ambiguous(),
                "{length}: {error}"
            );
            assert_eq!(error.attempts(), 4, "another attempt may bring the rest");
            assert_eq!(error.body(), &whole[..length]);
        }
        // The next attempt brings it.
        let responses = [
            endless(media_type, &whole[..19]),
            endless(media_type, whole),
        ];
        let storage = in_turn(responses).await?;
        assert_eq!(both(&storage).await?[at].clone().await?, whole);
    }
    Ok(())
}

#[tokio::test]
async fn an_error_or_a_text_with_a_200_is_no_file() -> Outcome {
    let denied = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    for (media_type, body) in [
        ("application/xml", denied),
        ("binary/octet-stream", denied),
        ("application/octet-stream", "no such file"),
        ("text/plain", PDF),
        ("text/html", XML),
        ("application/json", "{}"),
        ("application/xml", "<html><body>Sign in</body></html>"),
        ("application/pdf", "%PD"),
    ] {
        let response = ScriptedResponse::new("200 OK", &[("content-type", media_type)], body);
        let storage = Scripted::always(response).await?;
        for request in both(&storage).await? {
            let error = read(request).await.unwrap_err();
            assert_eq!(
                (error.body().as_ref(), error.attempts()),
                (body.as_bytes(), 1)
            );
            let line = error.to_string();
            assert!(
                line.ends_with("in place of a file"),
                "{media_type} {body}: {line}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_host_in_a_private_network_is_not_asked_for_files() -> Outcome {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1:9000/a",
        "http://[::ffff:a9fe:a9fe]/a",
        "http://[fd00:ec2::254]/a",
        "https://192.168.1.1/a",
    ] {
        let api = Scripted::always(invoice(Some(url))).await?;
        // Where the URL leads is decided before anything is sent, so a client of one's own is the same.
        let own = api.builder().http_client(reqwest::Client::new()).build()?;
        for lago in [api.client()?, own] {
            let error = lago.invoices().fetch_pdf(ID).await.unwrap_err();
            assert!(
                error.is_storage() && error.attempts() == 0,
                "{url}: {error}"
            );
            assert!(
                error.to_string().contains("`allow_private_file_hosts`"),
                "{error}"
            );
        }
        let before = Scripted::always(redirect(url)).await?;
        let api = api_for(&before, "/a").await?;
        let error = api.client()?.invoices().fetch_pdf(ID).await.unwrap_err();
        assert!(
            error.to_string().contains("`allow_private_file_hosts`"),
            "{error}"
        );
        assert_eq!((before.requests().len(), error.attempts()), (1, 1));
    }
    Ok(())
}

/// An API that is not called at a loopback address, as far as anyone can see.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn loopback_is_for_clients_of_an_api_there_and_for_those_who_allow_it() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let api = api_for(&storage, "/a").await?;
    let elsewhere = api.origin().replace("127.0.0.1", "0.0.0.0");
    let builder = api.builder().base_url(elsewhere);
    let error = builder
        .clone()
        .build()?
        .invoices()
        .fetch_pdf(ID)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("`allow_private_file_hosts`"),
        "{error}"
    );
    assert_eq!(storage.requests(), []);
    let lago = builder.allow_private_file_hosts(true).build()?;
    assert_eq!(lago.invoices().fetch_pdf(ID).await?, PDF);
    Ok(())
}
