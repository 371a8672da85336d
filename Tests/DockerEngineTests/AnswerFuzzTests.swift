import TestSupport
import Testing

@testable import CurlTransport
@testable import DockerEngine

/// Answers of an Engine that is damaged, or none of ours.
@Suite struct AnswerFuzzTests {
    private static let heads = Mutations(
        [
            "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nServer: Docker/20.10\r\n\r\n",
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nx",
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n",
        ],
        [
            "\r\n", "\n", "\r", ":", " ", "\t", "\u{0}", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 999999999999999999999 X\r\n",
            "HTTP/2 -1 X\r\n", "Content-Length: 18446744073709551616\r\n", "Content-Length: -1\r\n",
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Content-Encoding: gzip\r\n",
            "Location: file:///etc/passwd\r\n", "ffffffffffffffff\r\n", "7fffffff\r\n", "Connection: close\r\n",
            "Set-Cookie: a=b\r\n", "\u{1B}[2J", ": x\r\n", "0\r\n\r\n",
        ])

    private static let bodies = Mutations(
        [
            #"{"Id":"a1","Names":["/web"],"Image":"i","ImageID":"sha256:1","Command":"x","Created":1700000000,"State":"running","Status":"Up 2 hours (healthy)","Labels":{"dev.frappectl.bench":"shop"},"Ports":[{"IP":"127.0.0.1","PublicPort":80,"PrivatePort":8000,"Type":"tcp"}],"NetworkSettings":{"Networks":{"n":{"NetworkID":"1","IPAddress":"10.0.0.2","Aliases":["web"]}}},"Mounts":[{"Type":"bind","Source":"/a","Destination":"/b","RW":true}]}"#,
            #"{"Id":"a1","Name":"/web","Created":"2024-05-01T10:20:30.123456789Z","RestartCount":2,"State":{"Status":"exited","Pid":0,"ExitCode":137,"OOMKilled":true,"StartedAt":"2024-05-01T10:20:30Z","FinishedAt":"0001-01-01T00:00:00Z","Health":{"Status":"unhealthy","FailingStreak":3,"Log":[{"Start":"2024-05-01T10:20:30+02:00","ExitCode":1,"Output":"no"}]}},"Config":{"Image":"i","Labels":{},"Env":["A=b"],"Cmd":["x"],"Tty":false},"HostConfig":{"Memory":536870912,"NanoCpus":1000000000,"RestartPolicy":{"Name":"no"}},"NetworkSettings":{"Networks":{}}}"#,
            #"{"Id":"n1","Name":"net","Driver":"bridge","IPAM":{"Config":[{"Subnet":"10.1.2.0/24","Gateway":"10.1.2.1"}]},"Labels":{"a":"b"},"Containers":{"c":{"Name":"web","IPv4Address":"10.1.2.3/24"}}}"#,
            #"{"Id":"sha256:1","RepoTags":["a:b"],"RepoDigests":["a@sha256:2"],"Created":1700000000,"Size":12345,"Config":{"Env":["A=b"],"Volumes":{"/x":{}},"Entrypoint":["y"],"Healthcheck":{"Test":["CMD","x"],"Interval":1000000000}}}"#,
            #"{"Type":"container","Action":"die","Actor":{"ID":"a1","Attributes":{"exitCode":"137","execID":"e"}},"time":1700000000,"timeNano":1700000000123456789}"#,
            #"{"read":"2024-05-01T10:20:30.1Z","cpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":200,"online_cpus":2},"memory_stats":{"usage":1000,"limit":2000,"stats":{"inactive_file":10}},"pids_stats":{"current":3},"blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":5}]},"networks":{"eth0":{"rx_bytes":1,"tx_bytes":2}}}"#,
            #"{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux"}"#,
            #"{"ID":"x","NCPU":2,"MemTotal":8000000000,"SecurityOptions":["name=seccomp"],"Warnings":null,"SystemTime":"2024-05-01T10:20:30.1Z"}"#,
            #"{"id":"layer","status":"Downloading","progressDetail":{"current":5,"total":10}}"#,
            #"{"message":"no such container","Running":false,"ExitCode":1,"StatusCode":137,"Error":null}"#,
        ],
        [
            "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e400", "-0.0", "null", "{}", "[]",
            "\"\"", "true", "\"\\u0000\"", "\"\\u001b[2J\"", "\"\\ud800\"", "\"../../x\"", "\"9999-99-99T99:99:99Z\"",
            "\"2261-12-31T23:59:60.999999999-99:99\"", "[[[[[[[[", "{\"a\":", ",", ":", "\"", "\\", "\u{0}", "0x1",
            "00",
            "\"Exited (99999999999999999999) \"", "\"Up (healthy) (unhealthy)\"", "\"1.99999999999999999999\"",
        ])

    @Test func `no damaged head of an answer crashes the parser or holds it up`() async {
        let (done, slowest) = await trials { number in
            var parser = ResponseHeadParser()
            for line in Self.heads.bytes(number).split(separator: 0x0A, omittingEmptySubsequences: false) {
                guard let head = parser.take(line: line) else { continue }
                _ = try? APIVersion(negotiatedFrom: HTTPResponse(head: head, body: []))
                _ = head.headers["content-type"]
            }
        }
        #expect(done == Mutations.count && slowest < 1, "\(done), \(slowest) s")
    }

