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

    @Test("is read by the name of a line")
    func values() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
        #expect(ContainerMemory.value("oom_kill", in: text) == 3)
        #expect(ContainerMemory.value("oom", in: text) == nil)
        #expect(ContainerMemory.value("oom_kill", in: nil) == nil)
    }

    @Test("counts ends by signal 9 that nobody asked the Engine for")
    func kills() {
        let kills = EngineAccess.unaskedKills([
            ("a", "die", "137"), ("a", "start", nil), ("a", "die", "137"), ("a", "start", nil),
            ("b", "kill", nil), ("b", "die", "137"), ("b", "start", nil), ("b", "die", "137"),
            ("c", "die", "1"), ("d", "kill", nil), ("d", "kill", nil), ("d", "die", "137"),
        ])
        #expect(kills == ["a": 2, "b": 1])
    }
}
