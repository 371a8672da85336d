import ArgumentParser
import DockerEngine
import FrappeModel
import Operations

struct DiskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "What takes space on the disk, and what of it can go.",
        discussion: "  frappectl disk\n  frappectl disk clean", subcommands: [Show.self, Clean.self],
        defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure directories, and list images and what can go.",
            discussion: """
                Every file is looked at, in a container that follows no link: on a large bench that takes a while. \
                `status` tells the figures that were measured last.

                  frappectl disk
                  frappectl disk --json
                """)

        @OptionGroup var common: CommonOptions

        func run() async throws {
            EngineClient.prepare()
            let report = try await Disk(try common.open("disk")).report()
            if common.json { return try JSONOutput.print(report) }
            Terminal.output(DiskText(report).text)
        }
    }

    struct Clean: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take away what nothing needs any more.",
            discussion: """
                Assets and images of releases that nobody returns to, and one-shot containers that ended. Images of the \
                release that runs and of the two before it stay, as does every image that any container uses, that was \
                not pulled by frappectl, or that somebody gave another name.

                  frappectl disk clean --dry-run
                  frappectl disk clean --yes
                """)

        @OptionGroup var options: ChangeOptions
        @Flag(help: "Say what would go, and take nothing away.") var dryRun = false
        @Flag(help: "Take it away without asking.") var yes = false

        func run() async throws {
            EngineClient.prepare()
            let host = try options.open("disk clean")
            if dryRun || !yes {
                let removable = try await DiskClean(host).preview()
                if dryRun { return try show(removable) }
                try confirm(removable)
            }
            let outcome = try await DiskClean(host).run()
            if options.common.json { return try JSONOutput.print(outcome) }
            Terminal.output(DiskText.text(outcome))
        }

        private func show(_ removable: [DiskReport.Removable]) throws {
            if options.common.json { return try JSONOutput.print(["removable": removable]) }
            Terminal.output(DiskText.text(removable))
        }

        private func confirm(_ removable: [DiskReport.Removable]) throws {
            guard Terminal.isInteractive else {
                throw OperationError.usage(
                    "nobody can be asked here, so nothing was removed\n  next: frappectl disk clean --dry-run, then --yes"
                )
            }
            guard !removable.isEmpty else { return }
            Terminal.error("\(DiskText.text(removable))\nremove these? Type yes:")
            guard readLine() == "yes" else { throw OperationError.usage("that is not yes; nothing was removed") }
        }
    }
}
