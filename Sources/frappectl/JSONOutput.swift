import Foundation

/// Answers for programs: keys sorted, so that the same answer is the same text; nothing in it acts on a terminal.
enum JSONOutput {
    static func line(_ value: some Encodable) throws -> String {
        try encode(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    static func print(_ value: some Encodable) throws {
        Terminal.output(try encode(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]))
    }

    private static func encode(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return ShownText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
