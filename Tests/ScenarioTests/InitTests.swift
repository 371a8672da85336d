import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// An nginx that serves something else on a port, with files of its own in the fixture's directory.
private func withOtherNginx(_ installation: Installation, _ body: (Int32) async throws -> Void) async throws {
    let etc = "\(installation.directory)/etc"
    try FileManager.default.createDirectory(atPath: "\(etc)/sites", withIntermediateDirectories: true)
    try installation.write(
        """
        pid \(etc)/nginx.pid;
        error_log \(etc)/error.log;
        events { worker_connections 64; }
        http {
            access_log off;
            include \(etc)/sites/*.conf;
            server { listen 127.0.0.1:\(installation.port); return 200 other; }
        }
        """, to: "etc/nginx.conf")
    let started = try await Subprocess.run(
        .name("nginx"), arguments: ["-c", "\(etc)/nginx.conf"], output: .discarded, error: .discarded)
    #expect(started.terminationStatus.isSuccess)
    let id = try String(contentsOfFile: "\(etc)/nginx.pid", encoding: .utf8).filter(\.isNumber)
    let master = try #require(Int32(id))
    defer { kill(master, SIGTERM) }
    try await body(master)
}

extension Scenarios.Standing {
    @Suite struct InitTests {
        @Test(.enabled(if: geteuid() == 0))
        func `a server whose port the distribution's nginx holds is included in it`() async throws {
            try await withInstallation { installation in
                try await withOtherNginx(installation) { master in
                    let port = installation.port
                    let given = ["--profile", "server", "--port", "\(port)", "--image", installation.images.bench]
                    let etc = "\(installation.directory)/etc"
                    let text = try await installation.succeed(["init", "first.yaml"] + given).output
                    #expect(
                        text.contains(
                            "  mode include: port \(port) is held by nginx (pid \(master)) of \(etc)/nginx.conf"))
                    let manifest = try String(
                        contentsOfFile: "\(installation.directory)/first.yaml", encoding: .utf8)
                    #expect(manifest.contains("\n    mode: include\n"))
                    #expect(manifest.contains("\n      file: \(etc)/sites/frappectl.conf\n"))
                    let plan = try await installation.run(["plan", "-f", "first.yaml"])
                    #expect(plan.exitCode == 2, "\(plan)")
                    #expect(plan.output.contains("\(etc)/nginx.conf allows 64 worker_connections"))
                    let json = try await installation.succeed(["init", "second.yaml", "--json"] + given).json()
                    let lines = text.split(separator: "\n").dropLast().map { String($0.dropFirst(2)) }
                    #expect(json.reasons.array.compactMap(\.string) == lines)
                }
            }
        }

        @Test func `a program on the laptop's port is named, and the next free port is taken`() async throws {
            // Where somebody else has the port already, it is held all the same.
            let listener = try? Listener(port: 8080)
            defer { listener?.close() }
            try await withInstallation { installation in
                let arguments = ["init", "first.yaml", "--profile", "laptop", "--image", installation.images.bench]
                let text = try await installation.succeed(arguments).output
                let line = try #require(text.split(separator: "\n").first { $0.contains(": 8080 is held by ") })
                if listener != nil { #expect(line.hasSuffix(" (pid \(getpid()))")) }
                let port = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0.dropLast()) })
                #expect(port > 8080)
                let manifest = try String(contentsOfFile: "\(installation.directory)/first.yaml", encoding: .utf8)
                #expect(manifest.contains("\n    address: 127.0.0.1") && manifest.contains("\n    httpPort: \(port)\n"))
                let plan = try await installation.run(["plan", "-f", "first.yaml"])
                #expect(plan.exitCode == 2, "\(plan)")
            }
        }
    }
}
