import ArgumentParser
import Operations

struct IngressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingress", abstract: "The proxy in front of all sites.",
        discussion: "  frappectl ingress show", subcommands: [Show.self, Rotate.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What listens where, and the texts that `up` gives to systemd and logrotate.",
            discussion: "  frappectl ingress show")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let answer = try await IngressVerb(try common.open("ingress show")).show()
            if common.json { return try JSONOutput.print(answer) }
            let serves = answer.generation.map { "serves configuration \($0)" } ?? "does not answer"
            let force = answer.isUnitInForce ? "in force" : "not in force here"
            Terminal.output(
                Table.text([
                    ["mode", answer.mode], ["address", answer.address],
                    ["ports", "\(answer.httpPort), \(answer.httpsPort) once a site has a certificate"],
                    ["nginx", answer.isRunning ? serves : "does not run"], ["your additions", answer.snippets],
                ]))
            Terminal.output("\n\(answer.unitPath) (\(force)):\n\n\(answer.unit)")
            Terminal.file("\(answer.rotationPath) (\(force)):\n\n\(answer.rotation)")
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move large logs aside and have nginx open new ones; for cron where there is no logrotate.",
            discussion: "  frappectl ingress rotate\n  frappectl ingress rotate --beyond 1")

        @OptionGroup var options: ChangeOptions
        @Option(help: "Only logs of more MiB.") var beyond = 100

        func validate() throws {
            guard (0...1 << 20).contains(beyond) else { throw ValidationError("--beyond takes MiB, 0 or more") }
        }

        func run() async throws {
            let moved = try await IngressVerb(try options.open("ingress rotate")).rotate(beyond: beyond << 20)
            if options.common.json { return try JSONOutput.print(["moved": moved]) }
            Terminal.output(moved.isEmpty ? "nothing to do" : moved.map { "moved \($0)" }.joined(separator: "\n"))
        }
    }
}
