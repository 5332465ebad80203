//! Callers who hold connections keep nobody out.

use super::*;

/// As much of a request as shows that there is one.
const HALF: &str = "GET / HTTP/1.1\r\nhost: loc";

const OTHER_HALF: &str = "alhost\r\nconnection: close\r\n\r\n";

async fn crowded(connections: usize) -> World {
    World::start(Limits {
        connections,
        ..limits()
    })
    .await
}

/// Reads as much of a response as a test expects.
async fn begins(stream: &mut TcpStream, expected: &str) {
    let mut bytes = vec![0; expected.len()];
    let reading = timeout(FOR_EVER, stream.read_exact(&mut bytes));
    reading.await.unwrap().unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[tokio::test]
async fn who_is_idle_makes_room_for_who_comes() {
    let world = crowded(3).await;
    let silent = world.send("").await;
    let half = world.send(HALF).await;
    let mut second_half = world.send(HALF).await;
    let mut kept = Vec::new();
    for idle in [silent, half] {
        world.service.go.notify_one();
        let mut served = world.send(GET).await;
        begins(&mut served, "HTTP/1.1 200 OK\r\n").await;
        assert_eq!(response(idle).await, "");
        kept.push(served);
    }
    // The one that was not asked to leave goes on.
    second_half.write_all(OTHER_HALF.as_bytes()).await.unwrap();
    world.service.go.notify_one();
    begins(&mut second_half, "HTTP/1.1 200 OK\r\n").await;
}

#[tokio::test]
async fn who_is_served_keeps_the_place_until_the_response_is_there() {
    let world = crowded(1).await;
    let first = world.send(GET).await;
    world.service.has_one.notified().await;
    let second = world.send(&format!("{POST}abcd")).await;
    world.service.go.notify_one();
    // Whole, and then closed, although it would have been kept.
    let said = response(first).await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(said.ends_with("\r\n\r\n"), "{said}");
    world.service.has_one.notified().await;
    world.service.go.notify_one();
    assert!(response(second).await.ends_with("\r\n\r\nabcd"));
}

/// More than its sockets keep: it does not read, and goes neither at once nor after others.
#[tokio::test]
async fn who_does_not_read_keeps_out_nobody_either() {
    const LARGE: usize = 32 << 20;
    let world = World::start(Limits {
        body_bytes: LARGE,
        connections: 2,
        write: Duration::from_secs(3600),
        stop: Duration::from_millis(1),
        ..limits()
    })
    .await;
    let head = POST.replace("content-length: 4", &format!("content-length: {LARGE}"));
    let head = head.replace("connection: close\r\n", "");
    let full = world.send(&format!("{head}{}", "a".repeat(LARGE))).await;
    world.service.has_one.notified().await;
    world.service.go.notify_one();
    // It has no request any more once it is told.
    assert_eq!(world.line().await, "POST - 200 POST");
    let idle = world.send("").await;
    world.service.go.notify_one();
    let served = response(world.send(&format!("{POST}abcd")).await).await;
    assert!(served.ends_with("\r\n\r\nabcd"), "{served}");
    assert_eq!(response(idle).await, "");
    drop(full);
}

#[tokio::test]
async fn a_first_request_has_to_come_soon() {
    let world = World::start(Limits {
        first_head: Duration::from_millis(50),
        ..limits()
    })
    .await;
    let mut kept = world.send(GET).await;
    world.service.go.notify_one();
    begins(&mut kept, "HTTP/1.1 200 OK\r\n").await;
    for late in ["", HALF] {
        assert_eq!(response(world.send(late).await).await, "");
    }
    // After its first one a connection may be kept for longer.
    kept.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    world.service.go.notify_one();
    let rest = response(kept).await;
    assert!(rest.contains("HTTP/1.1 200 OK\r\n"), "{rest}");
}

#[tokio::test]
async fn who_is_not_let_in_does_not_keep_the_connection() {
    let world = crowded(1).await;
    let foreign = GET.replace("localhost", "evil.example");
    let said = response(world.send(&format!("{foreign}{foreign}")).await).await;
    assert_eq!(said.matches("gateway_foreign_host").count(), 1, "{said}");
    assert_eq!(world.line().await, "GET - 403 gateway_foreign_host");
}
