import CurlTransport
import Testing

@testable import DockerEngine

@Suite struct ReadingTests {
    private func read<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSON.decode(type, from: Array(text.utf8))
    }

    @Test(arguments: [
        ("Up 5 minutes (healthy)", Health.healthy), ("Up 5 minutes (unhealthy)", .unhealthy),
        ("Up 1 second (health: starting)", .starting), ("Up 5 minutes", .none), ("Up 2 days (Paused)", .none),
        ("Exited (0) 3 hours ago", .none), ("Created", .none), ("", .none), ("(healthy) not really", .none),
    ]) func `health is read out of a status`(_ status: String, _ health: Health) {
        #expect(Health(status: status) == health)
    }

    @Test(arguments: [
        ("exited", "Exited (137) 2 hours ago", 137), ("exited", "Exited (0) About a minute ago", 0),
        ("running", "Up 2 hours", nil), ("created", "Created", nil), ("dead", "Dead", nil),
    ]) func `an exit code is read out of a status`(_ state: String, _ status: String, _ code: Int?) throws {
        let container: ContainerSummary = try read(#"{"Id":"x","State":"\#(state)","Status":"\#(status)"}"#)
        #expect(container.exitCode == code)
    }

    @Test func `a container of a list is read with all its parts`() throws {
        let container: ContainerSummary = try read(
            #"""
            {"Id":"abc","Names":["/web"],"Image":"img:1","ImageID":"sha256:1","Command":"run","Created":1700000000,
            "State":"running","Status":"Up 3 seconds (healthy)","Labels":{"a":"b"},
            "Ports":[{"IP":"127.0.0.1","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"PrivatePort":9,"Type":"udp"}],
            "NetworkSettings":{"Networks":{"net":{"NetworkID":"n1","IPAddress":"10.0.0.2","Gateway":"10.0.0.1",
            "Aliases":null,"MacAddress":"02:42","IPAMConfig":{"IPv4Address":"10.0.0.2"}}}},
            "Mounts":[{"Type":"bind","Source":"/a","Destination":"/b","RW":false}],"Unknown":{"x":[1]}}
            """#)
        #expect(container.name == "web")
        #expect(container.health == .healthy)
        #expect(container.created.nanosecondsSinceEpoch == 1_700_000_000_000_000_000)
        #expect(container.ports.map(\.hostPort) == [8080, nil])
        #expect(container.networks["net"]?.fixedAddress == "10.0.0.2")
        #expect(container.mounts.first?.isWritable == false)
    }

    @Test(arguments: [
        #"{"Id":"x"}"#,
        #"{"Id":"x","Names":null,"Labels":null,"Ports":null,"NetworkSettings":null,"Mounts":null,"State":null}"#,
        #"{"Id":"x","Names":"web","Labels":[],"Ports":{},"Created":"today","State":"levitating"}"#,
    ]) func `what is missing, null or of another type reads as absent`(_ text: String) throws {
        let container: ContainerSummary = try read(text)
        #expect(container.name == "x")
        #expect(container.labels.isEmpty)
        #expect(container.state == .unknown)
    }

    @Test func `a container without an id is refused`() {
        #expect(throws: (any Error).self) { try read(#"[{"Names":["/web"]}]"#, as: [ContainerSummary].self) }
    }

    @Test func `usage is read from both kinds of cgroups`() throws {
        let old: ContainerStats = try read(
            #"{"memory_stats":{"usage":100,"limit":500,"stats":{"total_inactive_file":30,"inactive_file":1}}}"#)
        #expect(old.memory == 70)
        #expect(old.memoryLimit == 500)
        let new: ContainerStats = try read(
            #"""
            {"read":"2024-05-01T10:20:30Z","memory_stats":{"usage":100,"stats":{"inactive_file":40}},
            "cpu_stats":{"cpu_usage":{"total_usage":5000000000},"system_cpu_usage":9,"online_cpus":2},
            "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":3},{"op":"write","value":4}]},
            "networks":{"eth0":{"rx_bytes":1,"tx_bytes":2},"eth1":{"rx_bytes":10,"tx_bytes":20}}}
            """#)
        #expect(new.memory == 60)
        #expect(new.blockRead == 3)
        #expect(new.blockWritten == 4)
        #expect(new.networkReceived == 11)
        let later: ContainerStats = try read(
            #"{"read":"2024-05-01T10:20:32Z","cpu_stats":{"cpu_usage":{"total_usage":8000000000}}}"#)
        #expect(later.cpuShare(since: new) == 1.5)
    }

    @Test func `a pull's steps are read, and its failure`() throws {
        let step: PullProgress = try read(
            #"{"status":"Downloading","progressDetail":{"current":5,"total":10},"progress":"[=> ]","id":"layer"}"#)
        #expect(step.layer == "layer")
        #expect(step.current == 5)
        #expect(step.total == 10)
        let failure: PullProgress = try read(#"{"errorDetail":{"message":"no space"},"error":"no space"}"#)
        #expect(failure.error == "no space")
    }

    @Test(arguments: [
        ("redis", "redis", "latest"), ("redis:7", "redis", "7"), ("host:5000/a/b", "host:5000/a/b", "latest"),
        ("host:5000/a/b:v1", "host:5000/a/b", "v1"), ("a@sha256:00", "a", "sha256:00"),
        ("host:5000/a:v1@sha256:00", "host:5000/a", "sha256:00"),
    ]) func `references are taken apart`(_ reference: String, _ name: String, _ version: String) {
        #expect(ImageReference.split(reference) == (name, version))
    }

    @Test func `credentials go into a header and nowhere else`() throws {
        let credentials = RegistryCredentials(user: "me", password: "s3cret?>", registry: "ghcr.io")
        let header = try credentials.header(for: "x")
        #expect(header == "eyJwYXNzd29yZCI6InMzY3JldD8-Iiwic2VydmVyYWRkcmVzcyI6ImdoY3IuaW8iLCJ1c2VybmFtZSI6Im1lIn0=")
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!"\(credentials)\(dumped)\(String(reflecting: credentials))".contains("s3cret"))
    }

    static let answers: [(status: Int, body: String, error: EngineError?)] = [
        (200, "", nil), (204, "", nil), (304, "", nil),
        (404, #"{"message":"No such container: x"}"#, .notFound(request: "GET /x", message: "No such container: x")),
        (409, #"{"message":"in use"}"#, .conflict(request: "GET /x", message: "in use")),
        (500, "plain text\n", .failed(status: 500, message: "plain text", request: "GET /x")),
        (400, "", .failed(status: 400, message: "", request: "GET /x")),
    ]

    @Test(arguments: answers) func `an answer's status decides the failure`(
        _ example: (status: Int, body: String, error: EngineError?)
    ) {
        #expect(EngineError(status: example.status, body: Array(example.body.utf8), request: "GET /x") == example.error)
    }

    @Test func `failures below HTTP keep what they know`() {
        let cause = TransportError.Cause(code: 7, text: "No such file or directory")
        let missing = EngineError(.cannotConnect(.unix("/run/x.sock"), cause), request: "GET /info")
        #expect(missing.description == "the Docker Engine is not reachable at /run/x.sock: No such file or directory")
        let cut = EngineError(.cut(.unix("/run/x.sock"), .init(code: 52, text: "empty")), request: "POST /a")
        #expect(cut == .cut(request: "POST /a", why: "empty"))
        #expect(cut.mayMeanRestart && missing.mayMeanRestart)
        #expect(!EngineError.conflict(request: "", message: "").mayMeanRestart)
    }
}
