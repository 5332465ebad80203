//! What files begin and end with, which tells them from what stands in their place, and whole ones
//! from others.

/// A format in which Lago makes files.
#[allow(dead_code, reason = "some documents have no files")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Pdf,
    Xml,
}

/// What the first bytes of a response are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Those of a file, which ends like this.
    File(End),
    /// Those of something else.
    Other,
    /// Too few to tell.
    Unclear,
}

/// What a file ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Pdf,
    /// The end of the root element, which has this name, prefix and all.
    Xml(Vec<u8>),
}

/// What storages call bytes that they know nothing of.
const ANYTHING: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

const PDF: &[u8] = b"%PDF-";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What may stand before the root element of XML. A `DOCTYPE` does not: documents for programs have
/// none, and pages have.
const PROLOG: [(&[u8], &[u8]); 2] = [(b"<?", b"?>"), (b"<!--", b"-->")];

/// In bytes.
const LONGEST_PROLOG: usize = 16 << 10;

/// The root elements of e-invoices. UBL has one for each kind of document, the last of them for
/// receipts; Cross Industry Invoice has one for all.
const ROOTS: [&[u8]; 4] = [
    b"Invoice",
    b"CreditNote",
    b"ApplicationResponse",
    b"CrossIndustryInvoice",
];

/// In bytes, of the end of a file: as much as readers of PDF look at.
const TAIL: usize = 1 << 10;

impl Format {
    /// Whether a response of this media type may be a file; storages that name none are taken at their
    /// first bytes.
    pub(super) fn admits(self, content_type: Option<&str>) -> bool {
        let media_type = content_type.unwrap_or_default().split(';').next();
        let media_type = media_type.unwrap_or_default().trim().to_ascii_lowercase();
        let own: &[&str] = match self {
            Self::Pdf => &["application/pdf", "application/x-pdf"],
            Self::Xml => &["application/xml", "text/xml"],
        };
        media_type.is_empty() || ANYTHING.iter().chain(own).any(|known| *known == media_type)
    }

    /// What these bytes are the beginning of.
    pub(super) fn beginning(self, bytes: &[u8]) -> Beginning {
        match self {
            Self::Pdf if bytes.starts_with(PDF) => Beginning::File(End::Pdf),
            Self::Pdf if PDF.starts_with(bytes) => Beginning::Unclear,
            Self::Pdf => Beginning::Other,
            Self::Xml => match xml(bytes) {
                Beginning::Unclear if bytes.len() > LONGEST_PROLOG => Beginning::Other,
                beginning => beginning,
            },
        }
    }
}

fn xml(bytes: &[u8]) -> Beginning {
    let mut rest = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        let skipped = PROLOG.iter().find(|(begin, _)| rest.starts_with(begin));
        if let Some((begin, end)) = skipped {
            let inside = &rest[begin.len()..];
            match inside.windows(end.len()).position(|part| part == *end) {
                Some(at) => rest = &inside[at + end.len()..],
                None => return Beginning::Unclear,
            }
            continue;
        }
        let may_go_on = [BYTE_ORDER_MARK, PROLOG[0].0, PROLOG[1].0];
        if may_go_on.iter().any(|begin| begin.starts_with(rest)) {
            return Beginning::Unclear;
        }
        let Some(tag) = rest.strip_prefix(b"<") else {
            return Beginning::Other;
        };
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/>".contains(byte);
        let Some(length) = tag.iter().position(ends) else {
            return Beginning::Unclear;
        };
        let name = &tag[..length];
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        return match ROOTS.contains(&local) {
            true => Beginning::File(End::Xml(name.to_vec())),
            false => Beginning::Other,
        };
    }
}

impl End {
    /// Whether a file that ends with these bytes is whole.
    fn closes(&self, bytes: &[u8]) -> bool {
        let bytes = bytes.trim_ascii_end();
        match self {
            Self::Pdf => bytes.ends_with(b"%%EOF"),
            Self::Xml(root) => {
                let tag = bytes.strip_suffix(b">").map(<[u8]>::trim_ascii_end);
                let tag = tag.and_then(|tag| tag.strip_suffix(root.as_slice()));
                tag.is_some_and(|tag| tag.ends_with(b"</"))
            }
        }
    }
}

/// The end of a file so far, where nothing but that says whether it is whole: its length is not
/// known, and a connection that is closed looks like one that breaks.
#[derive(Debug)]
pub(super) struct Tail {
    end: End,
    bytes: Vec<u8>,
}

impl Tail {
    pub(super) fn new(end: End) -> Self {
        let bytes = Vec::new();
        Self { end, bytes }
    }

