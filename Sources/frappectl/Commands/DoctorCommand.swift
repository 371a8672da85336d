import ArgumentParser
import Diagnosis
import Operations

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong, with the command that mends it; changes nothing.",
        discussion: """
            Works where nothing else does: without the Engine, without root, with a damaged state database, and on a \
            machine without an installation, where it tells what would stop an `up`. Exits with 1 when anything FAILs.

              frappectl doctor
              frappectl doctor --json
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let report = try await Doctor(root: common.rootPath, socket: try common.socket()).run()
        if common.json { try JSONOutput.print(report) } else { Terminal.output(DoctorText.text(report)) }
        if report.failures > 0 { throw ExitCode(1) }
    }
}

/// Findings as a person reads them: a line each, what follows from it and what mends it below.
enum DoctorText {
    static func text(_ report: DoctorReport) -> String {
        report.findings.map(lines).joined(separator: "\n")
    }

    private static func lines(_ finding: Finding) -> String {
        let level = finding.level == .fail ? "FAIL" : finding.level.rawValue
        var text = level + String(repeating: " ", count: 6 - level.count) + TextWidth.plain(finding.text)
        for line in (finding.reason ?? "").split(separator: "\n") { text += "\n      \(line)" }
        if let next = finding.next { text += "\n      next: \(next)" }
        return text
    }
}
