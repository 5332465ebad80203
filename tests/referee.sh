#!/usr/bin/env bash
# Lets two programs that nobody here wrote judge the client and the stand-in by openapi.yaml and its overlay:
#
#   1. Prism stands as a proxy before the stand-in and refuses each request and each response that is not as the document
#      says. All inputs of the coverage test go through it.
#   2. schemathesis calls the stand-in with whatever the document allows, and checks each response against it.
#
#   tests/referee.sh [prism|schemathesis]...
#
# Needs node with npm, python3 with venv, and the two registries. Nothing is installed outside of target/referee.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/servers.sh

judges=${*:-prism schemathesis}
folder=$target/referee
mkdir -p "$folder"

cargo xtask spec merged --format json >"$folder/published.json"
# Both look for paths at the root of the server, whatever `servers` says.
python3 - "$folder/published.json" "$folder/merged.json" <<'PYTHON'
import json, sys, urllib.parse

published, rooted = sys.argv[1:]
document = json.load(open(published))
base = lambda holder: urllib.parse.urlparse(holder[0]["url"]).path.rstrip("/") or "/api/v1"
everywhere = base(document["servers"])
paths = {}
for path, item in document["paths"].items():
    for key, operation in item.items():
        own = operation.pop("servers", None) if isinstance(operation, dict) else None
        paths.setdefault((base(own) if own else everywhere) + path, {})[key] = operation
for item in paths.values():
    item.pop("servers", None)
document["paths"] = paths
document["servers"] = [{"url": "/"}]
json.dump(document, open(rooted, "w"))
PYTHON

stand_in() { # port
    cargo run --quiet -p lago-tests --bin mock -- --port "$1" >"$folder/mock.log" 2>&1 &
    started+=($!)
    wait_for "$1" $!
}

failed=0
if [[ " $judges " == *" prism "* ]]; then
    npm install --silent --no-audit --no-fund --prefix "$folder" @stoplight/prism-cli
    behind=$(free_port)
    stand_in "$behind"
    port=$(free_port)
    "$folder/node_modules/.bin/prism" proxy --errors --host 127.0.0.1 --port "$port" "$folder/merged.json" \
        "http://127.0.0.1:$behind" >"$folder/prism.log" 2>&1 &
    started+=($!)
    wait_for "$port" $!
    LAGO_REFEREE_URL=http://127.0.0.1:$port cargo test -p lago-tests --test it -- \
        --ignored --nocapture coverage::referee || failed=1
fi
if [[ " $judges " == *" schemathesis "* ]]; then
    [[ -x $folder/venv/bin/schemathesis ]] || {
        python3 -m venv "$folder/venv"
        "$folder/venv/bin/pip" install --quiet schemathesis
    }
    port=$(free_port)
    stand_in "$port"
    # Statuses are not looked at: Lago, and the stand-in after it, says 400 to an empty root, which the document has of
    # some operations only. An event that is new has no customer, and the example of the stand-in has one.
    # It leaves a folder of cases where it runs.
    (cd "$folder" && venv/bin/schemathesis run merged.json --url "http://127.0.0.1:$port" \
        --header "Authorization: Bearer any" --seed 1 --max-examples "${EXAMPLES:-5}" --mode positive \
        --checks not_a_server_error,content_type_conformance,response_schema_conformance \
        --exclude-operation-id createEvent --exclude-operation-id createBatchEvents --continue-on-failure) || failed=1
fi
exit "$failed"
