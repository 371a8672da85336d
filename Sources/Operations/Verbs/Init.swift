import DockerEngine
import Foundation
import FrappeModel
import ManifestParsing

/// What kind of machine a first manifest is for.
package enum Profile: String, CaseIterable, Sendable {
    case server, laptop
}

/// What `init` finds out instead of asking.
package struct HostFindings: Sendable {
    package var isRoot: Bool
    /// Its full name where it has a public one, as `shop.example.com`.
    package var publicName: String?
    package var takenPorts: Set<Int>
    /// Bytes.
    package var memory: Int
    /// The bench images of those we know that are on this host.
    package var images: [String]

    package init(isRoot: Bool, publicName: String?, takenPorts: Set<Int>, memory: Int, images: [String]) {
        self.isRoot = isRoot
        self.publicName = publicName
        self.takenPorts = takenPorts
        self.memory = memory
        self.images = images
    }

    package static let published = "frappe/erpnext:version-15"
    /// What scripts/build-images makes where no registry can be reached.
    package static let demo = "frappectl/demo-bench:1"

    /// Looks at /proc and asks the Engine's socket; nothing is asked over the network.
    package static func look(socket: String) async -> HostFindings {
        let client = EngineClient(socketPath: socket)
        var images: [String] = []
        for image in [published, demo] where (try? await client.inspectImage(image)) != nil { images.append(image) }
        return HostFindings(
            isRoot: geteuid() == 0, publicName: publicName(ProcessInfo.processInfo.hostName),
            takenPorts: HostNetwork.listeningPorts(), memory: Int(ProcessInfo.processInfo.physicalMemory),
            images: images)
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

/// What `init` chooses from what it found, and why.
package struct InitChoice: Sendable {
    package var profile: Profile
    package var address: String
    package var httpPort: Int
    package var image: String
    package var sites: [String]
    package var webServers: Int
    /// The service images that go with the bench image, where they are not the usual ones.
    package var serviceImages: [String: String]
    package var reasons: [String]

    /// - Parameter profile: nil to decide.
    package init(_ findings: HostFindings, profile named: Profile?) {
        let isServer = findings.isRoot && findings.publicName != nil
        profile = named ?? (isServer ? .server : .laptop)
        reasons = named == nil ? ["profile \(profile.rawValue): \(Self.why(findings))"] : []
        address = profile == .server ? "0.0.0.0" : "127.0.0.1"
        let first = profile == .server && findings.isRoot && !findings.takenPorts.contains(80) ? 80 : 8080
        httpPort = (first == 80 ? [80] : Array(8080...8999)).first { !findings.takenPorts.contains($0) } ?? first
        if profile == .server, httpPort != 80 {
            let why = findings.isRoot ? "something listens on port 80 (ss -ltnp shows what)" : "port 80 takes root"
            reasons.append("port \(httpPort): \(why)")
        } else if httpPort != first {
            reasons.append("port \(httpPort): \(first) is taken")
        }
        let isDemo = !findings.images.contains(HostFindings.published) && findings.images.contains(HostFindings.demo)
        image = isDemo ? HostFindings.demo : HostFindings.published
        serviceImages = isDemo ? ["mariadb": "frappectl/mariadb:10.11", "redis": "frappectl/redis:7"] : [:]
        reasons.append("image \(image): \(findings.images.contains(image) ? "is on this host" : "up pulls it")")
        let name = profile == .server ? findings.publicName : nil
        sites = name.map { [$0] } ?? ["one.localhost", "two.localhost"]
        if profile == .server, name == nil {
            reasons.append("sites \(sites.joined(separator: ", ")): this host has no public name; give --site NAME")
        }
        let isLarge = findings.memory >= 16 << 30
        webServers = profile == .server && isLarge ? 2 : 1
        reasons.append("\(webServers) web: \(Quantity.bytes(findings.memory)) of memory")
    }

    private static func why(_ findings: HostFindings) -> String {
        if !findings.isRoot { return "not run by root" }
        return findings.publicName.map { "root on \($0)" } ?? "this host has no public name"
    }
}
