import ArgumentParser
import Foundation
import FrappeModel
import Operations

/// Options of every command that looks at an installation.
struct CommonOptions: ParsableArguments {
    @Option(help: "Where everything lives (or FRAPPECTL_ROOT; default /home/frappe).")
    var root: String?

    @Flag(help: "Print the answer, and progress, as JSON.")
    var json = false

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    var rootPath: String { root ?? environment["FRAPPECTL_ROOT"].flatMap { $0.isEmpty ? nil : $0 } ?? "/home/frappe" }

    /// The Engine's socket: `DOCKER_HOST=unix://...`, or the usual one.
    func socket() throws -> String {
        guard let host = environment["DOCKER_HOST"], !host.isEmpty else { return "/var/run/docker.sock" }
        guard host.hasPrefix("unix://") else {
            throw OperationError.usage(
                "DOCKER_HOST is \(host): frappectl works with the Engine of this host only, over unix:///path")
        }
        return String(host.dropFirst("unix://".count))
    }

    func open(_ verb: String, waits: Bool = true, creates: Bool = false) throws -> HostContext {
        let reporter = Reporter(json: json)
        return try HostContext.open(
            root: rootPath, socket: try socket(), invocation: .init(verb: verb, waits: waits), creates: creates,
            progress: { reporter.report($0) })
    }
}

/// Options of commands that change something.
struct ChangeOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Flag(help: "Fail at once (exit 75) instead of waiting for another command.")
    var noWait = false

    func open(_ verb: String, creates: Bool = false) throws -> HostContext {
        try common.open(verb, waits: !noWait, creates: creates)
    }
}
