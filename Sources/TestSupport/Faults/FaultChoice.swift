/// Picks what is tried of all faults.
package enum FaultChoice {
    /// One for each kind of step and kind of component: of `web-1` and `web-2` the first, of the three workers and of
    /// the two Redis one. A question that changes nothing is the same whether it was cut before or after it was heard,
    /// and conflicts with nothing.
    package static func kinds(_ faults: [Fault]) -> [Fault] {
        var seen: Set<String> = []
        return faults.filter { fault in
            if case .call(let call, let kind) = fault, call.hasPrefix("GET ") || call.hasPrefix("HEAD "),
                [.answered409, .cutBefore].contains(kind)
            {
                return false
            }
            return seen.insert(kind(fault.description)).inserted
        }
    }

    /// The name of a moment or fault without what tells one from another of its kind.
    package static func kind(_ name: String) -> String {
        anywhere(name).replacing(/[0-9]+/, with: "N")
            .replacing(/worker-(default|short|long)/, with: "worker")
            .replacing(/redis-(cache|queue)/, with: "redis")
    }

    /// A moment's or fault's name without the marks of the installation and of the definition.
    package static func anywhere(_ name: String) -> String { name.replacing(/-[0-9a-f]{6,8}\b/, with: "") }

    /// So many of them, evenly spread and always the same: a run that fails can be repeated.
    package static func share(_ faults: [Fault], count: Int) -> [Fault] {
        guard count < faults.count else { return faults }
        let start = faults.count / 3
        return (0..<count).map { faults[(start + $0 * faults.count / count) % faults.count] }
    }

    /// All of them in an order in which neighbours are far apart: whatever time ends it, what was tried is spread over
    /// all of them.
    package static func scattered(_ faults: [Fault]) -> [Fault] {
        let count = faults.count
        let step = (1...max(count, 1)).last { $0 * 8 <= count * 5 && gcd($0, count) == 1 } ?? 1
        return faults.indices.map { faults[$0 * step % count] }
    }

    private static func gcd(_ one: Int, _ other: Int) -> Int { other == 0 ? one : gcd(other, one % other) }
}
