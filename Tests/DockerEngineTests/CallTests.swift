import CurlTransport
import Testing

@testable import DockerEngine

@Suite struct CallTests {
    @Test func `names and parameters are encoded`() throws {
        var call = EngineCall(.get, "images", "host:5000/a b/ü:v1", "json")
        call.ask("name", "a&b=c d/é?")
        call.ask("none", nil)
        call.ask("all", true)
        #expect(
            try call.request(prefix: "/v1.41").path
                == "/v1.41/images/host:5000/a%20b/%C3%BC:v1/json?name=a%26b%3Dc%20d%2F%C3%A9%3F&all=1")
    }

    @Test(arguments: ["", ".", "..", "a/../b"]) func `what is no name or id is not sent`(_ id: String) {
        #expect(throws: EngineError.self) { try EngineCall(.delete, "containers", id).request(prefix: "") }
    }

    @Test func `an id cannot reach into another call`() throws {
        let call = EngineCall(.get, "containers", "a/json?x=", "logs")
        #expect(try call.request(prefix: "").path == "/containers/a%2Fjson%3Fx%3D/logs")
    }

    @Test func `filters are the same text each time`() throws {
        var call = EngineCall(.get, "containers", "json")
        try call.ask(Filters.labels(["b": "2", "a": "1"]).and("status", "running"))
        #expect(call.query.map(\.value) == [#"{"label":["a=1","b=2"],"status":["running"]}"#])
        var none = EngineCall(.get, "containers", "json")
        try none.ask(Filters.labels([:]))
        #expect(none.query.isEmpty)
    }
}
