import ManifestParsing
import Testing

@testable import Operations

@Suite struct InitTests {
    private static let nginx = DistributionNginx(process: 812, configuration: "/etc/nginx/nginx.conf")

    private static func choice(
        _ request: InitRequest = InitRequest(), change: (inout HostFindings) -> Void = { _ in }
    ) -> InitChoice {
        var findings = HostFindings()
        findings.publicName = "shop.example.com"
        findings.memory = 32 << 30
        change(&findings)
        return InitChoice(findings, request)
    }

    private static func server(_ holders: [Int: PortHolder], isRoot: Bool = true) -> InitChoice {
        choice(InitRequest(profile: .server)) {
            $0.holders = holders
            ($0.isRoot, $0.mayTakeLowPorts) = (isRoot, isRoot)
            $0.nginx = nginx
        }
    }

    @Test func `a server is reached from outside, under its own name, on ports 80 and 443`() {
        let choice = Self.choice()
        #expect(choice.profile == .server)
        #expect(choice.ingress == ManifestTemplate.Ingress(address: "0.0.0.0", httpPort: 80, httpsPort: 443))
        #expect(choice.sites == ["shop.example.com"] && choice.webServers == 2)
        #expect(choice.reasons.first == "profile server: root on shop.example.com")
    }

    @Test func `a laptop is reached from itself only, on the first free port from 8080`() {
        let choice = Self.choice {
            $0.publicName = nil
            $0.holders = [80: .unseen, 8080: .program(process: 7, command: "java"), 8081: .unseen]
        }
        #expect(choice.profile == .laptop)
        #expect(choice.ingress == ManifestTemplate.Ingress(address: "127.0.0.1", httpPort: 8082, httpsPort: 8443))
        #expect(choice.reasons.contains("port 8082: 8080 is held by java (pid 7)"))
        #expect(choice.sites == ["one.localhost", "two.localhost"] && choice.webServers == 1)
        #expect(Self.choice { $0.isRoot = false }.profile == .laptop)
    }

    @Test(arguments: [80, 443])
    func `the distribution's nginx on either port takes the sites in`(port: Int) {
        let choice = Self.server([port: .nginx(Self.nginx), 8080: .unseen])
        #expect(choice.ingress.httpPort == 80 && choice.ingress.httpsPort == 443)
        #expect(choice.ingress.inclusion?.port == port && choice.ingress.inclusion?.otherPorts.http == 8081)
        let start = "mode include: port \(port) is held by nginx (pid 812) of /etc/nginx/nginx.conf"
        #expect(choice.reasons.contains { $0.hasPrefix(start) })
    }

    @Test func `another program is named, and the next free port is taken for each`() {
        let apache = PortHolder.program(process: 99, command: "apache2")
        let choice = Self.server([80: apache, 443: apache, 8080: .unseen])
        #expect(choice.ingress == ManifestTemplate.Ingress(address: "0.0.0.0", httpPort: 8081, httpsPort: 8443))
        #expect(choice.reasons.contains("port 8081: 80 is held by apache2 (pid 99)"))
        #expect(choice.reasons.contains("port 8443: 443 is held by apache2 (pid 99)"))
        let both = Self.server([80: .nginx(Self.nginx), 443: apache])
        #expect(both.ingress.inclusion != nil && both.ingress.httpPort == 80 && both.ingress.httpsPort == 8443)
    }

    @Test func `without root there is neither port 80 nor an inclusion, and it says so`() {
        let choice = Self.server([80: .unseen], isRoot: false)
        #expect(choice.ingress == ManifestTemplate.Ingress(address: "0.0.0.0", httpPort: 8080, httpsPort: 8443))
        #expect(
            choice.reasons.contains { $0.contains("port 80 takes root; run by root, init can have nginx (pid 812)") })
    }

    @Test func `a port that was given is kept, and who holds it is said`() {
        let choice = Self.choice(InitRequest(profile: .laptop, port: 9000)) {
            $0.holders = [9000: .program(process: 7, command: "java")]
        }
        #expect(choice.ingress.httpPort == 9000)
        #expect(choice.reasons.contains { $0.hasPrefix("port 9000: is held by java (pid 7)") })
    }

    @Test(arguments: [
        ([], "frappe/erpnext:version-15"),
        (["me/erp:3", "frappe/erpnext:v16", "frappe/erpnext:version-15"], "frappe/erpnext:version-15"),
        (["me/erp:3", "frappe/erpnext:v16", "frappe/erpnext:v14"], "frappe/erpnext:v16"),
        (["frappectl/demo-bench:2", "frappectl/demo-bench:1", "me/erp:3", "me/erp:2"], "me/erp:3"),
        (["frappectl/demo-bench:2", "frappectl/demo-bench:1"], "frappectl/demo-bench:1"),
        (["frappectl/demo-bench:bad-start"], "frappe/erpnext:version-15"),
    ])
    func `the published image goes before the operator's own, and these before the demo`(
        benches: [String], image: String
    ) {
        #expect(Self.choice { $0.images.benches = benches }.image == image)
    }

    @Test func `it says what else could have been taken, and what is to be pulled`() {
        let several = Self.choice { $0.images.benches = ["me/erp:3", "me/erp:2"] }
        #expect(several.reasons.contains("image me/erp:3: is on this host; so is me/erp:2 (--image takes another)"))
        let none = Self.choice { $0.images.registry = .silent }
        let published = "image frappe/erpnext:version-15:"
        #expect(
            none.reasons.contains(
                "\(published) no bench image is on this host, and its registry could not be asked; up will pull it"))
        let absent = Self.choice { $0.images.engineAnswers = false }
        #expect(absent.reasons.contains { $0.hasPrefix("\(published) Docker did not answer") })
    }

    @Test func `service images of this host are taken only where the usual ones are not here`() {
        let ours: Set<String> = ["frappectl/mariadb:10.11", "frappectl/redis:7"]
        #expect(Self.choice { $0.images.others = ours }.serviceImages.keys.sorted() == ["mariadb", "redis"])
        #expect(
            Self.choice { $0.images.others = ours.union(["mariadb:10.11"]) }.serviceImages.keys.sorted() == ["redis"])
        #expect(Self.choice().serviceImages.isEmpty)
    }

    @Test(arguments: [
        ("include /etc/nginx/modules-enabled/*.conf;\nhttp {\n include /etc/nginx/conf.d/*.conf;\n}", nil),
        ("http {\n # include /a/*.conf;\n include mime.types;\n}", nil),
        ("http { include /srv/web/*.conf; include /srv/more/*.conf; }", "/srv/web/frappectl.conf"),
        ("http { include /srv/web/*.conf; include /etc/nginx/conf.d/*.conf; }", nil),
    ])
    func `the file goes where the main file includes files`(text: String, file: String?) {
        #expect(DistributionNginx.file(includedBy: text) == file)
    }

    @Test(arguments: [
        ("shop.example.com", true), ("example.com", false), ("laptop", false), ("mac.fritz.local", false),
        ("a.b.internal", false), ("10.0.0.1", false),
    ])
    func `only a name that others can look up is a public one`(_ name: String, _ isPublic: Bool) {
        #expect((HostFindings.publicName(name) != nil) == isPublic)
    }
}
