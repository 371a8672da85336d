import CurlTransport
import Foundation
import TestSupport
import Testing

extension Scenarios {
    @Suite struct RealtimeTests {
        /// A site, and the host name that a browser shows.
        static let addresses = [("one.localhost", "one.localhost"), ("two.localhost", "books.example.test")]

        @Test(arguments: addresses)
        func `a logged-in user talks over a socket and hears what the application says`(site: String, host: String)
            async throws
        {
            try await withShop { shop in
                let browser = try await shop.administrator(site, host: host)
                let sid = try #require(browser.sid)
                let answer = try await probe(shop, site: site, host: host, sid: sid, more: ["--event", "greeting"]) { line in
                    guard line.contains("\"pong\"") else { return }
                    let form = ["event": "greeting", "message": "from \(site)"]
                    let published = try await browser.post("/api/method/publish", form: form)
                    #expect(published.status == 200)
                }
                #expect(answer.exitCode == 0, "\(answer.output)")
                #expect(answer.output.contains("\"transport\": \"websocket\""))
                #expect(answer.output.contains("\"event\": \"greeting\", \"message\": \"from \(site)\""))
            }
        }

        @Test func `a browser without websockets polls`() async throws {
            try await withShop { shop in
                let sid = try #require(try await shop.administrator("one.localhost").sid)
                let answer = try await probe(
                    shop, site: "one.localhost", host: "one.localhost", sid: sid, more: ["--polling"])
                #expect(answer.exitCode == 0, "\(answer.output)")
                #expect(answer.output.contains("\"transport\": \"polling\""))
            }
        }

        @Test func `a wrong session, a session of another site and a foreign page are refused`() async throws {
            try await withShop { shop in
                let other = try #require(try await shop.administrator("two.localhost").sid)
                for sid in ["wrong", other] {
                    let answer = try await probe(shop, site: "one.localhost", host: "one.localhost", sid: sid)
                    #expect(answer.exitCode == 1 || !answer.output.contains("System User"), "\(answer.output)")
                    let heard = answer.output.contains("Administrator")
                    #expect(!heard)
                }
                let own = try #require(try await shop.administrator("one.localhost").sid)
                let foreign = try await probe(
                    shop, site: "one.localhost", host: "one.localhost", sid: own, origin: "http://evil.example.test")
                #expect(foreign.exitCode == 1, "\(foreign.output)")
                let elsewhere = try await probe(shop, site: "two.localhost", host: "one.localhost", sid: own)
                #expect(elsewhere.exitCode == 1, "\(elsewhere.output)")
            }
        }

        /// What a browser on this machine would do, done by a program of the bench image.
        private func probe(
            _ shop: Installation, site: String, host: String, sid: String, origin: String? = nil, more: [String] = [],
            meanwhile: (String) async throws -> Void = { _ in }
        ) async throws -> (exitCode: Int, output: String) {
            let page = "http://\(host):\(shop.port)"
            let arguments = [
                "/usr/local/bin/realtime-probe", "http://127.0.0.1:\(shop.port)", "\(host):\(shop.port)", origin ?? page,
                site, sid, "--timeout", "15",
            ]
            return try await shop.runContainer(arguments + more, network: "host", meanwhile: meanwhile)
        }
    }
}
