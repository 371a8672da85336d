import ArgumentParser
import DockerEngine
import FrappeModel
import Operations

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "CPU, memory, disk and network of each component, live.",
        discussion: """
            On a terminal the figures are redrawn every two seconds until q or Ctrl-C. With --once, with --json and \
            without a terminal it looks for one second and ends.

              frappectl top
              frappectl top shop --sort memory
              frappectl top --once --sort cpu
            """)

    enum Order: String, ExpressibleByArgument, CaseIterable { case name, cpu, memory, disk, network }

    @OptionGroup var common: CommonOptions
    @Argument(help: "The bench; all, and what they share, when none is given.", completion: Candidates.bench)
    var bench: ObjectName?
    @Option(help: "By name, cpu, memory, disk or network; the largest first.") var sort: Order = .name
    @Flag(help: "Print one look and end.") var once = false
    @Option(help: "Seconds between two looks on a terminal.") var every = 2.0

    func run() async throws {
        try Watch.check(every, option: "--every")
        EngineClient.prepare()
        let top = try Top(try common.open("top"), bench: bench)
        guard !once, !common.json, Terminal.isTerminal(STDOUT_FILENO) else {
            let report = try await top.report()
            if common.json { return try JSONOutput.print(report.sorted(by: sort)) }
            return Terminal.output(TopText(report.sorted(by: sort)).text)
        }
        let order = sort
        try await Watch(interval: every, json: false) {
            TopText(try await top.report(interval: 0.5).sorted(by: order)).text
        }.run()
    }
}

extension TopReport {
    fileprivate func sorted(by order: TopCommand.Order) -> TopReport {
        var report = self
        switch order {
        case .name: break
        case .cpu: report.components.sort { $0.cpu > $1.cpu }
        case .memory: report.components.sort { $0.memory > $1.memory }
        case .disk:
            report.components.sort {
                ($0.diskRead ?? 0) + ($0.diskWritten ?? 0) > ($1.diskRead ?? 0) + ($1.diskWritten ?? 0)
            }
        case .network:
            report.components.sort {
                $0.networkReceived + $0.networkSent > $1.networkReceived + $1.networkSent
            }
        }
        return report
    }
}
