import ComposeTemplates
import FrappeModel
import Rendering

/// What `commands.py` reads.
struct BenchCommands: Encodable {
    struct Command: Encodable {
        /// What may be printed: never a secret.
        var shown: String
        var arguments: [String]
        /// Instead of running anything: a file to write, as a path below `sites/`.
        var file: File?

        struct File: Encodable {
            var path: String
            /// Nil takes it away.
            var text: String?

            enum CodingKeys: CodingKey { case path, text }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(path, forKey: .path)
                try container.encode(text, forKey: .text)
            }
        }

        enum CodingKeys: CodingKey { case shown, arguments, file }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(shown, forKey: .shown)
            try container.encode(arguments, forKey: .arguments)
            try container.encode(file, forKey: .file)
        }

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
    /// Settings that the commands are to find although the file that will hold them is not there yet.
    var overlay: [String: PlainJSON] = [:]
    /// A site directory to make around a database that has a site in it.
    var adopt: Adoption?

    /// A site that is there but for its directory.
    struct Adoption: Encodable {
        var site: String
        var configuration: [String: PlainJSON]
    }

    init(remove: [String], commands: [Command], marker: String?) {
        self.remove = remove
        self.commands = commands
        self.marker = marker
    }

    enum CodingKeys: CodingKey { case remove, commands, marker, overlay, adopt }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(remove, forKey: .remove)
        try container.encode(commands, forKey: .commands)
        try container.encode(marker, forKey: .marker)
        try container.encode(overlay, forKey: .overlay)
        try container.encode(adopt, forKey: .adopt)
    }
}

extension DesiredRendering {
    /// A one-shot container of the bench that runs `BenchCommands` in `sites/`.
    func commands(_ job: Job, of bench: DesiredBench) throws -> ContainerDefinition {
        var definition = try oneShot("once", for: job, bench: bench.bench, release: bench.release)
        definition.workingDirectory = "/home/frappe/frappe-bench/sites"
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-u", "-c", ComposeTemplate.commands]
        return definition
    }
}
