import ArgumentParser
import FrappeModel
import Operations
import StateStore

/// What a shell may complete a word to: read from the state database alone, since a person waits for the key.
enum Candidates {
    static let bench = kind { words in names(words)?.benches }
    static let site = kind { words in names(words)?.sites }
    static let component = kind { _ in Component.allCases.map(\.rawValue) }
    static let manifestKind = kind { _ in ManifestKind.allValueStrings }
    /// Benches and what writes logs, any number of them.
    static let logs = kind { words in (names(words)?.benches ?? []) + Component.allCases.map(\.rawValue) + ["nginx"] }
    /// A bench or a site.
    static let target = kind { words in names(words).map { $0.benches + $0.sites } }
    /// A bench, or at once a component where no bench has to be named, as far as it can be scaled.
    static let scalable = kind { words in
        let components = Component.allCases.filter(\.isScalable).map(\.rawValue)
        let benches = names(words)?.benches ?? []
        if words.contains(where: components.contains) { return [] }
        if words.contains(where: benches.contains) { return components }
        return benches.count == 1 ? benches + components : benches
    }
    /// Objects of the kind that was named before.
    static let object = kind { words in
        guard let names = names(words), let kind = words.lazy.compactMap(ManifestKind.init(argument:)).first else {
            return nil
        }
        return (names.objects[kind] ?? []) + (kind == .site ? names.sites : [])
    }

    /// - Parameter list: given the words before the one that is completed, without the program's name.
    private static func kind(_ list: @escaping @Sendable ([String]) -> [String]?) -> CompletionKind {
        .custom { words, index, _ in
            var seen: Set<String> = []
            return (list(Array(words.prefix(index).dropFirst())) ?? []).filter { seen.insert($0).inserted }
        }
    }

    /// From the root that the line names, as a command on that line would use.
    private static func names(_ words: [String]) -> StoredNames? {
        var named: String?
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if word == "--root" { named = next }
            if word.hasPrefix("--root=") { named = String(word.dropFirst("--root=".count)) }
        }
        let path = CommonOptions.rootPath(named.map(unquoted))
        return StoredNames(path: "\(path)/agent/state.sqlite")
    }

    /// A word as the shell hands it to a command, for what people write in paths.
    private static func unquoted(_ word: String) -> String {
        let text = word.filter { !"\"'\\".contains($0) }
        return text.hasPrefix("~/") ? (Terminal.variable("HOME") ?? "") + text.dropFirst() : text
    }
}