    /// Goes on with these bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes
            .extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        let surplus = self.bytes.len().saturating_sub(TAIL);
        self.bytes.drain(..surplus);
    }

    /// Whether the file may end here.
    pub(super) fn is_whole(&self) -> bool {
        self.end.closes(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UBL: &str =
        "<?xml version=\"1.0\"?>\n<!-- > --><ubl:Invoice xmlns:ubl='x'><a/></ubl:Invoice>\n";

    fn beginning(format: Format, bytes: &str) -> Beginning {
        format.beginning(bytes.as_bytes())
    }

    #[test]
    fn media_types_of_files_and_of_anything_are_admitted_and_no_others() {
        for (format, own) in [
            (Format::Pdf, "Application/PDF"),
            (Format::Xml, "text/xml; charset=utf-8"),
        ] {
            for admitted in [own, "binary/octet-stream", " ", ""] {
                assert!(format.admits(Some(admitted)), "{admitted}");
            }
            assert!(format.admits(None));
            for other in [
                "text/plain",
                "text/html",
                "application/json",
                "x",
                "image/png",
            ] {
                assert!(!format.admits(Some(other)), "{other}");
            }
        }
        assert!(!Format::Pdf.admits(Some("application/xml")));
        assert!(!Format::Xml.admits(Some("application/pdf")));
    }

    #[test]
    fn files_are_told_from_errors_and_pages_by_their_first_bytes() {
        assert_eq!(
            beginning(Format::Pdf, "%PDF-1.7\n"),
            Beginning::File(End::Pdf)
        );
        for other in ["<Error><Code>", "no such key", "\n%PDF-1.7", "<html>", "{}"] {
            assert_eq!(beginning(Format::Pdf, other), Beginning::Other, "{other}");
        }
        for root in [
            "Invoice",
            "cn:CreditNote",
            "rsm:CrossIndustryInvoice",
            "ApplicationResponse",
        ] {
            for text in [
                format!("<{root}/>"),
                format!("\u{feff}<?xml version='1.0'?><{root} a='b'>"),
                format!("\n<!-- <Error> --><!----><{root}\n>"),
            ] {
                let file = Beginning::File(End::Xml(root.into()));
                assert_eq!(beginning(Format::Xml, &text), file, "{text}");
            }
        }
        for other in [
            "<Error>",
            "<?xml version='1.0'?><Error><Code>AccessDenied</Code>",
            "<!DOCTYPE html>",
            "<html lang='en'>",
            "<InvoiceError>",
            "<x:Invoices>",
            "no such key",
            "%PDF-1.7",
        ] {
            assert_eq!(beginning(Format::Xml, other), Beginning::Other, "{other}");
        }
    }

    #[test]
    fn a_file_that_begins_with_nothing_but_space_is_none() {
        let spaces = " ".repeat(LONGEST_PROLOG);
        assert_eq!(beginning(Format::Xml, &spaces), Beginning::Unclear);
        assert_eq!(beginning(Format::Xml, &(spaces + " ")), Beginning::Other);
    }

    #[test]
    fn a_whole_file_ends_with_its_mark() {
        let end = |format: Format, text: &str| match beginning(format, text) {
            Beginning::File(end) => end.closes(text.as_bytes()),
            _ => false,
        };
        assert!(end(Format::Pdf, "%PDF-1.7 … %%EOF\r\n"));
        assert!(!end(Format::Pdf, "%PDF-1.7 %%EOF\nand on"));
        assert!(end(Format::Xml, UBL));
        assert!(end(Format::Xml, "<Invoice>…</Invoice >"));
        assert!(!end(Format::Xml, "<Invoice><a:Invoice></a:Invoice>"));
        assert!(!end(Format::Xml, "<Invoice>…</Invoice>…"));
    }

    proptest! {
        #[test]
        fn whatever_the_chunks_the_beginning_and_the_end_are_the_same(
            cuts in prop::collection::vec(0_usize..3000, 0..6),
            filler in 0_usize..3000,
        ) {
            let xml = UBL.replace("<a/>", &"<a/>".repeat(filler / 4));
            let pdf = format!("%PDF-1.7{}%%EOF\n", "x".repeat(filler));
            for (format, text) in [(Format::Xml, xml), (Format::Pdf, pdf)] {
                let bytes = text.as_bytes();
                let Beginning::File(end) = format.beginning(bytes) else {
                    return Err(TestCaseError::fail("no file"));
                };
                // A part is never taken for anything else.
                for length in 0..bytes.len().min(120) {
                    prop_assert_ne!(format.beginning(&bytes[..length]), Beginning::Other);
                }
                let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % bytes.len()).collect();
                cuts.sort_unstable();
                let mut tail = Tail::new(end);
                let mut from = 0;
                for cut in cuts {
                    tail.push(&bytes[from..cut]);
                    prop_assert!(!tail.is_whole() || bytes[cut..].trim_ascii().is_empty());
                    from = cut;
                }
                tail.push(&bytes[from..]);
                prop_assert!(tail.is_whole());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Format::Xml.beginning(&[b"<?xml?>".as_slice(), &bytes].concat());
            let _ = Format::Xml.beginning(&bytes);
        }
    }
}
