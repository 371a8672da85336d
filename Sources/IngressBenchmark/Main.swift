import CurlTransport
import Foundation
import FrappeModel
import Operations
import Rendering

/// Configures an nginx for many sites, the way the verbs do, and prints the seconds that each part took as JSON.
///
///     IngressBenchmark DIRECTORY PORT SITES [CERTIFICATE]
///
/// CERTIFICATE is a file with a key and its certificate, with which all sites are served over HTTPS then.
/// nginx goes on serving until standard input ends, so that others can measure it.
@main
struct ManySites {
    let directory: String
    let port: Int
    let count: Int
    let certificate: String?

    static func main() async throws {
        let words = CommandLine.arguments
        guard [4, 5].contains(words.count), let port = Int(words[2]), let count = Int(words[3]) else {
            FileHandle.standardError.write(Data("IngressBenchmark DIRECTORY PORT SITES [CERTIFICATE]\n".utf8))
            exit(64)
        }
        let benchmark = ManySites(
            directory: words[1], port: port, count: count, certificate: words.count == 5 ? words[4] : nil)
        let ingress = try benchmark.ingress()
        do {
            let seconds = try await benchmark.measure(ingress)
            FileHandle.standardOutput.write(try JSONEncoder().encode(seconds) + Data("\n".utf8))
            _ = FileHandle.standardInput.readDataToEndOfFile()
        } catch {
            try? await ingress.stop(grace: .zero)
            throw error
        }
        try await ingress.stop(grace: .zero)
    }

    private func ingress() throws -> Ingress {
        var settings = IngressSettings(
            prefix: "\(directory)/nginx", logsDirectory: "\(directory)/logs", rootIdentifier: "benchmark",
            httpPort: port, workerUser: IngressSettings.defaultWorkerUser())
        settings.challengeDirectory = "\(directory)/acme"
        settings.httpsPort = port + 1
        settings.isSecure = certificate != nil
        let port = port
        return try Ingress(settings: settings) { host, path in
            let client = HTTPClient(.tcp(host: "127.0.0.1", port: port, tls: false))
            defer { client.shutDown() }
            let answer = try await client.send(HTTPRequest(.get, path, headers: ["Host": host, "Connection": "close"]))
            return (answer.status, answer.text)
        }
    }

    private func state() -> IngressState {
        var state = IngressState(
            rootIdentifier: "benchmark", httpPort: port, logsDirectory: "\(directory)/logs",
            benches: [
                IngressBench(
                    id: "bench", sitesDirectory: "\(directory)/bench/sites", web: [.socket("\(directory)/web.sock")],
                    socketio: [.port(port)])
            ],
            sites: (0..<count).map { number in
                let name = "site-\(number).example.com"
                var site = IngressSite(siteName: name, hostNames: [name, "www.\(name)"], bench: "bench")
                for name in site.hostNames {
                    site.certificates[name] = certificate.map { IngressCertificate(certificateFile: $0, keyFile: $0) }
                }
                return site
            })
        state.httpsPort = port + 1
        return state
    }

    private func measure(_ ingress: Ingress) async throws -> [String: Double] {
        var state = state()
        var seconds: [String: Double] = [:]
        let first = try await timed(&seconds, "") { try await ingress.staged(state) }
        try await bringUp(first, ingress, &seconds, "", last: "start")
        seconds["unchanged"] = try await clock { _ = try await ingress.differences(from: state) }
        state.sites[count - 1].hostNames.append("one-more.example.com")
        let second = try await timed(&seconds, "one ") { try await ingress.staged(state) }
        try await bringUp(second, ingress, &seconds, "one ", last: "reload")
        return seconds
    }

    private func timed(
        _ seconds: inout [String: Double], _ prefix: String, _ work: () async throws -> StagedTimes
    ) async throws -> StagedConfiguration {
        let times = try await work()
        seconds["\(prefix)render"] = times.render
        seconds["\(prefix)stage"] = times.stage
        return times.staged
    }

    private func bringUp(
        _ staged: StagedConfiguration, _ ingress: Ingress, _ seconds: inout [String: Double], _ prefix: String,
        last: String
    ) async throws {
        let previous = staged.generation - 1
        seconds["\(prefix)test"] = try await clock { try await ingress.test(staged) }
        seconds["\(prefix)swap"] = try await clock { try await ingress.swap(staged) }
        seconds["\(prefix)\(last)"] = try await clock {
            _ = try await ingress.bringUp(staged.generation, previous: previous > 0 ? previous : nil)
        }
    }
}

struct StagedTimes {
    var staged: StagedConfiguration
    var render: Double
    var stage: Double
}

extension Ingress {
    /// The two first parts of `apply`, each with its time.
    fileprivate func staged(_ state: IngressState) async throws -> StagedTimes {
        let began = ContinuousClock.now
        var state = state
        state.generation = nextGeneration
        let files = try IngressRendering.files(state)
        let rendered = ContinuousClock.now
        _ = try await differences(files)
        let staged = try await stage(files, generation: state.generation)
        return StagedTimes(
            staged: staged, render: (rendered - began) / .seconds(1),
            stage: (ContinuousClock.now - rendered) / .seconds(1))
    }
}

private func clock(_ work: () async throws -> Void) async throws -> Double {
    let began = ContinuousClock.now
    try await work()
    return (ContinuousClock.now - began) / .seconds(1)
}
