import Foundation
import Subprocess
import Synchronization
import Testing

@testable import Operations

/// A directory that goes with the test.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "f-\(UInt32.random(in: .min ... .max))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("A lock")
struct LockTests {
    private static func holder(_ verb: String) -> LockHolder {
        LockHolder(verb: verb, user: "tester", process: ProcessInfo.processInfo.processIdentifier, since: 100)
    }

    @Test("is taken by one at a time, and the one who does not wait is told who holds it")
    func busy() async throws {
        let directory = try TemporaryDirectory()
        let held = try await FileLock.acquire(
            .host, .exclusive, in: directory.path, as: Self.holder("up"), waiting: nil)
        let error = await #expect(throws: OperationError.self) {
            _ = try await FileLock.acquire(.host, .shared, in: directory.path, as: Self.holder("plan"), waiting: nil)
        }
        #expect(error?.exitCode == 75)
        #expect(error?.description.contains("up by tester, pid") == true)
        withExtendedLifetime(held) {}
    }

    @Test("is shared by those who only need the subject to stay")
    func shared() async throws {
        let directory = try TemporaryDirectory()
        let one = try await FileLock.acquire(.host, .shared, in: directory.path, as: Self.holder("a"), waiting: nil)
        let two = try await FileLock.acquire(.host, .shared, in: directory.path, as: Self.holder("b"), waiting: nil)
        withExtendedLifetime((one, two)) {}
    }

    @Test("goes on to the one who waits as soon as it is let go")
    func waiting() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        var held: FileLock? = try await FileLock.acquire(
            .ingress, .exclusive, in: path, as: Self.holder("up"), waiting: nil)
        let told = Mutex("")
        let (announced, announce) = AsyncStream.makeStream(of: Void.self)
        async let next = FileLock.acquire(.ingress, .exclusive, in: path, as: Self.holder("scale")) { holder in
            told.withLock { $0 = holder }
            announce.yield()
        }
        for await _ in announced { break }
        #expect(held != nil && told.withLock { $0 }.contains("up by tester"))
        held = nil
        _ = try await next
    }

    @Test("is gone with its process, although a child of it lives on")
    func killed() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        // A process that holds the lock, starts a child that outlives it, and is killed.
        let script = """
            import fcntl, os, signal, subprocess, sys
            lock = open(sys.argv[1], "w")
            fcntl.flock(lock, fcntl.LOCK_EX)
            subprocess.Popen(["sleep", "5"], stdout=subprocess.DEVNULL)
            os.kill(os.getpid(), signal.SIGKILL)
            """
        _ = try await Subprocess.run(
            .name("python3"), arguments: ["-c", script, "\(path)/host.lock"], output: .discarded)
        let lock = try await FileLock.acquire(.host, .exclusive, in: path, as: Self.holder("up"), waiting: nil)
        withExtendedLifetime(lock) {}
    }
}
