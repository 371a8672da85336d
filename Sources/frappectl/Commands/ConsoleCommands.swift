import ArgumentParser
import Foundation
import Operations

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database console of a site, or SQL from a file or another program.",
        discussion: """
            As the site's own database user, whose password is in no argument list and no environment.

              frappectl db one.localhost
              frappectl db one.localhost -e 'SELECT name, enabled FROM tabUser'
              frappectl db one.localhost < report.sql > report.tsv
              frappectl db one.localhost --admin
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachOptions
    @Argument(help: "The site; may be left out where there is one.", completion: Candidates.site) var site: String?
    @Option(name: .short, help: "Statements to run, instead of reading them.") var execute: String?
    @Flag(help: "As root of the site's database server; without a site, of the shared one.") var admin = false

    func run() async throws {
        let consoles = Consoles(try common.open("db"))
        let asTable = execute != nil && isatty(STDOUT_FILENO) == 1
        try await options.attach(reading: execute.map { $0 + "\n" }) { attachment in
            if admin { return try await consoles.databaseServer(site, asTable: asTable, attachment) }
            return try await consoles.database(site, asTable: asTable, attachment)
        }
    }
}

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "The framework's Python console, connected to a site.",
        discussion: """
              frappectl console one.localhost
              echo 'print(frappe.get_installed_apps())' | frappectl console one.localhost
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachOptions
    @Argument(help: "The site; may be left out where there is one.", completion: Candidates.site) var site: String?

    func run() async throws {
        let consoles = Consoles(try common.open("console"))
        try await options.attach { try await consoles.python(site, $0) }
    }
}

struct SiteLoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Print a link that logs in once, and soon expires.",
        discussion: """
            Whoever opens the link first is logged in: hand it on as you would a password. `history` says that it was
            made, for whom and by whom.

              frappectl site login one.localhost
              frappectl site login one.localhost --user anna@example.com --minutes 60
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The site; may be left out where there is one.", completion: Candidates.site) var site: String?
    @Option(help: "The user that is logged in.") var user = "Administrator"
    @Option(help: "How long the link can be used, at most a day.") var minutes = 10

    func run() async throws {
        guard (1...1440).contains(minutes) else {
            throw OperationError.usage("--minutes takes 1 to 1440, not \(minutes)")
        }
        let host = try common.open("site login")
        let person = Terminal.variable("SUDO_USER").flatMap { $0.isEmpty ? nil : "sudo by \($0)" }
        let link = try await SiteLogin(host).run(
            .init(site: site, user: user, seconds: minutes * 60, person: person))
        if common.json { return try JSONOutput.print(link) }
        Terminal.output(link.url)
        Terminal.error("logs \(link.user) in on \(link.site), once, within \(minutes) min")
    }
}
