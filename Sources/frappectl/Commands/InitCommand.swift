import ArgumentParser
import FrappeModel
import ManifestParsing
import Operations

extension Profile: ExpressibleByArgument {}

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented manifest to start from.",
        discussion: """
            Asks nothing: it looks at the ports, memory, images and names of this machine, and says what it chose and \
            why. A server is reached from outside, a laptop from itself only.

              frappectl init
              frappectl init --profile server
              frappectl init shop.yaml --bench shop --site shop.example.com
            """)

    @Argument(help: "The file to write.", completion: .file()) var file = "frappe.yaml"
    @Option(help: "server or laptop; found out when left out.") var profile: Profile?
    @Option(help: "The bench's name.") var bench = "shop"
    @Option(help: "Its image; a bench image that is here, or frappe/erpnext:version-15.") var image: String?
    @Option(help: "A site; may be given several times.") var site: [String] = []
    @Option(help: "The port nginx listens on; a free one when left out.") var port: Int?
    @Flag(help: "Print the answer as JSON.") var json = false

    private struct Answer: Encodable {
        var file: String
        var profile: String
        var reasons: [String]
    }

    func run() async throws {
        if let image { _ = try Self.parts(image) }
        let findings = await HostFindings.look(socket: try CommonOptions.engineSocket(), image: image)
        let choice = InitChoice(findings, InitRequest(profile: profile, image: image, sites: site, port: port))
        let (repository, tag) = try Self.parts(choice.image)
        let template = ManifestTemplate(
            bench: bench, repository: repository, tag: tag, sites: choice.sites, ingress: choice.ingress,
            webServers: choice.webServers, serviceImages: choice.serviceImages)
        // What is written must be taken back: names are checked before the file is made.
        _ = try ManifestSet.merge(stored: [], files: [(file, template.text)])
        try NewFile.write(template.text, to: file)
        let reasons = choice.reasons.map { TerminalText.plain($0) }
        if json {
            return try JSONOutput.print(Answer(file: file, profile: choice.profile.rawValue, reasons: reasons))
        }
        for reason in reasons { Terminal.output("  \(reason)") }
        Terminal.output("wrote \(file); next: frappectl up -f \(file)")
    }

    private static func parts(_ image: String) throws -> (repository: String, tag: String) {
        let parts = image.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let tag = parts.last, !tag.contains("/") else {
            throw OperationError.usage("--image takes REPOSITORY:TAG, not \(SafeText.word(image))")
        }
        return (parts.dropLast().joined(separator: ":"), tag)
    }
}
