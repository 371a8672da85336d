import DockerEngine
import FrappeModel
import ManifestParsing

/// `exec` and `shell`: commands inside containers that run.
package struct Inside: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// A bench or a site by name, nil for the only bench; and a component, nil for the one that serves best.
    package struct Target: Sendable {
        package var name: String?
        package var component: ComponentChoice?

        /// What was typed: a first word that names a component stands for that of the only bench.
        package init(_ name: String?, _ component: String?) throws {
            self.name = name
            if let component {
                guard let choice = ComponentChoice(component) else { throw Self.unknown(component) }
                self.component = choice
            } else if let name, let choice = ComponentChoice(name) {
                self.name = nil
                self.component = choice
            }
        }

        private static func unknown(_ component: String) -> OperationError {
            let names = Component.allCases.map(\.rawValue)
            return .usage(
                "there is no component \(SafeText.word(component)).\(Suggestion.hint(for: component, among: names))"
                    + "\n  components: \(names.joined(separator: ", ")); web-2 is the second web")
        }
    }

    /// Runs a command to its end; its exit code.
    package func exec(_ target: Target, _ command: [String], _ attachment: Attachment) async throws -> Int32 {
        let place = try await Places(host).place(target.name, target.component)
        return try await host.engine.attach(place, command, attachment)
    }

    /// A shell in the bench's directory; bash where there is one.
    package func shell(
        _ target: Target, _ attachment: Attachment, greeting: @Sendable (String) -> Void
    ) async throws -> Int32 {
        let place = try await Places(host).place(target.name, target.component)
        let component = place.container.identity?.description ?? place.container.name
        let site = place.site.map { ", site \($0.siteName)" } ?? ""
        greeting("\(component) of \(place.bench)\(site); leave with exit or Ctrl-D")
        let shell = ["sh", "-c", "if command -v bash >/dev/null; then exec bash; else exec sh; fi"]
        return try await host.engine.attach(place, shell, attachment)
    }
}

extension EngineAccess {
    /// Runs a command in a place, joined to the attachment, until it ends.
    func attach(
        _ place: Place, _ arguments: [String], environment: [String] = [], _ attachment: Attachment
    ) async throws -> Int32 {
        let processes = InsideProcesses(engine: self, container: place.container.id)
        var command = ExecCommand(arguments)
        command.environment = environment + [processes.environment]
        if let site = place.site { command.environment.append("FRAPPE_SITE=\(site.siteName)") }
        if let kind = attachment.terminalKind { command.environment.append("TERM=\(kind)") }
        if let terminal = attachment.terminal { command.arguments = try await sized(arguments, terminal) }
        let complete = command
        let session = try await call { () async throws(EngineError) in
            try await client.openExec(
                in: place.container.id, complete, takesInput: attachment.input != nil, terminal: attachment.terminal)
        }
        do {
            return try await AttachedCommand(session, attachment, processes).run()
        } catch let refusal as NotStarted {
            throw refusal.error(arguments.first ?? "", in: place)
        } catch let error as EngineError where error != .cancelled {
            throw OperationError.failed(
                "the Engine was lost while the command ran, which may go on inside: \(error)",
                next: "frappectl doctor")
        }
    }

    /// Engines before API 1.42 start a command in a terminal of no size and change it when they are told: a short
    /// command would see that, so its terminal is sized from inside before it begins.
    private func sized(_ arguments: [String], _ size: TerminalSize) async throws -> [String] {
        let version = try await call { () async throws(EngineError) in try await client.apiVersion() }
        guard version < APIVersion(1, 42) else { return arguments }
        let script = "stty rows \"$1\" cols \"$2\" 2>/dev/null; shift 2; exec \"$@\""
        return ["sh", "-c", script, "sh", "\(size.rows)", "\(size.columns)"] + arguments
    }
}
