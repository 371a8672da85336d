import FoundationEssentials
import FrappeModel
import Synchronization

/// When we ourselves saw containers healthy, kept from run to run.
///
/// The Engine first asks a container an interval after its start. Until then our own proof says as much as the Engine's
/// would: it counts as long, for the same start of the same container.
final class Proofs: Sendable {
    private struct Proof: Codable, Sendable {
        var startedAt: Double
        var provenAt: Double
    }

    private let path: String
    private let fresh = Mutex<[String: Proof]>([:])

    init(directory: String) { path = "\(directory)/proofs.json" }

    /// - Parameter start: when the container was started, by the Engine's clock.
    func add(_ container: String, startedAt start: Double, at now: Double) {
        fresh.withLock { $0[container] = Proof(startedAt: start, provenAt: now) }
    }

    /// Those of the containers that the Engine has not asked yet, and that were healthy when we asked.
    ///
    /// - Parameter interval: seconds between the Engine's probes of a container; nil where no proof counts.
    func holding(
        _ containers: [ObservedContainer], at now: Double, interval: (ObservedContainer) -> Int?
    ) -> Set<String> {
        let starting = containers.filter { $0.state == .running && $0.health == .starting }
        guard !starting.isEmpty else { return [] }
        let known = known()
        return Set(
            starting.filter { container in
                guard let proof = known[container.id], let interval = interval(container),
                    let age = Self.seconds(inStatus: container.status)
                else { return false }
                // Started anew since, it is younger than what was proven.
                let expected = now - proof.startedAt
                return (0...Double(interval)).contains(now - proof.provenAt) && abs(expected - age.lower) < age.width
            }.map(\.id))
    }

    /// Keeps what was proven in this run, and what was before and may still count. Losing it costs another probe.
    func save(at now: Double) {
        let proven = fresh.withLock { $0 }
        guard !proven.isEmpty else { return }
        let all = known().filter { now - $0.value.provenAt < 600 }.merging(proven) { _, new in new }
        guard let bytes = try? JSONEncoder().encode(all) else { return }
        try? HostFiles.replace(path, with: [UInt8](bytes), mode: 0o600, durable: false)
    }

    private func known() -> [String: Proof] {
        HostFiles.read(path).flatMap { try? JSONDecoder().decode([String: Proof].self, from: Data($0)) } ?? [:]
    }

    /// The least age that the Engine's words can mean, and within how many seconds the start is told by them.
    static func seconds(inStatus status: String) -> (lower: Double, width: Double)? {
        let words = status.split(separator: " ")
        guard words.first == "Up", words.count > 2 else { return nil }
        if status.hasPrefix("Up Less than a second") { return (0, 1.5) }
        if status.hasPrefix("Up About a minute") { return (60, 60) }
        guard let count = Double(words[1]), words[2].hasPrefix("second") else { return nil }
        return (count, 1.5)
    }
}
