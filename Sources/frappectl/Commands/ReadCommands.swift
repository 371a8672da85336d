import ArgumentParser
import DockerEngine
import Foundation
import FrappeModel
import ManifestParsing
import Operations
import StateStore

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Benches, sites, components: health, restarts, memory, URLs.",
        discussion: """
            With --watch it looks again every two seconds, or every so many, until q or Ctrl-C; without a terminal it \
            prints one snapshot after the other.

              frappectl status
              frappectl status --watch
              frappectl status --watch 10
            """)

    @OptionGroup var common: CommonOptions
    @Option(defaultAsFlag: 2, help: "Look again every so many seconds (2 when no number is given).")
    var watch: Double?

    func run() async throws {
        EngineClient.prepare()
        let host = try common.open("status")
        if let watch {
            try Watch.check(watch, option: "--watch")
            let json = common.json
            return try await Watch(interval: watch, json: json) {
                let status = try await Status(host).run()
                return json ? try JSONOutput.line(status) : StatusText(status).text
            }.run()
        }
        let status = try await Status(host).run()
        if common.json { return try JSONOutput.print(status) }
        Terminal.output(StatusText(status).text)
    }
}

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print manifests as they were applied, with their status.",
        discussion: """
            The status is worded as the Frappe Operator words it, and not read back.

              frappectl get site
              frappectl get bench shop -o yaml > shop.yaml
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, yaml, json }

    @OptionGroup var common: CommonOptions
    @Argument(
        help: "bench, site, domain, secret, host, or another such as sitebackup.",
        completion: Candidates.manifestKind, transform: ManifestKind.named
    )
    var kind: ManifestKind
    @Argument(help: "NAME or NAMESPACE/NAME; none for all.", completion: Candidates.object) var name: ObjectName?
    @Option(name: .shortAndLong, help: "table, yaml or json; the yaml is taken back by `up -f`.")
    var output: Output = .table

    func run() async throws {
        let host = try common.open("get")
        let documents = try Get(host).documents(kind, name: name)
        switch common.json ? .json : output {
        case .yaml: Terminal.file(ManifestWriter.yaml(try await Get(host).withStatus(documents)))
        case .json: try JSONOutput.print(try await Get(host).withStatus(documents).map { PlainJSON($0.value) })
        case .table: Terminal.output(try await table(documents, host: host))
        }
    }

    private func table(_ documents: [ManifestDocument], host: HostContext) async throws -> String {
        guard kind == .site else {
            return documents.map { "\($0.key.object)" }.joined(separator: "\n")
        }
        let sites = try await Sites(host).list()
        let rows = documents.map { document -> [String] in
            let site = sites.first {
                $0.name == document.key.object.name && $0.namespace == document.key.object.namespace
            }
            return [
                "\(document.key.object)", site?.siteName ?? "", site?.bench ?? "", site?.phase.rawValue ?? "",
                site?.databaseServer ?? "",
            ]
        }
        return Table.text([["NAME", "SITE", "BENCH", "PHASE", "DATABASE"]] + rows)
    }
}

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Operations with their steps, times and outcome, newest first.",
        discussion: "  frappectl history\n  frappectl history --limit 1 --steps")

    @OptionGroup var common: CommonOptions
    @Option(name: .shortAndLong, help: "How many operations.") var limit = 10
    @Flag(help: "Their steps too.") var steps = false

    func run() async throws {
        let entries = try History(try common.open("history")).run(limit: limit)
        if common.json { return try JSONOutput.print(entries) }
        let formatter = ISO8601DateFormatter()
        for entry in entries {
            let operation = entry.operation
            let took = operation.finishedAt.map { Quantity.duration($0 - operation.startedAt) } ?? "-"
            let date = formatter.string(from: Date(timeIntervalSince1970: operation.startedAt))
            Terminal.output(
                "\(operation.id)  \(date)  \(operation.verb) \(TextWidth.plain(operation.subject))  \(operation.outcome.rawValue)  \(took)  "
                    + "\(Quantity.count(entry.steps.count, "step")), by \(operation.user)")
            if let reason = operation.reason?.split(separator: "\n").first {
                Terminal.output("    \(TextWidth.plain(String(reason)))")
            }
            if steps, !entry.steps.isEmpty { Terminal.output(Table.text(entry.steps.map(row), indent: "    ")) }
        }
    }

    private func row(_ step: StepRecord) -> [String] {
        let took = step.finishedAt.map { Quantity.duration($0 - step.startedAt) } ?? "-"
        return [
            step.outcome.rawValue, step.name, took,
            step.reason?.split(separator: "\n").first.map(String.init) ?? step.cause,
        ]
    }
}

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a kind or a field of a manifest means.",
        discussion: "  frappectl explain FrappeBench\n  frappectl explain FrappeSite.spec.domain")

    @Argument(
        help: "KIND or KIND.field", completion: .list(ManifestKind.allCases.map(\.rawValue)))
    var path: String
    @Flag(help: "Print it as JSON.") var json = false

    func run() throws {
        do {
            let text = try ManifestSchema.explain(path: path)
            if json { try JSONOutput.print(["path": path, "text": text]) } else { Terminal.output(text) }
        } catch let error as ExplainFailure {
            throw OperationError.usage("\(error.message)\n  next: frappectl explain \(error.next)")
        }
    }
}

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of manifests, for editors.",
        discussion: """
            An editor that speaks the YAML language server takes it by a first line in a manifest: \
            `# yaml-language-server: $schema=./frappectl.schema.json`.

              frappectl schema > frappectl.schema.json
            """)

    @Flag(help: "Print every field as a document in Markdown instead.") var markdown = false

    func run() throws {
        if markdown { return Terminal.file(ManifestSchema.document) }
        try JSONOutput.print(PlainJSON(ManifestSchema.jsonSchema))
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "The program's version.",
        discussion: "  frappectl version\n  frappectl version --json")

    @Flag(help: "Print it as JSON.") var json = false

    func run() throws {
        if json { return try JSONOutput.print(["version": Program.version]) }
        Terminal.output("frappectl \(Program.version)")
    }
}
