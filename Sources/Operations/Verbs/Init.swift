import FrappeModel
import ManifestParsing

/// What kind of machine a first manifest is for.
package enum Profile: String, CaseIterable, Sendable {
    case server, laptop
}

/// What was given to `init`; nothing of it is chosen.
package struct InitRequest: Sendable {
    package var profile: Profile?
    package var image: String?
    package var sites: [String]
    package var port: Int?

    package init(profile: Profile? = nil, image: String? = nil, sites: [String] = [], port: Int? = nil) {
        self.profile = profile
        self.image = image
        self.sites = sites
        self.port = port
    }
}

/// What `init` chooses from what it found, and why.
package struct InitChoice: Sendable {
    package var profile: Profile
    package var ingress: ManifestTemplate.Ingress
    package var image: String
    package var sites: [String]
    package var webServers: Int
    /// The service images that are here, where the usual ones are not.
    package var serviceImages: [String: String]
    package var reasons: [String]

    package init(_ findings: HostFindings, _ request: InitRequest) {
        let isServer = findings.isRoot && findings.publicName != nil
        profile = request.profile ?? (isServer ? .server : .laptop)
        reasons = request.profile == nil ? ["profile \(profile.rawValue): \(Self.why(findings))"] : []
        let ports = InitPorts(findings, profile: profile, port: request.port)
        ingress = ports.ingress
        reasons += ports.reasons
        reasons.append("listens on \(ingress.address), ports \(ingress.httpPort) and, for HTTPS, \(ingress.httpsPort)")
        image = request.image ?? findings.images.choice
        if request.image == nil || !findings.images.has(image) { reasons.append(findings.images.reason(for: image)) }
        serviceImages = findings.images.serviceImages
        reasons += serviceImages.sorted { $0.key < $1.key }.map { "image \($0.value): is on this host for \($0.key)" }
        let name = profile == .server ? findings.publicName : nil
        sites = request.sites.isEmpty ? name.map { [$0] } ?? ["one.localhost", "two.localhost"] : request.sites
        if request.sites.isEmpty, profile == .server, name == nil {
            reasons.append("sites \(sites.joined(separator: ", ")): this host has no public name; give --site NAME")
        }
        webServers = profile == .server && findings.memory >= 16 << 30 ? 2 : 1
        reasons.append("\(webServers) web: \(Quantity.bytes(findings.memory)) of memory")
    }

    private static func why(_ findings: HostFindings) -> String {
        if !findings.isRoot { return "not run by root" }
        return findings.publicName.map { "root on \($0)" } ?? "this host has no public name"
    }
}
