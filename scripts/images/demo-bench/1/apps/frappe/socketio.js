// The realtime process, `node apps/frappe/socketio.js`. Debian has no socket.io for node, so node only starts
// realtime/server.py and ends with it. No signal is handled here: as process 1 of a container node ignores SIGTERM,
// just as the real one does (trap 6), and the server dies with this process.
const path = require("path");
const { spawn } = require("child_process");

const bench = path.resolve(__dirname, "..", "..");
const server = spawn(path.join(bench, "env/bin/python"), [path.join(__dirname, "realtime", "server.py")], {
	cwd: bench,
	stdio: "inherit",
});
server.on("exit", (code) => process.exit(code === null ? 1 : code));
