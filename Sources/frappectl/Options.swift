import ArgumentParser
import FrappeModel
import ManifestParsing
import Operations

/// Options of every command that looks at an installation.
struct CommonOptions: ParsableArguments {
    @Option(help: "Where everything lives (or FRAPPECTL_ROOT; default /home/frappe).", completion: .directory)
    var root: String?

    @Flag(help: "Print the answer, and progress, as JSON.")
    var json = false

    var rootPath: String { Self.rootPath(root) }

    /// The root that an option, else the environment, names.
    static func rootPath(_ named: String?) -> String {
        named ?? Terminal.variable("FRAPPECTL_ROOT").flatMap { $0.isEmpty ? nil : $0 } ?? "/home/frappe"
    }

    /// The Engine's socket: `DOCKER_HOST=unix://...`, or the usual one.
    static func engineSocket() throws -> String {
        guard let host = Terminal.variable("DOCKER_HOST"), !host.isEmpty else { return "/var/run/docker.sock" }
        guard host.hasPrefix("unix://") else {
            throw OperationError.usage(
                "DOCKER_HOST is \(SafeText.word(host)): frappectl works with the Engine of this host only, over unix:///path"
                    + "\n  next: unset DOCKER_HOST, then the same command")
        }
        return String(host.dropFirst("unix://".count))
    }

    func socket() throws -> String { try Self.engineSocket() }

    func open(_ verb: String, waits: Bool = true, creates: Bool = false) throws -> HostContext {
        let reporter = Reporter(json: json)
        return try HostContext.open(
            root: rootPath, socket: try Self.engineSocket(), invocation: .init(verb: verb, waits: waits),
            creates: creates,
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

/// Options of commands that read manifests.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: "A manifest, a directory of them, or - for the standard input; may be given several times.",
        completion: .file(extensions: ["yaml", "yml"]))
    var files: [String] = []

    @Flag(help: "Refuse in these files what the Frappe Operator's schema refuses.")
    var strict = false

    var named: ManifestFiles { ManifestFiles(files, strict: strict) }

    /// The same as words of a command.
    var words: [String] { files.map { "-f \($0)" } + (strict ? ["--strict"] : []) }
}
