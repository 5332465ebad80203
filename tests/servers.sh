# What scripts share that start servers and let others talk to them; to be read in by `source`, at the root of the workspace.

# The folder of what is built, and the processes that end with the script.
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
started=()
stop() {
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
}
trap stop EXIT

# Waits until a port is listened at, and gives up when the program has ended.
wait_for() { # port process
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        kill -0 "$2" || exit 1
        read -rt 0.2 <> <(:) || true
    done
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
