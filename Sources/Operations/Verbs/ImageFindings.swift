import DockerEngine

/// The bench images of this host, and the one that a first manifest names.
package struct ImageFindings: Sendable {
    /// What the registry said about an image that is not on this host.
    package enum Registry: Sendable { case notAsked, hasIt, hasItNot, silent }

    package var engineAnswers = true
    /// Bench images, newest first.
    package var benches: [String] = []
    /// All other images of this host by name.
    package var others: Set<String> = []
    package var registry = Registry.notAsked

    package init() {}

    package static let published = "frappe/erpnext:version-15"
    /// What scripts/build-images makes where no registry can be reached.
    package static let demo = "frappectl/demo-bench:1"
    private static let demoRepository = "frappectl/demo-bench:"
    private static let services = ["mariadb": "mariadb:10.11", "redis": "redis:7"]
    private static let benchDirectory = "/home/frappe/frappe-bench"
    private static let patience = Duration.seconds(2)
    /// So many images are looked into, the newest.
    private static let most = 40

    /// - Parameter wanted: the image that was given, nil to choose one.
    static func look(socket: String, wanted: String?) async -> ImageFindings {
        let client = EngineClient(socketPath: socket)
        defer { client.shutDown() }
        var findings = ImageFindings()
        guard let found = await Bounded.calling(patience, { try await look(client) }) else {
            findings.engineAnswers = false
            return findings
        }
        findings = found
        let image = wanted ?? findings.choice
        guard !findings.has(image) else { return findings }
        findings.registry =
            await Bounded.calling(patience) { await ask(client, image) } ?? .silent
        return findings
    }

    private static func look(_ client: EngineClient) async throws -> ImageFindings {
        var findings = ImageFindings()
        let images = try await client.images().sorted { $0.created > $1.created }
        findings.others = Set(images.flatMap(\.tags))
        for image in images.filter({ !$0.tags.isEmpty }).prefix(most) {
            guard let detail = try? await client.inspectImage(image.id),
                detail.config.workingDirectory == benchDirectory
            else { continue }
            findings.others.subtract(image.tags)
            findings.benches += image.tags.sorted()
        }
        return findings
    }

    private static func ask(_ client: EngineClient, _ image: String) async -> Registry {
        do throws(EngineError) {
            try await client.askRegistry(for: image)
            return .hasIt
        } catch .notFound {
            return .hasItNot
        } catch {
            return .silent
        }
    }

    func has(_ image: String) -> Bool { benches.contains(image) || others.contains(image) }

    /// The published image, another of its versions, one of the operator's own, the demo bench: the newest of its sort.
    private var candidates: [String] {
        let sorts: [(String) -> Bool] = [
            { $0 == Self.published }, { $0.hasPrefix("frappe/erpnext:") && $0 != Self.published },
            { !$0.hasPrefix("frappe/erpnext:") && !$0.hasPrefix(Self.demoRepository) }, { $0 == Self.demo },
        ]
        return sorts.flatMap { benches.filter($0) }
    }

    package var choice: String { candidates.first ?? Self.published }

    /// Why the chosen image, or the one that was given.
    package func reason(for image: String) -> String { "image \(image): \(why(image))" }

    private func why(_ image: String) -> String {
        guard engineAnswers else { return "Docker did not answer, so it is not known what is here; up pulls it" }
        if has(image) {
            let others = candidates.filter { $0 != image }
            guard !others.isEmpty else { return "is on this host" }
            let shown = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", ..." : "")
            return "is on this host; so is \(shown) (--image takes another)"
        }
        let here = candidates.isEmpty ? "no bench image is on this host" : "is not on this host"
        switch registry {
        case .hasIt: return "\(here); its registry has it, and up pulls it"
        case .hasItNot: return "\(here), and its registry does not have it: up will fail; give --image REPOSITORY:TAG"
        case .notAsked, .silent: return "\(here), and its registry could not be asked; up will pull it"
        }
    }

    /// Images of services by their field, where the usual ones are not here and ours are.
    package var serviceImages: [String: String] {
        Self.services.filter { !has($0.value) && has("frappectl/\($0.value)") }.mapValues { "frappectl/\($0)" }
    }
}
