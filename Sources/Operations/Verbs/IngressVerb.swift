import FrappeModel
import Rendering

/// `ingress`: the proxy's files as the host sees them, and its logs.
package struct IngressVerb: Sendable {
    let host: HostContext

    package struct Answer: Codable, Sendable {
        package var address: String
        package var httpPort: Int
        package var httpsPort: Int
        package var mode: String
        package var isRunning: Bool
        package var generation: Int?
        /// The unit, whether or not it is in force here.
        package var unitPath: String
        package var unit: String
        package var isUnitInForce: Bool
        package var rotationPath: String
        package var rotation: String
        package var snippets: String
    }

    package init(_ host: HostContext) { self.host = host }

    package func show() async throws -> Answer {
        let proxy = try await proxy()
        let ingress = try proxy.ingress()
        let service = try IngressService(layout: host.layout, nginx: ingress.nginx.executable)
        let settings = proxy.manifests.host
        return Answer(
            address: settings.listenAddress, httpPort: settings.httpPort, httpsPort: settings.httpsPort,
            mode: settings.ingressMode.rawValue, isRunning: ingress.isRunning,
            generation: await ingress.servedGeneration(), unitPath: service.unitPath, unit: service.unitText,
            isUnitInForce: settings.isIngressService && Systemd.isPossible, rotationPath: service.rotationPath,
            rotation: service.rotationText, snippets: host.layout.snippets)
    }

    /// Moves logs aside that are larger than so many bytes, and has nginx open new ones.
    /// - Returns: the logs that were moved.
    package func rotate(beyond limit: Int, keeping count: Int = 14) async throws -> [String] {
        let proxy = try await proxy()
        let lock = try await host.lock([.ingress: .exclusive])
        defer { lock.keep() }
        let moved = try IngressLogs(directory: host.layout.logs).rotate(beyond: limit, keeping: count)
        if !moved.isEmpty { try proxy.ingress().reopenLogs() }
        return moved
    }

    private func proxy() async throws -> Proxy {
        let set = try host.storedManifests()
        return Proxy(host: host, manifests: set.manifests, desired: DesiredState())
    }
}
