import ArgumentParser
import FrappeModel
import Operations

struct ComposeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose", abstract: "Print a bench as one compose file that stands alone: a way out.",
        discussion: """
              frappectl compose shop > shop.yaml
              frappectl down
              docker compose -f shop.yaml up --detach --wait
            It runs the same images on the same data, with the same health checks. No secret is in it. \
            `docker compose -f shop.yaml down --volumes`, then `frappectl up`, goes back.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The bench; it may be left out where there is one.", completion: Candidates.bench)
    var bench: ObjectName?
    @Option(name: .shortAndLong, help: "Write it to a new file instead of standard output.", completion: .file())
    var output: String?
    @Option(help: "Where its nginx listens; by default where ours does.") var address: String?
    @Option(help: "The port of its nginx; by default that of ours.") var port: Int?

    func run() async throws {
        if let port, !(1...65535).contains(port) { throw OperationError.usage("--port takes 1 to 65535, not \(port)") }
        let host = try common.open("compose")
        let name = try host.bench(bench, option: nil)
        let text = try await Compose(host).run(name, address: address, port: port)
        if let output { try NewFile.write(text, to: output) }
        if common.json { return try JSONOutput.print(Answer(bench: "\(name)", file: output, text: text)) }
        guard let output else { return Terminal.file(text) }
        Terminal.output(
            "written: \(output)\n  next: frappectl down, then: docker compose -f \(output) up --detach --wait")
    }

    private struct Answer: Encodable {
        var bench: String
        var file: String?
        var text: String
    }
}
