import Testing

@testable import Operations

@Suite("What certbot and openssl say")
struct CertbotTests {
    @Test("the authority's own words are the reason, and tell that it is the name")
    func detail() {
        let output = """
            Requesting a certificate for late.shop.test

            Certbot failed to authenticate some domains (authenticator: webroot). The Certificate Authority reported:
              Domain: late.shop.test
              Type:   dns
              Detail: DNS problem: NXDOMAIN looking up A for late.shop.test

            Hint: The Certificate Authority failed to download the temporary challenge files created by Certbot.

            Saving debug log to /srv/letsencrypt.log
            Some challenges have failed.
            Ask for help or search for solutions at https://community.letsencrypt.org.
            """
        let refusal = Certbot.refusal(in: output, name: "late.shop.test")
        #expect(refusal.reason == "DNS problem: NXDOMAIN looking up A for late.shop.test" && refusal.isAboutName)
    }

    @Test(
        "otherwise it is what certbot says, and other names are tried unless it is the authority itself",
        arguments: [
            ("Error creating new order :: too many certificates already issued for \"shop.test\"", true),
            ("Error creating new order :: Cannot issue for \"erp.internal\": no public suffix", true),
            ("too many failed authorizations for account 7, name a.shop.test", true),
            ("HTTPSConnectionPool(host='ca.test', port=443): Max retries exceeded with url: /dir", false),
            ("ValueError: Requesting ca.test/dir: Connection refused", false),
            ("The server experienced an internal error :: serverInternal", false),
            ("[Errno 28] No space left on device", false),
        ])
    func trouble(text: String, isAboutName: Bool) {
        let output = """
            Saving debug log to /srv/letsencrypt.log
            An unexpected error occurred:
            \(text)
            Ask for help or search for solutions at https://community.letsencrypt.org.
            """
        let refusal = Certbot.refusal(in: output, name: "a.shop.test")
        #expect(refusal.reason == text)
        #expect(refusal.isAboutName == isAboutName)
    }

    @Test("what is empty or long is cut to words")
    func bounds() {
        #expect(Certbot.refusal(in: "\n", name: "a").reason == "certbot failed and said nothing")
        #expect(Certbot.refusal(in: String(repeating: "x", count: 2000), name: "a").reason.count == 500)
    }

    @Test("dates are read as openssl writes them, days with and without a space")
    func dates() throws {
        let key = "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"
        let look = try #require(
            OpenSSL.Certificate("notBefore=Nov 29 05:55:00 2026 GMT\nnotAfter=Feb  7 05:55:01 2027 GMT\n\(key)\n"))
        #expect(look.from == 1_795_931_700 && look.until == 1_801_979_701 && look.publicKey == key)
        #expect(OpenSSL.Certificate("notBefore=Nov 29 05:55:00 2026 GMT\n\(key)\n") == nil)
        #expect(OpenSSL.Certificate("notBefore=29.11.2026\nnotAfter=30.11.2026\n\(key)\n") == nil)
        #expect(
            OpenSSL.Certificate("notBefore=Nov 29 05:55:00 2026 GMT\nnotAfter=Feb  7 05:55:01 2027 GMT\n") == nil)
    }
}
