import DockerEngine
import FoundationEssentials
import FrappeModel
import ManifestParsing

// What flows in and out of containers.
extension EngineAccess {
    /// Puts files of mode 0400, owner 1000, into a container; the directories below /run are made with them.
    func upload(_ files: [String: [UInt8]], to container: String) async throws {
        var archive = TarArchive()
        for directory in Self.parents(of: files.keys) { archive.addDirectory(directory) }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            archive.addFile(String(path.dropFirst()), bytes, mode: 0o400, uid: 1000, gid: 1000)
        }
        let bytes = archive.bytes
        try await call { () async throws(EngineError) in try await client.putArchive(bytes, into: container, at: "/") }
    }

    /// Directories that an image need not have; `/run` itself is in all of them and keeps its mode.
    private static func parents(of paths: some Collection<String>) -> [String] {
        var parents: Set<String> = []
        for path in paths {
            var parts = path.split(separator: "/").dropLast()
            while parts.count > 1 {
                parents.insert(parts.joined(separator: "/"))
                parts = parts.dropLast()
            }
        }
        return parents.sorted()
    }

    func exec(_ container: String, _ arguments: [String], input: [UInt8]? = nil) async throws -> ExecAnswer {
        let result = try await call { () async throws(EngineError) in
            try await client.exec(in: container, ExecCommand(arguments), input: input.map { .bytes($0) } ?? .none)
        }
        return ExecAnswer(
            exitCode: result.exitCode, output: result.output.trimmed, errors: result.errors.trimmed)
    }

    /// Whether a probe succeeds inside a container; not in one that has ended since it was seen.
    func passes(_ probe: [String], in container: String) async throws -> Bool {
        do {
            return try await exec(container, probe).exitCode == 0
        } catch EngineError.conflict, EngineError.notFound {
            return false
        }
    }

    /// Gives every line that a container writes, until it ends.
    func follow(_ container: String, line: @escaping @Sendable (String) -> Void) async throws {
        let lines = client.logs(of: container, LogOptions(follows: true))
        try await cancellable { for try await entry in lines { line(entry.text) } }
    }

    /// Reads a stream; that it was cancelled is told as every cancellation is.
    func cancellable(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as EngineError where error == .cancelled {
            throw CancellationError()
        }
    }

    /// The last line that says something, of what a container wrote before a moment; seconds since 1970.
    func lastWords(of container: String, before moment: Double?) async -> String? {
        var options = LogOptions(tail: 40)
        options.hasTimestamps = true
        var last: String?
        do {
            for try await entry in client.logs(of: container, options) where !entry.text.trimmed.isEmpty {
                if let moment, let time = entry.time, time.date.timeIntervalSince1970 >= moment { break }
                last = entry.text
            }
        } catch {
            return last.map { TerminalText.plain($0) }
        }
        return last.map { TerminalText.plain($0) }
    }

    /// The last lines a container wrote; none where they cannot be had.
    func lastLines(of container: String, count: Int) async -> [String] {
        var lines: [String] = []
        do {
            for try await entry in client.logs(of: container, LogOptions(tail: count)) { lines.append(entry.text) }
        } catch {
            return lines
        }
        return lines.map { TerminalText.plain($0) }
    }
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

/// Text that others wrote, made safe for a terminal.
package enum TerminalText {
    /// Control characters made visible; of a progress bar that returns to the line's start, its last state.
    package static func plain(_ text: String, limit: Int = 2000) -> String {
        SafeText.plain(text.split(separator: "\r").last.map(String.init) ?? "", limit: limit)
    }
}