    @Test func `no damaged body of an answer crashes what reads it`() async {
        let (done, slowest) = await trials { number in
            // As what it was, and as something else.
            let bytes = Self.bodies.bytes(number)
            Self.readers[number % Self.readers.count](bytes)
            Self.readers[number / 7 % Self.readers.count](bytes)
        }
        #expect(done == Mutations.count && slowest < 1, "\(done), \(slowest) s")
    }

    /// Every type that is read from an Engine, in the order of the bodies, with everything that is worked out from it.
    private static let readers: [@Sendable ([UInt8]) -> Void] = [
        { bytes in
            let container = try? JSON.decode(ContainerSummary.self, from: bytes)
            _ = (container?.health, container?.exitCode, container?.name)
            _ = (container?.created.date, container?.created.seconds)
        },
        { bytes in
            let detail = try? JSON.decode(ContainerDetail.self, from: bytes)
            _ = (detail?.created?.seconds, detail?.state.health?.lastOutput)
        },
        { bytes in _ = try? JSON.decode(NetworkDetail.self, from: bytes) },
        { bytes in
            _ = (try? JSON.decode(ImageSummary.self, from: bytes))?.created.date
            _ = try? JSON.decode(ImageDetail.self, from: bytes)
        },
        { bytes in _ = (try? JSON.decode(EngineEvent.self, from: bytes))?.time.seconds },
        { bytes in
            if let stats = try? JSON.decode(ContainerStats.self, from: bytes) { _ = stats.cpuShare(since: stats) }
        },
        { bytes in _ = (try? JSON.decode(EngineVersion.self, from: bytes)).flatMap { APIVersion($0.apiVersion)?.spoken }
        },
        { bytes in _ = (try? JSON.decode(EngineSystem.self, from: bytes))?.time?.date },
        { bytes in _ = try? JSON.decode(PullProgress.self, from: bytes) },
        { bytes in
            _ = try? JSON.decode(ExecState.self, from: bytes)
            for status in [400, 404, 409, 500] {
                _ = EngineError(status: status, body: bytes, request: "x")?.description
            }
        },
    ]

    private enum Ending { case answered, refused, late }

    /// How many calls ended how, eight at a time.
    private static func endings(
        of count: Int, _ call: @escaping @Sendable (Int) async -> Ending
    ) async -> [Ending: Int] {
        await withTaskGroup(of: [Ending: Int].self) { group in
            for lane in 0..<8 {
                group.addTask {
                    var endings: [Ending: Int] = [:]
                    for number in stride(from: lane, to: count, by: 8) { endings[await call(number), default: 0] += 1 }
                    return endings
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }
    }

    private static func check(_ endings: [Ending: Int], of count: Int) {
        #expect(endings.values.reduce(0, +) == count)
        #expect(endings[.answered, default: 0] > 100 && endings[.refused, default: 0] > 100, "\(endings)")
        #expect(endings[.late] == nil, "\(endings)")
    }

    /// Through libcurl and a socket, each on a connection of its own that ends with the answer.
    @Test func `4,000 damaged answers on a socket are read or refused, and none is waited for`() async throws {
        let engine = try ScriptedEngine(at: "/tmp/fctl-curl-fuzz-\(UInt32.random(in: .min ... .max)).sock") { _, path in
            ScriptedEngine.Answer(raw: Self.heads.bytes(Int(path.dropFirst()) ?? 0))
        }
        defer { engine.stop() }
        let client = HTTPClient(.unix(engine.socketPath))
        defer { client.shutDown() }
        let endings = await Self.endings(of: 4000) { number in
            var request = HTTPRequest(.get, "/\(number)", timeout: .seconds(60))
            request.bodyLimit = 1 << 20
            do throws(TransportError) {
                _ = try await client.send(request)
                return .answered
            } catch {
                if case .timedOut = error { return .late }
                return .refused
            }
        }
        Self.check(endings, of: 4000)
    }

    /// Whole answers in HTTP with damaged bodies, through the client and every call that reads a list or an object.
    @Test func `3,000 damaged bodies reach nobody but as an error or a value`() async throws {
        let engine = try ScriptedEngine(at: "/tmp/fctl-curl-fuzz-\(UInt32.random(in: .min ... .max)).sock") { _, path in
            guard let number = path.split(separator: "/").compactMap({ Int($0) }).last else {
                return ScriptedEngine.Answer(version: "1.41", "OK")
            }
            return ScriptedEngine.Answer(
                version: "1.41", String(decoding: Self.bodies.bytes(number), as: UTF8.self))
        }
        defer { engine.stop() }
        let client = EngineClient(socketPath: engine.socketPath)
        defer { client.shutDown() }
        let endings = await Self.endings(of: 3000) { number in
            let container = try? await client.inspectContainer("\(number)")
            let network = try? await client.inspectNetwork("\(number)")
            return container != nil || network != nil ? .answered : .refused
        }
        Self.check(endings, of: 3000)
    }
}
