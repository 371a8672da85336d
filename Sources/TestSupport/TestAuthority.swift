import CurlTransport
import Foundation
import Subprocess

/// A certificate authority that speaks ACME: Let's Encrypt's own test server, with the DNS that it asks.
package struct TestAuthority: Sendable {
    /// Its directory, a URL.
    package let server: String
    /// A file with who signed the server's own certificate.
    package let caFile: String
    /// A file with who signs the certificates that it makes.
    package let rootFile: String
    private let dns: Int

    /// Runs the body with an authority that has four ports from `port` on, and asks names at `httpPort`.
    package static func during(
        port: Int, httpPort: Int, directory: String, _ body: (TestAuthority) async throws -> Void
    ) async throws {
        let own = try await TestCertificates.make(for: "localhost", in: directory)
        func write(_ text: String, _ name: String) throws -> String {
            try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
            return "\(directory)/\(name)"
        }
        let authority = TestAuthority(
            server: "https://localhost:\(port)/dir", caFile: try write(own.authority, "acme-ca.pem"),
            rootFile: "\(directory)/acme-root.pem", dns: port + 3)
        let configuration = try write(
            """
            {"pebble": {"listenAddress": "127.0.0.1:\(port)", "managementListenAddress": "127.0.0.1:\(port + 1)",
            "certificate": "\(try write(own.certificate, "acme.crt"))",
            "privateKey": "\(try write(own.privateKey, "acme.key"))", "httpPort": \(httpPort), "tlsPort": 1,
            "ocspResponderURL": "", "externalAccountBindingRequired": false}}
            """, "acme.json")
        try await running(
            "pebble-challtestsrv",
            ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", "127.0.0.1:\(port + 2)", "-http01", ""]
                + ["-https01", "", "-tlsalpn01", "", "-management", "127.0.0.1:\(port + 3)"]
        ) {
            // It looks at a name for a second, and each time, so that it can be caught at it.
            let environment: [Environment.Key: String?] = [
                "PEBBLE_VA_SLEEPTIME": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0",
            ]
            try await running(
                "pebble", ["-config", configuration, "-dnsserver", "127.0.0.1:\(port + 2)"], environment
            ) {
                try await authority.readRoot(port: port + 1)
                try await body(authority)
            }
        }
    }

    /// Has a name lead to an address.
    package func lead(_ name: String, to address: String) async throws {
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: dns, tls: false))
        defer { client.shutDown() }
        let text = "{\"host\": \"\(name)\", \"addresses\": [\"\(address)\"]}"
        for command in ["/clear-a", "/add-a"] {
            let answer = try await client.send(HTTPRequest(.post, command, body: .data(Array(text.utf8))))
            guard answer.status == 200 else { throw TestFailure("\(command): \(answer.status) \(answer.text)") }
        }
    }

    private func readRoot(port: Int) async throws {
        let client = HTTPClient(.tcp(host: "localhost", port: port, tls: true), trust: .authority(path: caFile))
        defer { client.shutDown() }
        var text = ""
        try await Waiting.until(within: .seconds(20)) {
            text = (try? await client.send(HTTPRequest(.get, "/roots/0")).text) ?? ""
            return text.contains("BEGIN CERTIFICATE")
        }
        try text.write(toFile: rootFile, atomically: false, encoding: .utf8)
    }

    private static func running(
        _ program: String, _ arguments: [String], _ environment: [Environment.Key: String?] = [:],
        _ body: () async throws -> Void
    ) async throws {
        _ = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), environment: .inherit.updating(environment),
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            try execution.send(signal: .kill)
            try outcome.get()
        }
    }
}
