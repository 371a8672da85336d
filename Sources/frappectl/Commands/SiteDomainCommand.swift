import ArgumentParser
import Operations

struct SiteDomainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domain", abstract: "Further names of a site.",
        discussion: "  frappectl site domain list one.localhost", subcommands: [Add.self, Remove.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve a site under one more name, or lead the name to the site's own.",
            discussion: """
                  frappectl site domain add one.localhost www.example.com
                  frappectl site domain add one.localhost old.example.com --redirect
                  frappectl site domain add one.localhost shop.example.com --primary
                  frappectl site domain add one.localhost "*.shop.example.com"
                """)

        @OptionGroup var options: ChangeOptions
        @Argument(help: "The site's name.", completion: Candidates.site) var site: String
        @Argument(help: "The further name, a DNS name; *.NAME for all below NAME.") var domain: String
        @Flag(help: "Lead it to the site's public name instead.") var redirect = false
        @Flag(help: "Make it the public name, to which the site's own names lead.") var primary = false

        func validate() throws {
            guard !(redirect && primary) else { throw ValidationError("--redirect and --primary exclude each other") }
        }

        func run() async throws {
            let host = try options.open("site domain add")
            let report = try await SiteDomains(host).add(
                domain, to: site, use: primary ? .primary : redirect ? .redirects : .serves)
            try ReportText(report, host: host, json: options.common.json).print()
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a further name from a site.",
            discussion: "  frappectl site domain remove one.localhost www.example.com")

        @OptionGroup var options: ChangeOptions
        @Argument(help: "The site's name.", completion: Candidates.site) var site: String
        @Argument(help: "The further name.") var domain: String

        func run() async throws {
            let host = try options.open("site domain remove")
            let report = try await SiteDomains(host).remove(domain, of: site)
            try ReportText(report, host: host, json: options.common.json).print()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every name of a site, and what it does.",
            discussion: "  frappectl site domain list one.localhost")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The site's name.", completion: Candidates.site) var site: String

        func run() async throws {
            let entries = try SiteDomains(try common.open("site domain list")).list(site)
            if common.json { return try JSONOutput.print(entries) }
            let rows = entries.map { [$0.domain, $0.use.rawValue, $0.declaredBy] }
            Terminal.output(Table.text([["NAME", "USE", "DECLARED BY"]] + rows))
        }
    }
}
