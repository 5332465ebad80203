#!/usr/bin/env bash
# Makes the certificates of the TLS tests anew: one for localhost and 127.0.0.1, and the authority that it is of. The
# authority's key is thrown away, so that nobody can make another one. Needs openssl.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${key[@]}" -keyout "$work/ca.key" -out ca.pem -days 36500 -subj "/CN=Authority of the TLS tests" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
openssl req "${key[@]}" -keyout server.key.pem -out "$work/server.csr" -subj "/CN=localhost"
openssl x509 -req -in "$work/server.csr" -CA ca.pem -CAkey "$work/ca.key" -out server.pem -days 36500 \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
