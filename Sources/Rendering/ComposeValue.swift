import FrappeModel
import Yams

/// A node of a compose file with anchors and merge keys resolved; every scalar is text until a field reads it.
indirect enum ComposeValue: Hashable, Sendable {
    case scalar(String)
    case list([ComposeValue])
    case map([String: ComposeValue])

    init(yaml: String, file: String) throws(RenderingError) {
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw RenderingError.template(file: file, path: "", message: "is empty")
            }
            self = ComposeValue(node)
        } catch let error as RenderingError {
            throw error
        } catch {
            throw .template(file: file, path: "", message: "\(error)")
        }
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string)
        case .sequence(let sequence): self = .list(sequence.map { ComposeValue($0) })
        case .mapping(let mapping): self = .map(ComposeValue.merged(mapping))
        case .alias: self = .scalar("")
        }
    }

    private static func merged(_ mapping: Node.Mapping) -> [String: ComposeValue] {
        var result: [String: ComposeValue] = [:]
        for (key, value) in mapping where key.string == "<<" {
            if case .map(let inherited) = ComposeValue(value) { result.merge(inherited) { own, _ in own } }
        }
        for (key, value) in mapping where key.string != "<<" {
            result[key.string ?? ""] = ComposeValue(value)
        }
        return result
    }

    subscript(key: String) -> ComposeValue? {
        guard case .map(let entries) = self else { return nil }
        return entries[key]
    }

    /// This value with every `${NAME}` replaced and `$$` made a dollar sign; values cannot add structure.
    func filled(_ variables: [String: String], path: String) throws(RenderingError) -> ComposeValue {
        switch self {
        case .scalar(let text):
            return .scalar(try ComposeValue.interpolate(text, variables, path: path))
        case .list(let items):
            var filled: [ComposeValue] = []
            for (index, item) in items.enumerated() {
                filled.append(try item.filled(variables, path: "\(path)[\(index)]"))
            }
            return .list(filled)
        case .map(let entries):
            var filled: [String: ComposeValue] = [:]
            for (key, value) in entries { filled[key] = try value.filled(variables, path: "\(path).\(key)") }
            return .map(filled)
        }
    }

    private static func interpolate(
        _ text: String, _ variables: [String: String], path: String
    ) throws(RenderingError) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard let value = variables[name] else {
                    throw .template(file: "compose", path: path, message: "no value for ${\(name)}")
                }
                result += value
                rest = rest[rest.index(after: end)...]
            } else {
                throw .template(file: "compose", path: path, message: "a lone $ in \(text); write $$")
            }
        }
        return result + rest
    }
}

/// Why desired state could not be made of manifests and templates.
package enum RenderingError: Error, CustomStringConvertible {
    case template(file: String, path: String, message: String)
    case noSubnetLeft(range: IPv4Network)
    case noPortLeft(range: ClosedRange<Int>)
    case noRelease(bench: ObjectName)

    package var description: String {
        switch self {
        case .template(let file, let path, let message):
            "\(file), which is part of this program, cannot be filled in at \(path): \(message)"
        case .noSubnetLeft(let range):
            "no network of 256 addresses is free in \(range), the spec.subnets of Host: other networks or routes overlap"
        case .noPortLeft(let range):
            "no port is free in \(range.lowerBound)-\(range.upperBound), the spec.upstreamPorts of Host"
        case .noRelease(let bench):
            "bench \(bench) was never up: its image is not known yet"
        }
    }

    /// The command to run next.
    package var next: String {
        switch self {
        case .template: "frappectl version, and report it with this text: the mistake is not yours"
        case .noSubnetLeft: "widen it (frappectl explain Host.spec.subnets), then frappectl up -f FILE"
        case .noPortLeft: "widen it (frappectl explain Host.spec.upstreamPorts), then frappectl up -f FILE"
        case .noRelease: "frappectl up"
        }
    }
}
