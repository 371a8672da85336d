import DockerEngine
import FrappeModel
import ManifestParsing
import Rendering

/// Which lines of which logs.
package struct LogRequest: Sendable {
    /// Benches and components as they were typed: benches none for all, components none for all of a bench.
    package var words: [String]
    package var follows = false
    /// How many lines from the end of each log; nil for all.
    package var tail: Int?
    package var since: Timestamp?
    package var until: Timestamp?

    package init(words: [String]) { self.words = words }

    /// For what is there now.
    var options: LogOptions {
        var options = LogOptions(tail: tail)
        options.since = since
        options.until = until
        options.hasTimestamps = true
        return options
    }
}

/// The logs that a request names.
struct LogSelection: Sendable {
    var benches: Set<ObjectName>
    /// None for all of a bench; what benches share is only read when it is named.
    private var choices: [ComponentChoice] = []
    private(set) var hasNginx = false
    private var namesBenches: Bool
    /// Of what benches share, the instances that are theirs; nil for all.
    private var shared: Set<String>?

    /// The host's nginx, which runs in no container.
    private static let nginx = "nginx"

    init(words: [String], benches known: Set<ObjectName>) throws {
        benches = []
        namesBenches = false
        for word in words {
            if let bench = known.first(where: { $0.description == word }) {
                benches.insert(bench)
            } else if let choice = ComponentChoice(word) {
                choices.append(choice)
            } else if word == Self.nginx {
                hasNginx = true
            } else {
                throw Self.unknown(word, known)
            }
        }
        namesBenches = !benches.isEmpty
        if benches.isEmpty { benches = known }
    }

    /// Where benches were named: of what benches share, what is in a network of theirs.
    func narrowed(to containers: [ObservedContainer], _ layout: HostLayout) -> LogSelection {
        guard namesBenches else { return self }
        let networks = Set(benches.map(layout.network(of:)))
        var narrow = self
        narrow.shared = Set(
            containers.filter { $0.identity?.bench == nil && !$0.networks.isDisjoint(with: networks) }
                .compactMap(\.identity?.instance))
        return narrow
    }

    func contains(_ identity: ContainerIdentity) -> Bool {
        if choices.isEmpty, !hasNginx { return identity.bench.map(benches.contains) ?? false }
        guard choices.contains(where: { $0.contains(identity) }) else { return false }
        return identity.bench.map(benches.contains) ?? shared?.contains(identity.instance) ?? true
    }

    private static func unknown(_ word: String, _ known: Set<ObjectName>) -> OperationError {
        let components = Component.allCases.map(\.rawValue) + [nginx]
        let benches = known.map(\.description).sorted()
        return .usage(
            "there is no bench or component \(SafeText.word(word)).\(Suggestion.hint(for: word, among: benches + components))"
                + (benches.isEmpty ? "" : "\n  benches: \(benches.joined(separator: ", "))")
                + "\n  components: \(components.joined(separator: ", ")); web-2 is the second web")
    }
}
