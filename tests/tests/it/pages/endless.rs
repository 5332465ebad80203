//! Lists that do not end.

use super::*;

/// How many empty pages in a row are followed.
const MOST_EMPTY: usize = 100;

/// A list with an element on each page of these numbers, and another page after each.
async fn endless(with_element: &'static [i64]) -> Result<Scripted, Box<dyn Error>> {
    let server = Scripted::start(move |request| {
        let number = page_of(request).unwrap_or(1);
        let items = with_element.contains(&number).then(|| tax("a"));
        ScriptedResponse::json(
            "200 OK",
            page("taxes", items.into_iter().collect(), Some(number + 1)),
        )
    });
    Ok(server.await?)
}

#[tokio::test]
async fn empty_pages_without_end_are_an_error_after_a_hundred() -> Outcome {
    let server = endless(&[1, 100]).await?;
    let lago = server.client()?;
    let mut items = lago.taxes().list().items();
    assert!(items.try_next().await?.is_some());
    assert!(items.try_next().await?.is_some());
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_endless() && !error.is_ambiguous(), "{error:?}");
    assert_eq!(
        error.to_string(),
        "GET /taxes: the list goes on, and its pages are empty, 100 in a row"
    );
    // Counting begins anew at page 100.
    assert_eq!(server.requests().len(), 100 + MOST_EMPTY);
    assert!(items.next().await.is_none());

    let server = endless(&[]).await?;
    let pages = server.client()?.taxes().list().pages();
    let pages: Vec<_> = pages.collect().await;
    assert_eq!(pages.len(), MOST_EMPTY + 1);
    let failed = pages.iter().position(Result::is_err);
    assert_eq!(
        (failed, server.requests().len()),
        (Some(MOST_EMPTY), MOST_EMPTY)
    );
    Ok(())
}

#[tokio::test]
async fn a_hundred_empty_pages_are_a_list_when_they_end() -> Outcome {
    let server = Scripted::start(|request| {
        let number = page_of(request).unwrap_or(1);
        ScriptedResponse::json("200 OK", taxes([], (number < 100).then_some(number + 1)))
    });
    let server = server.await?;
    assert_eq!(
        codes(server.client()?.taxes().list().items()).await?,
        [""; 0]
    );
    assert_eq!(server.requests().len(), MOST_EMPTY);
    Ok(())
}
