//! Who may send requests, decided from their head.
//!
//! A page in a browser reaches every port of its computer, and what it sends is executed even where it may not read the
//! response. What it sends to a port on loopback names either the page's own host, after its owner had that name resolve to
//! 127.0.0.1, or says in `Origin` or `Sec-Fetch-Site` that the page is another's. A page that another program of this
//! computer serves, at another port, is another's as well.

use std::net::IpAddr;

use http::header::{HOST, HeaderValue, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, Uri};

use crate::gateway::bearer::Bearer;
use crate::gateway::refusal::Refusal;

/// Lets requests in.
pub(super) struct Gate {
    /// Only who names this computer is let in.
    is_loopback: bool,
    bearer: Option<Bearer>,
}

impl Gate {
    /// Of what listens at an address.
    pub(super) fn new(address: IpAddr, bearer: Option<Bearer>) -> Self {
        Self {
            is_loopback: address.is_loopback(),
            bearer,
        }
    }

    pub(super) fn demands_bearer(&self) -> bool {
        self.bearer.is_some()
    }

    /// Lets a request in, or says why not.
    pub(super) fn admit(&self, head: &Parts) -> Result<(), Refusal> {
        if self.is_loopback && !names_this_computer(head) {
            let message =
                "the gateway listens for this computer alone: address it as localhost or 127.0.0.1";
            let status = StatusCode::FORBIDDEN;
            return Err(Refusal::new(status, "gateway_foreign_host", message));
        }
        if !is_of_no_other_page(head) {
            let message = "the gateway is not for pages in browsers: call it from a program";
            let status = StatusCode::FORBIDDEN;
            return Err(Refusal::new(status, "gateway_foreign_origin", message));
        }
        match &self.bearer {
            Some(bearer) if !bearer.admits(&head.headers) => {
                let message = "send the secret of this gateway as `Authorization: Bearer SECRET`";
                Err(Refusal::unauthorized("gateway_bearer", message))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a request names this computer as its host, once, and in the URL as well if that has a host.
fn names_this_computer(head: &Parts) -> bool {
    let mut hosts = head.headers.get_all(HOST).iter();
    let host = hosts.next().and_then(authority);
    let is_only = hosts.next().is_none();
    let in_url = head.uri.authority();
    is_only && host.is_some_and(|host| is_local(&host)) && in_url.is_none_or(is_local)
}

fn authority(value: &HeaderValue) -> Option<Authority> {
    Authority::try_from(value.as_bytes()).ok()
}

/// Whether it is no page's request, or that of a page of the host to which it goes: name and port are the same.
fn is_of_no_other_page(head: &Parts) -> bool {
    let mut hosts = head.headers.get_all(HOST).iter();
    let host = hosts.next().and_then(authority);
    let host = host.filter(|_| hosts.next().is_none());
    let is_own_origin = |origin: &HeaderValue| {
        let origin = Uri::try_from(origin.as_bytes()).ok();
        let authority = origin.and_then(|origin| origin.into_parts().authority);
        authority.is_some() && authority == host
    };
    let is_own_site = |site: &HeaderValue| site == "same-origin" || site == "none";
    let mut origins = head.headers.get_all(ORIGIN).iter();
    let mut sites = head.headers.get_all("sec-fetch-site").iter();
    origins.all(is_own_origin) && sites.all(is_own_site)
}

/// Whether it is a name or an address of this computer that nobody else can have.
fn is_local(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.to_ascii_lowercase();
    let is_name = name == "localhost" || name.ends_with(".localhost");
    let is_address = address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    !authority.as_str().contains('@') && (is_name || is_address)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(target: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::get(target), |request, (name, value)| {
                request.header(*name, *value)
            });
        request.body(()).unwrap().into_parts().0
    }

    fn code(gate: &Gate, head: &Parts) -> Option<&'static str> {
        gate.admit(head).err().map(|refusal| refusal.code())
    }

    #[test]
    fn on_loopback_a_request_names_this_computer() {
        let gate = Gate::new([127, 0, 0, 1].into(), None);
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "127.8.0.1",
            "[::1]:8080",
            "lago.localhost",
        ] {
            assert_eq!(code(&gate, &head("/", &[("host", host)])), None, "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:127",
            "localhost@evil.example",
            "evil.example@localhost",
            "10.0.0.1",
            "[::2]",
            "notlocalhost",
        ] {
            let said = code(&gate, &head("/", &[("host", host)]));
            assert_eq!(said, Some("gateway_foreign_host"), "{host}");
        }
        for wrong in [
            head("/", &[]),
            head("/", &[("host", "localhost"), ("host", "localhost")]),
            head("http://evil.example/", &[("host", "localhost")]),
        ] {
            assert_eq!(code(&gate, &wrong), Some("gateway_foreign_host"));
        }
        let elsewhere = Gate::new([0, 0, 0, 0].into(), None);
        assert_eq!(
            code(&elsewhere, &head("/", &[("host", "lago.example")])),
            None
        );
    }

    #[test]
    fn a_page_of_another_origin_is_not_let_in() {
        for gate in [[127, 0, 0, 1], [0, 0, 0, 0]].map(|ip| Gate::new(ip.into(), None)) {
            for (name, value, is_let_in) in [
                ("origin", "http://localhost:8080", true),
                ("origin", "http://LOCALHOST:8080", true),
                ("origin", "http://localhost:3000", false),
                ("origin", "http://localhost", false),
                ("origin", "http://127.0.0.1:8080", false),
                ("origin", "http://a@localhost:8080", false),
                ("origin", "null", false),
                ("origin", "https://evil.example", false),
                ("origin", "http://localhost.evil.example", false),
                ("origin", "localhost.evil.example", false),
                ("origin", "", false),
                ("sec-fetch-site", "same-origin", true),
                ("sec-fetch-site", "none", true),
                ("sec-fetch-site", "same-site", false),
                ("sec-fetch-site", "cross-site", false),
                ("sec-fetch-site", "", false),
            ] {
                let sent = [("host", "localhost:8080"), (name, value)];
                let said = code(&gate, &head("/", &sent));
                assert_eq!(said.is_none(), is_let_in, "{name}: {value}");
            }
            let twice = [
                ("host", "a.example"),
                ("host", "b.example"),
                ("origin", "http://a.example"),
            ];
            assert!(code(&gate, &head("/", &twice)).is_some());
            assert!(code(&gate, &head("/", &[("origin", "http://a.example")])).is_some());
        }
    }

    #[test]
    fn with_a_bearer_nobody_comes_in_without() {
        let bearer = Bearer::new("0123456789abcdef").unwrap();
        let gate = Gate::new([0, 0, 0, 0].into(), Some(bearer));
        assert_eq!(code(&gate, &head("/", &[])), Some("gateway_bearer"));
        let right = [("authorization", "Bearer 0123456789abcdef")];
        assert_eq!(code(&gate, &head("/", &right)), None);
    }
}
