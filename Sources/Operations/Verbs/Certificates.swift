import FrappeModel
import ManifestParsing
import Rendering

/// `certificate`: what names are served over TLS with, and new ones from authorities.
package struct Certificates: Sendable {
    let host: HostContext

    package struct Entry: Codable, Sendable {
        package var name: String
        package var site: String
        /// The Secret it is from, or the account it is made with; neither where no account is left to renew it with.
        package var secret: String?
        package var account: String?
        /// In seconds since 1970; nil where there is none yet.
        package var validFrom: Double?
        package var validUntil: Double?
        /// When up renews it, or tries to get it, if nothing changes.
        package var dueAt: Double?
        package var failure: String?
    }

    package init(_ host: HostContext) { self.host = host }

    /// Every name that has a certificate, or is to have one.
    package func list() async throws -> [Entry] {
        let sites = try host.storedManifests().manifests.sites.values.sorted { $0.siteName < $1.siteName }
        let records = try IssuedCertificates(host: host).records()
        var entries: [Entry] = []
        for site in sites {
            for name in site.hostNames {
                var entry = Entry(name: name, site: site.siteName)
                if case .secret(let secret)? = site.certificate(for: name) {
                    entry.secret = secret.description
                    let file = host.secrets.path(.manifest(secret, key: "tls.crt"))
                    let look = try? await OpenSSL.certificate(file)
                    (entry.validFrom, entry.validUntil) = (look?.from, look?.until)
                } else if let request = site.certificateRequest(for: name) {
                    let record = records[name]
                    entry.account = request.account?.name
                    (entry.validFrom, entry.validUntil) = (record?.issued?.from, record?.issued?.until)
                    entry.dueAt = request.account.map { account in
                        record?.askedAt == nil ? (record ?? CertificateRecord()).turn(for: account) : 0
                    }
                    entry.failure = record?.failure?.reason
                    guard request.account != nil || record?.issued != nil else { continue }
                } else {
                    continue
                }
                entries.append(entry)
            }
        }
        return entries
    }

    /// Asks authorities for what is due, or for these names whether or not it is, and serves it; nothing else is done.
    package func renew(_ names: [String]) async throws -> UpReport {
        try await host.operation(subject: "certificates", locks: [.host: .exclusive]) { operation in
            let set = try host.storedManifests()
            let orders = set.manifests.sites.values.flatMap(\.certificateOrders)
            try refuseUnknown(names, among: orders.map(\.name).sorted())
            try requireProxy(set, names, orders)
            try ask(names)
            let report = try await Up(host).converge(set, operation: operation, scope: .certificates)
            let left = try host.store.facts(.certificate, as: CertificateRecord.self)
            if let name = names.first(where: { left[$0]?.askedAt != nil }) {
                throw OperationError.failed(
                    "\(name) is not served yet: other changes come first", next: "frappectl up, which asks for it too")
            }
            return report
        }
    }

    private func refuseUnknown(_ names: [String], among known: [String]) throws {
        guard let name = names.first(where: { !known.contains($0) }) else { return }
        throw OperationError.failed(
            "no authority makes a certificate for \(SafeText.plain(name, limit: 80))."
                + Suggestion.hint(for: name, among: known), next: "frappectl certificate list")
    }

    /// An authority asks for its proof at once.
    private func requireProxy(_ set: ManifestSet, _ names: [String], _ orders: [CertificateOrder]) throws {
        let records = try IssuedCertificates(host: host).records()
        let isDue = orders.contains {
            (records[$0.name] ?? CertificateRecord()).cause(for: $0.account, at: host.now) != nil
        }
        let proxy = Proxy(host: host, manifests: set.manifests, desired: DesiredState())
        guard isDue || !names.isEmpty, try !proxy.ingress().isRunning else { return }
        throw OperationError.failed("nginx does not run, and an authority would ask it", next: "frappectl up")
    }

    private func ask(_ names: [String]) throws {
        let records = try host.store.facts(.certificate, as: CertificateRecord.self)
        let asked = names.map { name in
            var record = records[name] ?? CertificateRecord()
            record.askedAt = host.now
            return (name, record)
        }
        try host.store.put(Dictionary(asked) { $1 }, topic: .certificate)
    }
}
