#!/usr/bin/env bash
# Makes the keys and tokens of the signature tests anew, with openssl and not with what is tested: for RSA keys of
# 2,048 and 4,096 bits the public key and a token of theirs, as Lago signs. The private keys are thrown away.
set -euo pipefail
cd "$(dirname "$0")"

encode() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s' '{"webhook_type":"tea.ready","object_type":"tea","tea":{"cups":2}}' >body.json
claims=$(printf '{"data":"%s","iss":"https://lago.example.com"}' "$(sed 's/"/\\"/g' body.json)")
for bits in 2048 4096; do
    openssl genrsa -out "$work/key.pem" "$bits"
    openssl rsa -in "$work/key.pem" -pubout -out "rsa$bits.pem"
    message="$(printf '%s' '{"alg":"RS256"}' | encode).$(printf '%s' "$claims" | encode)"
    printf '%s.%s' "$message" "$(printf '%s' "$message" | openssl dgst -sha256 -sign "$work/key.pem" | encode)" \
        >"rsa$bits.jwt"
done
# One that is too small for a signature to mean anything.
openssl genrsa -out "$work/key.pem" 1024
openssl rsa -in "$work/key.pem" -pubout -out rsa1024.pem
