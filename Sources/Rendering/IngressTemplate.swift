import Mustache

/// A value that a template may name.
package enum TemplateValue: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case list([[String: TemplateValue]])

    /// As types that say of themselves what they are: of any other, Mustache finds it out anew for each tag.
    fileprivate var forMustache: Any {
        switch self {
        case .text(let text): RenderedText(renderText: text)
        case .flag(let flag): flag
        case .list(let items): RenderedList(items: items)
        }
    }
}

private struct RenderedText: MustacheCustomRenderable {
    let renderText: String
    var isNull: Bool { false }
}

private struct RenderedScope: MustacheParent {
    let values: [String: TemplateValue]

    func child(named name: String) -> Any? { values[name]?.forMustache }
}

private struct RenderedList: MustacheSequence {
    let items: [[String: TemplateValue]]

    func makeIterator() -> AnyIterator<RenderedScope> {
        var rest = items.makeIterator()
        return AnyIterator { rest.next().map(RenderedScope.init) }
    }
}

/// What is wrong with a template or with the values given to it.
package enum TemplateError: Error, Hashable, CustomStringConvertible {
    case malformed(template: String, line: Int, reason: String)
    case missing(template: String, name: String)
    case unused(template: String, name: String)
    case wrongKind(template: String, name: String)

    package var description: String {
        switch self {
        case .malformed(let template, let line, let reason): "nginx/\(template):\(line): \(reason)"
        case .missing(let template, let name): "nginx/\(template) names \(name), which is not given"
        case .unused(let template, let name): "nginx/\(template) is given \(name), which it does not name"
        case .wrongKind(let template, let name): "nginx/\(template) uses \(name) as another kind of value"
        }
    }
}

/// A Mustache template that refuses to render when a name is missing, unused or of the wrong kind.
package struct StrictTemplate: Sendable {
    private let name: String
    private let nodes: [TemplateNode]
    private let names: Set<String>
    private let template: MustacheTemplate

    package init(name: String, text: String) throws(TemplateError) {
        self.name = name
        nodes = try TemplateNode.parse(text, template: name)
        names = TemplateNode.names(in: nodes)
        do {
            template = try MustacheTemplate(string: text)
        } catch {
            throw .malformed(template: name, line: 1, reason: "\(error)")
        }
    }

    package func render(_ values: [String: TemplateValue]) throws(TemplateError) -> String {
        try check(nodes, names: names, scopes: [values])
        return template.render(RenderedScope(values: values))
    }

    private func check(
        _ nodes: [TemplateNode], names: Set<String>, scopes: [[String: TemplateValue]]
    ) throws(TemplateError) {
        if let name = scopes.last?.keys.filter({ !names.contains($0) }).min() {
            throw .unused(template: self.name, name: name)
        }
        try checkNames(nodes, scopes: scopes)
    }

    private func checkNames(_ nodes: [TemplateNode], scopes: [[String: TemplateValue]]) throws(TemplateError) {
        for node in nodes {
            let value = try lookUp(node.name, in: scopes)
            switch (node, value) {
            case (.variable, .text): break
            case (.section(_, false, let children, let names), .list(let items)):
                for item in items { try check(children, names: names, scopes: scopes + [item]) }
            case (.section(_, _, let children, _), .flag), (.section(_, true, let children, _), .list):
                try checkNames(children, scopes: scopes)
            default: throw .wrongKind(template: name, name: node.name)
            }
        }
    }

    private func lookUp(_ wanted: String, in scopes: [[String: TemplateValue]]) throws(TemplateError) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[wanted] { return value }
        }
        throw .missing(template: name, name: wanted)
    }
}

/// The names in a template, as far as they nest.
private indirect enum TemplateNode: Sendable {
    case variable(String)
    /// With all names in it.
    case section(String, inverted: Bool, [TemplateNode], names: Set<String>)

    var name: String {
        switch self {
        case .variable(let name), .section(let name, _, _, _): name
        }
    }

    static func names(in nodes: [TemplateNode]) -> Set<String> {
        nodes.reduce(into: []) { names, node in
            names.insert(node.name)
            if case .section(_, _, _, let inner) = node { names.formUnion(inner) }
        }
    }

    /// Reads variables and sections; partials, blocks, transforms and other delimiters are refused.
    static func parse(_ text: String, template: String) throws(TemplateError) -> [TemplateNode] {
        guard text.hasPrefix("{{% CONTENT_TYPE:TEXT}}\n") else {
            throw .malformed(template: template, line: 1, reason: "it does not begin with {{% CONTENT_TYPE:TEXT}}")
        }
        var open: [(name: String, inverted: Bool, nodes: [TemplateNode])] = [("", false, [])]
        for tag in try TemplateTag.all(in: text, template: template) {
            switch tag.kind {
            case .variable: open[open.count - 1].nodes.append(.variable(tag.name))
            case .section(let inverted): open.append((tag.name, inverted, []))
            case .end:
                guard open.count > 1, let closed = open.popLast(), closed.name == tag.name else {
                    throw .malformed(template: template, line: tag.line, reason: "{{/\(tag.name)}} closes nothing")
                }
                let names = names(in: closed.nodes)
                open[open.count - 1].nodes.append(
                    .section(closed.name, inverted: closed.inverted, closed.nodes, names: names))
            }
        }
        guard open.count == 1 else {
            throw .malformed(template: template, line: 1, reason: "{{#\(open[open.count - 1].name)}} is not closed")
        }
        return open[0].nodes
    }
}

/// One tag of a template, pragmas and comments left out.
private struct TemplateTag {
    enum Kind { case variable, section(inverted: Bool), end }

    var kind: Kind
    var name: String
    var line: Int

    static func all(in text: String, template: String) throws(TemplateError) -> [TemplateTag] {
        var tags: [TemplateTag] = []
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            var rest = line
            while let opening = pair(UInt8(ascii: "{"), in: rest) {
                rest = rest[opening...].dropFirst(2)
                guard let closing = pair(UInt8(ascii: "}"), in: rest) else {
                    throw .malformed(template: template, line: index + 1, reason: "{{ without }}")
                }
                if let tag = try read(Substring(rest[..<closing]), line: index + 1, template: template) {
                    tags.append(tag)
                }
                rest = rest[closing...].drop { $0 == UInt8(ascii: "}") }
            }
        }
        return tags
    }

    /// Where a byte stands twice in a row.
    private static func pair(_ byte: UInt8, in line: Substring.UTF8View) -> Substring.UTF8View.Index? {
        guard var index = line.firstIndex(of: byte) else { return nil }
        while true {
            let next = line.index(after: index)
            guard next < line.endIndex else { return nil }
            if line[index] == byte, line[next] == byte { return index }
            index = next
        }
    }

    private static func read(
        _ content: Substring, line: Int, template: String
    ) throws(TemplateError) -> TemplateTag? {
        let kind: Kind
        var name = content
        switch content.first {
        case "!", "%": return nil
        case "#": (kind, name) = (.section(inverted: false), content.dropFirst())
        case "^": (kind, name) = (.section(inverted: true), content.dropFirst())
        case "/": (kind, name) = (.end, content.dropFirst())
        case "{", "&": (kind, name) = (.variable, content.dropFirst())
        default: kind = .variable
        }
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw .malformed(template: template, line: line, reason: "{{\(content)}} is no plain name")
        }
        return TemplateTag(kind: kind, name: String(name), line: line)
    }
}
