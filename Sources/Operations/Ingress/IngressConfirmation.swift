import FrappeModel
import Rendering

extension Ingress {
    /// The generation that nginx answers with; nil when it does not answer, or another root's nginx does.
    package func servedGeneration() async -> Int? {
        let question = { @Sendable [probe, settings] in
            try await probe(IngressState.generationHost, "/\(settings.rootIdentifier)")
        }
        guard let answer = try? await Polling.limited(to: .seconds(1), question), answer.status == 200 else {
            return nil
        }
        return Int(answer.body.filter { !$0.isWhitespace })
    }

    /// Why what nginx answers with is not what lies on the disk, nil when it is: a run that was killed between the two
    /// leaves it so.
    package func servingDrift() async -> String? {
        guard let served = await servedGeneration() else { return "nginx does not answer" }
        return served == staging.currentGeneration ? nil : "nginx still serves an older configuration"
    }

    /// Returns once nginx answers with the generation and no worker of an older one takes requests any more.
    func confirm(_ generation: Int, after reload: IngressReload) async throws {
        var served: Int?
        var refusal: [String] = []
        // nginx reads some 600 certificates a second, and reads them before it takes over.
        let confirmed = try await Polling.until(within: .seconds(60)) {
            refusal = refusals(after: reload)
            guard refusal.isEmpty else { return true }
            served = await servedGeneration()
            return served == generation && areDrained(reload.workers)
        }
        guard confirmed, refusal.isEmpty else {
            let words = served.map { "it still serves \($0)" } ?? "it does not answer"
            let lines = refusal.isEmpty ? IngressLog.lines(of: settings.errorLog).suffix(5) : refusal[...]
            throw IngressError.notConfirmed(generation: generation, served: words, lastLines: Array(lines))
        }
    }

    /// Whether none of the workers takes requests any more; those that finish old ones may still run.
    private func areDrained(_ workers: Set<Int32>) -> Bool {
        workers.allSatisfy { IngressProcesses.process($0).map { $0.isShuttingDown || !$0.isWorker } ?? true }
    }

    private func refusals(after reload: IngressReload) -> [String] {
        IngressLog.lines(of: settings.errorLog, from: reload.logged).filter { $0.contains("[emerg]") }
    }
}

/// The tail of nginx's error log.
enum IngressLog {
    /// Lines written after the offset, at most the last 16 KB of them.
    static func lines(of path: String, from offset: Int = 0) -> [String] {
        let added = IngressDisk.size(path) - offset
        guard added > 0, let bytes = IngressDisk.read(path, last: min(added, 16 << 10)) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// nginx's complaint about a staged configuration, with the place it names.
struct IngressComplaint {
    var text: String
    var staging: IngressStaging
    /// Where the operator's snippets are, whose copies nginx read.
    var snippets: String?
    /// Where nginx read them: beside what is served, or there.
    var directory: String?

    private var read: String { directory ?? staging.staging }

    var error: IngressError {
        .refusedConfiguration(message: inOriginals(text), place: place, kept: staging.failed)
    }

    /// Moves a refused generation out of the way, for reading.
    func keeping(_ generation: Int) throws -> IngressError {
        try staging.keepFailed(generation)
        return error
    }

    /// The text with the operator's own files instead of our copies.
    private func inOriginals(_ text: String) -> String {
        var text = text
        if let snippets {
            text = text.replacing("\(read)/\(IngressRendering.snippetsPath)/", with: "\(snippets)/")
        }
        return text.replacing("\(read)/", with: "")
    }

    /// The first of nginx's lines that ends with ` in <path>:<line>`.
    private var place: IngressError.Place? {
        for range in text.ranges(of: "\(read)/") {
            let parts = text[range.upperBound...].prefix { $0 != "\n" }.split(separator: ":")
            guard parts.count == 2, let line = Int(parts[1]) else { continue }
            let file = String(parts[0])
            let prefix = "\(IngressRendering.snippetsPath)/"
            if let snippets, file.hasPrefix(prefix) {
                return IngressError.Place(file: "\(snippets)/\(file.dropFirst(prefix.count))", line: line)
            }
            return IngressError.Place(file: file, line: line, site: site(in: file, line: line))
        }
        return nil
    }

    private func site(in file: String, line: Int) -> String? {
        let bytes = IngressDisk.read("\(staging.failed)/\(file)") ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return nil }
        return IngressSiteFiles.site(inLine: String(lines[line - 1]), of: file)
    }
}
