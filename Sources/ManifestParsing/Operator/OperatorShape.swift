/// What the operator's schema wants of a field: as much of a CRD as decides what a cluster refuses.
indirect enum OperatorShape: Sendable {
    case text
    case words([String])
    case integer
    case flag
    /// CPU or memory: a whole number, or text.
    case quantity
    /// Free keys with text values.
    case texts
    case anything
    case list(OperatorShape)
    /// Free keys, each with a value of this shape.
    case named(OperatorShape)
    case object([OperatorField])

    func field(_ name: String) -> OperatorShape? {
        switch self {
        case .object(let fields): fields.first { $0.name == name }?.shape
        case .named(let shape): shape
        default: nil
        }
    }

    var required: [String] {
        if case .object(let fields) = self { fields.filter(\.isRequired).map(\.name) } else { [] }
    }
}

/// A field of the operator's schema.
struct OperatorField: Sendable {
    var name: String
    var shape: OperatorShape
    var isRequired = false

    init(_ name: String, _ shape: OperatorShape, required: Bool = false) {
        self.name = name
        self.shape = shape
        isRequired = required
    }
}

extension SchemaNode {
    /// The shape of a kind whose table says what the operator's schema says.
    var operatorShape: OperatorShape {
        switch field.type {
        case .map:
            .object(children.map { .init($0.field.name, $0.operatorShape, required: $0.field.isRequired) })
        case .list: .list(item?.operatorShape ?? .anything)
        case .namedMap: .named(children.first?.operatorShape ?? .anything)
        case .textMap, .secretMap, .base64Map: .texts
        case .anything: .anything
        case .bool: .flag
        case .integer: .integer
        case .cpu, .memory: .quantity
        case .choice(let words, let refused): .words(words.filter { refused[$0] == nil })
        default: .text
        }
    }
}
