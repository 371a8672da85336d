import ArgumentParser
import FrappeModel
import ManifestParsing
import Operations

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a manifest, and the bench, site or name that it asked for.",
        discussion: """
            A site's last dump and directory are kept under archived/ in the root.

              frappectl delete site two.localhost --yes two.localhost
            """)

    @OptionGroup var options: ChangeOptions
    @Argument(
        help: "bench, site, domain, secret, host, or another such as sitebackup.",
        completion: Candidates.manifestKind, transform: ManifestKind.named
    )
    var kind: ManifestKind
    @Argument(help: "NAME or NAMESPACE/NAME; of a site also its site name.", completion: Candidates.object)
    var name: ObjectName
    @Option(help: "The name once more, instead of typing it.") var yes: String?

    func run() async throws {
        let host = try options.open("delete")
        try confirm()
        let kept = try await Delete(host).run(kind, name)
        if options.common.json { return try JSONOutput.print(["kept": kept]) }
        Terminal.output("deleted \(kind.rawValue) \(name)")
        for path in kept { Terminal.output("kept: \(path)") }
    }

    private func confirm() throws {
        let command = "delete \(kind.word) \(name) --yes \(name)"
        if let yes {
            guard yes == name.description else {
                throw OperationError.usage(
                    "--yes \(SafeText.word(yes)) is not the name \(name); nothing was deleted\n  next: frappectl \(command)"
                )
            }
            return
        }
        guard Terminal.isInteractive else {
            throw OperationError.usage("nobody can be asked here, so nothing was deleted\n  next: frappectl \(command)")
        }
        Terminal.error("delete \(kind.rawValue) \(name)? Type its name:")
        guard readLine() == name.description else {
            throw OperationError.usage("that is not \(name); nothing was deleted")
        }
    }
}

struct SiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Make, list and show sites; log in.",
        discussion: "  frappectl site new three.localhost\n  frappectl site list",
        subcommands: [
            New.self, List.self, Show.self, SiteLoginCommand.self, SiteRenameCommand.self, SiteDomainCommand.self,
        ])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a site on a bench.",
            discussion:
                "  frappectl site new three.localhost\n  frappectl site new books --domain books.example.com --app erpnext"
        )

        @OptionGroup var options: ChangeOptions
        @Argument(help: "The site's name, a DNS name.") var siteName: String
        @Option(help: "The bench; may be left out where there is one.", completion: Candidates.bench)
        var bench: ObjectName?
        @Option(help: "The public name, where it differs.") var domain: String?
        @Option(name: .customLong("app"), help: "An app to install; may be given several times. None: the bench's.")
        var apps: [String] = []

        func run() async throws {
            let host = try options.open("site new")
            let report = try await SiteNew(host).run(
                .init(siteName: siteName, bench: bench, domain: domain, apps: apps))
            try ReportText(report, host: host, json: options.common.json).print()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every site with its URL and phase.",
            discussion: "  frappectl site list\n  frappectl site list --json")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let sites = try await Sites(try common.open("site list")).list()
            if common.json { return try JSONOutput.print(sites) }
            let rows = sites.map { [$0.siteName, $0.bench, $0.phase.rawValue, $0.url, $0.reason ?? ""] }
            Terminal.output(Table.text([["SITE", "BENCH", "PHASE", "URL", ""]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One site; with --admin-password how to log in.",
            discussion: "  frappectl site show one.localhost\n  frappectl site show one.localhost --admin-password")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The site's name, object or domain.", completion: Candidates.site) var site: String
        @Flag(help: "Print only the password of Administrator.") var adminPassword = false

        func run() async throws {
            let host = try common.open("site show")
            let status = try await Sites(host).show(site)
            if adminPassword { return Terminal.output(try Sites(host).adminPassword(of: status)) }
            if common.json { return try JSONOutput.print(status) }
            Terminal.output(
                Table.text([
                    ["site", status.siteName], ["bench", status.bench], ["phase", status.phase.rawValue],
                    ["reason", status.reason ?? "-"],
                    ["url", status.url + (status.routed ? "" : " (not served: ingress.enabled is false)")],
                    ["domain", "\(status.resolvedDomain) (\(status.domainSource))"],
                    ["database", "\(status.databaseName ?? "-") on \(status.databaseServer) (\(status.databaseMode))"],
                    ["log in", "Administrator; frappectl site show \(status.siteName) --admin-password"],
                ]))
        }
    }
}

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Change a bench.", discussion: "  frappectl bench scale shop web 2",
        subcommands: [Scale.self])

    struct Scale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change how many containers of a component run.",
            usage: "frappectl bench scale [<bench>] <component> <replicas>",
            discussion: """
                The bench may be left out where there is one.

                  frappectl bench scale shop worker-short 3
                  frappectl bench scale web 2
                """)

        @OptionGroup var options: ChangeOptions
        @Argument(
            help: "The bench; web, worker-default, worker-short or worker-long; how many.",
            completion: Candidates.scalable)
        var words: [String]

        func run() async throws {
            let host = try options.open("bench scale")
            var words = words
            let hasNoBench = words.count == 2
            let bench = try host.takeBench(from: &words) { _ in hasNoBench }
            guard words.count == 2 else {
                throw OperationError.usage("give a component and how many: frappectl bench scale \(bench) web 2")
            }
            let component = try Component.named(words[0])
            guard let replicas = Int(words[1]) else {
                throw OperationError.usage(
                    "how many takes a whole number, not \(SafeText.word(words[1]))"
                        + "\n  next: frappectl bench scale \(bench) \(component.rawValue) 2")
            }
            let report = try await BenchScale(host).run(bench: bench, component: component, replicas: replicas)
            try ReportText(report, host: host, json: options.common.json).print()
        }
    }
}
