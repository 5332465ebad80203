//! Files as streams.

use futures::TryStreamExt;

use super::*;

#[tokio::test]
async fn a_stream_has_the_chunks_of_the_file_and_an_end() -> Outcome {
    let storage =
        Scripted::always(ScriptedResponse::chunked(&["%PD", "F-1", " and", " more"])).await?;
    let api = api_for(&storage, "/a").await?;
    let mut stream = api.client()?.invoices().fetch_pdf(ID).stream();
    let chunks: Vec<_> = (&mut stream).try_collect().await?;
    assert_eq!(chunks.concat(), b"%PDF-1 and more");
    assert!(stream.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn a_chunk_is_there_before_the_file_is() -> Outcome {
    let begun = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n%PDF-\r\n";
    let storage = Scripted::always(ScriptedResponse::raw(begun).hanging()).await?;
    let api = api_for(&storage, "/a").await?;
    let mut stream = api.client()?.invoices().fetch_pdf(ID).stream();
    let first = stream.next().await.ok_or("no chunk")??;
    assert_eq!(first, "%PDF-");
    Ok(())
}

#[tokio::test]
async fn what_fails_before_the_file_begins_is_tried_again_and_later_it_is_an_error() -> Outcome {
    let torn = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n%PDF-\r\n";
    let responses = [
        ScriptedResponse::raw("").closing(),
        ScriptedResponse::new("503 Slow Down", &[], ""),
        ScriptedResponse::raw(torn).closing(),
    ];
    let storage = in_turn(responses).await?;
    let api = api_for(&storage, "/a?signature=x").await?;
    let request = api.client()?.invoices().fetch_pdf(ID).retry(hasty());
    let mut stream = request.stream();
    assert_eq!(stream.next().await.ok_or("no chunk")??, "%PDF-");
    let error = stream.next().await.ok_or("no error")?.unwrap_err();
    assert!(error.is_transport() && error.is_storage(), "{error}");
    assert!(!format!("{error} {error:?}").contains("signature"));
    assert!(stream.next().await.is_none());
    assert_eq!(storage.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_stream_of_no_file_is_the_error_alone() -> Outcome {
    let api = Scripted::always(ScriptedResponse::json("404 Not Found", "{}")).await?;
    let mut stream = api.client()?.invoices().fetch_pdf(ID).stream();
    let error = stream.next().await.ok_or("no error")?.unwrap_err();
    assert!(error.is_not_found());
    assert!(stream.next().await.is_none());
    Ok(())
}
