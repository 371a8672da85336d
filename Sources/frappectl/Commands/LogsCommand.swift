import ArgumentParser
import DockerEngine
import Foundation
import ManifestParsing
import Operations

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "What the components of benches write, merged by time.",
        discussion: """
            Each component has a colour of its own. Following goes on when a container is replaced; Ctrl-C ends it.
            `nginx` is the host's access and error log of a bench; `mariadb` is read when it is named.

              frappectl logs
              frappectl logs shop web worker-short -f --since 10m
              frappectl logs shop nginx web --grep '"status":50' -f
              frappectl logs web-2 mariadb --tail 50
            """)

    @OptionGroup var common: CommonOptions
    @Argument(
        help: "Benches and components, such as shop, web, web-2; none for all of the benches' own.",
        completion: Candidates.logs)
    var words: [String] = []
    @Flag(name: .shortAndLong, help: "Go on with what is written from now on.") var follow = false
    @Option(help: "Only the last lines of each log; 200 when nothing else is asked for.") var tail: Int?
    @Option(help: "Only what is newer: 30s, 10m, 2h, 1d ago, or a time such as 2026-01-31T10:00:00Z.")
    var since: String?
    @Option(help: "Only what is older.") var until: String?
    @OptionGroup var filter: LogFilterOptions
    @Flag(help: "Say when each line was written.") var timestamps = false
    @Flag(help: "No colours, as with NO_COLOR.") var noColor = false

    func run() async throws {
        let request = try makeRequest()
        let printer = try LogPrinter(
            filter: filter, style: noColor ? .plain : .output, hasTimes: timestamps, isJSON: common.json,
            isLive: follow)
        let host = try common.open("logs")
        do {
            try await Logs(host).run(request, sources: { await printer.expect($0) }, line: { await printer.print($0) })
            await printer.flush()
        } catch is CancellationError {
            await printer.flush()
            throw ExitCode(128 + (Signals.last ?? SIGINT))
        }
    }

    private func makeRequest() throws -> LogRequest {
        if follow, until != nil { throw OperationError.usage("--until says when to stop, and -f not to") }
        if let tail, tail < 0 { throw OperationError.usage("--tail takes a number of lines, not \(tail)") }
        var request = LogRequest(words: words)
        request.follows = follow
        request.since = try since.map { try Self.moment($0, option: "--since") }
        request.until = try until.map { try Self.moment($0, option: "--until") }
        request.tail = tail ?? (since == nil && until == nil && filter.grep == nil && !follow ? 200 : nil)
        return request
    }

    /// A span before now, or a time.
    static func moment(_ text: String, option: String) throws -> Timestamp {
        if let time = Timestamp(rfc3339: text) { return time }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()),
            (0...1_000_000).contains(number)
        else {
            throw OperationError.usage(
                "\(option) takes a span such as 30s, 10m, 2h or 1d, or a time such as 2026-01-31T10:00:00Z, not \(SafeText.word(text))"
            )
        }
        return Timestamp(Date(timeIntervalSinceNow: -number * unit))
    }
}

/// Which lines are shown.
struct LogFilterOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Only lines in which this regular expression matches.") var grep: String?
    @Flag(name: [.customShort("v"), .long], help: "With --grep: only the other lines.") var invertMatch = false
    @Flag(name: [.customShort("i"), .long], help: "With --grep: upper and lower case alike.") var ignoreCase = false

    func validate() throws {
        if grep == nil, invertMatch || ignoreCase { throw ValidationError("-v and -i belong to --grep") }
    }

    func regex() throws -> Regex<AnyRegexOutput>? {
        guard let grep else { return nil }
        do {
            return try Regex(grep).ignoresCase(ignoreCase)
        } catch {
            throw OperationError.usage("--grep \(SafeText.word(grep)) is no regular expression: \(error)")
        }
    }
}
