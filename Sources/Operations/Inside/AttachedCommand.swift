import DockerEngine
import ManifestParsing
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A command inside a container, joined to an attachment until it ends.
final class AttachedCommand: Sendable {
    private let session: ExecSession
    private let attachment: Attachment
    private let processes: InsideProcesses
    /// What could not be started, once that is known.
    private let refusal = Mutex<[UInt8]>([])
    /// The signal by which it was ended from this side.
    private let ending = Mutex<Int32?>(nil)

    /// How long it may take to end by itself once it was told to.
    private static let grace = Duration.seconds(5)

    /// How the Engine begins to say, in the command's place, that there was nothing to start, and with which codes.
    private static let complaint = Array("OCI runtime exec failed".utf8)
    private static let refusals: ClosedRange<Int32> = 126...128

    /// Ctrl-D.
    private static let endOfInput: UInt8 = 4

    init(_ session: ExecSession, _ attachment: Attachment, _ processes: InsideProcesses) {
        self.session = session
        self.attachment = attachment
        self.processes = processes
    }

    /// Its exit code, or 128 and the signal's number where it was ended from this side.
    func run() async throws -> Int32 {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.feed() }
                group.addTask { await self.resize() }
                group.addTask { await self.obey() }
                defer { group.cancelAll() }
                try await copyOutput { group.addTask { await self.stop(by: SIGPIPE, telling: SIGTERM) } }
            }
        } catch {
            // What was ended from here may end its connection too.
            if ending.withLock({ $0 }) == nil { throw error }
        }
        if let number = ending.withLock({ $0 }) { return await killed(by: number) }
        let code = Int32(truncatingIfNeeded: try await session.exitCode())
        let said = refusal.withLock { $0 }
        if !said.isEmpty, !Self.refusals.contains(code) { _ = await attachment.write(.output, said) }
        if !said.isEmpty, Self.refusals.contains(code) { throw NotStarted(code: code, said: said) }
        return code
    }

    /// What ignores signals, as background jobs of scripts do SIGINT, may outlive the command itself. On a terminal that
    /// is left, as a person who uses `nohup` wants it.
    private func killed(by number: Int32) async -> Int32 {
        if attachment.terminal == nil { await processes.signal(SIGKILL) }
        return 128 + number
    }

    private func feed() async {
        guard let input = attachment.input else { return }
        while let chunk = await input() {
            // A command that reads no further is no failure: how it ends says what there is to say.
            guard (try? await session.write(chunk)) != nil else { return }
        }
        guard !Task.isCancelled else { return }
        // A terminal has no half that could be closed: the Engine would hang up. Its end of input is a key.
        _ = attachment.terminal == nil ? try? await session.closeInput() : try? await session.write([Self.endOfInput])
    }

    private func resize() async {
        guard let resizes = attachment.resizes, let size = attachment.size else { return }
        for await _ in resizes { try? await session.resize(to: size()) }
    }

    /// - Parameter orphaned: called once when nobody reads the output any more; the rest of it is dropped.
    private func copyOutput(orphaned: () -> Void) async throws {
        var isRead = true
        var isFirst = true
        var pieces = session.output.makeAsyncIterator()
        while let piece = try await pieces.next() {
            guard isRead else { continue }
            if isFirst, piece.bytes.starts(with: Self.complaint) {
                refusal.withLock { $0 = piece.bytes }
                isFirst = false
                continue
            }
            isFirst = false
            let held = refusal.withLock { held in
                defer { held = [] }
                return held
            }
            switch await attachment.write(piece.channel == .stderr ? .errors : .output, held + piece.bytes) {
            case nil: break
            case .failed(let reason): throw OperationError.failed(reason, next: nil)
            case .closed:
                isRead = false
                orphaned()
            }
        }
    }

    /// A person's signal is passed on; with a terminal, inside as here, the terminal has gone.
    private func obey() async {
        var signals = attachment.signals.makeAsyncIterator()
        guard let number = await signals.next() else { return }
        await stop(by: number, telling: attachment.terminal == nil ? number : SIGHUP)
    }

    /// Nothing is left behind: what does not end in time, or at a second signal, is killed.
    private func stop(by number: Int32, telling signal: Int32) async {
        ending.withLock { $0 = $0 ?? number }
        await processes.signal(signal)
        await patience()
        guard !Task.isCancelled else { return }
        await processes.signal(SIGKILL)
        await patience()
        guard !Task.isCancelled else { return }
        session.close()
    }

    private func patience() async {
        let signals = attachment.signals
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { return } }
            group.addTask { try? await ContinuousClock().sleep(for: Self.grace) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// A command that never ran: the Engine's runtime said why in its place.
struct NotStarted: Error {
    let code: Int32
    let said: [UInt8]

    /// - Parameter place: where it was to run.
    func error(_ program: String, in place: Place) -> OperationError {
        let name = SafeText.quoted(program)
        let container = "\(place.container.identity?.description ?? place.container.name) of bench \(place.bench)"
        let next = "frappectl shell \(place.site?.siteName ?? "\(place.bench)") shows what there is"
        if code == 127 { return .notStarted("there is no program \(name) in \(container)", next: next, code: code) }
        let reason = String(decoding: said, as: UTF8.self).trimmed.split(separator: ": ").dropFirst(2).filter {
            $0 != "unknown"
        }
        return .notStarted(
            "\(name) cannot be run in \(container): \(SafeText.plain(reason.joined(separator: ": ")))", next: next,
            code: code)
    }
}
