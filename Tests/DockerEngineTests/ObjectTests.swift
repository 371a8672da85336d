import Testing

@testable import DockerEngine

@Suite struct ObjectTests {
    /// A /24 that no other test uses: of 240 in 10.249, by chance.
    private static func subnet() -> (subnet: String, gateway: String, address: String) {
        let third = Int.random(in: 10..<250)
        return ("10.249.\(third).0/24", "10.249.\(third).1", "10.249.\(third).77")
    }

    @Test func `a network has the subnet it is given, and containers their names and addresses in it`() async throws {
        let client = try await TestEngine.client()
        let range = Self.subnet()
        var spec = NetworkSpec(
            name: TestEngine.uniqueName(), subnet: range.subnet, gateway: range.gateway, labels: [TestEngine.label: "1"]
        )
        spec.isInternal = true
        spec.options = ["com.docker.network.bridge.enable_icc": "true"]
        let id = try await client.createNetwork(spec)
        try await TestEngine.cleaning({ try await client.removeNetwork(id) }) {
            let listed = try #require(try await client.networks(filters: ["id": [id]]).first)
            #expect(listed.subnets.map(\.subnet) == [range.subnet])
            #expect(listed.subnets.first?.gateway == range.gateway)
            #expect(listed.isInternal)
            #expect(listed.labels == [TestEngine.label: "1"])
            let again = await #expect(throws: EngineError.self) { try await client.createNetwork(spec) }
            guard case .conflict = again else { throw TestFailure("\(again as Any)") }
            try await membership(of: id, spec.name, range.address)
        }
    }

    private func membership(of network: String, _ name: String, _ address: String) async throws {
        let adjust = { (spec: inout ContainerSpec) in
            spec.host.networkMode = name
            spec.networking = .init(endpoints: [name: .init(aliases: ["web"], address: address)])
        }
        try await TestEngine.withContainer(adjust) { client, id in
            let attachment = try #require(try await client.inspectContainer(id).networks[name])
            #expect(attachment.address == address)
            #expect(attachment.aliases.contains("web"))
            #expect(try await client.inspectNetwork(network).containers[id]?.address == "\(address)/24")
            try await client.disconnect(container: id, fromNetwork: network)
            #expect(try await client.inspectNetwork(network).containers.isEmpty)
            try await client.connect(container: id, toNetwork: network, aliases: ["other"])
            let anew = try #require(try await client.inspectContainer(id).networks[name])
            #expect(anew.aliases.contains("other"))
            #expect(!anew.aliases.contains("web"))
        }
    }

    @Test func `a volume is made once and removed`() async throws {
        let client = try await TestEngine.client()
        let name = TestEngine.uniqueName()
        let volume = try await client.createVolume(name: name, labels: [TestEngine.label: "1"])
        try await TestEngine.cleaning({ try await client.removeVolume(name) }) {
            #expect(volume.name == name)
            #expect(volume.created != nil)
            let labels = try await client.createVolume(name: name).labels
            #expect(labels == [TestEngine.label: "1"])
            let names = try await client.volumes(filters: ["name": [name]]).map(\.name)
            #expect(names == [name])
        }
        #expect(try await client.volumes(filters: ["name": [name]]).isEmpty)
    }

    @Test func `an image is tagged, inspected and untagged`() async throws {
        let client = try await TestEngine.client()
        let source = try await TestEngine.image(client)
        let tag = "\(TestEngine.uniqueName()):v1"
        try await client.tagImage(source, as: tag)
        try await TestEngine.cleaning({ try await client.removeImage(tag) }) {
            let image = try await client.inspectImage(tag)
            #expect(image.tags.contains(tag))
            #expect(image.size > 0)
            #expect(!image.architecture.isEmpty)
            #expect(try await client.images(filters: ["reference": [tag]]).map(\.id) == [image.id])
            #expect(try await client.inspectImage(image.id).id == image.id)
        }
        let missing = await #expect(throws: EngineError.self) { try await client.inspectImage(tag) }
        guard case .notFound = missing else { throw TestFailure("\(missing as Any)") }
    }

    @Test func `a pull from a registry that is not there fails with its reason`() async throws {
        let client = try await TestEngine.client()
        let error = await #expect(throws: EngineError.self) {
            for try await _ in try await client.pullImage("127.0.0.1:1/fctl-curl-none:v1") {}
        }
        #expect(error?.description.contains("connection refused") == true)
    }
}
