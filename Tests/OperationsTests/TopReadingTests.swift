import FrappeModel
import Testing

@testable import Operations

@Suite("What containers use")
struct TopReadingTests {
    private func reading(_ time: Double, cpu: Double, io: [Int: (Int, Int)]?, sent: Int = 0) -> TopReading {
        let container = ObservedContainer(
            id: "a", name: "n", state: .running,
            labels: [Label.bench: "shop", Label.component: "web", Label.instance: "1"])
        var counters = ContainerCounters(
            time: time, cpuSeconds: cpu, memory: 100, memoryLimit: 400, processes: 2, sent: sent)
        for (process, bytes) in io ?? [:] { counters.io.processes[process] = .init(read: bytes.0, written: bytes.1) }
        let machine = TopReport.Machine(
            cores: 2, busy: nil, load: 0, memory: 1000, memoryAvailable: 500, memoryBudget: 900, memoryLimits: 0)
        return TopReading(
            machine: machine, processors: (busy: Int(cpu * 100), all: Int(time * 200)), time: time,
            containers: ["a": .init(container: container, counters: counters, cpuLimit: 1)])
    }

    @Test("is the difference of two readings by the time between them")
    func rates() {
        let report = reading(12, cpu: 8, io: [7: (500, 9000)], sent: 600)
            .report(since: reading(10, cpu: 5, io: [7: (100, 1000)], sent: 100))
        let use = report.components[0]
        #expect(use.name == "web-1" && use.bench == "shop")
        #expect(use.cpu == 1.5 && use.diskRead == 200 && use.diskWritten == 4000 && use.networkSent == 250)
        #expect(report.machine.memoryLimits == 400)
        #expect(report.machine.busy == 0.75)
        #expect(report.total.cpu == 1.5 && report.total.memory == 100 && report.total.processes == 2)
    }

    @Test("is nothing yet for a container that was not there before, and unknown where nothing can be seen")
    func fresh() {
        var before = reading(10, cpu: 5, io: nil)
        before.containers = [:]
        let use = reading(12, cpu: 8, io: nil).report(since: before).components[0]
        #expect(use.cpu == 0 && use.networkSent == 0)
        #expect(use.diskRead == nil && use.diskWritten == nil)
    }

    @Test("is never less than nothing: a container that was started anew counts from zero")
    func restarted() {
        let use = reading(12, cpu: 1, io: [9: (50, 20)]).report(since: reading(10, cpu: 5, io: [7: (100, 1000)]))
            .components[0]
        #expect(use.cpu == 0)
        #expect(use.diskRead == 25 && use.diskWritten == 10)
    }

    @Test("on disks is told by the kernel for each process, without what was taken back")
    func processes() {
        let text = "rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 4096\n"
        #expect(ContainerIO.Bytes(text) == .init(read: 4096, written: 4096))
        #expect(ContainerIO.Bytes("rchar: 1\n") == nil)
        let devices = "254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:0 rbytes=1 wbytes=2\n"
        #expect(ContainerIO.Bytes(devices: devices) == .init(read: 11, written: 22))
    }

    @Test("on networks is the sum of all devices but the loopback")
    func network() {
        let text = """
            Inter-|   Receive                            |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
                lo: 900 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0
              eth0: 100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0
              eth1:5 1 0 0 0 0 0 0 3 1 0 0 0 0 0 0
            """
        #expect(ContainerCounters.network(text) == (105, 23))
        #expect(ContainerCounters.network("") == (0, 0))
    }
}
