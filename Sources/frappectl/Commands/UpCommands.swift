import ArgumentParser
import DockerEngine
import FrappeModel
import ManifestParsing
import Operations
import Planning

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Make this host what the manifests say.",
        discussion: """
            Without -f everything stored is converged. With -f what the files name is added or changed; what they do not \
            name stays: only `delete` removes.

              frappectl up -f shop.yaml
              frappectl up -f manifests/ -f secrets.yaml
              frappectl up -f - < shop.yaml
              frappectl up -f shop.yaml --strict

            With --deep it looks, too, at limits of containers, grants, configuration files and Redis, and mends what was \
            changed there from outside; docs/safety.md tells what each look sees.

              frappectl up --deep
            """)

    @OptionGroup var options: ChangeOptions
    @OptionGroup var manifests: ManifestOptions
    @Flag(help: "Look at limits, grants, configuration files and Redis too, and mend what was changed from outside.")
    var deep = false

    func run() async throws {
        let host = try options.open("up", creates: true)
        let report = try await Up(host).run(files: manifests.named, deep: deep, needsSites: options.common.json)
        try ReportText(report, host: host, json: options.common.json).print()
        try report.requireReadySites()
    }
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what `up` would do, why, and what it costs in service; exit 2 if anything.",
        discussion: """
              frappectl plan
              frappectl plan -f shop.yaml
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var manifests: ManifestOptions

    func run() async throws {
        EngineClient.prepare()
        let host = try common.open("plan", creates: !manifests.files.isEmpty)
        let (plan, warnings) = try await PlanVerb(host).run(files: manifests.named)
        for warning in warnings where !common.json {
            Terminal.error(TextWidth.plain("warning: \(warning.line)"))
        }
        let command = (["frappectl up"] + (plan.isDeep ? ["--deep"] : []) + manifests.words).joined(separator: " ")
        if common.json {
            try JSONOutput.print(PlanAnswer(plan))
        } else {
            Terminal.output(PlanText.text(plan, applyWith: command))
        }
        if !plan.isEmpty { throw ExitCode(2) }
    }
}

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Remove containers and networks; all data stays.",
        discussion: """
            With benches named, nginx goes on and answers 503 for their sites. Without, everything of this root goes \
            down, nginx too. `frappectl up` brings it back.

              frappectl down shop
              frappectl down
            """)

    @OptionGroup var options: ChangeOptions
    @Argument(help: "Benches; none for everything.", completion: Candidates.bench) var benches: [ObjectName] = []

    func run() async throws {
        let plan = try await Down(try options.open("down")).run(benches: benches)
        if options.common.json { return try JSONOutput.print(PlanAnswer(plan)) }
        Terminal.output(plan.isEmpty ? "nothing was up" : "down; the data stays. Back with: frappectl up")
    }
}
