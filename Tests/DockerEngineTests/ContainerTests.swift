import Testing

@testable import DockerEngine

@Suite struct ContainerTests {
    @Test func `a command's input goes in and its outputs and exit code come back`() async throws {
        try await TestEngine.withContainer { client, id in
            let command = ExecCommand(["bash", "-c", "cat; echo oops >&2; exit 7"])
            let result = try await client.exec(in: id, command, input: .bytes(Array("hello".utf8)))
            #expect(result.output == "hello")
            #expect(result.errors == "oops\n")
            #expect(result.exitCode == 7)
        }
    }
}
