import FrappeModel
import Rendering
import StateStore
import Synchronization

extension SecretName {
    /// The key and the chain of a certificate that an authority made, in one text.
    static func issuedCertificate(_ name: String) -> SecretName { SecretName("certificate/\(name)") }
}

/// Certificates that authorities made: their records in the state, the texts among the secrets.
struct IssuedCertificates: Sendable {
    let host: HostContext

    /// What is recorded; a certificate whose text is gone is none.
    func records() throws -> [String: CertificateRecord] {
        var records = try host.store.facts(.certificate, as: CertificateRecord.self)
        for name in records.keys where HostFiles.kind(host.secrets.path(.issuedCertificate(name))) != .file {
            records[name]?.issued = nil
        }
        return records
    }

    /// Has the authority make the certificate, and keeps it; a refusal is recorded, so that nobody asks too often.
    func obtain(_ order: CertificateOrder, _ trouble: AuthorityTrouble) async throws {
        let program = try program()
        if let file = order.account.caFile, HostFiles.read(file) == nil {
            throw StepReason(
                description: "caFile \(file) of account \(order.account.name) cannot be read", next: "ls -l \(file)")
        }
        let lock = try await host.lock([.certificates: .exclusive])
        defer { lock.keep() }
        let record = try records()[order.name] ?? CertificateRecord()
        // Another command may have had it made while this one waited.
        guard record.cause(for: order.account, at: host.now) != nil else { return }
        if let reason = trouble.reason(of: order.account) {
            return try refuse(order, record, Certbot.Refusal(reason: "not asked for: \(reason)", isAboutName: false))
        }
        try HostFiles.makeDirectory(host.layout.certbot, mode: 0o700)
        let certbot = Certbot(
            executable: program, directory: directory(of: order.account), challenges: host.layout.challenges)
        do {
            try await keep(order, record, certbot)
        } catch let refusal as Certbot.Refusal {
            try Task.checkCancellation()
            if !refusal.isAboutName { trouble.note(refusal.reason, of: order.account) }
            try refuse(order, record, refusal)
        }
    }

    private func program() throws -> String {
        guard OpenSSL.isThere else {
            throw StepReason(
                description: "openssl, which reads certificates, is not installed",
                next: "apt-get install openssl, then frappectl up")
        }
        guard let program = Certbot.find() else {
            throw StepReason(
                description: "certbot, which asks authorities for certificates, is not installed",
                next: "apt-get install certbot, then frappectl up")
        }
        return program
    }

    private func keep(_ order: CertificateOrder, _ record: CertificateRecord, _ certbot: Certbot) async throws {
        let (server, now) = (order.account.server, host.now)
        let made = try await certbot.certificate(for: order) { left in
            let fresh = CertificateRecord(issued: .init(server: server, from: left.from, until: left.until))
            return left.madeAt >= record.askedAt ?? 0 && fresh.need(for: order.account, at: now) == nil
        }
        FaultPoint.pass("made certificate \(order.name)")
        try host.secrets.put([UInt8](made.text.utf8), as: .issuedCertificate(order.name))
        FaultPoint.pass("kept certificate \(order.name)")
        let issued = CertificateRecord.Issued(server: server, from: made.from, until: made.until)
        try host.store.put([order.name: CertificateRecord(issued: issued)], topic: .certificate)
        certbot.forget(order.name)
    }

    private func refuse(
        _ order: CertificateOrder, _ record: CertificateRecord, _ refusal: Certbot.Refusal
    ) throws {
        var record = record
        record.askedAt = nil
        let earlier = record.failure.flatMap { $0.server == order.account.server ? $0.count : nil } ?? 0
        record.failure = .init(
            server: order.account.server, reason: refusal.reason, at: host.now, count: earlier + 1)
        try host.store.put([order.name: record], topic: .certificate)
        let again = "frappectl certificate renew \(order.name)"
        throw StepReason(
            description: refusal.reason,
            next: refusal.isAboutName ? "lead \(order.name) to this machine (DNS, port 80), then \(again)" : again)
    }

    /// Whether one was made since a look.
    func hasNew(since known: [String: CertificateRecord]) throws -> Bool {
        try records().contains { $0.value.issued != nil && $0.value.issued != known[$0.key]?.issued }
    }

    /// Forgets what is known of names that no site has any more, once their certificates have expired: a name may come
    /// back.
    func forgetExpired() throws {
        let over = try host.store.facts(.certificate, as: CertificateRecord.self).filter { _, record in
            (record.issued?.until ?? 0) < host.now
        }
        guard !over.isEmpty else { return }
        let wanted = Set(try host.storedManifests().manifests.sites.values.flatMap(\.hostNames))
        let names = over.keys.filter { !wanted.contains($0) }
        for name in names { host.secrets.remove(.issuedCertificate(name)) }
        try host.store.removeFacts(.certificate, keys: names)
    }

    /// Accounts do not share what certbot keeps: it would ask which one is meant.
    private func directory(of account: ACMEAccount) -> String {
        let identity = Array("\(account.server)\n\(account.email ?? "")".utf8)
        return "\(host.layout.certbot)/\(StableHash.hex(StableHash.fnv64(identity)))"
    }
}

/// Authorities that one run could not do business with, whatever the name: they are not asked again in it.
final class AuthorityTrouble: Sendable {
    private let reasons = Mutex<[String: String]>([:])

    func reason(of account: ACMEAccount) -> String? { reasons.withLock { $0[account.server] } }

    func note(_ reason: String, of account: ACMEAccount) { reasons.withLock { $0[account.server] = reason } }
}
