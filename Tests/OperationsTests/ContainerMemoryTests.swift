import Testing

@testable import Operations

@Suite("The memory of a container")
struct ContainerMemoryTests {
    @Test(
        "is in the group that the kernel names, and in no other",
        arguments: [
            ("0::/system.slice/docker-ab.scope\n", true, "/sys/fs/cgroup/system.slice/docker-ab.scope"),
            ("3:cpuset:/x\n4:cpu,memory:/docker/ab\n0::/\n", false, "/sys/fs/cgroup/memory/docker/ab"),
            ("0::/\n", true, nil), ("4:memory:/\n", false, nil), ("0::/../../escape\n", true, nil), ("", true, nil),
            ("3:cpuset:/x\n", false, nil),
        ])
    func group(text: String, isUnified: Bool, path: String?) {
        #expect(ContainerMemory.Group(groups: text, isUnified: isUnified)?.path == path)
    }

    @Test("and its other counters are in trees of their own, with control groups of the first version")
    func controllers() {
        let text = "3:cpu,cpuacct:/docker/ab\n4:memory:/docker/cd\n"
        let group = ContainerMemory.Group(groups: text, isUnified: false, controller: "cpuacct")
        #expect(group?.path == "/sys/fs/cgroup/cpuacct/docker/ab")
    }

    @Test("is read by the name of a line")
    func values() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
        #expect(ContainerMemory.value("oom_kill", in: text) == 3)
        #expect(ContainerMemory.value("oom", in: text) == nil)
        #expect(ContainerMemory.value("oom_kill", in: nil) == nil)
    }

    @Test("counts ends by signal 9 that nobody asked the Engine for")
    func kills() {
        let ends = EngineAccess.ends([
            ("a", "die", "137"), ("a", "start", nil), ("a", "die", "137"), ("a", "start", nil),
            ("b", "kill", nil), ("b", "die", "137"), ("b", "start", nil), ("b", "die", "137"),
            ("c", "die", "1"), ("d", "kill", nil), ("d", "kill", nil), ("d", "die", "137"),
        ])
        #expect(ends.mapValues(\.kills) == ["a": 2, "b": 1, "c": 0])
        #expect(ends["a"]?.lastExitCode == 137 && ends["c"]?.lastExitCode == 1)
    }

    @Test(
        "A container loops while it ends by itself again and again, not for ever after",
        arguments: [
            (0, false, 5.0, false), (1, true, 0, false), (2, true, 500, true), (2, false, 5, true),
            (40, false, 59, true), (40, false, 61, false),
        ])
    func loops(restarts: Int, isRestarting: Bool, uptime: Double, loops: Bool) {
        let loop = RestartLoop(restarts: restarts, isRestarting: isRestarting, startedAt: 1000 - uptime, now: 1000)
        #expect((loop != nil) == loops)
    }

    @Test(
        "and what its exit code says by itself is said",
        arguments: [
            (1, "exits with 1"), (127, "exits with 127: its image lacks the command"), (139, "is ended by signal 11"),
        ])
    func exitCodes(code: Int, words: String) {
        #expect(RestartLoop.words(exitCode: code) == words)
    }
}
