import Testing

@testable import DockerEngine

@Suite struct ExecTests {
    @Test func `a command's input goes in and its outputs and exit code come back`() async throws {
        try await TestEngine.withContainer { client, id in
            let command = ExecCommand(["bash", "-c", "cat; echo oops >&2; exit 7"])
            let result = try await client.exec(in: id, command, input: .bytes(Array("hello".utf8)))
            #expect(result.output == "hello")
            #expect(result.errors == "oops\n")
            #expect(result.exitCode == 7)
        }
    }

    @Test func `a command runs as the user, in the directory and with the environment it is given`() async throws {
        try await TestEngine.withContainer { client, id in
            var command = ExecCommand(
                ["bash", "-c", "id -u; pwd; echo $A"], user: "1000:1000", workingDirectory: "/tmp")
            command.environment = ["A=b"]
            let output = try await client.exec(in: id, command).output
            #expect(output == "1000\n/tmp\nb\n")
        }
    }

    @Test(arguments: [0, 1, 2, 126, 255]) func `exit codes come back`(_ code: Int) async throws {
        try await TestEngine.withContainer { client, id in
            let found = try await client.exec(in: id, ExecCommand(["bash", "-c", "exit \(code)"])).exitCode
            #expect(found == code)
        }
    }

    @Test func `a program that is not there is told by exit code and text`() async throws {
        try await TestEngine.withContainer { client, id in
            let result = try await client.exec(in: id, ExecCommand(["/no/such/program"]))
            #expect([126, 127].contains(result.exitCode))
            #expect((result.output + result.errors).contains("/no/such/program"))
        }
    }

    @Test func `a container that does not run is a conflict`() async throws {
        try await TestEngine.withContainer(start: false) { client, id in
            let error = await #expect(throws: EngineError.self) { try await client.exec(in: id, ExecCommand(["true"])) }
            guard case .conflict = error else { throw TestFailure("\(error as Any)") }
        }
    }

    @Test func `a command that closes its output before it ends is waited for`() async throws {
        try await TestEngine.withContainer { client, id in
            let command = ExecCommand(["bash", "-c", "exec >&- 2>&-; read -t 0.5 < <(sleep 5); exit 9"])
            let found = try await client.exec(in: id, command).exitCode
            #expect(found == 9)
        }
    }

    @Test func `a command that does not read its input ends all the same`() async throws {
        try await TestEngine.withContainer { client, id in
            let input = [UInt8](repeating: 65, count: 8 << 20)
            let result = try await client.exec(in: id, ExecCommand(["bash", "-c", "exit 4"]), input: .bytes(input))
            #expect(result.exitCode == 4)
        }
    }

    @Test func `more output than wanted is an error`() async throws {
        try await TestEngine.withContainer { client, id in
            let command = ExecCommand(["bash", "-c", "head -c 2000000 /dev/zero"])
            let error = await #expect(throws: EngineError.self) {
                try await client.exec(in: id, command, outputLimit: 1_000_000)
            }
            guard case .tooLarge(_, 1_000_000) = error else { throw TestFailure("\(error as Any)") }
        }
    }

    @Test func `an input that fails is the error that is told`() async throws {
        try await TestEngine.withContainer { client, id in
            let error = await #expect(throws: EngineError.self) {
                try await client.exec(
                    in: id, ExecCommand(["cat"]), input: .chunks { throw TestFailure("no more tape") })
            }
            #expect(error?.description.contains("no more tape") == true)
        }
    }

    @Test func `64 MB go through a command and come back unchanged`() async throws {
        try await TestEngine.withContainer { client, id in
            let block = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 9) }
            let blocks = Countdown(64)
            let result = try await client.exec(
                in: id, ExecCommand(["cat"]), input: .chunks { await blocks.next() ? block : nil },
                outputLimit: 65 << 20)
            #expect(result.exitCode == 0)
            #expect(result.stdout.count == 64 << 20)
            let isSame = stride(from: 0, to: result.stdout.count, by: block.count).allSatisfy { start in
                Array(result.stdout[start..<start + block.count]) == block
            }
            #expect(isSame)
            let sum = try await client.exec(in: id, ExecCommand(["sha256sum"]), input: .bytes(result.stdout))
            let again = try await client.exec(
                in: id, ExecCommand(["bash", "-c", "cat | sha256sum"]), input: .bytes(result.stdout))
            #expect(sum.output == again.output)
        }
    }

    @Test func `cancelling a command that does not end returns at once`() async throws {
        try await TestEngine.withContainer { client, id in
            let session = try await client.openExec(in: id, ExecCommand(["cat"]))
            let reader = Task { for try await _ in session.output {} }
            let start = ContinuousClock.now
            reader.cancel()
            await #expect(throws: EngineError.cancelled) { try await reader.value }
            #expect(ContinuousClock.now - start < .seconds(1))
        }
    }

    @Test func `a terminal has the size it is given, echoes, and can be resized`() async throws {
        try await TestEngine.withContainer { client, id in
            let session = try await client.openExec(
                in: id, ExecCommand(["bash", "--norc"]), terminal: TerminalSize(rows: 33, columns: 77))
            var output = session.output.makeAsyncIterator()
            try await session.write(Array("stty size; echo end-$((1+1))\n".utf8))
            #expect(try await read(&output, until: "end-2").contains("33 77"))
            try await session.resize(to: TerminalSize(rows: 44, columns: 88))
            try await session.write(Array("stty size; echo end-$((1+2))\n".utf8))
            #expect(try await read(&output, until: "end-3").contains("44 88"))
            try await session.write(Array("exit 6\n".utf8))
            while try await output.next() != nil {}
            #expect(try await session.exitCode() == 6)
        }
    }

    private func read(_ output: inout ExecOutput.Iterator, until end: String) async throws -> String {
        var text = ""
        while !text.contains(end), let piece = try await output.next() {
            text += String(decoding: piece.bytes, as: UTF8.self)
        }
        return text
    }
}

/// True so many times, then false.
private actor Countdown {
    private var left: Int

    init(_ count: Int) {
        left = count
    }

    func next() -> Bool {
        left -= 1
        return left >= 0
    }
}
