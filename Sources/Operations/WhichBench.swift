import FrappeModel
import ManifestParsing

// Which bench a command is about: the one that was named, or the only one there is.
extension HostContext {
    /// - Parameter option: how this command names a bench, as in `--bench`; nil where it is a bare word.
    package func bench(_ named: ObjectName?, option: String? = "--bench") throws -> ObjectName {
        let documents = try store.documents()
        if let named { return try documents.named(named, .bench).key.object }
        let benches = documents.filter { $0.key.kind == .bench }.map(\.key.object).sorted()
        guard let only = benches.first else {
            throw OperationError.failed("there is no bench yet", next: "frappectl init, then frappectl up -f FILE")
        }
        guard benches.count == 1 else {
            let names = benches.map(\.description).joined(separator: " | ")
            throw OperationError.usage("name the bench: \(option.map { "\($0) " } ?? "")\(names)")
        }
        return only
    }

    /// Takes the bench off the front of a command's words where the first one names a bench; else the only bench.
    ///
    /// `logs shop web` and, where `shop` is the only bench, `logs web`. A bench is preferred to whatever else the word
    /// may be; a word that is neither a bench nor `isOther` is a bench that does not exist.
    package func takeBench(from words: inout [String], unless isOther: (String) -> Bool) throws -> ObjectName {
        guard let first = words.first else { return try bench(nil, option: nil) }
        let named = ObjectName(text: first)
        let isBench = try store.documents().contains { $0.key.kind == .bench && $0.key.object == named }
        if !isBench, isOther(first) { return try bench(nil, option: nil) }
        words.removeFirst()
        guard let named else {
            throw OperationError.usage("\(SafeText.word(first)) is not a name: give NAME or NAMESPACE/NAME")
        }
        return try bench(named, option: nil)
    }
}

extension ObjectName {
    /// Reads `NAME` or `NAMESPACE/NAME`.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self = parts.count == 2 ? ObjectName(parts[1], namespace: parts[0]) : ObjectName(parts[0])
    }
}
