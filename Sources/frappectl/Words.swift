import ArgumentParser
import FrappeModel
import ManifestParsing
import Operations

extension ObjectName: ExpressibleByArgument {
    /// Reads `NAME` or `NAMESPACE/NAME`.
    public init?(argument: String) { self.init(text: argument) }
}

extension Component: ExpressibleByArgument {
    /// The component of that name, or an error that says what was probably meant.
    static func named(_ word: String) throws -> Component {
        if let component = Component(rawValue: word) { return component }
        let names = allCases.map(\.rawValue)
        throw OperationError.usage(
            "there is no component \(SafeText.word(word)).\(Suggestion.hint(for: word, among: names))"
                + "\n  components: \(names.joined(separator: ", "))")
    }
}

extension ManifestKind: ExpressibleByArgument {
    /// Reads a kind as people write it: `FrappeSite`, `site`, `sites`.
    public init?(argument: String) { self.init(word: argument) }

    public static var allValueStrings: [String] {
        (inForce + allCases.filter { !$0.isInForce }).map(\.word)
    }

    /// The kind that is meant, or an error that says which was probably meant.
    static func named(_ word: String) throws -> ManifestKind {
        if let kind = ManifestKind(argument: word) { return kind }
        throw OperationError.usage(
            "there is no kind \(SafeText.word(word)).\(Suggestion.hint(for: word, among: allValueStrings))"
                + "\n  kinds: \(allValueStrings.joined(separator: ", "))")
    }
}
