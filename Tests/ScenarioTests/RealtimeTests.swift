import CurlTransport
import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
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
                let answer = try await shop.listen(site: site, host: host, sid: sid, for: "greeting") {
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
                let browser = try await shop.administrator("one.localhost")
                let answer = try await shop.listen(as: browser, more: ["--polling"])
                #expect(answer.exitCode == 0, "\(answer.output)")
                #expect(answer.output.contains("\"transport\": \"polling\""))
            }
        }

        @Test func `no session and a foreign page are refused`() async throws {
            try await withShop { shop in
                let none = try await shop.listen(site: "one.localhost", host: "one.localhost", sid: "")
                #expect(none.exitCode == 1, "\(none.output)")
                #expect(none.output.contains("No authentication method used"))
                let sid = try #require(try await shop.administrator("one.localhost").sid)
                let foreign = try await shop.listen(
                    site: "one.localhost", host: "one.localhost", sid: sid, origin: "http://evil.example.test")
                #expect(foreign.exitCode == 1, "\(foreign.output)")
                let elsewhere = try await shop.listen(site: "two.localhost", host: "one.localhost", sid: sid)
                #expect(elsewhere.exitCode == 1, "\(elsewhere.output)")
            }
        }

        /// Frappe lets a stranger in as Guest; what is said to a user is not said to them.
        @Test(arguments: [false, true])
        func `a session that the site does not know hears nothing`(isOfOtherSite: Bool) async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let sid = isOfOtherSite ? try await shop.administrator("two.localhost").sid : "wrong"
                let answer = try await shop.listen(
                    site: "one.localhost", host: "one.localhost", sid: try #require(sid), for: "greeting", timeout: 3
                ) {
                    _ = try await browser.post("/api/method/publish", form: ["event": "greeting", "message": "for us"])
                }
                #expect(answer.exitCode == 1, "\(answer.output)")
                #expect(!answer.output.contains("for us"))
            }
        }
    }
}
