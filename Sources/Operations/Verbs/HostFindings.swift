import DockerEngine
import Foundation
import FrappeModel

/// What `init` finds out instead of asking.
package struct HostFindings: Sendable {
    package var isRoot = true
    /// Whether this account may listen on ports below 1024.
    package var mayTakeLowPorts = true
    /// Its full name where it has a public one, as `shop.example.com`.
    package var publicName: String?
    package var holders: [Int: PortHolder] = [:]
    /// The distribution's nginx that runs, whether or not its ports can be seen.
    package var nginx: DistributionNginx?
    /// Bytes.
    package var memory = 0
    package var images = ImageFindings()

    package init() {}

    /// Looks at /proc and asks the Engine, which asks the registry where there is no bench image on this host.
    package static func look(socket: String, image: String?) async -> HostFindings {
        var findings = HostFindings()
        findings.isRoot = geteuid() == 0
        findings.mayTakeLowPorts = !IngressPort(address: "127.0.0.1", port: 80).isForbidden
        findings.publicName = publicName(ProcessInfo.processInfo.hostName)
        findings.holders = ListeningSockets().holders()
        findings.nginx = IngressProcesses.all().lazy.compactMap(DistributionNginx.init).first
        findings.memory = Int(ProcessInfo.processInfo.physicalMemory)
        findings.images = await ImageFindings.look(socket: socket, wanted: image)
        return findings
    }

    /// The name itself where others could look it up, nil for names of one machine or one home.
    package static func publicName(_ name: String) -> String? {
        let parts = name.lowercased().split(separator: ".")
        let local = ["local", "localdomain", "localhost", "internal", "lan", "home", "arpa", "test"]
        guard parts.count > 2, let last = parts.last, !local.contains(String(last)), last.contains(where: \.isLetter)
        else { return nil }
        return parts.joined(separator: ".")
    }
}
