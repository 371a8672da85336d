import DockerEngine
import Testing

@testable import Operations

@Suite("Errors as a person reads them")
struct ErrorWordsTests {
    /// One of each kind that reaches a terminal or a step.
    private static let errors: [any Error] = [
        OperationError.failed("it failed", next: "frappectl status"),
        OperationError.unreachableEngine(socket: "/x.sock", reason: "No such file or directory"),
        OperationError.steps([StepFailure(step: "a", subject: "a", reason: "it failed")]),
        StepReason(description: "it failed", next: "frappectl up"),
        IngressError.nginxMissing,
        IngressError.portTaken(address: "127.0.0.1", port: 80, by: PortOwner(process: 1, command: "caddy")),
        EngineError.failed(status: 500, message: "no space left", request: "POST /containers/create"),
        EngineError.conflict(request: "POST /networks/create", message: ""),
    ]

    @Test("the next command is told once, on the last line")
    func next() throws {
        for error in Self.errors {
            let lines = ErrorWords(error).description.split(separator: "\n")
            #expect(lines.filter { $0.hasPrefix("  next: ") }.count == 1, "\(lines)")
            #expect(lines.last?.hasPrefix("  next: ") == true, "\(lines)")
        }
    }

    @Test("the Engine's own sentence comes first, and what it was asked last")
    func engine() {
        let error = EngineError.failed(status: 500, message: "no space left", request: "POST /containers/create")
        #expect(
            ErrorWords(error).reason
                == "the Docker Engine refused: no space left (POST /containers/create, status 500)")
        #expect(ErrorWords(error).next == "frappectl doctor")
    }
}
