import FrappeModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A container that runs although the Engine does not know it: the Engine was killed between starting it and writing
/// that down. It would go on writing to what its successor writes to, and the Engine can neither stop nor start it.
struct LostTask: Sendable {
    let container: String

    /// Ends what runs of the container, where anything does. containerd clears up behind the process that keeps it.
    func end() async throws {
        let keepers = keepers
        guard !keepers.isEmpty else { return }
        for keeper in keepers where kill(keeper, SIGKILL) != 0 && errno == EPERM {
            throw StepReason(
                description:
                    "a container runs that the Engine lost sight of when it was killed, and only root may end it",
                next: "sudo kill -9 \(keeper), then frappectl up")
        }
        guard try await Polling.until(within: .seconds(20), { self.keepers.isEmpty && inside.isEmpty }) else {
            throw StepReason(
                description: "a container runs that the Engine lost sight of when it was killed, and it does not end",
                next: "kill -9 \(inside.map { "\($0)" }.joined(separator: " ")), then frappectl up")
        }
    }

    /// Processes that keep the container for containerd: they have its id as an argument.
    private var keepers: [Int32] {
        IngressProcesses.all().filter { process in
            let words = process.title.split(separator: " ")
            return words.first?.contains("containerd-shim") == true && words.contains { $0 == container }
        }.map(\.id)
    }

    /// Processes inside of it.
    private var inside: [Int32] {
        IngressDisk.list("/proc").compactMap { Int32($0) }.filter { process in
            let groups = IngressDisk.read("/proc/\(process)/cgroup") ?? []
            return String(decoding: groups, as: UTF8.self).contains(container)
        }
    }
}

extension EngineAccess {
    /// Whether the Engine's refusal to start a container means that it runs already, unknown to the Engine.
    static func tellsLostTask(_ message: String) -> Bool {
        message.contains("task") && message.contains("already exists")
    }
}
