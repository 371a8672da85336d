import Foundation

/// An answer in JSON, looked into by keys and indices; what is not there is `null`.
@dynamicMemberLookup
package enum JSON: Hashable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    package init(_ bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    package init(_ text: String) throws { try self.init(text.utf8) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else {
            self = .null
        }
    }

    package subscript(key: String) -> JSON { object[key] ?? .null }
    package subscript(dynamicMember key: String) -> JSON { self[key] }
    package subscript(index: Int) -> JSON { array.indices.contains(index) ? array[index] : .null }

    package var object: [String: JSON] { if case .object(let value) = self { value } else { [:] } }
    package var array: [JSON] { if case .array(let value) = self { value } else { [] } }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    package var double: Double? { if case .number(let value) = self { value } else { nil } }
    package var strings: [String] { array.compactMap(\.string) }
    package var keys: Set<String> { Set(object.keys) }
}
