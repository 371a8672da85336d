import Testing

@testable import DockerEngine

@Suite struct SpecTests {
    static func full() -> ContainerSpec {
        var spec = ContainerSpec(image: "img:1", command: ["run", "--x=/a"])
        spec.entrypoint = ["/entry"]
        spec.environment = ["A=1"]
        spec.user = "1000:1000"
        spec.workingDirectory = "/w"
        spec.labels = ["z": "1", "a": "2"]
        spec.exposedPorts = ["8000/tcp"]
        spec.healthcheck = .init(
            test: ["CMD", "true"], interval: .seconds(5), timeout: .milliseconds(1500), startPeriod: .zero, retries: 3)
        spec.stopSignal = "SIGQUIT"
        spec.stopTimeout = 30
        var mount = ContainerSpec.Mount(.bind, source: "/src", target: "/dst", isReadOnly: true)
        mount.bindOptions = .init(propagation: "rprivate")
        spec.host.mounts = [mount]
        spec.host.tmpfs = ["/tmp": "size=64m"]
        spec.host.portBindings = ["8000/tcp": [.init(hostIP: "127.0.0.1", hostPort: 18000)]]
        spec.host.restartPolicy = .init(.unlessStopped)
        spec.host.networkMode = "net"
        spec.host.usesInit = true
        spec.host.droppedCapabilities = ["ALL"]
        spec.host.memory = 1 << 30
        spec.host.nanoCPUs = 500_000_000
        spec.host.log = .init(driver: "json-file", options: ["max-size": "10m"])
        spec.host.ulimits = [.init(name: "nofile", soft: 1024, hard: 4096)]
        spec.networking = .init(endpoints: ["net": .init(aliases: ["web"], address: "10.1.2.3")])
        return spec
    }

    @Test func `a spec has the Engine's form, in a fixed order and without what is not set`() throws {
        let text = String(decoding: try JSON.encode(Self.full()), as: UTF8.self)
        #expect(
            text == #"{"Cmd":["run","--x=/a"],"Entrypoint":["/entry"],"Env":["A=1"],"ExposedPorts":{"8000/tcp":{}},"#
                + #""Healthcheck":{"Interval":5000000000,"Retries":3,"StartPeriod":0,"Test":["CMD","true"],"#
                + #""Timeout":1500000000},"HostConfig":{"CapDrop":["ALL"],"Init":true,"LogConfig":{"Config":"#
                + #"{"max-size":"10m"},"Type":"json-file"},"Memory":1073741824,"Mounts":[{"BindOptions":"#
                + #"{"Propagation":"rprivate"},"ReadOnly":true,"Source":"/src","Target":"/dst","Type":"bind"}],"#
                + #""NanoCpus":500000000,"NetworkMode":"net","PortBindings":{"8000/tcp":[{"HostIp":"127.0.0.1","#
                + #""HostPort":"18000"}]},"RestartPolicy":{"Name":"unless-stopped"},"Tmpfs":{"/tmp":"size=64m"},"#
                + #""Ulimits":[{"Hard":4096,"Name":"nofile","Soft":1024}]},"Image":"img:1","Labels":{"a":"2","z":"1"},"#
                + #""NetworkingConfig":{"EndpointsConfig":{"net":{"Aliases":["web"],"IPAMConfig":"#
                + #"{"IPv4Address":"10.1.2.3"}}}},"StopSignal":"SIGQUIT","StopTimeout":30,"User":"1000:1000","#
                + #""WorkingDir":"/w"}"#)
    }

    @Test func `a spec comes back from its text as it was`() throws {
        let spec = Self.full()
        #expect(try JSON.decode(ContainerSpec.self, from: try JSON.encode(spec)) == spec)
        let least = ContainerSpec(image: "x")
        #expect(try JSON.decode(ContainerSpec.self, from: try JSON.encode(least)) == least)
        #expect(String(decoding: try JSON.encode(least), as: UTF8.self) == #"{"HostConfig":{},"Image":"x"}"#)
    }
}
