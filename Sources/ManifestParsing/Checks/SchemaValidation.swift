import FrappeModel

/// Holds one document against the table of its kind and collects everything that does not fit.
struct SchemaValidation {
    private let document: ManifestDocument
    private(set) var problems: [ManifestProblem] = []
    /// Guesses that may still be made at what an unknown key means: each compares with every field.
    private var guesses = 100

    static func problems(in document: ManifestDocument) -> [ManifestProblem] {
        var validation = SchemaValidation(document: document)
        let kind = document.key.kind
        if !kind.isInForce {
            validation.note(
                .warning, at: document.location(of: "kind"), "kind", "\(kind.rawValue) is kept, and not yet in force")
        }
        validation.check(document.value, ManifestSchema.root(of: kind), path: "", isQuiet: !kind.isInForce)
        return validation.problems
    }

    private init(document: ManifestDocument) {
        self.document = document
    }

    private mutating func check(_ value: ManifestValue, _ node: SchemaNode, path: String, isQuiet: Bool) {
        let isSilent = isQuiet || warn(value, node.field, path)
        switch (node.field.type, value) {
        case (.map, .map(let entries)): checkFields(entries, node, path, isSilent)
        case (.namedMap, .map(let entries)):
            for entry in entries { checkField(entry, node, path, isSilent) }
        case (.list, .list(let items)): checkItems(items, node, path, isSilent)
        case (.textMap, .map(let entries)), (.secretMap, .map(let entries)), (.base64Map, .map(let entries)):
            checkTexts(entries, node.field.type, path)
        case (.map, .string(let text)): noteShorthand(text, node, path)
        default: checkValue(value, node.field.type, path)
        }
    }

    /// Says what a field that is not in force does; true when nothing more need be said about what is in it.
    private mutating func warn(_ value: ManifestValue, _ field: FieldSchema, _ path: String) -> Bool {
        switch field.status {
        case .inForce: return false
        case .refused(let reason):
            note(.error, at: document.locationOfKey(path), path, reason)
            return true
        case .notYet, .meaningless:
            guard field.quietValue == nil || value.amountText ?? value.words != field.quietValue else { return false }
            note(.warning, at: document.locationOfKey(path), path, field.status.warning)
            return true
        }
    }

    private mutating func checkFields(
        _ entries: [ManifestValue.Entry], _ node: SchemaNode, _ path: String, _ isQuiet: Bool
    ) {
        for entry in entries { checkField(entry, node, path, isQuiet) }
        for child in node.children where child.field.isRequired {
            let name = child.field.name
            guard entries.allSatisfy({ $0.key != name || $0.value == .null }) else { continue }
            guard !Misnomers.stand(for: name, in: entries, of: node, path, document.key.kind) else { continue }
            let example = child.field.example.isEmpty ? "" : ", for example \(child.field.example)"
            note(.error, at: document.locationOfKey(path), join(path, name), "required\(example)")
        }
    }

    private mutating func checkField(
        _ entry: ManifestValue.Entry, _ node: SchemaNode, _ path: String, _ isQuiet: Bool
    ) {
        let path = join(path, entry.key)
        guard let child = node.child(entry.key) else { return noteUnknown(entry.key, node, path) }
        guard entry.value != .null else { return }
        check(entry.value, child, path: path, isQuiet: isQuiet)
    }

    private mutating func checkItems(_ items: [ManifestValue], _ node: SchemaNode, _ path: String, _ isQuiet: Bool) {
        guard let item = node.item else { return }
        for (index, value) in items.enumerated() {
            check(value, item, path: "\(path)[\(index)]", isQuiet: isQuiet)
        }
    }

    private mutating func checkTexts(_ entries: [ManifestValue.Entry], _ type: FieldType, _ path: String) {
        for entry in entries where entry.value.string == nil && !(type == .secretMap && entry.value == .null) {
            let found = type == .textMap ? ", found \(entry.value.words)" : ""
            let path = join(path, entry.key)
            note(.error, at: document.location(of: path), path, "expected text\(found): put it in quotes")
        }
    }

    private mutating func checkValue(_ value: ManifestValue, _ type: FieldType, _ path: String) {
        do throws(Complaint) {
            try ValueCheck.check(value, is: type)
        } catch {
            let isSecret = document.key.kind == .secret && !path.hasPrefix("metadata")
            let message = isSecret ? "expected \(type.words)" : error.message
            note(.error, at: document.location(of: path), path, message)
        }
    }

    /// A name where a map with a name is wanted, such as `- erpnext`.
    private mutating func noteShorthand(_ text: String, _ node: SchemaNode, _ path: String) {
        let hasName = node.child("name")?.field.isRequired == true
        let hint = hasName && text.utf8.count < 64 ? ". Write name: \(SafeText.plain(text))" : ""
        let found = document.key.kind == .secret ? "" : ", found \(SafeText.quoted(text))"
        note(.error, at: document.location(of: path), path, "expected \(node.field.type.words)\(found)\(hint)")
    }

    private mutating func noteUnknown(_ key: String, _ node: SchemaNode, _ path: String) {
        guesses -= 1
        let meant = Misnomers.meant(by: path, in: document.key.kind).map { " Write \($0)" }
        let hint = meant ?? (guesses >= 0 ? Suggestion.hint(for: key, among: node.fieldNames) : "")
        note(.error, at: document.locationOfKey(path), path, "unknown field.\(hint)")
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private mutating func note(
        _ severity: ManifestProblem.Severity, at location: SourceLocation, _ path: String, _ message: String
    ) {
        problems.append(.init(severity: severity, location: location, path: path, message: message))
    }
}

/// Fields that examples use although the operator does not know them, and what to write instead.
enum Misnomers {
    static func meant(by path: String, in kind: ManifestKind) -> String? {
        guard kind == .bench else { return nil }
        return names[withoutIndexes(path)]
    }

    /// Whether one of the keys is a slip for `name`, so that it need not be said to be missing as well.
    static func stand(
        for name: String, in entries: [ManifestValue.Entry], of node: SchemaNode, _ path: String, _ kind: ManifestKind
    ) -> Bool {
        entries.prefix(100).contains { entry in
            guard node.child(entry.key) == nil else { return false }
            return Suggestion.closest(to: entry.key, among: node.fieldNames) == name
                || meant(by: "\(path).\(entry.key)", in: kind) == name
        }
    }

    /// `spec.apps[].url` for `spec.apps[3].url`.
    private static func withoutIndexes(_ path: String) -> String {
        let parts = path.split(separator: "[", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts[0])) { $0 + "[" + $1.drop(while: \.isNumber) }
    }

    private static let names = [
        "spec.version": "frappeVersion",
        "spec.image": "imageConfig.repository and imageConfig.tag",
        "spec.apps[].url": "gitUrl",
        "spec.apps[].branch": "gitBranch",
        "spec.replicas": "componentReplicas.gunicorn",
        "spec.componentReplicas.workers": "workerDefault, workerShort and workerLong",
        "spec.componentReplicas.web": "gunicorn",
        "spec.resources": "componentResources.<component>",
        "spec.storage": "storageSize and storageClassName",
    ]
}
