import FrappeModel

/// Holds a document as it was written against the schema that the operator ships: what a cluster would refuse although
/// it is taken here. What is refused here anyway is not told twice.
struct StrictCheck {
    private let document: ManifestDocument
    private(set) var problems: [ManifestProblem] = []

    /// - Parameter document: with values as YAML has them, and nothing straightened.
    static func problems(in document: ManifestDocument) -> [ManifestProblem] {
        var check = StrictCheck(document: document)
        check.run()
        return check.problems
    }

    private init(document: ManifestDocument) {
        self.document = document
    }

    private mutating func run() {
        let kind = document.key.kind
        if kind == .secret || kind == .configMap {
            return check(document.value, ManifestSchema.root(of: kind).operatorShape, ManifestSchema.root(of: kind), "")
        }
        guard let version = OperatorSchema.Version(rawValue: document.apiVersion) else { return }
        guard let shape = OperatorSchema.spec(of: kind, version) else {
            let other = OperatorSchema.Version.new.rawValue
            return note("apiVersion", "\(version.rawValue) has no \(kind.rawValue): write \(other)")
        }
        guard let spec = document.value["spec"], let node = ManifestSchema.root(of: kind).child("spec") else { return }
        check(spec, shape, node, "spec")
    }

    private mutating func check(_ value: ManifestValue, _ shape: OperatorShape, _ node: SchemaNode?, _ path: String) {
        switch (shape, value) {
        case (.object, .map(let entries)), (.named, .map(let entries)):
            for entry in entries { check(entry, shape, node, path) }
            for name in shape.required where value[name] == nil && node?.child(name)?.field.isRequired != true {
                let kind = document.key.kind
                if let node, Misnomers.stand(for: name, in: entries, of: node, path, kind) { continue }
                note(path, "\(name) is required")
            }
        case (.list(let item), .list(let items)):
            for (index, value) in items.enumerated() { check(value, item, node?.item, "\(path)[\(index)]") }
        case (.texts, .map(let entries)):
            for entry in entries { checkScalar(entry.value, .text, "\(path).\(entry.key)") }
        default: checkScalar(value, shape, path)
        }
    }

    private mutating func check(
        _ entry: ManifestValue.Entry, _ shape: OperatorShape, _ node: SchemaNode?, _ path: String
    ) {
        let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        let known = node?.child(entry.key)
        if let shape = shape.field(entry.key) { return check(entry.value, shape, known, below) }
        if known != nil { return note(below, "is no field of \(document.apiVersion): it is frappectl's own") }
        guard let right = Misnomers.meant(by: below, in: document.key.kind) else { return }
        note(below, "is no field of \(document.apiVersion): write \(right)")
    }

    private mutating func checkScalar(_ value: ManifestValue, _ shape: OperatorShape, _ path: String) {
        switch (shape, value) {
        case (.text, .integer), (.text, .number), (.text, .bool), (.quantity, .number):
            note(path, "is text: put it in quotes")
        case (.words(let words), .string(let text)) where !words.contains(text):
            note(path, "is one of \(words.joined(separator: ", "))")
        case (.words(let words), .map): note(path, "is one of \(words.joined(separator: ", "))")
        case (.flag, .string(let text)) where PlainScalar.spokenBool(text) != nil: note(path, "is true or false")
        case (.quantity, .string(let text)):
            if let amount = Amount.redisBytes(text) { note(path, "is no amount: write \(amount.written)") }
        default: return
        }
    }

    private mutating func note(_ path: String, _ message: String) {
        let place = document.locationOfKey(path)
        problems.append(.init(severity: .error, location: place, path: path, message: "strict: \(message)"))
    }
}
