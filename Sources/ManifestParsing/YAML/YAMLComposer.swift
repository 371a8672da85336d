/// What a manifest file may hold at most.
package enum ManifestLimits {
    package static let fileBytes = 4 << 20
    package static let documents = 2000
    /// Values of one file, with everything that aliases stand for.
    package static let values = 100_000
    package static let depth = 64
    package static let keyLength = 256
    package static let pathLength = 1024
}

/// Builds the nodes of one document from its events, within the limits; a key that is wrong is noted and left out.
struct YAMLComposer {
    private let events: YAMLEvents
    private var anchors: [String: YAMLNode] = [:]
    private(set) var weightLeft: Int
    private(set) var complaints: [YAMLFailure] = []

    init(text: String, firstLine: Int, weightLeft: Int) {
        events = YAMLEvents(text, firstLine: firstLine)
        self.weightLeft = weightLeft
    }

    /// The root of the only document; nil when there is nothing but comments.
    mutating func root() throws(YAMLFailure) -> YAMLNode? {
        guard case .documentStart = try events.next().kind else { return nil }
        let node = try node(from: events.next(), depth: 0)
        _ = try events.next()
        let rest = try events.next()
        guard case .streamEnd = rest.kind else {
            throw YAMLFailure(mark: rest.mark, message: "documents are separated by a line with ---")
        }
        return node.isNull ? nil : node
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(YAMLFailure) -> YAMLNode {
        guard depth < ManifestLimits.depth else {
            throw YAMLFailure(mark: event.mark, message: "nested deeper than \(ManifestLimits.depth) levels")
        }
        if case .alias = event.kind { return try alias(event) }
        try spend(1, at: event.mark)
        var node = YAMLNode(content: .list([]), mark: event.mark)
        switch event.kind {
        case .scalar(let scalar):
            try check(scalar.tag, ["str", "int", "float", "bool", "null"], event.mark)
            node.content = .scalar(scalar)
        case .listStart(let tag):
            try check(tag, ["seq"], event.mark)
            try fillList(&node, depth: depth)
        case .mapStart(let tag):
            try check(tag, ["map"], event.mark)
            try fillMap(&node, depth: depth)
        case .alias, .end, .documentStart, .documentEnd, .streamEnd:
            throw YAMLFailure(mark: event.mark, message: "not valid YAML: a value is missing")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    /// The node an alias stands for; its place stays where the value was written.
    private mutating func alias(_ event: YAMLEvent) throws(YAMLFailure) -> YAMLNode {
        guard let name = event.anchor, let node = anchors[name] else {
            let message = "an alias (*) to nothing: put the value in quotes if it begins with an asterisk"
            throw YAMLFailure(mark: event.mark, message: message)
        }
        try spend(node.weight, at: event.mark)
        return node
    }

    private mutating func spend(_ weight: Int, at mark: YAMLMark) throws(YAMLFailure) {
        weightLeft -= weight
        guard weightLeft >= 0 else {
            let message = "more than \(ManifestLimits.values) values in one file, aliases counted in full"
            throw YAMLFailure(mark: mark, message: message)
        }
    }

    private func check(_ tag: String?, _ known: [String], _ mark: YAMLMark) throws(YAMLFailure) {
        guard !YAMLTags.isKnown(tag, among: known) else { return }
        let message = "YAML tags are not supported: put the value in quotes if it begins with an exclamation mark"
        throw YAMLFailure(mark: mark, message: message)
    }

    private mutating func fillList(_ node: inout YAMLNode, depth: Int) throws(YAMLFailure) {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .end = event.kind { break }
            let item = try self.node(from: event, depth: depth + 1)
            node.weight += item.weight
            items.append(item)
        }
        node.content = .list(items)
    }

    private mutating func fillMap(_ node: inout YAMLNode, depth: Int) throws(YAMLFailure) {
        var fields: [YAMLNode.Field] = []
        var merged: [YAMLNode.Field] = []
        var seen: [String: YAMLMark] = [:]
        while true {
            let event = try events.next()
            if case .end = event.kind { break }
            let keyNode = try self.node(from: event, depth: depth + 1)
            let value = try self.node(from: events.next(), depth: depth + 1)
            node.weight += value.weight + 1
            guard let key = key(of: keyNode, at: event.mark) else { continue }
            if let first = seen[key] {
                noteDuplicate(key, first: first, at: event.mark)
            } else if key == "<<", case .scalar(let scalar) = keyNode.content, scalar.isPlain {
                seen[key] = event.mark
                merged += mergedFields(value, at: event.mark)
            } else {
                seen[key] = event.mark
                fields.append(YAMLNode.Field(key: key, keyMark: event.mark, value: value))
            }
        }
        for field in merged where seen.updateValue(field.keyMark, forKey: field.key) == nil { fields.append(field) }
        node.content = .map(fields)
    }

    /// The text of a key, nil with a complaint for anything that is no text.
    private mutating func key(of node: YAMLNode, at mark: YAMLMark) -> String? {
        guard case .scalar(let scalar) = node.content else {
            complaints.append(YAMLFailure(mark: mark, message: "a key must be text, not a list or a map"))
            return nil
        }
        guard !scalar.isPlain || PlainScalar(scalar.text) == .text else {
            let key = scalar.text.isEmpty ? "nothing" : scalar.text
            let message = "a key must be text, found \(SafeText.plain(key)): put it in quotes"
            complaints.append(YAMLFailure(mark: mark, message: message))
            return nil
        }
        guard scalar.text.unicodeScalars.count <= ManifestLimits.keyLength else {
            let message = "a key is longer than \(ManifestLimits.keyLength) characters"
            complaints.append(YAMLFailure(mark: mark, message: message))
            return nil
        }
        return scalar.text
    }

    private mutating func noteDuplicate(_ key: String, first: YAMLMark, at mark: YAMLMark) {
        let message = "\(SafeText.quoted(key)) is given twice, first on line \(first.line)"
        complaints.append(YAMLFailure(mark: mark, message: message))
    }

    /// The fields that `<<` brings in; earlier maps of a list win.
    private mutating func mergedFields(_ value: YAMLNode, at mark: YAMLMark) -> [YAMLNode.Field] {
        switch value.content {
        case .map(let fields): return fields
        case .list(let items) where items.allSatisfy(\.isMap): return items.flatMap(\.fields)
        default:
            complaints.append(YAMLFailure(mark: mark, message: "<< takes a map or a list of maps, such as <<: *name"))
            return []
        }
    }
}

extension YAMLNode {
    var isMap: Bool { if case .map = content { true } else { false } }

    var fields: [Field] { if case .map(let fields) = content { fields } else { [] } }
}
