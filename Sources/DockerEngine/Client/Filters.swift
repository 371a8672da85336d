/// Which objects a list or stream is about: values of one name are alternatives (for labels: all must hold).
package struct Filters: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var values: [String: [String]]

    package var isEmpty: Bool { values.isEmpty }

    package init(dictionaryLiteral elements: (String, [String])...) {
        values = Dictionary(elements) { $0 + $1 }
    }

    /// Objects that have all of these labels with these values.
    package static func labels(_ labels: [String: String]) -> Filters {
        var filters = Filters()
        filters.values["label"] = labels.map { "\($0.key)=\($0.value)" }.sorted()
        return labels.isEmpty ? Filters() : filters
    }

    /// These and one more.
    package func and(_ name: String, _ value: String) -> Filters {
        var filters = self
        filters.values[name, default: []].append(value)
        return filters
    }
}
