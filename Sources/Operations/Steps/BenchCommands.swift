import ComposeTemplates
import FrappeModel
import Rendering

/// What `commands.py` reads.
struct BenchCommands: Encodable {
    struct Command: Encodable {
        /// What may be printed: never a secret.
        var shown: String
        var arguments: [String]

        /// What links in mails and printed documents begin with.
        static func publicURL(_ url: String, of siteName: String) -> Command {
            Command(
                shown: "set-config host_name",
                arguments: ["frappe", "--site", siteName, "set-config", "host_name", url])
        }
    }

    /// Directories to remove first, as paths below `sites/`.
    var remove: [String]
    var commands: [Command]
    /// A file to write once all succeeded.
    var marker: String?

    enum CodingKeys: CodingKey { case remove, commands, marker }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(remove, forKey: .remove)
        try container.encode(commands, forKey: .commands)
        try container.encode(marker, forKey: .marker)
    }
}

extension DesiredRendering {
    /// A one-shot container of the bench that runs `BenchCommands` in `sites/`.
    func commands(of bench: DesiredBench) throws -> ContainerDefinition {
        var definition = try oneShot("once", bench: bench.bench, release: bench.release)
        definition.workingDirectory = "/home/frappe/frappe-bench/sites"
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-u", "-c", ComposeTemplate.commands]
        return definition
    }
}
