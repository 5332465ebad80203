//! Streams as iterators.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;

use super::wait;
use crate::client::Client;
use crate::download::FileStream;
use crate::error::Error;
use crate::list::{Items, ListCall, Pages};
use crate::operation::Operation;
use crate::page::Page;

/// A stream that is polled in the background, one step at a time.
struct Steps<S> {
    /// None when it is over already.
    client: Option<Client>,
    operation: &'static Operation,
    /// None when it is over.
    stream: Option<S>,
}

impl<T, S> Steps<S>
where
    T: Send + 'static,
    S: Stream<Item = Result<T, Error>> + Unpin + Send + 'static,
{
    fn next(&mut self) -> Option<Result<T, Error>> {
        let (client, mut stream) = (self.client.as_ref()?, self.stream.take()?);
        let step = async move {
            let item = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await;
            Ok((item, stream))
        };
        match wait(client, self.operation, step) {
            Ok((item, stream)) => {
                self.stream = item.is_some().then_some(stream);
                item
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// Every page of a list: see [`Pages::wait`]. It ends after an error.
#[must_use = "an iterator does nothing unless asked"]
pub struct PagesIter<C: ListCall>(Steps<Pages<C>>);

impl<C: ListCall + Unpin> PagesIter<C> {
    pub(super) fn new(pages: Pages<C>) -> Self {
        Self(Steps {
            client: pages.client().cloned(),
            operation: C::OPERATION,
            stream: Some(pages),
        })
    }
}

impl<C: ListCall + Unpin> Iterator for PagesIter<C> {
    type Item = Result<Page<C::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// Every element of a list: see [`Items::wait`]. It ends after an error.
#[must_use = "an iterator does nothing unless asked"]
pub struct ItemsIter<C: ListCall> {
    pages: PagesIter<C>,
    page: std::vec::IntoIter<C::Item>,
}

impl<C: ListCall + Unpin> ItemsIter<C> {
    pub(super) fn new(items: Items<C>) -> Self {
        let (pages, page) = items.into_parts();
        Self {
            pages: PagesIter::new(pages),
            page,
        }
    }
}

impl<C: ListCall + Unpin> Iterator for ItemsIter<C> {
    type Item = Result<C::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// A file chunk by chunk: see [`FileStream::wait`]. It ends after an error.
#[must_use = "an iterator does nothing unless asked"]
pub struct FileChunks(Steps<FileStream>);

impl FileChunks {
    pub(super) fn new(stream: FileStream) -> Self {
        Self(Steps {
            client: Some(stream.client().clone()),
            operation: stream.operation(),
            stream: Some(stream),
        })
    }
}

impl Iterator for FileChunks {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<C: ListCall> fmt::Debug for PagesIter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagesIter")
            .field("is_over", &self.0.stream.is_none())
            .finish()
    }
}

impl<C: ListCall> fmt::Debug for ItemsIter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsIter")
            .field("pages", &self.pages)
            .field("read", &self.page.len())
            .finish()
    }
}

impl fmt::Debug for FileChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileChunks")
            .field("is_over", &self.0.stream.is_none())
            .finish()
    }
}
