import FoundationEssentials

/// JSON as the Engine reads and writes it.
enum JSON {
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// The same value gives the same bytes each time.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Why an answer could not be read, in words.
    static func complaint(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.last?.stringValue ?? "it") is not of the expected kind"
        case is DecodingError: "it is not JSON"
        default: "\(error)"
        }
    }

    /// Bytes as text for a message: without line ends around it and not without bound.
    static func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
        return String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// Any key of an object, so that types can read what they need by the Engine's own names.
struct JSONKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

typealias JSONObject = KeyedDecodingContainer<JSONKey>

extension Decoder {
    func object() throws -> JSONObject {
        try container(keyedBy: JSONKey.self)
    }
}

// Versions of the Engine differ: what is missing, null or of another type reads as absent.
extension KeyedDecodingContainer<JSONKey> {
    subscript<Value: Decodable>(key: JSONKey, or fallback: Value) -> Value {
        optional(key) ?? fallback
    }

    func optional<Value: Decodable>(_ key: JSONKey, as type: Value.Type = Value.self) -> Value? {
        (try? decodeIfPresent(type, forKey: key)) ?? nil
    }

    func object(_ key: JSONKey) -> JSONObject? {
        try? nestedContainer(keyedBy: JSONKey.self, forKey: key)
    }
}
