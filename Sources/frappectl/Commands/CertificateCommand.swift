import ArgumentParser
import Foundation
import Operations

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Certificates of names, from Secrets and from authorities.",
        discussion: "  frappectl certificate list", subcommands: [List.self, Renew.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every name that has a certificate or is to have one, and until when it is valid.",
            discussion: "  frappectl certificate list")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let entries = try await Certificates(try common.open("certificate list")).list()
            if common.json { return try JSONOutput.print(entries) }
            let rows = entries.map { entry in
                [
                    entry.name, entry.site, entry.secret.map { "Secret \($0)" } ?? entry.account ?? "",
                    day(entry.validUntil), day(entry.dueAt), entry.failure ?? "",
                ]
            }
            Terminal.output(Table.text([["NAME", "SITE", "FROM", "VALID UNTIL", "NEXT TRY", "LAST FAILURE"]] + rows))
        }

        private func day(_ time: Double?) -> String {
            guard let time, time > 0 else { return "-" }
            return Date(timeIntervalSince1970: time).formatted(.iso8601)
        }
    }

    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask authorities for certificates that are due, or for these whether or not they are.",
            discussion: """
                  frappectl certificate renew
                  frappectl certificate renew www.example.com

                For once a day: `up` leaves a timer that runs it where systemd booted the machine and we
                are root; elsewhere let cron do it. `frappectl up` does the same beside all else.
                """)

        @OptionGroup var options: ChangeOptions
        @Argument(help: "Names; without any, those that are due.") var names: [String] = []

        func run() async throws {
            let host = try options.open("certificate renew")
            let report = try await Certificates(host).renew(names)
            guard report.plan.isEmpty, !options.common.json else {
                return try ReportText(report, host: host, json: options.common.json).print()
            }
            Terminal.output("nothing to do: no certificate is due")
            for note in report.plan.notes { Terminal.output("  \(TextWidth.plain(note))") }
        }
    }
}
