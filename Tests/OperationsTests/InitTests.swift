import Operations
import Testing

@Suite struct InitTests {
    private static func choice(
        _ profile: Profile?, root: Bool = true, name: String? = "shop.example.com", taken: Set<Int> = [],
        images: [String] = []
    ) -> InitChoice {
        let findings = HostFindings(
            isRoot: root, publicName: name, takenPorts: taken, memory: 32 << 30, images: images)
        return InitChoice(findings, profile: profile)
    }

    @Test func `a server is reached from outside, under its own name, on port 80`() {
        let choice = Self.choice(nil)
        #expect(choice.profile == .server && choice.address == "0.0.0.0" && choice.httpPort == 80)
        #expect(choice.sites == ["shop.example.com"] && choice.webServers == 2)
        #expect(choice.reasons.first == "profile server: root on shop.example.com")
    }

    @Test func `a laptop is reached from itself only, on the first free port from 8080`() {
        let choice = Self.choice(nil, name: nil, taken: [80, 8080, 8081])
        #expect(choice.profile == .laptop && choice.address == "127.0.0.1" && choice.httpPort == 8082)
        #expect(choice.sites == ["one.localhost", "two.localhost"] && choice.webServers == 1)
        #expect(Self.choice(nil, root: false).profile == .laptop)
    }

    @Test func `a server whose port 80 is taken says so and takes another`() {
        let choice = Self.choice(.server, taken: [80])
        #expect(choice.httpPort == 8080)
        #expect(choice.reasons.contains { $0.hasPrefix("port 8080: something listens on port 80") })
        #expect(Self.choice(.server, root: false).reasons.contains { $0.contains("port 80 takes root") })
    }

    @Test func `the demo bench is chosen only where it is here and the published image is not`() {
        #expect(Self.choice(nil).image == HostFindings.published)
        #expect(Self.choice(nil, images: [HostFindings.demo, HostFindings.published]).image == HostFindings.published)
        let demo = Self.choice(nil, images: [HostFindings.demo])
        #expect(demo.image == HostFindings.demo && demo.serviceImages.keys.sorted() == ["mariadb", "redis"])
    }

    @Test(arguments: [
        ("shop.example.com", true), ("example.com", false), ("laptop", false), ("mac.fritz.local", false),
        ("a.b.internal", false), ("10.0.0.1", false),
    ])
    func `only a name that others can look up is a public one`(_ name: String, _ isPublic: Bool) {
        #expect((HostFindings.publicName(name) != nil) == isPublic)
    }
}
