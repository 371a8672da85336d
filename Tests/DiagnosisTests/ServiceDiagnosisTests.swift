import Diagnosis
import Testing

@Suite struct ServiceDiagnosisTests {
    @Test func `an image that is gone is pulled by up, or has to be built again`() {
        let images = [
            ImageNeed(reference: "a:1", user: "bench a", isPresent: true, isPullable: false),
            ImageNeed(reference: "b:1", user: "bench b", isPresent: false, isPullable: true),
            ImageNeed(reference: "c:1", user: "bench c", isPresent: false, isPullable: false),
        ]
        let findings = ServiceDiagnosis.images(images)
        #expect(findings.map(\.level) == [.warn, .fail])
        #expect(findings[0].next == "frappectl up pulls it")
        #expect(ServiceDiagnosis.images([images[0]]).map(\.level) == [.ok])
        #expect(ServiceDiagnosis.images([]).isEmpty)
    }

    @Test(arguments: [
        ("running", "healthy", Finding.Level.ok), ("running", "unhealthy", .warn), ("restarting", "none", .fail),
        ("exited", "none", .warn), ("paused", "none", .warn),
    ])
    func `containers are judged by what they do`(state: String, health: String, level: Finding.Level) {
        let container = ContainerFacts(
            name: "web-1", bench: "shop", component: "web", state: state, health: health, status: "Up 2 hours")
        let findings = ServiceDiagnosis.containers([container])
        #expect(findings.map(\.level) == [level])
        #expect(level == .ok || findings.first?.next != nil)
    }

    @Test(arguments: [
        (nil, nil, Finding.Level.fail), ("/usr/sbin/nginx", nil, .warn), ("/usr/sbin/nginx", "1.14.2", .fail),
        ("/usr/sbin/nginx", "1.22.1", .ok), ("/usr/sbin/nginx", "1.18.0", .ok), ("/usr/sbin/nginx", "2.0", .ok),
    ])
    func `nginx has to be there and new enough`(path: String?, version: String?, level: Finding.Level) {
        #expect(ServiceDiagnosis.nginx(NginxFacts(path: path, version: version)).map(\.level) == [level])
    }

    @Test func `certbot has to be there where certificates are wanted`() {
        #expect(ServiceDiagnosis.certificates([], certbot: nil) == [])
        #expect(ServiceDiagnosis.certificates(["a.test"], certbot: "/usr/bin/certbot").map(\.level) == [.ok])
        let missing = ServiceDiagnosis.certificates(["a.test", "b.test", "c.test"], certbot: nil)
        #expect(missing.map(\.level) == [.warn] && missing.map(\.next) == ["apt-get install certbot"])
        #expect(missing.first?.reason?.hasSuffix("of a.test and 2 more") == true)
    }

    @Test func `containers without an nginx before them fail`() {
        var nginx = NginxFacts(path: "/usr/sbin/nginx", version: "1.22.1")
        nginx.isMissed = true
        #expect(ServiceDiagnosis.nginx(nginx).map(\.next) == ["frappectl up"])
    }

    @Test func `sites that do not answer are named`() {
        let good = SiteFacts(siteName: "one", bench: "shop", trouble: nil)
        let bad = SiteFacts(siteName: "two", bench: "shop", trouble: "ping answers 502")
        #expect(ServiceDiagnosis.sites([good]).map(\.level) == [.ok])
        #expect(ServiceDiagnosis.sites([good, bad]).map(\.text) == ["two does not serve"])
        #expect(ServiceDiagnosis.sites([bad]).map(\.level) == [.fail])
        var slow = bad
        slow.isSlow = true
        #expect(ServiceDiagnosis.sites([slow]).map(\.level) == [.warn])
    }
}
