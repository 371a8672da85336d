/// Asks again and again, at once at first and then at growing intervals, what no event tells.
enum Polling {
    /// Whether the condition came true in time.
    static func until(
        within time: Duration, _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        var delay = Duration.milliseconds(1)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: delay)
            delay = min(delay * 1.5, .milliseconds(100))
        }
        return true
    }

    /// What the work returns, nil when it takes longer; the work is cancelled then.
    static func limited<Value: Sendable>(
        to time: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// The same work for each at once, as a dictionary.
    static func all<Input: Sendable, Key: Hashable & Sendable, Value: Sendable>(
        _ inputs: [Input], _ work: @escaping @Sendable (Input) async throws -> (Key, Value)?
    ) async throws -> [Key: Value] {
        try await withThrowingTaskGroup(of: (Key, Value)?.self) { group in
            for input in inputs { group.addTask { try await work(input) } }
            return try await group.reduce(into: [:]) { all, one in if let one { all[one.0] = one.1 } }
        }
    }
}
