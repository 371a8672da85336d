import ArgumentParser
import FrappeModel
import Operations

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what files change in the stored manifests; exit 2 if anything.",
        discussion: """
            Field by field; `plan -f` says what that would do. Values of Secrets are not shown.

              frappectl diff -f shop.yaml
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var manifests: ManifestOptions

    func run() async throws {
        guard !manifests.files.isEmpty else {
            throw OperationError.usage("name a manifest\n  next: frappectl diff -f FILE")
        }
        let (differences, warnings) = try Diff(try common.open("diff", creates: true)).run(files: manifests.named)
        for warning in warnings where !common.json { Terminal.error(TextWidth.plain("warning: \(warning.line)")) }
        if common.json { try JSONOutput.print(differences) } else { Terminal.output(Self.text(differences)) }
        if !differences.isEmpty { throw ExitCode(2) }
    }

    static func text(_ differences: [ManifestDifference]) -> String {
        guard !differences.isEmpty else { return "no difference" }
        return differences.map { difference in
            let head = "\(difference.kind) \(difference.name)" + (difference.isNew ? " (new)" : "")
            return TextWidth.plain(head) + "\n" + Table.text(difference.fields.map(row), indent: "  ")
        }.joined(separator: "\n")
    }

    private static func row(_ field: ManifestDifference.Field) -> [String] {
        switch (field.before, field.after) {
        case (nil, let after): ["+ \(field.path)", after ?? "", field.place]
        case (let before?, nil): ["- \(field.path)", before, field.place]
        case (let before?, let after?): ["~ \(field.path)", "\(before) -> \(after)", field.place]
        }
    }
}
