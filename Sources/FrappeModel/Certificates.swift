/// An account with an authority that makes certificates by ACME (`Host`, `spec.acmeAccounts`).
package struct ACMEAccount: Hashable, Sendable {
    package var name: String
    /// The authority's directory, a URL.
    package var server: String
    /// Whom the authority writes to; nil for nobody.
    package var email: String?
    /// A PEM file with who signed the authority's own server; nil for those that this machine trusts.
    package var caFile: String?

    package init(name: String, server: String = letsEncrypt, email: String? = nil, caFile: String? = nil) {
        self.name = name
        self.server = server
        self.email = email
        self.caFile = caFile
    }

    package static let letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"
}

/// Where the certificate of a name comes from.
package enum CertificateSource: Hashable, Sendable, Codable {
    case secret(ObjectName)
    /// Made by an authority for this name.
    case issued(String)
}

/// That a certificate is to be made by an authority.
package struct CertificateRequest: Hashable, Sendable {
    /// With whom; nil where the host has no account, so that only one that was made before is served.
    package var account: ACMEAccount?

    package init(account: ACMEAccount?) { self.account = account }
}

/// A certificate that an authority is to make.
package struct CertificateOrder: Hashable, Sendable {
    /// The one name in it.
    package var name: String
    package var account: ACMEAccount

    package init(name: String, account: ACMEAccount) {
        self.name = name
        self.account = account
    }

    /// Whether an authority can prove a name by asking this host for a file: a wildcard is proven by DNS alone, and
    /// names of this machine itself belong to nobody.
    package static func canProve(_ name: String) -> Bool {
        !HostPattern.isWildcard(name) && name.contains(".") && !name.hasSuffix(".localhost")
    }
}

/// What was recorded of the certificate that an authority makes for a name. Times are in seconds since 1970.
package struct CertificateRecord: Hashable, Sendable, Codable {
    /// The certificate that is kept; nil before the first.
    package var issued: Issued?
    /// The last attempt, where it failed.
    package var failure: Failure?
    /// When a person asked for a new one, due or not; nil once it was tried.
    package var askedAt: Double?

    package struct Issued: Hashable, Sendable, Codable {
        /// The authority's directory.
        package var server: String
        package var from: Double
        package var until: Double

        package init(server: String, from: Double, until: Double) {
            self.server = server
            self.from = from
            self.until = until
        }

        /// From when on it is to be renewed: when a third of its time is left, as authorities advise.
        package var renewal: Double { until - (until - from) / 3 }
    }

    package struct Failure: Hashable, Sendable, Codable {
        /// The authority's directory.
        package var server: String
        package var reason: String
        package var at: Double
        /// How often in a row.
        package var count: Int

        package init(server: String, reason: String, at: Double, count: Int) {
            self.server = server
            self.reason = reason
            self.at = at
            self.count = count
        }

        /// Authorities take five failures of a name an hour: an hour later, then two, at most 20, so that what runs once
        /// a day tries once a day.
        package var retry: Double { at + min(3600 * Double(1 << min(count - 1, 10)), 72_000) }
    }

    package init(issued: Issued? = nil, failure: Failure? = nil) {
        self.issued = issued
        self.failure = failure
    }

    /// Why a certificate is to be made now, nil while none is.
    package func cause(for account: ACMEAccount, at now: Double) -> String? {
        if askedAt != nil { return "a new one was asked for" }
        return obstacle(for: account, at: now) == nil ? need(for: account, at: now) : nil
    }

    /// Why a new certificate is needed, whether or not one may be asked for now.
    package func need(for account: ACMEAccount, at now: Double) -> String? {
        guard let issued else { return failure == nil ? "does not exist yet" : "could not be had before" }
        guard issued.server == account.server else { return "is of another authority" }
        guard now >= issued.renewal else { return nil }
        return issued.until <= now ? "has expired" : "is valid for \(Self.days(issued.until - now)) more"
    }

    /// The failure because of which the authority is left alone for now.
    package func obstacle(for account: ACMEAccount, at now: Double) -> Failure? {
        failure.flatMap { $0.server == account.server && now < $0.retry ? $0 : nil }
    }

    /// When the answer of `cause` changes by itself.
    package func turn(for account: ACMEAccount) -> Double {
        let renewal = issued.flatMap { $0.server == account.server ? $0.renewal : nil } ?? 0
        return max(renewal, failure.flatMap { $0.server == account.server ? $0.retry : nil } ?? 0)
    }

    /// When something else is to be said of it, or done about it, than at `now`; nil where that is never.
    package func nextChange(for account: ACMEAccount?, after now: Double) -> Double? {
        let renewal = issued.flatMap { $0.renewal > now ? $0.renewal : nil }
        guard let account else { return renewal }
        return min(turn(for: account), renewal ?? .infinity)
    }

    /// How long a certificate goes on, in a person's words, rounded down.
    private static func days(_ seconds: Double) -> String {
        let hours = Int(seconds / 3600)
        return hours < 48 ? "\(hours) hours" : "\(hours / 24) days"
    }
}
