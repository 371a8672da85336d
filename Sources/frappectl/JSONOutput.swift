import Foundation

/// Answers for programs: keys sorted, so that the same answer is the same text.
enum JSONOutput {
    static func line(_ value: some Encodable) throws -> String {
        try encode(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    static func print(_ value: some Encodable) throws {
        Swift.print(try encode(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]))
    }

    private static func encode(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
