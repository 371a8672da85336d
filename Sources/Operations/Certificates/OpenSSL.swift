import Foundation
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What openssl reads in certificates and keys.
enum OpenSSL {
    static let path = "/usr/bin/openssl"

    static var isThere: Bool { access(path, X_OK) == 0 }

    struct Certificate: Sendable {
        /// From when and until when it is valid, in seconds since 1970.
        var from: Double
        var until: Double
        /// In PEM.
        var publicKey: String
    }

    /// The first certificate in a file.
    static func certificate(_ path: String) async throws -> Certificate {
        let text = try await run(["x509", "-noout", "-startdate", "-enddate", "-pubkey", "-in", path])
        guard let certificate = Certificate(text) else {
            throw StepReason(description: "\(path) is no certificate that openssl can read")
        }
        return certificate
    }

    /// In PEM; empty where the file has no key.
    static func publicKey(ofPrivate path: String) async throws -> String {
        try await run(["pkey", "-pubout", "-in", path]).trimmed
    }

    private static func run(_ arguments: [String]) async throws -> String {
        try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]), output: .string(limit: 64 << 10),
            error: .discarded
        ).standardOutput
    }
}

extension OpenSSL.Certificate {
    /// - Parameter text: lines such as `notAfter=Feb 27 05:55:00 2027 GMT`, and the key.
    init?(_ text: String) {
        var dates: [Substring: Double] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("not") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { dates[parts[0]] = Self.date(parts[1]) }
        }
        guard let from = dates["notBefore"], let until = dates["notAfter"],
            let key = text.range(of: "-----BEGIN PUBLIC KEY-----")
        else { return nil }
        self.init(from: from, until: until, publicKey: Self.publicKey(text[key.lowerBound...]))
    }

    private static func publicKey(_ text: Substring) -> String {
        let end = "-----END PUBLIC KEY-----"
        return text.range(of: end).map { String(text[..<$0.upperBound]) } ?? String(text)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func date(_ text: Substring) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 5, parts[4] == "GMT", let month = months.firstIndex(of: String(parts[0])) else {
            return nil
        }
        let time = parts[2].split(separator: ":").compactMap { Int($0) }
        guard let day = Int(parts[1]), let year = Int(parts[3]), time.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            year: year, month: month + 1, day: day, hour: time[0], minute: time[1], second: time[2])
        return calendar.date(from: components)?.timeIntervalSince1970
    }
}
