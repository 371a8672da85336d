import Yams

/// A node of a compose file to be written; what is empty is left out of the map that holds it.
indirect enum ComposeNode {
    case none
    /// Quoted, with dollar signs doubled: compose would put variables of its environment in their place.
    case text(String?)
    case number(Int?)
    case flag(Bool)
    /// As it stands.
    case plain(String)
    case list([ComposeNode])
    /// In this order.
    case map([(String, ComposeNode)])

    static func texts(_ items: [String]?) -> ComposeNode { items.map { .list($0.map { .text($0) }) } ?? .none }

    static func texts(_ entries: [String: String]) -> ComposeNode {
        .map(entries.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
    }

    private var isEmpty: Bool {
        switch self {
        case .none, .text(nil), .number(nil): true
        case .list(let items): items.isEmpty
        case .map(let entries): entries.isEmpty
        default: false
        }
    }

    var node: Node {
        switch self {
        case .none, .text(nil), .number(nil): Node("", Tag(.null), .plain)
        case .text(let text?): Self.scalar(text.replacing("$", with: "$$"))
        case .number(let number?): Node("\(number)", Tag(.int), .plain)
        case .flag(let flag): Node(flag ? "true" : "false", Tag(.bool), .plain)
        case .plain(let text): Node(text, Tag(.int), .plain)
        case .list(let items): Node(items.map(\.node), Tag(.seq), .block)
        case .map(let entries):
            Node(
                entries.filter { !$0.1.isEmpty || Self.mayBeEmpty($0) }.map { (Node($0.0), $0.1.node) }, Tag(.map),
                .block)
        }
    }

    /// A command that was emptied on purpose, and a volume that needs no settings.
    private static func mayBeEmpty(_ entry: (String, ComposeNode)) -> Bool {
        switch entry.1 {
        case .map: entry.0.hasSuffix("-secrets")
        case .list: entry.0 == "entrypoint" || entry.0 == "command"
        default: false
        }
    }

    private static func scalar(_ text: String) -> Node {
        Node(text, Tag(.str), text.contains("\n") ? .literal : .doubleQuoted)
    }
}
