//! Addresses that files may be at, and those that they may not.

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn reach(api: &str) -> Reach {
    Reach::new(&url(api), false, |_| None)
}

#[test]
fn addresses_of_networks_machines_and_protocols_are_not_public() {
    for private in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:0a00:0001::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:0808:0808::1",
        "2606:4700::1111",
        "2a00:1450:4001:800::200e",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn a_host_that_is_an_address_is_judged_in_whatever_way_it_is_written() {
    let api = reach("https://api.example.com/api/v1");
    for refused in [
        "https://127.0.0.1/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://0177.0.0.1./a",
        "https://[::ffff:7f00:1]/a",
        "https://[fe80::1]/a",
        "https://localhost/a",
        "https://LOCALHOST./a",
        "https://files.localhost/a",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3:9000/a",
    ] {
        assert_eq!(
            api.check(&url(refused)),
            Err(InvalidFileUrl::Private),
            "{refused}"
        );
    }
    for allowed in [
        "https://files.example.com/a",
        "https://8.8.8.8/a",
        "https://[2606:4700::1111]/a",
        // By its name it is nothing; the resolver looks at its addresses.
        "https://intranet/a",
    ] {
        assert_eq!(api.check(&url(allowed)), Ok(()), "{allowed}");
    }
}

#[test]
fn the_apis_own_origin_is_allowed_and_loopback_with_an_api_there() {
    let private = reach("http://10.0.0.5:3000/api/v1");
    assert_eq!(private.check(&url("http://10.0.0.5:3000/a.pdf")), Ok(()));
    for other in [
        "http://10.0.0.5:9000/a",
        "http://10.0.0.6:3000/a",
        "http://127.0.0.1/a",
    ] {
        assert_eq!(
            private.check(&url(other)),
            Err(InvalidFileUrl::Private),
            "{other}"
        );
    }
    for local in [
        "http://localhost:3000",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
    ] {
        let local = reach(local);
        for loopback in [
            "http://127.0.0.1:9000/a",
            "http://localhost:9000/a",
            "http://[::1]/a",
        ] {
            assert_eq!(local.check(&url(loopback)), Ok(()), "{loopback}");
        }
        assert_eq!(
            local.check(&url("http://10.0.0.5/a")),
            Err(InvalidFileUrl::Private)
        );
    }
    let unbounded = Reach::new(&url("http://lago:3000"), true, |_| None);
    assert_eq!(unbounded.check(&url("http://10.0.0.5:9000/a")), Ok(()));
    assert!(unbounded.admits(Ipv4Addr::LOCALHOST.into()));
}

#[test]
fn encryption_is_not_given_up_between_api_and_file() {
    for api in [
        reach("https://lago.example.com"),
        reach("https://localhost:3000"),
    ] {
        for plain in [
            "http://files.example.com/a",
            "http://lago.example.com/a",
            "http://localhost:3000/a",
        ] {
            assert_eq!(
                api.check(&url(plain)),
                Err(InvalidFileUrl::Plain),
                "{plain}"
            );
        }
    }
    let plain = reach("http://lago.example.com");
    for file in ["http://files.example.com/a", "https://files.example.com/a"] {
        assert_eq!(plain.check(&url(file)), Ok(()));
    }
    let unbounded = Reach::new(&url("https://lago.example.com"), true, |_| None);
    assert_eq!(
        unbounded.check(&url("http://files.example.com/a")),
        Err(InvalidFileUrl::Plain)
    );
}

#[test]
fn a_proxy_is_reached_wherever_it_is_and_is_no_place_for_files() {
    let environment = |name: &str| match name {
        "HTTP_PROXY" => Some("http://user:pw@Proxy.corp:3128".to_owned()),
        "https_proxy" => Some("other.corp:3128".to_owned()),
        "ALL_PROXY" => Some("//".to_owned()),
        _ => None,
    };
    let reach = Reach::new(&url("https://api.example.com"), false, environment);
    for proxy in ["proxy.corp", "other.corp"] {
        assert!(reach.is_proxy(proxy));
        let file = url(&format!("https://{proxy}/a"));
        assert_eq!(reach.check(&file), Err(InvalidFileUrl::Private));
    }
    assert!(!reach.is_proxy("files.example.com") && !reach.is_proxy(""));
}
