/// One value of a manifest as YAML gave it, kept whole so that `get -o yaml` gives back what was applied.
package indirect enum ManifestValue: Hashable, Codable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([ManifestValue])
    case map([Entry])

    /// One key and its value; maps keep the order in which they were written.
    package struct Entry: Hashable, Codable, Sendable {
        package var key: String
        package var value: ManifestValue

        package init(key: String, value: ManifestValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value of `key` in a map, nil where there is none or this is no map.
    package subscript(key: String) -> ManifestValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// Sets the value at a path of keys, making the maps on the way; nil removes it.
    package mutating func set(_ path: [String], to newValue: ManifestValue?) {
        guard let key = path.first else {
            if let newValue { self = newValue }
            return
        }
        var entries: [Entry] = if case .map(let existing) = self { existing } else { [] }
        let index = entries.firstIndex { $0.key == key }
        if path.count == 1, newValue == nil {
            if let index { entries.remove(at: index) }
        } else {
            var child = index.map { entries[$0].value } ?? .map([])
            child.set(Array(path.dropFirst()), to: newValue)
            if let index { entries[index].value = child } else { entries.append(Entry(key: key, value: child)) }
        }
        self = .map(entries)
    }
}
