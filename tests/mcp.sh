#!/usr/bin/env bash
# Lets programs that nobody here wrote talk to `lago-gateway mcp`, which stands before the stand-in:
#
#   1. The protocol's conformance suite, with the scenarios of a server: those of the protocol of 2026-07-28 that ask for
#      no tools of their own, and the beginning of the one before. What fails for a known reason stands in
#      tests/mcp-expected.yml.
#   2. The inspector's command line, over HTTP and over the standard streams.
#   3. The client in Python, by the new protocol and by the old one.
#   4. The client in TypeScript, the same.
#
#   tests/mcp.sh [conformance|inspector|python|typescript]...
#
# Needs node with npm, python3 with venv, and the two registries. Nothing is installed outside of target/mcp.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/servers.sh

judges=${*:-conformance inspector python typescript}
folder=$target/mcp
mkdir -p "$folder"

cargo build --quiet -p lago-tests --bin mock --bin gateway
programs=$target/debug
lago=$(free_port)
"$programs/mock" --port "$lago" --stateful >"$folder/mock.log" 2>&1 &
started+=($!)
wait_for "$lago" $!
export LAGO_API_KEY=any LAGO_API_URL=http://127.0.0.1:$lago
port=$(free_port)
"$programs/gateway" mcp --port "$port" --toolsets all --allow-writes 2>"$folder/gateway.log" &
started+=($!)
wait_for "$port" $!
url=http://127.0.0.1:$port/mcp

npm_install() { # package...
    npm install --silent --no-audit --no-fund --prefix "$folder" "$@"
}
# Two of them need a newer node than many systems have.
with_node() { # program argument...
    PATH="$folder/node_modules/node/bin:$folder/node_modules/.bin:$PATH" "$@"
}

failed=0
if [[ " $judges " == *" conformance "* ]]; then
    npm_install node@22 @modelcontextprotocol/conformance@0.2.0-alpha.12
    scenario() { # version scenario
        with_node conformance server --url "$url" --scenario "$2" --spec-version "$1" \
            --expected-failures tests/mcp-expected.yml >"$folder/$2.log" 2>&1 && result=ok || result=FAILED
        sed -i 's/\x1b\[[0-9;]*m//g' "$folder/$2.log"
        echo "conformance $1 $2: $result; $(grep '^Passed:' "$folder/$2.log")"
        [[ $result == ok ]] || { failed=1 && grep -E '] FAILURE|^    Error:|✗' "$folder/$2.log"; }
    }
    for name in server-stateless tools-list caching dns-rebinding-protection http-header-validation; do
        scenario 2026-07-28 "$name"
    done
    for name in server-initialize ping tools-list dns-rebinding-protection; do
        scenario 2025-11-25 "$name"
    done
fi
if [[ " $judges " == *" inspector "* ]]; then
    npm_install node@22 @modelcontextprotocol/inspector@2.12.0
    inspect() { # argument...
        with_node mcp-inspector --cli "$@" --format json
    }
    {
        inspect "$url" --transport http --method tools/list >"$folder/list.json"
        inspect "$url" --transport http --method tools/call --tool-name plans_list --tool-arg per_page=1 >"$folder/call.json"
        # It hands on what it is told of the environment, and nothing else.
        inspect -e LAGO_API_KEY=any -e "LAGO_API_URL=$LAGO_API_URL" "$programs/gateway" mcp --stdio \
            --method tools/list >"$folder/stdio.json"
        python3 - "$folder" <<'PYTHON'
import json, sys
read = lambda name: json.load(open(f"{sys.argv[1]}/{name}.json"))["result"]
listed, called, stdio = read("list")["tools"], read("call"), read("stdio")["tools"]
assert not called.get("isError"), called
print(f"inspector: {len(listed)} tools over http, a call with {len(called['content'])} texts; {len(stdio)} tools over stdio")
PYTHON
    } || failed=1
fi
if [[ " $judges " == *" python "* ]]; then
    [[ -x $folder/venv/bin/python ]] || python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check mcp==2.3.0
    "$folder/venv/bin/python" - "$url" <<'PYTHON' || failed=1
import asyncio, sys
from mcp import Client
from mcp.types import ElicitResult

questions = []

async def agree(context, params):
    questions.append(params.message)
    return ElicitResult(action="accept", content={"confirm": True})

async def go(mode):
    async with Client(sys.argv[1], mode=mode, elicitation_callback=agree) as client:
        tools, cursor = [], None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if not cursor:
                break
        called = await client.call_tool("plans_list", {"per_page": 1})
        assert not called.is_error, called
        # The old protocol has no way back over HTTP without sessions: nobody can be asked, and nothing is done.
        asked = len(questions)
        tax = {"name": "VAT", "code": f"vat_{mode}", "rate": "20.0"}
        added = await client.call_tool("taxes_create", tax)
        assert added.is_error == (mode == "legacy"), added
        assert len(questions) - asked == (0 if added.is_error else 1), questions
        print(f"python {mode}: {len(tools)} tools, a call with {len(called.content)} texts;",
              "a change is refused" if added.is_error else "a change is made after a person agreed")

for mode in ("auto", "legacy"):
    asyncio.run(go(mode))
PYTHON
fi
if [[ " $judges " == *" typescript "* ]]; then
    npm_install node@22 @modelcontextprotocol/client@2.4.0 @modelcontextprotocol/sdk@1.32.2
    cat >"$folder/clients.mjs" <<'JAVASCRIPT'
const url = new URL(process.argv[2]);
const info = { name: "test", version: "1" };
async function go(label, Client, StreamableHTTPClientTransport, options) {
  const client = new Client(info, options);
  await client.connect(new StreamableHTTPClientTransport(url));
  const first = await client.listTools();
  const called = await client.callTool({ name: "plans_list", arguments: { per_page: 1 } });
  if (called.isError) throw new Error(JSON.stringify(called));
  console.log(`typescript ${label}: ${first.tools.length} tools on the first page, a call with ${called.content.length} texts`);
  await client.close();
}
const fresh = await import("@modelcontextprotocol/client");
await go("new", fresh.Client, fresh.StreamableHTTPClientTransport);
const legacy = await import("@modelcontextprotocol/sdk/client/index.js");
const transport = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
await go("old", legacy.Client, transport.StreamableHTTPClientTransport);
JAVASCRIPT
    (cd "$folder" && with_node node clients.mjs "$url") || failed=1
fi
exit "$failed"
