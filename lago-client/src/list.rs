//! Lists: which page is asked for, a walk over pages, a walk over elements.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

#[cfg(feature = "blocking")]
use crate::client::Client;
use crate::error::Error;
use crate::page::Page;
use crate::request::{Call, Request};

/// How many pages in a row may bring nothing. The server keeps its count of pages for half an hour:
/// what is deleted meanwhile leaves empty pages at the end, each standing for `per_page` elements.
const MOST_EMPTY: u32 = 100;

/// A call that gives one page of a list.
pub trait ListCall: Call<Output = Page<Self::Item>> {
    /// An element of the list.
    type Item: Send + 'static;

    /// What is asked for.
    #[doc(hidden)]
    fn paging(&mut self) -> &mut Paging;
}

/// Which page of a list is asked for, and how large it is.
#[derive(Clone, Copy, Debug, Default)]
#[doc(hidden)]
pub struct Paging {
    pub(crate) page: Option<i64>,
    pub(crate) per_page: Option<i64>,
}

impl<C: ListCall> Request<C> {
    /// Number of the page to return, counted from 1.
    pub fn page(mut self, page: impl Into<i64>) -> Self {
        self.call.paging().page = Some(page.into());
        self
    }

    /// How many records a page holds; 100 when left out.
    ///
    /// Zero makes the server respond with 500.
    pub fn per_page(mut self, per_page: impl Into<i64>) -> Self {
        self.call.paging().per_page = Some(per_page.into());
        self
    }

    /// Every element of the list from the page that is asked for, page after page.
    pub fn items(self) -> Items<C> {
        Items::new(self)
    }

    /// Every page of the list from the one that is asked for.
    pub fn pages(self) -> Pages<C> {
        Pages::new(self)
    }
}

type Fetch<C> = Pin<Box<dyn Future<Output = Result<<C as Call>::Output, Error>> + Send>>;

/// Every page of a list from the one that the request asks for, each fetched when it is polled for.
///
/// It follows `next_page`, goes on over an empty page, and ends when `next_page` does not grow. 100
/// empty pages in a row that name another are an error ([`is_endless`](Error::is_endless)): some
/// server in between does not stop.
/// Dropping it between two pages, or while one is being fetched, loses nothing: begin again with
/// the page that was asked for last.
#[must_use = "a stream does nothing unless polled"]
pub struct Pages<C: ListCall> {
    request: Option<Request<C>>,
    fetching: Option<Fetch<C>>,
    /// How many pages in a row had no element.
    empty: u32,
}

impl<C: ListCall> Pages<C> {
    pub(crate) fn new(request: Request<C>) -> Self {
        Self {
            request: Some(request),
            fetching: None,
            empty: 0,
        }
    }

    /// Of the pages that are still to come; none when the walk is over.
    #[cfg(feature = "blocking")]
    pub(crate) fn client(&self) -> Option<&Client> {
        Some(&self.request.as_ref()?.client)
    }

    /// The request for the page after this one; none when the walk is over.
    fn after(&self, page: &Page<C::Item>) -> Option<Request<C>> {
        let mut request = self.request.clone()?;
        let asked = &mut request.call.paging().page;
        let next = page.next_page().filter(|next| *next > asked.unwrap_or(1))?;
        *asked = Some(next);
        Some(request)
    }
}

impl<C: ListCall + Unpin> Pages<C> {
    /// The next page; none when the walk is over. For a plain `while let`, without an extension
    /// trait.
    pub async fn next(&mut self) -> Option<Result<Page<C::Item>, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<C: ListCall + Unpin> Stream for Pages<C> {
    type Item = Result<Page<C::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(request) = &this.request else {
            return Poll::Ready(None);
        };
        if this.empty >= MOST_EMPTY {
            this.request = None;
            return Poll::Ready(Some(Err(Error::endless(C::OPERATION, this.empty))));
        }
        let fetching = this
            .fetching
            .get_or_insert_with(|| Box::pin(request.clone().send()));
        let Poll::Ready(outcome) = fetching.as_mut().poll(cx) else {
            return Poll::Pending;
        };
        this.fetching = None;
        this.request = match &outcome {
            Ok(page) => {
                this.empty = if page.is_empty() { this.empty + 1 } else { 0 };
                this.after(page)
            }
            // What failed may be asked for again by a new walk; this one is over.
            Err(_) => None,
        };
        Poll::Ready(Some(outcome))
    }
}

/// Every element of a list, page after page. It goes on over empty pages as [`Pages`] does, up to 100
/// in a row.
#[must_use = "a stream does nothing unless polled"]
pub struct Items<C: ListCall> {
    pages: Pages<C>,
    page: std::vec::IntoIter<C::Item>,
}

impl<C: ListCall> Items<C> {
    pub(crate) fn new(request: Request<C>) -> Self {
        Self {
            pages: Pages::new(request),
            page: Vec::new().into_iter(),
        }
    }

    /// The pages that are still to come, and what is left of the last one.
    #[cfg(feature = "blocking")]
    pub(crate) fn into_parts(self) -> (Pages<C>, std::vec::IntoIter<C::Item>) {
        (self.pages, self.page)
    }
}

impl<C: ListCall + Unpin> Items<C>
where
    C::Item: Unpin,
{
    /// The next element; none when the walk is over. For a plain `while let`, without an extension
    /// trait.
    pub async fn next(&mut self) -> Option<Result<C::Item, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<C: ListCall + Unpin> Stream for Items<C>
where
    C::Item: Unpin,
{
    type Item = Result<C::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match Pin::new(&mut self.pages).poll_next(cx) {
                Poll::Ready(Some(Ok(page))) => self.page = page.into_iter(),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
