import Foundation
import FrappeModel
import Rendering
import Testing

@testable import Operations

/// A root of its own with two benches, three sites, assets, a server behind each upstream, and an nginx of ours.
final class IngressFixture: Sendable {
    let root: String
    let port: Int
    let socketioPort: Int
    let ingress: Ingress

    static let workerUser = IngressSettings.defaultWorkerUser()

    private init(root: String, port: Int, socketioPort: Int) throws {
        self.root = root
        self.port = port
        self.socketioPort = socketioPort
        ingress = try Ingress(settings: Self.settings(root: root, port: port)) { host, path in
            let answer = try await RawHTTP.get(path, host: host, port: port)
            return (answer.status, answer.text)
        }
    }

    static func settings(root: String, port: Int) -> IngressSettings {
        var settings = IngressSettings(
            prefix: "\(root)/agent/nginx", logsDirectory: "\(root)/agent/logs", rootIdentifier: "test-root",
            httpPort: port, workerUser: workerUser)
        settings.challengeDirectory = "\(root)/agent/acme"
        return settings
    }

    /// Runs the body and then ends every process and removes every file, whatever happened.
    static func with(_ body: (IngressFixture) async throws -> Void) async throws {
        sweep()
        let root = "/tmp/frappectl-ingress-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let ports = try freePorts(2)
        let fixture = try IngressFixture(root: root, port: ports[0], socketioPort: ports[1])
        var failure: (any Error)?
        let servers = Servers()
        do {
            try fixture.fill()
            try servers.start([
                "a=unix:\(fixture.socket("a"))", "b=unix:\(fixture.socket("b"))", "io=tcp:\(fixture.socketioPort)",
            ])
            try await body(fixture)
        } catch {
            failure = error
            print(String(decoding: IngressDisk.read(fixture.ingress.settings.errorLog) ?? [], as: UTF8.self))
        }
        try await fixture.ingress.stop(grace: .milliseconds(200))
        servers.stop()
        try IngressDisk.remove(root)
        if let failure { throw failure }
    }

    /// Ends what a test run left that was itself killed.
    private static func sweep() {
        for name in IngressDisk.list("/tmp") where name.hasPrefix("frappectl-ingress-") {
            guard let runner = name.split(separator: "-").dropLast().last.flatMap({ Int32($0) }),
                !IngressProcesses.isAlive(runner)
            else { continue }
            for process in IngressProcesses.all() {
                let isMaster = process.title.contains("/tmp/\(name)/")
                if isMaster
                    || process.isWorker && IngressProcesses.holds(process.id, file: "/tmp/\(name)/agent/logs/error.log")
                {
                    process.signal(SIGKILL)
                }
            }
            try? IngressDisk.remove("/tmp/\(name)")
        }
    }

    func socket(_ bench: String) -> String { "\(root)/run/\(bench)/web.sock" }

    func sites(_ bench: String) -> String { "\(root)/benches/\(bench)/1/sites" }

    func file(_ path: String, _ text: String) throws {
        let full = "\(root)/\(path)"
        try IngressDisk.makeDirectories(String(full[..<(full.lastIndex(of: "/") ?? full.startIndex)]))
        try? IngressDisk.remove(full)
        try IngressDisk.write(Array(text.utf8), to: full)
    }

    func link(_ path: String, to target: String) throws {
        try IngressDisk.remove("\(root)/\(path)")
        try FileManager.default.createSymbolicLink(atPath: "\(root)/\(path)", withDestinationPath: target)
    }

    private func fill() throws {
        for (bench, site) in [("a", "one.localhost"), ("a", "two.localhost"), ("b", "three.localhost")] {
            let directory = "benches/\(bench)/1/sites/\(site)"
            try file("\(directory)/public/files/hello.txt", "hello from \(site)")
            try file("\(directory)/private/files/secret.txt", "secret of \(site)")
            try file("\(directory)/site_config.json", "{\"db_password\": \"secret of \(site)\"}")
        }
        try hide()
        try file("host-secret.txt", "secret of the host")
        try file("assets/new/frappe/dist/js/desk.bundle.ABCDEF12.js", "new desk")
        try file("assets/new/frappe/images/logo.svg", "<svg/>")
        try file("assets/old/frappe/dist/js/desk.bundle.ZZZZZZ77.js", "old desk")
        for bench in ["a", "b"] { try IngressDisk.makeDirectories("\(root)/run/\(bench)") }
        try IngressDisk.makeDirectories("\(root)/agent/nginx")
    }

    /// As on a real host: only nginx's group passes through the parents of `sites`.
    private func hide() throws {
        guard let user = Self.workerUser, let group = getpwnam(user)?.pointee.pw_gid else { return }
        for bench in ["a", "b"] {
            let directory = "\(root)/benches/\(bench)/1"
            guard chown(directory, 0, group) == 0, chmod(directory, 0o710) == 0 else {
                throw RawHTTP.Failure(description: "cannot change \(directory)")
            }
        }
    }

    func state() -> IngressState {
        let assets = ["\(root)/assets/new", "\(root)/assets/old"]
        var state = IngressState(
            rootIdentifier: "test-root", httpPort: port, workerUser: Self.workerUser,
            logsDirectory: "\(root)/agent/logs",
            benches: ["a", "b"].map { id in
                IngressBench(
                    id: id, sitesDirectory: sites(id), assetsDirectories: assets, web: [.socket(socket(id))],
                    socketio: [.port(socketioPort)])
            },
            sites: [
                IngressSite(siteName: "one.localhost", hostNames: ["one.localhost", "www.one.example"], bench: "a"),
                IngressSite(siteName: "two.localhost", hostNames: ["two.localhost"], bench: "a"),
                IngressSite(siteName: "three.localhost", hostNames: ["three.localhost"], bench: "b"),
            ])
        state.challengeDirectory = "\(root)/agent/acme"
        return state
    }

    @discardableResult
    func apply(_ change: (inout IngressState) -> Void = { _ in }) async throws -> IngressOutcome {
        var state = state()
        change(&state)
        return try await ingress.apply(state)
    }

    func get(
        _ path: String, host: String? = "one.localhost", headers: [String] = [], method: String = "GET"
    ) async throws -> RawHTTP.Response {
        try await RawHTTP.get(path, host: host, port: port, headers: headers, method: method)
    }

    /// What the server behind nginx received.
    func echo(
        _ path: String, host: String = "one.localhost", headers: [String] = [], method: String = "GET"
    ) async throws -> Echo {
        let answer = try await get(path, host: host, headers: headers, method: method)
        return try JSONDecoder().decode(Echo.self, from: Data(answer.body))
    }

    static func freePorts(_ count: Int) throws -> [Int] {
        let sockets = (0..<count).map { _ in Listener(port: 0) }
        defer { sockets.forEach { $0.close() } }
        return sockets.map(\.port)
    }
}

/// The answer of the server behind nginx.
struct Echo: Decodable, Sendable {
    var server: String
    var method: String
    var path: String
    var received: Int
    var headers: [[String]]

    func all(_ name: String) -> [String] {
        headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }

    subscript(name: String) -> String? { all(name).first }
}

/// A TCP port of 127.0.0.1 that somebody listens on.
struct Listener {
    let descriptor: Int32
    let port: Int

    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, 1)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        self.port = Int(address.sin_port.bigEndian)
    }

    func close() { _ = Foundation.close(descriptor) }
}
