import ArgumentParser
import Operations

struct SiteRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a site another name.",
        discussion: """
            The site is in maintenance until its jobs and requests have ended and its directory has the new name; its
            database stays.

              frappectl site rename two.localhost shop.example.com
              frappectl site rename two.localhost shop.example.com --redirect
            """)

    @OptionGroup var options: ChangeOptions
    @Argument(help: "The site's name.", completion: Candidates.site) var site: String
    @Argument(help: "Its new name, a DNS name.") var newName: String
    @Flag(help: "Lead the names that it loses to its public name.") var redirect = false
    @Option(help: "Seconds in which its jobs and requests may end; after that it keeps its name.") var drain = 60

    func validate() throws {
        guard (0...86_400).contains(drain) else { throw ValidationError("--drain takes 0 to 86400 seconds") }
    }

    func run() async throws {
        let host = try options.open("site rename")
        let report = try await SiteRename(host).run(site, to: newName, redirects: redirect, drain: drain)
        try ReportText(report, host: host, json: options.common.json).print()
    }
}
