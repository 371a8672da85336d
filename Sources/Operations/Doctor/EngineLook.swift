import Diagnosis
import DockerEngine
import FoundationEssentials
import FrappeModel
import Glibc

/// What the Engine tells, in as few calls as it takes; nothing here needs an installation.
struct EngineLook: Sendable {
    var facts: EngineFacts
    var system: EngineSystem?
    var containers: [ContainerSummary] = []
    var networks: [NetworkDetail] = []
    var images: [ImageSummary] = []

    /// Whether it answered.
    var answers: Bool { facts.contact == .answers }

    static func take(socket: String, within limit: Duration) async -> EngineLook {
        if let contact = await Bounded.blocking(limit, { contact(socket) }) ?? .slow(limit.seconds) {
            return EngineLook(facts: EngineFacts(socket: socket, contact: contact))
        }
        let client = EngineClient(socketPath: socket)
        defer { client.shutDown() }
        let slow = EngineLook(facts: EngineFacts(socket: socket, contact: .slow(limit.seconds)))
        return await Bounded.calling(limit) { await ask(client) } ?? slow
    }

    private static func ask(_ client: EngineClient) async -> EngineLook {
        var look = EngineLook(facts: EngineFacts(socket: client.socketPath, contact: .answers))
        do throws(EngineError) {
            let version = try await client.version()
            let before = Date()
            let system = try await client.system()
            look.containers = try await client.containers(all: true)
            look.networks = try await client.networks()
            look.images = try await client.images()
            look.system = system
            look.facts.fill(version, system, asked: before)
        } catch .unsupportedVersion(let engine, let minimum) {
            look.facts.contact = .tooOld("it speaks API \(engine) at most; \(minimum) is needed")
        } catch {
            look.facts.contact = .failed("\(error)")
        }
        return look
    }

    /// Why a connection cannot be made, nil when it can.
    private static func contact(_ path: String) -> EngineFacts.Contact? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failed(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            guard path.utf8.count < buffer.count else { return false }
            buffer.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { return .failed("the path of its socket is too long") }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? nil : contact(errno, path)
    }

    private static func contact(_ code: Int32, _ path: String) -> EngineFacts.Contact {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .denied(user: DoctorUser.name)
        case ECONNREFUSED: HostFiles.kind(path) == .file ? .notASocket : .refused
        default: .failed(String(cString: strerror(code)))
        }
    }
}

/// Who looks.
enum DoctorUser {
    static var name: String {
        guard let entry = getpwuid(geteuid()) else { return "uid \(geteuid())" }
        return String(cString: entry.pointee.pw_name)
    }
}

extension EngineFacts {
    fileprivate mutating func fill(_ version: EngineVersion, _ system: EngineSystem, asked: Date) {
        self.version = version.version
        apiVersion = version.apiVersion
        liveRestore = system.keepsContainersRunning
        storageDriver = system.storageDriver
        logDriver = system.logDriver
        cgroupVersion = system.cgroupVersion
        isRootless = system.isRootless
        warnings = system.warnings
        clockAhead = system.time.map { $0.date.timeIntervalSince(asked) }
    }
}
