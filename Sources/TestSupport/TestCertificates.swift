import Foundation
import Subprocess

/// A certificate for one name, and the authority that signed it, made by OpenSSL's own program.
package struct TestCertificates: Sendable {
    /// In PEM.
    package let authority: String
    package let certificate: String
    package let privateKey: String

    /// - Parameter directory: where the files are made.
    package static func make(for name: String, in directory: String) async throws -> TestCertificates {
        let folder = "\(directory)/certificates-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "\(folder)/ca.key"]
                + ["-out", "\(folder)/ca.crt"] + key)
        try await openssl(
            ["req", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", "\(folder)/tls.key"]
                + ["-out", "\(folder)/tls.csr"] + key)
        try await openssl(
            ["x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in", "\(folder)/tls.csr"]
                + ["-CA", "\(folder)/ca.crt", "-CAkey", "\(folder)/ca.key", "-CAcreateserial"]
                + ["-out", "\(folder)/tls.crt"])
        func text(_ file: String) throws -> String { try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8) }
        return TestCertificates(
            authority: try text("ca.crt"), certificate: try text("tls.crt"), privateKey: try text("tls.key"))
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw TestFailure("openssl \(arguments.joined(separator: " ")): \(result.standardError)")
        }
    }
}
